"""接件 and 受理: the acceptance and review clocks, deemed acceptance, and the stage of an item.

March 2026 has no holiday; the 2nd, 9th, 16th, 23rd and 30th are Mondays.
"""

from typing import NamedTuple

import pytest

from monitor.events import TITLES
from tests.core.builders import clocks, day, limits, seen


class Case(NamedTuple):
    """A story, the moment of asking, and what is then seen."""

    happened: str
    now: str
    expected: dict[str, object]


ACCEPTANCE = {
    "it runs from the receipt for 5 working days, the first day not counted": Case(
        "1@03-02",
        "03-04T12:00",
        {
            "acceptance.state": "due_soon",
            "acceptance.start": "2026-03-02T00:00",
            "acceptance.due": "2026-03-09",
            "acceptance.used": 2,
            "acceptance.remaining": 3,
            "acceptance.overdue_days": 0,
            "acceptance.on_time": None,
            "stage": "接件",
        },
    ),
    "without a receipt there is none": Case("", "03-04", {"acceptance.state": "not_started", "acceptance.due": None}),
    "an acceptance without a receipt has none": Case("3@03-02", "03-04", {"acceptance.state": "not_started"}),
    "a second receipt does not start it again": Case("1@03-02 1@03-04", "03-05", {"acceptance.due": "2026-03-09"}),
    "an acceptance on the due date is on time": Case(
        "1@03-02 3@03-09T23:59:59",
        "03-20",
        {"acceptance.state": "done_on_time", "acceptance.on_time": True, "acceptance.remaining": 0},
    ),
    "an acceptance a working day later is late": Case(
        "1@03-02 3@03-10",
        "03-20",
        {"acceptance.state": "done_late", "acceptance.on_time": False, "acceptance.overdue_days": 1},
    ),
    "a receipt late in the evening is one of that day": Case(
        "1@03-02T23:59:59", "03-03", {"acceptance.due": "2026-03-09"}
    ),
    "a request for more material ends it": Case(
        "1@03-02 6@03-04",
        "03-30",
        {"acceptance.state": "done_on_time", "acceptance.end": "2026-03-04T00:00", "deemed": None, "stage": "接件"},
    ),
    "the material's arrival starts it again": Case(
        "1@03-02 6@03-04 7@03-11",
        "03-12",
        {"acceptance.state": "running", "acceptance.start": "2026-03-11T00:00", "acceptance.due": "2026-03-18"},
    ),
    "each further arrival starts it once more": Case(
        "1@03-02 6@03-04 7@03-11 6@03-12 7@03-20",
        "03-23",
        {"acceptance.start": "2026-03-20T00:00", "acceptance.due": "2026-03-27"},
    ),
    "an arrival without a request starts it again too": Case(
        "1@03-02 7@03-04", "03-05", {"acceptance.start": "2026-03-04T00:00", "acceptance.due": "2026-03-11"}
    ),
    "an arrival noted before the receipt does not": Case(
        "7@03-02 1@03-04", "03-05", {"acceptance.start": "2026-03-04T00:00", "acceptance.due": "2026-03-11"}
    ),
    "an arrival without any receipt starts it": Case("7@03-04", "03-05", {"acceptance.due": "2026-03-11"}),
    "an arrival after acceptance does not": Case(
        "1@03-02 3@03-03 6@03-04 7@03-11", "03-12", {"acceptance.start": "2026-03-02T00:00", "acceptance.on_time": True}
    ),
    "an arrival after a close does not": Case(
        "1@03-02 4@03-03 7@03-11", "03-12", {"acceptance.start": "2026-03-02T00:00", "acceptance.on_time": True}
    ),
    "an acceptance of the same day with a lower serial number ends it all the same": Case(
        "3@03-02 1@03-02", "03-20", {"acceptance.state": "done_on_time", "acceptance.used": 0, "deemed": None}
    ),
    "a receipt noted days after the acceptance is answered too": Case(
        "3@03-02 1@03-05", "03-20", {"acceptance.state": "done_on_time", "deemed": None}
    ),
    "a request noted before the receipt does not answer it": Case(
        "6@03-02 1@03-03", "03-04", {"acceptance.state": "running", "acceptance.due": "2026-03-10"}
    ),
    "a special procedure does not stop it": Case(
        "1@03-02 9@03-03 10@03-06", "03-09T12:00", {"acceptance.state": "due_today", "acceptance.paused": False}
    ),
    "an open special procedure does not stop it either": Case(
        "1@03-02 9@03-03", "03-09T12:00", {"acceptance.state": "due_today", "acceptance.paused": False}
    ),
    "an acceptance invalidated by a later event is judged by what remains": Case(
        "1@03-02 8@03-05", "03-20", {"acceptance.end": "2026-03-05T00:00", "acceptance.on_time": True}
    ),
    "moved working days count": Case("1@09-28", "09-29", {"acceptance.due": "2026-10-10"}),
}


