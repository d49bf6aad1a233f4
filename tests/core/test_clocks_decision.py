"""审批: the promised and the statutory clock, their pauses, and what their figures are on a given day.

March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays.
"""

from datetime import date
from typing import NamedTuple

import pytest

from monitor.clocks import Limits, Rules, compute
from monitor.workdays import Workdays
from tests.core.builders import THRESHOLDS, clocks, limits, moment, seen, story

DEFAULT = limits(5)


class Case(NamedTuple):
    """A story, the moment of asking, what the promised clock then shows, and its limit if it is not 5 working days."""

    happened: str
    now: str
    expected: dict[str, object]
    limits: Limits = DEFAULT


def check(case: Case) -> None:
    promised = {f"promised.{name}": value for name, value in case.expected.items()}
    assert seen(clocks(case.happened, case.now, case.limits), promised) == promised


NATIONAL_DAY = "3@09-28T10:00"
HEARING = f"{NATIONAL_DAY} 9@09-29T10:00 10@10-09T10:00"

WORKED_EXAMPLES = {
    "accepted on 28 September with limit 5 it is due on the worked Saturday": Case(
        NATIONAL_DAY, "09-28T12:00", {"due": "2026-10-10", "used": 0, "remaining": 5, "state": "running"}
    ),
    "within the holidays two days are used": Case(NATIONAL_DAY, "10-05T12:00", {"used": 2, "remaining": 3}),
    "on the worked Saturday it is due today": Case(
        NATIONAL_DAY, "10-10T12:00", {"used": 5, "remaining": 0, "overdue_days": 0, "state": "due_today"}
    ),
    "on the Sunday after it is overdue by no working day": Case(
        NATIONAL_DAY, "10-11T12:00", {"used": 5, "remaining": 0, "overdue_days": 0, "state": "overdue"}
    ),
    "on the Monday after it is overdue by one": Case(
        NATIONAL_DAY, "10-12T12:00", {"used": 6, "remaining": -1, "overdue_days": 1, "state": "overdue"}
    ),
    "with 9 on the 29th and 10 on 9 October it is due on the 14th": Case(
        HEARING, "10-10T12:00", {"due": "2026-10-14", "used": 2, "remaining": 3, "paused": False}
    ),
    "on 8 October it is paused with used 1 and remaining 4": Case(
        HEARING, "10-08T12:00", {"due": None, "used": 1, "remaining": 4, "state": "paused", "paused": True}
    ),
    "on the 14th it is due today": Case(HEARING, "10-14T12:00", {"used": 5, "remaining": 0, "state": "due_today"}),
}


@pytest.mark.parametrize("case", WORKED_EXAMPLES, ids=str)
def test_the_worked_examples(case: str) -> None:
    check(WORKED_EXAMPLES[case])


