"""The weekly report as mail and workbook: the same numbers in both, and always something to say."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from alerts.render import Rendered, render_weekly
from alerts.report import html
from alerts.report.earlier import completed
from alerts.report.figures import Report
from alerts.report.rows import payload
from alerts.report.xlsx import workbook
from alerts.templating import fill
from alerts.wording import clean
from tests.alerts.letters import NAMES, ON_TIME, Page, late, naughty_strings, weekly

SHEETS = [
    "概览", "督办与用时", "走势", "逾期清单", "环节超时", "督办未答复", "下周到期", "计时暂停", "暂缓督促", "项目代码",
    "项目代码问题", "数据说明",
]  # fmt: skip
HEAD = 2
"""Rows of a sheet above its head: title and line 1."""


def busy() -> Report:
    """Two units with overdue items, one without, some finished, one item of no known unit."""
    finished = replace(ON_TIME, item="F", closed=date(2026, 11, 18), on_time=True)
    return weekly(
        *(late(number, "U1", days=number) for number in range(1, 9)),
        *(late(100 + number, "U3", days=2) for number in range(3)),
        late(200, None, days=1),
        ON_TIME,
        replace(ON_TIME, item="N", near=True, light="yellow", due=date(2026, 11, 24), provisional=True),
        finished,
        replace(finished, item="G", on_time=False),
        replace(ON_TIME, item="R", unit="U2", arrived=date(2026, 11, 17), paused=True),
        set_aside=3,
    )


def mailed(report: Report) -> Rendered:
    return render_weekly(json.loads(json.dumps(payload(report))))


def rendered(report: Report) -> Rendered:
    """The mail without what goes with it, which takes a while to make."""
    whole = completed(json.loads(json.dumps(payload(report))))
    return Rendered(*fill("weekly", html.view(whole, [])))


def book(report: Report) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(workbook(payload(report))))


def sheet(report: Report, name: str) -> list[dict[str, Any]]:
    """The rows below the head of a sheet, by column."""
    rows = book(report).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [dict(zip(rows[HEAD], row, strict=True)) for row in rows[HEAD + 1 :]]


def overview(report: Report) -> list[dict[str, Any]]:
    """The units of the workbook and, last, their total."""
    rows = sheet(report, "概览")
    return rows[: 1 + next(place for place, row in enumerate(rows) if row["单位"] == "合计")]


def units_of_the_mail(mail: Rendered) -> list[dict[str, str]]:
    rows = Page(mail.html).rows
    head = next(place for place, row in enumerate(rows) if row[:2] == ["单位", "期初在办"])
    table = [dict(zip(rows[head], row, strict=False)) for row in rows[head + 1 :]]
    return table[: 1 + next(place for place, row in enumerate(table) if row["单位"] == "合计")]


def test_the_totals_are_sums_of_the_rows_above_and_agree_with_the_figures() -> None:
    report = busy()
    *units, total = overview(report)
    for column in ("期初在办", "新收", "受理", "办结", "期末在办", "临期", "黄牌", "红牌", "逾期"):
        assert sum(unit[column] for unit in units) == total[column]
    assert (total["逾期"], total["黄牌"], total["红牌"]) == (12, 9, 3)
    assert total["期末在办"] == total["期初在办"] + total["新收"] - total["办结"]


def test_the_totals_are_formulas() -> None:
    with ZipFile(BytesIO(workbook(payload(busy())))) as files:
        formulas = re.findall("<f>(.*?)</f>", files.read("xl/worksheets/sheet1.xml").decode())
    assert "SUM(N4:N7)" in formulas
    assert any("ROUND(" in formula for formula in formulas)


def test_the_summary_is_in_sentences() -> None:
    text = rendered(busy()).text
    assert (
        "本周新收 1 件，受理 0 件，办结 2 件（按时办结率 50.0%）；期末在办 15 件，其中临期 1 件、计时暂停 1 件。"
        in text
    )
    assert "逾期 12 件，占在办的 80.0%，其中黄牌 9 件、红牌 3 件；" in text
    assert "逾期最久的是区水务局办件 HRM1-3000008，已逾期 8 个工作日。" in text
    assert "有逾期的单位 2 家：区水务局 8 件、市规划自然资源委怀柔分局 3 件。没有逾期的单位 1 家：区气象局。" in text
    assert "本周发出催办邮件 4 封、督办邮件 3 封。下周到期 1 件，请各单位提前安排。" in text


def test_every_sentence_of_the_summary_is_on_the_page_too() -> None:
    report = busy()
    texts = Page(rendered(report).html).texts
    assert set(payload(report)["summary"]) <= set(texts)


@pytest.mark.parametrize(
    ("report", "subject"),
    [
        pytest.param(busy(), "【逾期周报】2026年第47周（11月16日—11月22日） 逾期12件", id="with overdue items"),
        pytest.param(weekly(), "【逾期周报】2026年第47周（11月16日—11月22日） 无逾期", id="without"),
    ],
)
def test_the_subject_has_week_and_overdue_count(report: Report, subject: str) -> None:
    assert rendered(report).subject == subject


@pytest.mark.parametrize("entries", [(), (ON_TIME,)], ids=["nothing in hand", "all on time"])
def test_with_nothing_overdue_it_says_so(entries: tuple[Any, ...]) -> None:
    report = weekly(*entries)
    mail = rendered(report)
    for text in (mail.text, mail.html):
        assert "本周末 3 家单位均没有逾期事项，感谢各单位的努力。" in text
        assert "没有逾期事项。" in text
    assert sheet(report, "逾期清单")[0]["序号"] == "没有逾期事项。"
    assert sheet(report, "下周到期")[0]["序号"] == "下周没有到期事项。"
    assert "下周没有到期事项。" in mail.text


def test_units_with_nothing_overdue_are_named_in_mail_and_workbook() -> None:
    report = weekly()
    assert {row["单位"] for row in units_of_the_mail(rendered(report))} == {*NAMES.values(), "合计"}
    assert {row["单位"]: row["状态"] for row in overview(report)[:-1]} == dict.fromkeys(NAMES.values(), "无逾期")


def test_the_mail_lists_the_twenty_longest_overdue_and_the_workbook_all() -> None:
    report = weekly(*(late(number, days=number) for number in range(1, 31)))
    mail = rendered(report)
    assert mail.text.count("[黄牌]") + mail.text.count("[红牌]") == 20
    assert "HRM1-3000030" in mail.html
    assert "HRM1-3000010" not in mail.html
    assert "另有 10 件，见附件工作簿“逾期清单”。" in mail.text
    rows = sheet(report, "逾期清单")
    assert [row["逾期天数"] for row in rows] == list(range(30, 0, -1))
    assert [row["级别"] for row in rows] == ["红牌"] * 25 + ["黄牌"] * 5


def test_the_mail_lists_ten_of_next_week_and_the_workbook_all() -> None:
    due = [replace(ON_TIME, item=f"D{number:02d}", due=date(2026, 11, 24)) for number in range(12)]
    report = weekly(*due)
    mail = rendered(report)
    assert "另有 2 件，见附件工作簿“下周到期”。" in mail.html
    assert "D09" in mail.text
    assert "D10" not in mail.text
    assert len(sheet(report, "下周到期")) == 12


def test_dates_in_the_workbook_are_dates() -> None:
    (row,) = sheet(weekly(late(1, days=3)), "逾期清单")
    assert (row["到期日"], row["受理日期"]) == (date(2026, 11, 17), date(2026, 10, 12))


def test_remarks_say_what_is_uncertain() -> None:
    report = weekly(late(1, None, provisional=True, paused=True))
    (row,) = sheet(report, "逾期清单")
    assert row["备注"] == "暂算；计时暂停；审批部门未匹配"
    assert row["单位"] == "未匹配单位"
    assert "备注：暂算；计时暂停；审批部门未匹配" in rendered(report).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "数据截至 2026年11月23日 09:05", id="fresh"),
        pytest.param(
            {"stale": True, "as_of": datetime(2026, 11, 20, 1, 5, tzinfo=UTC)},
            "请注意：已有 72 小时未能从平台取得新数据",
            id="old",
        ),
        pytest.param({"stale": True, "as_of": None}, "尚未从平台取得数据", id="never"),
    ],
)
def test_line_1_of_mail_and_of_every_sheet_says_how_old_the_data_is(changes: dict[str, Any], words: str) -> None:
    report = weekly(**changes)
    mail = rendered(report)
    assert words in "".join(mail.text.splitlines()[:2])
    assert words in mail.html
    for name in ("概览", "逾期清单", "下周到期", "数据说明"):
        assert words in book(report).get_sheet_by_name(name).to_python(skip_empty_area=False)[1][0]


def test_what_is_wrong_with_the_data_is_said_with_its_number() -> None:
    report = weekly(set_aside=3, provisional=2)
    mail = rendered(report)
    assert "- 暂存待核的平台记录 3 件：" in mail.text
    assert "没有时限的事项" not in mail.text
    counts = {row["项目"]: row["数量"] for row in sheet(report, "数据说明")}
    assert (counts["暂存待核的平台记录"], counts["没有时限的事项"], counts["到期日暂算的事项"]) == (3, 0, 2)


def test_workbook_and_print_go_with_the_mail_and_the_charts_within_it() -> None:
    attachments = mailed(busy()).attachments
    assert [one.name for one in attachments if not one.cid] == [
        "approval-weekly-2026-W47.xlsx",
        "approval-weekly-2026-W47.pdf",
    ]
    assert [one.name for one in attachments if one.cid][:1] == ["units.png"]


def test_the_workbook_has_its_sheets_in_order() -> None:
    assert book(busy()).sheet_names == SHEETS


def test_the_workbook_made_again_is_the_same_to_the_byte() -> None:
    assert workbook(payload(busy())) == workbook(payload(busy()))


def part(content: bytes, name: str) -> str:
    """The XML of a sheet."""
    with ZipFile(BytesIO(content)) as files:
        return files.read(f"xl/worksheets/sheet{SHEETS.index(name) + 1}.xml").decode()


@pytest.mark.parametrize("name", ["概览", "督办与用时", "逾期清单", "下周到期"])
@pytest.mark.parametrize(
    "setting", ['state="frozen"', "<autoFilter", 'orientation="landscape"', 'paperSize="9"', "<conditionalFormatting"]
)
def test_every_list_is_set_up_to_be_read_and_printed(name: str, setting: str) -> None:
    assert setting in part(workbook(payload(busy())), name)


def test_the_overview_is_printed_on_one_page_and_a_list_on_as_many_as_it_needs() -> None:
    content = workbook(payload(busy()))
    assert 'fitToHeight="0"' not in part(content, "概览")
    assert 'fitToHeight="0"' in part(content, "逾期清单")


def test_heads_are_repeated_on_every_printed_page() -> None:
    with ZipFile(BytesIO(workbook(payload(busy())))) as files:
        assert files.read("xl/workbook.xml").decode().count("_xlnm.Print_Titles") == len(SHEETS)


@pytest.mark.parametrize(("report", "charts"), [(busy(), 3), (weekly(), 0)], ids=["overdue", "nothing overdue"])
def test_there_is_a_chart_when_there_is_something_to_show(report: Report, charts: int) -> None:
    with ZipFile(BytesIO(workbook(payload(report)))) as files:
        assert sum(1 for name in files.namelist() if name.startswith("xl/charts/chart")) == charts


def test_no_name_becomes_a_formula_or_a_link_or_breaks_the_workbook() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    report = weekly(*(late(number, project=name) for number, name in enumerate(strings)))
    content = workbook(payload(report))
    assert "<f>" not in part(content, "逾期清单")
    with ZipFile(BytesIO(content)) as files:
        assert not [name for name in files.namelist() if "_rels/sheet4" in name]
    assert [row["项目"] for row in sheet(report, "逾期清单")] == [clean(name, 200) for name in strings]


def test_no_name_can_change_what_the_report_mail_is_made_of() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    tags = Page(rendered(weekly(late(1))).html).tags
    for name in strings[::10]:
        assert Page(rendered(weekly(late(1, project=name))).html).tags == tags, name


def test_rare_characters_survive_in_mail_and_workbook() -> None:
    report = weekly(late(1, project="𠮷野家门店装修"))
    assert "𠮷野家门店装修" in rendered(report).html
    assert sheet(report, "逾期清单")[0]["项目"] == "𠮷野家门店装修"
