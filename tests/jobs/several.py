"""A daemon's parts over several platforms in memory, each a source of its own, and a clock that is moved."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from alerts.outbox import MAIL
from config.settings import Settings
from config.sources import Source
from monitor.app import App
from monitor.jobs.outcome import Outcome
from monitor.jobs.polling import poll_round
from monitor.jobs.rounds import plan_round
from monitor.ledger.source_state import State, states
from monitor.sources import Page, Position, SourceError
from tests.jobs.daemon_day import MovedClock, day_of
from tests.ledger.platform import Platform, at


@dataclass
class Telling(Platform):
    """A platform whose answers have a date, and that can fail in ways of its own. ``before``: done at each page."""

    clock_ahead: timedelta | None = None
    before: Any = None

    def pages(self, table: str, start: Position) -> Iterator[Page]:
        """The pages, after ``before``."""
        if self.before is not None:
            self.before()
        yield from super().pages(table, start)


@dataclass(frozen=True)
class Offline(App):
    """An app whose sources are platforms in memory."""

    platforms: dict[str, Telling] = field(default_factory=dict)

    def source(self, settings: Source) -> AbstractContextManager[Any]:  # type: ignore[override]
        """The platform of that name."""
        return nullcontext(self.platforms[settings.name])


@dataclass
class Several:
    """What happens at several sources."""

    app: Offline
    clock: MovedClock

    def __getitem__(self, name: str) -> Telling:
        return self.app.platforms[name]

    def poll(self, text: str, *, by_hand: bool = False) -> Outcome:
        """A round at a local moment."""
        self.clock.now = at(text)
        return poll_round(self.app, by_hand=by_hand)

    def asked(self, text: str, name: str) -> bool:
        """Whether a round at a local moment asks a source at all."""
        before = self[name].rounds
        self.poll(text)
        return self[name].rounds > before

    def warned(self, kind: str) -> list[Any]:
        """The mails to the operator of a kind, after a plan."""
        plan_round(self.app)
        return [mail for mail in self.rows(MAIL) if mail.kind == "operator" and mail.key.startswith(f"{kind}|")]

    def state(self, name: str) -> State:
        """What is kept of a source."""
        with self.app.transactions.read() as connection:
            return states(connection)[name]

    def rows(self, table: Table) -> list[Any]:
        """The rows of a table, in the order of its key."""
        with self.app.transactions.read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))


def several(folder: Path, *names: str, **sources: Any) -> Several:
    """Sources of these names with empty platforms; ``sources`` are settings of every one of them."""
    given = [Source(name=name, base_url="http://platform.example", **sources) for name in names]
    settings = Settings(data_dir=folder, sources=tuple(given))
    day = day_of(folder, "2026-11-23 09:00", settings=settings)
    parts = {part.name: getattr(day.app, part.name) for part in fields(App)}
    return Several(Offline(**parts, platforms={name: Telling() for name in names}), day.clock)


def failure(kind: Any = "unreachable", *, permanent: bool = False, retry_after: float | None = None) -> SourceError:
    """A failure of reading."""
    return SourceError(f"取不到（{kind}）。", kind=kind, permanent=permanent, retry_after=retry_after)
