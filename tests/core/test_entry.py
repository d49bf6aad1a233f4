"""A line of the ledger: the fields that programs rely on, and the words for people."""

import json
from types import NoneType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clocks import Light, State
from monitor.entry import LIGHT_WORDS, entry, status
from monitor.events import Version
from monitor.judge import judge
from tests.core.builders import facts, judged, standards
from tests.core.strategies import courses, histories, later, moments

# What is promised to programs; more may be there.
FIELDS: dict[str, tuple[type, ...]] = {
    "item": (str,),
    "project_code": (str, NoneType),
    "project": (str, NoneType),
    "matter": (str, NoneType),
    "unit": (str, NoneType),
    "unit_name": (str,),
    "stage": (str,),
    "light": (str,),
    "received": (str, NoneType),
    "accepted": (str, NoneType),
    "deemed_accepted": (bool,),
    "closed": (str, NoneType),
    "closed_by": (int, NoneType),
    "limit": (int, NoneType),
    "unit_of_limit": (str,),
    "due": (str, NoneType),
    "provisional": (bool,),
    "used": (int, NoneType),
    "remaining": (int, NoneType),
    "overdue_days": (int, NoneType),
    "paused": (bool,),
    "statutory_due": (str, NoneType),
    "on_time": (bool, NoneType),
    "acceptance_due": (str, NoneType),
    "code_problem": (str, NoneType),
}
DATES = ("received", "accepted", "closed", "due", "statutory_due", "acceptance_due", "delivery_due", "legal_acceptance")


@given(
    st.one_of(courses(), histories()),
    moments(60),
    st.sampled_from(["plain", "natural", "hours", "?"]),
    st.sampled_from([None, 0, 5, 20]),
    st.sampled_from([None, "", "2106-440100-04-01-237448", "垃圾"]),
)
def test_every_field_is_there_with_its_type_and_is_json(
    versions: list[Version], after: Any, matter: str, limit: int | None, code: str | None
) -> None:
    known = facts(matter=matter, limit_days=limit, project_code=code, unit_code="", unit_name="")
    line = entry(judge(known, versions, standards("2015-01-01"), later(versions, after)))
    assert {name: line[name] for name in FIELDS if type(line[name]) not in FIELDS[name]} == {}
    assert json.loads(json.dumps(line, ensure_ascii=False)) == line
    assert all(line[name] is None or (len(line[name]) == 10 and line[name][4] == "-") for name in DATES)
    assert line["stage"] in {"接件", "受理", "审批", "决定"}
    assert line["light"] in set(Light)
    assert line["state"] in set(State)
    assert line["status"]


def test_a_line_in_full() -> None:
    happened = "1@03-02 3@03-03 8@03-04"
    assert entry(judged(happened, "03-12T09:00")) == {
        "item": "HRM1-1",
        "project_code": "2106-440100-04-01-237448",
        "project": "北房镇河道治理工程",
        "matter": "水土保持方案审批",
        "unit": "110116SWJ",
        "unit_name": "区水务局",
        "stage": "审批",
        "light": "red",
        "state": "overdue",
        "received": "2026-03-02",
        "accepted": "2026-03-03",
        "deemed_accepted": False,
        "legal_acceptance": "2026-03-03",
        "closed": None,
        "closed_by": None,
        "limit": 5,
        "unit_of_limit": "working_day",
        "due": "2026-03-10",
        "provisional": False,
        "used": 7,
        "remaining": -2,
        "overdue_days": 2,
        "paused": False,
        "statutory_due": "2026-03-31",
        "on_time": None,
        "acceptance_due": "2026-03-09",
        "delivery_due": None,
        "code_problem": None,
        "problems": [],
        "corrections": [],
        "status": "逾期2个工作日",
    }


