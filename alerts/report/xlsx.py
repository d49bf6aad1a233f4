"""The weekly report as a workbook, from the same rows as the mail. The same rows give the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from alerts.report.figures import UNASSIGNED
from alerts.wording import NOTHING, SYSTEM, data_line, long_moment, stale_warning

FONT = "等线"
A4 = 9
HEADER_ROW = 2
FIRST_ROW = HEADER_ROW + 1
HEADS = {"number": "head-right", "percent": "head-right", "word": "head-centre", "serial": "head-centre"}

COLOURS = {
    "红牌": ("#A31016", "#FFFFFF"),
    "有红牌": ("#A31016", "#FFFFFF"),
    "黄牌": ("#FFF0B8", "#5C4700"),
    "有黄牌": ("#FFF0B8", "#5C4700"),
    "无逾期": ("#DFF2E3", "#14562A"),
    "绿灯": ("#DFF2E3", "#14562A"),
    "黄灯": ("#FFF0B8", "#5C4700"),
    "橙灯": ("#FFDFC2", "#753400"),
    "红灯": ("#FBDCDC", "#9B1015"),
    "灰灯": ("#E6E8EB", "#3F4854"),
}
"""Word → (background, ink): a colour never stands without its word."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its head, the row's value it shows, its width in characters, its kind."""

    head: str
    key: str
    width: float
    kind: str = "text"


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
    """The workbook of ``rows.payload``: 概览, 逾期清单, 下周到期, 数据说明.

    What a record says is written as text, never as a formula or link.
    """
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": FONT, "font_size": 11},
    }
    with Workbook(buffer, options) as book:
        created = datetime.fromisoformat(payload["made_at"]).astimezone(UTC).replace(tzinfo=None)
        title = f"审批时限逾期周报 {payload['period']['title']}"
        book.set_properties({"title": title, "author": SYSTEM, "created": created})
        pen = Pen(book, payload)
        _overview(pen, payload)
        pen.table(
            "逾期清单", f"逾期清单　{payload['period']['title']}", OVERDUE_COLUMNS, payload["overdue"], "没有逾期事项。"
        )
        pen.table("下周到期", "下周到期事项", DUE_COLUMNS, payload["due_next"], "下周没有到期事项。")
        _notes(pen, payload)
    return buffer.getvalue()


