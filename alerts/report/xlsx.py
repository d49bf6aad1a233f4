"""The weekly report as a workbook, from the same rows as the mail. The same rows give the same bytes."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from alerts.report import code_sheets
from alerts.report.code_rows import DEFINITIONS as CODE_DEFINITIONS
from alerts.report.figures import UNASSIGNED
from alerts.report.sheets import FIRST_ROW, FONT, HEADER_ROW, Column, Pen, book_of, width
from alerts.wording import NOTHING, long_moment

UNIT_COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("单位", "name", 26),
    Column("状态", "state", 9, "word"),
    Column("期初在办", "before", 9, "number"),
    Column("新收", "received", 7, "number"),
    Column("受理", "accepted", 7, "number"),
    Column("办结", "finished", 7, "number"),
    Column("有时限办结", "finished_judged", 11, "number"),
    Column("按时办结", "finished_on_time", 9, "number"),
    Column("按时办结率", "on_time_rate", 11, "percent"),
    Column("期末在办", "in_hand", 9, "number"),
    Column("临期", "near", 7, "number"),
    Column("黄牌", "yellow_cards", 7, "number"),
    Column("红牌", "red_cards", 7, "number"),
    Column("逾期", "overdue", 7, "number"),
    Column("逾期率", "overdue_rate", 9, "percent"),
    Column("新增逾期", "overdue_new", 9, "number"),
    Column("计时暂停", "paused", 9, "number"),
    Column("催办（封）", "reminders", 10, "number"),
    Column("督办（封）", "supervised", 10, "number"),
)
CODE_COLUMNS = (
    Column("应用码", "code_need", 9, "number"),
    Column("用码率", "code_use_rate", 9, "percent"),
    Column("正确率", "code_right_rate", 9, "percent"),
)
"""Columns that a report queued by an earlier release does not have."""
RATES = {"on_time_rate": ("finished_on_time", "finished_judged"), "overdue_rate": ("overdue", "in_hand")}
OVERDUE_COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("级别", "card", 8, "word"),
    Column("单位", "unit", 26),
    Column("事项", "matter", 31),
    Column("项目", "project", 38),
    Column("项目代码", "project_code", 28),
    Column("办件编号", "item", 17),
    Column("阶段", "stage", 7),
    Column("收件日期", "received", 12, "date"),
    Column("受理日期", "accepted", 12, "date"),
    Column("到期日", "due", 12, "date"),
    Column("逾期天数", "overdue_days", 10, "number"),
    Column("转为逾期", "became_overdue", 12, "date"),
    Column("备注", "remark", 11),
)
DUE_COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("到期日", "due", 12, "date"),
    Column("灯色", "light_name", 8, "word"),
    Column("单位", "unit", 26),
    Column("事项", "matter", 31),
    Column("项目", "project", 38),
    Column("项目代码", "project_code", 28),
    Column("办件编号", "item", 17),
    Column("阶段", "stage", 7),
    Column("备注", "remark", 14),
)
NOTE_COLUMNS = (Column("项目", "name", 24), Column("数量", "count", 9, "number"), Column("说明", "meaning", 110))
DEFINITIONS = (
    ("期末在办", "期初在办 + 新收 − 办结。"),
    ("按时办结率", "按时办结 ÷ 办结；没有办结的以“—”表示。"),
    ("临期", "未逾期、剩余天数已在预警线以内的在办事项。"),
    ("黄牌", "已过到期日、尚未列入红牌的在办事项。"),
    ("红牌", "逾期较久或已超过法定时限的在办事项。"),
    ("逾期、逾期率", "逾期 = 黄牌 + 红牌；逾期率 = 逾期 ÷ 期末在办。"),
    ("逾期天数", "按该事项时限的计算单位计，多为工作日；到期后尚未过一个工作日的计为 0。"),
    (
        "到期日",
        "起算当日不计；补正和特别程序期间不计；末日为休息日的顺延（《行政许可法》第八十二条、《民法典》第二百零三条）。",
    ),
)


def workbook(payload: Mapping[str, Any]) -> bytes:
    """The workbook of ``rows.payload``: 概览, 逾期清单, 下周到期, 项目代码, 项目代码问题, 数据说明."""
    return book_of(f"审批时限逾期周报 {payload['period']['title']}", payload, lambda pen: _fill(pen, payload))


def _fill(pen: Pen, payload: Mapping[str, Any]) -> None:
    _overview(pen, payload)
    overdue = f"逾期清单　{payload['period']['title']}"
    pen.table("逾期清单", overdue, OVERDUE_COLUMNS, payload["overdue"], "没有逾期事项。")
    pen.table("下周到期", "下周到期事项", DUE_COLUMNS, payload["due_next"], "下周没有到期事项。")
    # A report that was queued by an earlier release says nothing of project codes.
    if codes := payload.get("codes"):
        code_sheets.use(pen, codes, payload["period"]["title"])
        code_sheets.findings(pen, "项目代码问题", "期末待更正的项目代码", codes["findings"], "没有待更正的项目代码。")
    _notes(pen, payload)


def _overview(pen: Pen, payload: Mapping[str, Any]) -> None:
    units = [{**unit, "state": _state(unit)} for unit in payload["units"]]
    columns = UNIT_COLUMNS + (CODE_COLUMNS if "codes" in payload else ())
    sheet = pen.table("概览", f"审批时限逾期周报　{payload['period']['title']}", columns, units, "没有配置单位。")
    row = FIRST_ROW + max(1, len(units))
    if units:
        sheet.set_row(row, 24)
        _total(pen, sheet, row, columns, payload["total"])
    row += 2
    sheet.write_string(row, 0, "本周概述", pen.looks["section"])
    for sentence in payload["summary"]:
        row += 1
        sheet.merge_range(row, 0, row, len(columns) - 1, "", pen.looks["prose"])
        sheet.write_string(row, 0, sentence, pen.looks["prose"])
        sheet.set_row(row, 4 + 16 * ceil(width(sentence) / 170))
    late = sum(1 for unit in units if unit["overdue"])
    if late:
        _chart(pen, sheet, row + 2, late)


def _total(pen: Pen, sheet: Worksheet, row: int, columns: tuple[Column, ...], total: Mapping[str, Any]) -> None:
    """Sums as formulas, each with the report's own figure as the value a reader without a calculator sees."""
    places = {column.key: place for place, column in enumerate(columns)}
    for place, column in enumerate(columns):
        look = pen.looks[f"{column.kind}-sum"]
        if column.key in RATES:
            part, whole = (xl_rowcol_to_cell(row, places[key]) for key in RATES[column.key])
            value = NOTHING if total[column.key] is None else total[column.key]
            formula = f'=IF({whole}=0,"{NOTHING}",ROUND({part}/{whole},3))'
            sheet.write_formula(row, place, formula, look, value)
        elif column.kind == "percent":
            pen.cell(sheet, row, place, "percent", total[column.key], "-sum")
        elif column.key in total and column.kind == "number":
            name = xl_col_to_name(place)
            formula = f"=SUM({name}{FIRST_ROW + 1}:{name}{row})"
            sheet.write_formula(row, place, formula, look, total[column.key])
        else:
            sheet.write_string(row, place, "合计" if column.key == "name" else "", look)


