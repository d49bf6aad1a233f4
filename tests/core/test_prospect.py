"""What is owed for an item now, or why nothing is, and which step comes next."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.hours import local, next_open
from alerts.rules import Ladder, decide
from monitor.judge import Judged, judge
from monitor.prospect import prospects, words
from tests.core.builders import facts, moment, standards, story
from tests.core.test_corrections import ORDINARY

BY = standards()


def ahead(happened: str, now: str, sent: tuple[str, ...] = (), *, blind: bool = False, **changes: Any) -> list[Any]:
    """The prospects of an ordinary item."""

    def judge_at(at: datetime) -> Judged:
        return judge(facts(**changes), story(happened), BY, at)

    return prospects(judge_at(moment(now)), judge_at, sent, blind=blind)


def promised(found: list[Any]) -> Any:
    return next(one for one in found if one["clock"] == "promised")


DUE = "HRM1-1|promised|2026-03-10"


@pytest.mark.parametrize(
    ("happened", "now", "sent", "blind", "reason", "following"),
    [
        pytest.param(
            ORDINARY, "03-04T10:00", (), False, "not_near", ("2026-03-09", "promised-in-1"), id="not near yet"
        ),
        pytest.param(
            ORDINARY, "03-10T10:00", (), False, "step_reached", ("2026-03-11", "promised-yellow"), id="owed now"
        ),
        pytest.param(
            ORDINARY,
            "03-10T10:00",
            (f"{DUE}|promised-today",),
            False,
            "already_sent",
            ("2026-03-11", "promised-yellow"),
            id="sent already",
        ),
        pytest.param(ORDINARY, "03-12T10:00", (), True, "held_blind", None, id="held while the data is stale"),
        pytest.param(
            ORDINARY,
            "03-17T10:00",
            (f"{DUE}|promised-red",),
            False,
            "already_sent",
            ("2026-03-24", "promised-red"),
            id="the last step comes again",
        ),
        pytest.param(f"{ORDINARY} 9@03-04", "03-12T10:00", (), False, "paused", None, id="paused"),
    ],
)
def test_what_is_so_now_and_what_comes_next(
    happened: str, now: str, sent: tuple[str, ...], blind: bool, reason: str, following: tuple[str, str] | None
) -> None:
    found = promised(ahead(happened, now, sent, blind=blind))
    assert found["reason"] == reason
    assert (found["next"] and (found["next"]["on"], found["next"]["step"])) == following


def test_a_prospect_in_words() -> None:
    assert list(words(promised(ahead(ORDINARY, "03-10T10:00")))) == [
        "审批　应发催办（promised-today）→ 经办人、科室负责人，下一轮判断时（发信时段内）发出",
        "2026-03-11 督办·黄牌（promised-yellow）→ 科室负责人、分管领导，抄送 督办专员",
    ]


def test_a_clock_that_has_ended_has_no_prospect() -> None:
    assert [one["clock"] for one in ahead(ORDINARY, "03-04T10:00")] == ["promised", "statutory"]
    assert ahead(f"{ORDINARY} 11@03-05", "03-20T10:00") == []


def test_of_an_unassigned_item_the_supervisor_is_told() -> None:
    found = promised(ahead(ORDINARY, "03-10T10:00", unit_code="", unit_name="某某部门"))
    assert (found["owed"]["to"], found["owed"]["cc"]) == (["督办专员"], [])


@given(st.integers(2, 30), st.integers(1, 15))
def test_the_step_foretold_is_the_one_decided_when_its_day_comes(day: int, limit: int) -> None:
    item = {"limit_days": limit}
    found = promised(ahead(ORDINARY, f"03-{max(day, 4):02}T10:00", **item))
    if not found["next"] or not found["next"]["step"]:
        return
    at = next_open(local(moment(found["next"]["on"])).date(), BY.policy.hours, BY.workdays)
    [case] = [one for one in judge(facts(**item), story(ORDINARY), BY, at).cases() if one.clock == "promised"]
    ladder = Ladder(BY.policy.ladder, BY.policy.min_fraction_of_limit)
    decided = decide(case, (), local(at).date(), ladder, BY.workdays).notice
    assert decided is not None
    assert decided.step.name == found["next"]["step"]
