"""One table of a source's database: which columns are read, and how GXSJ and LSH are compared there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, String, and_, func, literal, not_, or_, select
from sqlalchemy.sql.expression import ColumnClause, TableClause
from sqlalchemy.types import TypeEngine

from monitor.events import SHANGHAI
from monitor.sources import Position, position
from monitor.sources.database_values import Shape, plain

Key = tuple[Any, Any]
"""A row's GXSJ and LSH as the driver gave them: they go back to the database as they are."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One table: `shown` is its name for people, `columns` those that are read, `places` where GXSJ and LSH stand among
    them.

    `shape` is how a column of text writes its times, None where GXSJ is a time for the database itself. `may_stray`
    says that rows without a place in the order are possible at all.
    """

    table: str
    shown: str
    source: TableClause
    columns: tuple[ColumnClause[Any], ...]
    places: tuple[int, int]
    updated: ColumnClause[Any]
    serial: ColumnClause[Any]
    updated_type: TypeEngine[Any] | None
    serial_type: TypeEngine[Any] | None
    shape: Shape | None
    may_stray: bool

    def rows(self) -> Select[Any]:
        """All rows, in no order."""
        return select(*self.columns).select_from(self.source)

    def placed(self, *, backwards: bool = False) -> Select[Any]:
        """The rows that have a place in the order of (GXSJ, LSH), in this order or the opposite one."""
        order = (self.updated.desc(), self.serial.desc()) if backwards else (self.updated, self.serial)
        found = self.rows().order_by(*order)
        return found.where(not_(self.strays())) if self.may_stray else found

    def strays(self) -> ColumnElement[bool]:
        """The condition for rows that have no place in the order: they would be skipped without a word."""
        missing = [self.updated.is_(None), self.serial.is_(None)]
        return or_(*missing, not_(written_as(self.updated, self.shape))) if self.shape else or_(*missing)

    def key(self, row: Any) -> Key:
        """GXSJ and LSH of a row of `columns`."""
        return row[self.places[0]], row[self.places[1]]

    def after(self, key: Key) -> ColumnElement[bool]:
        """The condition for rows strictly after ``key``, in a form that an index on (GXSJ, LSH) serves."""
        since, serial = self.time(key[0]), self.number(key[1])
        return and_(self.updated >= since, or_(self.updated > since, self.serial > serial))

    def at(self, key: Key) -> ColumnElement[bool]:
        """The condition for the rows that stand at ``key``."""
        return and_(self.updated == self.time(key[0]), self.serial == self.number(key[1]))

    def time(self, raw: Any) -> ColumnElement[Any]:
        """A GXSJ as a parameter that the database compares as it compares the column."""
        return literal(raw, self.updated_type) if self.updated_type is not None else literal(raw)

    def number(self, raw: Any) -> ColumnElement[Any]:
        """An LSH as a parameter."""
        return literal(raw, self.serial_type) if self.serial_type is not None else literal(raw)

    def raw_time(self, common: str) -> Any:
        """A time of the common form as this column has it."""
        if self.shape:
            return self.shape.write(common)
        moment = datetime.fromisoformat(common[:26])
        if self.is_day:
            return moment.date()
        return moment.replace(tzinfo=SHANGHAI) if getattr(self.updated_type, "timezone", False) else moment

    @property
    def is_day(self) -> bool:
        """Whether GXSJ has no time of day."""
        return self.shape.is_day if self.shape else isinstance(self.updated_type, Date)

    @property
    def serial_is_text(self) -> bool:
        """Whether LSH is compared as text, so that 9 comes after 10."""
        return isinstance(self.serial_type, String)

    def place(self, key: Key) -> Position | None:
        """The position of a row by its GXSJ and LSH; None when they cannot serve as one."""
        since, serial = plain(key[0]), plain(key[1])
        if self.shape:
            since = self.shape.read(since) if isinstance(since, str) else None
        return position(since, serial)


def written_as(updated: ColumnElement[Any], shape: Shape) -> ColumnElement[bool]:
    """The condition for texts of a shape; blanks at the end come with columns of fixed width."""
    return or_(*(func.rtrim(updated).like(like) for like in shape.likes))
