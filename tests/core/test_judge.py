"""An item judged: its unit, its light, what is wrong with its data, and the cases handed to the alert side."""

from datetime import date
from typing import Any

import pytest

from alerts.case import Case
from monitor.clocks import Clock, Light, Limit, State
from monitor.judge import UNASSIGNED, Judged, state_word, worst_first
from tests.core.builders import day, judged, moment, seen, standards

# Units

UNITS = {
    "by code": ("110116SWJ", "", "110116SWJ", "区水务局"),
    "by code, whatever the name": ("110116SWJ", "某某局", "110116SWJ", "区水务局"),
    "by short name, without a code": ("", "区水务局", "110116SWJ", "区水务局"),
    "by long name": ("", "北京市怀柔区水务局", "110116SWJ", "区水务局"),
    "by the name without the city": ("", "怀柔区水务局", "110116SWJ", "区水务局"),
    "by name with an unknown code": ("999", "怀柔区国防动员办公室", "110116GDB", "区国动办"),
    "an unknown one keeps the platform's words": ("999", "某某局", None, "某某局"),
    "one without any name is called unassigned": ("", "", None, UNASSIGNED),
    "an unknown code without a name too": ("999", "", None, UNASSIGNED),
}


@pytest.mark.parametrize("case", UNITS, ids=str)
def test_the_unit(case: str) -> None:
    code, name, unit, shown = UNITS[case]
    one = judged("3@03-02", "03-03", unit_code=code, unit_name=name)
    assert (one.unit, one.unit_name) == (unit, shown)
    assert any("不能识别" in problem for problem in one.data_problems) is (unit is None)
    # An item of a unit that cannot be told is never dropped.
    assert [(case.clock, case.unit) for case in one.cases()] == [("promised", unit), ("statutory", unit)]


# Limits of the item: the platform's rows, the catalogue, the policy

LIMITS: dict[str, tuple[dict[str, Any], Limit | None, Limit | None]] = {
    "the item's own": ({"limit_days": 5}, Limit(5), Limit(20)),
    "the matter's where it is smaller": ({"limit_days": 5, "matter_limit": 3}, Limit(3), Limit(20)),
    "the catalogue's where the platform has none": (
        {"matter": "fallback", "limit_days": None, "limit_given": ""},
        Limit(7),
        None,
    ),
    "a 0 of an instant matter": ({"limit_days": 0, "matter_kind": 1}, Limit(0), Limit(20)),
    "a 0 of any other matter": ({"limit_days": 0}, None, Limit(20)),
    "in hours": ({"matter": "hours", "limit_days": None}, Limit(48, "hour"), Limit(72, "hour")),
    "in natural days": ({"matter": "natural"}, Limit(5, "natural_day"), Limit(20, "natural_day")),
    "the platform's in working days, the statutory one in natural days": (
        {"matter": "mixed"},
        Limit(5),
        Limit(60, "natural_day"),
    ),
    "of a matter that the catalogue does not know": ({"matter": "?"}, Limit(5), None),
}


@pytest.mark.parametrize("case", LIMITS, ids=str)
def test_what_an_item_is_measured_by(case: str) -> None:
    changes, promised, statutory = LIMITS[case]
    clocks = judged("3@03-02", "03-03", **changes).clocks
    assert (clocks.promised.limit, clocks.statutory.limit) == (promised, statutory)


def test_the_offices_own_limits_and_thresholds_are_the_policys() -> None:
    own = standards(
        "01-01", limits={"acceptance": 2, "review": 1, "delivery": 3}, lights={"due_soon": 0, "deep_red_after": 1}
    )
    one = judged("1@03-02 3@03-03 11@03-05", "03-05", own)
    assert [clock.limit.amount if clock.limit else None for clock in one.clocks.all] == [2, 1, 5, 20, 3]
    assert judged("3@03-02 8@03-02", "03-06", own).light is Light.GREEN
    assert judged("3@03-02 8@03-02", "03-10", own).light is Light.DEEP_RED


def test_which_kinds_are_instant_is_the_policys() -> None:
    one = judged("3@03-02", "03-03", standards(instant_kinds=(4,)), limit_days=0, matter_kind=4)
    assert one.clocks.promised.limit == Limit(0)


def test_documents_count_only_for_a_source_that_supplies_them() -> None:
    happened, now = "3@03-02 11@03-05", "03-06"
    without, with_ = judged(happened, now), judged(happened, now, standards("03-01"))
    assert (without.clocks.delivery.state, without.finished) == ("not_started", True)
    assert (with_.clocks.delivery.state, with_.finished) == ("running", False)
    assert judged(happened, now, standards("03-01"), delivered=day("03-06")).finished is True


FINISHED = {
    "open": ("3@03-02", None, False),
    "closed": ("3@03-02 11@03-05", "2026-03-05", True),
    "withdrawn": ("1@03-02 2@03-05", "2026-03-05", True),
    "closed late in the evening": ("3@03-02 11@03-05T23:59", "2026-03-05", True),
}


