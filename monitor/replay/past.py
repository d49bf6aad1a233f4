"""The past of a ledger, on a copy of it: everything is hidden, and shown again as it became known, moment by moment.

So the rounds that walk it are the daemon's own and know nothing of it: what they read is what there was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Table, func, or_, select, text

from alerts.bulk import moment_text
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from alerts.tables import Answer, DecisionRow, Handed, Hold, Letter
from config.sources import Source
from monitor.alike import JUDGED
from monitor.ledger.standing import UNDIVIDED, UNFINISHED
from monitor.ledger.store import DIRTY, EVENT, ITEM, mark_dirty_where, table_of
from monitor.ledger.tables import (
    CalendarVersion,
    Change,
    Correction,
    Document,
    ImportFile,
    JobRun,
    PollRound,
    Setting,
    SourceState,
)
from monitor.ledger.verdicts import NOTHING

SETTING, POLL, IMPORT = table_of(Setting), table_of(PollRound), table_of(ImportFile)
OF_ROUNDS: tuple[Table, ...] = (
    NOTICE, MAIL, *map(table_of, (Handed, DecisionRow, Letter, JobRun, Change, SourceState, CalendarVersion)), DIRTY,
)  # fmt: skip
"""What rounds have written: the walk writes it anew."""
HOURS_AHEAD = "-8 hours"
"""From Beijing time to UTC, as SQLite is told it."""
KNOWN_EVENT = "CASE WHEN row.seen_at <= loaded.until AND row.moment < row.seen_at THEN row.moment ELSE row.seen_at END"
KNOWN_DOCUMENT = f"coalesce(strftime('%Y-%m-%d %H:%M:%S', row.updated, '{HOURS_AHEAD}'), '') || '.000000'"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A table whose rows come to be known one by one: by what (SQL), and which column says that one has ended."""

    table: Table
    known: str
    ended: str | None = None

    @property
    def past(self) -> str:
        """Where its rows wait."""
        return f"past_{self.table.name}"


KEPT = (
    _Kept(EVENT, KNOWN_EVENT),
    _Kept(table_of(Document), KNOWN_DOCUMENT),
    _Kept(table_of(Correction), "row.at", "withdrawn_at"),
    _Kept(table_of(Answer), "row.recorded_at"),
    _Kept(table_of(Hold), "row.at", "lifted_at"),
)


def loaded_until(connection: Connection, sources: tuple[Source, ...]) -> Mapping[str, datetime]:
    """By source the moment (UTC) up to which its first reading went on: what it brought may be as old as can be."""
    good = select(POLL.c.source, func.min(POLL.c.finished_at)).where(POLL.c.outcome == "good").group_by(POLL.c.source)
    files = select(IMPORT.c.source, func.min(IMPORT.c.at)).group_by(IMPORT.c.source)
    return {row[0]: row[1] for query in (files, good) for row in connection.execute(query)}


def hide(connection: Connection, loaded: Mapping[str, datetime]) -> None:
    """Puts all that came to be known one by one aside, and makes every item one that was never judged.

    An event of a source's first reading is known from when it happened on; every other one from when it arrived on.
    """
    for table in OF_ROUNDS:
        connection.execute(table.delete())
    judged_by = or_(SETTING.c.name.startswith(UNDIVIDED), SETTING.c.name.in_(UNFINISHED))
    connection.execute(SETTING.delete().where(judged_by))
    fresh = {**dict(zip(JUDGED, NOTHING, strict=True)), "next_at": None, "judged_at": None}
    connection.execute(ITEM.update().values(fresh))
    connection.execute(text("CREATE TEMP TABLE loaded (source TEXT PRIMARY KEY, until TEXT)"))
    for source, until in loaded.items():
        values = {"source": source, "until": moment_text(until)}
        connection.execute(text("INSERT INTO loaded VALUES (:source, :until)"), values)
    for kept in KEPT:
        name = kept.table.name
        given = "row.source" if "source" in kept.table.c else "''"
        connection.execute(
            text(
                f"CREATE TABLE {kept.past} AS SELECT row.*, {kept.known} AS known FROM {name} AS row "  # noqa: S608
                f"LEFT JOIN loaded ON loaded.source = {given}"
            )
        )
        connection.execute(text(f"CREATE INDEX ix_{kept.past} ON {kept.past} (known)"))
        connection.execute(kept.table.delete())
    connection.execute(text("DROP TABLE loaded"))


