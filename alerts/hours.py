"""When a mail may leave: within its audience's working hours of working days, local time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Protocol

from config.policy import ANY_HOUR, Hours, Role, Span

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)


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


def is_open(now: datetime, hours: Span, workdays: Workdays) -> bool:
    """Whether mails may leave at ``now``."""
    here = local(now)
    return workdays.is_workday(here.date()) and hours.start <= here.time() < hours.end


def next_open(day: date, hours: Span, workdays: Workdays) -> datetime:
    """The moment (UTC) the working hours begin on ``day``, or on the next working day if it is none."""
    return at(workdays.on_or_after(day), hours.start)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When mails may leave, audience by audience. None as an audience: a mail that goes to no single role."""

    hours: Hours
    workdays: Workdays

    def is_open(self, now: datetime, audience: Role | None = None) -> bool:
        """Whether mails to ``audience`` may leave at ``now``."""
        return audience in ANY_HOUR or is_open(now, self.hours.of(audience), self.workdays)

    def any_open(self, now: datetime, audiences: Iterable[Role]) -> bool:
        """Whether mails to one of ``audiences`` at least may leave at ``now``."""
        return any(self.is_open(now, audience) for audience in audiences)

    def closed(self, now: datetime) -> frozenset[Role | None]:
        """The audiences whose mails wait at ``now``."""
        return frozenset(audience for audience in (None, *Role) if not self.is_open(now, audience))

    def opens(self, now: datetime, audiences: Iterable[Role]) -> datetime:
        """The first moment (UTC), ``now`` or later, at which mails to one of ``audiences`` may leave."""
        return min(self._opens(now, audience) for audience in audiences)

    def first_open(self, day: date, audiences: Iterable[Role]) -> datetime:
        """The first moment (UTC) of the local date ``day`` or later at which one of ``audiences`` may be written to."""
        return self.opens(at(day, time()), audiences)

    def opened(self, now: datetime, audience: Role | None) -> datetime:
        """The moment (UTC) from which ``audience``, which is open at ``now``, has been open on this day."""
        start = time() if audience in ANY_HOUR else self.hours.of(audience).start
        return at(local(now).date(), start)

    def _opens(self, now: datetime, audience: Role) -> datetime:
        if self.is_open(now, audience):
            return now
        hours, today = self.hours.of(audience), local(now).date()
        soon = next_open(today, hours, self.workdays)
        return soon if soon > now else next_open(today + ONE_DAY, hours, self.workdays)
