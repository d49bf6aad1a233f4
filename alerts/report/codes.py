"""How project codes are used: per unit, per counter and per week. Pure.

Three counts with one denominator: items that need a code (应用码), those that carry one (已填), those whose code was
verified (核验通过). 用码率 = 已填 ÷ 应用码, 正确率 = 核验通过 ÷ 应用码: what is left empty cannot raise either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from alerts.codes.finding import Coded, urgent_first

WEEKS = 4
"""The weeks of the trend and of the ranking."""
LEAST_TO_RANK = 5
"""Items in these weeks below which a unit is not ranked: one wrong code more or less would turn its place over."""


@dataclass(frozen=True, slots=True)
class Count:
    """Items that need a code, carry one, carry a verified one.

    Rates are shares of 1, None with nothing to divide by.
    """

    need: int = 0
    entered: int = 0
    right: int = 0

    @property
    def use_rate(self) -> float | None:
        """用码率: items that carry a code as a share of those that need one."""
        return self.entered / self.need if self.need else None

    @property
    def right_rate(self) -> float | None:
        """正确率: items that carry a verified code as a share of those that need one."""
        return self.right / self.need if self.need else None


@dataclass(frozen=True, slots=True)
class Use:
    """A unit's or a counter's use of codes in the period and in the last four weeks; ``rank`` 1 is the best."""

    key: str
    name: str
    period: Count
    recent: Count
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, such as 2026-W47 from its Monday on, by the day of receipt."""

    label: str
    monday: date
    count: Count


@dataclass(frozen=True, slots=True)
class CodeReport:
    """The use of project codes in a period.

    ``units``: every unit, the ranked first; ``findings``: codes that are missing or wrong, of items received in the
    period or still open, the most urgent first.
    """

    total: Use
    units: tuple[Use, ...] = ()
    counters: tuple[Use, ...] = ()
    weeks: tuple[Week, ...] = ()
    findings: tuple[Coded, ...] = ()


NOTHING = CodeReport(Use("total", "合计", Count(), Count()))


def weeks_before(last: date) -> list[date]:
    """The Mondays of the four ISO weeks that end with the one of ``last``, earliest first."""
    monday = last - timedelta(days=last.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def code_report(
    coded: Sequence[Coded], first: date, last: date, names: Mapping[str, str], unassigned: tuple[str, str]
) -> CodeReport:
    """The report on the local dates ``first`` … ``last`` from all items that need a code.

    Items count where they were received. ``names``: unit id → name, every unit that is to be named, also with nothing;
    ``unassigned``: id and name that items of no unit are counted under, which are not ranked.
    """
    mondays = weeks_before(last)
    since = min(first, mondays[0])
    known = [one for one in coded if since <= one.received <= last]
    titles = {**names, unassigned[0]: unassigned[1]}

    def uses(key: Callable[[Coded], str], keys: Iterable[str], named: Mapping[str, str]) -> list[Use]:
        rows: dict[str, list[Coded]] = {name: [] for name in keys}
        for one in known:
            rows.setdefault(key(one), []).append(one)
        return [_use(name, named.get(name, name), rows[name], first, mondays[0]) for name in rows]

    units = _ranked(uses(lambda one: one.unit or unassigned[0], names, titles), unassigned[0])
    counters = uses(lambda one: one.counter, (), {})
    return CodeReport(
        _use("total", "合计", known, first, mondays[0]),
        tuple(units),
        tuple(sorted(counters, key=lambda use: (-use.period.need, -use.recent.need, use.name))),
        tuple(_week(monday, known) for monday in mondays),
        tuple(sorted((one for one in coded if _listed(one, first, last)), key=urgent_first)),
    )


def _use(key: str, name: str, coded: Sequence[Coded], first: date, recent: date) -> Use:
    return Use(
        key,
        name,
        _count(one for one in coded if one.received >= first),
        _count(one for one in coded if one.received >= recent),
    )


def _count(coded: Iterable[Coded]) -> Count:
    found = list(coded)
    return Count(len(found), sum(one.entered for one in found), sum(one.right for one in found))


def _week(monday: date, coded: Sequence[Coded]) -> Week:
    year, number, _ = monday.isocalendar()
    within = (one for one in coded if monday <= one.received < monday + timedelta(weeks=1))
    return Week(f"{year}-W{number:02d}", monday, _count(within))


def _listed(one: Coded, first: date, last: date) -> bool:
    return one.problem is not None and one.received <= last and (one.received >= first or one.standing != "closed")


def _ranked(units: Iterable[Use], unassigned: str) -> list[Use]:
    """The units with their places: the higher rate of the last four weeks is the better place, equals share one.

    A unit with few items is not ranked and comes after those that are, one with none at the end.
    """
    units = list(units)
    able = {use.key for use in units if use.key != unassigned and use.recent.need >= LEAST_TO_RANK}
    rates = [use.recent.right_rate or 0.0 for use in units if use.key in able]
    placed = [
        replace(use, rank=1 + sum(rate > (use.recent.right_rate or 0.0) for rate in rates)) if use.key in able else use
        for use in units
    ]
    return sorted(
        placed, key=lambda use: (use.rank or len(units) + 1, use.recent.need == 0, -use.recent.need, use.name)
    )
