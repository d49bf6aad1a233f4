"""What became of one row of a file, and what is taken from it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from monitor.records import as_given
from monitor.sources.files import Cell, Problem
from monitor.sources.files.words import printable

Fate = Literal["taken", "aside", "title", "total", "unread"]

LISTING = "办件清单"
"""What a row of a listing is kept under when it is set aside: it is a row of no single table."""

_PHONE = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9])")
_COUNT = r"[0-9]+\s*[件条项个行笔]"
_TOTAL = re.compile(
    rf"(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总\s*数|合计数)\s*[:：]?\s*(?:{_COUNT}.*|[0-9]*)|共\s*{_COUNT}.*"
)
_LONGEST_SHOWN = 40
BLANKS = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "null", "none", "nan", "n/a", "#n/a"})
"""What producers write into a cell that has nothing to say."""


class Stated(NamedTuple):
    """An event that a row states: its code, local time ("YYYY-MM-DD[ HH:MM:SS]"), the codes it may stand for.

    ``loose``: midnight may mean no more than the date, and a full minute any second of it, as in a column of times of
    a listing. ``more``: further columns of the status table that the row has.
    """

    code: int
    time: str
    alike: frozenset[int]
    loose: bool = False
    more: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file; ``table``: that of the platform's which it is a row of, or LISTING.

    ``rows``: (table, standard row), without update time and serial number unless the file has them.
    ``exact``: events of a list of all events; ``flat``: events of the columns of times. ``firsts``: codes of the
    milestones that the row speaks of, a set each; ``every``: codes of which it names all there are.
    """

    sheet: str
    number: int
    fate: Fate
    table: str = LISTING
    item: str = ""
    rows: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    exact: tuple[Stated, ...] = ()
    flat: tuple[Stated, ...] = ()
    firsts: frozenset[frozenset[int]] = frozenset()
    every: frozenset[int] = frozenset()
    problems: tuple[Problem, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether the row goes into the ledger."""
        return self.fate == "taken"


def shown(value: Cell) -> str:
    """The beginning of a value for the list of problems; telephone and identity numbers are blotted out."""
    text = printable("" if value is None else str(value))[:_LONGEST_SHOWN]
    return _PHONE.sub("（已隐去）", text)


def kept(value: Cell) -> str:
    """A value as text, to be kept with a row set aside; telephone and identity numbers are blotted out."""
    return _PHONE.sub("（已隐去）", str(as_given(value)))


def is_blank(value: Cell) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, str) and value.strip().lower() in BLANKS)


def is_total(cells: tuple[Cell, ...]) -> bool:
    """Whether a row is a sum or a count below the data: its first text says so."""
    first = next((cell for cell in cells if isinstance(cell, str)), "")
    return _TOTAL.fullmatch(first.strip()) is not None


def is_note(cells: tuple[Cell, ...]) -> bool:
    """Whether a row says one thing only, as a note below a table does, or a row that is numbered and empty."""
    return len({cell for cell in cells if not is_blank(cell)}) <= 1
