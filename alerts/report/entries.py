"""What a report is made from: items at the end of a period, and what stands beside them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from alerts.codes.finding import Coded

UNASSIGNED = ("unassigned", "未匹配单位")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """An item as it stood at the end of the period, as far as it is counted. Dates are local dates.

    ``arrived``: the first date the item is known by: received, or else its first event. ``late_from``: from which date
    on it counts as overdue, or would if it stays open that long. ``used``: working days from acceptance to the close.
    """

    item: str
    unit: str | None
    arrived: date | None
    accepted: date | None = None
    closed: date | None = None
    on_time: bool | None = None
    overdue: bool = False
    near: bool = False
    red_card: bool = False
    paused: bool = False
    provisional: bool = False
    no_limit: bool = False
    became_overdue: date | None = None
    late_from: date | None = None
    used: int | None = None
    code: Coded | None = None
    """How the item uses its project code; None if it needs none."""

    @property
    def key(self) -> str:
        """The unit it is counted under."""
        return self.unit or UNASSIGNED[0]

    def in_hand_on(self, day: date) -> bool:
        """Whether it was in hand at the end of ``day``."""
        return self.arrived is not None and self.arrived <= day and (self.closed is None or self.closed > day)

    def overdue_on(self, day: date) -> bool:
        """Whether it was in hand and overdue at the end of ``day``."""
        since = self.late_from or self.became_overdue
        return since is not None and since <= day and self.in_hand_on(day)


@dataclass(frozen=True, slots=True)
class Late:
    """A stage's clock that has run out: its due date (local) and by how many days, in ``unit_of_limit``."""

    clock: str
    due: date
    days: int
    unit_of_limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Flow):
    """An item that can stand in a list. Days are those of the promised clock's unit, ``overdue_workdays`` working days.

    ``late_stages``: clocks of single stages that have run out; ``past_statutory``: so has the statutory limit.
    """

    unit_name: str
    matter: str
    project: str
    project_code: str
    stage: str
    light: str
    received: date | None
    due: date | None
    overdue_days: int
    unit_of_limit: str
    overdue_workdays: int = 0
    past_statutory: bool = False
    paused_since: date | None = None
    paused_kind: str = ""
    late_stages: tuple[Late, ...] = ()


@dataclass(frozen=True, slots=True)
class Stood:
    """An item that was in hand at the end of the period before, as it was known when that was reported."""

    unit: str | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A 督办 that went out and asks for an answer by a local date.

    ``answered`` is when an explanation came after it, said by the end of the period; ``in_hand``: the item was then.
    ``days_late``: working days from ``answer_by`` to the end of the period.
    """

    unit: str | None
    item: str
    matter: str
    project: str
    level: str
    sent: date
    answer_by: date
    answered: date | None
    in_hand: bool
    days_late: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A silence by the supervisor in force at the end of the period: ``name`` says what ``target`` is."""

    scope: str
    target: str
    name: str
    unit: str | None
    until: date
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Polled:
    """How a source fared in the period; ``longest_gap_hours``: the longest time without a good poll."""

    name: str
    polls: int
    failed: int
    longest_gap_hours: float | None


@dataclass(frozen=True, slots=True)
class Steps:
    """What went out about an item by the end of the period: reminders, and when each card went (local dates)."""

    reminders: int = 0
    yellow_cards: tuple[date, ...] = ()
    red_cards: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the items of a report; steps and reasons are by item."""

    before: Mapping[str, Stood] | None = None
    """By item what was in hand at the end of the period before; None where nothing was known then."""
    mails: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    """(unit, is it a 督办?) → mails sent in the period."""
    steps: Mapping[str, Steps] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    held: tuple[Held, ...] = ()
    polled: tuple[Polled, ...] = ()


@dataclass(frozen=True, slots=True)
class DataState:
    """How far the data can be trusted: line 1 of every report.

    ``as_of``: moment (UTC) of the last good poll, None if there never was one. ``known``: the moment (UTC) up to which
    the ledger counts, where that is not the moment the report is made.
    """

    as_of: datetime | None
    stale: bool
    set_aside: int = 0
    waiting: int = 0
    unassigned: int = 0
    no_limit: int = 0
    provisional: int = 0
    known: datetime | None = None
