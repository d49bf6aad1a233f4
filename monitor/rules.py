"""What items are measured by in a round: limits, thresholds, the calendar and the counts made of them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from monitor.counting import Counter, Span
from monitor.events import local_date
from monitor.workdays import Workdays

WORKING_DAY, NATURAL_DAY, HOUR = "working_day", "natural_day", "hour"


class Limit(NamedTuple):
    """A time limit: ``amount`` in ``unit`` (working_day, natural_day or hour)."""

    amount: int
    unit: str = WORKING_DAY


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits an item is measured by; None where there is none.

    ``extension`` days (行政许可法 42) are added to the promised and to the statutory limit: working days to one in
    working days, natural days to one in natural days, 24 hours each to one in hours.
    """

    promised: Limit | None
    statutory: Limit | None = None
    acceptance: int = 5
    review: int = 0
    delivery: int = 10
    extension: int = 0

    def extended(self, limit: Limit | None) -> Limit | None:
        """``limit`` with the extension added."""
        if limit is None or not self.extension:
            return limit
        return limit._replace(amount=limit.amount + self.extension * (24 if limit.unit == HOUR else 1))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a clock is near and when it is long overdue, in working days (hours for a limit in hours)."""

    due_soon: int = 3
    deep_red_after: int = 5


MOST_COUNTED = 20_000
"""How many counts are remembered: most items of a round have begun on one of a few hundred days."""


class Count(NamedTuple):
    """The due date (local; None while an open pause holds it), counted days, and whether it is provisional."""

    due: date | None
    used: int
    overdue: int
    remaining: int
    provisional: bool


def _counted(workdays: Workdays, first: date, at: date, limit: Limit, spans: Sequence[Span]) -> Count:
    counter = Counter(workdays, limit.unit == WORKING_DAY, spans)
    due = counter.due(first, limit.amount)
    used = counter.count(first, at)
    overdue = counter.count(due, at) if due and at > due else 0
    # A limit in natural days can be used up on a day off while the working day it moves to is held by a pause.
    held = max(0, limit.amount - used)
    remaining = held if due is None else (counter.count(at, due) if at <= due else -overdue)
    return Count(due, used, overdue, remaining, due is not None and workdays.provisional(first, due))


@dataclass(frozen=True)
class Rules:
    """What is the same for every item of a round: the calendar, the thresholds and ``now`` (UTC)."""

    workdays: Workdays
    thresholds: Thresholds
    now: datetime
    _known: dict[tuple[date, date, Limit], Count] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def today(self) -> date:
        """The local date of ``now``."""
        return local_date(self.now)

    def count(self, first: date, at: date, limit: Limit, spans: Sequence[Span]) -> Count:
        """What comes of a limit in days from ``first``, looked at on ``at`` (local dates); ``spans``: the pauses."""
        if spans:
            return _counted(self.workdays, first, at, limit, spans)
        key = (first, at, limit)
        if (known := self._known.get(key)) is None:
            if len(self._known) >= MOST_COUNTED:
                self._known.clear()
            known = self._known[key] = _counted(self.workdays, first, at, limit, spans)
        return known
