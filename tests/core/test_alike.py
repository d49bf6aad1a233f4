"""Items that are alike are judged once, and what is found of each is what judging it by itself would find."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import Policy
from monitor.alike import Alike, finding_of, shape_of
from monitor.events import Version
from monitor.judge import Facts, Standards, judge
from monitor.precedence import Said
from tests.core.builders import CALENDAR, MATTERS, UNITS, moment, story
from tests.core.strategies import courses, histories, later

STANDARDS = Standards(Policy(), UNITS, MATTERS, CALENDAR, documents_since=date(2018, 1, 1))
NOW = moment("03-20T10:00")
SHIFTS = st.integers(-59, 59).map(lambda minutes: timedelta(minutes=minutes))

FACTS = st.builds(
    Facts,
    item=st.just("A"),
    matter=st.sampled_from(["plain", "natural", "hours", "mixed", "fallback", "other"]),
    unit_code=st.sampled_from(["110116SWJ", "110116GDB", "?"]),
    limit_days=st.sampled_from([None, 0, 1, 5, 20]),
    matter_limit=st.sampled_from([None, 3, 10]),
    project_code=st.sampled_from([None, "", "2611-110116-04-01-123456", "2611"]),
    delivered=st.one_of(st.none(), st.dates(date(2018, 12, 20), date(2027, 2, 1))),
)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(FACTS, st.one_of(courses(), histories()), SHIFTS), min_size=1, max_size=8), st.integers(0, 60)
)
def test_each_of_many_items_is_found_as_if_it_were_judged_by_itself(
    given_items: list[tuple[Facts, list[Version], timedelta]], days: int
) -> None:
    now = later(given_items[0][1], timedelta(days=days, hours=10))
    alike = Alike(STANDARDS, now)
    for facts, versions, shift in given_items:
        # The same course again at other times of day, of another unit and project: alike in most limits, not in hours.
        moved = [version._replace(moment=version.moment + shift) for version in versions]
        twin = replace(facts, unit_code="110116GDB", project_code="2611-110116-04-01-123456")
        for whose, seen in ((facts, versions), (facts, moved), (twin, moved), (twin, versions)):
            assert alike.find(whose, seen) == finding_of(judge(whose, seen, STANDARDS, now))


def shape(text: str, **facts: object) -> object:
    """The shape of an item with this story."""
    return shape_of(Facts("A", **{"limit_days": 5, **facts}), story(text), STANDARDS, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(shape("1@03-02T09:00"), shape("1@03-02T16:30"), id="the time of day makes no difference in days"),
        pytest.param(shape("1@03-02", unit_code="X"), shape("1@03-02", unit_code="Y"), id="nor does the unit"),
    ],
)
def test_items_alike(one: object, other: object) -> None:
    assert one == other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(shape("1@03-02"), shape("1@03-03"), id="received on another day"),
        pytest.param(shape("1@03-02 3@03-02"), shape("3@03-02 1@03-02"), id="in another order on the same day"),
        pytest.param(shape("1@03-02", limit_days=5), shape("1@03-02", limit_days=6), id="another limit"),
        pytest.param(shape("1@03-25T09:00"), shape("1@03-25T10:00"), id="to come at another moment"),
        pytest.param(
            shape("1@03-02T09:00", matter="hours"), shape("1@03-02T10:00", matter="hours"), id="hours are counted"
        ),
        pytest.param(shape("1@03-02", delivered=date(2026, 3, 9)), shape("1@03-02"), id="its document was delivered"),
    ],
)
def test_items_of_different_shapes(one: object, other: object) -> None:
    assert one != other


def test_an_item_that_several_sources_speak_of_is_of_its_own_kind() -> None:
    facts = Facts("A", said=(Said("city"), Said("district")))
    assert shape_of(facts, story("1@03-02"), STANDARDS, NOW) is None
