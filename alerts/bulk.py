"""Many rows at once: a Core statement compiled once, run by the driver's own ``executemany``.

SQLAlchemy's own executemany costs twice the driver's on our row shapes; the statement and the column types are still
SQLAlchemy's, so a dialect is chosen in one place.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Table, bindparam, or_, select, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.dml import Insert, Update
from sqlmodel.sql.sqltypes import UTCDateTime

Processor = Callable[[Sequence[Any]], Sequence[Any]]
PART = 10_000
"""How many rows are held at once."""


class Bulk:
    """A statement with one parameter a column of ``columns``, in that order."""

    def __init__(self, statement: Insert | Update, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        names = [name.removeprefix("b_") for name in compiled.positiontup or ()]
        self._sql = str(compiled)
        self._columns = [(columns.index(name), _column(table, name, dialect)) for name in names]

    def run(self, connection: Connection, rows: Iterable[Sequence[Any]]) -> None:
        """Runs the statement for every row (values in the order of ``columns``), however many there are."""
        for part in _parts(rows):
            columns = list(zip(*part, strict=True))
            # Column by column, because most columns need nothing done to them.
            done = [process(columns[place]) if process else columns[place] for place, process in self._columns]
            connection.exec_driver_sql(self._sql, list(zip(*done, strict=True)))


def _parts(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while part := list(islice(left, PART)):
        yield part


def _column(table: Table, column: str, dialect: Dialect) -> Processor | None:
    """What is done to the values of a column before the driver gets them; None when it takes them as they are."""
    kind = table.c[column].type
    if isinstance(kind, Boolean):
        return None
    process = moment_text if isinstance(kind, UTCDateTime) else kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return None
    # Of the moments and dates of many rows most are the same.
    return partial(_each_once if isinstance(kind, UTCDateTime | Date) else _each, process)


def _each(process: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else process(value) for value in values]


def _each_once(process: Callable[[Any], Any], values: Sequence[Any]) -> Sequence[Any]:
    known = {value: None if value is None else process(value) for value in set(values)}
    return [known[value] for value in values]


def moment_text(moment: datetime) -> str:
    """An aware moment in the form in which SQLAlchemy keeps it in SQLite, at a fifth of the cost.

    Raises ValueError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; moments in the ledger are UTC.")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def text_moment(text: str) -> datetime:
    """The inverse of ``moment_text``: a UTC moment."""
    return datetime.fromisoformat(text + "+00:00")


@lru_cache(maxsize=64)
def upsert_newest(
    table: Table, columns: tuple[str, ...], dialect: Dialect, kept: tuple[str, ...] = (), *, held: bool = False
) -> Bulk:
    """Inserts rows; where the key exists, the row with the greater (updated, serial) stays.

    Columns in ``kept`` are only for a new row; a known row keeps what it has in them. ``held``: update times of
    different sources say nothing of each other, so a row of another source is replaced whatever its time.
    """
    insert = sqlite.insert(table).values({name: bindparam(f"b_{name}") for name in columns})
    keys = [column.name for column in table.primary_key]
    fresh = {name: insert.excluded[name] for name in columns if name not in (*keys, *kept)}
    newer = tuple_(insert.excluded.updated, insert.excluded.serial) > tuple_(table.c.updated, table.c.serial)
    where = or_(newer, table.c.source != insert.excluded.source) if held else newer
    return Bulk(insert.on_conflict_do_update(index_elements=keys, set_=fresh, where=where), table, columns, dialect)


@lru_cache(maxsize=64)
def insert_missing(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Inserts rows; where the key exists nothing happens."""
    insert = sqlite.insert(table).values({name: bindparam(f"b_{name}") for name in columns})
    return Bulk(insert.on_conflict_do_nothing(), table, columns, dialect)


@lru_cache(maxsize=64)
def insert_new(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Inserts rows whose keys are not there yet; one that is raises IntegrityError."""
    return Bulk(table.insert().values({name: bindparam(f"b_{name}") for name in columns}), table, columns, dialect)


@lru_cache(maxsize=64)
def upsert(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Inserts rows; one whose key exists takes the place of what is there."""
    insert = sqlite.insert(table).values({name: bindparam(f"b_{name}") for name in columns})
    keys = [column.name for column in table.primary_key]
    fresh = {name: insert.excluded[name] for name in columns if name not in keys}
    return Bulk(insert.on_conflict_do_update(index_elements=keys, set_=fresh), table, columns, dialect)


@lru_cache(maxsize=64)
def update_by_key(table: Table, columns: tuple[str, ...], dialect: Dialect) -> Bulk:
    """Updates ``columns`` of the row with the key; the key columns come last in a row."""
    keys = tuple(column.name for column in table.primary_key)
    statement = table.update().values({name: bindparam(f"b_{name}") for name in columns})
    for key in keys:
        statement = statement.where(table.c[key] == bindparam(f"b_{key}"))
    return Bulk(statement, table, (*columns, *keys), dialect)


@lru_cache(maxsize=64)
def insert_keys(target: Table, table: Table, column: str, dialect: Dialect) -> Bulk:
    """Inserts into ``target`` the keys of the rows of ``table`` that have a value in ``column``."""
    keys = [key.name for key in table.primary_key]
    found = select(*(table.c[key] for key in keys)).where(table.c[column] == bindparam(f"b_{column}"))
    return Bulk(sqlite.insert(target).from_select(keys, found), table, (column,), dialect)
