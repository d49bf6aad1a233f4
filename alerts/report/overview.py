"""The sheets of figures: 概览 and 督办与用时, a row a unit with the total in formulas, and 走势, a row a week."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from alerts.report import book_charts
from alerts.report.columns import ADJUSTED, EFFORT, FLOW, TREND, Figure
from alerts.report.figures import UNASSIGNED
from alerts.report.sheets import FIRST_ROW, Column, Pen, width
from alerts.wording import NOTHING

OVERVIEW, EFFORTS, TRENDS = "概览", "督办与用时", "走势"
PROSE_WIDTH = 160
NARROWEST, WIDEST = 8.5, 14
"""Widths of a column of figures; a head that needs more goes on in a second line."""
ONE_PAGE = 20
"""Up to how many units the sheet is printed on one page with its charts."""
BAD = ("overdue", "red_cards", "overdue_new", "unanswered")
"""Figures that are shown in red when they are not 0."""


def overview(pen: Pen, payload: Mapping[str, Any]) -> None:
    """概览: the flow of every unit, the summary, the charts."""
    name = f"审批时限{payload['period']['name']}　{payload['period']['title']}"
    lead = (Column("序号", "#", 6, "serial"), Column("单位", "name", 26), Column("状态", "state", 9, "word"))
    sheet, row = _units(pen, payload, OVERVIEW, name, lead, FLOW)
    row += 1
    sheet.write_string(row, 0, f"{payload['period']['this']}概述", pen.looks["section"])
    for sentence in payload["summary"]:
        row += 1
        sheet.merge_range(row, 0, row, len(lead) + len(FLOW) - 1, "", pen.looks["prose"])
        sheet.write_string(row, 0, sentence, pen.looks["prose"])
        sheet.set_row(row, 4 + 16 * ceil(width(sentence) / PROSE_WIDTH))
    if len(payload["units"]) <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    place = len(lead) + [figure.key for figure in FLOW].index("yellow_cards")
    book_charts.insert(pen, sheet, row + 2, payload, OVERVIEW, TRENDS, place)


def efforts(pen: Pen, payload: Mapping[str, Any]) -> None:
    """督办与用时: rank, time used, what was sent and answered, use of codes of every unit."""
    lead = (Column("序号", "#", 6, "serial"), Column("单位", "name", 26))
    title = f"排名、用时、督办与用码　{payload['period']['title']}"
    sheet, row = _units(pen, payload, EFFORTS, title, lead, (*EFFORT, *ADJUSTED))
    for rule in payload["rules"]:
        row += 1
        sheet.write_string(row, 0, rule, pen.looks["soft"])


def trend(pen: Pen, payload: Mapping[str, Any]) -> None:
    """走势: the last weeks, a row each."""
    lead = (Column("周", "title", 12), Column("周次", "label", 14))
    columns = (*lead, *map(_column, TREND))
    pen.table(TRENDS, f"近 {len(payload['trend'])} 周走势", columns, payload["trend"], "没有以前各周的数字。")


def total_row(payload: Mapping[str, Any]) -> int:
    """The row of 概览 and 督办与用时, from 0, that the totals stand in."""
    return FIRST_ROW + max(1, len(payload["units"]))


def place_of(key: str) -> str:
    """The letter of the column of 概览 that shows the figure ``key``."""
    return str(xl_col_to_name(3 + [figure.key for figure in FLOW].index(key)))


def _column(figure: Figure) -> Column:
    return Column(figure.head, figure.key, min(WIDEST, max(NARROWEST, width(figure.head) + 3)), figure.kind)


def _units(
    pen: Pen, payload: Mapping[str, Any], name: str, title: str, lead: Sequence[Column], figures: Sequence[Figure]
) -> tuple[Worksheet, int]:
    """A table of the units and their total; returns the sheet and the row after it."""
    units = [{**unit, "state": _state(unit)} for unit in payload["units"]]
    sheet = pen.table(name, title, (*lead, *map(_column, figures)), units, "没有配置单位。")
    row = total_row(payload)
    sheet.set_row(row, 24)
    for place, column in enumerate(lead):
        sheet.write_string(row, place, "合计" if column.key == "name" else "", pen.looks[f"{column.kind}-sum"])
    places = {figure.key: len(lead) + number for number, figure in enumerate(figures)}
    for figure in figures:
        _total(pen, sheet, row, places, figure, payload["total"][figure.key])
        if figure.key in BAD:
            rule = {"type": "cell", "criteria": ">", "value": 0, "format": pen.bad}
            sheet.conditional_format(FIRST_ROW, places[figure.key], row, places[figure.key], rule)
    return sheet, row + 1


def _total(pen: Pen, sheet: Worksheet, row: int, places: Mapping[str, int], figure: Figure, value: Any) -> None:
    """The figure of all units as a formula, with the report's own as the value a reader without a calculator sees."""
    place, look = places[figure.key], pen.looks[f"{figure.kind}-sum"]
    name = xl_col_to_name(place)
    above = f"{name}{FIRST_ROW + 1}:{name}{row}"
    said = NOTHING if value is None else value
    if figure.share:
        part, whole = (xl_rowcol_to_cell(row, places[key]) for key in figure.share)
        sheet.write_formula(row, place, f'=IF({whole}=0,"{NOTHING}",ROUND({part}/{whole},3))', look, said)
    elif figure.total == "own":
        pen.cell(sheet, row, place, figure.kind, value, "-sum")
    elif figure.total == "max" or value is None:
        function = "MAX" if figure.total == "max" else "SUM"
        sheet.write_formula(row, place, f'=IF(COUNT({above})=0,"{NOTHING}",{function}({above}))', look, said)
    else:
        sheet.write_formula(row, place, f"=SUM({above})", look, said)


def _state(unit: Mapping[str, Any]) -> str:
    if unit["red_cards"]:
        return "有红牌"
    if unit["yellow_cards"]:
        return "有黄牌"
    return "待匹配" if unit["unit"] == UNASSIGNED[0] else "无逾期"
