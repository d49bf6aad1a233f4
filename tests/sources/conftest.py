"""A clock that only moves when told to."""

from dataclasses import dataclass, field

import pytest


@dataclass
class Clock:
    """Seconds that pass only by waiting (each wait is kept) or by being moved."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()