@pytest.mark.parametrize("case", ACCEPTANCE, ids=str)
def test_the_acceptance_clock(case: str) -> None:
    happened, now, expected = ACCEPTANCE[case]
    assert seen(clocks(happened, now), expected) == expected


@pytest.mark.parametrize("code", TITLES, ids=lambda code: f"{code} {TITLES[code]}")
def test_what_ends_the_acceptance_clock(code: int) -> None:
    ends = code in {2, 3, 4, 5, 6, 8, 11, 12, 13, 14, 15}
    clock = clocks(f"1@03-02 {code}@03-04", "03-05").acceptance
    assert clock.active is not ends
    assert clock.on_time is (True if ends else None)


def test_the_acceptance_limit_is_configurable() -> None:
    assert str(clocks("1@03-02", "03-03", limits(acceptance=3)).acceptance.due) == "2026-03-05"


def test_without_an_acceptance_limit_there_is_no_clock_and_nothing_is_deemed() -> None:
    result = clocks("1@03-02", "03-30", limits(acceptance=0))
    assert (result.acceptance.state, result.deemed, result.promised.state) == ("not_started", None, "not_started")


# Deemed acceptance


DEEMED = {
    "on its last day nothing is deemed": Case(
        "1@03-02",
        "03-09T23:59:59",
        {"deemed": None, "acceptance.state": "due_today", "promised.state": "not_started", "stage": "接件"},
    ),
    "the day after, the item counts as accepted from the day of receipt": Case(
        "1@03-02",
        "03-10",
        {
            "deemed": "2026-03-02",
            "legal_acceptance": "2026-03-02",
            "milestones.accepted": None,
            "acceptance.state": "overdue",
            "acceptance.overdue_days": 1,
            "promised.start": "2026-03-02T00:00",
            "promised.due": "2026-03-16",
            "promised.used": 6,
            "promised.remaining": 4,
            "statutory.start": "2026-03-02T00:00",
            "statutory.due": "2026-03-30",
            "stage": "受理",
        },
    ),
    "a day after that is no working day counts as after": Case(
        "1@02-28",
        "03-07",
        {"acceptance.due": "2026-03-06", "deemed": "2026-02-28", "acceptance.overdue_days": 0},
    ),
    "it runs from the arrival of the material where there was one": Case(
        "1@03-02 6@03-04 7@03-11", "03-19", {"deemed": "2026-03-11", "promised.due": "2026-03-25"}
    ),
    "a request for material keeps it from being deemed": Case(
        "1@03-02 6@03-04", "03-30", {"deemed": None, "promised.state": "not_started", "stage": "接件"}
    ),
    "a late request for material ends the clock late, and nothing is deemed any more": Case(
        "1@03-02 6@03-12", "03-30", {"deemed": None, "acceptance.state": "done_late", "promised.state": "not_started"}
    ),
    "a close keeps it from being deemed": Case(
        "1@03-02 2@03-04", "03-30", {"deemed": None, "legal_acceptance": None, "promised.state": "not_started"}
    ),
    "a late close without acceptance has no promised clock": Case(
        "1@03-02 13@03-20", "03-30", {"deemed": None, "promised.state": "not_started", "acceptance.state": "done_late"}
    ),
    "a late acceptance starts the promised clock, while the statutory one runs from the deemed day": Case(
        "1@03-02 3@03-12",
        "03-13",
        {
            "deemed": None,
            "legal_acceptance": "2026-03-02",
            "acceptance.state": "done_late",
            "acceptance.on_time": False,
            "acceptance.overdue_days": 3,
            "promised.start": "2026-03-12T00:00",
            "promised.due": "2026-03-26",
            "statutory.start": "2026-03-02T00:00",
            "statutory.due": "2026-03-30",
        },
    ),
    "a late 8 without a 3 does the same": Case(
        "1@03-02 8@03-12",
        "03-13",
        {"legal_acceptance": "2026-03-02", "promised.due": "2026-03-26", "statutory.due": "2026-03-30"},
    ),
    "a late acceptance after new material has its deemed day at the material's arrival": Case(
        "1@03-02 6@03-04 7@03-11 3@03-20",
        "03-23",
        {"legal_acceptance": "2026-03-11", "promised.start": "2026-03-20T00:00", "statutory.start": "2026-03-11T00:00"},
    ),
    "an acceptance in time is the legal acceptance": Case(
        "1@03-02 3@03-09",
        "03-13",
        {"legal_acceptance": "2026-03-09", "promised.due": "2026-03-23", "statutory.due": "2026-04-07"},
    ),
    "an acceptance without a receipt is the legal acceptance": Case(
        "3@03-09", "03-13", {"legal_acceptance": "2026-03-09"}
    ),
    "a special procedure pauses the clock of a deemed item": Case(
        "1@03-02 9@03-11 10@03-13",
        "03-16",
        {"deemed": "2026-03-02", "promised.due": "2026-03-18", "promised.paused": False},
    ),
}