COUNTING = {
    "the day of acceptance is not counted": Case("3@03-02T08:00", "03-02T23:00", {"used": 0, "remaining": 5}),
    "the next working day is": Case("3@03-02T23:59:59", "03-03T00:00", {"used": 1, "remaining": 4}),
    "an acceptance on a Friday is due on the next Friday": Case("3@03-06", "03-06", {"due": "2026-03-13"}),
    "an acceptance on a Saturday is due on the next Friday": Case("3@03-07", "03-07", {"due": "2026-03-13"}),
    "an 8 alone starts the clock": Case("1@03-02 8@03-03", "03-03", {"due": "2026-03-10", "start": "2026-03-03T00:00"}),
    "a 3 noted after the 8 starts it": Case("8@03-02 3@03-04", "03-04", {"due": "2026-03-11"}),
    "3 and 8 at one date-only moment, in either order": Case("8@03-02 3@03-02", "03-03", {"due": "2026-03-09"}),
    "a close on the due date is on time": Case(
        "3@03-02 11@03-09T23:59:59",
        "03-30",
        {"state": "done_on_time", "on_time": True, "remaining": 0, "overdue_days": 0, "used": 5},
    ),
    "a close the working day after is one day late": Case(
        "3@03-02 11@03-10",
        "03-30",
        {"state": "done_late", "on_time": False, "remaining": -1, "overdue_days": 1, "used": 6},
    ),
    "a close on the Saturday after a Friday it was due is late by no working day": Case(
        "3@02-28 11@03-07", "03-30", {"due": "2026-03-06", "state": "done_late", "on_time": False, "overdue_days": 0}
    ),
    "a closed item no longer ages": Case("3@03-02 11@03-04", "06-30", {"used": 2, "remaining": 3, "on_time": True}),
    "every kind of close ends it": Case(
        "3@03-02 14@03-04", "06-30", {"state": "done_on_time", "end": "2026-03-04T00:00"}
    ),
    "a close noted before the acceptance": Case(
        "13@03-02 3@03-05", "03-30", {"state": "done_on_time", "used": 0, "due": "2026-03-12", "on_time": True}
    ),
    "an item never accepted has no promised clock": Case(
        "1@03-02 13@03-04", "03-30", {"state": "not_started", "due": None}
    ),
    "an item without a limit says so": Case(
        "3@03-02",
        "03-30",
        {"state": "no_limit", "limit": None, "due": None, "used": None, "remaining": None, "start": "2026-03-02T00:00"},
        limits(None),
    ),
    "an item without a limit that was closed has no verdict": Case(
        "3@03-02 11@03-09", "03-30", {"state": "no_limit", "on_time": None, "end": "2026-03-09T00:00"}, limits(None)
    ),
    "a long limit across the National Day": Case("3@09-21", "09-21", {"due": "2026-10-26"}, limits(20)),
}


@pytest.mark.parametrize("case", COUNTING, ids=str)
def test_counting(case: str) -> None:
    check(COUNTING[case])


PAUSES = {
    "material asked for before acceptance does not stop the clock": Case(
        "1@03-02 6@03-03 3@03-05 7@03-06", "03-09", {"due": "2026-03-12", "paused": False}
    ),
    "material asked for and brought before acceptance does not move the due date": Case(
        "1@03-02 6@03-03 7@03-05 3@03-06", "03-09", {"due": "2026-03-13"}
    ),
    "material asked for after acceptance stops it": Case("3@03-02 6@03-04 7@03-09", "03-10", {"due": "2026-03-12"}),
    "the day a pause begins counts, the day it ends does not": Case(
        "3@03-02 9@03-04 10@03-06", "03-06T12:00", {"used": 2, "remaining": 3, "due": "2026-03-11", "paused": False}
    ),
    "a hearing begun before acceptance stops the clock from its start": Case(
        "9@03-02 3@03-03 10@03-05", "03-06", {"due": "2026-03-12", "used": 1}
    ),
    "a hearing over before acceptance costs nothing": Case("9@03-02 10@03-03 3@03-04", "03-06", {"due": "2026-03-11"}),
    "two pauses that overlap stop each day once": Case(
        "3@03-02 6@03-03 9@03-05 7@03-06 10@03-10", "03-11T12:00", {"due": "2026-03-16", "used": 2, "remaining": 3}
    ),
    "two pauses that touch": Case("3@03-02 6@03-03 7@03-05 9@03-05 10@03-09", "03-10", {"due": "2026-03-13"}),
    "one pause within another": Case("3@03-02 6@03-03 9@03-04 10@03-05 7@03-09", "03-10", {"due": "2026-03-13"}),
    "a pause that ends on the day it began costs nothing": Case(
        "3@03-02 9@03-04T09:00 10@03-04T17:00", "03-09T12:00", {"due": "2026-03-09", "state": "due_today"}
    ),
    "a pause over a weekend costs nothing": Case("3@03-02 9@03-06 10@03-08", "03-09", {"due": "2026-03-09"}),
    "a second start changes nothing": Case("3@03-02 9@03-03 9@03-05 10@03-06", "03-09", {"due": "2026-03-12"}),
    "an end without a start changes nothing": Case("3@03-02 10@03-04", "03-05", {"due": "2026-03-09"}),
    "a pause still open has no due date and nothing more is used": Case(
        "3@03-02 9@03-04", "05-30", {"state": "paused", "paused": True, "due": None, "used": 2, "remaining": 3}
    ),
    "both kinds open, one ended: it is still paused": Case(
        "3@03-02 6@03-03 9@03-04 7@03-06", "03-09", {"state": "paused", "due": None, "used": 1, "remaining": 4}
    ),
    "a pause begun on the due date leaves the due date": Case(
        "3@03-02 9@03-09", "03-20", {"state": "paused", "due": "2026-03-09", "remaining": 0, "overdue_days": 0}
    ),
    "a pause begun after it ran out leaves it overdue by the days before": Case(
        "3@03-02 9@03-11", "03-30", {"state": "paused_overdue", "due": "2026-03-09", "remaining": -2, "overdue_days": 2}
    ),
    "after such a pause the overdue days go on": Case(
        "3@03-02 9@03-11 10@03-13", "03-16", {"state": "overdue", "overdue_days": 3, "used": 8, "paused": False}
    ),
    "the close ends an open pause": Case(
        "3@03-02 9@03-04 11@03-20",
        "03-30",
        {"state": "done_on_time", "due": "2026-03-25", "used": 2, "remaining": 3, "paused": False},
    ),
    "a hearing begun after the close stops nothing": Case(
        "3@03-02 11@03-04 9@03-05 10@03-20", "03-30", {"due": "2026-03-09", "used": 2, "paused": False}
    ),
    "date-only 9 and 10 on one day pair by serial number": Case(
        "3@03-02 9@03-04 10@03-04", "03-09", {"due": "2026-03-09"}
    ),
}


