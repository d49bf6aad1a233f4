"""What a letter says and how it is set: the law of its clocks, short and long lists, names of every kind."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from docx import Document

from alerts.case import Case
from alerts.letters.facts import Earlier, Letterhead, gathered
from alerts.letters.forms import documents
from alerts.letters.numbering import Series, same_reference
from alerts.letters.wording import IN_THE_BODY, MOST_ITEMS, view
from tests.alerts.letters import naughty_strings
from tests.alerts.office import case, day, line

HEAD = Letterhead(
    kind="督办通知单", level="yellow_card", office="北京市怀柔区政务服务管理局", unit="110116SWJ", unit_name="区水务局",
    addressee="北京市怀柔区水务局", day=date(2026, 11, 30), data_as_of="2026-11-30T01:00:00+00:00",
    answer_by=date(2026, 12, 3),
)  # fmt: skip


def facts(*cases: Case, earlier: dict[str, list[Earlier]] | None = None, **changes: Any) -> dict[str, Any]:
    """The facts of a letter about these cases."""
    return gathered(replace(HEAD, **changes), [line(each).to_json() for each in cases], earlier or {})


def laws(*cases: Case) -> str:
    """The paragraphs on the law of a letter about these cases."""
    return "".join(view(facts(*cases), "〔2026〕1号")["basis"])


@pytest.mark.parametrize(
    ("of", "named"),
    [
        pytest.param(case(1), ["承诺时限", "第四十二条", "第八十二条"], id="the unit's promise"),
        pytest.param(case(1, clock="acceptance"), ["第三十二条", "第八十二条"], id="acceptance"),
        pytest.param(case(1, clock="delivery"), ["第四十四条", "第八十二条"], id="delivery"),
        pytest.param(case(1, clock="statutory"), ["第四十二条", "第八十二条"], id="the statutory limit"),
        pytest.param(case(1, clock="answer"), ["第八十二条"], id="a missing answer, which is no matter of law"),
    ],
)
def test_only_the_law_of_the_clock_that_ran_out_is_named(of: Case, named: list[str]) -> None:
    every = ("承诺时限", "第三十二条", "第四十二条", "第四十四条", "第八十二条")
    assert [one for one in every if one in laws(of)] == named


def test_a_letter_asks_for_an_answer_by_its_day() -> None:
    asked = "".join(view(facts(case(1)), "")["request"])
    assert "请于2026年12月3日前（含当日）书面反馈" in asked
    assert "请于收到本函后及时书面反馈" in "".join(view(facts(case(1), answer_by=None), "")["request"])


def test_a_missing_answer_is_told_as_such() -> None:
    shown = view(facts(case(1, clock="answer")), "")
    assert "1 件事项督办后到期没有书面反馈" in shown["opening"]
    assert shown["items"][0]["due"] == "答复期限 2026年11月18日"
    both = view(facts(case(1), case(1, clock="answer", item="HRM1-7")), "")["opening"]
    assert "超过办理时限或者督办后到期没有书面反馈" in both


def test_what_was_sent_before_is_named_the_newest_of_many() -> None:
    told = [Earlier(date(2026, 11, number), "reminder") for number in (3, 4, 5, 6)]
    told = [Earlier(date(2025, 12, 31), "red_card"), *told, Earlier(date(2026, 11, 9), "yellow_card", "甲〔2026〕3号")]
    [item] = view(facts(case(1), earlier={case(1).item: told}), "")["items"]
    assert item["earlier"] == "共 6 次，最近：11月5日 催办；11月6日 催办；11月9日 黄牌（甲〔2026〕3号）"


@pytest.mark.parametrize(
    ("of", "begun", "standing"),
    [
        pytest.param(case(1), "受理 2026年10月21日", "逾期 1 个工作日", id="accepted"),
        pytest.param(case(2, deemed=True), "视为受理 2026年10月21日", "逾期 2 个工作日", id="deemed accepted"),
        pytest.param(
            case(3, past_statutory=True, statutory_due=day("2026-11-17")), "受理 2026年10月21日",
            "逾期 3 个工作日，已超法定期限", id="unlawful",
        ),
        pytest.param(case(1, clock="acceptance"), "收件 2026年10月21日", "逾期 1 个工作日", id="received"),
        pytest.param(case(1, clock="answer"), "督办 2026年10月21日", "逾期 1 个工作日", id="not answered"),
    ],
)  # fmt: skip
def test_a_row_says_from_when_and_how_late(of: Case, begun: str, standing: str) -> None:
    [item] = view(facts(of), "")["items"]
    assert (item["begun"], item["standing"]) == (begun, standing)


def tables(docx: bytes) -> list[list[list[str]]]:
    """The tables of a DOCX, cell by cell."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(docx)).tables]


@pytest.mark.parametrize("number", [1, IN_THE_BODY, IN_THE_BODY + 1, 40])
def test_a_short_list_stands_in_the_letter_and_a_long_one_is_an_annex(number: int) -> None:
    cases = [case(1, item=f"HRM1-{place}") for place in range(number)]
    made = documents(facts(*cases), "怀政务督〔2026〕12号", None)
    [table] = tables(made.docx)
    assert [row[0] for row in table] == ["序号", *(str(place + 1) for place in range(number))]
    text = "".join(paragraph.text for paragraph in Document(io.BytesIO(made.docx)).paragraphs)
    assert (f"附件：督办事项清单（共 {number} 件）" in text) is (number > IN_THE_BODY)


def test_a_list_beyond_all_measure_is_cut_and_says_so() -> None:
    shown = view(facts(*(case(1, item=f"HRM1-{place}") for place in range(MOST_ITEMS + 7))), "")
    assert len(shown["items"]) == MOST_ITEMS
    assert "另有 7 件未列出" in shown["note"]
    assert f"共 {MOST_ITEMS + 7} 件" in shown["annex_title"]


def test_names_of_every_kind_are_set_and_change_nothing_else() -> None:
    names = naughty_strings()
    if names is None:
        pytest.skip("the list of naughty strings is not there")
    some = [*names[:: max(1, len(names) // 80)], "北京市怀柔区𠮷家庄", *names[-7:]]
    cases = [case(1, item=f"N-{place}", matter=name, project=name) for place, name in enumerate(some)]
    made = documents(facts(*cases), "怀政务督〔2026〕12号", None)
    [table] = tables(made.docx)
    assert len(table) == len(some) + 1
    assert sum("北京市怀柔区𠮷家庄" in row[1] for row in table) == 1
    assert made.pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("last", "begun", "number"),
    [
        pytest.param(None, False, 12, id="the very first"),
        pytest.param(None, True, 1, id="the first of a later year"),
        pytest.param(12, True, 13, id="the next"),
    ],
)
def test_numbers_follow_one_another(last: int | None, begun: bool, number: int) -> None:
    assert Series("甲〔{year}〕{number}号", 12).next(last, begun=begun) == number


def test_references_are_the_same_whatever_brackets_are_typed() -> None:
    assert same_reference("怀政务督〔2026〕12号", " 怀政务督[2026] 12号")
    assert not same_reference("怀政务督〔2026〕12号", "怀政务督〔2026〕1号")
