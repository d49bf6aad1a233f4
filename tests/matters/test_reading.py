"""An exported catalogue read row by row: title lines, headings of all kinds, good cells taken, the rest set out."""

from collections.abc import Collection, Sequence
from typing import Any

import pytest

from config.matters import Columns, Workbook
from monitor.catalogue.heading import find_heading
from monitor.catalogue.reading import Reading, read_sheets

HEADINGS = ["序号", "实施编码", "事项名称", "办件类型", "承诺办结时限", "承诺办结时限单位", "法定办结时限",
            "法定办结时限单位", "是否需要项目代码", "实施主体", "联系电话"]  # fmt: skip
GOOD = [1, "M1", "取水许可", "承诺件", 5, "工作日", 20, "工作日", "是", "怀柔区水务局", "000"]


def row(**cells: Any) -> list[Any]:
    """A good row, other ``cells`` by heading."""
    return [cells.get(heading, value) for heading, value in zip(HEADINGS, GOOD, strict=True)]


def read(
    *rows: Sequence[Any],
    titles: int = 0,
    words: Workbook | None = None,
    known: Collection[str] = (),
    ours: Collection[str] = (),
) -> Reading:
    """The rows as one sheet, numbered from 1, below ``titles`` empty lines."""
    numbered = [(titles + number, cells) for number, cells in enumerate(rows, 1)]
    return read_sheets([("清单", numbered)], words or Workbook(), known, lambda name: name in ours)


def troubles(reading: Reading) -> list[tuple[int, str, str]]:
    """Row, column and the beginning of what is wrong."""
    return [(one.row, one.column, one.message) for one in reading.troubles]


PLAIN = {
    "name": "取水许可",
    "instant": False,
    "promised": 5,
    "promised_unit": "working_day",
    "statutory": 20,
    "statutory_unit": "working_day",
    "needs_code": True,
}


def test_a_good_row_states_everything() -> None:
    found = read(HEADINGS, GOOD)
    assert (found.stated, found.troubles, found.rows) == ({"M1": PLAIN}, [], 1)
    assert found.sheets == [("清单", 1, "实施编码")]


def test_lines_above_the_headings_and_below_the_table_are_no_matters() -> None:
    found = read(
        ["怀柔区政务服务事项清单"], ["导出时间", "2026-11-01"], HEADINGS, GOOD, [None, "制表：某某"], ["合计 1 项"]
    )
    assert (list(found.stated), found.troubles, found.notes) == (["M1"], [], 2)
    assert found.sheets == [("清单", 3, "实施编码")]


def test_a_remark_merged_over_all_columns_is_no_matter() -> None:
    found = read(HEADINGS, GOOD, ["说明：以上按办事指南"] * len(HEADINGS))
    assert (list(found.stated), found.troubles, found.notes) == (["M1"], [], 1)


def test_headings_repeated_on_the_next_page_are_no_matter() -> None:
    found = read(HEADINGS, GOOD, HEADINGS, row(实施编码="M2"))
    assert (list(found.stated), found.troubles, found.notes) == (["M1", "M2"], [], 1)


def test_headings_of_two_lines_are_read_by_the_lower_one() -> None:
    upper = ["实施编码", "事项名称", "办结时限", "办结时限"]
    lower = ["实施编码", "事项名称", "承诺时限", "法定时限"]
    found = read(upper, lower, ["M1", "取水许可", "5个工作日", "20个工作日"])
    assert (found.stated["M1"]["promised"], found.stated["M1"]["statutory"]) == (5, 20)


HEADING_FORMS: dict[str, tuple[list[str], list[Any], dict[str, Any]]] = {
    "the unit in the heading": (
        ["事项编码", "承诺时限（工作日）", "法定时限（自然日）"],
        ["M1", 5, 30],
        {"promised": 5, "promised_unit": "working_day", "statutory": 30, "statutory_unit": "natural_day"},
    ),
    "columns of units just called 单位": (
        ["事项编码", "承诺办结时限", "单位", "法定办结时限", "单位"],
        ["M1", 5, "工作日", 30, "自然日"],
        {"promised": 5, "promised_unit": "working_day", "statutory": 30, "statutory_unit": "natural_day"},
    ),
    "asterisks, colons, blanks and line breaks": (
        ["＊ 事项编码：", "承诺办结\n时限"],
        ["M1", "5个工作日"],
        {"promised": 5, "promised_unit": "working_day"},
    ),
    "only what is to be stated": (["基本编码", "是否需要项目代码"], ["M1", "否"], {"needs_code": False}),
}


@pytest.mark.parametrize("case", HEADING_FORMS, ids=str)
def test_headings_are_known_in_many_forms(case: str) -> None:
    headings, cells, expected = HEADING_FORMS[case]
    assert read(headings, cells).stated == {"M1": expected}


