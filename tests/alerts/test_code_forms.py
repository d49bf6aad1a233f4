"""Project codes in the weekly report: the same numbers in mail, text and workbook, and every definition in words."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from alerts.codes.finding import Coded
from alerts.render import Rendered, render_weekly
from alerts.report import html
from alerts.report.earlier import completed
from alerts.report.figures import Report
from alerts.report.rows import payload
from alerts.report.xlsx import workbook
from alerts.templating import fill
from alerts.wording import percent
from tests.alerts.coding import EMPTY, GOOD, HYPHENS, WRONG, many, received
from tests.alerts.letters import ON_TIME, Page, late, naughty_strings, weekly

HEAD = 2
UNIT_OF = {"U1": "区水务局", "U2": "区气象局", "U3": "市规划自然资源委怀柔分局"}


def busy() -> Report:
    """Two units with codes right and wrong, one without; one finding of weeks ago."""
    old = [received(one, -9) for one in many(WRONG, 2, unit="U2", unit_name="区气象局", standing="accepted")]
    coded = [*many(GOOD, 6), *many(HYPHENS, 1), *many(EMPTY, 1), *many(GOOD, 2, unit="U2", unit_name="区气象局"), *old]
    return weekly(*(entry_of(one) for one in coded), late(1, code=received(WRONG, -300, item="HRM1-3000001")))


def entry_of(coded: Coded) -> Any:
    return replace(ON_TIME, item=coded.item, unit=coded.unit, unit_name=coded.unit_name, code=coded)


def mailed(report: Report) -> Rendered:
    return render_weekly(json.loads(json.dumps(payload(report))))


def rendered(report: Report) -> Rendered:
    """The mail without what goes with it, which takes a while to make."""
    whole = completed(json.loads(json.dumps(payload(report))))
    return Rendered(*fill("weekly", html.view(whole, [])))


def sheet(report: Report, name: str) -> list[list[Any]]:
    """The rows of a sheet from its head on."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(payload(report))))
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)[HEAD:]


def table(rows: list[list[str]], first: str) -> list[dict[str, str]]:
    """The table of the page whose head begins with ``first`` and 应用码, by column."""
    head = next(place for place, row in enumerate(rows) if row[:2] == [first, "应用码"])
    width = len(rows[head])
    found = []
    for row in rows[head + 1 :]:
        if len(row) != width:
            break
        found.append(dict(zip(rows[head], row, strict=True)))
    return found


def shown(value: Any, column: str) -> str:
    if isinstance(value, str):
        return value
    return percent(value) if column.endswith("率") else str(int(value))


COLUMNS = ("应用码", "已填", "用码率", "核验通过", "正确率", "近四周应用码", "近四周正确率")


@pytest.mark.parametrize(("first", "rows"), [("单位", 3), ("窗口", 1)])
def test_the_page_and_the_workbook_show_the_same_numbers(first: str, rows: int) -> None:
    report = busy()
    on_page = table(Page(rendered(report).html).rows, first)
    cells = sheet(report, "项目代码")
    head = next(place for place, row in enumerate(cells) if row[1] == first)
    in_book = {row[1]: dict(zip(cells[head], row, strict=True)) for row in cells[head + 1 :] if row[1]}
    assert len(on_page) == rows
    for row in on_page:
        assert {name: row[name] for name in COLUMNS} == {
            name: shown(in_book[row[first]][name], name) for name in COLUMNS
        }, row[first]


def test_the_sheet_of_efforts_has_the_codes_of_every_unit() -> None:
    cells = sheet(busy(), "督办与用时")
    columns = [cells[0].index(name) for name in ("单位", "应用码", "用码率", "正确率")]
    found = {row[columns[0]]: [row[n] for n in columns[1:]] for row in cells[1:] if row[columns[0]]}
    assert found["区水务局"] == [8, 0.875, 0.75]
    assert found["区气象局"] == [2, 1.0, 1.0]
    assert found["市规划自然资源委怀柔分局"] == [0, "—", "—"]
    assert found["合计"] == [10, 0.9, 0.8]


def test_text_and_page_say_the_same() -> None:
    report = busy()
    mail, texts = rendered(report), Page(rendered(report).html).texts
    for sentence in payload(report)["codes"]["summary"]:
        assert sentence in mail.text
        assert sentence in texts
    assert "1. 区水务局：应用码 8，已填 7（用码率 87.5%），核验通过 6（正确率 75.0%）；近四周应用码 8" in mail.text


def test_the_report_says_what_its_figures_mean_and_how_units_are_ranked() -> None:
    report = busy()
    meanings = {row[0]: row[2] for row in sheet(report, "数据说明")}
    for name in ("应用码", "已填", "核验通过", "用码率", "正确率", "近四周", "排名", "窗口", "项目代码问题"):
        assert meanings[name]
    assert "不足 5 件的单位不排名" in meanings["排名"]
    assert "排名按近四周正确率，近四周应用码不足 5 件的不排名。" in rendered(report).html


def test_the_sheet_of_problems_has_a_row_a_finding_with_all_there_is_to_say() -> None:
    cells = sheet(busy(), "项目代码问题")
    rows = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    assert len(rows) == 5
    [hyphens] = [row for row in rows if row["问题"] == "项目代码的连字符缺失或位置不对"]
    wanted = {
        "进度": "未受理",
        "窗口": "综合窗口一组",
        "单位": "区水务局",
        "办件编号": "U1-hyphens-000",
        "事项": "水土保持方案审批",
        "项目": "河道治理工程",
        "填写的内容": HYPHENS.given,
        "应为": HYPHENS.repaired,
        "处理": "请按“应为”更正；核验通过之前不得受理。",
    }
    assert {name: hyphens[name] for name in wanted} == wanted


def test_the_mail_lists_ten_findings_and_the_workbook_all() -> None:
    report = weekly(*(entry_of(one) for one in many(WRONG, 14)))
    mail = rendered(report)
    assert "另有 4 件，见附件工作簿“项目代码问题”。" in mail.html
    assert ("U1-check_digit-009" in mail.text, "U1-check_digit-010" in mail.text) == (True, False)
    assert len(sheet(report, "项目代码问题")) == 1 + 14


def test_with_every_code_right_nothing_is_listed_and_it_says_so() -> None:
    report = weekly(*(entry_of(one) for one in many(GOOD, 3)))
    assert "待更正的项目代码" not in rendered(report).html
    assert sheet(report, "项目代码问题")[1][0] == "没有待更正的项目代码。"


def test_an_overdue_item_with_a_wrong_code_is_marked_in_its_line() -> None:
    report = weekly(late(1, code=WRONG), late(2, code=GOOD), late(3))
    rows = sheet(report, "逾期清单")
    place = rows[0].index("备注")
    assert sorted(row[place] for row in rows[1:]) == ["", "", "项目代码待核"]


def test_a_report_queued_by_an_earlier_release_is_shown_without_the_part_on_codes() -> None:
    old = payload(busy())
    del old["codes"]
    mail = render_weekly(json.loads(json.dumps(old)))
    assert "项目代码使用情况" not in mail.html
    [content] = [one.content for one in mail.attachments if one.name.endswith(".xlsx")]
    sheets = CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names
    assert "逾期清单" in sheets
    assert "项目代码" not in sheets


def test_no_text_can_change_what_the_report_is_made_of() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    plain = Page(rendered(weekly(entry_of(WRONG))).html).tags
    for text in strings[::30]:
        mail = rendered(weekly(entry_of(replace(WRONG, given=text, project=text, counter=text))))
        assert Page(mail.html).tags == plain, text
