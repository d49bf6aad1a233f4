"""explain: a page of 80 columns that accounts for every date, what was mailed and why, and what comes next."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.columns import width
from tests.cli.conftest import desk_at
from tests.cli.office import TOKEN, Desk, Rows, SmallPlatform, ordinary

WORDS = ("--by", "督办专员", "--why", "现场勘验排期，材料量大", "--document", "怀水〔2026〕5号")


def eventful() -> Rows:
    """The ordinary items and some of every other kind."""
    rows = ordinary()
    rows.item("P-special", (1, "2026-03-02"), (3, "2026-03-03"), (9, "2026-03-05"), (10, "2026-03-12"), SXBLSX=20)
    rows.add("XMSPSXBLTBCXXXB", SPSXSLBM="P-special", TBCXKSSJ="2026-03-05", TBCX=2, TBCXMC="水土保持方案专家评审")
    rows.item("Q-deemed", (1, "2026-03-02 09:00:00"))
    rows.item("R-late", (1, "2026-02-09"), (3, "2026-02-10"), (11, "2026-03-12"), SXBLSX=15)
    rows.add("XMSPSXBLXXXXB", SPSXSLBM="V-only-events", BLZT=1, BLSJ="2026-03-10 09:00:00")
    rows.item("W-invalid", (1, "2026-03-10"), SJYXBS=0)
    rows.item("X-aside", SJYXBS="maybe")
    rows.item("Y-noise", (3, "2026-03-09"), SPBMBM="", SPBMMC="某\x1b[31m局\u202e" + "很长的名称" * 30)
    return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where a few rounds have been made and something is on record; nobody changes it."""
    with SmallPlatform(eventful().tables) as platform:
        desk = desk_at(tmp_path_factory.mktemp("told") / "etc", platform.base_url)
        desk.write("matters.toml", '\n[[matter]]\ncode = "M1"\nname = "取水许可"\nstatutory = 20\n')
        for now in ("2026-03-10 10:00", "2026-03-18 10:00"):
            for command in ("poll", "plan", "deliver"):
                assert desk.call(command, now=now).code == 0
        extended = desk.call("extend", "P-special", "--days", "5", *WORDS, now="2026-03-18 11:00")
        assert extended.code == 0, extended.err
        assert desk.call("correct", "P-special", "accepted=2026-03-04", "unit=区园林绿化局", *WORDS).code == 0
        yield desk


ITEMS = ["A-overdue", "B-due-soon", "C-closed", "D-paused", "E-nobody", "F-no-limit", "G-no-event", "H-other-unit",
         "P-special", "Q-deemed", "R-late", "V-only-events", "W-invalid", "Y-noise"]  # fmt: skip


@pytest.mark.parametrize("item", ITEMS)
def test_the_page_fits_80_columns(told: Desk, item: str) -> None:
    called = told.call("explain", item)
    assert (called.code, called.err) == (0, "")
    assert [line for line in called.out.splitlines() if width(line) > 80] == []
    assert "\x1b" not in called.out
    assert len(called.out.splitlines()) <= 66


def parts(page: str) -> dict[str, list[str]]:
    """The page by its paragraphs: first line → the others."""
    return {first: lines for first, *lines in (part.splitlines() for part in page.split("\n\n"))}


def test_it_begins_with_where_the_item_stands(told: Desk) -> None:
    lines = told.call("explain", "A-overdue").out.splitlines()
    assert lines[1] == "受理阶段，承诺时限 5 个工作日，2026-03-10 到期，已逾期 8 个工作日。"


def test_a_clock_is_counted_run_by_run_with_its_rule(told: Desk) -> None:
    found = parts(told.call("explain", "A-overdue").out)
    assert found["承诺时限（受理 → 办结）　5 个工作日　← 办件 5、平台目录 10 → 取小 5"] == [
        "  依据  首日不计（民法典第二百零一条），只计工作日（行政许可法第八十二条）",
        "  2026-03-03 起算，当日不计",
        "  03-04 ~ 03-10           第 1~5 天         工作日",
        "  03-11 ~ 03-20           逾期第 1~8 天     工作日",
        "  到期  2026-03-10　逾期 8 个工作日",
    ]


def test_the_mails_with_their_reason_outcome_and_addresses(told: Desk) -> None:
    found = parts(told.call("explain", "A-overdue").out)["提醒记录"]
    assert found[:3] == [
        "  2026-03-10 10:00  催办  今日为审批时限最后一日",
        "                    经办人　存为文件 10:00　handler@swj.example",
        "                    科室负责人　存为文件 10:00　section-head@swj.example",
    ]
    assert "越过、未单独发送：promised-in-1、promised-yellow" in found[-1]


