"""An exchange database as a platform fills it: tables of any types in any server, and a source that reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Engine, Integer, MetaData, String, Table, column, create_engine
from sqlalchemy import table as clause

from monitor.sources import START, Page, Position
from monitor.sources.database import DatabaseSource

EVENTS = "XMSPSXBLXXXXB"
EVENT_COLUMNS: Mapping[str, Any] = {
    "LSH": BigInteger,
    "GCDM": String(60),
    "SPSXSLBM": String(60),
    "BLCS": String(60),
    "BLR": String(60),
    "BLZT": Integer,
    "BLYJ": String(60),
    "BLSJ": DateTime,
    "SJYXBS": Integer,
    "GXSJ": DateTime,
    "LXR": String(60),
}
"""The events' table with what it has beyond the standard: an applicant's name."""

TEXT = {"BLSJ": String(40), "GXSJ": String(40)}
"""Columns of times in SQLite, which has no type for them, or of text elsewhere."""


@dataclass(frozen=True)
class Front:
    """One database: `engine` writes, `url` and `password` are those of the account that reads."""

    engine: Engine
    url: str
    password: str | None = None

    def table(self, name: str = f"SPGL_{EVENTS}_V3", schema: str | None = None, **types: Any) -> Table:
        """Makes the table of events anew, some of its columns of other types; None leaves a column out."""
        columns = {**EVENT_COLUMNS, **types}
        made = Table(
            name,
            MetaData(),
            *(Column(column, kind) for column, kind in columns.items() if kind is not None),
            schema=schema,
        )
        made.drop(self.engine, checkfirst=True)
        made.create(self.engine)
        return made

    def add(self, table: Table, *rows: Mapping[str, Any]) -> None:
        """Puts rows into a table, each with the columns it names, the values as they are."""
        with self.engine.begin() as connection:
            for row in rows:
                untyped = clause(table.name, *map(column, row), schema=table.schema)
                connection.execute(untyped.insert().values(row))

    def source(self, **options: Any) -> DatabaseSource:
        """The source on this database, pages of three rows, no pauses."""
        settings: dict[str, Any] = {"page_size": 3, "wait": lambda _: None}
        return DatabaseSource(**({"name": "qzk", "url": self.url, "password": self.password} | settings | options))


def on_file(path: Path) -> Front:
    """A database in an SQLite file."""
    return Front(create_engine(f"sqlite:///{path}"), f"sqlite:///{path}")


def event(serial: Any, updated: Any, item: str = "", **more: Any) -> dict[str, Any]:
    """A status event: received, at a fixed moment, of an item of its own."""
    plain = {"LSH": serial, "GXSJ": updated, "SPSXSLBM": item or f"办件{serial}", "BLZT": 1, "SJYXBS": 1}
    return plain | {"BLSJ": "2026-03-02 08:00:00"} | more


def minutes(*serials: int) -> list[dict[str, Any]]:
    """Events, one a minute from 09:00 on, in the order of their serial numbers."""
    return [event(serial, f"2026-03-02 09:{serial:02}:00") for serial in serials]


def read(source: DatabaseSource, start: Position = START, table: str = EVENTS) -> list[Page]:
    """All pages of a table."""
    return list(source.pages(table, start))


def serials(pages: Sequence[Page]) -> list[object]:
    """The serial numbers of all rows, in the order in which they came."""
    return [row["LSH"] for page in pages for row in page.rows]
