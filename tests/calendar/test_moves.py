"""What a change of the calendar makes of a clock is told without judging everything twice, and comes to the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import Policy
from monitor.events import Version
from monitor.judge import Facts, Standards, judge
from monitor.moves import Move, Turn
from monitor.workdays import Workdays
from tests.core.builders import MATTERS, UNITS, day, facts, moment, own_limits, story
from tests.core.strategies import courses, histories, later

CALENDAR = Workdays(first=2017, last=2028)
"""Of a few years, as many are made."""


def standards(workdays: Workdays, review: int = 0) -> Standards:
    """The standards of a district that keeps this calendar."""
    policy = Policy(limits=own_limits(review=review))
    return Standards(policy, UNITS, MATTERS, workdays, documents_since=date(2018, 1, 1))


def turned(*days: date) -> Workdays:
    """A calendar in which these days are off that were worked, and the other way round."""
    return Workdays({one: (not CALENDAR.is_workday(one), "本区另有安排") for one in days}, first=2017, last=2028)


def judged_twice(one: Facts, versions: list[Version], by: Standards, former: Workdays, now: datetime) -> Iterator[Move]:
    """The moves as they are by the words of the rule: all cases by the one calendar and by the other, compared."""
    by_former = standards(former, by.policy.limits.review)
    before = {case.clock: case for case in judge(one, versions, by_former, now).cases()}
    for new in judge(one, versions, by, now).cases():
        was = before.get(new.clock)
        if was is None or was.due is None or new.due is None:
            continue
        if was.due != new.due or was.light != new.light:
            yield Move(new.clock, was.due, new.due, was.light == new.light, not new.closed)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    versions=st.one_of(courses(), histories()),
    matter=st.sampled_from(["plain", "natural", "hours", "mixed", "fallback"]),
    limit=st.sampled_from([None, 0, 1, 5, 20]),
    review=st.sampled_from([0, 2]),
    delivered=st.one_of(st.none(), st.integers(0, 40)),
    offsets=st.lists(st.integers(-5, 60), min_size=1, max_size=4, unique=True),
    elapsed=st.integers(0, 60),
)
def test_the_moves_are_those_of_judging_by_both_calendars(
    versions: list[Version],
    matter: str,
    limit: int | None,
    review: int,
    delivered: int | None,
    offsets: list[int],
    elapsed: int,
) -> None:
    first = later(versions, timedelta(0)).date()
    by = standards(turned(*(first + timedelta(days=offset) for offset in offsets)), review)
    now = later(versions, timedelta(days=elapsed, hours=10))
    paper = None if delivered is None else first + timedelta(days=delivered)
    one = replace(facts(matter=matter, limit_days=limit, matter_kind=1), delivered=paper)
    expected = tuple(judged_twice(one, versions, by, CALENDAR, now))
    clocks = judge(one, versions, by, now).clocks
    assert Turn(by, CALENDAR).moves(one, versions, clocks, now) == expected


@pytest.mark.parametrize(
    ("happened", "changed", "reached"),
    [
        pytest.param("1@03-02 3@03-03", "03-02", False, id="the day it was received, which counts for nothing"),
        pytest.param("1@03-02 3@03-03", "03-10", True, id="its last day"),
        pytest.param("1@03-02 3@03-03", "03-11", False, id="the day after its last"),
        pytest.param("1@02-02 3@02-03", "03-05", True, id="a day on which it was overdue"),
        pytest.param("1@02-02 3@02-03 11@02-05", "03-05", False, id="a day long after its close"),
    ],
)
def test_a_changed_day_matters_from_the_start_to_the_due_date_or_today(
    happened: str, changed: str, reached: bool
) -> None:
    by, now = standards(turned(day(changed))), moment("03-06T10:00")
    one = facts(matter="fallback")
    promised = judge(one, story(happened), by, now).clocks.promised
    assert Turn(by, CALENDAR).reaches([promised], now) is reached


def test_one_that_the_former_calendar_cannot_judge_has_not_moved() -> None:
    one, happened, now = facts(limit_days=400), story("1@2026-03-02 3@2026-03-03"), moment("03-06T10:00")
    turn = Turn(standards(CALENDAR), Workdays({date(2026, 3, 5): (False, "本区放假")}, first=2017, last=2026))
    assert turn.moves(one, happened, judge(one, happened, standards(CALENDAR), now).clocks, now) == ()
