"""A source's row under the platform's standard names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import TITLES
from monitor.mapping import WORDS, Mapper
from monitor.personal import is_personal
from monitor.records import TABLES, read_rows

EVENTS = "XMSPSXBLXXXXB"
ROW = {"LSH": 7, "GXSJ": "2026-03-02 09:00:00", "SPSXSLBM": "A-1", "BLZT": 3, "BLSJ": "2026-03-02 08:59:00"}


def mapped(row: dict[str, Any], table: str = EVENTS, **config: Any) -> dict[str, object]:
    return Mapper(**config).map(table, row)


def status(value: object, **words: object) -> object:
    return mapped({"BLZT": value}, words={"BLZT": words} if words else {})["BLZT"]


# Columns


def test_a_standard_row_stays_as_it_is() -> None:
    mapper = Mapper()
    assert mapper.plain
    assert mapper.map(EVENTS, ROW) == ROW
    assert list(mapper.map(EVENTS, ROW)) == list(ROW)


@pytest.mark.parametrize(
    "config", [{"fields": {EVENTS: {"a": "BLZT"}}}, {"words": {"BLZT": {"x": 1}}}, {"time_formats": ["%Y"]}]
)
def test_a_mapper_with_a_mapping_is_not_plain(config: dict[str, Any]) -> None:
    assert not Mapper(**config).plain


def test_a_column_is_renamed_and_the_rest_is_kept() -> None:
    row = {"流水号": 7, "办理状态": 3, "备注": "x"}
    assert mapped(row, fields={EVENTS: {"流水号": "LSH", "办理状态": "BLZT"}}) == {"LSH": 7, "BLZT": 3, "备注": "x"}


def test_a_column_is_renamed_in_its_own_table_only() -> None:
    assert mapped({"编号": 7}, "XMJBXXB", fields={EVENTS: {"编号": "LSH"}}) == {"编号": 7}


@pytest.mark.parametrize("theirs", ["办理状态", " 办理 状态", "办理状态\n"])
def test_names_of_columns_are_compared_without_spaces(theirs: str) -> None:
    assert mapped({theirs: 3}, fields={EVENTS: {"办理状态": "BLZT"}}) == {"BLZT": 3}


@pytest.mark.parametrize("theirs", ["blzt", "BlZt", "ＢＬＺＴ"])
def test_names_of_columns_are_compared_in_one_width_and_case(theirs: str) -> None:
    assert mapped({theirs: 3}) == {"BLZT": 3}


TWICE: dict[str, tuple[dict[str, object], object]] = {
    "the mapped column comes before the one of the standard's name": ({"BLZT": 3, "zt": 8}, 8),
    "in either order": ({"zt": 8, "BLZT": 3}, 8),
    "an empty mapped column does not": ({"zt": None, "BLZT": 3}, 3),
    "of two mapped ones the first that is not empty": ({"zt": "", "zt2": 8}, 8),
    "of two mapped ones that are not empty the first": ({"zt2": 11, "zt": 8}, 11),
    "all empty": ({"zt": "", "BLZT": None}, ""),
}


@pytest.mark.parametrize(("row", "expected"), TWICE.values(), ids=TWICE.keys())
def test_two_columns_for_one(row: dict[str, object], expected: object) -> None:
    assert mapped(row, fields={EVENTS: {"zt": "BLZT", "zt2": "BLZT"}}) == {"BLZT": expected}


PERSONAL = ["LXR", "lxrsjh", "联系人", "申请人联系电话", "手机号码", "经办人 身份证号", "证件号码", "电子邮箱", "SFZH"]


@pytest.mark.parametrize("column", PERSONAL)
def test_a_column_of_personal_data_is_left_out(column: str) -> None:
    assert mapped(ROW | {column: "x"}) == ROW


def test_a_column_mapped_onto_personal_data_is_left_out() -> None:
    assert mapped({"lianxi": "x"}, "XMSPSXBLXXB", fields={"XMSPSXBLXXB": {"lianxi": "LXR"}}) == {}


def test_no_column_that_is_read_is_taken_for_personal_data() -> None:
    read = {str(field.alias) for kind in TABLES.values() for field in kind.model_fields.values()}
    assert not [column for column in read if is_personal(column)]


KNOWN: dict[str, tuple[str, bool]] = {
    "a mapped one": ("办理状态", True),
    "one of the standard that is read": ("blsj", True),
    "one of the standard that is not read": ("BLYJ", False),
    "another": ("备注", False),
}


@pytest.mark.parametrize(("column", "expected"), KNOWN.values(), ids=KNOWN.keys())
def test_whether_a_column_is_read(column: str, expected: bool) -> None:
    assert Mapper({EVENTS: {"办理状态": "BLZT"}}).knows(EVENTS, column) is expected


# Words

STATUS: dict[object, object] = {
    **{title: code for code, title in TITLES.items()},
    "收件": 1,
    "已受理": 3,
    "不予受理": 5,
    "补正告知": 6,
    "补正中": 6,
    "补正(结束)": 7,
    "补正 （结束）": 7,
    "已办结": 11,
    "准予许可": 11,
    "不予许可": 13,
    " 受 理 ": 3,
    3: 3,
    "3": 3,
    "03": 3,
    "３": 3,
    "3.0": 3,
    "3-受理": 3,
    "3受理": 3,
    "11：办结": 11,
    "11-不予许可": "11-不予许可",
    "3天": "3天",
    "3-2": "3-2",
    "挂起": "挂起",
    "": "",
    None: None,
    True: True,
}


@pytest.mark.parametrize("value", STATUS, ids=repr)
def test_the_words_of_everyday_use_are_known(value: object) -> None:
    found = status(value)
    assert (found, type(found)) == (STATUS[value], type(STATUS[value]))


def test_what_no_word_says_is_refused_with_its_own_words() -> None:
    _, refused = read_rows(EVENTS, [mapped(ROW | {"BLZT": "挂起"})])
    assert refused[0].row["BLZT"] == "挂起"


def test_a_word_of_the_source_comes_before_the_built_in_one() -> None:
    assert status("办结", 办结=12) == 12
    assert status("受理", 办结=12) == 3


@pytest.mark.parametrize("value", [20, "20", 20.0, "２０"])
def test_a_number_of_the_source_is_a_word_as_well(value: object) -> None:
    assert status(value, **{"20": 11}) == 11


def test_words_are_compared_in_one_width_and_without_spaces() -> None:
    assert status("办结（ok）", **{"办 结(OK)": 11}) == 11


def test_words_may_be_given_for_any_column() -> None:
    assert mapped({"SPBMMC": "水务"}, words={"SPBMMC": {"水务": "北京市怀柔区水务局"}}) == {
        "SPBMMC": "北京市怀柔区水务局"
    }


SPECIAL = {
    "听证": 1,
    "招标": 2,
    "拍卖": 3,
    "检验检测检疫": 4,
    "鉴定": 5,
    "专家评审": 6,
    "公示": 7,
    "其他": 8,
    "6": "6",
    6: 6,
}


@pytest.mark.parametrize("value", SPECIAL, ids=repr)
def test_kinds_of_special_procedures_are_known(value: object) -> None:
    assert mapped({"TBCX": value}, "XMSPSXBLTBCXXXB") == {"TBCX": SPECIAL[value]}


def test_whether_a_row_is_valid_may_be_a_word() -> None:
    assert [mapped({"SJYXBS": word})["SJYXBS"] for word in ("有效", "无效", 1, "0")] == [1, 0, 1, "0"]


def test_no_word_stands_for_two_codes() -> None:
    from monitor import mapping

    for table in (mapping._STATUS, mapping._SPECIAL, mapping._VALID):
        words = [word for line in table.values() for word in line.split()]
        assert len(words) == len(set(words))
    assert set(WORDS) == {"BLZT", "TBCX", "SJYXBS"}


# Times

UPDATED = {
    "2026-03-02 09:00:00": "2026-03-02 09:00:00",
    "2026-03-02 09:00:00.0": "2026-03-02 09:00:00.0",
    "2026-03-02T09:00:00": "2026-03-02T09:00:00",
    "2026-03-02": "2026-03-02",
    "2026/3/2 9:00": "2026-03-02 09:00:00",
    20260302: "2026-03-02",
    "?": "?",
}


@pytest.mark.parametrize("value", UPDATED, ids=repr)
def test_the_update_time_stays_letter_for_letter_if_it_can_serve_as_a_cursor(value: object) -> None:
    assert mapped({"GXSJ": value}) == {"GXSJ": UPDATED[value]}


def test_times_come_into_one_form_and_what_is_none_stays() -> None:
    row = {"BLSJ": "2026年3月2日 下午3:05", "SPSXSLBM": "2026/3/2"}
    assert mapped(row) == {"BLSJ": "2026-03-02 15:05:00", "SPSXSLBM": "2026/3/2"}
    assert mapped({"BLSJ": "待定"}) == {"BLSJ": "待定"}


def test_a_form_of_the_source_is_heeded() -> None:
    assert mapped({"BLSJ": 1772328605000}, time_formats=["epoch_ms"]) == {"BLSJ": "2026-03-01 09:30:05"}


def test_day_numbers_are_read_from_spreadsheets_only() -> None:
    assert Mapper().map(EVENTS, {"BLSJ": 46082}, excel=True) == {"BLSJ": "2026-03-01"}
    assert Mapper().map(EVENTS, {"BLSJ": 46082}) == {"BLSJ": 46082}


@given(st.dictionaries(st.text(), st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.lists(st.text()))))
def test_whatever_a_row_holds_nothing_breaks_and_mapping_twice_changes_no_more(row: dict[str, object]) -> None:
    mapper = Mapper(words={"BLZT": {"x": 3}})
    once = mapper.map(EVENTS, row)
    assert repr(mapper.map(EVENTS, once)) == repr(once)
