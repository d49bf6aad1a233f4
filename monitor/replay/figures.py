"""What a replay came to, in figures: per unit, audience and week, per day, and altogether. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from alerts.digest import LEVELS

DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail that would have been sent on a local date: lines by level, the items and keys of its lines, its size.

    ``unit`` None: items whose unit cannot be told; ``audience``: the role's value, or None of a mail to no role.
    """

    day: date
    kind: str
    unit: str | None
    unit_name: str
    audience: str | None
    audience_name: str
    levels: Counter[str]
    items: frozenset[str]
    keys: frozenset[str]
    level: str = "reminder"

    @property
    def week(self) -> str:
        """The ISO week, like 2026-W47."""
        return "{}-W{:02}".format(*self.day.isocalendar()[:2])


@dataclass(slots=True)
class Sum:
    """Mails, lines by level, and how many different items they are about."""

    mails: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    items: set[str] = field(default_factory=set)

    def add(self, one: Sent) -> None:
        """Counts a mail."""
        self.mails += 1
        self.levels.update(one.levels)
        self.items |= one.items

    @property
    def lines(self) -> int:
        """Lines of all levels."""
        return self.levels.total()

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return {
            "mails": self.mails,
            "lines": self.lines,
            **{level: self.levels[level] for level in LEVELS},
            "items": len(self.items),
        }


@dataclass(frozen=True, slots=True)
class Replayed:
    """What would have been sent from ``first`` to ``last`` (local dates, both in it), over ``days`` working days.

    ``recorded_from``: the local date from which on it is on record when data arrived; before that events count from
    when they happened. None: nothing was ever read.
    """

    first: date
    last: date
    days: Sequence[date]
    sent: Sequence[Sent]
    recorded_from: date | None = None
    dropped: int = 0

    @property
    def digests(self) -> list[Sent]:
        """Reminders and escalations, which are what is counted; the other mails do not depend on the ladder."""
        return [one for one in self.sent if one.kind == DIGEST]

    @property
    def others(self) -> Counter[str]:
        """How many mails of each other kind."""
        return Counter(one.kind for one in self.sent if one.kind != DIGEST)

    @property
    def total(self) -> Sum:
        """All digests."""
        return _sums(self.digests, lambda one: "")[""] if self.digests else Sum()

    @property
    def by_day(self) -> dict[date, Sum]:
        """Per working day, also those without mails, in order."""
        found = _sums(self.digests, lambda one: one.day)
        return {day: found.get(day, Sum()) for day in self.days}

    @property
    def by_week(self) -> dict[tuple[str, str, str], Sum]:
        """Per (unit's name, audience's name, week), in this order."""
        return dict(sorted(_sums(self.digests, lambda one: (one.unit_name, one.audience_name, one.week)).items()))

    @property
    def by_audience(self) -> dict[tuple[str, str], Sum]:
        """Per (unit's name, audience's name), in this order."""
        return dict(sorted(_sums(self.digests, lambda one: (one.unit_name, one.audience_name)).items()))

    @property
    def by_whole_week(self) -> dict[str, Sum]:
        """Per week, all units together, in order."""
        return dict(sorted(_sums(self.digests, lambda one: one.week).items()))

    @property
    def busiest(self) -> tuple[date, Sum] | None:
        """The day with the most mails, the first of several; the first day apart, which has all that stood already.

        None when nothing was sent after the first day.
        """
        later = [(day, found) for day, found in self.by_day.items() if found.mails and day != self.days[0]]
        return max(later, key=lambda one: one[1].mails, default=None)

    def of_unit(self, unit: str | None) -> "Replayed":
        """The same of one unit alone (None: of items whose unit cannot be told)."""
        mine = [one for one in self.sent if one.kind == DIGEST and one.unit == unit]
        return Replayed(self.first, self.last, self.days, mine, self.recorded_from, 0)


def _sums(sent: Iterable[Sent], key: Callable[[Sent], Any]) -> dict[Any, Sum]:
    found: dict[Any, Sum] = {}
    for one in sent:
        found.setdefault(key(one), Sum()).add(one)
    return found