@pytest.mark.parametrize("case", DEEMED, ids=str)
def test_deemed_acceptance(case: str) -> None:
    happened, now, expected = DEEMED[case]
    assert seen(clocks(happened, now, limits(10, statutory=20)), expected) == expected


# Review


REVIEW = {
    "it runs from acceptance": Case(
        "1@03-02 3@03-03", "03-04", {"review.state": "due_soon", "review.due": "2026-03-05", "stage": "受理"}
    ),
    "it is not started before": Case("1@03-02", "03-04", {"review.state": "not_started"}),
    "the department's beginning ends it": Case(
        "3@03-03 8@03-05", "03-30", {"review.state": "done_on_time", "review.end": "2026-03-05T00:00", "stage": "审批"}
    ),
    "a beginning the day after its due date is late": Case("3@03-03 8@03-06", "03-30", {"review.state": "done_late"}),
    "a close ends it": Case("3@03-03 13@03-05", "03-30", {"review.state": "done_on_time", "stage": "决定"}),
    "a close before the beginning ends it first": Case(
        "3@03-03 13@03-05 8@03-09", "03-30", {"review.state": "done_on_time", "review.end": "2026-03-05T00:00"}
    ),
    "an 8 alone is acceptance and beginning in one": Case(
        "1@03-02 8@03-03", "03-30", {"review.state": "done_on_time", "review.used": 0}
    ),
    "a beginning noted before the acceptance ends it at once": Case(
        "8@03-02 3@03-05", "03-30", {"review.state": "done_on_time", "review.used": 0}
    ),
    "it can be overdue while the whole is not": Case(
        "3@03-03", "03-09", {"review.state": "overdue", "review.overdue_days": 2, "promised.state": "running"}
    ),
    "a special procedure does not stop it": Case("3@03-03 9@03-04", "03-09", {"review.state": "overdue"}),
}


