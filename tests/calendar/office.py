"""A district whose operator teaches the calendar: a configuration folder, a ledger, and rounds on a moved clock."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from alerts.digest import CLOCK_NAMES, Line
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from config.load import Config, load
from monitor.app import build
from monitor.jobs.polling import settle_all
from monitor.judge import Judged, judge
from monitor.ledger.read import load as load_items
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import CalendarVersion, Change
from tests.calendar.texts import path
from tests.cli.office import Called, call
from tests.jobs.daemon_day import Day, MovedClock
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import at
from tests.story.district import folder_of

CHANGE, VERSION = table_of(Change), table_of(CalendarVersion)
SECRETS = {"APPROVAL_MONITOR_CITY_TOKEN": "token"}


@dataclass
class Office:
    """The folder and the daemon's day."""

    folder: Path
    day: Day

    def learn(self, name: str, *options: str) -> Called:
        """Teaches a notice at the day's moment; a daemon that runs does not notice until it is started again."""
        moment = f"{self.day.clock.now:%Y-%m-%d %H:%M}"
        arguments = ("--config", str(self.folder), "--now", moment, "calendar", "learn", str(path(name)))
        return call([*arguments, *(options or ("--yes",))], SECRETS)

    def restart(self) -> None:
        """Starts the daemon again with the configuration as it is now."""
        self.day.app = build(self.config(), self.day.clock, engine=self.day.app.engine)

    def config(self, **changes: Any) -> Config:
        """The configuration as it is on disk, ``changes`` apart."""
        return replace(load(self.folder, SECRETS), **changes)

    def tick(self, moment: str) -> list[tuple[str, str, str, int | None]]:
        """A round of everything at a local moment: what was told, as (item, step, due, remaining), in its order."""
        before = {mail.key for mail in self.day.mails("digest")}
        self.day.at(moment)
        settle_all(self.day.app, self.day.clock.now)
        self.day.poll()
        self.day.plan()
        self.day.deliver()
        fresh = [mail for mail in self.rows(MAIL) if mail.kind == "digest" and mail.key not in before]
        lines = {Line.from_json(line) for mail in fresh for line in mail.payload["lines"]}
        return sorted((line.case.item, line.step, str(line.case.due), line.case.remaining) for line in lines)

    def rows(self, table: Table) -> list[Any]:
        """The rows of a table."""
        return self.day.rows(table)

    def judged(self, item: str) -> Judged:
        """The item as it is at the day's moment."""
        app = self.day.app
        with app.transactions.read() as connection:
            [row] = load_items(connection, [item])
        return judge(row.facts, row.versions, app.standards, self.day.clock.now)

    def due(self) -> dict[str, str]:
        """The due dates in the ledger."""
        return {row.item: str(row.due) for row in self.rows(ITEM)}

    def changes(self, since: str, what: str = "due") -> dict[str, tuple[str | None, str | None, str]]:
        """Changes of a kind since a moment, by item: before, after, why."""
        found = [row for row in self.rows(CHANGE) if row.at >= at(since) and row.what == what]
        assert len({row.item for row in found}) == len(found)
        return {row.item: (row.before, row.after, row.why) for row in found}

    def notices(self, item: str) -> list[tuple[str, str]]:
        """The keys of the notices of an item's clocks less the item, each with its reason."""
        found = [row for row in self.rows(NOTICE) if row.item == item and row.clock in CLOCK_NAMES]
        return [(row.key.partition("|")[2], row.reason) for row in found]

    def versions(self) -> list[str]:
        """Why each state of the calendar came to be."""
        with self.day.app.transactions.read() as connection:
            return list(connection.scalars(select(VERSION.c.why).order_by(VERSION.c.id)))


def office_of(place: Path, now: str, *names: str) -> Office:
    """An office that has learned these notices before its daemon was ever started."""
    folder = folder_of(place)
    clock = MovedClock(at(now))
    for name in names:
        called = call(["--config", str(folder), "calendar", "learn", str(path(name)), "--yes"], SECRETS)
        assert called.code == 0, called.err
    config = load(folder, SECRETS)
    app = build(config, clock, engine=fresh_ledger(config.settings.data_dir))
    return Office(folder, Day(app, clock))