@pytest.mark.parametrize("case", FINISHED, ids=str)
def test_whether_and_when_an_item_was_closed(case: str) -> None:
    happened, closed, finished = FINISHED[case]
    one = judged(happened, "03-06")
    assert seen(one, {"closed_on": closed, "finished": finished}) == {"closed_on": closed, "finished": finished}


PROBLEMS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "none": ("3@03-02", {}, []),
    "no limit anywhere": (
        "3@03-02",
        {"limit_days": None, "limit_given": ""},
        ["没有办理时限（平台办件、事项目录和本地配置均未给出）"],
    ),
    "a limit that is no number": (
        "3@03-02",
        {"limit_days": None, "limit_given": "二十日", "matter_limit": 20},
        ["办理时限“二十日”不是天数，未采用"],
    ),
    "a limit that is no number, and no other": (
        "3@03-02",
        {"limit_days": None, "limit_given": "二十日"},
        ["办理时限“二十日”不是天数，未采用", "没有办理时限（平台办件、事项目录和本地配置均未给出）"],
    ),
    "a unit known by an unknown code alone": ("", {"unit_code": "999", "unit_name": ""}, ["审批单位“999”不能识别"]),
    "no unit at all": ("", {"unit_code": "", "unit_name": ""}, ["审批单位“空”不能识别"]),
    "an end without a start": ("3@03-02 10@03-03", {}, ["2026-03-03 的“特别程序结束”没有对应的开始，不计。"]),
}


@pytest.mark.parametrize("case", PROBLEMS, ids=str)
def test_data_problems(case: str) -> None:
    happened, changes, expected = PROBLEMS[case]
    assert judged(happened, "03-06", **changes).data_problems == expected


# Cases

CASES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "an item without events": ("", {}, []),
    "received": ("1@03-02", {}, ["acceptance"]),
    "accepted": ("1@03-02 3@03-03", {}, ["acceptance", "promised", "statutory"]),
    "accepted, of a matter without a statutory limit": ("3@03-03", {"matter": "?"}, ["promised"]),
    "deemed accepted": ("1@02-02", {}, ["acceptance", "promised", "statutory"]),
    "granted, with a document awaited": ("3@03-02 11@03-03", {}, ["promised", "statutory", "delivery"]),
    "accepted without any limit": ("3@03-03", {"limit_days": None, "matter": "?"}, ["promised"]),
    "received without any limit": ("1@03-02", {"limit_days": None, "matter": "?"}, ["acceptance"]),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_clock_that_was_started_is_a_case(case: str) -> None:
    happened, changes, expected = CASES[case]
    assert [case.clock for case in judged(happened, "03-06", standards("01-01"), **changes).cases()] == expected


def test_what_a_case_says() -> None:
    acceptance, promised, statutory = judged("1@03-02 3@03-03", "03-11T12:00").cases()
    assert promised == Case(
        item="HRM1-1",
        clock="promised",
        unit="110116SWJ",
        unit_name="区水务局",
        matter="水土保持方案审批",
        project="北房镇河道治理工程",
        project_code="2106-440100-04-01-237448",
        stage="受理",
        state="overdue",
        light="red",
        start=date(2026, 3, 3),
        due=date(2026, 3, 10),
        limit=5,
        unit_of_limit="working_day",
        used=6,
        remaining=-1,
        overdue_days=1,
        countdown=-1,
        paused=False,
        closed=False,
        provisional=False,
        deemed=False,
        past_statutory=False,
        statutory_due=date(2026, 3, 31),
        matter_code="plain",
    )
    assert (acceptance.closed, acceptance.state) == (True, "done_on_time")
    assert (statutory.due, statutory.light, statutory.closed) == (date(2026, 3, 31), "green", False)
    assert Case.from_json(promised.to_json()) == promised


def test_a_case_of_a_deemed_item_says_so_and_one_past_the_statutory_limit_too() -> None:
    acceptance, promised, _ = judged("1@03-02", "03-10").cases()
    assert (acceptance.deemed, promised.deemed, promised.start) == (True, True, date(2026, 3, 2))
    beyond = {case.clock: (case.past_statutory, case.light) for case in judged("3@03-02", "03-31").cases()}
    assert beyond == {"promised": (True, "deep_red"), "statutory": (True, "deep_red")}


def test_without_a_promised_limit_the_statutory_case_stands_in_for_it() -> None:
    with_, without = (judged("3@03-02", "03-03", limit_days=days).cases() for days in (5, None))
    assert [(case.clock, case.stands_in) for case in with_] == [("promised", False), ("statutory", False)]
    assert [(case.clock, case.stands_in) for case in without] == [("promised", False), ("statutory", True)]


def test_a_case_of_an_item_of_which_little_is_known_has_empty_texts() -> None:
    only = judged("3@03-02", "03-03", matter="X", matter_name=None, project=None, project_code=None).cases()[0]
    assert (only.matter, only.project, only.project_code) == ("X", "", "")


