"""One planning round: cases | rules | digests | recipients | outbox, in the caller's transaction.

What is decided and what is queued are stored together, so a crash leaves both or neither.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import Connection

from alerts import decisions
from alerts.case import Case
from alerts.digest import Digest, audiences, counts, gather
from alerts.hours import Timetable, Workdays, local
from alerts.notices import remember
from alerts.outbox import Head, Outgoing, add
from alerts.past import Past, informed, is_long_overdue
from alerts.recall import moved_from, recall
from alerts.recipients import resolve
from alerts.rules import Decision, Ladder, decide
from config.policy import Policy, Role
from config.units import UnitDirectory

WhyMoved = Callable[[Collection[str]], Mapping[str, str]]
"""Item numbers → why the promised due date of each was changed last, in Chinese, as far as that is known."""


def nobody_knows(_items: Collection[str]) -> Mapping[str, str]:
    """No reasons for changed due dates."""
    return {}


@dataclass(frozen=True, slots=True)
class Round:
    """What is the same for all cases of a planning round. Moments are UTC.

    ``data_as_of``: up to when the platform's data is known to be complete (None: never was); ``blind``: for so long
    not that escalations are held; ``mails_leave``: they are sent, not only kept as files; ``why_moved`` tells why due
    dates have changed.
    """

    now: datetime
    policy: Policy
    units: UnitDirectory
    workdays: Workdays
    domain: str
    data_as_of: datetime | None
    blind: bool
    mails_leave: bool = False
    why_moved: WhyMoved = nobody_knows

    @property
    def today(self) -> date:
        """The local date."""
        return local(self.now).date()

    @property
    def timetable(self) -> Timetable:
        """When mails may leave, audience by audience."""
        return Timetable(self.policy.hours, self.workdays)


@dataclass(slots=True)
class Planned:
    """What a round came to: decisions by reason, mails queued, and per item the next moment (UTC) to look again.

    Of the mails only the heads: all their lines together would be the largest thing that a round holds.
    """

    reasons: Counter[str] = field(default_factory=Counter)
    mails: list[Head] = field(default_factory=list)
    next_at: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Considered:
    """Cases and what was decided of each, by what is on record about them (``past``)."""

    decisions: Sequence[tuple[Case, Decision]]
    past: Past
    this: Round

    @property
    def owing(self) -> set[str]:
        """The items that a notice is owed for."""
        return {case.item for case, decision in self.decisions if decision.notice}

    @property
    def next_at(self) -> dict[str, datetime]:
        """Per item the next moment (UTC) to look again."""
        looks = ((case.item, decision.opens_at or decision.next_on) for case, decision in self.decisions)
        return earliest(looks, self.this)


def earliest(looks: Iterable[tuple[str, datetime | date | None]], this: Round) -> dict[str, datetime]:
    """Per item the earliest moment (UTC) of its looks: on a date that is when the ladder's first audience opens."""
    opening = cache(partial(this.timetable.first_open, audiences=this.policy.audiences))
    found: dict[str, datetime] = {}
    for item, look in looks:
        if look is not None:
            moment = look if isinstance(look, datetime) else opening(look)
            found[item] = min(found.get(item, moment), moment)
    return found


def known_now(
    connection: Connection, cases: Sequence[Case], this: Round, *, answers: bool = True
) -> tuple[list[Case], Past]:
    """The cases with what is on record about them, and the record; reading only.

    ``answers``: with the cases of the answers that are owed. Without them what has been told is looked up only where
    the case itself rests on it, as is enough to judge a mail again.
    """
    items = {case.item for case in cases}
    told = None if answers else {case.item for case in cases if is_long_overdue(case, this.policy)}
    past = recall(connection, items, this.now, mails_leave=this.mails_leave, told=told, asked=answers)
    return informed(cases, past, this.today, this.policy, this.workdays), past


def consider(connection: Connection, cases: Sequence[Case], this: Round) -> Considered:
    """Decides every case, reading only. A case already decided at this level is not decided again.

    What is decided includes the answers that are owed, which are cases of their own. A step none of whose audiences may
    be written to now is not decided: nothing is used up by waiting.
    """
    ladder = Ladder.of_policy(this.policy)
    known, past = known_now(connection, cases, this)
    today, workdays, timetable = this.today, this.workdays, this.timetable
    # There are a few ladders' steps, and so a few sets of audiences.
    waits = cache(lambda told: None if timetable.any_open(this.now, told) else timetable.opens(this.now, told))
    decisions = ((case, decide(case, past.sent(case), today, ladder, workdays, blind=this.blind)) for case in known)
    return Considered([(case, _within_hours(case, decision, waits)) for case, decision in decisions], past, this)


def _within_hours(case: Case, decision: Decision, waits: Callable[[tuple[Role, ...]], datetime | None]) -> Decision:
    """``decision``, or that it waits until the first audience of the step owed may be written to."""
    if decision.notice is None or (opens_at := waits(audiences(case, decision.notice))) is None:
        return decision
    return Decision("out_of_hours", next_on=local(opens_at).date(), opens_at=opens_at)


def plan(connection: Connection, cases: Sequence[Case], this: Round) -> Planned:
    """Decides every case and queues one mail per unit and audience. A notice's key is unique in the database."""
    considered = consider(connection, cases, this)
    reasons = Counter(decision.reason for _, decision in considered.decisions)
    decided = _told_of_moves(connection, considered, this)
    answers = _answers_awaited(decided, this)
    result = Planned(reasons, next_at=earliest([*considered.next_at.items(), *answers], this))
    digests = gather((case, decision.notice) for case, decision in decided if decision.notice)
    mail_of = {line.key: key for digest in digests for key in [digest.key(this.now)] for line in digest.lines}
    remember(connection, decided, mail_of, this.now, on_record=considered.past.all_keys)
    decisions.keep(connection, considered.decisions, {case.item for case in cases}, this.now)
    for digest in digests:
        mail = _outgoing(digest, this)
        if add(connection, mail, this.domain, this.now):
            result.mails.append(mail.head)
    return result


def _told_of_moves(connection: Connection, considered: Considered, this: Round) -> list[tuple[Case, Decision]]:
    """The cases that a notice is owed for, each with the due date that its unit was told last, where that has moved."""
    owed = [(case, decision) for case, decision in considered.decisions if decision.notice]
    moved = moved_from(connection, (case for case, _ in owed), considered.past)
    if not moved:
        return owed
    why = this.why_moved({item for item, clock in moved if clock == "promised"})
    found = []
    for case, decision in owed:
        if case.key in moved:
            known = why.get(case.item, "") if case.clock == "promised" else ""
            case = replace(case, moved_from=moved[case.key], moved_why=known)
        found.append((case, decision))
    return found


def _answers_awaited(decided: Sequence[tuple[Case, Decision]], this: Round) -> Iterator[tuple[str, date | None]]:
    """Of every answer that this round asks for, its item and the date of the first step if it stays out."""
    ladder = Ladder.of_policy(this.policy)
    for case, decision in decided:
        if decision.notice is not None and (by := decision.notice.answer_by) is not None:
            yield case.item, ladder.answer_missing_on(case.matter_code, this.today, by, this.workdays)


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
