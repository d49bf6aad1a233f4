"""The ledger as a workbook: fit to filter on a screen, to print on A4 across, and to be read back by ``import``.

The first sheet, 办件, prints as far as its remarks; right of them stand the columns that only reading back needs. Then
come the warnings that were sent and the formal letters, which are not read back, every event to the second, and special
procedures and decision documents where there are any.

Texts are texts: nothing in a record becomes a formula or a link.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from alerts.hours import local
from monitor.entry import LIGHT_WORDS, entry
from monitor.judge import Judged
from monitor.ledger import exact
from monitor.ledger.exact import Exact
from monitor.sources.files.titles import ALL_EVENTS
from monitor.supervision_sheets import FONT, OPTIONS, Rows
from monitor.supervision_sheets import add as add_supervision

TITLE = "预警事项电子台账"
ITEMS = "办件"
COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("light", "灯", 5.5),
    ("item", "办件编号", 15.5),
    ("unit_name", "审批单位", 16),
    ("matter", "事项", 25),
    ("project", "项目", 26),
    ("project_code", "项目代码", 25.5),
    ("stage", "阶段", 5.5),
    ("received", "接件", 10.5),
    ("accepted", "受理", 10.5),
    ("limit", "时限", 5.5),
    ("due", "到期日", 10.5),
    ("remaining", "剩余", 6),
    ("status", "现状", 18),
    ("remark", "备注", 24),
)
"""Name of the field, heading, width in characters."""
EXACT: tuple[tuple[str, str, float], ...] = (("closed", "办结", 10.5), *exact.COLUMNS)
"""The columns right of the printed ones."""
DATES = frozenset({"received", "accepted", "due", "closed"})
EVENTS = ("办理过程", (("办件编号", 18), ("办理状态", 18), ("办理时间", 20)))
SPECIALS = ("特别程序", (("办件编号", 18), ("特别程序开始时间", 20), ("特别程序类型", 12), ("特别程序名称", 30)))
DOCUMENTS = ("批复文件", (("办件编号", 18), ("批复日期", 12), ("批复文号", 24), ("批复文件标题", 50)))
"""Further sheets: name; heading and width of each column."""
LIGHTS = {
    "green": ("#C6E0B4", "#000000"),
    "grey": ("#D9D9D9", "#000000"),
    "yellow": ("#FFE699", "#000000"),
    "orange": ("#F4B183", "#000000"),
    "red": ("#E00000", "#FFFFFF"),
    "deep_red": ("#8B0016", "#FFFFFF"),
}
HEAD = 2
LINE_HEIGHT = 15.0
MOST_LINES = 12


def write(
    path: Path, judged: Sequence[Judged], now: datetime, held: Mapping[str, Exact], warnings: Rows, letters: Rows
) -> Path:
    """Writes the ledger as of ``now`` (UTC) to ``path`` and returns it.

    ``held``: all that is held of each item; ``warnings`` and ``letters``: the rows of those sheets.
    """
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "default_format_properties": FONT}) as book:
        book.set_properties({"title": TITLE, "created": local(now).replace(tzinfo=None)})
        sheet = book.add_worksheet(ITEMS)
        _head(book, sheet, len(judged), now)
        forms = _Forms(book)
        for row, one in enumerate(judged, start=HEAD + 1):
            cells = _cells(one)
            sheet.set_row(row, LINE_HEIGHT * _lines(cells))
            further = {**entry(one), **held[one.facts.item].columns}
            cells += [(name, further[name]) for name, _, _ in EXACT]
            for column, (name, value) in enumerate(cells):
                _write(sheet, row, column, value, forms.of(name, one), is_date=name in DATES)
        _set_up(sheet, len(judged))
        add_supervision(book, now, warnings, letters)
        _further_sheets(book, judged, now, held)
    return path


class _Forms:
    """The cell formats of the book."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#BFBFBF"}
        self._text = book.add_format(base | {"text_wrap": True})
        self._date = book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "center"})
        self._centre = book.add_format(base | {"align": "center"})
        self._lights = {
            name: book.add_format(base | {"bg_color": fill, "font_color": ink, "bold": True, "align": "center"})
            for name, (fill, ink) in LIGHTS.items()
        }

    def of(self, name: str, one: Judged) -> Any:
        """The format of a column's cell."""
        if name == "light":
            return self._lights[one.light.value]
        if name in DATES:
            return self._date
        return self._centre if name in ("stage", "limit", "remaining") else self._text


