"""Reading the platform's rows: what is accepted in which spelling, what is refused with which sentence."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.personal import STANDARD as PERSONAL
from monitor.records import TABLES, read_rows, without_personal

NO_STATUS = "BLZT 不是办理状态（应为 1—15 的编码，或认得的说法；新的说法请写进配置的 [sources.words]）"

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
ITEMS, EVENTS, DOCUMENTS = "XMSPSXBLXXB", "XMSPSXBLXXXXB", "XMSPSXPFWJXXB"

GOOD: Mapping[str, Mapping[str, Any]] = {
    "DFXMSPLCJDSXXXB": {"SPSXBM": "M-1", "SPSXMC": "取水许可", "BJLX": 2, "SPSXBLSX": 20},
    "XMJBXXB": {"GCDM": "2106-440100-04-01-237448-01", "XMDM": "2106-440100-04-01-237448", "XMMC": "河道治理"},
    ITEMS: {
        "SPSXSLBM": "HRM1-1",
        "GCDM": "2106-440100-04-01-237448-01",
        "SPSXBM": "M-1",
        "SPBMBM": "110116SWJ",
        "SPBMMC": "区水务局",
        "SXBLSX": 20,
        "LXR": "张某",
        "LXRSJH": "000",
    },
    EVENTS: {"SPSXSLBM": "HRM1-1", "BLZT": 3, "BLSJ": "2026-03-02 09:30:00", "BLCS": "审批科", "BLR": "经办"},
    "XMSPSXBLTBCXXXB": {"SPSXSLBM": "HRM1-1", "TBCX": 8, "TBCXMC": "其他", "TBCXKSSJ": "2026-03-02"},
    DOCUMENTS: {"SPSXSLBM": "HRM1-1", "PFRQ": "2026-03-02", "PFWH": "怀水〔2026〕1号", "PFWJBT": "批复"},
}
COMMON = {"LSH": 7, "GXSJ": "2026-03-02 10:00:00", "SJYXBS": 1}


def good(table: str, **changes: Any) -> dict[str, Any]:
    """A good row of ``table`` with ``changes``; a column set to ``...`` is left out."""
    row = {**COMMON, **GOOD[table], **changes}
    return {column: value for column, value in row.items() if value is not ...}


def one(table: str, **changes: Any) -> Any:
    """The record of a row that must be readable."""
    records, refused = read_rows(table, [good(table, **changes)])
    assert not refused, refused
    return records[0]


def reason(table: str, **changes: Any) -> str:
    """Why a row that must not be readable was refused."""
    records, refused = read_rows(table, [good(table, **changes)])
    assert records == []
    return refused[0].reason


def test_the_tables_come_in_the_order_in_which_one_refers_to_another() -> None:
    assert list(TABLES) == list(GOOD)


@pytest.mark.parametrize("table", TABLES)
def test_a_good_row_of_each_table_is_read(table: str) -> None:
    record = one(table)
    assert (record.serial, record.updated, record.valid) == (7, "2026-03-02 10:00:00", True)


def test_what_an_item_says() -> None:
    item = one(ITEMS)
    assert (item.item, item.matter, item.unit_code, item.unit_name) == ("HRM1-1", "M-1", "110116SWJ", "区水务局")
    assert (item.works, item.limit, item.limit_given) == ("2106-440100-04-01-237448-01", 20, "20")


def test_what_an_event_says() -> None:
    event = one(EVENTS)
    assert (event.item, event.code, event.office, event.handler) == ("HRM1-1", 3, "审批科", "经办")
    assert event.moment == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


def test_what_the_others_say() -> None:
    matter, works, special, document = (one(table) for table in (*list(TABLES)[:2], *list(TABLES)[4:]))
    assert (matter.matter, matter.name, matter.kind, matter.limit) == ("M-1", "取水许可", 2, 20)
    assert (works.works, works.code, works.name) == (
        *("2106-440100-04-01-237448-01", "2106-440100-04-01-237448"),
        "河道治理",
    )
    assert (special.item, special.kind, special.name) == ("HRM1-1", 8, "其他")
    assert special.started == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert (document.issued, document.number, document.title) == (date(2026, 3, 2), "怀水〔2026〕1号", "批复")


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        one(ITEMS).item = "other"


# Spellings

MOMENTS = {
    "to the second": ("2026-03-02 09:30:15", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    "to the minute": ("2026-03-02 09:30", datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
    "a date alone is midnight in Beijing": ("2026-03-02", datetime(2026, 3, 1, 16, tzinfo=UTC)),
    "with slashes": ("2026/03/02 09:30:15", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    "with a T": ("2026-03-02T09:30:15", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    "with an offset": ("2026-03-02T01:30:15+00:00", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    "with spaces around": ("  2026-03-02 09:30:15\n", datetime(2026, 3, 2, 1, 30, 15, tzinfo=UTC)),
    "the first year there can be": ("2000-01-01", datetime(1999, 12, 31, 16, tzinfo=UTC)),
    "the last": ("2060-12-31 23:59:59", datetime(2060, 12, 31, 15, 59, 59, tzinfo=UTC)),
}


@pytest.mark.parametrize("case", MOMENTS, ids=str)
def test_a_moment(case: str) -> None:
    given_, expected = MOMENTS[case]
    assert one(EVENTS, BLSJ=given_).moment == expected


UPDATED = {
    "as the platform writes it": ("2026-03-02 10:00:00", "2026-03-02 10:00:00"),
    "to the minute": ("2026-03-02 10:00", "2026-03-02 10:00:00"),
    "a date alone": ("2026-03-02", "2026-03-02 00:00:00"),
    "with slashes": ("2026/03/02 10:00:00", "2026-03-02 10:00:00"),
    "with a T": ("2026-03-02T10:00:00", "2026-03-02 10:00:00"),
    "with an offset": ("2026-03-02T02:00:00+00:00", "2026-03-02 10:00:00"),
}


@pytest.mark.parametrize("case", UPDATED, ids=str)
def test_an_update_time_has_one_form_so_that_texts_compare_as_moments_do(case: str) -> None:
    given_, expected = UPDATED[case]
    assert one(EVENTS, GXSJ=given_).updated == expected


@pytest.mark.parametrize(
    ("given_", "valid"),
    [
        *((value, True) for value in (1, "1", 1.0, "1.0", True, None, "", ...)),
        *((value, False) for value in (0, "0", 0.0, "0.0", False)),
    ],
    ids=repr,
)
def test_the_flag_of_validity(given_: Any, valid: bool) -> None:
    assert one(ITEMS, SJYXBS=given_).valid is valid


LIMITS = {
    "a number": (20, 20, "20"),
    "a number as text": (" 20 ", 20, "20"),
    "a number with a trailing .0": ("20.0", 20, "20.0"),
    "a float": (20.0, 20, "20.0"),
    "a zero": (0, 0, "0"),
    "nothing": (None, None, ""),
    "no column": (..., None, ""),
    "an empty text": ("", None, ""),
    "a text": ("二十个工作日", None, "二十个工作日"),
    "a number with a unit": ("20天", None, "20天"),
    "half a day": (0.5, None, "0.5"),
    "a negative number": (-1, None, "-1"),
    "a number beyond reason": (2001, None, "2001"),
    "the largest number": (2000, 2000, "2000"),
    "not a number": (float("nan"), None, "nan"),
    "infinity": ("inf", None, "inf"),
    "a list": ([20], None, "[20]"),
}


@pytest.mark.parametrize("case", LIMITS, ids=str)
def test_a_limit_that_cannot_be_read_is_none_and_what_was_given_is_kept(case: str) -> None:
    given_, limit, kept = LIMITS[case]
    item = one(ITEMS, SXBLSX=given_)
    assert (item.limit, item.limit_given) == (limit, kept)


TEXTS = {
    "spaces around are cut": ("  区水务局 ", "区水务局"),
    "nothing is an empty text": (None, ""),
    "a number is a text": (110116, "110116"),
    "line breaks become spaces": ("区水务局\r\nBcc: x", "区水务局  Bcc: x"),
    "control characters become spaces": ("区\x00水\x1b局", "区 水 局"),
    "an override of direction becomes a space": ("区\u202e水", "区 水"),
    "a mark of direction becomes a space": ("区\u200f水", "区 水"),
    "a separator of lines becomes a space": ("区\u2028水", "区 水"),
    "half of a surrogate pair becomes a space": ("区\ud800水", "区 水"),
    "a text without end is cut": ("水" * 10_000, "水" * 500),
}


@pytest.mark.parametrize("case", TEXTS, ids=str)
def test_a_text(case: str) -> None:
    given_, expected = TEXTS[case]
    assert one(ITEMS, SPBMMC=given_).unit_name == expected


def test_columns_of_a_later_version_of_the_standard_are_left_alone() -> None:
    assert one(ITEMS, NEUES="?") == one(ITEMS)


# Refusals

BAD: dict[str, tuple[str, dict[str, Any], str]] = {
    "no serial number": (EVENTS, {"LSH": ...}, "LSH 缺少该列。"),
    "an empty serial number": (EVENTS, {"LSH": None}, "LSH 不是整数。"),
    "a serial number with letters": (EVENTS, {"LSH": "x7"}, "LSH 不是整数。"),
    "a negative serial number": (EVENTS, {"LSH": -1}, "LSH 超出允许的取值。"),
    "a serial number larger than a database holds": (EVENTS, {"LSH": 2**63}, "LSH 超出允许的取值。"),
    "a serial number of thousands of digits": (EVENTS, {"LSH": "9" * 5000}, "LSH 不是整数。"),
    "a serial number that is not a number": (EVENTS, {"LSH": float("nan")}, "LSH 不是整数。"),
    "a serial number with a fraction": (EVENTS, {"LSH": 7.5}, "LSH 不是整数。"),
    "no update time": (EVENTS, {"GXSJ": ...}, "GXSJ 缺少该列。"),
    "an empty update time": (EVENTS, {"GXSJ": ""}, "GXSJ “”不是有效的时间。"),
    "a flag that is none": (EVENTS, {"SJYXBS": 2}, "SJYXBS “2”不是数据有效标识（应为 1 或 0）。"),
    "a flag in words": (EVENTS, {"SJYXBS": "有效"}, "SJYXBS “有效”不是数据有效标识（应为 1 或 0）。"),
    "no item number": (EVENTS, {"SPSXSLBM": ...}, "SPSXSLBM 缺少该列。"),
    "an empty item number": (EVENTS, {"SPSXSLBM": None}, "SPSXSLBM 为空。"),
    "an item number of spaces": (EVENTS, {"SPSXSLBM": "  "}, "SPSXSLBM 为空。"),
    "an item number of more than a hundred characters": (EVENTS, {"SPSXSLBM": "A" * 101}, "SPSXSLBM 过长。"),
    "an item number that is a list": (EVENTS, {"SPSXSLBM": ["A"]}, "SPSXSLBM 不是文本。"),
    "no status": (EVENTS, {"BLZT": ...}, "BLZT 缺少该列。"),
    "status 0": (EVENTS, {"BLZT": 0}, NO_STATUS + "。"),
    "status 16": (EVENTS, {"BLZT": 16}, NO_STATUS + "。"),
    "a status in words": (EVENTS, {"BLZT": "受理"}, NO_STATUS + "。"),
    "no moment": (EVENTS, {"BLSJ": ...}, "BLSJ 缺少该列。"),
    "an empty moment": (EVENTS, {"BLSJ": None}, "BLSJ “”不是有效的时间。"),
    "a day that does not exist": (EVENTS, {"BLSJ": "2026-02-30"}, "BLSJ “2026-02-30”不是有效的时间。"),
    "a moment in words": (EVENTS, {"BLSJ": "昨天"}, "BLSJ “昨天”不是有效的时间。"),
    "a moment before 2000": (EVENTS, {"BLSJ": "1999-12-31"}, "BLSJ 时间“1999-12-31”不在 2000—2060 年之间。"),
    "a moment after 2060": (EVENTS, {"BLSJ": "2061-01-01"}, "BLSJ 时间“2061-01-01”不在 2000—2060 年之间。"),
    "the year one": (EVENTS, {"BLSJ": "0001-01-01"}, "BLSJ 时间“0001-01-01”不在 2000—2060 年之间。"),
    "a moment of 2000 elsewhere that is 1999 in Beijing": (
        EVENTS,
        {"BLSJ": "2000-01-01 00:00:00+14:00"},
        "BLSJ 时间“2000-01-01 00:00:00+14:00”不在 2000—2060 年之间。",
    ),
    "a document without a date": (DOCUMENTS, {"PFRQ": None}, "PFRQ “”不是有效的时间。"),
    "a works row without its code": ("XMJBXXB", {"GCDM": ""}, "GCDM 为空。"),
    "a matter without its code": ("DFXMSPLCJDSXXXB", {"SPSXBM": ""}, "SPSXBM 为空。"),
    "a special procedure without a beginning": ("XMSPSXBLTBCXXXB", {"TBCXKSSJ": ""}, "TBCXKSSJ “”不是有效的时间。"),
    "a unit name that is an object": (ITEMS, {"SPBMMC": {"a": 1}}, "SPBMMC 不是文本。"),
    "two columns at once": (
        EVENTS,
        {"BLZT": 99, "BLSJ": "?"},
        NO_STATUS + "；BLSJ “?”不是有效的时间。",
    ),
    "half of a surrogate pair for a moment": (EVENTS, {"BLSJ": "\ud800"}, "BLSJ “”不是有效的时间。"),
    "half of a surrogate pair for a flag": (EVENTS, {"SJYXBS": "\ud800"}, "SJYXBS “”不是数据有效标识（应为 1 或 0）。"),
    "half of a surrogate pair for a number": (EVENTS, {"LSH": "\ud800"}, "LSH 无法识别。"),
    "a line break in a moment is not carried into the sentence": (
        *(EVENTS, {"BLSJ": "2026\r\nBcc: x"}),
        "BLSJ “2026  Bcc: x”不是有效的时间。",
    ),
    "a long value is shown cut": (EVENTS, {"BLSJ": "长" * 99}, f"BLSJ “{'长' * 40}”不是有效的时间。"),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_row_is_refused_with_a_sentence(case: str) -> None:
    table, changes, expected = BAD[case]
    assert reason(table, **changes) == expected


NO_ROWS = {"a text": "row", "a number": 7, "nothing": None, "a list": [1, 2]}


@pytest.mark.parametrize("case", NO_ROWS, ids=str)
def test_what_is_no_row_at_all_is_refused_and_kept(case: str) -> None:
    records, refused = read_rows(EVENTS, [NO_ROWS[case]])  # type: ignore[list-item]
    assert records == []
    assert refused[0].reason == "不是一行记录（应为字段名到值的对象）。"
    assert refused[0].row == {"原文": str(NO_ROWS[case])}
    assert refused[0].given is NO_ROWS[case]


def test_good_rows_beside_bad_ones_are_read_and_each_bad_one_has_its_own_sentence() -> None:
    rows: list[Any] = [good(EVENTS, LSH=n) for n in range(6)]
    rows[1] = good(EVENTS, LSH=1, BLZT=99)
    rows[3] = "nonsense"
    rows[4] = good(EVENTS, LSH=4, BLSJ="?")
    records, refused = read_rows(EVENTS, rows)
    assert [record.serial for record in records] == [0, 2, 5]
    assert [one_.given for one_ in refused] == [rows[1], rows[3], rows[4]]
    assert [one_.reason for one_ in refused] == [
        NO_STATUS + "。",
        "不是一行记录（应为字段名到值的对象）。",
        "BLSJ “?”不是有效的时间。",
    ]


@pytest.mark.parametrize("table", TABLES)
def test_no_rows_are_no_records(table: str) -> None:
    assert read_rows(table, []) == ([], [])


# Personal data


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("columns", [("LXR", "LXRSJH"), ("lxr", "LxrSjh")], ids=["as written", "in small letters"])
def test_the_applicants_contact_survives_in_no_record_and_in_no_refused_row(
    table: str, columns: tuple[str, str]
) -> None:
    contact = dict.fromkeys(columns, "SECRET-CONTACT")
    records, _ = read_rows(table, [good(table, **contact)])
    assert "SECRET-CONTACT" not in repr(records)
    _, refused = read_rows(table, [good(table, LSH="bad", **contact)])
    assert "SECRET-CONTACT" not in repr(refused[0].row)
    assert "SECRET-CONTACT" not in refused[0].reason
    assert refused[0].row == {k: v for k, v in good(table, LSH="bad").items() if k not in PERSONAL}


def test_a_row_without_personal_data_is_itself() -> None:
    assert without_personal(good(EVENTS)) == good(EVENTS)
    assert without_personal("x" * 600) == {"原文": "x" * 500}


# Whatever comes


@pytest.fixture(scope="module")
def naughty() -> list[str]:
    """The Big List of Naughty Strings, and some of our own."""
    if not STRINGS.is_file():
        pytest.skip(f"the list of naughty strings is not there: {STRINGS}")
    return [*json.loads(STRINGS.read_text("utf-8")), "\x00", "\ud800", "水" * 10_000, "0001-01-01 00:00:00+14:00"]


@pytest.mark.parametrize("table", TABLES)
def test_naughty_strings_in_any_column_are_read_or_refused_with_a_sentence(table: str, naughty: list[str]) -> None:
    columns = [*COMMON, *GOOD[table]]
    rows = [good(table, **{column: text}) for column in columns for text in naughty]
    records, refused = read_rows(table, [*rows, good(table, LSH=4711)])
    assert len(records) + len(refused) == len(rows) + 1
    assert records[-1].serial == 4711
    assert all(is_a_sentence(one_.reason) for one_ in refused)
    for record in records:
        texts = [value for value in record.model_dump().values() if isinstance(value, str)]
        assert all(text.isprintable() or not any(ord(char) < 32 for char in text) for text in texts)


def is_a_sentence(text: str) -> bool:
    """Chinese words, ending in a full stop, of a bearable length."""
    return text.endswith("。") and len(text) < 1000 and any("\u4e00" <= char <= "\u9fff" for char in text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=3,
)


@given(st.sampled_from(list(TABLES)), st.data())
def test_a_row_with_anything_in_it_never_raises_and_never_hurts_its_neighbours(table: str, data: st.DataObject) -> None:
    columns = st.sampled_from([*COMMON, *GOOD[table], "LXR"])
    changes = data.draw(st.dictionaries(columns, JSON, min_size=1, max_size=4))
    gone = data.draw(st.sets(columns, max_size=2))
    odd: Any = data.draw(st.one_of(JSON, st.just({k: v for k, v in good(table, **changes).items() if k not in gone})))
    records, refused = read_rows(table, [good(table, LSH=1), odd, good(table, LSH=2)])
    assert len(records) + len(refused) == 3
    assert (records[0].serial, records[-1].serial) == (1, 2)
    assert all(is_a_sentence(one_.reason) and "LXR" not in one_.row for one_ in refused)
