"""The one place where the wall clock is read. Everything below is handed a moment."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment (aware, UTC)."""


def wall_clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def stopped_at(moment: datetime) -> Clock:
    """A clock that stands at ``moment`` (aware): one command, one moment."""
    return lambda: moment.astimezone(UTC)