def test_a_case_without_a_limit_has_no_figures() -> None:
    only = judged("3@03-02", "03-03", limit_days=None, matter="?").cases()[0]
    figures = (
        only.state,
        only.light,
        only.due,
        only.limit,
        only.used,
        only.remaining,
        only.countdown,
        only.overdue_days,
    )
    assert figures == ("no_limit", "grey", None, None, None, None, None, 0)


# story, now, matter, limit, countdown
COUNTDOWNS = {
    "working days to the due date": ("3@03-02", "03-04", "plain", 5, 3),
    "nothing on the due date": ("3@03-02", "03-09", "plain", 5, 0),
    "working days over": ("3@03-02", "03-11", "plain", 5, -2),
    "none while paused": ("3@03-02 9@03-03", "03-11", "plain", 5, None),
    "natural days: the working days to the due date": ("3@03-02", "03-03", "natural", 7, 4),
    "natural days: nothing on the due date": ("3@03-02", "03-09", "natural", 7, 0),
    "natural days: working days over": ("3@03-02", "03-16", "natural", 7, -5),
    "natural days: over, before the next working day": ("3@02-28", "03-07", "natural", 6, -1),
    "hours: the working days to the day of the moment": ("3@03-02T09:30", "03-02T12:00", "hours", 48, 2),
    "hours: nothing on the day of the moment, before it": ("3@03-02T09:30", "03-04T09:00", "hours", 48, 0),
    "hours: over on the day of the moment, after it": ("3@03-02T09:30", "03-04T10:00", "hours", 48, -1),
    "hours: working days over": ("3@03-02T09:30", "03-06T10:00", "hours", 48, -2),
}


@pytest.mark.parametrize("case", COUNTDOWNS, ids=str)
def test_the_countdown_of_a_case_is_in_working_days_whatever_the_limit_is_in(case: str) -> None:
    happened, now, matter, limit, expected = COUNTDOWNS[case]
    found = judged(happened, now, matter=matter, limit_days=limit).cases()
    assert found[0].countdown == expected


# The order of the ledger


def test_worst_first() -> None:
    def one(item: str, happened: str, limit: int = 5, **changes: Any) -> Judged:
        return judged(happened, "03-20T12:00", item=item, limit_days=limit, **changes)

    expected = [
        one("deep red, eleven days over", "3@02-27"),
        one("deep red, six days over, as it was paused since, though due sooner", "3@02-24 9@03-03 10@03-13"),
        one("deep red, five days over", "3@03-06"),
        one("red, three days over", "3@03-10"),
        one("orange", "3@03-13"),
        one("yellow", "3@03-16"),
        one("grey, paused", "3@03-09 9@03-10"),
        one("green, due sooner", "3@03-16", 10),
        one("green, due sooner, the next number", "3@03-16", 10),
        one("green, due later", "3@03-16", 11),
        one("closed late", "3@02-27 11@03-19"),
        one("closed on time", "3@03-02 11@03-04"),
    ]
    names = [one_.facts.item for one_ in expected]
    assert [one_.facts.item for one_ in worst_first(expected)] == names
    assert [one_.facts.item for one_ in worst_first(expected[::-1])] == names


# Words


WORDS = {
    "未起算": Clock("promised", State.NOT_STARTED),
    "无时限": Clock("promised", State.NO_LIMIT),
    "剩余8个工作日": Clock("promised", State.RUNNING, limit=Limit(9), remaining=8),
    "剩余8天": Clock("promised", State.RUNNING, limit=Limit(9, "natural_day"), remaining=8),
    "剩余8小时": Clock("promised", State.RUNNING, limit=Limit(9, "hour"), remaining=8),
    "剩余2个工作日": Clock("promised", State.DUE_SOON, limit=Limit(9), remaining=2),
    "今日到期": Clock("promised", State.DUE_TODAY, limit=Limit(9), remaining=0),
    "逾期2个工作日": Clock("promised", State.OVERDUE, limit=Limit(9), overdue_days=2),
    "已逾期": Clock("promised", State.OVERDUE, limit=Limit(9), overdue_days=0),
    "暂停（剩余4个工作日）": Clock("promised", State.PAUSED, limit=Limit(9), remaining=4),
    "暂停（已逾期2个工作日）": Clock("promised", State.PAUSED_OVERDUE, limit=Limit(9), overdue_days=2),
    "按期": Clock("promised", State.DONE_ON_TIME, limit=Limit(9)),
    "逾期3天": Clock("promised", State.DONE_LATE, limit=Limit(9, "natural_day"), overdue_days=3),
    "逾期": Clock("promised", State.DONE_LATE, limit=Limit(9), overdue_days=0),
}


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_the_state_in_words(words: str) -> None:
    assert state_word(WORDS[words]) == words


def test_every_state_has_words() -> None:
    assert {clock.state for clock in WORDS.values()} == set(State)


def test_a_verdict_is_that_of_the_moment_it_was_asked_for() -> None:
    one = judged("3@03-02", "03-10T08:30")
    assert one.now == moment("03-10T08:30")
    assert (one.light, one.clocks.promised.overdue_days) == (Light.RED, 1)
