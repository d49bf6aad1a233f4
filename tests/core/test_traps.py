"""What real producers do wrong, from the platform's rows to the line of the ledger.

March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays. Every line is that of Friday 20 March, noon.
"""

from itertools import permutations
from typing import Any

import pytest

from monitor.entry import entry
from monitor.events import Version
from monitor.judge import Facts, judge
from monitor.records import read_rows
from tests.core.builders import moment, standards

Row = dict[str, Any]
SENT = "2026-03-01 08:00:00"


def event(serial: int, code: int, at: str, **changes: Any) -> Row:
    """A row of the status table."""
    row: Row = {
        "LSH": serial,
        "SPSXSLBM": "A",
        "BLZT": code,
        "BLSJ": at,
        "SJYXBS": 1,
        "GXSJ": SENT,
        "DFSJZJ": f"K{serial}",
    }
    return row | changes


def line(events: list[Row], **item_changes: Any) -> Row:
    """The ledger's line of an item with a limit of 5, from its own row and those of its events."""
    item_row = {"LSH": 1, "SPSXSLBM": "A", "SPSXBM": "plain", "GXSJ": SENT, "SJYXBS": 1, "SXBLSX": 5}
    item_row |= {"SPBMBM": "110116SWJ", "SPBMMC": "区水务局", "GCDM": "G"} | item_changes
    (item,), _ = read_rows("XMSPSXBLXXB", [item_row])
    records, refused = read_rows("XMSPSXBLXXXXB", events)
    assert not refused
    known = Facts(item.item, item.works, item.matter, item.unit_code, item.unit_name, item.limit, item.limit_given)
    versions = [Version(one.code, one.moment, one.updated, one.serial, one.valid) for one in records]
    return entry(judge(known, versions, standards(), moment("03-20T12:00")))


TRAPS: dict[str, tuple[list[Row], Row]] = {
    "3 and 8 in the same second": (
        [event(1, 3, "2026-03-16 10:00:00"), event(2, 8, "2026-03-16 10:00:00")],
        {"accepted": "2026-03-16", "stage": "审批", "due": "2026-03-23"},
    ),
    "8 alone": ([event(1, 8, "2026-03-16 10:00:00")], {"accepted": "2026-03-16", "stage": "审批", "due": "2026-03-23"}),
    "13 without 3": (
        [event(1, 1, "2026-03-16 10:00:00"), event(2, 13, "2026-03-17 10:00:00")],
        {"accepted": None, "closed": "2026-03-17", "closed_by": 13, "due": None, "on_time": None},
    ),
    "9 twice": (
        [event(n, code, f"2026-03-{day}") for n, (code, day) in enumerate([(3, 12), (9, 13), (9, 16), (10, 17)])],
        {"due": "2026-03-23", "paused": False, "problems": []},
    ),
    "10 without 9": (
        [event(1, 3, "2026-03-16"), event(2, 10, "2026-03-17")],
        {"due": "2026-03-23", "problems": ["2026-03-17 的“特别程序结束”没有对应的开始，不计。"]},
    ),
    "9 open at the close": (
        [event(1, 3, "2026-03-02"), event(2, 9, "2026-03-03"), event(3, 11, "2026-03-19")],
        {"closed": "2026-03-19", "on_time": True, "used": 1, "paused": False, "due": "2026-03-25"},
    ),
    "9 and 10 in the same second, meaning nothing": (
        [event(1, 3, "2026-03-12"), event(2, 9, "2026-03-13 10:00:00"), event(3, 10, "2026-03-13 10:00:00")],
        {"paused": False, "due": "2026-03-19", "overdue_days": 1},
    ),
    "the same event sent again, with a new number and time": (
        [event(1, 3, "2026-03-16"), event(2, 3, "2026-03-16", GXSJ="2026-03-18 08:00:00")],
        {"accepted": "2026-03-16", "due": "2026-03-23"},
    ),
    "the same row twice in one page": (
        [event(1, 3, "2026-03-16"), event(1, 3, "2026-03-16")],
        {"accepted": "2026-03-16", "due": "2026-03-23"},
    ),
    "one DFSJZJ for several events": (
        [event(1, 3, "2026-03-16", DFSJZJ="K"), event(2, 11, "2026-03-17", DFSJZJ="K")],
        {"accepted": "2026-03-16", "closed": "2026-03-17"},
    ),
    "a decision entered by mistake and invalidated days later": (
        [
            event(1, 3, "2026-03-12"),
            event(2, 11, "2026-03-13"),
            event(2, 11, "2026-03-13", SJYXBS=0, SJWXYY="误录", GXSJ="2026-03-19 08:00:00"),
        ],
        {"closed": None, "due": "2026-03-19", "overdue_days": 1, "light": "red"},
    ),
    "the invalidation under a number of its own": (
        [event(1, 3, "2026-03-12"), event(2, 11, "2026-03-13"), event(9, 11, "2026-03-13", SJYXBS=0)],
        {"closed": None, "overdue_days": 1},
    ),
    "a moment to the second and the same day without a time are two events": (
        [event(1, 11, "2026-03-17", SJYXBS=0), event(2, 3, "2026-03-16"), event(3, 11, "2026-03-17 10:00:00")],
        {"closed": "2026-03-17"},
    ),
    "a date alone and midnight are one": (
        [event(2, 3, "2026-03-16"), event(3, 11, "2026-03-17"), event(4, 11, "2026-03-17 00:00:00", SJYXBS=0)],
        {"closed": None},
    ),
    "an event dated later than now": ([event(1, 3, "2026-03-16"), event(2, 11, "2026-03-25")], {"closed": None}),
    "15 long after 11": (
        [event(1, 3, "2026-03-12"), event(2, 11, "2026-03-13"), event(3, 15, "2026-03-19")],
        {"closed": "2026-03-13", "closed_by": 11},
    ),
    "events of no item are of no consequence": ([], {"stage": "接件", "received": None, "due": None}),
}


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_a_trap_in_the_events_in_whatever_order_the_rows_come(trap: str) -> None:
    rows, expected = TRAPS[trap]
    for arrived in permutations(rows):
        found = line(list(arrived))
        assert {name: found[name] for name in expected} == expected


