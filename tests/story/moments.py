"""Moments of a story, and the clock that is moved to them. Light, since child processes import it too."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from alerts.hours import SHANGHAI


def at(day: str | date, hour: int = 9, minute: int = 5) -> datetime:
    """A local moment as UTC."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(hour, minute), SHANGHAI).astimezone(UTC)


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now
