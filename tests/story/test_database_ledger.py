"""The same records through the exchange interface and through an exchange database give the same ledger."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Date, DateTime, Engine, Float, Integer, MetaData, String, Table

from alerts.hours import local
from monitor import show
from monitor.app import App
from monitor.jobs.rounds import plan_round, poll_round
from tests.sources.front import Front, on_file
from tests.sources.servers import READER, SERVERS
from tests.story.district import config_of, contents, opened
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn, raw_tables

FIRST, SECOND, LAST = at("2022-03-15", 12, 0), at("2022-04-29", 12, 0), at("2026-11-23", 9, 5)
VERSION_2 = {"XMJBXXB", "XMSPSXPFWJXXB"}
"""Tables that still bear the names of version 2.0."""

TYPES: Mapping[str, Any] = {
    "LSH": BigInteger, "GXSJ": DateTime, "BLSJ": DateTime, "SBSJ": DateTime, "TBCXKSSJ": DateTime, "PFRQ": Date,
}  # fmt: skip
OF_VALUES = {int: Integer, float: Float, str: String(300), type(None): Integer}


def table_of(engine: Engine, name: str, rows: list[dict[str, Any]]) -> Table:
    """The table for rows as the data folder has them: a type for each column; SQLite keeps times as text."""
    kinds: dict[str, Any] = {}
    for row in rows:
        for column, value in row.items():
            if value is not None or column not in kinds:
                kinds[column] = TYPES.get(column) or OF_VALUES[type(value)]
    if engine.dialect.name == "sqlite":
        kinds = {column: String if kind in (DateTime, Date) else kind for column, kind in kinds.items()}
    spelt = f"SPGL_{name}" if name in VERSION_2 else f"SPGL_{name}_V3"
    made = Table(spelt, MetaData(), *(Column(column, kind) for column, kind in kinds.items()))
    made.drop(engine, checkfirst=True)
    made.create(engine)
    return made


def typed(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with times as Python's, where the column is one of times."""
    found = dict(row)
    for column in table.columns:
        text = row.get(column.name)
        if isinstance(column.type, DateTime) and text is not None:
            found[column.name] = datetime.fromisoformat(text)
        elif isinstance(column.type, Date) and text is not None:
            found[column.name] = date.fromisoformat(text[:10])
        found.setdefault(column.name, None)
    return found


class Filled:
    """An exchange database that holds what the platform's data hold up to a moment."""

    def __init__(self, front: Front) -> None:
        self._front, self._shown = front, ""
        self._tables = {name: table_of(front.engine, name, rows) for name, rows in raw_tables().items()}

    def show(self, now: datetime) -> None:
        """Puts in what has come between the last moment and this one."""
        until = f"{local(now):%Y-%m-%d %H:%M:%S}"
        with self._front.engine.begin() as connection:
            for name, table in self._tables.items():
                rows = [typed(table, row) for row in raw_tables()[name] if self._shown < row["GXSJ"] <= until]
                if rows:
                    connection.execute(table.insert(), rows)
        self._shown = until

    @property
    def settings(self) -> dict[str, object]:
        """What makes the source of a configuration folder one of this database."""
        source = {"KIND": "database", "URL": self._front.url}
        if self._front.password:
            source["PASSWORD"] = self._front.password
        return {f"SOURCES__CITY__{name}": value for name, value in source.items()}


def ledger(app: App) -> list[Any]:
    """What ``ledger --all --format json`` says."""
    return list(json.loads(show.as_json(show.select_items(app, every=True))))


def different(some: list[Any], others: list[Any]) -> list[Any]:
    """The first pairs that are not alike; of a whole ledger pytest would draw up the differences for minutes."""
    return [pair for pair in zip(some, others, strict=True) if pair[0] != pair[1]][:3]


@contextmanager
def both(place: Path, stand_in: StandIn, filled: Filled, clock: MovedClock) -> Iterator[tuple[App, App]]:
    """A ledger that is filled through the interface and one that is filled from the database."""
    over_http, from_database = config_of(place / "http", stand_in), config_of(place / "db", stand_in, **filled.settings)
    with opened(over_http, clock) as one, opened(from_database, clock) as other:
        yield one, other


def compare(place: Path, stand_in: StandIn, front: Front, *moments: datetime) -> None:
    """Fills both ledgers at each of the moments, and compares what they say and all they hold."""
    filled, clock = Filled(front), MovedClock(moments[0])
    with both(place, stand_in, filled, clock) as apps:
        for clock.now in moments:
            stand_in.show(clock.now)
            filled.show(clock.now)
            for app in apps:
                for outcome in (poll_round(app), plan_round(app)):
                    assert outcome.good, outcome.problems
            over_http, from_database = map(ledger, apps)
            assert len(over_http) > 20
            assert different(over_http, from_database) == []
            held = [contents(app) for app in apps]
            for table in held[0]:
                assert different(held[0][table], held[1][table]) == [], table


def test_from_a_file_at_two_moments(tmp_path: Path, stand_in: StandIn) -> None:
    front = on_file(tmp_path / "front.db")
    compare(tmp_path, stand_in, front, FIRST, SECOND)
    front.engine.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("kind", SERVERS)
def test_from_a_server_at_two_moments(tmp_path: Path, stand_in: StandIn, kind: str) -> None:
    with SERVERS[kind]() as server:
        compare(tmp_path, stand_in, Front(server.owner, server.reader_url, READER), SECOND, LAST)
