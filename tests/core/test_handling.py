"""What became of a warning: the word for how it stands, since when, and by whom."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor.warnings_ledger.handling import Reply, Silence, Standing, Warned, handled
from tests.alerts.office import moment

TODAY = date(2026, 11, 25)
SENT = moment("2026-11-19 09:05")
WARNED = Warned(
    key="HRM1-1|promised|2026-11-18|promised-yellow", at=SENT, item="HRM1-1", clock="promised", level="yellow_card",
    unit="110116SWJ", unit_name="区水务局", matter="取水许可", project="再生水厂", why="逾期", due=date(2026, 11, 18),
    remaining=-1, answer_by=date(2026, 11, 24),
)  # fmt: skip
LATE = Standing("110116SWJ", "区水务局", date(2026, 11, 18), overdue=True)
HOUR = timedelta(hours=1)
SEEN = Reply("receipt", "110116SWJ", SENT + HOUR, "经办人", "收到")
TOLD = Reply("explanation", "110116SWJ", SENT + 2 * HOUR, "科长", "材料已补齐，27日办结")
HELD = Silence(SENT + HOUR, "督办专员", date(2026, 11, 30), "等规划复函")


@pytest.mark.parametrize(
    ("now", "replies", "held", "state", "on", "by"),
    [
        pytest.param(LATE, [], None, "未答复", None, "", id="no answer and its date is past"),
        pytest.param(LATE, [SEEN], None, "未答复", None, "", id="a receipt is no answer once the date is past"),
        pytest.param(LATE, [SEEN, TOLD], None, "已答复", date(2026, 11, 19), "科长", id="explained"),
        pytest.param(
            replace(LATE, ended_on=date(2026, 11, 20)), [TOLD], HELD, "已办结", date(2026, 11, 20), "区水务局",
            id="what ended is done whatever was said",
        ),
        pytest.param(LATE, [TOLD], HELD, "暂停督促", date(2026, 11, 19), "督办专员", id="a silence"),
        pytest.param(replace(LATE, paused=True), [], None, "计时暂停", None, "", id="the clock stands"),
        pytest.param(None, [TOLD], None, "记录已失效", None, "", id="the item is no more"),
    ],
)  # fmt: skip
def test_a_yellow_card(now, replies, held, state, on, by) -> None:
    found = handled(WARNED, now, replies, held, TODAY)
    assert (found.state, found.on, found.by) == (state, on, by)


@pytest.mark.parametrize(
    ("today", "replies", "state"),
    [
        pytest.param(date(2026, 11, 24), [], "待答复", id="on the very day an answer is still awaited"),
        pytest.param(date(2026, 11, 24), [SEEN], "已签收", id="seen"),
        pytest.param(date(2026, 11, 25), [SEEN], "未答复", id="a day later it is missing"),
    ],
)
def test_an_answer_is_missing_only_after_its_date(today, replies, state) -> None:
    assert handled(WARNED, LATE, replies, None, today).state == state


@pytest.mark.parametrize(
    ("overdue", "state"), [pytest.param(False, "未到期", id="not due"), pytest.param(True, "未办结", id="overdue")]
)
def test_a_warning_that_asks_for_no_answer_stands_as_its_clock_does(overdue: bool, state: str) -> None:
    reminder = replace(WARNED, level="reminder", answer_by=None)
    assert handled(reminder, replace(LATE, overdue=overdue), [], None, TODAY).state == state


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(replace(TOLD, at=SENT - HOUR), id="before the warning"),
        pytest.param(replace(TOLD, unit="110116YLJ"), id="of another unit"),
    ],
)
def test_what_is_no_answer_to_this_warning(reply: Reply) -> None:
    assert handled(WARNED, LATE, [reply], None, TODAY).state == "未答复"


@pytest.mark.parametrize(
    ("clock", "word"),
    [("acceptance", "已答复受理"), ("review", "已开始办理"), ("statutory", "已办结"), ("delivery", "已送达")],
)
def test_each_clock_ends_in_a_word_of_its_own(clock: str, word: str) -> None:
    ended = replace(LATE, ended_on=date(2026, 11, 20))
    assert handled(replace(WARNED, clock=clock), ended, [], None, TODAY).state == word


def test_the_remarks_say_what_else_is_to_be_known() -> None:
    warned = replace(WARNED, reference="怀政务督〔2026〕12号", sent="unknown")
    moved = Standing("110116YLJ", "区园林绿化局", date(2026, 12, 2))
    found = handled(warned, moved, [TOLD], None, TODAY).remarks
    assert found == (
        "怀政务督〔2026〕12号", "发送结果不明", "答复：材料已补齐，27日办结", "到期日已变为2026年12月2日",
        "现由区园林绿化局承办",
    )  # fmt: skip