def _chart(pen: Pen, sheet: Worksheet, row: int, late: int) -> None:
    """Overdue items of the units that have any: they stand first in the table."""
    chart = pen.book.add_chart({"type": "bar", "subtype": "stacked"})
    places = {column.key: place for place, column in enumerate(UNIT_COLUMNS)}
    last = FIRST_ROW + late - 1
    font = {"name": FONT, "size": 10, "color": "#1F2733"}
    for key, colour, ink in (("yellow_cards", "#E9B93A", "#3D2F00"), ("red_cards", "#A31016", "#FFFFFF")):
        chart.add_series(
            {
                "name": ["概览", HEADER_ROW, places[key]],
                "categories": ["概览", FIRST_ROW, places["name"], last, places["name"]],
                "values": ["概览", FIRST_ROW, places[key], last, places[key]],
                "fill": {"color": colour},
                "gap": 60,
                "data_labels": {"value": True, "num_format": "0;;", "font": {**font, "color": ink, "bold": True}},
            }
        )
    chart.set_title({"name": "各单位逾期事项（件）", "name_font": {**font, "size": 13, "bold": True}, "overlay": False})
    chart.set_y_axis({"reverse": True, "num_font": font, "line": {"color": "#CFD5DD"}, "major_tick_mark": "none"})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_legend({"position": "top", "font": font})
    chart.set_size({"width": 1000, "height": 100 + 30 * late})
    sheet.insert_chart(row, 0, chart, {"description": "各单位逾期事项数，按黄牌、红牌分列"})


def _notes(pen: Pen, payload: Mapping[str, Any]) -> None:
    known = DEFINITIONS + (CODE_DEFINITIONS if "codes" in payload else ())
    definitions = [{"name": name, "count": None, "meaning": meaning} for name, meaning in known]
    made = {"name": "生成时间", "count": None, "meaning": long_moment(payload["made_at"])}
    rows = [*payload["data_notes"], *definitions, made]
    sheet = pen.sheet("数据说明", "数据说明", NOTE_COLUMNS)
    for number, row in enumerate(rows):
        pen.row(sheet, FIRST_ROW + number, NOTE_COLUMNS, row, number + 1)


def _state(unit: Mapping[str, Any]) -> str:
    if unit["red_cards"]:
        return "有红牌"
    if unit["yellow_cards"]:
        return "有黄牌"
    return "待匹配" if unit["unit"] == UNASSIGNED[0] else "无逾期"
