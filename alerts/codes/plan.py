"""The daily mail on project codes, planned: findings | which are new | outbox and memory — one transaction."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from alerts.codes.finding import PREFIX, Coded, line, urgent_first
from alerts.hours import local
from alerts.notices import NOTICE, retire, sent_keys
from alerts.outbox import MAIL, Outgoing, add
from alerts.plan import Round
from alerts.recipients import resolve
from config.policy import Role

MOST = 2000
"""New findings that one mail and its workbook take; the rest are new again on the next working day."""
CLOCK = "code"
FOUND = "code_found"
"""What stands as clock and reason in the notice of a finding; another reason is one whose finding is past."""
LAST = PREFIX[:-1] + chr(ord(PREFIX[-1]) + 1)
_STANDING = (NOTICE.c.key >= PREFIX, NOTICE.c.key < LAST, NOTICE.c.clock == CLOCK, NOTICE.c.reason == FOUND)

TOLD = select(NOTICE.c.item).where(*_STANDING)
"""The items about which a finding was told and is on record as standing."""


def mail_key(this: Round) -> str:
    """The outbox key of the day's mail: there is one a day."""
    return f"codes:{local(this.now).date().isoformat()}"


def is_done(connection: Connection, this: Round) -> bool:
    """Whether the mail of this local day was queued already."""
    # The id alone: a mail's payload holds every finding, and this is asked in every round.
    return connection.scalar(select(MAIL.c.id).where(MAIL.c.key == mail_key(this))) is not None


def forget_mended(connection: Connection, this: Round, items: Collection[str]) -> int:
    """What was told of ``items`` is past, as their codes are right now: should it return, it is new. Returns how many.

    The notices stay on record.
    """
    standing = connection.execute(select(NOTICE.c.key, NOTICE.c.item).where(*_STANDING))
    keys = [row.key for row in standing if row.item in items]
    retire(connection, keys, "mended", this.now)
    return len(keys)


def plan_codes(connection: Connection, findings: Sequence[Coded], this: Round) -> Outgoing | None:
    """Queues the day's mail if there is a finding that was not told yet; None otherwise.

    The caller has made sure that the day's mail is not there. ``findings``: all that stand, of open items or new ones.
    """
    told = sent_keys(connection, sorted({one.item for one in findings}), mails_leave=this.mails_leave).get(None, set())
    new = sorted((one for one in findings if one.key not in told), key=urgent_first)
    if not new:
        return None
    older = sorted((one for one in findings if one.key in told and one.standing != "closed"), key=urgent_first)
    mail = _outgoing(new[:MOST], older, this, len(new[MOST:]))
    _remember(connection, new[:MOST], this)
    return mail if add(connection, mail, this.domain, this.now) else None


def _outgoing(new: Sequence[Coded], older: Sequence[Coded], this: Round, rest: int) -> Outgoing:
    payload = {
        "audience": Role.COUNTER.value,
        "lines": [line(one) for one in new],
        "older": [line(one) for one in older],
        "most": this.policy.lines_per_mail,
        "rest": rest,
        "made_at": this.now.isoformat(),
        "data_as_of": this.data_as_of.isoformat() if this.data_as_of else None,
        "stale": this.blind,
        "dropped": [],
    }
    recipients = resolve(Role.COUNTER, (), None, this.units)
    return Outgoing(mail_key(this), "codes", "reminder", recipients, payload, None, Role.COUNTER.value)


def _remember(connection: Connection, new: Sequence[Coded], this: Round) -> None:
    """One notice a finding; one that was only kept as a file before is made a thing of the past."""
    retire(connection, [one.key for one in new], "decided again", this.now)
    rows = [
        {
            "key": one.key,
            "item": one.item,
            "clock": CLOCK,
            "step": f"code-{one.problem}",
            "level": "reminder",
            "unit": None,
            "passed_over": False,
            "mail_key": mail_key(this),
            "reason": FOUND,
            "decided_at": this.now,
        }
        for one in new
    ]
    connection.execute(NOTICE.insert(), rows)
