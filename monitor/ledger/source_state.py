"""The health of each source: how often it failed in a row, since when, why, and when it is asked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from alerts.bulk import insert_missing, update_by_key
from monitor.ledger.several import SAID
from monitor.ledger.store import EVENT, ITEM, MATTER, PROJECT, table_of
from monitor.ledger.tables import Cursor, Document, SourceState, Special

STATE, CURSOR = table_of(SourceState), table_of(Cursor)
LONGEST_REST = timedelta(days=1)
"""However long a source wants to be left alone, it is asked again after this."""
SLACK = timedelta(seconds=30)
"""Rounds do not begin to the second: a rest of one interval must not become one of two."""
_COLUMNS = ("failures", "failing_since", "retry_at", "kind", "message", "clock_ahead_seconds", "at")
_TABLES = {
    "DFXMSPLCJDSXXXB": MATTER,
    "XMJBXXB": PROJECT,
    "XMSPSXBLXXB": ITEM,
    "XMSPSXBLXXXXB": EVENT,
    "XMSPSXBLTBCXXXB": table_of(Special),
    "XMSPSXPFWJXXB": table_of(Document),
}


@dataclass(frozen=True, slots=True)
class State:
    """A source as of ``at`` (UTC). ``failures``: rounds in a row that brought nothing at all. ``failing_since``: when
    the first round was that was not good; None when the last one was. ``retry_at``: not to be asked before."""

    source: str
    at: datetime
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    kind: str | None = None
    message: str = ""
    clock_ahead_seconds: int | None = None

    def rests(self, now: datetime) -> bool:
        """Whether the source is to be left alone at ``now``; a state of the future is of a clock since set back."""
        return self.retry_at is not None and self.at <= now < self.retry_at


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a round was not good: the kind, the sentence, and for how many seconds the source wants to be left alone.

    ``total``: the round brought nothing at all.
    """

    kind: str
    message: str
    total: bool
    retry_after: float | None = None


def rest(failures: int, interval: timedelta, longest: timedelta) -> timedelta:
    """How long a source is left alone after so many failed rounds in a row: 1, 2, 4 … intervals, up to ``longest``."""
    return min(interval * 2 ** min(failures - 1, 20), max(longest, interval)) if failures else timedelta(0)


def after_round(
    before: State | None,
    source: str,
    began: datetime,
    ended: datetime,
    failure: Failure | None,
    interval: timedelta,
    longest: timedelta,
    clock_ahead: timedelta | None,
) -> State:
    """The state of ``source`` after a round between two moments (UTC); a good one clears everything.

    A round that read some of the tables is asked again at its usual time: the tables that can be read are to be fresh.
    """
    ahead = None if clock_ahead is None else round(clock_ahead.total_seconds())
    if failure is None:
        return State(source, began, clock_ahead_seconds=ahead)
    failures = (before.failures if before else 0) + 1 if failure.total else 0
    again = began + rest(failures, interval, longest) - SLACK if failures else None
    if failure.retry_after is not None:
        wanted = ended + min(timedelta(seconds=failure.retry_after), LONGEST_REST)
        again = max(wanted, again) if again else wanted
    since = (before.failing_since if before else None) or began
    return State(source, began, failures, since, again, failure.kind, failure.message, ahead)


def states(connection: Connection) -> Mapping[str, State]:
    """The state of every source that was ever asked, by its name."""
    return {
        row.source: State(row.source, row.at, *(getattr(row, name) for name in _COLUMNS[:-1]))
        for row in connection.execute(select(STATE))
    }


def keep(connection: Connection, state: State) -> None:
    """Stores the state of a source."""
    values = [getattr(state, name) for name in _COLUMNS]
    columns = ("source", *_COLUMNS)
    insert_missing(STATE, columns, connection.dialect).run(connection, [(state.source, *values)])
    update_by_key(STATE, _COLUMNS, connection.dialect).run(connection, [(*values, state.source)])


def has_rows(connection: Connection, source: str, table: str) -> bool:
    """Whether the ledger holds anything that ``source`` gave in ``table`` (its standard name)."""
    held = _TABLES[table]
    beside = select(SAID.c.source).where(SAID.c.source == source, SAID.c.kind == held.name)
    own = select(held.c.source).where(held.c.source == source)
    return any(connection.execute(found.limit(1)).first() is not None for found in (own, beside))


def newest_update(connection: Connection, source: str) -> str | None:
    """The newest update time (local, as the source wrote it) up to which any table of ``source`` has been read."""
    found = connection.scalar(select(func.max(CURSOR.c.since)).where(CURSOR.c.source == source))
    return found or None
