"""Ledgers of any size, made by bare bulk inserts in a fraction of the time that the program itself would need."""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.world import MATTERS, NOW, WORKS, Life, item_id, old_events, stored, updated_at
from config.load import Config, init, load
from config.sources import Source
from config.units import UnitDirectory
from monitor.alike import JUDGED, columns_of
from monitor.app import App, build
from monitor.clock import stopped_at
from monitor.judge import Facts, Standards, judge
from monitor.ledger import store
from monitor.ledger.database import open_database
from monitor.ledger.store import EVENT_COLUMNS
from monitor.ledger.verdicts import NOTHING

TOKEN = "bench"  # noqa: S105 - of a platform that asks for none
SETTINGS = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY")
SOURCE = "city"
PROJECT_CODE = "2611-110116-04-01-123458"
"""One that verifies: of a ledger full of wrong codes the counter would have to be told."""
STAMP = ("valid", "updated", "serial", "source")
ITEM_COLUMNS = (
    "item", "works", "matter", "unit_code", "unit_name", "limit_days", "limit_given", *STAMP, *JUDGED,
    "next_at", "judged_at",
)  # fmt: skip
LATER = NOW + timedelta(days=3)
"""When an item that is not due yet must be looked at next."""


def configuration(folder: Path, *, source: Source | None = None, units: UnitDirectory | None = None) -> Config:
    """The default configuration in ``folder``, with another source or other units if given."""
    if not folder.exists():
        init(folder)
    config = load(folder, {"APPROVAL_MONITOR_CITY_TOKEN": TOKEN})
    settings = config.settings.model_copy(update={"sources": (source or config.settings.sources[0],)})
    return Config(folder, settings, config.policy, units or config.units, config.matters, config.overlay)


def app_on(ledger: Path, config: Config) -> App:
    """The program on ``ledger`` with its clock stopped at ``world.NOW``, after a good poll."""
    app = build(config, stopped_at(NOW), engine=open_database(f"sqlite:///{ledger}"))
    with app.transactions.write() as connection:
        for source in config.settings.sources:
            store.record_round(
                connection, source=source.name, started_at=NOW, finished_at=NOW, outcome="good", counts={}, message=""
            )
    # A configuration's first round marks everything to be judged; that is measured by itself.
    app.prepare()
    with app.transactions.write() as connection:
        connection.exec_driver_sql("DELETE FROM dirty")
    return app


def unit_code(config: Config, number: int) -> str:
    """The code by which the platform names the unit of an item."""
    units = config.units.units
    return units[number % len(units)].id


def ledger_of_lives(path: Path, count: int, lives: Sequence[Life], config: Config, standards: Standards) -> Path:
    """A ledger of ``count`` items that live these lives in turn, judged as the program would, none of them due."""
    judged = [_judged(life, standards) for life in lives]
    item_rows = (
        _item(n, unit_code(config, n), lives[n % len(lives)].limit, *judged[n % len(lives)]) for n in range(count)
    )
    event_rows = (
        _event(n, version.moment, version.code, version.updated, n * 10 + place)
        for n in range(count)
        for place, version in enumerate(lives[n % len(lives)].versions)
    )
    return _filled(path, item_rows, event_rows)


def ledger_before_a_poll(path: Path, count: int, config: Config) -> Path:
    """A ledger of ``count`` items with their older events, as it is before the poll of ``world.changed_rows``."""
    item_rows = (_item(n, unit_code(config, n), 20, NOTHING) for n in range(count))
    event_rows = (
        _event(n, when, code, updated, serial) for n in range(count) for serial, code, when, updated in old_events(n)
    )
    return _filled(path, item_rows, event_rows)


def _judged(life: Life, standards: Standards) -> tuple[tuple[Any, ...], date | None]:
    facts = Facts("", unit_code="", limit_days=life.limit, project_code=PROJECT_CODE)
    one = judge(facts, life.versions, standards, NOW - timedelta(days=1))
    return columns_of(one), one.closed_on


def _item(
    number: int, unit: str, limit: int, judged: tuple[Any, ...], closed_on: date | None = None
) -> tuple[Any, ...]:
    """A row of the item table: values of ITEM_COLUMNS."""
    values = [value.isoformat() if isinstance(value, date) else value for value in judged]
    if values[1] is not None:
        values[0] = unit
    next_at = None if closed_on else stored(LATER + timedelta(minutes=number % 1440))
    return (
        item_id(number), f"W{number % WORKS:06}", f"M{number % MATTERS:04}", unit, "", limit, str(limit), 1,
        updated_at(NOW - timedelta(days=30)), number + 1, SOURCE, *values, next_at, SEEN,
    )  # fmt: skip


def _event(number: int, when: datetime, code: int, updated: str, serial: int) -> tuple[Any, ...]:
    """A row of the event table: values of EVENT_COLUMNS."""
    return item_id(number), stored(when), code, updated, serial, SOURCE, 1, "审批科", "经办人", SEEN


SEEN = stored(NOW - timedelta(days=1))


def _filled(path: Path, items: Iterable[tuple[Any, ...]], events: Iterable[tuple[Any, ...]]) -> Path:
    open_database(f"sqlite:///{path}").dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for setting in SETTINGS:
            raw.execute(f"PRAGMA {setting}")
        raw.execute("BEGIN")
        matter_columns = ("matter", "name", "kind", *STAMP)
        projects = ((f"W{n:06}", PROJECT_CODE, "项目", 1, "", n, SOURCE) for n in range(WORKS))
        _insert(raw, "project", ("works", "code", "name", *STAMP), projects)
        matters = ((f"M{n:04}", "事项", 2, 1, "", n, SOURCE) for n in range(MATTERS))
        _insert(raw, "matter", matter_columns, matters)
        _insert(raw, "item", ITEM_COLUMNS, items)
        _insert(raw, "event", EVENT_COLUMNS, events)
        raw.execute("COMMIT")
    _flush(path)
    return path


def _flush(path: Path) -> None:
    """Waits until the file is on the disk, or the first commit that is measured would wait for all of it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _insert(raw: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    raw.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)


def copied(ledger: Path, name: str) -> Path:
    """A copy of a closed ledger beside it; an older copy of the same name is replaced."""
    target = ledger.with_name(name)
    for end in ("", "-wal", "-shm"):
        target.with_name(name + end).unlink(missing_ok=True)
    shutil.copyfile(ledger, target)
    _flush(target)
    return target


def bare(ledger: Path) -> sqlite3.Connection:
    """A bare connection with the settings that the program works with."""
    raw = sqlite3.connect(ledger, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000"):
        raw.execute(f"PRAGMA {setting}")
    raw.execute("PRAGMA wal_autocheckpoint=16000")
    return raw


def in_parts(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """``rows`` in pages."""
    return (rows[n : n + size] for n in range(0, len(rows), size))
