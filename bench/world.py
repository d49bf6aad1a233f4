"""The synthetic district that is measured: items, status events and platform rows, the same for the same seed.

Items are numbered; the item's id, its unit, its project and its matter follow from the number alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from monitor.events import SHANGHAI, Version
from monitor.workdays import Workdays

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in the morning local time: within the working hours."""
TODAY = date(2026, 11, 24)

EVENT_TABLE = "XMSPSXBLXXXXB"
UNITS = 16
WORKS = 4_000
MATTERS = 120
LIMITS = (3, 5, 7, 10, 15, 20)
PAUSED_SHARE = 0.03
CLOSED_SHARE = 0.75
FORMAT = "%Y-%m-%d %H:%M:%S"


@cache
def workdays() -> Workdays:
    """The calendar, built once a process."""
    return Workdays()


def item_id(number: int) -> str:
    """The id of an item, in the order of the numbers."""
    return f"110116{2026:04}{number:010}"


def moment(day: date, minute: int) -> datetime:
    """The moment (UTC) of a minute of a local day."""
    return datetime.combine(day, time(minute // 60, minute % 60), SHANGHAI).astimezone(UTC)


def updated_at(when: datetime) -> str:
    """The platform's update time for something that happened at ``when``."""
    return (when + timedelta(minutes=7)).astimezone(SHANGHAI).strftime(FORMAT)


def stored(when: datetime) -> str:
    """A moment (UTC) as the ledger's file has it."""
    return when.replace(tzinfo=None).isoformat(" ", "microseconds")


@dataclass(frozen=True, slots=True)
class Life:
    """An item's limit in working days and the versions of its events, as the ledger hands them to the judge."""

    limit: int
    accepted: date
    versions: tuple[Version, ...]


class Lives:
    """Makes lives: about four events each, three in a hundred with a pause.

    Most are closed; with ``closed`` 0 all are open. ``since``: how many working days ago the earliest was received.
    """

    def __init__(self, seed: int, *, closed: float = CLOSED_SHARE, since: int = 250) -> None:
        self._random = Random(seed)
        self._closed, self._since, self._serial = closed, since, 0
        calendar = workdays()
        self._days = [calendar.back(TODAY, ago) for ago in range(since + 2)]

    def one(self) -> Life:
        """The next life."""
        rng, limit = self._random, self._random.choice(LIMITS)
        ended = rng.random() < self._closed
        ago = rng.randrange(1, self._since if ended else min(self._since, 2 * limit))
        accepted = max(0, ago - rng.randrange(4))
        steps = [(1, ago), (3, accepted), (8, accepted)]
        if rng.random() < PAUSED_SHARE:
            steps += [(9, max(0, accepted - 1)), (10, max(0, accepted - 3))]
        if ended:
            steps.append((11, max(0, accepted - rng.randrange(1, limit + 3))))
        return Life(limit, self._days[accepted], tuple(self._version(code, back) for code, back in steps))

    def _version(self, code: int, ago: int) -> Version:
        self._serial += 1
        # Later codes come later in the day, so that the order of a day's events is the order of the steps.
        when = moment(self._days[ago], 9 * 60 + code * 3 + self._random.randrange(3) if ago else 9 * 60 + code)
        return Version(code, when, updated_at(when), self._serial, True)

    def many(self, count: int) -> list[Life]:
        """The next ``count`` lives."""
        return [self.one() for _ in range(count)]


def platform_row(serial: int, item: int, code: int, when: datetime, updated: str) -> dict[str, Any]:
    """A row of 办理详细信息 as the platform sends it."""
    return {
        "LSH": serial, "DFSJZJ": f"D{serial % 97}", "XZQHDM": "110116", "GCDM": f"W{item % WORKS:06}",
        "SPSXSLBM": item_id(item), "BLCS": "审批科", "BLR": "经办人", "BLZT": code, "BLYJ": "同意",
        "BLSJ": when.astimezone(SHANGHAI).strftime(FORMAT), "SJYXBS": 1, "SJWXYY": None, "GXSJ": updated,
    }  # fmt: skip


def old_events(item: int) -> Iterator[tuple[int, int, datetime, str]]:
    """The events of an item that the ledger has before a poll: (serial, code, moment, updated)."""
    day = date.fromordinal(TODAY.toordinal() - 5 - item % 200)
    for place, code in enumerate((1, 3, 8)):
        when = moment(day, 9 * 60 + (item * 7 + place * 41) % 400)
        yield 3 * item + place + 1, code, when, updated_at(when)


def changed_rows(count: int, items: int, seed: int = 7) -> list[dict[str, Any]]:
    """``count`` rows of a poll in the platform's order, each of another item.

    Half are new events, a quarter the same row again, a quarter a newer version of an old event.
    """
    rng, rows = Random(seed), []
    for number, item in enumerate(rng.sample(range(items), count)):
        serial, minute = 3 * items + number + 1, 8 * 60 + number * 600 // count
        old_serial, code, when, updated = rng.choice(list(old_events(item)))
        now = f"2026-11-23 {minute // 60:02}:{minute % 60:02}:{number % 60:02}"
        if number % 4 < 2:
            rows.append(platform_row(serial, item, 11, when + timedelta(minutes=number % 1000 + 500), now))
        elif number % 4 == 2:
            rows.append(platform_row(old_serial, item, code, when, updated))
        else:
            rows.append(platform_row(serial, item, code, when, now))
    return sorted(rows, key=lambda row: (row["GXSJ"], row["LSH"]))
