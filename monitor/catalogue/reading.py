"""An exported catalogue read: what its rows state of each matter, and what could not be taken. Pure.

A row of which one cell cannot be taken still gives its other cells; a blank cell says nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.matters import Workbook
from monitor.catalogue.cells import CellError, Span, name_of, read_code, read_flag, read_kind, read_limit, text_of
from monitor.catalogue.heading import LIMITS, Heading, Row, find_heading

LIMIT_WORDS = {"promised": "承诺时限", "statutory": "法定时限"}
FIELD_WORDS = {
    "name": "名称",
    "promised": "承诺时限",
    "statutory": "法定时限",
    "promised_unit": "承诺时限单位",
    "statutory_unit": "法定时限单位",
    "instant": "即办件",
    "needs_code": "需要项目代码",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was not taken: sheet, row (from 1), heading of the column, and what is wrong (Chinese).

    ``whole_row``: nothing of the row was taken, as it cannot be told which matter it is.
    """

    sheet: str
    row: int
    column: str
    message: str
    whole_row: bool = False

    def __str__(self) -> str:
        sheet = f"“{self.sheet}”表" if self.sheet else ""
        return f"{sheet}第 {self.row} 行“{self.column}”：{self.message}。"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row states of a matter: field → value, without the fields it says nothing of."""

    sheet: str
    row: int
    code: str
    stated: Mapping[str, Any]
    department: str = ""


@dataclass(slots=True)
class Reading:
    """The matters of a file by code, what was not taken, the sheets read (name, heading row, column of codes).

    ``rows``: rows with a matter; ``notes``: rows that hold no matter, such as a remark below the table.
    """

    stated: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    sheets: list[tuple[str, int, str]] = field(default_factory=list)
    rows: int = 0
    notes: int = 0


def read_sheets(
    sheets: Sequence[tuple[str, Sequence[Row]]],
    words: Workbook,
    known: Collection[str] = (),
    is_ours: Callable[[str], bool] = lambda _name: False,
) -> Reading:
    """Reads every sheet that has the headings of a catalogue.

    ``known``: codes of the ledger, to tell columns of codes apart; ``is_ours``: whether a name is that of a unit of
    this district, to tell several rows of one code apart.
    """
    reading = Reading()
    entries: list[Entry] = []
    for name, rows in sheets:
        heading = find_heading(rows, words, known)
        if heading is None:
            continue
        reading.sheets.append((name, heading.row, heading.titles["code"]))
        found = (_entry(name, row, heading, words, reading) for row in rows if row[0] > heading.row)
        entries.extend(entry for entry in found if entry)
    reading.rows = len(entries)
    reading.stated = _by_code(entries, is_ours, reading.troubles)
    return reading


def _entry(sheet: str, row: Row, heading: Heading, words: Workbook, reading: Reading) -> Entry | None:
    number, cells = row
    given = {name: heading.cell(cells, name) for name in heading.columns}
    filled = [name for name, value in given.items() if text_of(value)]
    if not filled:
        reading.notes += any(text_of(cell) for cell in cells)
        return None
    trouble = _Troubles(sheet, number, heading, reading.troubles)
    if "code" not in filled:
        trouble.add("code", "没有事项编码，整行未采用", whole_row=True)
        return None
    try:
        code = read_code(given["code"])
    except CellError as error:
        texts = {text_of(given[one]) for one in filled}
        # A remark below the table, merged over several columns perhaps, or the headings once more on the next page.
        if len(texts) == 1 or text_of(given["code"]) == heading.titles["code"]:
            reading.notes += 1
        else:
            trouble.add("code", f"{error}，整行未采用", whole_row=True)
        return None
    department = name_of(given.get("department"))
    return Entry(sheet, number, code, _stated(given, heading, words, trouble), department)


@dataclass(frozen=True, slots=True)
class _Troubles:
    """Where troubles of one row go."""

    sheet: str
    row: int
    heading: Heading
    into: list[Trouble]

    def add(self, column: str, message: str, *, whole_row: bool = False) -> None:
        title = self.heading.titles.get(column, column)
        self.into.append(Trouble(self.sheet, self.row, title, message, whole_row))


def _stated(given: Mapping[str, object], heading: Heading, words: Workbook, trouble: _Troubles) -> dict[str, Any]:
    stated: dict[str, Any] = {}
    if name := name_of(given.get("name")):
        stated["name"] = name
    if (kind := read_kind(given.get("kind"), words)) is not None:
        stated["instant"] = kind
    for limit in LIMITS:
        try:
            span = read_limit(given.get(limit), text_of(given.get(f"{limit}_unit")) or heading.units.get(limit), words)
            _put(stated, limit, span)
        except CellError as error:
            trouble.add(limit, f"{error}，此项未采用")
    try:
        if (needs := read_flag(given.get("needs_code"), words)) is not None:
            stated["needs_code"] = needs
    except CellError as error:
        trouble.add("needs_code", f"{error}，此项未采用")
    return stated


def _put(stated: dict[str, Any], limit: str, span: Span | None) -> None:
    """Puts a limit into what is stated. Raises CellError for one that does not go with the kind of the matter."""
    if span is None:
        return
    on_the_spot = span.instant or span.amount == 0
    if not on_the_spot:
        stated[limit] = span.amount
        if span.unit:
            stated[f"{limit}_unit"] = span.unit
    elif span.instant and stated.get("instant") is False:
        raise CellError(f"{LIMIT_WORDS[limit]}写的是即办，办件类型却不是即办件")
    elif not span.instant and not stated.get("instant"):
        raise CellError(f"{LIMIT_WORDS[limit]}为 0，只有即办件的 0 才算时限")
    elif limit == "promised":
        stated |= {"promised": None, "instant": True}


def _by_code(
    entries: Sequence[Entry], is_ours: Callable[[str], bool], troubles: list[Trouble]
) -> dict[str, Mapping[str, Any]]:
    """One statement a code. Rows of one code that contradict each other state nothing in that field."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.code, []).append(entry)
    found = {}
    for code, group in groups.items():
        ours = [entry for entry in group if entry.department and is_ours(entry.department)]
        found[code] = _united(ours or group, troubles)
    return found


def _united(group: Sequence[Entry], troubles: list[Trouble]) -> Mapping[str, Any]:
    united: dict[str, Any] = {}
    first: dict[str, Entry] = {}
    refused: set[str] = set()
    for entry in group:
        for name, value in entry.stated.items():
            if name not in united:
                united[name], first[name] = value, entry
            elif united[name] != value and name != "name":
                refused.add(name)
                message = f"与第 {first[name].row} 行同一事项编码 {entry.code} 的写法不一致，此项未采用"
                troubles.append(Trouble(entry.sheet, entry.row, FIELD_WORDS[name], message))
    for limit in LIMITS:
        if {limit, f"{limit}_unit"} & refused:
            refused |= {limit, f"{limit}_unit"}
    return {name: value for name, value in united.items() if name not in refused}