@pytest.mark.parametrize("case", PAUSES, ids=str)
def test_pauses(case: str) -> None:
    check(PAUSES[case])


INSTANT = {
    "on a working day it is due the same day": Case(
        "3@03-06", "03-06T12:00", {"due": "2026-03-06", "state": "due_today"}
    ),
    "on a Saturday it is due on the next working day": Case(
        "3@03-07", "03-07T12:00", {"due": "2026-03-09", "remaining": 1, "state": "due_soon"}
    ),
    "on a worked Saturday it is due the same day": Case("3@02-14", "02-14T12:00", {"due": "2026-02-14"}),
    "in a holiday it is due on the first day worked after it": Case("3@10-01", "10-01", {"due": "2026-10-08"}),
    "done the same day it is on time": Case("3@03-06T09:00 11@03-06T09:05", "03-30", {"on_time": True, "used": 0}),
    "done the next working day it is one day late": Case(
        "3@03-06 11@03-09", "03-30", {"on_time": False, "overdue_days": 1}
    ),
    "accepted during a special procedure it is due when that is over": Case(
        "9@03-02 3@03-04 10@03-06", "03-06", {"due": "2026-03-09", "remaining": 1}
    ),
    "accepted during an open special procedure it has no due date": Case(
        "9@03-02 3@03-04", "03-06", {"due": None, "state": "paused", "remaining": 0}
    ),
}


@pytest.mark.parametrize("case", INSTANT, ids=str)
def test_a_limit_of_0(case: str) -> None:
    check(INSTANT[case]._replace(limits=limits(0)))


# Statutory limit and extension


def test_promised_and_statutory_limit_run_side_by_side_with_the_same_pauses() -> None:
    result = clocks("1@03-02 3@03-03 9@03-04 10@03-06", "03-09", limits(5, statutory=20))
    expected = {"promised.due": "2026-03-12", "statutory.due": "2026-04-02", "statutory.remaining": 18}
    assert seen(result, expected) == expected


