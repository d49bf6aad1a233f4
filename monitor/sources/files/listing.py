"""One row of a flat listing: an item with its project, matter, unit, limit, status and times. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.events import CLOSING, TITLES
from monitor.mapping import Mapper
from monitor.sources.files import Problem, Row, track
from monitor.sources.files.cells import LONGEST_KEY, Cells, RefusedRow
from monitor.sources.files.header import Header
from monitor.sources.files.lines import Line, Stated, is_note, is_total, shown
from monitor.sources.files.words import ALIKE, CLOSED, EXACT_LIMIT, MOMENTS

ITEM_COLUMNS = ("GCDM", "SPSXBM", "SPBMBM", "SPBMMC")
STAMP_COLUMNS = ("LSH", "GXSJ", "SJYXBS")
ALL_CODES = frozenset(TITLES)

_NEEDS_TIME = CLOSING | {1, 3, 6, 9}
_DAYS = re.compile(r"([0-9]{1,4})\s*个?\s*(?:工作日|日|天)")


def read(sheet: str, row: Row, header: Header, mapper: Mapper, matters: Mapping[str, str]) -> Line:
    """What a row of a listing says. ``matters``: plain name of a matter → its code in the owner's catalogue."""
    cells = Cells(header, row, mapper)
    if header.repeats(row):
        return Line(sheet, row.number, "title")
    if is_total(row.cells) and not _says_more(cells):
        return Line(sheet, row.number, "total")
    try:
        item = cells.key("SPSXSLBM")
        if not item and is_note(row.cells):
            return Line(sheet, row.number, "title")
        if not item:
            raise cells.refusal("SPSXSLBM", "缺少办件编号", "请补上编号；多余的行请删去")
        return _line(sheet, row, item, cells, matters)
    except RefusedRow as refused:
        return Line(sheet, row.number, "aside", problems=(refused.problem,), given=cells.given())


def _says_more(cells: Cells) -> bool:
    return cells.raw("SPSXSLBM") is not None and any(cells.moment(cells.raw(column)) for column in MOMENTS)


def _line(sheet: str, row: Row, item: str, cells: Cells, matters: Mapping[str, str]) -> Line:
    rows = [("XMSPSXBLXXB", {"SPSXSLBM": item, **_facts(cells, matters), **_stamp(cells)})]
    rows += [(table, found) for table, found in (_project(cells), _matter(cells, matters)) if found]
    rows += _papers(item, cells)
    exact, complete = _track(cells)
    flat, remarks = _flat(cells)
    firsts = frozenset(
        CLOSING if column == CLOSED else frozenset({code}) for column, code in MOMENTS.items() if column in cells
    )
    return Line(
        sheet, row.number, "taken", item=item, rows=tuple(rows), exact=tuple(exact), flat=tuple(flat), firsts=firsts,
        every=ALL_CODES if complete else frozenset(), problems=tuple(remarks),
    )  # fmt: skip


def _stamp(cells: Cells) -> dict[str, Any]:
    return {column: cells.raw(column) for column in STAMP_COLUMNS if cells.raw(column) is not None}


def _facts(cells: Cells, matters: Mapping[str, str]) -> dict[str, Any]:
    """The item's own columns, as far as the sheet has them."""
    facts: dict[str, Any] = {column: cells.text(column) for column in ITEM_COLUMNS if column in cells}
    if "SXBLSX" in cells:
        facts["SXBLSX"] = _limit(cells)
    if works := _works(cells):
        facts["GCDM"] = works
    if matter := _matter_code(cells, matters):
        facts["SPSXBM"] = matter
    return facts


def _limit(cells: Cells) -> str:
    """The limit as given; “20个工作日” is 20, except in a column that is kept letter by letter."""
    text = cells.text("SXBLSX")
    if cells.heading("SXBLSX") == EXACT_LIMIT:
        return text
    days = _DAYS.fullmatch(text)
    return days[1] if days else "" if cells.raw("SXBLSX") is None else text


def _works(cells: Cells) -> str:
    """The 工程 of the item; where the file has none, the project's code or else its name stands for it."""
    return cells.key("GCDM") or cells.text("XMDM")[:LONGEST_KEY] or cells.text("XMMC")[:LONGEST_KEY]


def _matter_code(cells: Cells, matters: Mapping[str, str]) -> str:
    name = cells.text("SPSXMC")
    return cells.key("SPSXBM") or matters.get("".join(name.split()), name[:LONGEST_KEY])


def _project(cells: Cells) -> tuple[str, dict[str, Any]]:
    said = {column: cells.text(column) for column in ("XMDM", "XMMC") if column in cells}
    return "XMJBXXB", {"GCDM": _works(cells), **said} if any(said.values()) else {}


