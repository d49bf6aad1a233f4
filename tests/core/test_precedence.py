"""Which source counts where several speak of the same item, and what is said of it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.sources import Precedence
from monitor.events import Version, settle_versions
from monitor.precedence import Said, chosen_events, order_of, values_of
from tests.core.builders import moment

SOURCES = ("city", "district")


def unit_of(code: str, name: str) -> str | None:
    """Two ways of writing one unit, and nothing else."""
    return "110116SWJ" if "水务" in name or code == "110116SWJ" else None


def order(**fields: Sequence[str]):
    return order_of(Precedence(**{name: tuple(listed) for name, listed in fields.items()}), SOURCES)


def said(source: str, **values: object) -> Said:
    return Said(source, **values)  # type: ignore[arg-type]


CITY = said("city", unit_name="区水务局", unit_code="", limit_days=20, limit_given="20", project_code="")
DISTRICT = said(
    "district", unit_name="北京市怀柔区水务局", unit_code="", limit_days=15, limit_given="15", project_code="C"
)


@pytest.mark.parametrize(
    ("fields", "limit"),
    [
        pytest.param({}, 20, id="without an order the sources count as they stand in the file"),
        pytest.param({"default": ["district", "city"]}, 15, id="the owner's order counts for every field"),
        pytest.param({"default": ["district"]}, 15, id="a source that is not named comes after those that are"),
        pytest.param(
            {"default": ["city"], "limit": ["district"]}, 15, id="a field's own order goes before the default"
        ),
    ],
)
def test_the_first_source_in_the_order_counts(fields, limit) -> None:
    values, _ = values_of((CITY, DISTRICT), order(**fields), unit_of)
    assert (values["limit_days"], values["limit_given"]) == (limit, str(limit))


def test_a_source_that_says_nothing_of_a_field_leaves_it_to_the_next() -> None:
    values, disagreements = values_of((CITY, DISTRICT), order(), unit_of)
    assert values["project_code"] == "C"
    assert not any("项目代码" in sentence for sentence in disagreements)


def test_a_limit_that_cannot_be_read_says_nothing() -> None:
    unreadable = said("city", limit_days=None, limit_given="另行通知")
    values, _ = values_of((unreadable, DISTRICT), order(), unit_of)
    assert (values["limit_days"], values["limit_given"]) == (15, "15")


def test_a_source_that_is_not_configured_any_more_comes_last() -> None:
    former = said("a_former_one", limit_days=5)
    values, _ = values_of((former, DISTRICT), order(), unit_of)
    assert values["limit_days"] == 15


def test_what_they_say_differently_is_named_with_the_one_that_counts() -> None:
    _, disagreements = values_of((CITY, DISTRICT), order(), unit_of)
    assert disagreements == ["办理时限：city 为 20，district 为 15（采用 city）"]


def test_two_ways_of_writing_one_unit_are_no_disagreement_two_units_are() -> None:
    other = said("district", unit_name="区交通局")
    _, same = values_of((CITY, DISTRICT), order(), unit_of)
    _, differing = values_of((CITY, other), order(), unit_of)
    assert not any("审批单位" in sentence for sentence in same)
    assert differing == ["审批单位：city 为 110116SWJ，district 为 区交通局（采用 city）"]


def version(source: str, code: int, at: str, valid: bool = True, updated: str = "2026-03-01 00:00:00") -> Version:
    return Version(code, moment(at.replace(" ", "T")), updated, 1, valid, source)


def days(versions: Sequence[Version]) -> list[tuple[int, str]]:
    return [(event.code, event.day.isoformat()) for event in settle_versions(versions)]


CITY_EVENTS = [version("city", 1, "03-02 09:00"), version("city", 3, "03-04 09:00")]
DISTRICT_EVENTS = [
    version("district", 1, "03-02"),
    version("district", 3, "03-03 16:00"),
    version("district", 11, "03-20 10:00"),
]


def test_each_kind_of_event_is_the_first_source_s_that_has_any() -> None:
    chosen, disagreements = chosen_events([*DISTRICT_EVENTS, *CITY_EVENTS], order())
    assert days(chosen) == [(1, "2026-03-02"), (3, "2026-03-04"), (11, "2026-03-20")]
    assert disagreements == ["受理：city 为 2026-03-04，district 为 2026-03-03（采用 city）"]


def test_the_owner_s_order_of_events_counts() -> None:
    chosen, _ = chosen_events([*CITY_EVENTS, *DISTRICT_EVENTS], order(events=["district", "city"]))
    assert days(chosen) == [(1, "2026-03-02"), (3, "2026-03-03"), (11, "2026-03-20")]


def test_an_event_that_its_source_has_taken_back_leaves_the_field_to_the_next() -> None:
    taken_back = [*CITY_EVENTS, version("city", 3, "03-04 09:00", valid=False, updated="2026-03-09 00:00:00")]
    chosen, _ = chosen_events([*taken_back, *DISTRICT_EVENTS], order())
    assert (3, "2026-03-03") in days(chosen)


def test_an_item_has_one_end_told_by_one_source() -> None:
    refused = [version("city", 13, "03-25 09:00")]
    chosen, disagreements = chosen_events([*CITY_EVENTS, *DISTRICT_EVENTS, *refused], order())
    assert days(chosen)[-1] == (13, "2026-03-25")
    assert (11, "2026-03-20") not in days(chosen)
    assert (
        disagreements[-1] == "办结：city 为 2026-03-25 办结（不通过），district 为 2026-03-20 办结（通过）（采用 city）"
    )


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(SOURCES), st.sampled_from([1, 3, 6, 7, 9, 10, 11, 13]), st.integers(2, 27), st.booleans()
    ).map(lambda row: version(row[0], row[1], f"03-{row[2]:02d} 09:00", row[3])),
    max_size=12,
    unique_by=lambda one: (one.source, one.code, one.moment),
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(versions, chance) -> None:
    shuffled = list(versions)
    chance.shuffle(shuffled)
    first, said_first = chosen_events(versions, order())
    second, said_second = chosen_events(shuffled, order())
    assert (settle_versions(first), said_first) == (settle_versions(second), said_second)


@given(EVENTS)
def test_a_kind_of_event_that_any_source_has_is_never_lost(versions) -> None:
    by_source = [settle_versions([v for v in versions if v.source == source]) for source in SOURCES]
    chosen, _ = chosen_events(versions, order())
    ends = {11, 13}
    known = {event.code for events in by_source for event in events}
    kept = {event.code for event in settle_versions(chosen)}
    assert kept - ends == known - ends
    assert bool(kept & ends) == bool(known & ends)
