"""A daemon's parts on a clock that is moved, over a platform in memory: everything but the wire."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

import config
from alerts.outbox import MAIL
from config.load import Config, load
from monitor.app import App, build
from monitor.jobs.rounds import Outcome, deliver_round, plan_round
from monitor.poll import PollResult, poll
from monitor.reporting.sending import report_round
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import ALL, EVENTS, ITEMS, Platform, at, event_row, item_row


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@cache
def _defaults() -> Config:
    return load(Path(config.__file__).parent / "defaults", {"APPROVAL_MONITOR_CITY_TOKEN": "token"})


@dataclass
class Day:
    """The parts of a daemon and what happened so far."""

    app: App
    clock: MovedClock
    platform: Platform = field(default_factory=Platform)
    serial: int = 0

    def at(self, text: str) -> "Day":
        """Moves the clock to a local moment."""
        self.clock.now = at(text)
        return self

    def item(self, item: str, received: str, accepted: str | None = None, **columns: Any) -> None:
        """An item with its first events, known to the platform as they happened."""
        self.serial += 1
        self.platform.add(ITEMS, item_row(item, self.serial, received, **columns))
        self.event(item, 1, received)
        if accepted:
            self.event(item, 3, accepted)

    def event(self, item: str, code: int, moment: str, known: str = "", **columns: Any) -> None:
        """An event, known to the platform at ``known`` if that is not at once."""
        self.serial += 1
        self.platform.add(EVENTS, event_row(item, code, moment, self.serial, known, **columns))

    def poll(self) -> PollResult:
        """A round of reading what the platform has by now."""
        seen = Platform(
            {
                table: [row for row in rows if at(row["GXSJ"]) <= self.clock.now]
                for table, rows in self.platform.tables.items()
            },
            page_size=100,
            broken=self.platform.broken,
        )
        return poll(
            self.app.transactions, seen, "city", ALL, self.app.standards, self.clock.now, finished=self.app.clock
        )

    def plan(self) -> Outcome:
        """A planning round."""
        return plan_round(self.app)

    def report(self) -> Outcome:
        """A round of the weekly report."""
        return report_round(self.app)

    def deliver(self) -> Outcome:
        """A delivery round; delivery is off, so mails are kept as files."""
        return deliver_round(self.app)

    def rows(self, table: Table) -> list[Any]:
        """The rows of a table, in the order of its key."""
        with self.app.transactions.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def mails(self, kind: str | None = None) -> list[Any]:
        """The rows of the outbox."""
        return [row for row in self.rows(MAIL) if kind in (None, row.kind)]


def day_of(folder: Path, now: str, **changes: Any) -> Day:
    """A daemon with an empty ledger and the default configuration, ``changes`` to it apart."""
    plain = _defaults()
    settings = plain.settings.model_copy(update={"data_dir": folder})
    clock = MovedClock(at(now))
    app = build(replace(plain, **{"settings": settings, **changes}), clock, engine=fresh_ledger(folder))
    return Day(app, clock)
