"""What has been told, answered and held about items, and the cases with that in them. Pure.

The answer to a 督办 is a clock of its own: it starts the day the unit was asked, and ends with an explanation.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from alerts.case import Case
from alerts.hours import Workdays, local
from alerts.rules import ANSWER
from alerts.wording import clean
from config.policy import Level, Policy

RECEIPT, EXPLANATION = "receipt", "explanation"
SEEN = "已签收"
"""What a receipt without any words says."""
LONGEST = 200
"""How much of an answer a mail's line can show, in characters."""
HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A 督办 that asked a unit for its answer: on which clock and due date, at which level.

    ``on`` and ``by`` are the local dates on which it was asked and by which the answer is due. ``waiting``: the mail
    has not left yet, so the days are still to begin.
    """

    clock: str
    due: date
    unit: str | None
    level: Level
    on: date
    by: date
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What a unit answered about an item: ``kind`` is receipt or explanation, ``at`` when it said so (UTC)."""

    unit: str | None
    kind: str
    text: str
    at: datetime

    @property
    def on(self) -> date:
        """The local date."""
        return local(self.at).date()

    def explains(self, case: Case) -> bool:
        """Whether it is an explanation by the unit of ``case``."""
        return self.kind == EXPLANATION and self.unit == case.unit


@dataclass(frozen=True, slots=True)
class Past:
    """What is on record about items, by item number; ``held`` by (scope, target), up to and with a local date.

    ``keys`` are those of the notices that count as told, each with the unit (or None) that was told: a unit has not
    been told what another one was.
    """

    keys: Mapping[str, Sequence[tuple[str, str | None]]] = field(default_factory=dict)
    asked: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    answers: Mapping[str, Sequence[Answered]] = field(default_factory=dict)
    held: Mapping[tuple[str, str], date] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    """Keys that are on record too and do not count: their mail was only kept as a file."""

    @property
    def all_keys(self) -> set[str]:
        """The keys on record, whoever was told and whether they count or not."""
        return {key for keys in self.keys.values() for key, _ in keys} | self.kept

    def sent(self, case: Case) -> set[str]:
        """The keys of what the case's unit was told about its item."""
        return {key for key, unit in self.keys.get(case.item, ()) if unit == case.unit}

    def held_until(self, case: Case) -> date | None:
        """The last day on which the item or its unit is held, by the holds on record."""
        if not self.held:
            return None
        both = (self.held.get(("item", case.item)), self.held.get(("unit", case.unit or "")))
        return max((day for day in both if day is not None), default=None)

    def answer(self, case: Case) -> Answered | None:
        """What the case's unit last answered about its item; of equals the explanation."""
        own = [one for one in self.answers.get(case.item, ()) if one.unit == case.unit]
        return max(own, key=lambda one: (one.at, one.kind == EXPLANATION), default=None)


def informed(cases: Iterable[Case], past: Past, today: date, policy: Policy, workdays: Workdays) -> list[Case]:
    """The cases with what is on record about them, and of each item that owes an answer the case of that answer."""
    found: list[Case] = []
    by_item: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        changes = dict(_on_record(case, past, today, policy, workdays))
        known = replace(case, **changes) if changes else case
        found.append(known)
        if case.item in past.asked:
            by_item[case.item].append(known)
    for item, members in by_item.items():
        found += _owed_answers(members, past.asked[item], past, today, policy, workdays)
    return found


def _on_record(case: Case, past: Past, today: date, policy: Policy, workdays: Workdays) -> Iterator[tuple[str, Any]]:
    """The fields of the case that the record fills."""
    until = past.held_until(case)
    if until is not None and today <= until:
        yield "held_until", until
    if is_long_overdue(case, policy):
        yield "told", _was_told(case.item, case.clock, past.sent(case))
    if case.item in past.answers and (answer := past.answer(case)) is not None:
        yield "answer", clean(answer.text, LONGEST) if answer.text.strip() else SEEN
        yield "answered_on", answer.on
        since = lit_since(case, policy, workdays)
        yield "acknowledged", since is not None and answer.on >= since


