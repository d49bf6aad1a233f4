"""The daily mail on project codes: what it says, in text, on the page and in its workbook."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from alerts.codes.finding import Coded
from alerts.render import Rendered, render_codes, render_digest
from tests.alerts.coding import EMPTY, HYPHENS, RIGHT, WRONG, many, payload
from tests.alerts.letters import OVERDUE, Page, digest, naughty_strings
from tests.alerts.letters import line as line_of


@pytest.mark.parametrize(
    ("found", "subject"),
    [
        pytest.param([WRONG], "【项目代码】新发现1件，其中1件不得受理（2026-11-23）", id="one not accepted yet"),
        pytest.param(
            [WRONG, replace(EMPTY, item="2", standing="accepted")],
            "【项目代码】新发现2件，其中1件不得受理（2026-11-23）",
            id="one of two",
        ),
        pytest.param(
            [replace(WRONG, standing="closed")], "【项目代码】新发现1件（2026-11-23）", id="none to be stopped"
        ),
    ],
)
def test_the_subject_counts_the_new_ones_and_those_to_be_stopped(found: list[Coded], subject: str) -> None:
    assert render_codes(payload(*found)).subject == subject


@pytest.mark.parametrize(
    "fact",
    ["综合窗口一组", "水土保持方案审批", "河道治理工程", "区水务局", "HRM1-1", HYPHENS.given, HYPHENS.reason, RIGHT,
     "2026年11月16日 周一 接件"],
)  # fmt: skip
def test_every_finding_has_its_facts_in_text_and_page(fact: str) -> None:
    mail = render_codes(payload(HYPHENS))
    assert fact in mail.text
    assert fact in " ".join(Page(mail.html).texts)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ("received", "未取得项目代码或者代码未核验通过的，不得受理"),
        ("accepted", "受理时项目代码没有通过核验。请尽快在平台上更正"),
        ("closed", "已经办结，平台记录中的项目代码仍未通过核验"),
    ],
)
def test_what_is_asked_depends_on_how_far_the_item_has_come(standing: str, words: str) -> None:
    mail = render_codes(payload(replace(WRONG, standing=standing)))
    for text in (mail.text, mail.html):
        assert words in text
    assert ("核验通过之前不得受理" in mail.text) == (standing == "received")


@pytest.mark.parametrize(
    ("found", "words", "shown"),
    [
        pytest.param(HYPHENS, "应为：", True, id="a certain repair is written out"),
        pytest.param(WRONG, "应为：", False, id="no repair is guessed"),
        pytest.param(WRONG, "请对照立项文件逐位核对后重新录入", True, id="a wrong code is to be looked up"),
        pytest.param(EMPTY, "请向申请人索取国家统一的项目代码后录入", True, id="a missing one to be asked for"),
        pytest.param(EMPTY, "填写：（空）", True, id="an empty field is shown as empty"),
        pytest.param(replace(EMPTY, known=False), "请核对工程代码，或补登项目信息", True, id="no project: look there"),
    ],
)
def test_what_to_do_is_said_finding_by_finding(found: Coded, words: str, shown: bool) -> None:
    assert (words in render_codes(payload(found)).text) is shown


def test_the_most_urgent_come_first_and_each_group_has_its_count() -> None:
    groups = [*many(WRONG, 2, standing="received"), *many(EMPTY, 1, standing="accepted")]
    text = render_codes(payload(*groups)).text
    assert text.index("【未受理】2 件") < text.index("【已受理】1 件")
    assert "新发现 3 件办件的项目代码没有填写，或者没有通过核验：未受理 2 件，已受理 1 件。" in text


@pytest.mark.parametrize(
    ("older", "words"),
    [
        pytest.param((), None, id="nothing of that without older ones"),
        pytest.param(
            (replace(WRONG, item="O1", received=date(2026, 11, 2)), replace(EMPTY, item="O2", standing="accepted")),
            "以前通知过、至今没有更正的在办件还有 2 件，其中 1 件尚未受理，核验通过之前不得受理；"
            "最早的是 2026年11月2日 周一 接件的。",
            id="their number, and since when",
        ),
        pytest.param(
            (replace(EMPTY, standing="accepted"),),
            "还有 1 件；最早的是",
            id="nothing of acceptance when all are accepted",
        ),
    ],
)
def test_older_findings_still_open_are_counted(older: tuple[Coded, ...], words: str | None) -> None:
    mail = render_codes(payload(HYPHENS, older=older))
    assert ("以前通知过" in mail.text) == (words is not None)
    assert words is None or (words in mail.text and words in mail.html)


def sheets(mail: Rendered) -> dict[str, list[list[Any]]]:
    [attachment] = mail.attachments
    assert attachment.name == "project-codes-2026-11-23.xlsx"
    book = CalamineWorkbook.from_filelike(BytesIO(attachment.content))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)[3:] for name in book.sheet_names}


def test_a_long_mail_lists_the_first_and_the_workbook_all() -> None:
    mail = render_codes(payload(*many(WRONG, 60), older=tuple(many(EMPTY, 3)), most=5))
    assert mail.text.count("办件编号：") == 5
    assert "另有 55 件，见附件工作簿“新发现”。" in mail.html
    assert {name: len(found) for name, found in sheets(mail).items()} == {"新发现": 60, "以前通知未更正": 3}


def test_what_is_left_for_the_next_day_is_said() -> None:
    assert "还有 7 件新发现，下一个工作日续报。" in render_codes(payload(WRONG, rest=7)).text


def test_the_same_payload_gives_the_same_mail_to_the_byte() -> None:
    assert render_codes(payload(HYPHENS, EMPTY)) == render_codes(payload(HYPHENS, EMPTY))


def test_old_data_is_said_in_line_1() -> None:
    mail = render_codes(payload(WRONG, stale=True, data_as_of="2026-11-20T01:00:00+00:00"))
    assert mail.text.splitlines()[1].startswith("请注意：已有 72 小时未能从平台取得新数据")


def test_no_text_can_change_what_the_mail_is_made_of() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    tags, lines = Page(render_codes(payload(WRONG)).html).tags, len(render_codes(payload(WRONG)).text.splitlines())
    for text in strings[::12]:
        mail = render_codes(payload(replace(WRONG, given=text or " ", project=text, matter=text, counter=text)))
        assert (Page(mail.html).tags, len(mail.text.splitlines())) == (tags, lines), text


@pytest.mark.parametrize("wrong", [True, False], ids=["not verified", "verified"])
def test_a_line_of_a_units_mail_remarks_on_a_code_that_is_not_verified(wrong: bool) -> None:
    mail = render_digest(digest(line_of(replace(OVERDUE, code_wrong=wrong))))
    for text in (mail.text, mail.html):
        assert (f"{OVERDUE.project_code}（项目代码待核）" in text) is wrong


def test_a_line_queued_by_an_earlier_release_has_no_such_remark() -> None:
    old = line_of(OVERDUE)
    assert "code_wrong" not in old["case"]
    assert "待核" not in render_digest(digest(old)).text
