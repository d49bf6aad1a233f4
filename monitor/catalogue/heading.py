"""The row of headings in a sheet of an exported catalogue, below any title lines. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from config.matters import Columns, Workbook
from monitor.catalogue.cells import CellError, read_code, text_of

Row = tuple[int, Sequence[object]]
"""The number of a row, counting from 1, and its cells."""

FIELDS = tuple(Columns.model_fields)
LIMITS = ("promised", "statutory")
TITLE_LINES = 30
UNIT_BESIDE = ("单位", "时限单位")
NOTE = re.compile(r"(.+?)\((.*)\)")


@dataclass(frozen=True, slots=True)
class Heading:
    """Where the headings stand (``row``), and per field the column (from 0), its heading and the unit in that."""

    row: int
    columns: Mapping[str, int]
    titles: Mapping[str, str]
    units: Mapping[str, str]

    def cell(self, cells: Sequence[object], field: str) -> object:
        """The cell of ``field`` in a row; None where the sheet has no such column or the row ends before it."""
        place = self.columns.get(field)
        return cells[place] if place is not None and place < len(cells) else None


def find_heading(rows: Sequence[Row], words: Workbook, known: Collection[str] = ()) -> Heading | None:
    """That of the leading rows which names a code and most of what is stated of a matter; None without any.

    Headings of two lines are so read by the line that tells the limits apart. Of several columns of codes the one
    counts that has most of the ``known`` codes (of the ledger), else the first of the configured headings.
    """
    leading = [(place, _columns(cells, words)) for place, (_, cells) in enumerate(rows[:TITLE_LINES])]
    headings = [(place, found) for place, found in leading if "code" in found and len(found) > 1]
    if not headings:
        return None
    place, found = max(headings, key=lambda heading: len(heading[1]))
    return _heading(*rows[place], found, rows[place + 1 :], known)


def _columns(cells: Sequence[object], words: Workbook) -> dict[str, list[int]]:
    """Per field the columns that bear one of its headings, the preferred heading first."""
    texts = [_plain(cell) for cell in cells]
    found: dict[str, list[int]] = {}
    for field in FIELDS:
        wanted = [_plain(word) for word in getattr(words.columns, field)]
        places = [n for word in wanted for n, text in enumerate(texts) if text == word]
        places += [n for word in wanted for n, text in enumerate(texts) if n not in places and _split(text)[0] == word]
        if places:
            found[field] = places
    for field in LIMITS:
        beside = found[field][0] + 1 if field in found else len(texts)
        if f"{field}_unit" not in found and beside < len(texts) and texts[beside] in UNIT_BESIDE:
            found[f"{field}_unit"] = [beside]
    return found


def _heading(
    number: int, cells: Sequence[object], found: dict[str, list[int]], below: Sequence[Row], known: Collection[str]
) -> Heading:
    columns = {field: places[0] for field, places in found.items()}
    if known and len(found["code"]) > 1:
        columns["code"] = max(found["code"], key=lambda place: _hits(below, place, known))
    titles = {field: text_of(cells[place]) for field, place in columns.items()}
    units = {field: _split(_plain(cells[columns[field]]))[1] for field in LIMITS if field in columns}
    return Heading(number, columns, titles, units)


def _hits(rows: Sequence[Row], place: int, known: Collection[str]) -> int:
    return sum(1 for _, cells in rows if place < len(cells) and _code(cells[place]) in known)


def _code(value: object) -> str | None:
    try:
        return read_code(value)
    except CellError:
        return None


def _plain(cell: object) -> str:
    """A heading without the marks of a form: ＊事项编码： is 事项编码."""
    return text_of(cell).strip("*:;,.、")


def _split(text: str) -> tuple[str, str]:
    """("承诺办结时限", "工作日") from 承诺办结时限(工作日)."""
    found = NOTE.fullmatch(text)
    return (found[1], found[2]) if found else (text, "")
