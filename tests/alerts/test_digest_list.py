"""Long lists: the mail lists the worst, the workbook all; a leader sees figures first and then what was escalated."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from alerts.case import Case
from alerts.render import Rendered, render_digest
from tests.alerts.letters import NEAR, OVERDUE, Page, digest, items, line, naughty_strings

HEAD = 2
LONGEST = replace(OVERDUE, item="LONGEST", light="deep_red", overdue_days=12, countdown=-12)
LATE, SOON = items(OVERDUE, 3), items(NEAR, 2, "reminder")
ALL = [line(LONGEST, "red_card"), *LATE, *SOON]


def to(audience: str, *lines: dict[str, Any], **changes: Any) -> Rendered:
    """The mail with these lines to an audience of the unit."""
    return render_digest(digest(*lines, **{"audience": audience, "level": "red_card", **changes}))


def listed(mail: Rendered) -> list[str]:
    """The item numbers of the text, in their order."""
    return [row.partition("：")[2] for row in mail.text.splitlines() if row.startswith("   办件编号：")]


def book(mail: Rendered) -> list[dict[str, Any]]:
    """The rows of the workbook that goes with the mail, by column."""
    [attachment] = mail.attachments
    rows = CalamineWorkbook.from_filelike(BytesIO(attachment.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(rows[HEAD], row, strict=True)) for row in rows[HEAD + 1 :]]


def part(mail: Rendered, name: str) -> str:
    """A part of the workbook's XML."""
    with ZipFile(BytesIO(mail.attachments[0].content)) as file:
        return file.read(name).decode()


def test_a_list_that_is_too_long_ends_after_its_worst_lines_and_goes_whole_as_a_workbook() -> None:
    mail = to("section_head", *ALL, most=2)
    assert listed(mail) == ["LONGEST", "HRM1-2760925-0"]
    for text in (mail.text, "".join(Page(mail.html).texts)):
        assert "共 6 件：已逾期 4 件，临期 2 件。以下列出最紧要的 2 条。" in text
        assert "另有 4 条未在此列出，全部 6 条见附件工作簿。" in text
        assert "3 条，列出 1 条" in text
    assert mail.attachments[0].name == "items-2026-11-23.xlsx"
    assert [row["办件编号"] for row in book(mail)] == [
        "LONGEST", "HRM1-2760925-0", "HRM1-2760925-1", "HRM1-2760925-2", "HRM1-2760926-0", "HRM1-2760926-1"
    ]  # fmt: skip


def test_the_workbook_says_of_each_line_what_the_mail_says() -> None:
    [row] = book(to("section_head", line(LONGEST, "red_card"), attach_list="always"))
    day = row.pop("到期日")
    assert (day.year, day.month, day.day) == (2026, 11, 18)
    assert row == {
        "序号": 1.0, "灯色": "红牌", "级别": "督办·红牌", "现状": "逾期 12 个工作日",
        "办件编号": "LONGEST", "事项": OVERDUE.matter, "项目": OVERDUE.project, "项目代码": OVERDUE.project_code,
        "阶段": "审批", "时限": "审批时限 20 个工作日", "缘由": "超过审批时限已满3个工作日", "备注": "—",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "most", "attached", "words"),
    [
        pytest.param("when_cut", 6, False, None, id="nothing is left out, so nothing goes with it"),
        pytest.param("when_cut", 5, True, "另有 1 条未在此列出，全部 6 条见附件工作簿。", id="one line is left out"),
        pytest.param("always", 6, True, "全部 6 条见附件工作簿。", id="always"),
        pytest.param("never", 5, False, "另有 1 条未在此列出，请见预警事项电子台账。", id="never: the ledger has it"),
    ],
)
def test_the_policy_says_when_the_workbook_goes_with_the_mail(
    rule: str, most: int, attached: bool, words: str | None
) -> None:
    mail = to("section_head", *ALL, most=most, attach_list=rule)
    assert bool(mail.attachments) is attached
    assert (words in mail.text) if words else ("另有" not in mail.text and "附件" not in mail.text)


def test_the_workbook_is_set_up_for_a4_across_and_is_the_same_each_time() -> None:
    mail, again = (to("section_head", *ALL, most=1) for _ in range(2))
    sheet = part(mail, "xl/worksheets/sheet1.xml")
    setup = re.search(r"<pageSetup [^>]*>", sheet)
    assert setup is not None
    assert all(words in setup[0] for words in ('paperSize="9"', 'orientation="landscape"', 'fitToHeight="0"'))
    assert "<f>" not in sheet
    assert mail.attachments == again.attachments


def test_no_name_becomes_a_formula_of_the_workbook() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    lines = [line(replace(OVERDUE, item=f"N-{n}", project=name)) for n, name in enumerate(strings)]
    mail = to("section_head", *lines, most=1)
    assert "<f>" not in part(mail, "xl/worksheets/sheet1.xml")
    assert len(book(mail)) == len(strings)


def test_of_an_item_of_no_known_unit_the_workbook_names_the_department() -> None:
    case = replace(OVERDUE, unit=None, unit_name="怀柔科学城管理委员会")
    mail = to("supervisor", line(case), unit=None, unit_name="未匹配单位", attach_list="always")
    assert [row["平台所载部门"] for row in book(mail)] == ["怀柔科学城管理委员会"]


