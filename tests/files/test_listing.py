"""A row of a listing says what it says, or is told apart as title, total or faulty; nothing disappears."""

from typing import Any

import pytest

from monitor.mapping import Mapper
from monitor.sources.files import Row, Sheet
from monitor.sources.files.lines import Line
from monitor.sources.files.understand import Words, understand
from monitor.sources.files.words import Vocabulary

WORDS = Words(Vocabulary(), Mapper(), {"取水许可": "M-1"})
HEADS = (
    "办件编号",
    "项目代码",
    "项目名称",
    "事项名称",
    "审批单位",
    "承诺时限",
    "办件状态",
    "收件时间",
    "受理时间",
    "办结时间",
)


def read(heads: tuple[str, ...], *cells: Any) -> Line:
    """The line that becomes of a row under these headings."""
    rows = (Row(1, heads), Row(2, tuple(None if cell == "" else cell for cell in cells)))
    return understand([Sheet("", rows)], WORDS).lines[1]


def plain(item: Any = "A-1", status: str = "", received: Any = "", accepted: Any = "", closed: Any = "") -> Line:
    return read(HEADS, item, "C-1", "再生水厂", "取水许可", "区水务局", 5, status, received, accepted, closed)


def stated(line: Line) -> list[tuple[int, str]]:
    """Codes and times."""
    assert line.fate == "taken", line.problems
    return [(one.code, one.time) for one in (*line.exact, *line.flat)]


def test_a_row_is_an_item_with_its_project_and_matter() -> None:
    rows = dict(plain().rows)
    assert rows["XMSPSXBLXXB"] == {
        "SPSXSLBM": "A-1", "GCDM": "C-1", "SPSXBM": "M-1", "SPBMMC": "区水务局", "SXBLSX": "5",
    }  # fmt: skip
    assert rows["XMJBXXB"] == {"GCDM": "C-1", "XMDM": "C-1", "XMMC": "再生水厂"}
    assert rows["DFXMSPLCJDSXXXB"] == {"SPSXBM": "M-1", "SPSXMC": "取水许可"}


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2026-03-03", "2026-03-03"),
        ("2026/3/3 9:05", "2026-03-03 09:05:00"),
        ("2026.3.3", "2026-03-03"),
        ("2026年3月3日", "2026-03-03"),
        ("2026年3月3日 9时5分", "2026-03-03 09:05:00"),
        ("20260303", "2026-03-03"),
        (20260303, "2026-03-03"),
        ("20260303.0", "2026-03-03"),
        (46084, "2026-03-03"),
        ("46084.0", "2026-03-03"),
        (46084.5, "2026-03-03 12:00:00"),
        ("２０２６－０３－０３", "2026-03-03"),
    ],
)
def test_a_date_is_a_date_however_it_is_written(cell: Any, time: str) -> None:
    assert stated(plain(accepted=cell)) == [(3, time)]


@pytest.mark.parametrize("cell", ["", "-", "—", "/", "无", "暂无", " "])
def test_a_cell_that_says_nothing_states_nothing(cell: str) -> None:
    assert stated(plain(received="2026-03-02", accepted=cell)) == [(1, "2026-03-02")]


@pytest.mark.parametrize("cell", ["昨天", "2026-13-01", "1900-01-01", "2026-02-30", 7, "#N/A!"])
def test_what_is_no_time_sets_the_row_aside(cell: Any) -> None:
    line = plain(accepted=cell)
    assert (line.fate, [one.column for one in line.problems]) == ("aside", ["受理时间"])
    assert line.problems[0].value == str(cell)
    assert line.given["SPSXSLBM"] == "A-1"


@pytest.mark.parametrize(
    ("status", "closed", "events", "remarks"),
    [
        pytest.param("已办结", "2026-03-09", [(11, "2026-03-09")], 0, id="passed"),
        pytest.param("", "2026-03-09", [(11, "2026-03-09")], 0, id="no word"),
        pytest.param("不予许可", "2026-03-09", [(13, "2026-03-09")], 0, id="not passed"),
        pytest.param("不予受理", "2026-03-09", [(5, "2026-03-09")], 0, id="refused"),
        pytest.param("撤件", "2026-03-09", [(2, "2026-03-09")], 0, id="withdrawn"),
        pytest.param("已办结", "", [], 1, id="closed without a time"),
        pytest.param("补正中", "", [], 1, id="a pause without a time"),
        pytest.param("审批中", "", [], 0, id="under way"),
        pytest.param("审批中", "2026-03-09", [(11, "2026-03-09")], 1, id="closed although under way"),
        pytest.param("飞了", "2026-03-09", [(11, "2026-03-09")], 1, id="an unknown word"),
    ],
)
def test_a_word_of_status_says_which_end_it_was(
    status: str, closed: str, events: list[tuple[int, str]], remarks: int
) -> None:
    line = plain(status=status, closed=closed)
    assert stated(line) == events
    assert len(line.problems) == remarks


