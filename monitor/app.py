"""The one place that joins the parts: configuration, ledger, calendar, sources, outbox, clock."""

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine

from alerts.case import Case
from alerts.deliver import Post, domain_of
from alerts.hours import Timetable
from alerts.letters.attach import Desk
from alerts.mailer import Folder, SmtpConnection, Transport
from alerts.pace import Pace
from alerts.plan import Round, known_now
from config.load import Config
from config.policy import Role
from config.sources import TABLES
from config.sources import Source as SourceSettings
from monitor import owner
from monitor.clock import Clock
from monitor.codes import codes_now
from monitor.configured import contents
from monitor.judge import Standards
from monitor.ledger.configured import keep_configuration
from monitor.ledger.database import copied, open_database
from monitor.ledger.freshness import complete_until
from monitor.ledger.history import why_due_moved
from monitor.ledger.recalculated import rejudge_if_changed
from monitor.ledger.sheets import Sheets
from monitor.ledger.store import mark_dirty
from monitor.ledger.transactions import Real, Transactions
from monitor.precedence import order_of
from monitor.sources import SourceError
from monitor.sources.opening import Reader, open_source
from monitor.standards_prints import prints
from monitor.workdays import Workdays


@dataclass(frozen=True)
class App:
    """Everything a job works with. Made by ``build``; jobs are plain functions of it."""

    config: Config
    engine: Engine
    transactions: Transactions
    standards: Standards
    clock: Clock
    stop: threading.Event = field(default_factory=threading.Event)
    keep_in: Path | None = None
    """Where mails are kept instead of sent, whatever the settings say: a dry run's folder."""
    pace: Pace = field(default_factory=lambda: Pace(0))
    """How fast mails leave; kept from round to round."""
    sample_addresses: bool = False
    """Sample addresses are what is wanted: the demonstration sends to a catcher on this machine."""

    @cached_property
    def contents(self) -> dict[str, dict[str, Any]]:
        """What of the configuration a report rests on, as it is kept on record."""
        return contents(self.config)

    @property
    def workdays(self) -> Workdays:
        """The working-day calendar with the owner's overlay."""
        return self.standards.workdays

    @property
    def kept_mails(self) -> Path:
        """The folder for mails that are not sent because delivery is off."""
        return self.config.settings.data_dir / "kept-mails"

    @property
    def answers(self) -> Path:
        """The folder for files that came with answers."""
        return self.config.settings.data_dir / "answers"

    @property
    def mails_leave(self) -> bool:
        """Whether mails really go to the relay."""
        return self.config.settings.delivery.enabled and self.keep_in is None and not self.placeholders

    @property
    def why_kept(self) -> str:
        """Why mails are kept as files, in Chinese; only when they are."""
        if self.keep_in is not None:
            return "试运行"
        return "仍有示例邮箱地址" if self.config.settings.delivery.enabled else "发信未开启"

    @property
    def placeholders(self) -> bool:
        """Whether addresses of the sample configuration are still there; then no mail leaves at all."""
        sender = self.config.settings.delivery.sender or ""
        found = self.config.units.has_placeholders or self.config.units.is_placeholder(sender)
        return found and not self.sample_addresses

    def source(self, settings: SourceSettings) -> Reader:
        """A source ready to be read; its pauses end early when the daemon stops."""
        return open_source(settings, standard_names(settings), self._wait)

    def _wait(self, seconds: float) -> None:
        """Waits between two attempts; when the daemon is told to stop there is no further one. Raises SourceError."""
        if self.stop.wait(seconds):
            raise SourceError("收到停止信号，本轮取数中断，下轮从已保存的位置继续。", kind="budget", permanent=False)

    def transports(self) -> list[Transport]:
        """Where mails go: kept connections to the relay, or a folder while delivery is off."""
        delivery = self.config.settings.delivery
        if not self.mails_leave:
            return [Folder(self.keep_in or self.kept_mails, delivery.max_mail_kib)]
        return [SmtpConnection(delivery) for _ in range(delivery.connections)]

    def data_as_of(self, connection: Connection) -> datetime | None:
        """Up to when every source's data is known to be complete (UTC).

        A poll dated later than now was made by a clock that has since been set back; it says nothing.
        """
        return complete_until(connection, self.config.settings.sources, before=self.clock())

    def is_blind(self, as_of: datetime | None, now: datetime) -> bool:
        """No good poll for so long that the ledger may be behind the platform."""
        return as_of is None or now - as_of > timedelta(hours=self.config.policy.blind_after_hours)

    @property
    def timetable(self) -> Timetable:
        """When mails may leave, audience by audience."""
        return Timetable(self.config.policy.hours, self.workdays)

    def is_open(self, now: datetime, audience: Role | None = None) -> bool:
        """Whether mails to ``audience`` may leave at ``now``; None: those that go to no single role."""
        return self.timetable.is_open(now, audience)

    def round(self, connection: Connection, now: datetime) -> Round:
        """What is the same for all cases of a planning round."""
        as_of = self.data_as_of(connection)
        return Round(
            now=now,
            policy=self.config.policy,
            units=self.config.units,
            workdays=self.workdays,
            domain=domain_of(self.config.settings.delivery),
            data_as_of=as_of,
            blind=self.is_blind(as_of, now),
            mails_leave=self.mails_leave,
            why_moved=lambda items: why_due_moved(connection, items),
        )

    def post(self, now: datetime) -> Post:
        """What a delivery round works with."""
        with self.transactions.read() as connection:
            as_of = self.data_as_of(connection)
        return Post(
            write=self.transactions.write,
            refresh=partial(self.cases, now=now, sheets=Sheets(self.standards, now)),
            policy=self.config.policy,
            units=self.config.units,
            delivery=self.config.settings.delivery,
            owner=owner.this_process(),
            is_dead=owner.is_dead,
            now=now,
            workdays=self.workdays,
            data_as_of=as_of,
            blind=self.is_blind(as_of, now),
            recheck=lambda items: codes_now(self, items, now),
            look_again=mark_dirty,
            pace=self.pace,
            letters=self.letters_desk(now).attached,
        )

    def letters_desk(self, now: datetime) -> Desk:
        """Where the formal letters of a delivery round are made."""
        return Desk(
            read=self.transactions.read,
            write=self.transactions.write,
            refresh=partial(self.cases, now=now, sheets=Sheets(self.standards, now)),
            policy=self.config.policy,
            units=self.config.units,
            workdays=self.workdays,
            domain=domain_of(self.config.settings.delivery),
            now=now,
            leaves=self.mails_leave,
            template=self.config.letter_template,
        )

    def cases(
        self, items: Collection[str], now: datetime, sheets: Sheets | None = None, *, answers: bool = True
    ) -> Mapping[tuple[str, str], Case]:
        """The cases of ``items`` as they are at ``now``, with what is on record about them, by (item, clock).

        ``sheets``: made for ``now``, where several questions are asked of one moment. ``answers``: with the cases of
        the answers that are owed.
        """
        with self.transactions.read() as connection:
            _, cases = (sheets or Sheets(self.standards, now)).of(connection, sorted(items))
            known, _ = known_now(connection, cases, self.round(connection, now), answers=answers)
        return {case.key: case for case in known}

    def prepare(self, now: datetime | None = None) -> str | None:
        """Marks to be judged again what a change of calendar, policy, units, matters or sources touches.

        What is in force from ``now`` (UTC) on goes on record, so that a report of before can be made again.
        Only rounds that judge call this: a command that reads must not stamp a new policy as applied while the daemon
        still judges by the old one. Returns what changed (Chinese), or None.
        """
        known, moment = prints(self.config, self.workdays), now or self.clock()
        keep_configuration(self.transactions, self.contents, moment)
        return rejudge_if_changed(self.transactions, self.standards, known, moment)