def test_why_nothing_is_sent_now_and_what_comes_next(told: Desk) -> None:
    found = parts(told.call("explain", "A-overdue").out)["接下来"]
    assert found[0] == "  审批　本节点已发送"
    assert found[1].startswith("    2026-03-24 督办·红牌（promised-red，第 2 次）→ 主要领导")
    paused = parts(told.call("explain", "D-paused").out)["接下来"][0]
    assert paused == "  审批　计时暂停（补正或特别程序）（2026-03-18 10:00 起）"
    assert parts(told.call("explain", "C-closed").out)["接下来"] == ["  已办结，不再提醒"]


def test_what_staff_put_on_record_stands_beside_the_platforms_value(told: Desk) -> None:
    found = parts(told.call("explain", "P-special").out)
    assert found["延长与更正"][:4] == [
        "  #1　延长期限　5 天（2026-03-18 批准）",
        "      2026-03-18 11:00　督办专员：现场勘验排期，材料量大　怀水〔2026〕5号",
        "  #2　受理日期　2026-03-04（平台 2026-03-03）",
        "      2026-03-20 10:00　督办专员：现场勘验排期，材料量大　怀水〔2026〕5号",
    ]
    assert "  2026-03-03  受理（不采用，受理日期以更正 #2 为准）" in found["办理状态"]
    assert "  2026-03-04  受理（人工更正）" in found["办理状态"]
    assert "  2026-03-18 11:00  2026-03-24 → 2026-03-31　人工更正 #1" in found["到期日的变化"]


def test_a_pause_has_its_kind_name_and_law(told: Desk) -> None:
    [first, *_] = parts(told.call("explain", "P-special").out)["暂停"]
    assert first.startswith("  2026-03-05 起，2026-03-12 止　特别程序（水土保持方案专家评审）　行政许可法第")


def test_the_calendar_it_rests_on_is_named(told: Desk) -> None:
    assert "日历 第 1 版，2026-03-10 起" in told.call("explain", "A-overdue").out


@pytest.mark.parametrize(
    ("item", "code", "sentence"),
    [
        pytest.param("V-only-events", 0, "只收到了办理状态，办件信息还没有取到", id="known by events alone"),
        pytest.param("W-invalid", 0, "平台已把该办件标为无效（SJYXBS = 0）", id="invalid"),
        pytest.param("X-aside", 0, "该办件的记录不能识别，已留存待查", id="set aside"),
        pytest.param("A-overdu", 2, "是否想写 A-overdue", id="mistyped"),
        pytest.param("a-OVERDUE", 2, "是否想写 A-overdue", id="in the wrong case"),
        pytest.param("全不相干", 2, "台账里没有办件“全不相干”", id="unknown"),
    ],
)
def test_an_item_without_an_account(told: Desk, item: str, code: int, sentence: str) -> None:
    called = told.call("explain", item)
    assert called.code == code
    assert sentence in (called.err if code else called.out)


def test_json_has_everything_the_page_has(told: Desk) -> None:
    account = told.call("explain", "P-special", "--format", "json").json
    assert {"summary", "corrections", "events", "pauses", "clocks", "changes", "mails", "prospects", "calendar"} <= set(
        account
    )
    assert account["clocks"][0]["origin"] == "policy.toml limits.acceptance"
    assert [one["text"] for one in account["corrections"]] == ["5 天（2026-03-18 批准）", "2026-03-04", "区园林绿化局"]
    stranger = told.call("explain", "V-only-events", "--format", "json").json
    assert (stranger["known_as"], [event["date"] for event in stranger["events"]]) == ("events", ["2026-03-10"])


def test_two_sources_each_value_with_whose_it_is(tmp_path: Path) -> None:
    district = Rows()
    district.item("A-overdue", (3, "2026-03-05"), (8, "2026-03-06"), SXBLSX=4, SPBMBM="", SPBMMC="怀柔区水务局")
    with SmallPlatform(ordinary().tables) as city, SmallPlatform(district.tables) as other:
        desk = desk_at(tmp_path / "etc", city.base_url)
        source = f'\n[[sources]]\nname = "district"\nkind = "http"\nbase_url = "{other.base_url}"\nattempts = 1\n'
        desk.write("monitor.toml", source)
        desk.env["APPROVAL_MONITOR_DISTRICT_TOKEN"] = TOKEN
        assert desk.call("poll").code == 0
        found = parts(desk.call("explain", "A-overdue").out)
    assert "  办理时限      5（city，采用）；4（district）" in found["来源"]
    assert "  2026-03-05  受理（district，不采用，以另一来源为准）" in found["办理状态"]
    assert "  2026-03-06  部门开始办理（district）" in found["办理状态"]
