"""The header is found among title lines, in one line or two, by Chinese words, by codes, by a source's own words."""

from collections.abc import Sequence
from typing import Any

import pytest

from monitor.sources.files import Row
from monitor.sources.files.header import Header, find
from monitor.sources.files.titles import as_of, tells_all_events
from monitor.sources.files.words import Vocabulary


def header(*rows: Sequence[Any], own: dict[str, str] | None = None) -> Header | None:
    """The header of these rows."""
    filled = [Row(n, tuple(cell or None for cell in row)) for n, row in enumerate(rows, start=1)]
    return find(filled, Vocabulary(own))


def columns(*rows: Sequence[Any], own: dict[str, str] | None = None) -> dict[str, int]:
    """Column → place."""
    found = header(*rows, own=own)
    assert found is not None
    return dict(found.columns)


PLAIN = ["办件编号", "事项名称", "审批单位", "收件时间", "受理时间", "办结时间"]
PLACES = {"SPSXSLBM": 0, "SPSXMC": 1, "SPBMMC": 2, "SJSJ": 3, "SLSJ": 4, "BJSJ": 5}


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([PLAIN], id="in the first line"),
        pytest.param([["怀柔区办件清单"], ["导出时间：2026-03-20"], PLAIN], id="below titles"),
        pytest.param([["清单"] * 6, PLAIN, ["A-1", "取水许可", "区水务局", "", "", ""]], id="below a merged title"),
        pytest.param(
            [["* 办件 编号：", "事项名称*", "审批单位（全称）", "收件\n时间", "受理日期", "办结"]], id="decorated"
        ),
        pytest.param([["审批事项实例编码", "事项", "部门", "接件日期", "受理", "实际办结时间"]], id="in other words"),
        pytest.param(
            [["办件编号", "事项名称", "审批单位", "办理时间", "", ""], ["", "", "", "收件", "受理", "办结"]],
            id="two lines, a group above",
        ),
        pytest.param(
            [[*PLAIN[:3], "办理时间", "办理时间", "办理时间"], [*PLAIN[:3], "收件", "受理", "办结"]],
            id="two lines, merged",
        ),
        pytest.param(
            [[*PLAIN[:3], "收件", "受理", "办结"], ["", "", "", "时间", "时间", "时间"]], id="two lines, words parted"
        ),
    ],
)
def test_the_columns_of_a_listing_are_found(rows: list[list[str]]) -> None:
    assert columns(*rows) == PLACES


def test_a_row_of_data_is_no_second_line_of_a_header() -> None:
    found = header(["办件编号", "办理状态", "受理时间"], ["", "受理", "2026-03-03"], ["A-2", "受理", "2026-03-03"])
    assert found is not None
    assert (found.first, found.last) == (0, 0)


@pytest.mark.parametrize(
    ("heads", "kind"),
    [
        (["SPSXSLBM", "BLZT", "BLSJ", "GXSJ", "LSH"], "events"),
        (["办件编号", "办理状态", "办理时间"], "events"),
        (["spsxslbm", "gcdm", "spsxbm", "sxblsx"], "listing"),
        (["SPSXSLBM", "TBCX", "TBCXKSSJ"], "specials"),
        (["审批事项实例编码", "批复日期", "批复文号"], "documents"),
        (["事项编码", "事项名称", "办理时限"], "matters"),
        (["工程代码", "项目代码", "项目名称"], "projects"),
        (["办件编号", "办理状态", "办理时间", "事项名称"], "listing"),
    ],
)
def test_what_a_sheet_is_follows_from_its_columns(heads: list[str], kind: str) -> None:
    found = header(heads)
    assert found is not None
    assert found.kind == kind


def test_columns_of_personal_data_are_not_even_seen() -> None:
    found = columns(["办件编号", "受理时间", "联系人", "联系电话", "手机", "身份证号", "LXR", "LXRSJH"])
    assert found == {"SPSXSLBM": 0, "SLSJ": 1}


def test_due_dates_are_not_taken_for_ends() -> None:
    assert "BJSJ" not in columns(["办件编号", "受理时间", "承诺办结时间", "应办结时间", "到期日"])


def test_the_words_of_the_source_come_first() -> None:
    found = columns(["窗口单号", "受理时间", "甲", "办件编号"], own={"窗口单号": "SPSXSLBM", "甲": "BJSJ"})
    assert found == {"SPSXSLBM": 0, "SLSJ": 1, "BJSJ": 2}


def test_of_two_columns_for_one_thing_the_better_word_counts() -> None:
    assert columns(["时限", "办件编号", "办件时限", "受理时间"])["SXBLSX"] == 2


@pytest.mark.parametrize("rows", [[["a", "b"]], [["办件编号"]], [["合计", 3]], [["受理时间", "办结时间"]]])
def test_without_anything_known_there_is_no_header(rows: list[list[Any]]) -> None:
    assert header(*rows) is None


@pytest.mark.parametrize(
    ("title", "moment"),
    [
        ("导出时间：2026-03-20 17:05:09", "2026-03-20 17:05:09"),
        ("截至 2026年03月20日 10:00　共 8 件", "2026-03-20 10:00:00"),
        ("统计时间:2026/3/1至2026/3/20", "2026-03-20"),
        ("制表：某科　打印日期2026.3.20", "2026-03-20"),
        ("2026年3月办件清单", None),
        ("截至目前", None),
        ("截至 2026-13-45", None),
    ],
)
def test_titles_tell_as_of_when(title: str, moment: str | None) -> None:
    assert as_of([Row(1, (title, title, None))]) == moment


def test_a_title_can_declare_the_events_complete() -> None:
    assert tells_all_events([Row(1, ("全部办理记录（截至今日）",))])
    assert not tells_all_events([Row(1, ("办理记录",))])