def _matter(cells: Cells, matters: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    code = _matter_code(cells, matters)
    said: dict[str, Any] = {column: cells.raw(column) for column in ("BJLX", "SPSXBLSX") if column in cells}
    name = cells.text("SPSXMC")
    # A name that only repeats the code stands where no name is known.
    says = any(value is not None for value in said.values()) or (name and name != cells.text("SPSXBM"))
    return "DFXMSPLCJDSXXXB", {"SPSXBM": code, **said, "SPSXMC": name} if code and says else {}


def _papers(item: str, cells: Cells) -> list[tuple[str, dict[str, Any]]]:
    """Special procedures and decision documents that the row tells of."""
    rows: list[tuple[str, dict[str, Any]]] = []
    if (start := cells.time("TBCXKSSJ")) and ("TBCX" in cells or "TBCXMC" in cells):
        rows.append(_special(item, start, cells.coded("TBCX", cells.raw("TBCX")), cells.text("TBCXMC")))
    if issued := cells.time("PFRQ"):
        rows.append(_document(item, issued, cells.text("PFWH"), cells.text("PFWJBT")))
    for column, width in (("TBCXQD", 3), ("PFWJQD", 3)):
        try:
            found = track.read_list(cells.text(column), width)
        except track.TrackError as error:
            raise cells.refusal(
                column, f"“{shown(error.part)}”不是清单里的一项", "请按导出时的样子填写，或清空该格"
            ) from error
        make = _special if column == "TBCXQD" else _document
        rows += [make(item, *values) for values in found]
    return rows


def _special(item: str, start: str, kind: Any, name: str) -> tuple[str, dict[str, Any]]:
    return "XMSPSXBLTBCXXXB", {"SPSXSLBM": item, "TBCXKSSJ": start, "TBCX": kind or None, "TBCXMC": name}


def _document(item: str, issued: str, number: str, title: str) -> tuple[str, dict[str, Any]]:
    return "XMSPSXPFWJXXB", {"SPSXSLBM": item, "PFRQ": issued, "PFWH": number, "PFWJBT": title}


def _track(cells: Cells) -> tuple[list[Stated], bool]:
    """The events of a cell that lists them all, and whether there is such a column."""
    if "BLGC" not in cells:
        return [], False
    try:
        pairs = track.read_events(cells.text("BLGC"))
    except track.TrackError as error:
        wrong = f"“{shown(error.part)}”不是“时间 状态”的写法"
        raise cells.refusal("BLGC", wrong, "请写成“2026-03-02 09:00:00 接件；……”") from error
    found = []
    for time, word in pairs:
        code, moment = cells.coded("BLZT", word), cells.moment(time)
        if not isinstance(code, int) or code not in TITLES or moment is None:
            raise cells.refusal("BLGC", f"“{shown(time + ' ' + word)}”里的时间或状态不认识", "请对照办理状态表改正")
        found.append(Stated(code, moment, frozenset({code})))
    return found, True


def _flat(cells: Cells) -> tuple[list[Stated], list[Problem]]:
    """The events of the columns of times, and what is to be remarked on the words of status."""
    times = {column: time for column in MOMENTS if column in cells and (time := cells.time(column)) is not None}
    word, code = _status(cells)
    end = code if code in CLOSING else None
    stated = [
        Stated((end or MOMENTS[column]) if column == CLOSED else MOMENTS[column], time, _alike(column, end), loose=True)
        for column, time in times.items()
    ]
    stated = [one for one in stated if not _said_twice(one, stated)]
    if code is not None and not _told(times, code) and (moment := cells.time("BLSJ")) is not None:
        stated.append(Stated(code, moment, frozenset({code}), loose=True))
        return stated, []
    return stated, list(_remarks(cells, times, word, code))


def _remarks(cells: Cells, times: Mapping[str, str], word: str | None, code: int | None) -> Iterator[Problem]:
    if word is None:
        return
    if code is None:
        yield cells.problem(word, "不认识的状态，未采用", "在 monitor.toml 该来源的 words.BLZT 里写明它是哪一种状态")
    elif code in _NEEDS_TIME and not _told(times, code) and "BLGC" not in cells:
        yield cells.problem(word, f"“{TITLES[code]}”没有对应的时间，这一状态未记入", "请补上该状态的时间后重新导入")
    elif CLOSED in times and code not in CLOSING:
        yield cells.problem(word, "状态不是办结，却有办结时间，已按办结记入", "请核对状态与办结时间")


def _alike(column: str, known: int | None) -> frozenset[int]:
    if column == CLOSED and known is not None:
        return frozenset({known})
    return ALIKE.get(column, frozenset({MOMENTS[column]}))


def _said_twice(one: Stated, stated: list[Stated]) -> bool:
    """Whether an end without a word of its own is told by another column as well, which says what end it was."""
    return len(one.alike) > 2 and any(
        other is not one and other.code in CLOSING and other.time[:10] == one.time[:10] for other in stated
    )


def _told(times: Mapping[str, str], code: int) -> bool:
    """Whether one of the times is that of ``code``."""
    if code in CLOSING and CLOSED in times:
        return True
    return any(MOMENTS[column] == code or code in ALIKE.get(column, ()) for column in times)


def _status(cells: Cells) -> tuple[str | None, int | None]:
    """The column whose word of status counts (a result of the handling before a status), and its code if known."""
    said = [column for column in ("BLJG", "BLZT") if cells.raw(column) is not None]
    codes = {
        column: found
        for column in said
        if isinstance(found := cells.coded("BLZT", cells.raw(column)), int) and found in TITLES
    }
    for column in said:
        if codes.get(column) in CLOSING:
            return column, codes[column]
    if "BLZT" in said:
        return "BLZT", codes.get("BLZT")
    return (said[0], codes.get(said[0])) if said else (None, None)
