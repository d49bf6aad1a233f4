"""Records from files that staff export from the platform's pages: XLSX, XLS, CSV, and HTML tables named .xls.

bytes | sheets of rows | header among title lines | lines: records, statements, what is wrong with them
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""A value as a spreadsheet keeps it; numbers without a fraction are integers; None is an empty cell."""


class Row(NamedTuple):
    """A row that is not empty; ``number`` is the one that a spreadsheet shows beside it, from 1."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows in order, without the empty ones. A CSV file is one sheet without a name."""

    name: str
    rows: tuple[Row, ...]


class Problem(NamedTuple):
    """Something wrong with a row: the heading of the column, the value (less personal data), what, and what to do."""

    column: str
    value: str
    wrong: str
    todo: str


class FileError(Exception):
    """A file cannot be read as a table at all; the message (Chinese) says why and what to do.

    ``passing``: it may be otherwise in a moment, as with a file that another program holds open.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.passing = passing
