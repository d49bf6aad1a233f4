"""Limits in natural days and in hours.

March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays.
"""

from typing import NamedTuple

import pytest

from monitor.clocks import HOUR, NATURAL_DAY, Limits
from tests.core.builders import clocks, limits, seen


class Case(NamedTuple):
    """A story, the moment of asking, what the promised clock then shows, and its limit."""

    happened: str
    now: str
    expected: dict[str, object]
    limits: Limits


def natural(amount: int) -> Limits:
    return limits(amount, NATURAL_DAY)


def hours(amount: int) -> Limits:
    return limits(amount, HOUR)


NATURAL = {
    "every day counts, the first not": Case(
        "3@03-02", "03-04T12:00", {"due": "2026-03-09", "used": 2, "remaining": 5, "state": "running"}, natural(7)
    ),
    "a weekend in the middle counts": Case("3@03-06", "03-09T12:00", {"used": 3, "remaining": 2}, natural(5)),
    "a last day on a Saturday moves to the Monday": Case(
        "3@03-02", "03-07T12:00", {"due": "2026-03-09", "used": 5, "remaining": 2, "state": "due_soon"}, natural(5)
    ),
    "a last day in the National Day holiday moves behind it": Case(
        "3@09-25", "10-01", {"due": "2026-10-08"}, natural(10)
    ),
    "a last day on a worked Saturday stays": Case("3@09-30", "10-01", {"due": "2026-10-10"}, natural(10)),
    "on the moved last day it is due today": Case(
        "3@03-02", "03-09T12:00", {"state": "due_today", "remaining": 0, "overdue_days": 0}, natural(5)
    ),
    "overdue days are natural days": Case(
        "3@03-02", "03-15T12:00", {"state": "overdue", "overdue_days": 6, "remaining": -6}, natural(5)
    ),
    "a Saturday after the due date is a day overdue": Case(
        "3@02-28", "03-07", {"due": "2026-03-06", "overdue_days": 1}, natural(6)
    ),
    "paused days are natural days": Case(
        "3@03-02 9@03-03 10@03-08", "03-08T12:00", {"used": 1, "due": "2026-03-12", "remaining": 4}, natural(5)
    ),
    "an open pause holds the due date": Case(
        "3@03-02 9@03-04", "03-20", {"state": "paused", "due": None, "used": 2, "remaining": 3}, natural(5)
    ),
    "used up on a Saturday, with a pause open before the Monday: nothing remains, and the due date is held": Case(
        "3@03-02 9@03-08", "03-20", {"state": "paused", "due": None, "used": 6, "remaining": 0}, natural(5)
    ),
    "the Monday after such a pause is the due date": Case(
        "3@03-02 9@03-08 10@03-13", "03-13", {"due": "2026-03-16", "remaining": 3, "overdue_days": 0}, natural(5)
    ),
    "a close on the moved last day is on time": Case("3@03-02 11@03-09", "03-30", {"on_time": True}, natural(5)),
    "a limit of 0 on a Saturday is due on the Monday": Case("3@03-07", "03-07", {"due": "2026-03-09"}, natural(0)),
    "a due date in an unknown year is provisional, as it may have to move": Case(
        "3@2027-03-01", "2027-03-01", {"due": "2027-03-08", "provisional": True}, natural(7)
    ),
}


@pytest.mark.parametrize("case", NATURAL, ids=str)
def test_natural_days(case: str) -> None:
    happened, now, expected, given = NATURAL[case]
    promised = {f"promised.{name}": value for name, value in expected.items()}
    assert seen(clocks(happened, now, given), promised) == promised


