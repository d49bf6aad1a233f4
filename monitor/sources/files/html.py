"""HTML tables as sheets: what platform pages “export to Excel” is often a page with the name of a workbook. Pure."""

import re
from html.parser import HTMLParser

from monitor.sources.files import Cell, FileError, Row, Sheet
from monitor.sources.files.guard import MOST_CELLS
from monitor.sources.files.text import decoded

_BEGINNING = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b", re.I | re.S
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([-\w]+)", re.IGNORECASE)
_WIDEST_SPAN, _TALLEST_SPAN = 500, 5000


def is_html(content: bytes) -> bool:
    """Whether a file is a web page, whatever it is called."""
    return _BEGINNING.match(content.removeprefix(b"\xef\xbb\xbf")[:4096]) is not None


def sheets_of(content: bytes) -> list[Sheet]:
    """The tables of a page that have more than one row. Raises FileError when there are none."""
    parser = _Tables()
    parser.feed(_text(content))
    parser.close()
    parser.finish()
    found = [table for table in parser.tables if len(table) > 1]
    if not found:
        raise FileError("文件是网页而不是表格，里面没有表格，多半是登录页或出错页。请登录平台后重新导出。")
    return [Sheet(f"表{n}" if len(found) > 1 else "", _rows(table)) for n, table in enumerate(found, start=1)]


def _text(content: bytes) -> str:
    told = _CHARSET.search(content[:4096])
    if told and told[1].lower() in (b"gb2312", b"gbk", b"gb18030"):
        return content.decode("gb18030", "replace")
    return decoded(content)


def _rows(table: list[list[Cell]]) -> tuple[Row, ...]:
    return tuple(
        Row(number, tuple(cells))
        for number, cells in enumerate(table, start=1)
        if any(cell is not None for cell in cells)
    )


class _Tables(HTMLParser):
    """Collects tables; a cell that spans rows or columns stands in each of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Cell]]] = []
        self._open: list[_Table] = []
        self._silent = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "table":
            self._open.append(_Table())
            self.tables.append(self._open[-1].rows)
        elif self._open and tag == "tr":
            self._open[-1].begin_row()
        elif self._open and tag in ("td", "th"):
            given = dict(attrs)
            width, height = _span(given.get("colspan"), _WIDEST_SPAN), _span(given.get("rowspan"), _TALLEST_SPAN)
            self._cells += width * height
            if self._cells > MOST_CELLS:
                raise FileError("文件里的表格过大，不予读取。请分成几个文件。")
            self._open[-1].begin_cell(width, height)
        elif self._open and tag in ("br", "p", "div"):
            self._open[-1].add(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif self._open and tag in ("td", "th"):
            self._open[-1].end_cell()
        elif self._open and tag == "tr":
            self._open[-1].end_row()
        elif self._open and tag == "table":
            self._open.pop().end_row()

    def handle_data(self, data: str) -> None:
        if self._open and not self._silent:
            self._open[-1].add(data)

    def finish(self) -> None:
        """Ends what the page left open."""
        while self._open:
            self._open.pop().end_row()


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self._row: list[Cell] | None = None
        self._text: list[str] | None = None
        self._spans = (1, 1)
        self._hanging: dict[int, tuple[int, Cell]] = {}

    def begin_row(self) -> None:
        self.end_row()
        self._row = []

    def begin_cell(self, width: int, height: int) -> None:
        self.end_cell()
        if self._row is None:
            self._row = []
        self._text, self._spans = [], (width, height)

    def add(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end_cell(self) -> None:
        if self._text is None or self._row is None:
            return
        text = " ".join("".join(self._text).split()) or None
        width, height = self._spans
        for _ in range(width):
            self._hang()
            if height > 1:
                self._hanging[len(self._row)] = (height - 1, text)
            self._row.append(text)
        self._text = None

    def end_row(self) -> None:
        self.end_cell()
        if self._row is not None:
            self._hang()
            self.rows.append(self._row)
        self._row = None

    def _hang(self) -> None:
        """Puts the cells here that come down from rows above."""
        row = self._row or []
        while (place := len(row)) in self._hanging:
            left, text = self._hanging.pop(place)
            if left > 1:
                self._hanging[place] = (left - 1, text)
            row.append(text)
        if self._row is not None:
            self._row = row


def _span(given: str | None, most: int) -> int:
    return min(int(given), most) if given and given.strip().isdecimal() and int(given) > 0 else 1
