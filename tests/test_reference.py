"""The oracle itself is checked against examples that were counted by hand on a wall calendar."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.reference import EVENTS, ITEMS, MATTERS, Entry, Row, is_known, is_working, ledger, totals

RECORDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "platform"
MOMENTS = ["2022-06-30", "2023-03-15", "2024-02-09", "2025-05-01", "2025-12-31", "2026-11-23"]


class Happened(NamedTuple):
    """An event row: status, moment, and the fields that the rules look at beside these."""

    code: int
    at: str
    lsh: int = 0
    valid: int = 1
    updated: str = "2020-01-01 00:00:00"


def item_row(limit: int | None, **changes: Any) -> Row:
    row = {"LSH": 1, "SPSXSLBM": "A", "SPSXBM": "M", "SXBLSX": limit, "SJYXBS": 1, "GXSJ": "2020-01-01 00:00:00"}
    return row | changes


def matter_row(limit: int | None, kind: int = 2) -> Row:
    return {"LSH": 2, "SPSXBM": "M", "BJLX": kind, "SPSXBLSX": limit, "SJYXBS": 1, "GXSJ": "2020-01-01 00:00:00"}


def event_rows(events: list[Happened]) -> list[Row]:
    return [
        {
            "LSH": event.lsh or 100 + place,
            "SPSXSLBM": "A",
            "BLZT": event.code,
            "BLSJ": event.at,
            "SJYXBS": event.valid,
            "GXSJ": event.updated,
        }
        for place, event in enumerate(events)
    ]


def entry_of(events: list[Happened], now: str, item: Row, matter: Row | None = None) -> Entry:
    tables = {ITEMS: [item], EVENTS: event_rows(events), MATTERS: [matter] if matter else []}
    return ledger(tables, datetime.fromisoformat(now))["A"]


class Case(NamedTuple):
    """Events, the moment of asking, the limit of the item row, and what the ledger must then say."""

    events: list[tuple[int, str]]
    now: str
    limit: int | None
    expected: dict[str, object]


NATIONAL_DAY = [(3, "2026-09-28 10:00:00")]
SPECIAL_PROCEDURE = [*NATIONAL_DAY, (9, "2026-09-29 10:00:00"), (10, "2026-10-09 10:00:00")]

# March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays.
CASES = {
    "the moved Saturday after the National Day is the fifth working day": Case(
        NATIONAL_DAY, "2026-10-10 12:00", 5, {"due": "2026-10-10", "used": 5, "remaining": 0, "overdue_days": 0}
    ),
    "the Sunday after the due Saturday adds no overdue day": Case(
        NATIONAL_DAY, "2026-10-11 12:00", 5, {"due": "2026-10-10", "used": 5, "remaining": 0, "overdue_days": 0}
    ),
    "a special procedure over the National Day moves the due date to the fourteenth": Case(
        SPECIAL_PROCEDURE, "2026-10-14 12:00", 5, {"due": "2026-10-14", "used": 5, "remaining": 0, "paused": False}
    ),
    "during the special procedure one day is used, four remain, and there is no due date": Case(
        SPECIAL_PROCEDURE, "2026-10-08 12:00", 5, {"due": None, "used": 1, "remaining": 4, "paused": True}
    ),
    "on its last day the acceptance clock has not yet deemed the item accepted": Case(
        [(1, "2026-03-02")],
        "2026-03-09 23:59",
        10,
        {"received": "2026-03-02", "acceptance_due": "2026-03-09", "deemed_accepted": False, "due": None, "used": None},
    ),
    "the day after, the item counts as accepted from the day of receipt": Case(
        [(1, "2026-03-02")],
        "2026-03-10 00:00",
        10,
        {"accepted": None, "deemed_accepted": True, "due": "2026-03-16", "used": 6, "remaining": 4},
    ),
    "a late acceptance starts the promised clock anew": Case(
        [(1, "2026-03-02"), (3, "2026-03-12 09:00:00")],
        "2026-03-13 12:00",
        10,
        {"accepted": "2026-03-12", "deemed_accepted": False, "due": "2026-03-26", "used": 1, "remaining": 9},
    ),
    "asking for more material ends the acceptance clock": Case(
        [(1, "2026-03-02"), (6, "2026-03-04")],
        "2026-03-30 12:00",
        10,
        {"acceptance_due": "2026-03-09", "deemed_accepted": False, "due": None, "paused": False},
    ),
    "the arrival of the material starts the acceptance clock again": Case(
        [(1, "2026-03-02"), (6, "2026-03-04"), (7, "2026-03-11")],
        "2026-03-19 12:00",
        10,
        {"acceptance_due": "2026-03-18", "deemed_accepted": True, "due": "2026-03-25", "used": 6},
    ),
    "without a 3 the start of the department's work is the acceptance": Case(
        [(1, "2026-03-02"), (8, "2026-03-03")], "2026-03-03 12:00", 5, {"accepted": "2026-03-03", "due": "2026-03-10"}
    ),
    "a 3 counts before an earlier 8": Case(
        [(8, "2026-03-02"), (3, "2026-03-03")], "2026-03-03 12:00", 5, {"accepted": "2026-03-03", "due": "2026-03-10"}
    ),
    "two pauses that overlap stop each day once": Case(
        [(3, "2026-03-02"), (6, "2026-03-03"), (9, "2026-03-05"), (7, "2026-03-06"), (10, "2026-03-10")],
        "2026-03-11 12:00",
        5,
        {"due": "2026-03-16", "used": 2, "remaining": 3, "paused": False},
    ),
    "a pause that ends on the day it began costs nothing": Case(
        [(3, "2026-03-02"), (9, "2026-03-04 09:00:00"), (10, "2026-03-04 17:00:00")],
        "2026-03-09 12:00",
        5,
        {"due": "2026-03-09", "remaining": 0},
    ),
    "an end without a start and a second start change nothing": Case(
        [(3, "2026-03-02"), (10, "2026-03-03"), (9, "2026-03-04"), (9, "2026-03-05"), (10, "2026-03-06")],
        "2026-03-06 12:00",
        5,
        {"due": "2026-03-11", "used": 2, "remaining": 3},
    ),
    "an item that ran out before the pause stays overdue by the days before it": Case(
        [(3, "2026-03-02"), (9, "2026-03-10")],
        "2026-03-20 12:00",
        3,
        {"due": "2026-03-05", "used": 6, "remaining": -3, "overdue_days": 3, "paused": True},
    ),
    "a limit used up on the day the pause begins leaves that day as the due date": Case(
        [(3, "2026-03-02"), (9, "2026-03-05")],
        "2026-03-20 12:00",
        3,
        {"due": "2026-03-05", "used": 3, "remaining": 0, "overdue_days": 0, "paused": True},
    ),
    "the close ends an open pause": Case(
        [(3, "2026-03-02"), (9, "2026-03-04"), (11, "2026-03-20")],
        "2026-03-30 12:00",
        5,
        {"due": "2026-03-25", "used": 2, "remaining": 3, "paused": False, "on_time": True},
    ),
    "a special procedure after the close pauses nothing": Case(
        [(3, "2026-03-02"), (11, "2026-03-04"), (9, "2026-03-05"), (10, "2026-03-20")],
        "2026-03-30 12:00",
        5,
        {"due": "2026-03-09", "used": 2, "remaining": 3, "paused": False, "on_time": True},
    ),
    "material asked for before acceptance does not stop the promised clock": Case(
        [(1, "2026-03-02"), (6, "2026-03-03"), (3, "2026-03-05"), (7, "2026-03-06")],
        "2026-03-09 12:00",
        5,
        {"acceptance_due": "2026-03-09", "due": "2026-03-12", "used": 2, "remaining": 3, "paused": False},
    ),
    "work done on the due date is on time": Case(
        [(3, "2026-03-02"), (11, "2026-03-09 23:59:59")],
        "2026-03-30 12:00",
        5,
        {"closed": "2026-03-09", "closed_by": 11, "remaining": 0, "overdue_days": 0, "on_time": True},
    ),
    "work done the day after is one day late": Case(
        [(3, "2026-03-02"), (11, "2026-03-10 00:00:00")],
        "2026-03-30 12:00",
        5,
        {"closed": "2026-03-10", "used": 6, "remaining": -1, "overdue_days": 1, "on_time": False},
    ),
    "a revocation after the decision is a remark": Case(
        [(3, "2026-03-02"), (11, "2026-03-04"), (15, "2026-03-20")],
        "2026-03-30 12:00",
        5,
        {"closed": "2026-03-04", "closed_by": 11, "on_time": True},
    ),
    "a refusal without acceptance has no promised clock": Case(
        [(1, "2026-03-02"), (13, "2026-03-20")],
        "2026-03-30 12:00",
        5,
        {"closed_by": 13, "accepted": None, "deemed_accepted": False, "limit": 5, "due": None, "on_time": None},
    ),
    "a due date counted into a year without a notice is provisional": Case(
        [(3, "2026-12-28")], "2026-12-28 12:00", 10, {"due": "2027-01-12", "provisional": True}
    ),
    "a due date in the last week of a known year is final": Case(
        [(3, "2026-12-21")], "2026-12-21 12:00", 8, {"due": "2026-12-31", "provisional": False}
    ),
    "an event later than now does not count yet": Case(
        [(1, "2026-03-02"), (3, "2026-03-03 12:00:01")], "2026-03-03 12:00", 5, {"accepted": None, "due": None}
    ),
    "an item without events is listed": Case(
        [], "2026-03-03 12:00", 5, {"received": None, "limit": 5, "acceptance_due": None, "deemed_accepted": False}
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_entry_of_an_item(case: Case) -> None:
    events = [Happened(code, at) for code, at in case.events]
    entry = entry_of(events, case.now, item_row(case.limit))
    assert {name: entry[name] for name in case.expected} == case.expected


VERSIONS = {
    "a decision entered by mistake and invalidated leaves the item open": (
        [Happened(3, "2026-03-02"), Happened(11, "2026-03-03"), Happened(11, "2026-03-03", 200, 0)],
        {"closed": None, "closed_by": None},
    ),
    "the invalidation is not seen before it arrives": (
        [
            Happened(3, "2026-03-02"),
            Happened(11, "2026-03-03"),
            Happened(11, "2026-03-03", 200, 0, "2026-03-31 00:00:00"),
        ],
        {"closed": "2026-03-03", "closed_by": 11},
    ),
    "an event entered again after its invalidation exists": (
        [Happened(11, "2026-03-03", 100), Happened(11, "2026-03-03", 101, 0), Happened(11, "2026-03-03", 102)],
        {"closed": "2026-03-03"},
    ),
    "a date alone and midnight are the same moment": (
        [Happened(11, "2026-03-03", 100), Happened(11, "2026-03-03 00:00:00", 101, 0)],
        {"closed": None},
    ),
    "of two events at one moment the lower serial number comes first": (
        [Happened(14, "2026-03-03", 101), Happened(11, "2026-03-03", 102)],
        {"closed_by": 14},
    ),
    "an event sent again keeps its first place": (
        [Happened(14, "2026-03-03", 101), Happened(11, "2026-03-03", 102), Happened(14, "2026-03-03", 103)],
        {"closed_by": 14},
    ),
}


@pytest.mark.parametrize(("events", "expected"), VERSIONS.values(), ids=VERSIONS.keys())
def test_versions_and_order_of_events(events: list[Happened], expected: dict[str, object]) -> None:
    entry = entry_of(events, "2026-03-30 12:00", item_row(5))
    assert {name: entry[name] for name in expected} == expected


LIMITS = {
    "the matter's limit where it is smaller": (20, matter_row(10), 10),
    "the item's limit where it is smaller": (10, matter_row(20), 10),
    "the matter's limit where the item has none": (None, matter_row(20), 20),
    "the item's limit where the matter is unknown": (10, None, 10),
    "a 0 of an ordinary matter is missing": (0, matter_row(20), 20),
    "a 0 of an immediate matter is a limit": (0, matter_row(0, kind=1), 0),
    "no limit where neither row has one": (None, matter_row(None), None),
}


@pytest.mark.parametrize(("own", "matter", "limit"), LIMITS.values(), ids=LIMITS.keys())
def test_the_promised_limit_is(own: int | None, matter: Row | None, limit: int | None) -> None:
    assert entry_of([], "2026-03-30 12:00", item_row(own), matter)["limit"] == limit


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        pytest.param("2026-03-06", "2026-03-06", id="the same day"),
        pytest.param("2026-03-07", "2026-03-09", id="the next working day when accepted on a Saturday"),
        pytest.param("2026-02-14", "2026-02-14", id="the same day when accepted on a worked Saturday"),
    ],
)
def test_an_immediate_matter_is_due_on(accepted: str, due: str) -> None:
    entry = entry_of([Happened(3, accepted)], "2026-03-30 12:00", item_row(0), matter_row(0, kind=1))
    assert entry["due"] == due


def test_an_item_that_was_invalidated_is_left_out() -> None:
    rows = [item_row(5), item_row(5, LSH=9, SJYXBS=0, GXSJ="2026-03-02 00:00:00")]
    assert list(ledger({ITEMS: rows}, datetime.fromisoformat("2026-03-01"))) == ["A"]
    assert list(ledger({ITEMS: rows}, datetime.fromisoformat("2026-03-02"))) == []


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2005, 12, 31), True, id="2005-12-31 was a worked Saturday"),
        pytest.param(date(2018, 12, 29), True, id="2018-12-29 was a worked Saturday"),
        pytest.param(date(2018, 12, 31), False, id="2018-12-31 was a day off"),
        pytest.param(date(2020, 1, 31), False, id="2020-01-31 became a day off"),
        pytest.param(date(2024, 2, 9), True, id="2024-02-09, new year's eve, was worked"),
        pytest.param(date(2026, 10, 10), True, id="2026-10-10 is a worked Saturday"),
        pytest.param(date(2027, 1, 1), False, id="1 January is off by law"),
        pytest.param(date(2027, 2, 5), False, id="lunar new year's eve is off by law"),
        pytest.param(date(2027, 2, 8), False, id="the third day of the lunar year is off by law"),
        pytest.param(date(2027, 2, 9), True, id="the fourth day is not"),
        pytest.param(date(2027, 4, 5), False, id="Qingming is off by law"),
        pytest.param(date(2027, 5, 3), True, id="3 May is not off by law"),
        pytest.param(date(2027, 6, 9), False, id="the dragon boat day is off by law"),
        pytest.param(date(2027, 9, 15), False, id="mid-autumn is off by law"),
        pytest.param(date(2027, 10, 1), False, id="1 October is off by law"),
        pytest.param(date(2027, 10, 4), True, id="4 October is not off by law"),
        pytest.param(date(2027, 10, 9), False, id="no Saturday is worked by law"),
    ],
)
def test_the_calendar(day: date, working: bool) -> None:
    assert is_working(day) is working


def test_the_known_years() -> None:
    assert [year for year in range(1990, 2040) if is_known(year)] == list(range(2004, 2027))


@pytest.fixture(scope="module")
def records() -> dict[str, list[Row]]:
    if not RECORDS.is_dir():
        pytest.skip("the recorded tables are not beside the repository, in ../shared/data/platform")
    tables = {}
    for name in (ITEMS, EVENTS, MATTERS):
        with gzip.open(RECORDS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            tables[name] = [json.loads(line) for line in lines]
    return tables


@pytest.mark.parametrize("day", MOMENTS)
def test_the_figures_of_an_item_agree_with_each_other(records: dict[str, list[Row]], day: str) -> None:
    entries = ledger(records, datetime.fromisoformat(f"{day} 12:00"))
    print(day, totals(entries))
    for entry in entries.values():
        if entry["due"] is None:
            assert entry["on_time"] is None
            continue
        at = entry["closed"] or day
        assert (entry["overdue_days"] > 0) <= (at > entry["due"])
        assert (entry["remaining"] > 0) <= (at < entry["due"])
        if at >= (entry["accepted"] or entry["received"]):
            assert entry["used"] + entry["remaining"] == entry["limit"]


def test_the_full_record_has_every_item(records: dict[str, list[Row]]) -> None:
    result = totals(ledger(records, datetime.fromisoformat("2026-11-23 12:00")))
    assert result["items"] == 2030
    assert result["closed_on_time"] + result["closed_late"] <= result["items"] - result["open"]
