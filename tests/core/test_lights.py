"""The states of a clock, the light of each, and the light of the whole item."""

from datetime import date

import pytest

from monitor.clocks import Clock, Clocks, Light, State, Thresholds, item_light, light, past_statutory
from tests.core.builders import THRESHOLDS, clocks, limits, rules, story

# An item accepted on Monday 2 March with 10 working days: due on Monday 16 March.
STATES = {
    "not accepted yet": ("1@03-02", "03-03", "not_started", "green"),
    "plenty of time": ("3@03-02", "03-10T12:00", "running", "green"),
    "three working days left": ("3@03-02", "03-11T00:00", "due_soon", "yellow"),
    "one working day left": ("3@03-02", "03-13T12:00", "due_soon", "yellow"),
    "the Sunday before the due date": ("3@03-02", "03-15T12:00", "due_soon", "yellow"),
    "the due date": ("3@03-02", "03-16T23:59:59", "due_today", "orange"),
    "the day after": ("3@03-02", "03-17T00:00", "overdue", "red"),
    "four days over": ("3@03-02", "03-20T12:00", "overdue", "red"),
    "the weekend before the fifth": ("3@03-02", "03-22T12:00", "overdue", "red"),
    "five days over": ("3@03-02", "03-23T00:00", "overdue", "deep_red"),
    "paused": ("3@03-02 9@03-03", "03-30", "paused", "grey"),
    "paused on the due date": ("3@03-02 9@03-16", "03-30", "paused", "grey"),
    "paused three days over": ("3@03-02 9@03-19", "03-30", "paused_overdue", "red"),
    "paused five days over": ("3@03-02 9@03-23", "04-30", "paused_overdue", "deep_red"),
    "closed on time": ("3@03-02 11@03-16", "03-30", "done_on_time", "green"),
    "closed a day late": ("3@03-02 11@03-17", "03-30", "done_late", "red"),
    "closed five days late": ("3@03-02 11@03-23", "03-30", "done_late", "deep_red"),
}


@pytest.mark.parametrize("case", STATES, ids=str)
def test_state_and_light_of_a_clock(case: str) -> None:
    happened, now, state, colour = STATES[case]
    clock = clocks(happened, now, limits(10)).promised
    assert (clock.state, light(clock, THRESHOLDS)) == (state, colour)


def test_a_clock_without_a_limit_is_grey() -> None:
    clock = clocks("3@03-02", "03-30", limits(None)).promised
    assert (clock.state, light(clock, THRESHOLDS)) == ("no_limit", "grey")


def test_every_state_has_been_seen() -> None:
    assert {state for _, _, state, _ in STATES.values()} | {"no_limit"} == set(State)


@pytest.mark.parametrize("state", list(State), ids=str)
def test_past_the_statutory_limit_what_is_red_is_deep_red_and_nothing_else_changes(state: State) -> None:
    clock = Clock("promised", state, overdue_days=1)
    before, after = light(clock, THRESHOLDS), light(clock, THRESHOLDS, past_statutory=True)
    assert after == (Light.DEEP_RED if before is Light.RED else before)


def test_the_thresholds_are_the_owners() -> None:
    own = Thresholds(due_soon=0, deep_red_after=1)
    assert light(Clock("promised", State.OVERDUE, overdue_days=0), own) == "red"
    assert light(Clock("promised", State.OVERDUE, overdue_days=1), own) == "deep_red"


def test_the_lights_go_from_harmless_to_worst() -> None:
    assert list(Light) == ["green", "grey", "yellow", "orange", "red", "deep_red"]


