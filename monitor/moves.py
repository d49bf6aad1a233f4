"""What a change of the calendar makes of an item's clocks. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, datetime
from typing import NamedTuple

from monitor.calendar_versions import changed_days, recorded
from monitor.clocks import Clock, Clocks, Thresholds, light, past_statutory
from monitor.events import Version, local_date
from monitor.judge import Facts, Standards, clocks_of
from monitor.workdays import Workdays


class Move(NamedTuple):
    """A clock whose due date (local) or light is another one by the new calendar, judged by both at one moment.

    ``same_light``: the light is the one it was; ``open``: the clock still runs.
    """

    clock: str
    before: date
    after: date
    same_light: bool
    open: bool

    @property
    def unseen(self) -> bool:
        """Whether it is a due date that has no column of its own, as that of the promised clock has."""
        return self.clock != "promised" and self.before != self.after


class Turn:
    """The calendar ``former`` followed by that of ``standards``, everything else being as it is."""

    def __init__(self, standards: Standards, former: Workdays) -> None:
        self.days = changed_days(recorded(former), recorded(standards.workdays))
        """The dates that are worked in one and not in the other, in order."""
        self._former = copy(standards)
        self._former.workdays = former

    def reaches(self, clocks: Iterable[Clock], now: datetime) -> bool:
        """Whether a changed day can matter to these clocks, as they are by the new calendar at ``now`` (UTC).

        What a clock says rests on the days from its start to its due date or the day it is judged on, the later of
        them. Where none of these has changed, the former calendar counts the same days and comes to the same dates.
        """
        return any(self._within(*_span(clock, now)) for clock in clocks if clock.start is not None)

    def _within(self, first: date, last: date) -> bool:
        return bisect_left(self.days, first) < bisect_right(self.days, last)

    def moves(self, facts: Facts, versions: Sequence[Version], clocks: Clocks, now: datetime) -> tuple[Move, ...]:
        """What has moved or changed its light; ``clocks``: those of the item by the new calendar at ``now`` (UTC).

        One that cannot be judged by the former calendar had no date there.
        """
        if not self.reaches(clocks.all, now):
            return ()
        try:
            former = clocks_of(facts, versions, self._former, now)
        except Exception:  # noqa: BLE001 - it can be judged now, and that is what counts
            return ()
        return tuple(_moved(former, clocks, self._former.thresholds))


def _span(clock: Clock, now: datetime) -> tuple[date, date]:
    """The local dates that a clock rests on; it has started."""
    start, judged_on = local_date(clock.start or now), local_date(clock.end or now)
    return min(start, judged_on), max(clock.due or judged_on, judged_on)


def _moved(former: Clocks, clocks: Clocks, thresholds: Thresholds) -> Iterable[Move]:
    before, after = (past_statutory(one) for one in (former, clocks))
    for was, new in zip(former.all, clocks.all, strict=True):
        if was.due is None or new.due is None:
            continue
        lit = light(was, thresholds, past_statutory=before)
        same_light = lit == light(new, thresholds, past_statutory=after)
        if was.due != new.due or not same_light:
            yield Move(new.name, was.due, new.due, same_light, new.end is None)