def figures(mail: Rendered) -> list[tuple[str, str]]:
    """The figures at the head of the page: figure and name."""
    texts = Page(mail.html).texts
    before = texts[: texts.index(next(text for text in texts if text.endswith(("：", "！"))))]
    start = before.index("督办通知（红牌）") + 1 if "督办通知（红牌）" in before else len(before)
    return list(zip(before[start::2], before[start + 1 :: 2], strict=True))


@pytest.mark.parametrize("audience", ["deputy_leader", "principal"])
def test_a_leader_sees_figures_first_and_then_only_what_was_escalated(audience: str) -> None:
    mail = to(audience, *ALL)
    assert figures(mail) == [("4", "督办事项（件）"), ("12", "最久逾期工作日"), ("2", "时限将近（件）")]
    assert listed(mail) == ["LONGEST", "HRM1-2760925-0", "HRM1-2760925-1", "HRM1-2760925-2"]
    assert "红牌 1 件，红灯 3 件，黄灯 2 件。" in mail.text
    assert "另有时限将近的 2 条，不逐条列出，全部 6 条见附件工作簿。" in mail.text
    assert len(book(mail)) == 6


@pytest.mark.parametrize("audience", ["bureau_leader", "district_leader"])
def test_the_leaders_of_the_office_get_a_summary_as_well(audience: str) -> None:
    assert "最久逾期工作日：12" in to(audience, *ALL).text


@pytest.mark.parametrize("audience", ["handler", "section_head", "supervisor"])
def test_those_who_do_the_work_see_every_line_and_no_summary(audience: str) -> None:
    mail = to(audience, *ALL)
    assert "督办事项（件）" not in mail.text
    assert len(listed(mail)) == 6


def test_a_leader_who_is_only_reminded_sees_what_of() -> None:
    mail = to("principal", *SOON, level="reminder")
    assert listed(mail) == ["HRM1-2760926-0", "HRM1-2760926-1"]
    assert not mail.attachments


@pytest.mark.parametrize(
    ("cases", "longest"),
    [
        pytest.param([replace(OVERDUE, overdue_days=0, countdown=0)], "最久逾期工作日：不足 1", id="since today"),
        pytest.param([replace(OVERDUE, unit_of_limit="hour", overdue_days=30)], "最久逾期小时：30", id="in hours"),
        pytest.param(
            [replace(OVERDUE, unit_of_limit="hour", overdue_days=30, countdown=-1), replace(LONGEST, countdown=-12)],
            "最久逾期工作日：12",
            id="thirty hours are fewer than twelve days",
        ),
    ],
)
def test_the_longest_overdue_is_told_in_its_own_unit(cases: Sequence[Case], longest: str) -> None:
    lines = [line(replace(each, item=f"I-{n}")) for n, each in enumerate(cases)]
    assert longest in to("principal", *lines).text


ANSWERED = replace(OVERDUE, item="ANSWERED", answered_on=date(2026, 11, 20), answer="下周办结。")
MOVED = replace(OVERDUE, item="MOVED", moved_from=date(2026, 11, 16), moved_why="日历变更")


def asked(case: Case) -> dict[str, Any]:
    """A line that asks for an answer."""
    return line(case) | {"answer_by": "2026-11-26"}


def test_a_leader_sees_how_many_have_not_answered_where_an_answer_is_asked_for() -> None:
    assert ("1", "尚未答复（件）") in figures(to("principal", asked(ANSWERED), asked(OVERDUE)))
    assert ("0", "尚未答复（件）") in figures(to("principal", asked(ANSWERED)))
    assert "尚未答复" not in to("principal", line(OVERDUE)).text


def test_an_answer_that_is_missing_is_not_there_however_it_is_asked_for() -> None:
    missing = replace(OVERDUE, clock="answer", item="SILENT")
    assert ("1", "尚未答复（件）") in figures(to("principal", line(missing)))


def test_a_missing_answer_is_asked_for_and_is_not_the_longest_overdue() -> None:
    missing = replace(OVERDUE, clock="answer", item="SILENT", overdue_days=40, countdown=-40)
    mail = to("principal", line(missing), line(LONGEST, "red_card"))
    assert ("12", "最久逾期工作日") in figures(mail)
    assert "督办·黄牌 1 条：此前的督办要求贵单位限期书面反馈，以下事项至今没有收到。" in mail.text
    assert "在督办后没有按期书面反馈，请您跟进。" in to("supervisor", line(missing), level="yellow_card").text


def test_what_is_remarked_of_a_line_stands_in_mail_and_workbook() -> None:
    mail = to("section_head", asked(ANSWERED), line(MOVED), attach_list="always")
    expected = {
        "ANSWERED": "单位答复（2026年11月20日）：下周办结。；请于 2026年11月26日 周四 前书面反馈",
        "MOVED": "期限变更：原 2026年11月16日 → 现 2026年11月18日（日历变更）",
    }
    assert {row["办件编号"]: row["备注"] for row in book(mail)} == expected
    for words in (part for remark in expected.values() for part in remark.split("；")):
        assert words in mail.text
        assert words in Page(mail.html).texts
