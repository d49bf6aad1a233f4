"""The default rules, as the office decided them, and what can be asked of a policy and of settings."""

from typing import get_args

import pytest
from pydantic import ValidationError

from config.policy import (
    CLOCK_LABELS,
    DEFAULT_LADDER,
    LEVEL_LABELS,
    OFFICE_ROLES,
    ROLE_LABELS,
    UNIT_ROLES,
    Answers,
    Clock,
    Level,
    Limits,
    Policy,
    Role,
    Step,
    UnknownOutcome,
)
from config.settings import Delivery
from config.sources import Source


@pytest.mark.parametrize(
    ("clock", "at", "level", "to", "cc"),
    [
        ("promised", -3, "reminder", "handler", ""),
        ("promised", -1, "reminder", "handler", ""),
        ("promised", 0, "reminder", "handler section_head", ""),
        ("promised", 1, "yellow_card", "section_head deputy_leader", "supervisor"),
        ("promised", 5, "red_card", "principal", "bureau_leader"),
        ("acceptance", -1, "reminder", "handler", ""),
        ("acceptance", 0, "reminder", "handler section_head", ""),
        ("acceptance", 1, "yellow_card", "section_head deputy_leader", "supervisor"),
        ("delivery", -1, "reminder", "handler", ""),
        ("delivery", 1, "yellow_card", "section_head", ""),
        ("answer", 1, "yellow_card", "principal", "supervisor bureau_leader"),
    ],
)
def test_the_default_ladder_has_this_step(clock: Clock, at: int, level: Level, to: str, cc: str) -> None:
    [step] = [step for step in DEFAULT_LADDER if (step.clock, step.at) == (clock, at)]
    assert (step.level, " ".join(step.to), " ".join(step.cc)) == (level, to, cc)


def test_the_default_ladder_has_no_other_step() -> None:
    assert len(DEFAULT_LADDER) == 11


def test_only_the_red_card_repeats_and_hears_of_the_statutory_limit() -> None:
    [red] = [step for step in DEFAULT_LADDER if step.repeat_every or step.past_statutory]
    assert (red.level, red.repeat_every, red.repeat_max, red.past_statutory) == ("red_card", 5, 6, True)


def test_only_the_platform_knows_the_limits_of_approval() -> None:
    policy = Policy(limits=Limits(acceptance=4, review=3, delivery=2), answers=Answers(yellow_card=1, red_card=6))
    known = {clock: policy.limit_of(clock) for clock in get_args(Clock)}
    own = {"acceptance": 4, "review": 3, "delivery": 2, "answer": 6}
    assert known == own | {"promised": None, "statutory": None}


def test_a_card_asks_for_an_answer_and_a_reminder_does_not() -> None:
    assert {level: Policy().answers.of(level) for level in LEVEL_LABELS} == {
        "reminder": 0,
        "yellow_card": 3,
        "red_card": 2,
    }


def test_a_reminder_of_unknown_outcome_is_left_and_a_card_is_sent_again() -> None:
    rule = UnknownOutcome()
    assert {level: rule.of(level) for level in LEVEL_LABELS} == {
        "reminder": "leave",
        "yellow_card": "send_again_once",
        "red_card": "send_again_once",
    }


def test_everything_that_is_shown_has_a_chinese_name() -> None:
    assert set(ROLE_LABELS) == set(Role) == {*UNIT_ROLES, *OFFICE_ROLES}
    assert tuple(CLOCK_LABELS) == get_args(Clock)
    assert tuple(LEVEL_LABELS) == get_args(Level)
    assert Role.SUPERVISOR.label == "督办专员"


def test_a_policy_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Policy().lines_per_mail = 1  # type: ignore[misc]


def test_a_step_is_made_in_code_as_it_is_in_the_file() -> None:
    made = Step(name="x", clock="promised", at=1, level="reminder", to=(Role.HANDLER,))
    read = {"name": "x", "clock": "promised", "at": 1, "level": "reminder", "to": ["handler"]}
    assert Step.model_validate(read) == made


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("LOCALHOST", True), ("10.0.0.1", False), ("mx", False)],
)
def test_a_relay_on_this_machine_is_known_as_such(host: str, loopback: bool) -> None:
    assert Delivery(host=host).is_loopback is loopback


def test_a_source_names_its_variable_and_drops_the_last_slash_of_its_address() -> None:
    source = Source(name="city_2", base_url="https://10.0.0.1/x/")
    assert (source.token_variable, source.base_url) == ("APPROVAL_MONITOR_CITY_2_TOKEN", "https://10.0.0.1/x")
