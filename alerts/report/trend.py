"""The weeks up to the end of a period, all told by what is known now, so that they can be compared. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerts.report.entries import Flow
from alerts.report.periods import Period, weeks_to

WEEKS = 8


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


def trend(flows: Sequence[Flow], last: date) -> tuple[Week, ...]:
    """The eight ISO weeks that end with the one of ``last`` (local date), the earliest first.

    ``flows``: every item that was in hand at any time since.
    """
    return tuple(_week(week, flows) for week in weeks_to(last, WEEKS))


def _week(week: Period, flows: Sequence[Flow]) -> Week:
    finished = [flow for flow in flows if week.holds(flow.closed)]
    late = [flow for flow in flows if flow.overdue_on(week.last)]
    return Week(
        week,
        received=sum(1 for flow in flows if week.holds(flow.arrived)),
        finished=len(finished),
        finished_judged=sum(1 for flow in finished if flow.on_time is not None),
        finished_on_time=sum(1 for flow in finished if flow.on_time),
        in_hand=sum(1 for flow in flows if flow.in_hand_on(week.last)),
        overdue=len(late),
        overdue_new=sum(1 for flow in late if week.holds(flow.late_from or flow.became_overdue)),
    )
