"""The stock from report to report, the trend, the places of units: each against a count of the items themselves."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.report.entries import Flow, Stood
from alerts.report.periods import Period, weeks_to
from alerts.report.ranks import LEAST_TO_RANK, ranks
from alerts.report.stock import Moves, moves
from alerts.report.trend import trend

WEEK = Period.week(date(2026, 11, 18))
EVE = WEEK.first - timedelta(days=1)
DAYS = st.dates(WEEK.last - timedelta(days=80), WEEK.last)


@pytest.mark.parametrize(
    ("flow", "stood", "expected"),
    [
        pytest.param(
            Flow(item="i", unit="A", arrived=EVE), Stood("A", False), {"A": Moves(before=1)}, id="it was there and is"
        ),
        pytest.param(
            Flow(item="i", unit="A", arrived=EVE, closed=WEEK.last),
            Stood("A", True),
            {"A": Moves(before=1, overdue_before=1)},
            id="it was there, overdue, and was finished in the week",
        ),
        pytest.param(Flow(item="i", unit="A", arrived=WEEK.first), None, {}, id="it is new"),
        pytest.param(
            Flow(item="i", unit="B", arrived=EVE),
            Stood("A", False),
            {"A": Moves(before=1, moved_out=1), "B": Moves(moved_in=1)},
            id="another unit has it now",
        ),
        pytest.param(
            Flow(item="i", unit="A", arrived=EVE), None, {"A": Moves(booked_late=1)}, id="it was there, but not known"
        ),
        pytest.param(
            Flow(item="i", unit="B", arrived=EVE, closed=EVE),
            Stood("A", False),
            {"A": Moves(before=1, taken_off=1)},
            id="it had been closed before, as is known since",
        ),
        pytest.param(None, Stood(None, False), {"unassigned": Moves(before=1, taken_off=1)}, id="it is invalid since"),
    ],
)
def test_every_item_is_accounted_for_once(flow: Flow | None, stood: Stood | None, expected: dict[str, Moves]) -> None:
    before = {"i": stood} if stood else {}
    assert moves([flow] if flow else [], WEEK, before) == expected


def test_where_nothing_was_reported_before_what_is_known_now_is_the_beginning() -> None:
    flows = [Flow(item="i", unit="A", arrived=EVE, late_from=EVE), Flow(item="j", unit="A", arrived=WEEK.first)]
    assert moves(flows, WEEK, None) == {"A": Moves(before=1, overdue_before=1)}


@st.composite
def flows(draw: st.DrawFn) -> list[Flow]:
    made = []
    for number in range(draw(st.integers(0, 20))):
        arrived = draw(DAYS)
        closed = draw(st.none() | st.dates(arrived, WEEK.last))
        since = draw(st.none() | st.dates(arrived, WEEK.last + timedelta(days=9)))
        on_time = draw(st.none() | st.booleans()) if closed else None
        made.append(Flow(item=str(number), unit="A", arrived=arrived, closed=closed, late_from=since, on_time=on_time))
    return made


@given(flows(), st.dates(WEEK.first, WEEK.last))
def test_the_trend_is_a_count_of_the_items_of_each_week(items: list[Flow], last: date) -> None:
    made = trend(items, last)
    assert [week.period for week in made] == weeks_to(last, 8)
    for week in made:
        period = week.period
        late = [flow for flow in items if flow.overdue_on(period.last)]
        finished = [flow for flow in items if period.holds(flow.closed)]
        assert week.received == sum(period.holds(flow.arrived) for flow in items)
        assert week.in_hand == sum(flow.in_hand_on(period.last) for flow in items)
        assert (week.overdue, week.overdue_new) == (len(late), sum(period.holds(flow.late_from) for flow in late))
        assert week.finished == len(finished)
        assert week.finished_judged == sum(flow.on_time is not None for flow in finished)
        assert week.finished_on_time == sum(flow.on_time is True for flow in finished)
    for week, following in pairwise(made):
        assert week.in_hand + following.received - following.finished == following.in_hand


@given(flows(), st.dates(WEEK.first, WEEK.last))
def test_a_week_that_has_not_ended_is_told_as_it_stands(items: list[Flow], known: date) -> None:
    so_far = [flow for flow in items if flow.arrived and max(flow.arrived, flow.closed or flow.arrived) <= known]
    *before, now = trend(so_far, WEEK.last, known)
    assert before == list(trend(so_far, WEEK.last)[:-1])
    assert now.in_hand == sum(flow.in_hand_on(known) for flow in so_far)
    assert now.overdue == sum(flow.overdue_on(known) for flow in so_far)


@pytest.mark.parametrize(
    ("stocks", "places"),
    [
        pytest.param({"A": (10, 1), "B": (10, 2), "C": (20, 1)}, {"C": 1, "A": 2, "B": 3}, id="the lower rate first"),
        pytest.param({"A": (10, 1), "B": (20, 2), "C": (10, 3)}, {"A": 1, "B": 1, "C": 3}, id="equals share a place"),
        pytest.param({"A": (LEAST_TO_RANK - 1, 0), "B": (LEAST_TO_RANK, 5)}, {"B": 1}, id="few items, no place"),
        pytest.param({"A": (0, 0)}, {}, id="nothing in hand, no place"),
        pytest.param({"A": (3000, 1000), "B": (9, 3)}, {"A": 1, "B": 1}, id="rates are fractions, never rounded"),
    ],
)
def test_places(stocks: dict[str, tuple[int, int]], places: dict[str, int]) -> None:
    assert ranks(stocks) == places
