"""The district of the stories: a configuration folder as an owner has it, and an app on a clock that is moved."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Table, select

from alerts.outbox import MAIL
from alerts.tables import NoticeRow
from config.load import Config, init, load
from monitor.app import App, build
from monitor.ledger.store import table_of
from monitor.ledger.tables import Change, Cursor, Document, Item, JobRun, Project, SetAside, Special
from monitor.ledger.tables import Event as EventRow
from monitor.ledger.tables import Matter as MatterRow
from tests.reference import is_working
from tests.story.moments import MovedClock
from tests.story.stand_in import StandIn

ITEM, EVENT, CHANGE, CURSOR, JOB_RUN = map(table_of, (Item, EventRow, Change, Cursor, JobRun))
PROJECT, MATTER, SPECIAL, DOCUMENT, SET_ASIDE = map(table_of, (Project, MatterRow, Special, Document, SetAside))
NOTICE = table_of(NoticeRow)
FROM_THE_PLATFORM = (ITEM, EVENT, PROJECT, MATTER, SPECIAL, DOCUMENT)
BOOKKEEPING = {"seen_at", "judged_at"}
"""Columns that say when something was done, not what is so."""

Environment = dict[str, str]


def working_days(first: str | date, number: int) -> list[date]:
    """``number`` working days from ``first`` on, by the calendar of the reference."""
    day = date.fromisoformat(first) if isinstance(first, str) else first
    found: list[date] = []
    while len(found) < number:
        if is_working(day):
            found.append(day)
        day += timedelta(days=1)
    return found


def folder_of(
    place: Path,
    *,
    overlay: dict[int, str] | None = None,
    hours: tuple[str, str] | None = None,
    letters: bool = False,
) -> Path:
    """A configuration folder made by ``init``, its addresses no longer those of the example.

    ``overlay`` are calendar files by year, ``hours`` the TOML times between which mails may leave. Without ``letters``
    the mails of a long walk have none: setting them takes longer than all the rest.
    """
    folder = place / "config"
    init(folder)
    units = folder / "units.toml"
    units.write_text(units.read_text("utf-8").replace('.example"', '.test"'), "utf-8")
    policy = folder / "policy.toml"
    text = policy.read_text("utf-8")
    if hours:
        text = text.replace('start = "09:00"', f"start = {hours[0]}").replace('end = "17:30"', f"end = {hours[1]}")
    if not letters:
        before, _, after = text.partition("[letters]")
        assert "\nenabled = true" in after
        text = before + "[letters]" + after.replace("\nenabled = true", "\nenabled = false", 1)
    policy.write_text(text, "utf-8")
    for year, days in (overlay or {}).items():
        (folder / "calendar" / f"{year}.toml").write_text(days, "utf-8")
    return folder


def environment(place: Path, stand_in: StandIn, smtp_port: int | None = None, **settings: object) -> Environment:
    """What points a configuration folder at this stand-in, and with a port at a catcher of mails.

    ``settings`` are further keys of monitor.toml, such as SOURCES__CITY__PAGE_SIZE.
    """
    told: dict[str, object] = {
        "DATA_DIR": place / "data",
        "SOURCES__CITY__BASE_URL": stand_in.base_url,
        "DELIVERY__SENDER": "approval-monitor@huairou.test",
    }
    if smtp_port is not None:
        told |= {"DELIVERY__ENABLED": "true", "DELIVERY__PORT": smtp_port, "DELIVERY__TIMEOUT_SECONDS": 10}
    told |= settings
    named = {f"APPROVAL_MONITOR__{name}": str(value) for name, value in told.items()}
    return named | {"APPROVAL_MONITOR_CITY_TOKEN": stand_in.token}


def config_of(place: Path, stand_in: StandIn, smtp_port: int | None = None, **settings: object) -> Config:
    """The configuration of ``place``, its folder made when it is not there."""
    folder = place / "config"
    if not folder.exists():
        folder_of(place)
    return load(folder, environment(place, stand_in, smtp_port, **settings))


class NoPauses(Event):
    """A stop flag of which nobody waits: the pauses between attempts are over at once."""

    def wait(self, timeout: float | None = None) -> bool:
        """Whether the flag is set, without waiting."""
        return self.is_set()


@contextmanager
def opened(config: Config, clock: MovedClock) -> Iterator[App]:
    """The app of ``config`` on ``clock``; its source does not pause between attempts."""
    app = replace(build(config, clock), stop=NoPauses())
    try:
        yield app
    finally:
        app.engine.dispose()


def rows(app: App, table: Table, *conditions: Any) -> list[Any]:
    """The rows of a table, in the order of its primary key."""
    with app.transactions.read() as connection:
        found = select(table).where(*conditions).order_by(*table.primary_key.columns)
        return list(connection.execute(found))


def contents(app: App, *, without: frozenset[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """All that the ledger holds of the platform and what it was judged to be, less the columns of bookkeeping."""
    held = {}
    for table in FROM_THE_PLATFORM:
        names = [column.name for column in table.columns if column.name not in BOOKKEEPING | without]
        held[table.name] = [tuple(getattr(row, name) for name in names) for row in rows(app, table)]
    return held


def mails(app: App, *conditions: Any) -> list[Any]:
    """The rows of the outbox."""
    return rows(app, MAIL, *conditions)
