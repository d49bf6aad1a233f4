"""Mails to one audience of one unit that waited together become one when they leave.

A held mail of yesterday and the one of today would tell a reader two things in two mails. The one that is claimed takes
in the lines of the others, in the transaction of the claim, so that a crash leaves all lines in exactly one mail.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from alerts.digest import LEVELS, Line
from alerts.notices import NOTICE
from alerts.outbox import MAIL, Claimed


def take_in_waiting(connection: Connection, mail: Claimed, now: datetime) -> Claimed:
    """``mail``, just claimed, with the lines of the digests of other rounds to its audience, due at ``now`` (UTC).

    Only mails that were never tried take part: one that may have gone out already stays as it was, else its lines would
    be told twice, or hide behind a Message-ID that the reader knows. One that cannot be read is left for delivery to
    tell of. The others become "merged"; the notices they carried are of this mail from now on.
    """
    if mail.kind != "digest" or mail.attempts > 1:
        return mail
    others = list(connection.execute(select(MAIL).where(*_fresh_ones(mail, now)).order_by(MAIL.c.id)))
    if not others or not _is_readable(mail.payload):
        return mail
    taken = [other for other in others if _is_readable(other.payload) and _taken(connection, other, mail)]
    if not taken:
        return mail
    payload = _joined(mail, taken)
    level = max(mail.level, *(other.level for other in taken), key=LEVELS.index)
    recipients = _recipients([mail.recipients, *(other.recipients for other in taken)])
    connection.execute(
        update(MAIL).where(MAIL.c.id == mail.id).values(payload=payload, level=level, recipients=recipients)
    )
    return replace(mail, payload=payload, level=level, recipients=recipients)


def _fresh_ones(mail: Claimed, now: datetime) -> tuple[Any, ...]:
    # "is" also where there is no unit.
    unit = MAIL.c.unit.is_(None) if mail.unit is None else MAIL.c.unit == mail.unit
    fresh = (MAIL.c.state == "pending", MAIL.c.attempts == 0, MAIL.c.next_try_at <= now)
    theirs = (MAIL.c.kind == mail.kind, MAIL.c.audience == mail.audience, unit)
    return (*fresh, *theirs, MAIL.c.created_at != mail.created_at)


def _is_readable(payload: Mapping[str, Any]) -> bool:
    try:
        return all(Line.from_json(line) for line in payload["lines"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return False


def _taken(connection: Connection, other: Any, mail: Claimed) -> bool:
    """Ends a waiting mail unless another process has claimed it meanwhile."""
    ended = (
        update(MAIL)
        .where(MAIL.c.id == other.id, MAIL.c.state == "pending")
        .values(
            state="merged",
            outcome=f"发送前并入同一岗位的另一封信（{mail.message_id}）",
            payload={**other.payload, "into": mail.key},
        )
    )
    if connection.execute(ended).rowcount != 1:
        return False
    connection.execute(update(NOTICE).where(NOTICE.c.mail_key == other.key).values(mail_key=mail.key))
    return True


def _joined(mail: Claimed, taken: list[Any]) -> dict[str, Any]:
    """The payload with all lines, each notice once, and the moments of the rounds that the lines are of."""
    payloads: list[Mapping[str, Any]] = [mail.payload, *(other.payload for other in taken)]
    lines = {line["key"]: line for payload in payloads for line in payload["lines"]}
    moments = [mail.created_at, *(other.created_at for other in taken)]
    rounds = [*mail.payload.get("rounds", ()), *(moment.isoformat() for moment in moments)]
    return {**mail.payload, "lines": list(lines.values()), "rounds": sorted(set(rounds))}


def _recipients(all_of: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Those of the first mail, with everybody who was in copy on any."""
    copies = dict.fromkeys(role for one in all_of for role in one.get("copies", ()))
    cc = dict.fromkeys(address for one in all_of for address in one["cc"] if address not in all_of[0]["to"])
    return {**all_of[0], "cc": list(cc), "copies": list(copies)}