def is_long_overdue(case: Case, policy: Policy) -> bool:
    """Whether it matters for a case that something was told of it before: of others the steps alone count."""
    return 0 < policy.too_old_after < -(case.countdown or 0)


def _was_told(item: str, clock: str, sent: Iterable[str]) -> bool:
    return any(key.startswith(f"{item}|{clock}|") for key in sent)


def lit_since(case: Case, policy: Policy, workdays: Workdays) -> date | None:
    """Since which local date the clock has its present light; None where reminders have come to an end."""
    if case.due is None or case.light not in ("green", "yellow", "orange"):
        return None
    if case.light == "green":
        return case.start
    if case.light == "orange":
        return case.due
    days = policy.lights.due_soon
    if case.unit_of_limit == "working_day":
        return workdays.back(case.due, days)
    whole = days if case.unit_of_limit == "natural_day" else -(-days // HOURS_OF_A_DAY)
    return case.due - timedelta(days=whole)


def _owed_answers(
    cases: Sequence[Case], asked: Sequence[Asked], past: Past, today: date, policy: Policy, workdays: Workdays
) -> list[Case]:
    """The cases of the answers asked of the unit about one item: the next one that is due, and the one missing.

    1. What was asked stands while the clock it was about has the due date it had then: a moved one is told afresh, and
       asked for afresh. An explanation answers everything asked up to its day.
    2. Of several that are missing the last one counts. It comes last; a new card puts off nothing that is missing.
    3. When all is answered there is one case, closed.
    """
    standing = {(case.clock, case.due): case for case in cases}
    live = [
        _from_today(one, today, policy, workdays) if one.waiting else one
        for one in asked
        if (case := standing.get((one.clock, one.due))) and case.unit == one.unit
    ]
    said = max((one.on for one in past.answers.get(cases[0].item, ()) if one.explains(cases[0])), default=date.min)
    open_ones = sorted((one for one in live if one.on > said), key=lambda one: one.by)
    missing = [one for one in open_ones if one.by < today]
    chosen = [*[one for one in open_ones if one.by >= today][:1], *missing[-1:]]
    chosen = chosen or sorted(live, key=lambda one: one.by)[-1:]
    return [_answer(standing[one.clock, one.due], one, past, today, policy, workdays, said) for one in chosen]


def _from_today(asked: Asked, today: date, policy: Policy, workdays: Workdays) -> Asked:
    """What a mail that has not left will ask for if it leaves today."""
    return replace(asked, on=today, by=workdays.add(today, max(1, policy.answers.of(asked.level))))


def _answer(of: Case, asked: Asked, past: Past, today: date, policy: Policy, workdays: Workdays, said: date) -> Case:
    """The clock of the answer to ``asked``, as of ``today``; it is closed and paused with the clock it is about.

    ``said``: the local date of the unit's last explanation.
    """
    explained = asked.on <= said
    left = workdays.count(today, asked.by) if today <= asked.by else -workdays.count(asked.by, today)
    state, light = ("overdue", "red") if left < 0 else ("due_today", "orange") if left == 0 else ("running", "yellow")
    return replace(
        of,
        clock=ANSWER,
        state="answered" if explained else state,
        light=light,
        start=asked.on,
        due=asked.by,
        limit=workdays.count(asked.on, asked.by),
        unit_of_limit="working_day",
        used=workdays.count(asked.on, today),
        remaining=left,
        overdue_days=max(0, -left),
        countdown=left,
        closed=of.closed or explained,
        provisional=False,
        deemed=False,
        past_statutory=False,
        statutory_due=None,
        stands_in=False,
        acknowledged=False,
        note="",
        told=-left > policy.too_old_after and _was_told(of.item, ANSWER, past.sent(of)),
        moved_from=None,
        moved_why="",
    )