# story, now, promised, statutory, light
ITEMS = {
    "only received": ("1@03-02", "03-03", 10, None, "green"),
    "its acceptance clock is near": ("1@03-02", "03-04", 10, None, "yellow"),
    "its acceptance clock is due": ("1@03-02", "03-09", 10, None, "orange"),
    "deemed accepted, the promised clock still green": ("1@03-02", "03-10", 10, None, "red"),
    "deemed accepted for five days": ("1@03-02", "03-16", 30, None, "deep_red"),
    "accepted late, which is over": ("1@03-02 3@03-20", "03-23", 10, None, "green"),
    "without a limit": ("3@03-02", "03-30", None, None, "grey"),
    "paused": ("3@03-02 9@03-03", "03-30", 10, None, "grey"),
    "overdue": ("3@03-02", "03-17", 10, None, "red"),
    "past the statutory limit, the promised one still open": ("1@03-02 3@03-12", "03-24", 10, 15, "deep_red"),
    "past the statutory limit without a promised one": ("3@03-02", "03-24", None, 15, "deep_red"),
    "overdue and past the statutory limit on one day": ("3@03-02", "03-17", 10, 10, "deep_red"),
    "closed late and past the statutory limit": ("3@03-02 11@03-17", "03-30", 10, 10, "deep_red"),
    "closed in the promised time but past the statutory limit": ("1@03-02 3@03-20 11@03-24", "03-30", 10, 15, "green"),
    "closed on time": ("3@03-02 11@03-04", "03-30", 10, 20, "green"),
    "withdrawn before acceptance": ("1@03-02 2@03-20", "03-30", 10, 20, "green"),
}


@pytest.mark.parametrize("case", ITEMS, ids=str)
def test_the_light_of_an_item(case: str) -> None:
    happened, now, promised, statutory, expected = ITEMS[case]
    result = clocks(happened, now, limits(promised, statutory=statutory))
    assert item_light(result, THRESHOLDS) == expected


DOCUMENTS = {
    "near": ("03-19", "yellow"),
    "due": ("03-24", "orange"),
    "late": ("03-25", "red"),
    "long late": ("03-31", "deep_red"),
}


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_a_decision_document_awaited_keeps_a_closed_item_alight(case: str) -> None:
    now, expected = DOCUMENTS[case]
    result = clocks("3@03-02 11@03-10", now, limits(10), documents_since=date(2026, 1, 1))
    assert item_light(result, THRESHOLDS) == expected


def test_a_document_delivered_late_lets_it_go_out() -> None:
    since, delivered = date(2026, 1, 1), date(2026, 3, 30)
    result = clocks("3@03-02 11@03-10", "03-31", limits(10), documents_since=since, delivered=delivered)
    assert item_light(result, THRESHOLDS) == "green"


def test_a_review_that_runs_out_colours_the_item_while_the_whole_is_not_late() -> None:
    result = clocks("3@03-02", "03-05", limits(20, review=2))
    assert (light(result.promised, THRESHOLDS), item_light(result, THRESHOLDS)) == ("green", "red")


STATUTORY = {
    "running": ("3@03-02", "03-10", False),
    "overdue": ("3@03-02", "03-17", True),
    "paused after it ran out": ("3@03-02 9@03-18", "03-30", True),
    "closed in time": ("3@03-02 11@03-16", "03-30", False),
    "closed late": ("3@03-02 11@03-17", "03-30", True),
    "not started": ("1@03-02", "03-03", False),
}


@pytest.mark.parametrize("case", STATUTORY, ids=str)
def test_whether_the_statutory_limit_was_passed(case: str) -> None:
    happened, now, expected = STATUTORY[case]
    result: Clocks = clocks(happened, now, limits(20, statutory=10))
    assert past_statutory(result) is expected


def test_what_is_active_and_what_is_overdue() -> None:
    figures = {
        text: (clock.active, clock.overdue)
        for text, clock in {
            "not started": clocks("1@03-02", "03-03").promised,
            "running": clocks("3@03-02", "03-03").promised,
            "overdue": clocks("3@03-02", "03-30").promised,
            "paused overdue": clocks("3@03-02 9@03-20", "03-30").promised,
            "done late": clocks("3@03-02 11@03-20", "03-30").promised,
        }.items()
    }
    assert figures == {
        "not started": (False, False),
        "running": (True, False),
        "overdue": (True, True),
        "paused overdue": (True, True),
        "done late": (False, False),
    }


def test_today_is_the_local_date_of_now() -> None:
    assert str(rules("03-02T00:00").today) == "2026-03-02"
    assert story("3@03-02")[0].moment == rules("03-02").now