def test_without_a_statutory_limit_the_statutory_clock_says_no_limit() -> None:
    assert clocks("3@03-03", "03-09", limits(5)).statutory.state == "no_limit"


def test_the_statutory_clock_can_be_overdue_alone() -> None:
    result = clocks("1@03-02 3@03-20", "03-31", limits(15, statutory=20))
    assert (result.promised.overdue, result.statutory.overdue) == (False, True)


def test_an_extension_adds_to_the_promised_and_to_the_statutory_limit_and_to_no_other() -> None:
    given = limits(5, statutory=20, extension=10, review=2)
    result = clocks("1@03-02 3@03-03 11@03-04", "03-05", given, documents_since=date(2026, 1, 1))
    amounts = [clock.limit.amount if clock.limit else None for clock in result.all]
    assert amounts == [5, 2, 15, 30, 10]
    assert str(result.promised.due) == "2026-03-24"


def test_an_extension_gives_no_limit_to_an_item_without_one() -> None:
    assert clocks("3@03-03", "03-05", limits(None, extension=10)).promised.state == "no_limit"


# Years without a notice


PROVISIONAL = {
    "a due date in an unknown year is provisional": Case(
        "3@12-28", "12-28", {"due": "2027-01-12", "provisional": True}, limits(10)
    ),
    "one in the last week of a known year is final": Case(
        "3@12-21", "12-21", {"due": "2026-12-31", "provisional": False}, limits(8)
    ),
    "an acceptance on the last day of a known year makes it provisional": Case(
        "3@12-31", "12-31", {"due": "2027-01-08", "provisional": True}
    ),
    "while paused there is no due date to be provisional": Case(
        "3@12-30 9@12-30", "12-31", {"due": None, "provisional": False}
    ),
    "a closed item's due date stays marked": Case(
        "3@12-28 11@12-30", "12-31", {"provisional": True, "on_time": True}, limits(10)
    ),
    "a limit of 0 in an unknown year is provisional": Case(
        "3@2027-12-31", "2027-12-31", {"due": "2027-12-31", "provisional": True}, limits(0)
    ),
}


@pytest.mark.parametrize("case", PROVISIONAL, ids=str)
def test_provisional(case: str) -> None:
    check(PROVISIONAL[case])


def test_when_the_notice_arrives_the_due_date_is_computed_again() -> None:
    notice = {date(2027, 1, n): (False, "元旦") for n in (1, 2, 3)}
    notice |= {date(2027, 2, n): (False, "春节") for n in range(5, 12)}
    notice |= {date(2027, 10, n): (False, "国庆节") for n in range(1, 8)} | {date(2027, 2, 20): (True, "春节调休上班")}
    due = {}
    for name, overlay in (("without", {}), ("with", notice)):
        calendar = Workdays(overlay, first=2026, last=2028)
        result = compute(story("3@2027-02-03"), limits(5), Rules(calendar, THRESHOLDS, moment("2027-02-04")))
        due[name] = (str(result.promised.due), result.promised.provisional)
    assert due == {"without": ("2027-02-12", True), "with": ("2027-02-17", False)}


# Nothing is ever decremented


def test_an_event_entered_by_mistake_and_invalidated_days_later_leaves_no_trace() -> None:
    mistake = story("3@03-02 11@03-04")
    gone = mistake[1]._replace(updated="2026-03-20 00:00:00", serial=9, valid=False)
    assert clocks(mistake, "03-10").promised.on_time is True
    assert clocks([*mistake, gone], "03-10") == clocks("3@03-02", "03-10")


def test_a_changed_limit_moves_the_due_date_both_ways() -> None:
    dues = [str(clocks("3@03-02", "03-05", limits(amount)).promised.due) for amount in (5, 10, 3)]
    assert dues == ["2026-03-09", "2026-03-16", "2026-03-05"]
