"""Where an item stands in one sentence, and where its limits come from in a few words."""

from typing import Any

import pytest

from monitor.corrections import Correction
from monitor.origins import events_of, limit_origin, sources_of
from monitor.precedence import Said, no_order
from monitor.summary import summary
from tests.core.builders import facts, judged, standards, story
from tests.core.test_corrections import ORDINARY, corrected, record


@pytest.mark.parametrize(
    ("happened", "now", "changes", "sentence"),
    [
        pytest.param(
            f"{ORDINARY} 8@03-04",
            "03-13",
            {},
            "审批阶段，承诺时限 5 个工作日，2026-03-10 到期，已逾期 3 个工作日。",
            id="overdue",
        ),
        pytest.param(
            ORDINARY, "03-09", {}, "受理阶段，承诺时限 5 个工作日，2026-03-10 到期，剩余 1 个工作日。", id="running"
        ),
        pytest.param(
            ORDINARY, "03-10", {}, "受理阶段，承诺时限 5 个工作日，2026-03-10 到期，今日到期。", id="due today"
        ),
        pytest.param(
            f"{ORDINARY} 9@03-04",
            "03-20",
            {},
            "受理阶段，承诺时限 5 个工作日，暂停中，已用 1 个工作日，剩余 4 个工作日。",
            id="paused",
        ),
        pytest.param(
            f"{ORDINARY} 9@03-13",
            "03-20",
            {},
            "受理阶段，承诺时限 5 个工作日，2026-03-10 到期，已逾期 3 个工作日，现暂停。",
            id="paused after it ran out",
        ),
        pytest.param(
            "1@03-02",
            "03-11",
            {},
            "未在期限内作出受理答复，自 2026-03-02 起视为受理；"
            "受理阶段，承诺时限 5 个工作日，2026-03-09 到期，已逾期 2 个工作日。",
            id="deemed accepted",
        ),
        pytest.param(
            "1@03-02",
            "03-04",
            {},
            "接件阶段，等待受理答复，接件时限 5 个工作日，2026-03-09 到期，剩余 3 个工作日。",
            id="received",
        ),
        pytest.param(
            "1@03-02 6@03-03", "03-20", {}, "接件阶段，材料补正中；补正结束后重新起算接件时限。", id="material wanted"
        ),
        pytest.param("", "03-20", {}, "没有接件、受理的记录，没有起算的时限。", id="nothing has happened"),
        pytest.param(
            ORDINARY,
            "03-20",
            {"limit_days": None},
            "受理阶段，没有办理时限，无法判断是否逾期。",
            id="no limit",
        ),
        pytest.param(
            f"{ORDINARY} 11@03-13",
            "03-20",
            {},
            "2026-03-13 办结（通过），承诺时限 5 个工作日，2026-03-10 到期，逾期 3 个工作日办结。",
            id="closed late",
        ),
        pytest.param(
            f"{ORDINARY} 13@03-05",
            "03-20",
            {},
            "2026-03-05 办结（不通过），承诺时限 5 个工作日，2026-03-10 到期，按期。",
            id="closed on time",
        ),
        pytest.param(
            "1@03-02 2@03-03", "03-20", {}, "2026-03-03 撤件，办结前没有受理记录，不计办理时限。", id="withdrawn"
        ),
        pytest.param(
            ORDINARY,
            "04-08",
            {},
            "受理阶段，承诺时限 5 个工作日，2026-03-10 到期，已逾期 20 个工作日，并已超过法定时限（2026-03-31）。",
            id="beyond the statutory limit",
        ),
        pytest.param(
            ORDINARY,
            "03-04T12:00",
            {"matter": "hours", "limit_days": 48},
            "受理阶段，承诺时限 48 小时，2026-03-05 09:00 到期，剩余 21 小时。",
            id="a limit in hours",
        ),
        pytest.param(
            "1@2026-12-20 3@2026-12-21",
            "2026-12-25",
            {"limit_days": 20},
            "受理阶段，承诺时限 20 个工作日，2027-01-19 到期（暂算），剩余 16 个工作日。",
            id="a date that is provisional",
        ),
    ],
)
def test_where_an_item_stands(happened: str, now: str, changes: dict[str, Any], sentence: str) -> None:
    assert summary(judged(happened, now, **changes)) == sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"limit_days": 20, "matter_limit": 15}, "办件 20、平台目录 15 → 取小 15", id="the smaller of two"),
        pytest.param({"limit_days": 20, "matter_limit": 20}, "办件与平台目录均为 20", id="both the same"),
        pytest.param(
            {"limit_days": None, "limit_given": "", "matter_limit": 15}, "平台目录 15", id="the matter's alone"
        ),
        pytest.param({"limit_days": 0, "matter_limit": 15}, "办件写 0、不是即办件、不采用，平台目录 15", id="a nought"),
        pytest.param({"limit_days": 0, "matter_kind": 1}, "办件 0", id="the nought of an instant matter"),
        pytest.param(
            {"limit_days": None, "limit_given": "二十天", "matter_limit": 15},
            "办件写“二十天”不是天数、不采用，平台目录 15",
            id="a limit in words",
        ),
        pytest.param(
            {"limit_days": None, "limit_given": "", "matter": "fallback"},
            "平台未给出 → matters.toml 7",
            id="the configuration's",
        ),
    ],
)
def test_where_the_promised_limit_comes_from(changes: dict[str, Any], words: str) -> None:
    found = judged(ORDINARY, "03-04", **changes)
    assert limit_origin(found, found.clocks.promised) == words


def test_where_a_limit_on_record_comes_from() -> None:
    found = corrected(ORDINARY, "03-04", ("limit", "9 working_day"), ("extension", "5 2026-03-04"))
    assert limit_origin(found, found.clocks.promised) == (
        "更正 #1（原定：办件 5，即 5 个工作日）；延长 5 天（更正 #2），共 14 个工作日"
    )
    assert limit_origin(found, found.clocks.statutory) == "matters.toml statutory；延长 5 天（更正 #2），共 25 个工作日"
    assert limit_origin(found, found.clocks.acceptance) == "policy.toml limits.acceptance"


def test_an_event_put_aside_says_for_what() -> None:
    given = story("1@03-02 3@03-03")
    stands: Correction = record("accepted", "2026-03-05", 7)
    found = judged("1@03-02 3@03-03", "03-20", corrections=(stands,))
    counting = [given[0], story("3@03-05")[0]._replace(source="人工更正")]
    told = [(event["date"], event["counts"], event["aside"]) for event in events_of(given, counting, found)]
    assert told == [
        ("2026-03-02", True, None),
        ("2026-03-03", False, "不采用，受理日期以更正 #7 为准"),
        ("2026-03-05", True, None),
    ]


def test_each_value_names_the_source_that_counts_first() -> None:
    said = (Said("city", limit_days=20), Said("district", limit_days=15, unit_name="区水务局"))
    found = sources_of(facts(said=said), no_order, lambda code, name: name or code)
    assert [(one["field"], one["source"], one["values"]) for one in found] == [
        ("unit", "district", {"district": "区水务局"}),
        ("limit", "city", {"city": "20", "district": "15"}),
    ]
    assert standards().order("limit") == ()
