"""The weeks up to the end of a period, all told by what is known now, so that they can be compared. Pure."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.report.entries import Flow
from alerts.report.periods import Period, weeks_to

WEEKS = 8
COUNTED = ("received", "finished", "finished_judged", "finished_on_time", "overdue_new")


@dataclass(frozen=True, slots=True)
class Week:
    """The figures of a week. Rates are shares of 1, None with nothing to divide by."""

    period: Period
    received: int
    finished: int
    finished_judged: int
    finished_on_time: int
    in_hand: int
    overdue: int
    overdue_new: int

    @property
    def overdue_rate(self) -> float | None:
        """Overdue items as a share of those in hand at its end."""
        return self.overdue / self.in_hand if self.in_hand else None

    @property
    def on_time_rate(self) -> float | None:
        """Items finished on time as a share of those finished that ran under a limit."""
        return self.finished_on_time / self.finished_judged if self.finished_judged else None


def since(last: date) -> date:
    """The first day of the trend that ends with ``last``."""
    return weeks_to(last, WEEKS)[0].first


def trend(flows: Sequence[Flow], last: date, known: date | None = None) -> tuple[Week, ...]:
    """The eight ISO weeks that end with the one of ``last`` (local date), the earliest first.

    ``known``: the local date up to which anything is known, where a week has not ended by then: it is told as it stood
    on that day, and what will be overdue later is not.

    ``flows``: every item that was in hand at any time since. Each is looked at once: it is in hand from the week it
    arrives in to the one before it is closed in, and overdue for the later part of that.
    """
    weeks = weeks_to(last, WEEKS)
    ends = [week.last if known is None else min(week.last, known) for week in weeks]
    counts: list[Counter[str]] = [Counter() for _ in (*weeks, None)]
    for flow in flows:
        if flow.arrived is not None:
            _count(flow, flow.arrived, weeks, ends, counts)
    stock = {"in_hand": 0, "overdue": 0}
    made = []
    for week, count in zip(weeks, counts, strict=False):
        stock = {name: number + count[name] for name, number in stock.items()}
        made.append(Week(week, **{name: count[name] for name in COUNTED}, **stock))
    return tuple(made)


def _count(
    flow: Flow, arrived: date, weeks: Sequence[Period], ends: Sequence[date], counts: Sequence[Counter[str]]
) -> None:
    """Adds an item to the weeks: to ``in_hand`` and ``overdue`` where it comes and, as −1, where it goes."""
    came, since = bisect_left(ends, arrived), flow.late_from or flow.became_overdue
    went = len(weeks) if flow.closed is None else bisect_left(ends, flow.closed)
    if arrived >= weeks[0].first:
        counts[came]["received"] += 1
    if flow.closed is not None and flow.closed >= weeks[0].first and went < len(weeks):
        counts[went]["finished"] += 1
        counts[went]["finished_judged"] += flow.on_time is not None
        counts[went]["finished_on_time"] += bool(flow.on_time)
    if came < went:
        counts[came]["in_hand"] += 1
        counts[went]["in_hand"] -= 1
    if since is None:
        return
    late = max(came, turned := bisect_left(ends, since))
    if late < went:
        counts[late]["overdue"] += 1
        counts[went]["overdue"] -= 1
        counts[late]["overdue_new"] += late == turned and since >= weeks[0].first
