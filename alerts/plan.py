"""One planning round: cases | rules | digests | recipients | outbox, in the caller's transaction.

What is decided and what is queued are stored together, so a crash leaves both or neither.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.case import Case
from alerts.digest import Digest, counts, gather
from alerts.hours import Workdays, local
from alerts.notice import Notice
from alerts.outbox import Outgoing, add
from alerts.recipients import resolve
from alerts.rules import Decision, Ladder, decide
from alerts.tables import NoticeRow
from config.policy import Policy
from config.units import UnitDirectory

NOTICE: Table = NoticeRow.__table__  # type: ignore[attr-defined]
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Round:
    """What is the same for all cases of a planning round. Moments are UTC.

    ``data_as_of``: up to when the platform's data is known to be complete (None: never was); ``blind``: for so long
    not that escalations are held.
    """

    now: datetime
    policy: Policy
    units: UnitDirectory
    workdays: Workdays
    domain: str
    data_as_of: datetime | None
    blind: bool


@dataclass(slots=True)
class Planned:
    """What a round came to: decisions by reason, mails queued, and per item the next date (local) to look again."""

    reasons: Counter[str] = field(default_factory=Counter)
    mails: list[Outgoing] = field(default_factory=list)
    next_on: dict[str, date] = field(default_factory=dict)


def plan(connection: Connection, cases: Sequence[Case], this: Round) -> Planned:
    """Decides every case and queues one mail per unit and audience.

    A case already decided at this level is not decided again; a notice's key is unique in the database.
    """
    result = Planned()
    ladder = Ladder(this.policy.ladder, this.policy.min_fraction_of_limit)
    sent = _sent_keys(connection, sorted({case.item for case in cases}))
    today = local(this.now).date()
    decided: list[tuple[Case, Decision]] = []
    for case in cases:
        decision = decide(case, sent, today, ladder, this.workdays, blind=this.blind)
        result.reasons[decision.reason] += 1
        if decision.next_on is not None:
            known = result.next_on.get(case.item)
            result.next_on[case.item] = min(known, decision.next_on) if known else decision.next_on
        if decision.notice is not None:
            decided.append((case, decision))
    digests = gather((case, decision.notice) for case, decision in decided if decision.notice)
    mail_of = {line.key: digest.key(this.now) for digest in digests for line in digest.lines}
    _remember(connection, decided, mail_of, this.now)
    for digest in digests:
        mail = _outgoing(digest, this)
        if add(connection, mail, this.domain, this.now):
            result.mails.append(mail)
    return result


def _sent_keys(connection: Connection, items: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(items), CHUNK):
        found.update(connection.scalars(select(NOTICE.c.key).where(NOTICE.c.item.in_(items[start : start + CHUNK]))))
    return found


def _remember(
    connection: Connection, decided: Iterable[tuple[Case, Decision]], mail_of: Mapping[str, str], now: datetime
) -> None:
    rows: list[dict[str, Any]] = []
    for case, decision in decided:
        if decision.notice:
            rows.append(_row(case, decision.notice, decision.reason, mail_of.get(decision.notice.key), now))
        rows.extend(_row(case, notice, "passed_over", None, now) for notice in decision.passed_over)
    if rows:
        connection.execute(NOTICE.insert(), rows)


def _row(case: Case, notice: Notice, reason: str, mail_key: str | None, now: datetime) -> dict[str, Any]:
    return {
        "key": notice.key,
        "item": notice.item,
        "clock": notice.clock,
        "step": notice.step.name,
        "level": notice.step.level,
        "unit": case.unit,
        "passed_over": reason == "passed_over",
        "mail_key": mail_key,
        "reason": reason,
        "decided_at": now,
    }


def _outgoing(digest: Digest, this: Round) -> Outgoing:
    most = this.policy.lines_per_mail
    overdue, near = counts(digest.lines)
    payload = {
        "unit": digest.unit,
        "unit_name": digest.unit_name,
        "audience": digest.audience.value,
        "level": digest.level,
        "lines": [line.to_json() for line in digest.lines[:most]],
        "more": max(0, len(digest.lines) - most),
        "overdue": overdue,
        "near": near,
        "made_at": this.now.isoformat(),
        "data_as_of": this.data_as_of.isoformat() if this.data_as_of else None,
        "stale": this.blind,
        "dropped": [],
    }
    recipients = resolve(digest.audience, digest.cc, digest.unit, this.units)
    return Outgoing(
        digest.key(this.now), "digest", digest.level, recipients, payload, digest.unit, digest.audience.value
    )
