"""Whether a source's clock is wrong, judged by what it sends."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.source_clock import TOLERANCE, ahead_by_updates, behind_by_events, clock_ahead

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""10:00 in Beijing."""
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def updated(*times: object) -> list[dict[str, object]]:
    return [{"GXSJ": f"2026-03-02 {time}:00" if isinstance(time, str) else time} for time in times]


def event(updated: object, happened: object) -> dict[str, object]:
    return {"GXSJ": f"2026-03-02 {updated}:00", "BLSJ": f"2026-03-02 {happened}:00"}


AHEAD: dict[str, tuple[list[dict[str, object]], timedelta | None]] = {
    "all of the past": (updated("09:00", "10:00"), None),
    "within the tolerance": (updated("10:10"), None),
    "beyond it": (updated("09:00", "18:00"), 8 * HOUR),
    "the middle of several, so that a single odd row says little": (updated("10:20", "10:30", "20:00"), 30 * MINUTE),
    "no rows": ([], None),
    "update times that are none": (updated(None, 7, "9月"), None),
}


@pytest.mark.parametrize(("rows", "expected"), AHEAD.values(), ids=AHEAD.keys())
def test_a_clock_ahead_dates_updates_into_the_future(rows: list[dict[str, object]], expected: timedelta | None) -> None:
    assert ahead_by_updates(rows, NOW) == expected


BEHIND: dict[str, tuple[list[dict[str, object]], timedelta | None]] = {
    "events before their updates": ([event("09:00", "08:59")] * 5, None),
    "events after their updates": ([event("01:00", "09:00")] * 3, -8 * HOUR),
    "too few to tell": ([event("01:00", "09:00")] * 2, None),
    "only some of many": ([event("01:00", "09:00")] * 3 + [event("09:00", "08:00")] * 3, None),
    "rows without an event": ([{"GXSJ": "2026-03-02 09:00:00"}] * 5, None),
    "times that are none": ([event("xx", "yy")] * 5, None),
}


@pytest.mark.parametrize(("rows", "expected"), BEHIND.values(), ids=BEHIND.keys())
def test_a_clock_behind_dates_updates_before_their_own_events(
    rows: list[dict[str, object]], expected: timedelta | None
) -> None:
    assert behind_by_events(rows) == expected


TOLD: dict[str, tuple[tuple[timedelta | None, timedelta | None, timedelta | None], timedelta | None]] = {
    "nothing is known": ((None, None, None), None),
    "the answers' date is right": ((MINUTE, None, None), MINUTE),
    "the answers' date is wrong": ((HOUR, 3 * HOUR, -HOUR), HOUR),
    "the answers' date is right, the updates are not": ((MINUTE, 8 * HOUR, None), 8 * HOUR),
    "the updates are before their events": ((None, None, -8 * HOUR), -8 * HOUR),
    "a difference beyond all reason": ((timedelta(days=400_000), None, None), timedelta(days=36_500)),
}


@pytest.mark.parametrize(("given", "expected"), TOLD.values(), ids=TOLD.keys())
def test_what_is_wrong_is_told_first(
    given: tuple[timedelta | None, timedelta | None, timedelta | None], expected: timedelta | None
) -> None:
    assert clock_ahead(*given) == expected


def test_the_tolerance_is_ten_minutes() -> None:
    assert TOLERANCE == 10 * MINUTE
