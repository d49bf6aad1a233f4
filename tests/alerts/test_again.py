"""A mail is judged again before it leaves: only what is true at that moment is told."""

import pytest

from alerts.again import Told, judge_again
from alerts.case import Case
from alerts.digest import Line
from tests.alerts.office import FORESTRY, LADDER, STEPS, WATER, WORKDAYS, case, day

TODAY = day("2026-11-19")


def line(step: str, of: Case) -> Told:
    assert of.due is not None
    key = f"{of.item}|{of.clock}|{of.due}|{step}"
    return Told.of(Line(of, key, step, STEPS[step].level, "那时的缘由").to_json())


@pytest.mark.parametrize(
    ("now", "step", "said"),
    [
        pytest.param(case(1), "promised-yellow", None, id="a step that is still the one owed stays"),
        pytest.param(case(3), "promised-yellow", None, id="so does one whose item is later still, with the new number"),
        pytest.param(
            case(9), "promised-yellow", "提醒节点已变化", id="a case beyond the next step is told by that step"
        ),
        pytest.param(None, "promised-yellow", "记录已失效", id="a case that is no more goes"),
        pytest.param(case(1, closed=True), "promised-yellow", "已办结", id="so does one that was closed"),
        pytest.param(case(1, paused=True), "promised-yellow", "计时已暂停", id="and one that was paused"),
        pytest.param(
            case(1, due=day("2026-11-17")),
            "promised-yellow",
            "期限变更为2026年11月17日",
            id="another due date is named",
        ),
        pytest.param(case(0), "promised-yellow", "提醒节点已变化", id="a card for what is not overdue after all goes"),
        pytest.param(
            case(1, unit=FORESTRY.id, unit_name=FORESTRY.name),
            "promised-yellow",
            "承办单位变更为区园林绿化局",
            id="an item that has gone to another unit shames nobody here",
        ),
    ],
)
def test_a_line_is_judged_again(now: Case | None, step: str, said: str | None) -> None:
    planned = line(step, case(1))
    cases = {now.key: now} if now else {}
    again = judge_again([planned], cases, WATER.id, TODAY, LADDER, WORKDAYS)
    assert [words for _, words in again.dropped] == ([said] if said else [])
    assert [kept.case for kept in again.kept] == ([] if said else [now])
    assert all(kept.why != "那时的缘由" for kept in again.kept)
