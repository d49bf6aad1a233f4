"""What a delivery round works with, and what it came to."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from alerts.again import Refresh
from alerts.codes import finding as codes
from alerts.hours import Timetable, Workdays
from alerts.letters import attach
from alerts.pace import Pace
from config.policy import Policy, Role
from config.settings import Delivery
from config.units import UnitDirectory

LookAgain = Callable[[Connection, Collection[str]], None]
"""Has items decided on again by the next planning round: something that was owed for them was not told after all."""


def nothing_to_look_at(_connection: Connection, _items: Collection[str]) -> None:
    """Nobody decides again."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a delivery round works with. ``write`` opens a transaction; ``refresh`` and ``recheck`` judge items again.

    ``data_as_of`` and ``blind`` are the state of the platform's data now, which may not be that of the planning.
    ``pace`` outlives the round; ``ticks`` are seconds of a clock that never goes back, ``pause`` lets some pass.
    """

    write: Callable[[], AbstractContextManager[Connection]]
    refresh: Refresh
    policy: Policy
    units: UnitDirectory
    delivery: Delivery
    owner: str
    is_dead: Callable[[str], bool]
    now: datetime
    workdays: Workdays
    data_as_of: datetime | None = None
    blind: bool = False
    recheck: codes.Recheck = codes.nothing_known
    look_again: LookAgain = nothing_to_look_at
    letters: attach.Attach = attach.nothing
    """The formal letters that go with a mail, made when it is about to leave."""
    pace: Pace = field(default_factory=lambda: Pace(0))
    ticks: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def closed(self) -> frozenset[Role | None]:
        """The audiences whose mails wait for their hours."""
        return Timetable(self.policy.hours, self.workdays).closed(self.now)

    @property
    def sender(self) -> str:
        """The address mails come from."""
        return self.delivery.sender or f"approval-monitor@{self.domain}"

    @property
    def domain(self) -> str:
        """The domain of Message-IDs."""
        return domain_of(self.delivery)


def domain_of(delivery: Delivery) -> str:
    """The domain of the sender, which Message-IDs carry."""
    return (delivery.sender or "").rpartition("@")[2] or "approval-monitor.invalid"


@dataclass(slots=True)
class Delivered:
    """What a round came to: mails by what became of them, and sentences on what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    relay_down: bool = False
