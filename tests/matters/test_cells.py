"""What a cell of an exported catalogue says, and what is left for a person to settle."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.matters import Workbook
from monitor.catalogue.cells import CellError, Span, name_of, read_code, read_flag, read_kind, read_limit, text_of

WORDS = Workbook()

LIMITS: dict[str, tuple[Any, Any, Span | None]] = {
    "a number of the unit beside it": (5, "工作日", Span(5, "working_day")),
    "a number as a spreadsheet keeps it": (5.0, "工作日", Span(5, "working_day")),
    "a number as text with decimals": ("5.0", "工作日", Span(5, "working_day")),
    "a number without any unit counts as working days": (5, None, Span(5, "working_day")),
    "with its unit in the cell": ("5个工作日", "", Span(5, "working_day")),
    "with its unit in brackets": ("20（工作日）", "", Span(20, "working_day")),
    "with blanks and full-width digits": (" ５ 个工作日 ", "", Span(5, "working_day")),
    "within so many days": ("5个工作日内", "", Span(5, "working_day")),
    "natural days": ("30个自然日", "", Span(30, "natural_day")),
    "natural days in the column": (30, "自然日", Span(30, "natural_day")),
    "hours": ("48小时", "", Span(48, "hour")),
    "days whose kind the column tells": ("5天", "工作日", Span(5, "working_day")),
    "the same unit twice": ("5个工作日", "工作日", Span(5, "working_day")),
    "done on the spot": ("即办", "", Span(None, instant=True)),
    "done on the spot, in more words": ("当场办结", "工作日", Span(None, instant=True)),
    "expressly none": ("无", "", Span(None)),
    "a dash for none": ("——", "", Span(None)),
    "none, in the column of units too": (5, "无", Span(5, "working_day")),
    "a blank cell says nothing": (None, "工作日", None),
    "blanks say nothing": ("  ", "", None),
    "zero": (0, "工作日", Span(0, "working_day")),
}


@pytest.mark.parametrize("case", LIMITS, ids=str)
def test_a_limit_is_read(case: str) -> None:
    value, unit, expected = LIMITS[case]
    assert read_limit(value, unit, WORDS) == expected


UNSETTLED: dict[str, tuple[Any, Any, str]] = {
    "a month has no meaning here": ("1个月", "", "“1个月”是按月的时限，这里不折算"),
    "a month in the column of units": (1, "月", "“1月”是按月的时限"),
    "a year": ("1年", "", "按年"),
    "a week": ("2", "星期", "按周"),
    "days that may be working or natural ones": ("5天", "", "“5天”没有写明是工作日还是自然日"),
    "the same in the column": (5, "日", "“5日”没有写明"),
    "a unit nobody knows": ("5", "次", "时限单位“次”不认识"),
    "two units that contradict each other": ("5个工作日", "自然日", "写的是工作日，单位一栏却是自然日"),
    "a fraction": ("2.5个工作日", "", "不是时限"),
    "a span": ("5-10个工作日", "", "不是时限"),
    "Chinese numerals": ("二十日", "", "不是时限"),
    "a negative number": (-5, "工作日", "不是时限"),
    "more than any limit is": (99999, "工作日", "不像时限"),
    "a date that the spreadsheet made of it": (date(2026, 5, 1), "", "不是时限"),
    "words": ("视情况而定", "", "不是时限"),
    "yes": (True, "", "不是时限"),
}


@pytest.mark.parametrize("case", UNSETTLED, ids=str)
def test_a_limit_that_can_be_taken_in_two_ways_or_none_is_not_taken(case: str) -> None:
    value, unit, words = UNSETTLED[case]
    with pytest.raises(CellError, match=words.replace("(", r"\(")):
        read_limit(value, unit, WORDS)


def test_which_words_mean_what_is_the_configurations() -> None:
    own = Workbook(natural_day=("天",), nothing=("不涉及",), instant=("立等可取",))
    assert read_limit("5天", "", own) == Span(5, "natural_day")
    assert read_limit("不涉及", "", own) == Span(None)
    assert read_limit("立等可取", "", own) == Span(None, instant=True)


@given(
    st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans(), st.dates(), st.none()),
    st.text(max_size=6),
)
def test_whatever_a_cell_holds_it_is_read_or_refused_with_a_sentence(value: Any, unit: str) -> None:
    try:
        span = read_limit(value, unit, WORDS)
    except CellError as error:
        told = str(error)
    else:
        told = "read"
        assert span is None or span.amount is None or (0 <= span.amount <= 3650 and span.unit)
    assert told
    assert told.isprintable()


CODES = {
    "as text": ("1117001", "1117001"),
    "as a number": (1117001, "1117001"),
    "as a number with decimals": (1117001.0, "1117001"),
    "as text with decimals": ("1117001.0", "1117001"),
    "of 31 characters": ("11110116MB0334567X4110116001000", "11110116MB0334567X4110116001000"),
    "with a hyphen": ("QYSQ-01", "QYSQ-01"),
    "in full width with blanks": (" ＡＢ 12 ", "AB12"),
}


@pytest.mark.parametrize("case", CODES, ids=str)
def test_a_code_is_read(case: str) -> None:
    value, expected = CODES[case]
    assert read_code(value) == expected


@pytest.mark.parametrize(
    "value", [1.1e30, "1.1E+30", 1234567890123456, "填表人：某某", "合计（项）", True, date(2026, 1, 1)]
)
def test_what_is_no_code_or_has_lost_its_last_digits_is_refused(value: Any) -> None:
    with pytest.raises(CellError, match="编码"):
        read_code(value)


def test_a_refused_code_is_not_repeated_as_it_may_be_a_persons_name() -> None:
    with pytest.raises(CellError) as caught:
        read_code("填表人：某某")
    assert "某某" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("是", True), ("需要", True), ("√", True), (1, True), (True, True), ("Y", True),
     ("否", False), ("不需要", False), ("×", False), (0, False), (False, False), ("ＮＯ", False),
     ("", None), (None, None)],
)  # fmt: skip
def test_yes_and_no(value: Any, expected: bool | None) -> None:
    assert read_flag(value, WORDS) is expected


def test_maybe_is_not_taken() -> None:
    with pytest.raises(CellError, match="不是“是”或“否”"):
        read_flag("视情况", WORDS)


def test_the_kind_of_a_matter() -> None:
    assert [read_kind(kind, WORDS) for kind in ("即办件", "承诺件", "上报件", "", None)] == [
        True,
        False,
        False,
        None,
        None,
    ]


def test_a_name_stays_on_one_line_and_keeps_its_punctuation() -> None:
    assert name_of(" 取水许可\n（首次）\u200b ") == "取水许可 （首次）"
    assert len(name_of("长" * 500)) == 200
    assert name_of(None) == ""


def test_a_cell_as_text() -> None:
    assert [text_of(value) for value in (None, 3.0, 2.5, True, date(2026, 5, 1), "（Ａ）\t")] == [
        "", "3", "2.5", "是", "2026-05-01", "(A)",
    ]  # fmt: skip