def test_date_only_events_that_tie_in_any_order_of_their_numbers_are_accepted_once_and_never_deemed() -> None:
    for serials in permutations((1, 2, 3)):
        rows = [event(serial, code, "2026-03-02") for serial, code in zip(serials, (1, 3, 8), strict=True)]
        found = line(rows)
        expected = {"received": "2026-03-02", "accepted": "2026-03-02", "deemed_accepted": False, "due": "2026-03-09"}
        assert {name: found[name] for name in expected} == expected


ITEMS: dict[str, tuple[Row, Row]] = {
    "a limit of null": ({"SXBLSX": None}, {"limit": None, "light": "grey"}),
    "a limit of 0": ({"SXBLSX": 0}, {"limit": None, "light": "grey"}),
    "a limit as text": ({"SXBLSX": "5"}, {"limit": 5, "due": "2026-03-23"}),
    "a limit in words": ({"SXBLSX": "五日"}, {"limit": None, "light": "grey"}),
    "no code of the unit, its short name": ({"SPBMBM": "", "SPBMMC": "区水务局"}, {"unit": "110116SWJ"}),
    "an unknown code, its long name": ({"SPBMBM": "X9", "SPBMMC": "北京市怀柔区水务局"}, {"unit": "110116SWJ"}),
    "no code, the name without the city": ({"SPBMBM": None, "SPBMMC": "怀柔区水务局"}, {"unit": "110116SWJ"}),
    "a unit that cannot be told": (
        {"SPBMBM": None, "SPBMMC": "某中心"},
        {"unit": None, "unit_name": "某中心", "limit": 5},
    ),
    "neither code nor name of a unit": ({"SPBMBM": None, "SPBMMC": None}, {"unit": None, "due": "2026-03-23"}),
    "a GCDM with no project row": ({}, {"project": None, "project_code": None, "due": "2026-03-23"}),
    "no GCDM at all": ({"GCDM": None}, {"project": None, "due": "2026-03-23"}),
}


@pytest.mark.parametrize("trap", ITEMS, ids=str)
def test_a_trap_in_the_items_row_never_costs_the_item(trap: str) -> None:
    changes, expected = ITEMS[trap]
    found = line([event(1, 3, "2026-03-16")], **changes)
    assert {name: found[name] for name in expected} == expected
    if found["limit"] is None or found["unit"] is None:
        assert found["problems"], "what cannot be judged in full is said, never passed over"
