"""Random histories of items: the orderly, the disorderly, and the platform's rows for them."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from monitor.clocks import HOUR, NATURAL_DAY, WORKING_DAY, Limit, Limits
from monitor.events import Version
from tests.core.builders import BEIJING, moment

FIRST_DAYS = st.sampled_from(["2026-03-02", "2026-09-18", "2026-12-14", "2024-02-01", "2018-12-20", "2020-01-15"])
"""A month without a holiday, the National Day, a year's end before an unknown year, and three famous new years."""

CODES = st.sampled_from([1, 3, 8, 6, 7, 9, 10, 11, *range(1, 16)])
HOURS_OF_DAY = st.sampled_from([0, 0, 0, 9, 9, 16])
"""Midnight is what a date without a time of day means; ties are wanted."""


def moments(days: int) -> st.SearchStrategy[timedelta]:
    """Offsets from the first day, to the hour."""
    return st.builds(lambda day, hour: timedelta(days=day, hours=hour), st.integers(0, days), HOURS_OF_DAY)


@st.composite
def histories(draw: st.DrawFn, days: int = 30, events: int = 9) -> list[Version]:
    """Any events at all within ``days`` days, some invalidated, updated or sent again."""
    first = moment(draw(FIRST_DAYS))
    rows = draw(st.lists(st.tuples(CODES, moments(days), st.sampled_from([True, True, True, False])), max_size=events))
    serials = draw(st.permutations(range(1, len(rows) + 1)))
    updates = [f"2027-01-0{draw(st.integers(1, 3))} 00:00:00" for _ in rows]
    return [
        Version(code, first + offset, updated, serial, valid)
        for (code, offset, valid), updated, serial in zip(rows, updates, serials, strict=True)
    ]


@st.composite
def courses(draw: st.DrawFn, days: int = 25) -> list[Version]:
    """An item as it should go: received, accepted, perhaps stopped, perhaps closed."""
    at = moment(draw(FIRST_DAYS))
    plan = [1, *draw(st.sampled_from([[], [6], [6, 7], [3], [8], [3, 8], [3, 8, 9], [3, 6, 7, 8], [3, 8, 9, 10, 9]]))]
    plan += draw(st.sampled_from([[], [], [11], [12], [13], [2]]))
    versions = []
    for serial, code in enumerate(plan, start=1):
        versions.append(Version(code, at, "2027-01-01 00:00:00", serial, True))
        at += draw(moments(days // 3))
    return versions


def limit(unit: str) -> st.SearchStrategy[Limit | None]:
    amounts = st.integers(1, 72) if unit == HOUR else st.sampled_from([0, 1, 2, 3, 5, 10, 20, 40])
    return st.one_of(st.none(), amounts.map(lambda amount: Limit(amount, unit)))


LIMITS = st.sampled_from([WORKING_DAY, WORKING_DAY, NATURAL_DAY, HOUR]).flatmap(
    lambda unit: st.builds(
        Limits,
        promised=limit(unit),
        statutory=limit(unit),
        acceptance=st.sampled_from([0, 2, 5]),
        review=st.sampled_from([0, 1, 3]),
        delivery=st.sampled_from([0, 10]),
    )
)


def later(versions: list[Version], offset: timedelta) -> datetime:
    """``offset`` after the first event, or after a day in March."""
    return min((version.moment for version in versions), default=moment("03-02")) + offset


@st.composite
def platform_rows(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """One item as the platform gives it: its row, its matter's, and the rows of its events."""
    first = date.fromisoformat(draw(FIRST_DAYS))
    stamps = st.integers(0, 40).map(lambda n: f"{first + timedelta(n)} 08:00:00")
    amounts = st.one_of(st.none(), st.sampled_from([0, 1, 2, 3, 5, 10, 20, "5", "", "10"]))
    item = {"LSH": 1, "SPSXSLBM": "A", "SPSXBM": "M", "GCDM": "G", "SXBLSX": draw(amounts), "SJYXBS": 1, "GXSJ": first}
    matter = {"LSH": 2, "SPSXBM": "M", "SPSXBLSX": draw(amounts), "BJLX": draw(st.sampled_from([1, 2])), "SJYXBS": 1}
    events = [
        {"SPSXSLBM": "A", "BLZT": draw(CODES), "BLSJ": written(first, draw(moments(35))), "SJYXBS": draw(validity)}
        for validity in [st.sampled_from([1, 1, 1, 1, 0])] * draw(st.integers(0, 9))
    ]
    events += [dict(row) for row in draw(st.lists(st.sampled_from(events), max_size=3)) if events] if events else []
    serials = draw(st.permutations(range(10, 10 + len(events))))
    rows = [row | {"LSH": serial, "GXSJ": draw(stamps)} for row, serial in zip(events, serials, strict=True)]
    item["GXSJ"] = matter["GXSJ"] = f"{first} 00:00:00"
    return {"XMSPSXBLXXB": [item], "DFXMSPLCJDSXXXB": [matter], "XMSPSXBLXXXXB": rows}


def written(first: date, offset: timedelta) -> str:
    """A moment as the platform writes it: without a time of day where that is midnight."""
    at = datetime(first.year, first.month, first.day, tzinfo=BEIJING) + offset
    return f"{at:%Y-%m-%d}" if at.hour == 0 else f"{at:%Y-%m-%d %H:%M:%S}"
