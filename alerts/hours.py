"""When a mail may leave: within the working hours of working days, local time."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

from config.policy import Hours

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class Workdays(Protocol):
    """The working-day arithmetic that the alert side needs; dates are local dates."""

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is worked."""

    def count(self, start: date, end: date) -> int:
        """Working days d with start < d ≤ end."""

    def add(self, start: date, days: int) -> date:
        """The ``days``-th working day after ``start``."""

    def back(self, end: date, days: int) -> date:
        """The earliest date with at most ``days`` working days left to ``end``."""

    def on_or_after(self, day: date) -> date:
        """``day`` if it is worked, else the next working day."""


def local(moment: datetime) -> datetime:
    """``moment`` (aware) in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def at(day: date, clock_time: time) -> datetime:
    """The moment (UTC) of a local date and time of day."""
    return datetime.combine(day, clock_time, SHANGHAI).astimezone(UTC)


def is_open(now: datetime, hours: Hours, workdays: Workdays) -> bool:
    """Whether mails may leave at ``now``."""
    here = local(now)
    return workdays.is_workday(here.date()) and hours.start <= here.time() < hours.end


def next_open(day: date, hours: Hours, workdays: Workdays) -> datetime:
    """The moment (UTC) the working hours begin on ``day``, or on the next working day if it is none."""
    return at(workdays.on_or_after(day), hours.start)