START = "3@03-02T09:30"
HOURS = {
    "48 hours are a moment two days later": Case(
        START,
        "03-02T09:30",
        {"due_at": "2026-03-04T09:30", "due": "2026-03-04", "used": 0, "remaining": 48, "state": "running"},
        hours(48),
    ),
    "a date-only acceptance begins at midnight": Case("3@03-02", "03-03", {"due_at": "2026-03-04T00:00"}, hours(48)),
    "nights and weekends count, and the moment is not moved": Case(
        "3@03-06T16:00", "03-07", {"due_at": "2026-03-08T16:00", "due": "2026-03-08"}, hours(48)
    ),
    "an hour begun is not used yet": Case(START, "03-02T10:29:59", {"used": 0, "remaining": 48}, hours(48)),
    "a full hour is": Case(START, "03-02T10:30", {"used": 1, "remaining": 47}, hours(48)),
    "with more than three hours left it runs": Case(
        START, "03-04T06:29:59", {"state": "running", "remaining": 4}, hours(48)
    ),
    "with three hours left it is due soon": Case(
        START, "03-04T06:30", {"state": "due_soon", "remaining": 3}, hours(48)
    ),
    "in the last hour one is left": Case(START, "03-04T09:29:59", {"state": "due_soon", "remaining": 1}, hours(48)),
    "at the moment itself it is due": Case(
        START, "03-04T09:30", {"state": "due_today", "remaining": 0, "overdue_days": 0}, hours(48)
    ),
    "a second later it is overdue by the hour begun": Case(
        START, "03-04T09:30:01", {"state": "overdue", "remaining": -1, "overdue_days": 1}, hours(48)
    ),
    "a full hour later still by one": Case(START, "03-04T10:30", {"overdue_days": 1}, hours(48)),
    "and then by two": Case(START, "03-04T10:30:01", {"overdue_days": 2, "used": 49}, hours(48)),
    "a close at the moment is on time": Case(
        f"{START} 11@03-04T09:30", "03-30", {"state": "done_on_time", "on_time": True, "remaining": 0}, hours(48)
    ),
    "a close a second later is late": Case(
        f"{START} 11@03-04T09:30:01", "03-30", {"state": "done_late", "on_time": False, "overdue_days": 1}, hours(48)
    ),
    "a close before the acceptance is on time": Case(
        "13@03-02T09:00 3@03-02T10:00", "03-30", {"on_time": True, "used": 0}, hours(48)
    ),
    "the hours paused are added": Case(
        f"{START} 9@03-03T09:30 10@03-03T15:30",
        "03-03T16:30",
        {"due_at": "2026-03-04T15:30", "used": 25, "remaining": 23},
        hours(48),
    ),
    "a pause within one day does cost its hours": Case(
        f"{START} 9@03-02T10:30 10@03-02T11:30", "03-02T12:30", {"due_at": "2026-03-04T10:30", "used": 2}, hours(48)
    ),
    "pauses that overlap are added once": Case(
        f"{START} 6@03-03T09:30 9@03-03T11:30 7@03-03T12:30 10@03-03T15:30",
        "03-03T16:30",
        {"due_at": "2026-03-04T15:30"},
        hours(48),
    ),
    "a pause of several days": Case(
        f"{START} 9@03-03T09:30 10@03-09T09:30", "03-09T10:30", {"due_at": "2026-03-10T09:30", "used": 25}, hours(48)
    ),
    "an open pause holds it": Case(
        f"{START} 9@03-03T09:30",
        "03-20",
        {"state": "paused", "due": None, "due_at": None, "used": 24, "remaining": 24, "paused": True},
        hours(48),
    ),
    "a pause begun after it ran out leaves it overdue by the hours before": Case(
        f"{START} 9@03-04T12:30", "03-20", {"state": "paused_overdue", "overdue_days": 3, "remaining": -3}, hours(48)
    ),
    "the close ends an open pause": Case(
        f"{START} 9@03-03T09:30 11@03-05T09:30",
        "03-30",
        {"state": "done_on_time", "due_at": "2026-03-06T09:30", "used": 24},
        hours(48),
    ),
    "it never rests on an unknown year": Case(
        "3@2027-03-01", "2027-03-01", {"due": "2027-03-03", "provisional": False}, hours(48)
    ),
    "72 hours": Case(START, "03-02T09:30", {"due_at": "2026-03-05T09:30"}, hours(72)),
    "one hour": Case(START, "03-02T10:00", {"due_at": "2026-03-02T10:30", "state": "due_soon"}, hours(1)),
}


@pytest.mark.parametrize("case", HOURS, ids=str)
def test_hours(case: str) -> None:
    happened, now, expected, given = HOURS[case]
    promised = {f"promised.{name}": value for name, value in expected.items()}
    assert seen(clocks(happened, now, given), promised) == promised