class Pen:
    """Writes tables of one look into a book."""

    def __init__(self, book: Workbook, payload: Mapping[str, Any]) -> None:
        self.book = book
        self.line_1 = data_line(payload["data_as_of"])
        if warning := stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]):
            self.line_1 += f"　{warning}"
        rule = {"bottom": 1, "bottom_color": "#D5DAE1", "valign": "vcenter"}
        head = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#2F5D9B", "text_wrap": True, "valign": "vcenter"}
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
            "soft": {"font_color": "#56606E", "font_size": 10, "valign": "vcenter"},
            "head": {**head, "align": "left", "indent": 1},
            "head-right": {**head, "align": "right", "indent": 1},
            "head-centre": {**head, "align": "center"},
            "text": {**rule, "text_wrap": True, "align": "left", "indent": 1},
            "word": {**rule, "align": "center"},
            "serial": {**rule, "align": "center", "font_color": "#56606E"},
            "number": {**rule, "align": "right", "indent": 1, "num_format": "0"},
            "percent": {**rule, "align": "right", "indent": 1, "num_format": "0.0%"},
            "date": {**rule, "align": "left", "indent": 1, "num_format": "yyyy-mm-dd"},
            "prose": {"text_wrap": True, "valign": "top"},
            "section": {"bold": True, "font_size": 12, "valign": "vcenter"},
        }
        sums = {"bold": True, "top": 2, "bottom": 0, "top_color": "#2F5D9B"}
        looks |= {f"{kind}-sum": {**looks[kind], **sums} for kind in ("text", "word", "serial", "number", "percent")}
        self.looks = {name: book.add_format(look) for name, look in looks.items()}
        self.word_looks = {word: book.add_format({"bg_color": b, "font_color": f}) for word, (b, f) in COLOURS.items()}

    def sheet(self, name: str, title: str, columns: Sequence[Column]) -> Worksheet:
        """A sheet with title, line 1 and head, frozen, set up to print on A4 across."""
        sheet = self.book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{SYSTEM}&C第 &P 页，共 &N 页&R&A")
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, title, self.looks["title"])
        sheet.write_string(1, 0, self.line_1, self.looks["soft"])
        sheet.set_row(HEADER_ROW, 32 if len(columns) > len(DUE_COLUMNS) else 24)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            look = HEADS.get(column.kind, "head")
            sheet.write_string(HEADER_ROW, number, column.head, self.looks[look])
        sheet.freeze_panes(FIRST_ROW, 0)
        sheet.repeat_rows(HEADER_ROW)
        return sheet

    def table(
        self, name: str, title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], empty: str
    ) -> Worksheet:
        """A sheet that lists ``rows``; without any it says ``empty``."""
        sheet = self.sheet(name, title, columns)
        for number, row in enumerate(rows):
            self.row(sheet, FIRST_ROW + number, columns, row, number + 1)
        if not rows:
            sheet.write_string(FIRST_ROW, 0, empty, self.looks["soft"])
            return sheet
        last = FIRST_ROW + len(rows) - 1
        sheet.autofilter(HEADER_ROW, 0, last, len(columns) - 1)
        for place, column in enumerate(columns):
            if column.kind == "word":
                self.colour(sheet, place, last)
        return sheet

    def row(
        self, sheet: Worksheet, place: int, columns: Sequence[Column], values: Mapping[str, Any], number: int
    ) -> None:
        """One row, as high as its longest text needs."""
        lines = 1
        for at, column in enumerate(columns):
            value = number if column.kind == "serial" else values[column.key]
            self.cell(sheet, place, at, column.kind, value)
            if column.kind == "text":
                lines = max(lines, ceil(_width(str(value)) / (column.width - 2)))
        sheet.set_row(place, 7 + 15 * min(lines, 12))

    def cell(self, sheet: Worksheet, row: int, place: int, kind: str, value: Any) -> None:
        """One value in its kind; a missing date or rate is "—", a missing number nothing."""
        look = self.looks[kind]
        if value is None:
            sheet.write_string(row, place, "" if kind == "number" else NOTHING, look)
        elif kind == "date":
            sheet.write_datetime(row, place, date.fromisoformat(value), look)
        elif kind in ("number", "percent", "serial"):
            sheet.write_number(row, place, value, look)
        else:
            sheet.write_string(row, place, value, look)

    def colour(self, sheet: Worksheet, place: int, last: int) -> None:
        """Colours a column of words by what they say, also after someone changes them."""
        for word, look in self.word_looks.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
            sheet.conditional_format(FIRST_ROW, place, last, place, rule)


def _overview(pen: Pen, payload: Mapping[str, Any]) -> None:
    units = [{**unit, "state": _state(unit)} for unit in payload["units"]]
    sheet = pen.table("概览", f"审批时限逾期周报　{payload['period']['title']}", UNIT_COLUMNS, units, "没有配置单位。")
    row = FIRST_ROW + max(1, len(units))
    if units:
        sheet.set_row(row, 24)
        _total(pen, sheet, row, payload["total"])
    row += 2
    sheet.write_string(row, 0, "本周概述", pen.looks["section"])
    for sentence in payload["summary"]:
        row += 1
        sheet.merge_range(row, 0, row, len(UNIT_COLUMNS) - 1, "", pen.looks["prose"])
        sheet.write_string(row, 0, sentence, pen.looks["prose"])
        sheet.set_row(row, 4 + 16 * ceil(_width(sentence) / 170))
    late = sum(1 for unit in units if unit["overdue"])
    if late:
        _chart(pen, sheet, row + 2, late)


def _total(pen: Pen, sheet: Worksheet, row: int, total: Mapping[str, Any]) -> None:
    """Sums as formulas, each with the report's own figure as the value a reader without a calculator sees."""
    places = {column.key: place for place, column in enumerate(UNIT_COLUMNS)}
    for place, column in enumerate(UNIT_COLUMNS):
        look = pen.looks[f"{column.kind}-sum"]
        if column.key in RATES:
            part, whole = (xl_rowcol_to_cell(row, places[key]) for key in RATES[column.key])
            value = NOTHING if total[column.key] is None else total[column.key]
            formula = f'=IF({whole}=0,"{NOTHING}",ROUND({part}/{whole},3))'
            sheet.write_formula(row, place, formula, look, value)
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
    definitions = [{"name": name, "count": None, "meaning": meaning} for name, meaning in DEFINITIONS]
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


def _width(text: str) -> int:
    """Columns of a half-width character that ``text`` takes."""
    return sum(1 if ord(character) < 0x2000 else 2 for character in text)
