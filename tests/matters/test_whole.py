"""From any rows to a file: whatever an export holds, what was read of it is what matters.toml then says."""

import tomllib
from datetime import date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.checks import check_matters
from config.documents import Places
from config.matters import Matter, MattersFile, Workbook
from config.matters_text import rewritten
from monitor.catalogue.compare import compare
from monitor.catalogue.reading import Reading, read_sheets

HEADINGS = [
    "实施编码",
    "事项名称",
    "办件类型",
    "承诺办结时限",
    "单位",
    "法定办结时限",
    "单位",
    "是否需要项目代码",
    "实施主体",
]
OLD = {
    "A": Matter(code="A", name="甲", promised=5, statutory=20, statutory_unit="natural_day"),
    "B": Matter(code="B", name="乙", instant=True, needs_code=False),
}

words = st.sampled_from(
    [
        "A",
        "B",
        "C-1",
        "即办件",
        "承诺件",
        "即办",
        "无",
        "5个工作日",
        "30（自然日）",
        "1个月",
        "工作日",
        "自然日",
        "是",
        "否",
    ]
)
cells = st.one_of(
    words, st.none(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.text(max_size=12)
)
sheets = st.lists(st.lists(cells, max_size=len(HEADINGS)), max_size=8)


def read(rows: list[list[Any]]) -> Reading:
    """The rows below the headings."""
    return read_sheets([("", [(1, HEADINGS), *((n, row) for n, row in enumerate(rows, 2))])], Workbook(), (), bool)


def says(text: str) -> dict[str, Matter]:
    """What a file says, by code."""
    return {one.code: one for one in MattersFile.model_validate(tomllib.loads(text)).matter}


@given(sheets, st.booleans())
def test_what_was_read_is_what_the_file_says(rows: list[list[Any]], replace: bool) -> None:
    before = rewritten("# 手写\n", [], list(OLD.values()))
    found = compare(OLD, read(rows).stated, replace=replace)
    gone = [one.code for one in found.gone] if replace else []
    text = rewritten(before, [one.after for one in found.changed], found.added, gone, "来自")
    assert says(text) == dict(found.catalogue)
    problems = check_matters(tuple(found.catalogue.values()), Places("matters.toml"))
    assert {problem.severity for problem in problems} <= {"warning"}


@given(sheets)
def test_every_row_is_taken_listed_or_counted(rows: list[list[Any]]) -> None:
    found = read(rows)
    whole = sum(1 for trouble in found.troubles if trouble.whole_row)
    filled = sum(1 for row in rows if any(_says_something(cell) for cell in row))
    assert found.rows + whole + found.notes == filled


def _says_something(cell: Any) -> bool:
    if isinstance(cell, bool | int | float | date | datetime):
        return True
    return any(char.isprintable() and not char.isspace() for char in cell or "")


@given(sheets)
def test_the_order_of_rows_that_agree_makes_no_difference(rows: list[list[Any]]) -> None:
    first, again = read(rows), read(rows[::-1])
    assert first.stated.keys() == again.stated.keys()
    for code, stated in first.stated.items():
        nameless = [{key: value for key, value in one.items() if key != "name"} for one in (stated, again.stated[code])]
        assert nameless[0] == nameless[1]
