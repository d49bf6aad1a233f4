"""Which items a step of the ladder is for, and which steps can be about the same item."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.policy import Role, Step


def step(**changes: Any) -> Step:
    """A reminder two days before the promised date, for every item unless ``changes`` say otherwise."""
    return Step.model_validate(
        {"name": "x", "clock": "promised", "at": -2, "level": "reminder", "to": (Role.HANDLER,), **changes}
    )


@pytest.mark.parametrize(
    ("changes", "matter", "limit", "suits"),
    [
        pytest.param({}, "m1", 4, True, id="a step without filters is for everything it is not too early for"),
        pytest.param({}, "m1", 3, False, id="two days before the end of three, half has not passed"),
        pytest.param({"min_fraction_of_limit": 0}, "m1", 3, True, id="unless the step says so itself"),
        pytest.param({"min_fraction_of_limit": 0.8}, "m1", 9, False, id="a step can also wait longer than the others"),
        pytest.param({"min_fraction_of_limit": 0.8}, "m1", 10, True, id="until four fifths of ten have passed"),
        pytest.param({"matters": ("m1",)}, "m1", 4, True, id="a step for a matter is for that matter"),
        pytest.param({"matters": ("m1",)}, "m2", 4, False, id="and for no other"),
        pytest.param({"except_matters": ("m1",)}, "m1", 4, False, id="a matter that is excepted has no such step"),
        pytest.param({"except_matters": ("m1",)}, "m2", 4, True, id="the others have"),
        pytest.param({"limit_from": 10}, "m1", 10, True, id="limits from ten days on, ten included"),
        pytest.param({"limit_from": 10}, "m1", 9, False, id="nine is shorter"),
        pytest.param({"limit_to": 10}, "m1", 10, True, id="limits up to ten days, ten included"),
        pytest.param({"limit_to": 10}, "m1", 10.5, False, id="252 hours are longer than ten days"),
        pytest.param({"limit_to": 0, "at": 1}, "m1", 0, True, id="instant matters alone"),
    ],
)
def test_a_step_is_for_some_items(changes: dict[str, Any], matter: str, limit: float, suits: bool) -> None:
    assert step(**changes).suits(matter, limit, 0.5) is suits


MATTERS = ("m1", "m2", "m3")
filters = st.fixed_dictionaries(
    {},
    optional={
        "matters": st.sets(st.sampled_from(MATTERS)).map(tuple),
        "except_matters": st.sets(st.sampled_from(MATTERS)).map(tuple),
        "limit_from": st.integers(0, 6),
        "limit_to": st.integers(0, 6),
    },
)


@given(filters, filters)
def test_two_steps_overlap_exactly_if_some_item_is_a_case_of_both(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = step(at=1, **one), step(at=1, **other)
    shared = [
        (matter, limit)
        for matter in (*MATTERS, "any other")
        for limit in range(8)
        if first.suits(matter, limit, 0.5) and second.suits(matter, limit, 0.5)
    ]
    assert first.overlaps(second) is second.overlaps(first) is bool(shared)


def test_steps_of_two_clocks_never_overlap() -> None:
    assert not step().overlaps(step(clock="statutory"))


def test_a_matter_that_the_catalogue_does_not_have_is_told(folder: Any) -> None:
    folder.write("matters.toml", '[[matter]]\ncode = "m1"\nname = "事项"\npromised = 9\n')
    text = '[[ladder]]\nname = "red"\nclock = "promised"\nat = 5\nlevel = "red_card"\nto = ["supervisor"]\n'
    folder.write("policy.toml", text + 'matters = ["m1", "m2"]\n')
    assert [(problem.code, "m2" in problem.message) for problem in folder.problems()] == [("P016", True)]


def test_without_a_catalogue_of_ones_own_any_matter_may_be_named(folder: Any) -> None:
    text = '[[ladder]]\nname = "red"\nclock = "promised"\nat = 5\nlevel = "red_card"\nto = ["supervisor"]\n'
    folder.write("policy.toml", text + 'matters = ["m1"]\n')
    assert folder.problems() == ()