def _head(book: Any, sheet: Any, count: int, now: datetime) -> None:
    sheet.write_string(
        0, 0, f"{TITLE}（{ITEMS}）", book.add_format({"bold": True, "font_size": 16, "font_name": "黑体"})
    )
    said = f"截至 {local(now):%Y年%m月%d日 %H:%M}　共 {count} 件　剩余为负数即逾期天数，单位同时限"
    sheet.write_string(1, 0, said, book.add_format({"font_name": "宋体", "font_size": 10, "font_color": "#595959"}))
    head = book.add_format(
        {
            "bold": True,
            "bg_color": "#2F5D9B",
            "font_color": "#FFFFFF",
            "border": 1,
            "align": "center",
            "valign": "vcenter",
        }
    )
    sheet.set_row(HEAD, 22)
    aside = book.add_format({"bold": True, "bg_color": "#D9E1F2", "border": 1, "align": "center", "valign": "vcenter"})
    for column, (_, heading, width) in enumerate((*COLUMNS, *EXACT)):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD, column, heading, head if column < len(COLUMNS) else aside)


def _further_sheets(book: Any, judged: Sequence[Judged], now: datetime, held: Mapping[str, Exact]) -> None:
    listed = [(one.facts.item, held[one.facts.item]) for one in judged]
    events = [(item, word, time) for item, exactly in listed for time, word in exactly.events]
    _sheet(book, EVENTS, f"{ALL_EVENTS}（截至 {local(now):%Y年%m月%d日 %H:%M}）", events)
    specials = [(item, *row) for item, exactly in listed for row in exactly.specials]
    documents = [(item, *row) for item, exactly in listed for row in exactly.documents]
    for layout, rows in ((SPECIALS, specials), (DOCUMENTS, documents)):
        if rows:
            _sheet(book, layout, layout[0], rows)


def _sheet(
    book: Any, layout: tuple[str, tuple[tuple[str, int], ...]], title: str, rows: Sequence[Iterable[Any]]
) -> None:
    """A plain sheet: a title, headings, and rows of texts and numbers."""
    name, columns = layout
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "font_name": "宋体", "font_size": 10})
    sheet.write_string(0, 0, title, bold)
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, heading, bold)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, None, is_date=False)
    sheet.freeze_panes(2, 1)
    sheet.autofilter(1, 0, max(2, len(rows) + 1), len(columns) - 1)


def _set_up(sheet: Any, count: int) -> None:
    sheet.freeze_panes(HEAD + 1, 2)
    sheet.autofilter(HEAD, 0, max(HEAD + 1, count + HEAD), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.print_area(0, 0, max(HEAD + 1, count + HEAD), len(COLUMNS) - 1)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _cells(judged: Judged) -> list[tuple[str, Any]]:
    values = entry(judged)
    remarks = [*values["problems"], *([judged.code_verdict.message] if judged.code_problem else [])]
    if values["provisional"]:
        remarks.insert(0, "到期日为暂算")
    values |= {"light": LIGHT_WORDS[values["light"]], "remark": "；".join(remarks)}
    return [(name, values[name]) for name, _, _ in COLUMNS]


def _lines(cells: Sequence[tuple[str, Any]]) -> int:
    """How many lines the tallest cell needs: only a spreadsheet on a screen would find that out by itself."""
    needed = 1
    for (name, value), (_, _, width) in zip(cells, COLUMNS, strict=True):
        if isinstance(value, str) and name not in DATES:
            # One column less than there is: the edges of a cell and the last half of a wide character take their room.
            needed = max(needed, ceil(sum(2 if east_asian_width(c) in "WFA" else 1 for c in value) / (width - 1)))
    return min(needed, MOST_LINES)


def _write(sheet: Any, row: int, column: int, value: Any, form: Any, *, is_date: bool) -> None:
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, form)
    elif is_date:
        sheet.write_datetime(row, column, datetime.combine(date.fromisoformat(value), datetime.min.time()), form)
    else:
        sheet.write_string(row, column, str(value), form)