@pytest.mark.parametrize("case", REVIEW, ids=str)
def test_the_review_clock_when_it_is_configured(case: str) -> None:
    happened, now, expected = REVIEW[case]
    assert seen(clocks(happened, now, limits(10, review=2)), expected) == expected


def test_the_review_clock_is_off_by_default() -> None:
    assert clocks("1@03-02 3@03-03", "03-30").review.state == "not_started"


# The stage


STAGES = {
    "nothing happened": ("", "接件"),
    "received": ("1@03-02", "接件"),
    "material asked for": ("1@03-02 6@03-03", "接件"),
    "material arrived": ("1@03-02 6@03-03 7@03-04", "接件"),
    "accepted": ("1@03-02 3@03-03", "受理"),
    "deemed accepted": ("1@02-02", "受理"),
    "the department has begun": ("1@03-02 3@03-03 8@03-04", "审批"),
    "the department has begun without a 3": ("1@03-02 8@03-04", "审批"),
    "a special procedure": ("1@03-02 3@03-03 8@03-04 9@03-05", "审批"),
    "closed": ("1@03-02 3@03-03 8@03-04 11@03-05", "决定"),
    "withdrawn": ("1@03-02 2@03-03", "决定"),
    "refused without acceptance": ("1@03-02 13@03-03", "决定"),
}


@pytest.mark.parametrize("case", STAGES, ids=str)
def test_the_stage_of_an_item(case: str) -> None:
    happened, stage = STAGES[case]
    assert clocks(happened, "03-06").stage == stage


def test_the_five_clocks_are_named_in_the_order_of_the_stages() -> None:
    names = ["acceptance", "review", "promised", "statutory", "delivery"]
    assert [clock.name for clock in clocks("", "03-06").all] == names
    everything = clocks(
        "1@03-02 3@03-03 11@03-04", "03-06", limits(5, statutory=20, review=1), documents_since=day("01-01")
    )
    assert [clock.name for clock in everything.all] == names


# Events later than now, and the moment to look again


RECHECKS = {
    "nothing to wait for": ("", "03-02", None),
    "the day after the acceptance clock runs out": ("1@03-02", "03-03", "2026-03-10T00:00"),
    "on its last day still": ("1@03-02", "03-09T12:00", "2026-03-10T00:00"),
    "once it has run out there is nothing more": ("1@03-02", "03-10", None),
    "on the weekend after it ran out neither": ("1@02-28", "03-07T12:00", None),
    "an event dated later than now": ("3@03-02 11@03-05T10:00", "03-05T09:59", "2026-03-05T10:00"),
    "an event of this very second is no longer awaited": ("3@03-02 11@03-05T10:00", "03-05T10:00", None),
    "the first of several": ("3@03-02 9@03-04 11@03-05", "03-03", "2026-03-04T00:00"),
    "whichever comes first": ("1@03-02 3@03-12", "03-03", "2026-03-10T00:00"),
    "an event after the acceptance clock ran out on a Friday": ("1@02-28 3@03-09", "03-07T12:00", "2026-03-09T00:00"),
    "an accepted item": ("1@03-02 3@03-03", "03-04", None),
}


@pytest.mark.parametrize("case", RECHECKS, ids=str)
def test_the_next_moment_at_which_time_alone_changes_the_course(case: str) -> None:
    happened, now, expected = RECHECKS[case]
    assert seen(clocks(happened, now), {"recheck": expected}) == {"recheck": expected}


def test_an_event_later_than_now_does_not_count_and_counts_from_its_second_on() -> None:
    before, at = (clocks("1@03-02 3@03-03T10:00:00", now) for now in ("03-03T09:59:59", "03-03T10:00:00"))
    assert (before.milestones.accepted, before.promised.state) == (None, "not_started")
    assert seen(at, {"milestones.accepted": ""}) == {"milestones.accepted": "3@2026-03-03"}