def test_headings_are_the_configurations() -> None:
    words = Workbook(columns=Columns(code=("唯一标识",), promised=("几天办完",)))
    found = read(["唯一标识", "几天办完"], ["M1", "5个工作日"], words=words)
    assert found.stated["M1"]["promised"] == 5
    assert find_heading([(1, HEADINGS)], words) is None


def test_of_several_columns_of_codes_the_one_that_the_ledger_knows_is_taken() -> None:
    headings, cells = ["实施编码", "基本编码", "承诺时限"], ["LONG-1", "M1", 5]
    assert list(read(headings, cells).stated) == ["LONG-1"]
    assert list(read(headings, cells, known={"M1"}).stated) == ["M1"]


def test_a_sheet_without_headings_is_passed_over() -> None:
    cover = ("封面", [(1, ["政务服务事项清单"])])
    found = read_sheets([cover, ("清单", [(1, HEADINGS), (2, GOOD)])], Workbook())
    assert [name for name, _, _ in found.sheets] == ["清单"]
    assert read_sheets([cover], Workbook()).sheets == []


HALF: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[int, str, str]]]] = {
    "a month is set out, the rest of the row is taken": (
        {"法定办结时限": "1个月"},
        {name: value for name, value in PLAIN.items() if not name.startswith("statutory")},
        [(2, "法定办结时限", "按月")],
    ),
    "an unknown duty is set out": (
        {"是否需要项目代码": "视情况"},
        {name: value for name, value in PLAIN.items() if name != "needs_code"},
        [(2, "是否需要项目代码", "不是“是”或“否”")],
    ),
    "a zero of a matter that is not instant is no limit": (
        {"承诺办结时限": 0},
        {name: value for name, value in PLAIN.items() if not name.startswith("promised")},
        [(2, "承诺办结时限", "为 0，只有即办件")],
    ),
    "on the spot, although of another kind": (
        {"承诺办结时限": "即办"},
        {name: value for name, value in PLAIN.items() if not name.startswith("promised")},
        [(2, "承诺办结时限", "办件类型却不是即办件")],
    ),
    "no limit by law": (
        {"法定办结时限": "无", "法定办结时限单位": None},
        {name: value for name, value in PLAIN.items() if name != "statutory_unit"} | {"statutory": None},
        [],
    ),
    "an instant matter with zeros": (
        {"办件类型": "即办件", "承诺办结时限": 0, "法定办结时限": 0},
        {"name": "取水许可", "instant": True, "promised": None, "needs_code": True},
        [],
    ),
    "blank cells say nothing": (
        {"承诺办结时限": None, "法定办结时限": "", "是否需要项目代码": None, "办件类型": None, "事项名称": None},
        {},
        [],
    ),
}


@pytest.mark.parametrize("case", HALF, ids=str)
def test_a_row_half_readable_gives_its_good_cells(case: str) -> None:
    cells, stated, wrong = HALF[case]
    found = read(HEADINGS, row(**cells))
    assert found.stated == {"M1": stated}
    assert [(number, column) for number, column, _ in troubles(found)] == [(n, c) for n, c, _ in wrong]
    assert all(words in message for (_, _, message), (_, _, words) in zip(troubles(found), wrong, strict=True))


@pytest.mark.parametrize(
    ("code", "words"),
    [(None, "没有事项编码，整行未采用"), ("取水 许可", "不是编码"), (1.1e30, "末几位已经丢失")],
)
def test_a_row_whose_matter_cannot_be_told_is_set_out_and_does_not_stop_the_next(code: Any, words: str) -> None:
    found = read(HEADINGS, row(实施编码=code), row(实施编码="M2"))
    assert list(found.stated) == ["M2"]
    [trouble] = found.troubles
    assert (trouble.row, trouble.column, trouble.whole_row) == (2, "实施编码", True)
    assert words in trouble.message
    assert str(trouble).startswith("“清单”表第 2 行“实施编码”：")


def test_rows_of_one_matter_that_agree_are_one() -> None:
    found = read(HEADINGS, GOOD, row(事项名称="取水许可（变更）"))
    assert (found.stated, found.troubles, found.rows) == ({"M1": PLAIN}, [], 2)


def test_rows_of_one_matter_that_contradict_each_other_state_nothing_in_that() -> None:
    found = read(HEADINGS, GOOD, row(承诺办结时限=7))
    assert "promised" not in found.stated["M1"]
    assert "promised_unit" not in found.stated["M1"]
    assert found.stated["M1"]["statutory"] == 20
    assert troubles(found) == [(3, "承诺时限", "与第 2 行同一事项编码 M1 的写法不一致，此项未采用")]


def test_of_several_districts_rows_ours_counts() -> None:
    found = read(HEADINGS, GOOD, row(承诺办结时限=7, 实施主体="密云区水务局"), ours={"怀柔区水务局"})
    assert (found.stated["M1"]["promised"], found.troubles) == (5, [])


def test_other_columns_are_never_looked_at() -> None:
    found = read(HEADINGS, row(联系电话="not-ours"))
    assert "not-ours" not in repr(found)
