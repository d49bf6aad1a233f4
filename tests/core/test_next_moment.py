"""A tick looks at an item only when its next moment has come: until then, nothing may change by time alone."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.clocks import HOUR, NATURAL_DAY, WORKING_DAY, Rules, compute, light
from monitor.events import Version
from monitor.judge import Judged, judge
from tests.core.builders import BEIJING, CALENDAR, THRESHOLDS, facts, judged, moment, standards
from tests.core.strategies import LIMITS, courses, histories, later, moments

MATTER_OF = {WORKING_DAY: "plain", NATURAL_DAY: "natural", HOUR: "hours"}


class Case(NamedTuple):
    """A story, when it is looked at, and when it is to be looked at again."""

    happened: str
    now: str
    next: str | None
    changes: Mapping[str, Any] = MappingProxyType({})


MOMENTS = {
    "an item without events waits for nothing": Case("", "03-02", None),
    "a running clock waits for the day three working days remain": Case(
        "3@03-02", "03-03", "2026-03-04", {"limit_days": 5}
    ),
    "a near one for the due date": Case("3@03-02", "03-05T12:00", "2026-03-09"),
    "on the due date for the day after": Case("3@03-02", "03-09T12:00", "2026-03-10"),
    "due on a Friday it waits for the Saturday": Case("3@02-28", "03-06T12:00", "2026-03-07"),
    "overdue it waits for the day five working days have passed": Case("3@03-02", "03-10T12:00", "2026-03-16"),
    "deep red it waits for the statutory clock": Case("3@03-02", "03-16T12:00", "2026-03-25"),
    "past everything it waits for nothing": Case("3@03-02", "04-30", None),
    "paused it waits for nothing": Case("3@03-02 9@03-03", "03-04", None),
    "paused after it ran out it waits for nothing": Case("3@03-02 9@03-10", "03-11", None),
    "received it waits for the acceptance clock": Case("1@03-02", "03-02", "2026-03-04"),
    "on the last day of acceptance it waits to be deemed accepted": Case("1@03-02", "03-09", "2026-03-10"),
    "an event dated later than now is waited for": Case("3@03-02 11@03-03T15:00", "03-03", "2026-03-03 15:00"),
    "closed it waits for nothing": Case("3@03-02 11@03-04", "03-05", None),
    "closed, with an event dated later": Case("3@03-02 11@03-04 15@03-20", "03-05", "2026-03-20"),
    "natural days: the day three days remain": Case(
        "3@03-02", "03-03", "2026-03-13", {"matter": "natural", "limit_days": 12}
    ),
    "natural days: five days over": Case("3@03-02", "03-10", "2026-03-14", {"matter": "natural", "limit_days": 7}),
    "hours: the moment three hours remain": Case(
        "3@03-02T09:30", "03-03", "2026-03-04 06:30", {"matter": "hours", "limit_days": 48}
    ),
    "hours: the moment itself": Case(
        "3@03-02T09:30", "03-04T07:00", "2026-03-04 09:30", {"matter": "hours", "limit_days": 48}
    ),
    "hours: more than four over, less those paused since": Case(
        "3@03-02T09:30 9@03-04T10:30 10@03-04T13:30",
        "03-04T14:00",
        "2026-03-04 16:30",
        {"matter": "hours", "limit_days": 48},
    ),
}


@pytest.mark.parametrize("case", MOMENTS, ids=str)
def test_when_an_item_is_looked_at_again(case: str) -> None:
    happened, now, expected, changes = MOMENTS[case]
    found = judged(happened, now, **changes).next_moment()
    shown = None if found is None else f"{found.astimezone(BEIJING):%Y-%m-%d %H:%M}".removesuffix(" 00:00")
    assert shown == expected


def test_an_hour_clock_is_looked_at_again_right_after_its_moment() -> None:
    due = moment("03-04T09:30")
    found = judged("3@03-02T09:30", "03-04T09:30", matter="hours", limit_days=48).next_moment()
    assert found is not None
    assert due < found <= due + timedelta(seconds=1)


def what_a_tick_relies_on(one: Judged) -> dict[str, object]:
    """What is stored, shown as a colour, or decides a step other than by counting days down."""
    lights = [light(clock, THRESHOLDS) for clock in one.clocks.all]
    return {
        "stage": one.clocks.stage,
        "light": one.light,
        "states": [clock.state for clock in one.clocks.all],
        "lights": lights,
        "due": [clock.due for clock in one.clocks.all],
        "deemed": one.clocks.deemed,
        "closed": one.closed_on,
        "cases": [(case.clock, case.state, case.light, case.past_statutory) for case in one.cases()],
    }


def samples(now: datetime, until: datetime | None) -> Iterator[datetime]:
    """Moments between ``now`` and ``until``: by the hour first, then midnights and noons, the last one just before."""
    end = until or now + timedelta(days=60)
    for hour in range(1, 24):
        if now + timedelta(hours=hour) < end:
            yield now + timedelta(hours=hour)
    midnight = now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)
    for half in range(1, 2 * ((end - now).days + 2)):
        if now < (at := midnight + timedelta(hours=12 * half)) < end:
            yield at
    yield end - timedelta(microseconds=1)


@settings(max_examples=250)
@given(
    st.one_of(courses(), histories(days=20)),
    moments(50),
    st.sampled_from([WORKING_DAY, NATURAL_DAY, HOUR]),
    st.sampled_from([1, 2, 5, 10, 48]),
    st.one_of(st.none(), moments(50)),
)
def test_until_the_next_moment_nothing_changes(
    versions: list[Version], after: timedelta, unit: str, amount: int, delivered: timedelta | None
) -> None:
    by = standards(documents_since="2015-01-01", limits={"review": 2})
    day: date | None = later(versions, delivered).astimezone(BEIJING).date() if delivered is not None else None
    known = facts(matter=MATTER_OF[unit], limit_days=amount, delivered=day)
    now = later(versions, after)
    one = judge(known, versions, by, now)
    until = one.next_moment()
    assert until is None or until > now
    before = what_a_tick_relies_on(one)
    for at in samples(now, until):
        assert what_a_tick_relies_on(judge(known, versions, by, at)) == before, f"{now} … {until}: changed by {at}"


@settings(max_examples=200)
@given(st.one_of(courses(), histories(days=20)), moments(50), LIMITS)
def test_until_the_recheck_only_the_countdown_changes(
    versions: list[Version], after: timedelta, limits: object
) -> None:
    def course(now: datetime) -> object:
        result = compute(versions, limits, Rules(CALENDAR, THRESHOLDS, now))  # type: ignore[arg-type]
        clocks = [(clock.start, clock.end, clock.due, clock.due_at, clock.paused) for clock in result.all]
        return result.milestones, result.pauses, result.stage, result.deemed, result.legal_acceptance, clocks

    now = later(versions, after)
    until = compute(versions, limits, Rules(CALENDAR, THRESHOLDS, now)).recheck  # type: ignore[arg-type]
    assert until is None or until > now
    before = course(now)
    for at in samples(now, until):
        assert course(at) == before, f"{now} … {until}: changed by {at}"
