"""Sheets understood: which table each is, as of when, and what every row says. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.mapping import Mapper
from monitor.sources.files import FileError, Row, Sheet, listing, tables, titles
from monitor.sources.files.header import KIND_NAMES, Header, find
from monitor.sources.files.lines import Line
from monitor.sources.files.listing import ALL_CODES
from monitor.sources.files.words import Vocabulary

TITLE_LINES = 3


@dataclass(frozen=True, slots=True)
class Words:
    """How a source's files are understood: headings, words of status and forms of times, and the owner's matters.

    ``matters``: name of a matter, without spaces → its code.
    """

    vocabulary: Vocabulary
    mapper: Mapper
    matters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Understood:
    """A file: its lines, the moment (local text) its titles give, and a sentence on each sheet."""

    lines: tuple[Line, ...]
    as_of: str | None
    sheets: tuple[str, ...]


def understand(sheets: Sequence[Sheet], words: Words) -> Understood:
    """What the sheets say. Raises FileError when none of them has a header that tells anything."""
    aside = [sheet for sheet in sheets if titles.holds_no_records(sheet.rows[:TITLE_LINES])]
    found = [(sheet, find(sheet.rows, words.vocabulary)) for sheet in sheets if sheet.rows and sheet not in aside]
    if not found:
        raise FileError("文件里没有数据。请重新导出。")
    if all(header is None for _, header in found):
        raise FileError(
            "没有认出表头。表头要有“办件编号”以及事项、单位、时间等列（或标准列名如 SPSXSLBM、BLZT）；"
            "列名不同时，在 monitor.toml 该来源的 fields 里写明对应关系。"
        )
    lines: list[Line] = []
    told, moment, complete = [f"{_place(sheet)}仅供查阅，不读" for sheet in aside], None, False
    for sheet, header in found:
        if header is None:
            lines += (Line(sheet.name, row.number, "unread") for row in sheet.rows)
            told.append(f"{_place(sheet)}没有认出表头，{len(sheet.rows)} 行未读")
            continue
        above = sheet.rows[: header.first]
        moment = moment or titles.as_of(above)
        whole = header.kind == "events" and titles.tells_all_events(above)
        complete = complete or whole
        lines += _lines(sheet, header, words)
        told.append(f"{_place(sheet)}{KIND_NAMES[header.kind]}，表头在第 {sheet.rows[header.last].number} 行")
    return Understood(tuple(_completed(lines) if complete else lines), moment, tuple(told))


def _place(sheet: Sheet) -> str:
    return f"工作表“{sheet.name}”：" if sheet.name else ""


def _lines(sheet: Sheet, header: Header, words: Words) -> Iterable[Line]:
    for place, row in enumerate(sheet.rows):
        if place <= header.last:
            yield Line(sheet.name, row.number, "title")
        else:
            yield _line(sheet.name, row, header, words)


def _line(sheet: str, row: Row, header: Header, words: Words) -> Line:
    if header.kind == "listing":
        return listing.read(sheet, row, header, words.mapper, words.matters)
    return tables.read(sheet, row, header, words.mapper)


def _completed(lines: Iterable[Line]) -> Iterable[Line]:
    """Every item of the file is told in full: what is not among its events does not exist."""
    return (replace(line, every=ALL_CODES) if line.kept and line.item else line for line in lines)