def show(connection: Connection, after: datetime | None, until: datetime) -> None:
    """Brings back what came to be known after ``after`` and by ``until`` (UTC), and marks the items concerned."""
    span = {"after": moment_text(after) if after else "", "until": moment_text(until)}
    for kept in KEPT:
        columns = ", ".join(f'"{column.name}"' for column in kept.table.columns)
        came = "known > :after AND known <= :until"
        connection.execute(
            text(f"INSERT INTO {kept.table.name} ({columns}) SELECT {columns} FROM {kept.past} WHERE {came}"),  # noqa: S608
            span,
        )
        if kept.ended:
            _end(connection, kept, span)
        if "item" in kept.table.c:
            marked = f"INSERT INTO dirty (item) SELECT DISTINCT item FROM {kept.past} WHERE {came}"  # noqa: S608
            connection.execute(text(marked), span)
        elif _touched(connection, kept, came, span):
            mark_dirty_where(connection, ITEM.c.closed_on.is_(None))


def _end(connection: Connection, kept: _Kept, span: Mapping[str, str]) -> None:
    """What had not ended by then has not ended yet; what has ended since has."""
    name, ended = kept.table.name, kept.ended
    connection.execute(text(f"UPDATE {name} SET {ended} = NULL WHERE {ended} > :until"), span)  # noqa: S608
    past = f"SELECT {ended} FROM {kept.past} AS was WHERE was.id = {name}.id"  # noqa: S608
    over = f"id IN (SELECT id FROM {kept.past} WHERE {ended} > :after AND {ended} <= :until)"  # noqa: S608
    connection.execute(text(f"UPDATE {name} SET {ended} = ({past}) WHERE {over}"), span)  # noqa: S608
    if "item" in kept.table.c:
        again = f"INSERT INTO dirty (item) SELECT DISTINCT item FROM {name} WHERE {over}"  # noqa: S608
        connection.execute(text(again), span)
    elif _touched(connection, kept, f"{ended} > :after AND {ended} <= :until", span):
        mark_dirty_where(connection, ITEM.c.closed_on.is_(None))


def _touched(connection: Connection, kept: _Kept, condition: str, span: Mapping[str, str]) -> bool:
    return bool(connection.scalar(text(f"SELECT 1 FROM {kept.past} WHERE {condition} LIMIT 1"), span))  # noqa: S608


def moments_between(connection: Connection, begin: datetime, end: datetime) -> list[datetime]:
    """The moments (UTC) in [begin, end) at which something became known that had been read or recorded then."""
    found: set[datetime] = set()
    for column in (EVENT.c.seen_at, *(kept.table.c.at for kept in KEPT if kept.ended)):
        found.update(connection.scalars(select(column).where(column >= begin, column < end).distinct()))
    return sorted(found)


def polls_between(connection: Connection, begin: datetime, end: datetime) -> list[datetime]:
    """When (UTC) sources were asked in [begin, end), whatever came of it."""
    asked = select(POLL.c.started_at).where(POLL.c.started_at >= begin, POLL.c.started_at < end).distinct()
    return list(connection.scalars(asked.order_by(POLL.c.started_at)))


def read_at(connection: Connection, sources: tuple[Source, ...], moment: datetime) -> None:
    """Every source counts as read in full at ``moment`` (UTC): for days of which no reading is on record."""
    for source in sources:
        if source.kind != "folder":
            values = {"source": source.name, "started_at": moment, "finished_at": moment, "outcome": "good"}
            connection.execute(POLL.insert().values(**values, counts={}, message=""))
    folders = [source.name for source in sources if source.kind == "folder"]
    for name in folders or ([] if sources else ["file"]):
        digest = f"replay {moment.isoformat()}"
        connection.execute(IMPORT.insert().values(source=name, digest=digest, name="", at=moment, counts={}))


def first_event(connection: Connection) -> date | None:
    """The UTC date of the earliest event on record; None of an empty ledger."""
    found: datetime | None = connection.scalar(select(func.min(EVENT.c.moment)))
    return found.date() if found else None
