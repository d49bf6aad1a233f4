"""What is owed for an item now, or why nothing is, and which step comes next."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.hours import local, next_open
from alerts.past import Answered, Asked, Past
from alerts.rules import Ladder, decide
from monitor.judge import Judged, judge
from monitor.prospect import prospects, words
from tests.core.builders import facts, moment, standards, story
from tests.core.test_corrections import ORDINARY

BY = standards()


def ahead(
    happened: str,
    now: str,
    sent: tuple[str, ...] = (),
    *,
    blind: bool = False,
    past: Past | None = None,
    **changes: Any,
) -> list[Any]:
    """The prospects of an ordinary item."""

    def judge_at(at: datetime) -> Judged:
        return judge(facts(**changes), story(happened), BY, at)

    one = judge_at(moment(now))
    past = past or Past(keys={one.facts.item: [(key, one.unit) for key in sent]})
    return prospects(one, judge_at, past, blind=blind)


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


UNIT = "110116SWJ"
ASKED = Asked("promised", date(2026, 3, 10), UNIT, "yellow_card", date(2026, 3, 11), date(2026, 3, 16))
CARDED = {"HRM1-1": [(f"{DUE}|promised-yellow", UNIT)]}


@pytest.mark.parametrize(
    ("past", "reason", "following"),
    [
        pytest.param(
            Past(CARDED, held={("item", "HRM1-1"): date(2026, 3, 20)}),
            "held",
            ("2026-03-23", "promised-red"),
            id="held to a Friday, the step of the Monday after is foretold",
        ),
        pytest.param(
            Past({}, held={("unit", UNIT): date(2026, 3, 16)}),
            "held",
            ("2026-03-17", "promised-red"),
            id="held with its whole unit to the eve of the red card",
        ),
    ],
)
def test_what_is_held_is_told_and_foretold(past: Past, reason: str, following: tuple[str, str]) -> None:
    found = promised(ahead(ORDINARY, "03-17T10:00" if past.keys else "03-12T10:00", past=past))
    # With the card already told, nothing is kept back until the red card is reached on the 17th.
    assert (found["reason"], (found["next"]["on"], found["next"]["step"])) == (reason, following)


@pytest.mark.parametrize(
    ("now", "answers", "reason", "following"),
    [
        pytest.param("03-12T10:00", [], "awaited", ("2026-03-17", "answer-missing"), id="awaited"),
        pytest.param("03-17T10:00", [], "step_reached", None, id="missing"),
        pytest.param(
            "03-17T10:00",
            [Answered(UNIT, "explanation", "专家评审中", moment("2026-03-16T15:00"))],
            None,
            None,
            id="explained, so there is no such clock any more",
        ),
        pytest.param(
            "03-17T10:00",
            [Answered(UNIT, "receipt", "收到", moment("2026-03-16T15:00"))],
            "step_reached",
            None,
            id="a receipt is no explanation",
        ),
    ],
)
def test_the_answer_that_a_unit_owes_is_a_clock_with_a_prospect(
    now: str, answers: list[Answered], reason: str | None, following: tuple[str, str] | None
) -> None:
    past = Past(CARDED, {"HRM1-1": [ASKED]}, {"HRM1-1": answers})
    found = next((one for one in ahead(ORDINARY, now, past=past) if one["clock"] == "answer"), None)
    assert (found and found["reason"]) == reason
    then = found["next"] if found else None
    assert (then and (then["on"], then["step"])) == following


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
    ladder = Ladder.of_policy(BY.policy)
    decided = decide(case, (), local(at).date(), ladder, BY.workdays).notice
    assert decided is not None
    assert decided.step.name == found["next"]["step"]
