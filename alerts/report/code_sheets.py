"""The sheets on project codes: how they are used, and the list of those to be mended."""

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from alerts.report.code_rows import RULES
from alerts.report.sheets import FIRST_ROW, HEADS, Column, Pen

ONE_PAGE = 60
"""Up to how many rows a sheet is printed on one page: its tables lie below one another and have heads of their own."""
COUNTS = (
    Column("应用码", "need", 9, "number"),
    Column("已填", "entered", 9, "number"),
    Column("核验通过", "right", 9, "number"),
    Column("用码率", "use_rate", 10, "percent"),
    Column("正确率", "right_rate", 10, "percent"),
)
RECENT = (
    Column("近四周应用码", "recent_need", 15, "number"),
    Column("近四周已填", "recent_entered", 13, "number"),
    Column("近四周核验通过", "recent_right", 17, "number"),
    Column("近四周用码率", "recent_use_rate", 15, "percent"),
    Column("近四周正确率", "recent_right_rate", 15, "percent"),
)
UNIT_COLUMNS = (Column("排名", "rank_text", 7, "word"), Column("单位", "name", 28), *COUNTS, *RECENT)
COUNTER_COLUMNS = (Column("", "blank", 7, "word"), Column("窗口", "name", 28), *COUNTS, *RECENT)
WEEK_COLUMNS = (Column("", "blank", 7, "word"), Column("周", "name", 28), *COUNTS)
FINDING_COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("进度", "standing", 9, "word"),
    Column("窗口", "counter", 14),
    Column("单位", "unit", 17),
    Column("办件编号", "item", 16),
    Column("接件日期", "received", 12, "date"),
    Column("事项", "matter", 22),
    Column("项目", "project", 24),
    Column("填写的内容", "given", 28),
    Column("问题", "reason", 24),
    Column("应为", "repaired", 27),
    Column("处理", "advice", 27),
)


def use(pen: Pen, codes: Mapping[str, Any], title: str) -> None:
    """The sheet 项目代码: by unit with the total, by counter, by week."""
    sheet = pen.table(
        "项目代码", f"项目代码使用情况　{title}", UNIT_COLUMNS, codes["units"], "没有配置单位。", coloured=False
    )
    row = FIRST_ROW + max(1, len(codes["units"]))
    pen.row(sheet, row, UNIT_COLUMNS, {**codes["total"], "rank_text": ""}, 0, end="-sum")
    counters = [{**one, "blank": ""} for one in codes["counters"]]
    row = _block(pen, sheet, row + 2, "按窗口", COUNTER_COLUMNS, counters)
    weeks = [{**one, "blank": "", "name": f"{one['label']}（{one['monday']} 起）"} for one in codes["weeks"]]
    row = _block(pen, sheet, row + 1, "近四周", WEEK_COLUMNS, weeks)
    sheet.write_string(row + 1, 0, RULES, pen.looks["soft"])
    if row <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)


def _block(
    pen: Pen, sheet: Worksheet, row: int, title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]
) -> int:
    """A further table below the first; returns the row after it."""
    sheet.set_row(row, 24)
    sheet.write_string(row, 0, title, pen.looks["section"])
    for place, column in enumerate(columns):
        sheet.write_string(row + 1, place, column.head, pen.looks[HEADS.get(column.kind, "head")])
    sheet.set_row(row + 1, 24)
    for number, values in enumerate(rows):
        pen.row(sheet, row + 2 + number, columns, values, number + 1)
    return row + 2 + len(rows)


def findings(pen: Pen, name: str, title: str, rows: Sequence[Mapping[str, Any]], empty: str) -> None:
    """A sheet that lists codes that are missing or wrong."""
    pen.table(name, title, FINDING_COLUMNS, rows, empty)