def test_the_time_of_the_status_is_that_of_its_word() -> None:
    heads = ("办件编号", "事项名称", "办理状态", "办理时间")
    assert stated(read(heads, "A-1", "取水许可", "补正中", "2026-03-04 10:00")) == [(6, "2026-03-04 10:00:00")]


def test_an_end_that_two_columns_tell_is_one_end() -> None:
    heads = ("办件编号", "事项名称", "不予受理时间", "办结时间")
    assert stated(read(heads, "A-1", "取水许可", "2026-03-04", "2026-03-04")) == [(5, "2026-03-04")]


def test_every_moment_of_an_item_has_its_column() -> None:
    heads = (
        "办件编号",
        "收件时间",
        "补正开始时间",
        "补正结束时间",
        "受理时间",
        "开始办理时间",
        "特别程序开始时间",
        "特别程序结束时间",
    )
    times = [f"2026-03-{day:02}" for day in range(2, 9)]
    assert [code for code, _ in stated(read(heads, "A-1", *times))] == [1, 6, 7, 3, 8, 9, 10]


def test_a_list_of_events_in_one_cell_is_read_exactly() -> None:
    line = read(("办件编号", "办理过程"), "A-1", "2026-03-02 09:00:00 接件；2026-03-03 10:30:01 办结（容缺通过）")
    assert stated(line) == [(1, "2026-03-02 09:00:00"), (12, "2026-03-03 10:30:01")]
    assert line.every == frozenset(range(1, 16))


@pytest.mark.parametrize("cell", ["2026-03-02 飞了", "接件", "2026-99-02 接件"])
def test_a_list_of_events_that_cannot_be_read_sets_the_row_aside(cell: str) -> None:
    assert read(("办件编号", "办理过程"), "A-1", cell).problems[0].column == "办理过程"


@pytest.mark.parametrize(
    ("item", "wrong"),
    [
        pytest.param("", "缺少办件编号", id="missing"),
        pytest.param(1.10116202603e17, "末几位已丢失", id="a number too long for a spreadsheet"),
        pytest.param(110116202603040001, "末几位已丢失", id="digits beyond what it keeps"),
        pytest.param("1.10116E+17", "末几位已丢失", id="written as a power of ten"),
        pytest.param("A-\ufffd", "无法识别的字符", id="a broken character"),
        pytest.param("x" * 101, "不像编号", id="a whole sentence"),
    ],
)
def test_an_item_without_a_sound_number_is_set_aside(item: Any, wrong: str) -> None:
    line = plain(item=item, accepted="2026-03-03")
    assert line.fate == "aside"
    assert wrong in line.problems[0].wrong


@pytest.mark.parametrize(
    "cells",
    [
        ("合计", "", "", "", "", 12, "", "", "", ""),
        ("共 12 件",),
        ("", "总 计：", "", "", "", 12),
        ("共12条记录", "", "第1页"),
        ("小计", 3),
    ],
)
def test_totals_are_no_items(cells: tuple[Any, ...]) -> None:
    assert read(HEADS, *cells).fate == "total"


@pytest.mark.parametrize(
    "cells", [("", "", "制表：审批科"), HEADS, ("", 7)], ids=["a note", "the header again", "an empty numbered row"]
)
def test_notes_and_repeated_headers_are_no_items(cells: tuple[Any, ...]) -> None:
    assert read(HEADS, *cells).fate == "title"


def test_telephone_and_identity_numbers_are_blotted_out_of_what_is_shown() -> None:
    line = plain(accepted="打13800138000，证110101199003070011")
    assert "13800138000" not in str(line)
    assert "110101199003070011" not in str(line)


@pytest.mark.parametrize(
    ("cell", "limit"), [(20, "20"), ("20个工作日", "20"), ("20工作日", "20"), ("无", ""), ("很快", "很快")]
)
def test_the_limit_is_a_number_of_days(cell: Any, limit: str) -> None:
    assert dict(read(("办件编号", "受理时间", "承诺时限"), "A-1", "", cell).rows)["XMSPSXBLXXB"]["SXBLSX"] == limit


def test_a_table_of_the_platform_keeps_its_own_update_time() -> None:
    line = read(("SPSXSLBM", "BLZT", "BLSJ", "GXSJ", "LSH", "SJYXBS"), "A-1", 3, "2026-03-03", "2026/3/4 8:00", 17, 0)
    assert line.rows == (
        (
            "XMSPSXBLXXXXB",
            {
                "SPSXSLBM": "A-1", "BLZT": 3, "BLSJ": "2026-03-03", "LSH": 17, "GXSJ": "2026-03-04 08:00:00",
                "SJYXBS": 0,
            },
        ),
    )  # fmt: skip


def test_an_event_with_an_unknown_status_is_set_aside() -> None:
    line = read(("办件编号", "办理状态", "办理时间"), "A-1", "飞了", "2026-03-03")
    assert (line.fate, line.table, line.problems[0].column) == ("aside", "XMSPSXBLXXXXB", "办理状态")
