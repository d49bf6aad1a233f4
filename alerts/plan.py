"""One planning round: cases | rules | digests | recipients | outbox, in the caller's transaction.

What is decided and what is queued are stored together, so a crash leaves both or neither.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, partial

from sqlalchemy import Connection

from alerts.case import Case
from alerts.digest import Digest, audiences, counts, gather
from alerts.hours import Timetable, Workdays, local
from alerts.notices import remember, sent_keys
from alerts.outbox import Outgoing, add
from alerts.recipients import resolve
from alerts.rules import Decision, Ladder, decide
from config.policy import Policy
from config.units import UnitDirectory


@dataclass(frozen=True, slots=True)
class Round:
    """What is the same for all cases of a planning round. Moments are UTC.

    ``data_as_of``: up to when the platform's data is known to be complete (None: never was); ``blind``: for so long
    not that escalations are held; ``mails_leave``: they are sent, not only kept as files.
    """

    now: datetime
    policy: Policy
    units: UnitDirectory
    workdays: Workdays
    domain: str
    data_as_of: datetime | None
    blind: bool
    mails_leave: bool = False

    @property
    def timetable(self) -> Timetable:
        """When mails may leave, audience by audience."""
        return Timetable(self.policy.hours, self.workdays)


@dataclass(slots=True)
class Planned:
    """What a round came to: decisions by reason, mails queued, and per item the next moment (UTC) to look again."""

    reasons: Counter[str] = field(default_factory=Counter)
    mails: list[Outgoing] = field(default_factory=list)
    next_at: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Considered:
    """Cases and what was decided of each."""

    decisions: Sequence[tuple[Case, Decision]]
    this: Round

    @property
    def owing(self) -> set[str]:
        """The items that a notice is owed for."""
        return {case.item for case, decision in self.decisions if decision.notice}

    @property
    def next_at(self) -> dict[str, datetime]:
        """Per item the next moment (UTC) to look again: on a date, when the first of the ladder's audiences opens."""
        found: dict[str, datetime] = {}
        opening = cache(partial(self.this.timetable.first_open, audiences=self.this.policy.audiences))
        for case, decision in self.decisions:
            if decision.next_on is not None:
                moment = decision.opens_at or opening(decision.next_on)
                found[case.item] = min(found.get(case.item, moment), moment)
        return found


def consider(connection: Connection, cases: Sequence[Case], this: Round) -> Considered:
    """Decides every case, reading only. A case already decided at this level is not decided again.

    A step none of whose audiences may be written to now is not decided: nothing is used up by waiting.
    """
    ladder = Ladder(this.policy.ladder, this.policy.min_fraction_of_limit)
    sent = sent_keys(connection, sorted({case.item for case in cases}), mails_leave=this.mails_leave)
    today = local(this.now).date()
    decisions = (
        (case, decide(case, sent.get(case.unit, ()), today, ladder, this.workdays, blind=this.blind)) for case in cases
    )
    return Considered([(case, within_hours(case, decision, this)) for case, decision in decisions], this)


def within_hours(case: Case, decision: Decision, this: Round) -> Decision:
    """``decision``, or that it waits until the first audience of the step owed may be written to."""
    if decision.notice is None or this.timetable.any_open(this.now, told := audiences(case, decision.notice)):
        return decision
    opens_at = this.timetable.opens(this.now, told)
    return Decision("out_of_hours", next_on=local(opens_at).date(), opens_at=opens_at)


def plan(connection: Connection, cases: Sequence[Case], this: Round) -> Planned:
    """Decides every case and queues one mail per unit and audience. A notice's key is unique in the database."""
    considered = consider(connection, cases, this)
    reasons = Counter(decision.reason for _, decision in considered.decisions)
    result = Planned(reasons, next_at=considered.next_at)
    decided = [(case, decision) for case, decision in considered.decisions if decision.notice]
    digests = gather((case, decision.notice) for case, decision in decided if decision.notice)
    keyed = [(digest, digest.key(this.now)) for digest in digests]
    mail_of = {line.key: key for digest, key in keyed for line in digest.lines}
    remember(connection, decided, mail_of, this.now)
    for digest in digests:
        mail = _outgoing(digest, this)
        if add(connection, mail, this.domain, this.now):
            result.mails.append(mail)
    return result


def _outgoing(digest: Digest, this: Round) -> Outgoing:
    overdue, near = counts(digest.lines)
    payload = {
        "unit": digest.unit,
        "unit_name": digest.unit_name,
        "audience": digest.audience.value,
        "level": digest.level,
        "lines": [line.to_json() for line in digest.lines],
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