LINES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "an item without events": (
        "",
        {},
        {"stage": "接件", "received": None, "limit": 5, "due": None, "used": None, "remaining": None, "paused": False},
    ),
    "closed on time": (
        "3@03-02 12@03-09",
        {},
        {"closed": "2026-03-09", "closed_by": 12, "on_time": True, "remaining": 0, "overdue_days": 0, "stage": "决定"},
    ),
    "closed late": ("3@03-02 13@03-10", {}, {"closed_by": 13, "on_time": False, "remaining": -1, "overdue_days": 1}),
    "closed without acceptance": ("1@03-02 13@03-10", {}, {"closed_by": 13, "on_time": None, "due": None}),
    "paused": (
        "3@03-02 9@03-03",
        {},
        {"paused": True, "due": None, "used": 1, "remaining": 4, "light": "grey", "state": "paused"},
    ),
    "deemed accepted": (
        "1@03-02",
        {},
        {"deemed_accepted": True, "accepted": None, "legal_acceptance": "2026-03-02", "due": "2026-03-09"},
    ),
    "accepted late": (
        "1@03-02 3@03-12",
        {},
        {"deemed_accepted": False, "accepted": "2026-03-12", "legal_acceptance": "2026-03-02", "due": "2026-03-19"},
    ),
    "provisional": ("3@2026-12-30", {}, {"due": None, "provisional": False}),
    "no limit": (
        "3@03-02",
        {"limit_days": None, "matter": "?"},
        {
            "limit": None,
            "unit_of_limit": "working_day",
            "due": None,
            "remaining": None,
            "on_time": None,
            "light": "grey",
        },
    ),
    "a limit in hours": (
        "3@03-12T09:30",
        {"matter": "hours", "limit_days": 48},
        {"limit": 48, "unit_of_limit": "hour", "due": "2026-03-14", "statutory_due": "2026-03-15"},
    ),
    "an unassigned unit": (
        "3@03-02",
        {"unit_code": "", "unit_name": "某局"},
        {"unit": None, "unit_name": "某局", "problems": ["审批单位“某局”不能识别"]},
    ),
    "no project code": ("3@03-02", {"project_code": None}, {"project_code": None, "code_problem": "missing"}),
    "a wrong check digit": ("3@03-02", {"project_code": "2106-440100-04-01-237449"}, {"code_problem": "check_digit"}),
    "the owner's catalogue knows its name": ("", {"matter_name": None}, {"matter": "水土保持方案审批"}),
    "nothing is known of the matter": ("", {"matter_name": None, "matter": ""}, {"matter": None}),
}


@pytest.mark.parametrize("case", LINES, ids=str)
def test_a_line_of_the_ledger(case: str) -> None:
    happened, changes, expected = LINES[case]
    line = entry(judged(happened, "03-12T12:00", **changes))
    assert {name: line[name] for name in expected} == expected


def test_the_delivery_clock_has_its_date() -> None:
    assert entry(judged("3@03-02 11@03-05", "03-06", standards("01-01")))["delivery_due"] == "2026-03-19"


def test_a_due_date_in_an_unknown_year_is_marked() -> None:
    line = entry(judged("3@12-30", "12-30", limit_days=10))
    assert (line["due"], line["provisional"]) == ("2027-01-14", True)


# story on 11 March, limit
STATUS = {
    "待接件": ("", 5),
    "待受理，剩余4个工作日": ("1@03-10", 5),
    "待受理，今日到期": ("1@03-04", 5),
    "待受理，剩余3个工作日": ("1@03-02 6@03-03 7@03-09", 5),
    "材料补正中": ("1@03-02 6@03-03", 5),
    "接件逾期2个工作日（视为受理），今日到期": ("1@03-02", 7),
    "剩余3个工作日": ("3@03-09", 5),
    "今日到期": ("3@03-04", 5),
    "逾期1个工作日": ("3@03-03", 5),
    "暂停（剩余4个工作日）": ("3@03-02 9@03-03", 5),
    "办结（通过），按期": ("3@03-02 11@03-03", 5),
    "办结（容缺通过），逾期1个工作日": ("3@03-02 12@03-10", 5),
    "办结（不通过）": ("1@03-02 13@03-03", 5),
    "撤件": ("1@03-02 2@03-03", 5),
    "不予受理": ("1@03-02 5@03-03", 5),
    "无时限": ("3@03-02", None),
    "办结（通过）": ("3@03-02 11@03-03", None),
}


@pytest.mark.parametrize("words", STATUS, ids=str)
def test_where_an_item_stands_in_words(words: str) -> None:
    happened, limit = STATUS[words]
    assert status(judged(happened, "03-11T12:00", limit_days=limit)) == words


def test_a_closed_item_whose_document_is_awaited_says_so() -> None:
    words = status(judged("3@03-02 11@03-05", "03-17T12:00", standards("01-01")))
    assert words == "办结（通过），按期，送达剩余2个工作日"


def test_every_light_has_a_word() -> None:
    assert set(LIGHT_WORDS) == set(Light)
