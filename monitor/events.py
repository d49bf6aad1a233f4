"""Status events of an item: which of the rows the platform gave count, in what order, and the milestones they make.

Rows of the status table are *versions* of events. Natural key of an event = (item, code, moment); the version with the
greatest (updated, serial) speaks for it; if that is invalid, the event does not exist. Arrival order never matters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum
from typing import NamedTuple

AHEAD = timedelta(hours=8)
SHANGHAI = timezone(AHEAD, "Asia/Shanghai")
"""Beijing time as a fixed offset: there has been no summer time since 1991, and no record is older than 2000."""


class Code(IntEnum):
    """办理状态 (BLZT) as the national exchange standard numbers it."""

    RECEIVED = 1
    WITHDRAWN = 2
    ACCEPTED = 3
    NOT_ACCEPTED = 4
    REFUSED = 5
    CORRECTION_START = 6
    CORRECTION_END = 7
    REVIEW_BEGUN = 8
    SPECIAL_START = 9
    SPECIAL_END = 10
    PASSED = 11
    PASSED_WITH_LACK = 12
    NOT_PASSED = 13
    TAKEN_BACK = 14
    REVOKED = 15

    @property
    def title(self) -> str:
        """The status in the words of the standard."""
        return TITLES[self]


TITLES: dict[int, str] = {
    1: "接件",
    2: "撤件",
    3: "受理",
    4: "不受理",
    5: "不予受理",
    6: "补正开始",
    7: "补正结束",
    8: "部门开始办理",
    9: "特别程序开始",
    10: "特别程序结束",
    11: "办结（通过）",
    12: "办结（容缺通过）",
    13: "办结（不通过）",
    14: "撤回",
    15: "撤销",
}

CLOSING = frozenset({2, 4, 5, 11, 12, 13, 14, 15})
DECIDING = frozenset({11, 12, 13})
GRANTING = frozenset({11, 12})
ENDS_ACCEPTANCE = CLOSING | {3, 6, 8}


class Version(NamedTuple):
    """One row of the status table: ``moment`` in UTC, ``updated`` the platform's own update time as text.

    ``source``: who says so; update times of different sources cannot be compared.
    """

    code: int
    moment: datetime
    updated: str
    serial: int
    valid: bool
    source: str = ""


class Event(NamedTuple):
    """An event that counts; ``serial`` is that of its first version and breaks ties of ``moment`` (UTC)."""

    moment: datetime
    serial: int
    code: int

    @property
    def day(self) -> date:
        """The local date (Asia/Shanghai)."""
        return local_date(self.moment)


def local_date(moment: datetime) -> date:
    """The date in Asia/Shanghai of an aware ``moment``."""
    # Nothing is asked as often as this, and nearly always of a moment in UTC.
    return (moment + AHEAD).date() if moment.tzinfo is UTC else moment.astimezone(SHANGHAI).date()


def settle_versions(versions: Iterable[Version]) -> list[Event]:
    """The events that exist, in order (moment, serial of the first version): never by code, never by arrival."""
    first: dict[tuple[int, datetime], tuple[str, int]] = {}
    newest: dict[tuple[int, datetime], tuple[str, int, bool]] = {}
    for code, moment, updated, serial, valid, _ in versions:
        key, mark = (code, moment), (updated, serial)
        if key not in first:
            first[key], newest[key] = mark, (updated, serial, valid)
            continue
        if mark < first[key]:
            first[key] = mark
        if mark >= newest[key][:2]:
            newest[key] = (updated, serial, valid)
    return sorted(Event(key[1], first[key][1], key[0]) for key, (_, _, valid) in newest.items() if valid)


@dataclass(frozen=True, slots=True)
class Milestones:
    """The dated turning points of an item; each an Event or None."""

    received: Event | None
    accepted: Event | None
    review_begun: Event | None
    closed: Event | None

    @property
    def decided(self) -> Event | None:
        """The closing event when it is a decision (办结), else None."""
        return self.closed if self.closed and self.closed.code in DECIDING else None


def milestones(events: Sequence[Event]) -> Milestones:
    """Received = earliest 1; accepted = earliest 3, without any 3 earliest 8; review begun = earliest 8.

    Closed = the first of the closing codes in order; a later 15 after an 11 is a remark, not the close.
    """
    first: dict[int, Event] = {}
    closed: Event | None = None
    for event in events:
        first.setdefault(event.code, event)
        if closed is None and event.code in CLOSING:
            closed = event
    review = first.get(Code.REVIEW_BEGUN)
    return Milestones(first.get(Code.RECEIVED), first.get(Code.ACCEPTED) or review, review, closed)


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the decision clock stands: correction (补正) or special (特别程序); ``end`` None while open."""

    kind: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Pauses:
    """The pauses of an item and what did not pair, as sentences in Chinese."""

    spans: tuple[Pause, ...]
    anomalies: tuple[str, ...]

    @property
    def open(self) -> Pause | None:
        """A pause that has not ended, or None."""
        return next((pause for pause in self.spans if pause.end is None), None)


NO_PAUSES = Pauses((), ())
_STARTS = {Code.CORRECTION_START: "correction", Code.SPECIAL_START: "special"}
_ENDS = {Code.CORRECTION_END: "correction", Code.SPECIAL_END: "special"}


def pauses(events: Sequence[Event], accepted: Event | None, closed: Event | None) -> Pauses:
    """Pairs starts with ends, each kind on its own.

    1. 6→7 counts only after acceptance (before it, 补正 ends and restarts the acceptance clock); 9→10 always.
    2. The first open start pairs with the next end; a second start while one is open changes nothing.
    3. An end without a start is an anomaly and changes nothing.
    4. The first close ends every open pause, and nothing after it pauses.
    """
    running: dict[str, datetime] = {}
    spans: list[Pause] = []
    anomalies: list[str] = []
    for event in events:
        if closed is not None and event >= closed:
            break
        kind = _STARTS.get(event.code) or _ENDS.get(event.code)  # type: ignore[call-overload]
        if kind is None or (kind == "correction" and (accepted is None or event < accepted)):
            continue
        if event.code in _STARTS:
            running.setdefault(kind, event.moment)
        elif kind in running:
            spans.append(Pause(kind, running.pop(kind), event.moment))
        else:
            anomalies.append(f"{event.day} 的“{TITLES[event.code]}”没有对应的开始，不计。")
    end = closed.moment if closed else None
    spans.extend(Pause(kind, start, end) for kind, start in running.items())
    return Pauses(tuple(spans), tuple(anomalies)) if spans or anomalies else NO_PAUSES
