"""Where a sheet's header is, among title lines above it, and what its columns are. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from monitor.sources.files import Cell, Row
from monitor.sources.files.words import MOMENTS, Vocabulary, plain, printable

Kind = Literal["listing", "events", "specials", "documents", "matters", "projects"]
"""What one row of a sheet is: an item in full, or a row of one of the platform's tables."""

TABLE_OF: Mapping[Kind, str] = {
    "events": "XMSPSXBLXXXXB",
    "specials": "XMSPSXBLTBCXXXB",
    "documents": "XMSPSXPFWJXXB",
    "matters": "DFXMSPLCJDSXXXB",
    "projects": "XMJBXXB",
}
KIND_NAMES: Mapping[Kind, str] = {
    "listing": "办件清单", "events": "办理过程", "specials": "特别程序", "documents": "批复文件", "matters": "事项目录",
    "projects": "项目信息",
}  # fmt: skip

LOOKED_AT = 40
_LONGEST_HEADING = 60
_OF_AN_ITEM = frozenset({"SPSXBM", "SPSXMC", "SPBMBM", "SPBMMC", "SXBLSX", "XMDM", "XMMC", "BLGC"})


@dataclass(frozen=True, slots=True)
class Header:
    """Rows ``first`` to ``last`` (places in the sheet's rows) are the header; ``columns``: column → place of its cells.

    ``headings``: column → the heading it has in the file. ``texts``: the header's cells as compared, to know a header
    that is repeated on each page.
    """

    first: int
    last: int
    kind: Kind
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    texts: tuple[tuple[str, ...], ...]

    def repeats(self, row: Row) -> bool:
        """Whether a row is one of the header's own lines again, as on each page of a printed export."""
        texts = [plain(cell) if isinstance(cell, str) else "" for cell in row.cells]
        for line in self.texts:
            wanted = [place for place in self.columns.values() if place < len(line) and line[place]]
            if len(wanted) > 1 and all(place < len(texts) and texts[place] == line[place] for place in wanted):
                return True
        return False


def find(rows: Sequence[Row], vocabulary: Vocabulary) -> Header | None:
    """The header: the line, or the two lines, that name the most columns of something known; None if there is none."""
    found = [
        header
        for place in range(min(LOOKED_AT, len(rows)))
        for lines in (1, 2)
        if place + lines <= len(rows) and (header := _header(rows[place : place + lines], place, vocabulary))
    ]
    # A title above a header of one line would pass for its upper line, as it adds nothing.
    return max(found, key=lambda one: (len(one.columns), one.first - one.last, -one.first), default=None)


def _header(rows: Sequence[Row], place: int, vocabulary: Vocabulary) -> Header | None:
    lines = [_texts(row) for row in rows]
    candidates = _two(lines[0], lines[1], vocabulary) if len(lines) == 2 else [[text] for text in lines[0]]
    if candidates is None:
        return None
    columns, headings = _assigned(candidates, vocabulary)
    kind = kind_of(columns)
    if kind is None:
        return None
    texts = tuple(tuple(plain(text) for text in line) for line in lines)
    return Header(place, place + len(rows) - 1, kind, MappingProxyType(columns), MappingProxyType(headings), texts)


def _texts(row: Row) -> list[str]:
    return [_heading(cell) for cell in row.cells]


def _heading(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) and len(cell) <= _LONGEST_HEADING else ""


def _two(upper: list[str], lower: list[str], vocabulary: Vocabulary) -> list[list[str]] | None:
    """What each column of a header of two lines may be called; None when the second line is no part of a header."""
    width = max(len(upper), len(lower))
    upper, lower = (line + [""] * (width - len(line)) for line in (upper, lower))
    candidates: list[list[str]] = []
    gained = 0
    for place in range(width):
        above, below = upper[place], lower[place]
        if not below or plain(below) == plain(above):
            candidates.append([above])
            continue
        above = above or next((text for text in reversed(upper[:place]) if text), "")
        if not _is_group(upper, lower, place, vocabulary):
            return None
        candidates.append([below, above + below, below + above])
        gained += any(vocabulary.column(text) for text in candidates[-1])
    return candidates if gained else None


def _is_group(upper: list[str], lower: list[str], place: int, vocabulary: Vocabulary) -> bool:
    """Whether the upper cell stands over more than this column, or means nothing alone: else the lower one is data."""
    above = upper[place]
    if not above or vocabulary.column(above) is None:
        return True
    beside = [n for n in (place - 1, place + 1) if 0 <= n < len(upper)]
    return any(plain(upper[n]) == plain(above) or (n > place and not upper[n] and lower[n]) for n in beside)


def _assigned(candidates: Sequence[Sequence[str]], vocabulary: Vocabulary) -> tuple[dict[str, int], dict[str, str]]:
    """Column → place, and column → heading; of several headings for a column the one that comes first in its words."""
    found: dict[str, tuple[int, int, str]] = {}
    for place, texts in enumerate(candidates):
        for column, rank, text in _matches(texts, vocabulary):
            if column not in found or rank < found[column][0]:
                found[column] = (rank, place, text)
            break
    ordered = sorted(found.items(), key=lambda one: one[1][1])
    return {column: place for column, (_, place, _) in ordered}, {
        column: printable(text) for column, (_, _, text) in ordered
    }


def _matches(texts: Sequence[str], vocabulary: Vocabulary) -> Iterator[tuple[str, int, str]]:
    for text in texts:
        if match := vocabulary.column(text):
            yield *match, text


def kind_of(columns: Mapping[str, int]) -> Kind | None:
    """What a row with these columns is; None if they tell nothing that can be used."""
    has = frozenset(columns)
    if "SPSXSLBM" not in has:
        if "SPSXBM" in has and has & {"SPSXMC", "SPSXBLSX", "SXBLSX"}:
            return "matters"
        return "projects" if has & {"GCDM", "XMDM"} and "XMMC" in has else None
    if has & (frozenset(MOMENTS) - {"TBCXKSSJ"}) or has & _OF_AN_ITEM:
        return "listing"
    for kind, needed in (("events", {"BLZT", "BLSJ"}), ("specials", {"TBCXKSSJ"}), ("documents", {"PFRQ"})):
        if needed <= has:
            return kind  # type: ignore[return-value]
    return None