def build(config: Config, clock: Clock, *, engine: Engine | None = None) -> App:
    """Joins the parts. Raises DatabaseError when the ledger cannot be opened."""
    engine = engine or open_database(URL.create("sqlite", database=str(config.settings.ledger_path)))
    overlay = {day: (rule.working, rule.name) for day, rule in config.overlay.items()}
    standards = Standards(
        config.policy,
        config.units,
        config.matters,
        Workdays(overlay),
        documents_since=documents_since(config),
        order=order_of(config.settings.precedence, [source.name for source in config.settings.sources]),
    )
    return App(config, engine, Real(engine), standards, clock, pace=Pace(config.settings.delivery.max_per_minute))


@contextmanager
def rehearsed(app: App, folder: Path) -> Iterator[App]:
    """``app`` for a dry run: the same parts on a copy of the ledger, mails kept in ``folder``."""
    with copied(app.engine) as engine:
        yield replace(app, engine=engine, transactions=Real(engine), keep_in=folder)


def standard_names(settings: SourceSettings) -> dict[str, str]:
    """The platform's standard table names → their names at the source, without the tables it does not supply."""
    return {standard: settings.tables[name] for name, standard in TABLES.items() if settings.tables[name]}


def documents_since(config: Config) -> date | None:
    """From which local date on closed items need a decision document; None if no source supplies any."""
    dates = [source.documents_since for source in config.settings.sources if source.documents_since]
    return min(dates, default=None)
