"""Tables of one look in a workbook, made to be filtered on a screen and printed on A4 across."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from alerts.wording import NOTHING, SYSTEM, data_line, stale_warning

FONT = "等线"
A4 = 9
HEADER_ROW = 2
FIRST_ROW = HEADER_ROW + 1
NARROW = 10
"""Up to how many columns a head has room for one line."""
HEADS = {"number": "head-right", "percent": "head-right", "word": "head-centre", "serial": "head-centre"}

_WIDE = re.compile("[\u2000-\U0010ffff]")

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
    "督办·红牌": ("#A31016", "#FFFFFF"),
    "督办·黄牌": ("#FFF0B8", "#5C4700"),
    "未受理": ("#FBDCDC", "#9B1015"),
    "已受理": ("#FFF0B8", "#5C4700"),
    "已办结": ("#E6E8EB", "#3F4854"),
}
"""Word → (background, ink): a colour never stands without its word."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its head, the row's value it shows, its width in characters, its kind."""

    head: str
    key: str
    width: float
    kind: str = "text"


def book_of(title: str, payload: Mapping[str, Any], write: Callable[["Pen"], None]) -> bytes:
    """A workbook that ``write`` fills; the same ``payload`` gives the same bytes.

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
        book.set_properties({"title": title, "author": SYSTEM, "created": created})
        write(Pen(book, payload))
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
        sheet.set_row(HEADER_ROW, 32 if len(columns) > NARROW else 24)
        for number, column in enumerate(columns):
            sheet.set_column(number, number, column.width)
            look = HEADS.get(column.kind, "head")
            sheet.write_string(HEADER_ROW, number, column.head, self.looks[look])
        sheet.freeze_panes(FIRST_ROW, 0)
        sheet.repeat_rows(HEADER_ROW)
        return sheet

    def table(
        self, name: str, title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], empty: str,
        *, coloured: bool = True,
    ) -> Worksheet:  # fmt: skip
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
            if coloured and column.kind == "word":
                self.colour(sheet, place, last)
        return sheet

    def row(
        self, sheet: Worksheet, place: int, columns: Sequence[Column], values: Mapping[str, Any], number: int,
        *, end: str = "",
    ) -> None:  # fmt: skip
        """One row, as high as its longest text needs; ``end`` "-sum" for a total."""
        lines = 1
        for at, column in enumerate(columns):
            value = number if column.kind == "serial" else values[column.key]
            self.cell(sheet, place, at, column.kind, value, end)
            if column.kind == "text":
                lines = max(lines, ceil(width(str(value)) / (column.width - 2)))
        sheet.set_row(place, 7 + 15 * min(lines, 12))

    def cell(self, sheet: Worksheet, row: int, place: int, kind: str, value: Any, end: str = "") -> None:
        """One value in its kind; a missing date or rate is "—", a missing number nothing."""
        look = self.looks[kind + end]
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


def width(text: str) -> int:
    """Columns of a half-width character that ``text`` takes."""
    return len(text) + len(_WIDE.findall(text))
