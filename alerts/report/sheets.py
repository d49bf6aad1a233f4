"""Tables of one look in a workbook, made to be filtered on a screen and printed on A4 across."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from math import ceil
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts.wording import NOTHING, SYSTEM, data_line, stale_warning

FONT = "等线"
A4 = 9
HEADER_ROW = 2
FIRST_ROW = HEADER_ROW + 1
NARROW = 10
"""Up to how many columns a head has room for one line."""
HEADS = {
    "number": "head-right", "percent": "head-right", "days": "head-right", "change": "head-right",
    "word": "head-centre", "serial": "head-centre",
}  # fmt: skip
MANY = 2_000
"""Rows from which memory is saved at the price of files."""
MOST_LINES = 12
"""How many lines of a long text a row shows; the rest is seen in the cell."""

SUMMED = ("text", "word", "serial", "number", "percent", "days", "change")
"""The kinds of columns that a row of totals may have."""
COLOURS = {
    "红牌": ("#A31016", "#FFFFFF"),
    "督办·红牌": ("#A31016", "#FFFFFF"),
    "督办·黄牌": ("#FFF0B8", "#5C4700"),
    "有红牌": ("#A31016", "#FFFFFF"),
    "黄牌": ("#FFF0B8", "#5C4700"),
    "有黄牌": ("#FFF0B8", "#5C4700"),
    "无逾期": ("#DFF2E3", "#14562A"),
    "绿灯": ("#DFF2E3", "#14562A"),
    "黄灯": ("#FFF0B8", "#5C4700"),
    "橙灯": ("#FFDFC2", "#753400"),
    "红灯": ("#FBDCDC", "#9B1015"),
    "灰灯": ("#E6E8EB", "#3F4854"),
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


def book_of(title: str, payload: Mapping[str, Any], write: Callable[["Pen"], None], rows: int = 0) -> bytes:
    """A workbook that ``write`` fills, each sheet from its first row to its last; the same ``payload``, the same bytes.

    What a record says is written as text, never as a formula or link. ``rows``: about how many there will be; those of
    a long list go to a file as they are written, so that it takes no more memory than a short one.
    """
    buffer = BytesIO()
    options = {
        "constant_memory" if rows > MANY else "in_memory": True,
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
        # Figures keep off the edge by their format: an indent is lost in LibreOffice beside conditional colours.
        looks: dict[str, dict[str, Any]] = {
            "title": {"bold": True, "font_size": 16, "valign": "vcenter"},
            "soft": {"font_color": "#56606E", "font_size": 10, "valign": "vcenter"},
            "head": {**head, "align": "left", "indent": 1},
            "head-right": {**head, "align": "right", "num_format": "@_ "},
            "head-centre": {**head, "align": "center"},
            "text": {**rule, "text_wrap": True, "align": "left", "indent": 1},
            "word": {**rule, "align": "center"},
            "serial": {**rule, "align": "center", "font_color": "#56606E"},
            "number": {**rule, "align": "right", "num_format": "0_ ;-0_ ;0_ ;@_ "},
            "percent": {**rule, "align": "right", "num_format": "0.0%_ ;-0.0%_ ;0.0%_ ;@_ "},
            "days": {**rule, "align": "right", "num_format": "General_ ;-General_ ;0_ ;@_ "},
            "change": {**rule, "align": "right", "num_format": '"↑"0_ ;"↓"0_ ;"平"_ ;@_ '},
            "date": {**rule, "align": "left", "indent": 1, "num_format": "yyyy-mm-dd"},
            "prose": {"text_wrap": True, "valign": "top"},
            "section": {"bold": True, "font_size": 12, "valign": "vcenter"},
        }
        sums = {"bold": True, "top": 2, "bottom": 0, "top_color": "#2F5D9B"}
        looks |= {f"{kind}-sum": {**looks[kind], **sums} for kind in SUMMED}
        self.looks = {name: book.add_format(look) for name, look in looks.items()}
        self.bad = book.add_format({"font_color": "#A31016", "bold": True})
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
        plan = self._plan(columns)
        for number, row in enumerate(rows):
            _write(sheet, FIRST_ROW + number, plan, row, number + 1)
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
        _write(sheet, place, self._plan(columns, end), values, number)

    def cell(self, sheet: Worksheet, row: int, place: int, kind: str, value: Any, end: str = "") -> None:
        """One value in its kind; a missing date or rate is "—", a missing number nothing."""
        _cell(sheet, row, place, kind, value, self.looks[kind + end])

    def _plan(self, columns: Sequence[Column], end: str = "") -> list["_Place"]:
        return [
            (place, column.kind, column.key, self.looks[column.kind + end], column.width - 2)
            for place, column in enumerate(columns)
        ]

    def colour(self, sheet: Worksheet, place: int, last: int) -> None:
        """Colours a column of words by what they say, also after someone changes them."""
        for word, look in self.word_looks.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
            sheet.conditional_format(FIRST_ROW, place, last, place, rule)


_Place = tuple[int, str, str, Format, float]
"""Where a value goes: column, kind, key of the row, look, and how many half-width characters a line holds."""


def _write(sheet: Worksheet, row: int, plan: Sequence[_Place], values: Mapping[str, Any], number: int) -> None:
    lines = 1
    for place, kind, key, look, room in plan:
        if kind == "serial":
            sheet.write_number(row, place, number, look)
            continue
        value = values[key]
        if kind == "text" and value is not None:
            sheet.write_string(row, place, value, look)
            # Most texts are short: only what may be too long is measured.
            if 2 * len(value) > room and (taken := width(value)) > room:
                lines = max(lines, ceil(taken / room))
        else:
            _cell(sheet, row, place, kind, value, look)
    sheet.set_row(row, 7 + 15 * min(lines, MOST_LINES))


def _cell(sheet: Worksheet, row: int, place: int, kind: str, value: Any, look: Format) -> None:
    if value is None:
        sheet.write_string(row, place, "" if kind == "number" else NOTHING, look)
    elif kind == "date":
        sheet.write_datetime(row, place, date.fromisoformat(value), look)
    elif kind in ("number", "percent", "days", "change", "serial"):
        sheet.write_number(row, place, value, look)
    else:
        sheet.write_string(row, place, value, look)


def width(text: str) -> float:
    """Columns of a half-width character that ``text`` takes: one for ASCII, two for Chinese.

    The number of bytes in UTF-8 (one and three) tells them apart faster than looking at each character.
    """
    return (len(text) + len(text.encode())) / 2
