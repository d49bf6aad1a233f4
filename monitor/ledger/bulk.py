"""Many rows at once: a Core statement compiled once, run by the driver's own ``executemany``.

SQLAlchemy's own executemany costs twice the driver's on our row shapes; the statement and the column types are still
SQLAlchemy's, so a dialect is chosen in one place.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import Insert, Update

Processor = Callable[[Any], Any]


class Bulk:
    """A statement with one parameter a column of ``columns``, in that order."""

    def __init__(self, statement: Insert | Update, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._names = [name.removeprefix("b_") for name in compiled.positiontup or ()]
        self._columns = list(columns)
        self._processors = [_processor(table, name, dialect) for name in columns]
        self._order = [self._columns.index(name) for name in self._names]

    def run(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Runs the statement for every row (values in the order of ``columns``)."""
        values = [self._bound(row) for row in rows]
        if values:
            connection.exec_driver_sql(self._sql, values)

    def _bound(self, row: Sequence[Any]) -> Any:
        done = [
            value if process is None or value is None else process(value)
            for value, process in zip(row, self._processors, strict=True)
        ]
        return tuple(done) if self._in_order else tuple(done[n] for n in self._order)

    @property
    def _in_order(self) -> bool:
        return self._order == list(range(len(self._columns)))


def _processor(table: Table, column: str, dialect: Dialect) -> Processor | None:
    kind = table.c[column].type.dialect_impl(dialect)
    return kind.bind_processor(dialect)


@lru_cache(maxsize=64)
def upsert_newest(table: Table, columns: tuple[str, ...], dialect: Dialect, kept: tuple[str, ...] = ()) -> Bulk:
    """Inserts rows; where the key exists, the row with the greater (updated, serial) stays.

    Columns in ``kept`` are only for a new row; a known row keeps what it has in them.
    """
    insert = sqlite.insert(table).values({name: bindparam(f"b_{name}") for name in columns})
    keys = [column.name for column in table.primary_key]
    fresh = {name: insert.excluded[name] for name in columns if name not in (*keys, *kept)}
    newer = tuple_(insert.excluded.updated, insert.excluded.serial) > tuple_(table.c.updated, table.c.serial)
    return Bulk(insert.on_conflict_do_update(index_elements=keys, set_=fresh, where=newer), table, columns, dialect)


@lru_cache(maxsize=64)
def insert_missing(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Inserts rows; where the key exists nothing happens."""
    insert = sqlite.insert(table).values({name: bindparam(f"b_{name}") for name in columns})
    return Bulk(insert.on_conflict_do_nothing(), table, columns, dialect)


@lru_cache(maxsize=64)
def update_by_key(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Updates ``columns`` of the row with the key; the key columns come last in a row."""
    keys = tuple(column.name for column in table.primary_key)
    statement = table.update().values({name: bindparam(f"b_{name}") for name in columns})
    for key in keys:
        statement = statement.where(table.c[key] == bindparam(f"b_{key}"))
    return Bulk(statement, table, (*columns, *keys), dialect)
