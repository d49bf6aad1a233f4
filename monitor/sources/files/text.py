"""Text files as sheets: which encoding, which separator, and rows that survive a quotation mark too many. Pure."""

import codecs
import csv
import io
from collections.abc import Iterator

from monitor.sources.files import FileError, Row, Sheet

MOST_LINES_OF_A_ROW = 40
FORMULAS = tuple("=+-@\t'")
"""What a cell begins with that an exporting program guards by an apostrophe."""

SEPARATORS = (",", "\t", ";", "|")
_LOOKED_AT = 40
_LONGEST_CELL = 1_000_000
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8 (with or without mark), UTF-16 with mark, or GB18030.

    A few broken bytes do not change what the encoding is; they become U+FFFD. Raises FileError for what is no text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    if b"\0" in content[:8192]:
        raise FileError("文件不是表格，也不是文本。请导出为 xlsx、xls 或 CSV。")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass  # a few broken bytes, or another encoding: told apart below
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken * 4 < sum(not letter.isascii() for letter in text):
        return text
    return content.decode("gb18030", "replace")


def sheet_of(content: bytes) -> Sheet:
    """A CSV or tab-separated file as a sheet. Raises FileError."""
    csv.field_size_limit(_LONGEST_CELL)
    lines = list(io.StringIO(decoded(content), newline=""))
    return Sheet("", tuple(_rows(lines)))


def _rows(lines: list[str]) -> Iterator[Row]:
    separator = _separator(lines)
    place, number = 0, 0
    while place < len(lines):
        cells, place = _record(lines, place, separator)
        number += 1
        filled = tuple(_without_guard(cell) if cell.strip() else None for cell in cells)
        if any(cell is not None for cell in filled):
            yield Row(number, filled)


def _without_guard(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell[0] == "'" and cell[1:2] in FORMULAS else cell


def _separator(lines: list[str]) -> str:
    """The mark that stands most often in the first lines."""
    beginning = "".join(lines[:_LOOKED_AT])
    return max(SEPARATORS, key=beginning.count)


def _record(lines: list[str], place: int, separator: str) -> tuple[list[str], int]:
    """The cells of the record that begins at ``place``, and where the next one begins.

    A quotation mark that is never closed would swallow the rest of the file: such a line is read as it stands.
    """
    pulled = 0

    def pull() -> Iterator[str]:
        nonlocal pulled
        while place + pulled < len(lines) and pulled < MOST_LINES_OF_A_ROW:
            pulled += 1
            yield lines[place + pulled - 1]
        pulled += 1

    try:
        cells = next(csv.reader(pull(), delimiter=separator), [])
        if pulled <= MOST_LINES_OF_A_ROW and place + pulled <= len(lines):
            return cells, place + max(pulled, 1)
    except csv.Error:
        pass  # quotes that never close: the line is taken as it stands, so that no row is lost
    return lines[place].rstrip("\r\n").split(separator), place + 1
