"""What every source of records hands over: positions, pages and errors that say what to do.

A source reads the platform's tables in the order of (GXSJ 更新时间, LSH 流水号). It knows these two columns and no
others: what a row means is decided by those who take the pages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Kind = Literal[
    "unreachable",
    "timeout",
    "tls",
    "redirect",
    "unauthorised",
    "rate_limited",
    "http_4xx",
    "http_5xx",
    "too_large",
    "login",
    "code",
    "cut",
    "not_json",
    "shape",
    "repeat",
    "empty",
    "incomplete",
    "vanished",
    "budget",
    "internal",
    "driver",
    "denied",
    "no_table",
    "database",
    "unplaced",
]
"""The tag of a source's failure for machines; the sentence for people is the error's message."""

_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)?")
_LARGEST_SERIAL = 2**63 - 1  # what a database column holds
_LARGEST_EXACT_FLOAT = 2**53


class Position(NamedTuple):
    """A place in a table: everything up to and including the row (GXSJ, LSH) has been read.

    `since` is kept letter by letter as the platform wrote it, since it goes back to the platform; it is local time of
    the platform (Asia/Shanghai) and is only ever compared with other values of the same column.
    """

    since: str
    after: int


START = Position("", 0)
"""Before the first row of any table."""


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive rows of one table, and the position to store together with them.

    `table` is our name of the table. `rows` are after `start`, under the standard's column names; a source that cannot
    tell may give some of the last second again, and some rows may have no usable position. `given` are the same rows
    as the source sent them where they were mapped, else empty. `end` is the position of the last row that has one, or
    `start`. `last` says that the platform had no further rows.
    """

    table: str
    start: Position
    rows: tuple[dict[str, object], ...]
    end: Position
    last: bool
    given: tuple[dict[str, object], ...] = ()

    def as_given(self, row: object) -> object:
        """The row as the source sent it; ``row`` is one of ``rows`` itself."""
        pairs = zip(self.rows, self.given, strict=True) if self.given else ()
        return next((given for mapped, given in pairs if mapped is row), row)


class SourceError(Exception):
    """A source could not be read to the end; the message (Chinese) says what happened, where, and what to do.

    `kind` is the tag for machines. `permanent` means that asking again will not help before somebody acts.
    `retry_after`: for how many seconds the other side does not want to be asked again, if it said so.
    """

    def __init__(self, message: str, *, kind: Kind, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind: Kind = kind
        self.permanent = permanent
        self.retry_after = retry_after


def position_of(row: Mapping[str, object]) -> Position | None:
    """The position of a row, or None when its GXSJ or LSH cannot serve as one."""
    return position(row.get("GXSJ"), row.get("LSH"))


def position(since: object, after: object) -> Position | None:
    """A position from the two values as they were sent, or None when one of them is unusable.

    The time must be a real date (with or without a time of day) written with hyphens. The serial number may be an
    integer, a text of digits or a whole float (spreadsheets and some drivers write 12.0); true is not 1.
    """
    serial = _serial(after)
    if serial is None or not isinstance(since, str) or not _MOMENT.fullmatch(since):
        return None
    try:
        datetime.fromisoformat(since[:19])
    except ValueError:
        return None
    return Position(since, serial)


def _serial(value: object) -> int | None:
    match value:
        case bool():
            return None
        case int():
            number = value
        case float() if value.is_integer() and abs(value) < _LARGEST_EXACT_FLOAT:
            number = int(value)
        case str() if value.isascii() and value.isdigit() and len(value) <= 19:
            number = int(value)
        case _:
            return None
    return number if 0 <= number <= _LARGEST_SERIAL else None
