"""Writing what the platform gave: pages of records into the ledger, in bulk, each page in one transaction.

A record marks what rests on it as dirty; the judging comes afterwards, once for all that a round brought.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, or_, select, update

from alerts.bulk import insert_keys, insert_missing, moment_text, update_by_key, upsert_newest
from monitor.ledger.former import keep_delivered
from monitor.ledger.several import put
from monitor.ledger.tables import (
    Cursor,
    Dirty,
    Document,
    Event,
    Item,
    Matter,
    PollRound,
    Project,
    SetAside,
    Special,
)
from monitor.records import Refused
from monitor.sources import Position, position_of


def table_of(model: Any) -> Table:
    """The SQLAlchemy table of a table class."""
    return model.__table__  # type: ignore[no-any-return]


ITEM, EVENT, PROJECT, MATTER = table_of(Item), table_of(Event), table_of(Project), table_of(Matter)
DIRTY = table_of(Dirty)

PROJECT_COLUMNS = ("works", "code", "name", "valid", "updated", "serial", "source")
MATTER_COLUMNS = ("matter", "name", "kind", "limit_days", "valid", "updated", "serial", "source")
ITEM_COLUMNS = (
    "item", "works", "matter", "unit_code", "unit_name", "limit_days", "limit_given", "valid", "updated", "serial",
    "source", "paused", "deemed", "needs_code",
)  # fmt: skip
EVENT_COLUMNS = ("item", "moment", "code", "updated", "serial", "source", "valid", "office", "handler", "seen_at")
SPECIAL_COLUMNS = ("item", "started", "source", "kind", "name", "valid", "updated", "serial")
DOCUMENT_COLUMNS = ("item", "number", "source", "issued", "title", "valid", "updated", "serial")


def store_records(connection: Connection, table: str, records: Sequence[Any], now: datetime, source: str) -> None:
    """Stores records of a platform table (its standard name) as ``source`` gives them, and marks the items concerned.

    Reading the same records again changes nothing. A row that another source gave before stays that source's; what this
    one says of it is kept beside it.
    """
    if records:
        _WRITERS[table](connection, records, now, source)


def _projects(connection: Connection, records: Sequence[Any], now: datetime, source: str) -> None:
    rows = [(r.works, r.code, r.name, r.valid, r.updated, r.serial, source) for r in records]
    put(connection, "project", PROJECT, PROJECT_COLUMNS, rows, source, now)
    _touch(connection, "works", {r.works for r in records})


def _matters(connection: Connection, records: Sequence[Any], now: datetime, source: str) -> None:
    rows = [(r.matter, r.name, r.kind, r.limit, r.valid, r.updated, r.serial, source) for r in records]
    put(connection, "matter", MATTER, MATTER_COLUMNS, rows, source, now)
    _touch(connection, "matter", {r.matter for r in records})


def _items(connection: Connection, records: Sequence[Any], now: datetime, source: str) -> None:
    rows = [
        (r.item, r.works, r.matter, r.unit_code, r.unit_name, r.limit, r.limit_given, r.valid, r.updated, r.serial,
         source, False, False, True)
        for r in records
    ]  # fmt: skip
    put(connection, "item", ITEM, ITEM_COLUMNS, rows, source, now, kept=("paused", "deemed", "needs_code"))
    mark_dirty(connection, {r.item for r in records})


def _events(connection: Connection, records: Sequence[Any], now: datetime, source: str) -> None:
    rows = [(r.item, r.moment, r.code, r.updated, r.serial, source, r.valid, r.office, r.handler, now) for r in records]
    insert_missing(EVENT, EVENT_COLUMNS, connection.dialect).run(connection, rows)
    mark_dirty(connection, {r.item for r in records})


def _specials(connection: Connection, records: Sequence[Any], _now: datetime, source: str) -> None:
    rows = [(r.item, r.started, source, r.kind, r.name, r.valid, r.updated, r.serial) for r in records]
    upsert_newest(table_of(Special), SPECIAL_COLUMNS, connection.dialect).run(connection, rows)


def _documents(connection: Connection, records: Sequence[Any], now: datetime, source: str) -> None:
    rows = [(r.item, r.number, source, r.issued, r.title, r.valid, r.updated, r.serial) for r in records]
    keep_delivered(connection, records, source, now)
    upsert_newest(table_of(Document), DOCUMENT_COLUMNS, connection.dialect).run(connection, rows)
    mark_dirty(connection, {r.item for r in records})


_WRITERS: Mapping[str, Callable[[Connection, Sequence[Any], datetime, str], None]] = {
    "DFXMSPLCJDSXXXB": _matters,
    "XMJBXXB": _projects,
    "XMSPSXBLXXB": _items,
    "XMSPSXBLXXXXB": _events,
    "XMSPSXBLTBCXXXB": _specials,
    "XMSPSXPFWJXXB": _documents,
}


def _touch(connection: Connection, column: str, values: Iterable[str]) -> None:
    """Marks the items with these values of ``column`` as dirty; in their order, so that neighbours are met together."""
    insert_keys(DIRTY, ITEM, column, connection.dialect).run(connection, [(value,) for value in sorted(values)])


def mark_dirty(connection: Connection, items: Iterable[str]) -> None:
    """These items are judged again; those too whose own row has not come yet, which costs nothing."""
    insert_missing(DIRTY, ("item",), connection.dialect).run(connection, [(item,) for item in sorted(items)])


def mark_dirty_where(connection: Connection, *conditions: Any) -> None:
    """The items that meet ``conditions`` on the item table are judged again."""
    found = select(ITEM.c.item).where(*conditions)
    if not conditions:
        # Asked for an order among some, SQLite would look up every row by its key.
        found = found.order_by(ITEM.c.item)
    connection.execute(DIRTY.insert().from_select(["item"], found))


def parts(values: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    """``values`` in pieces of at most ``size``."""
    return (values[n : n + size] for n in range(0, len(values), size))


def mark_all_dirty(connection: Connection) -> None:
    """Every item is judged again: after a change of calendar, policy, units or matters."""
    mark_dirty_where(connection)


def read_cursor(connection: Connection, source: str, table: str) -> Position:
    """How far ``table`` of ``source`` has been read."""
    cursor = table_of(Cursor)
    row = connection.execute(
        select(cursor.c.since, cursor.c.after).where(cursor.c.source == source, cursor.c.table_name == table)
    ).first()
    return Position(row.since, row.after) if row else Position("", 0)


def write_cursor(connection: Connection, source: str, table: str, position: Position) -> None:
    """Moves the cursor; call it in the transaction that stores the page."""
    columns = ("source", "table_name", "since", "after")
    insert_missing(table_of(Cursor), columns, connection.dialect).run(connection, [(source, table, *position)])
    update_by_key(table_of(Cursor), ("since", "after"), connection.dialect).run(
        connection, [(position.since, position.after, source, table)]
    )


ASIDE = table_of(SetAside)


def set_aside(
    connection: Connection, source: str, table: str, refused: Iterable[tuple[Position, Refused]], now: datetime
) -> None:
    """Keeps refused rows as given, each with the cursor just before it, so that it can be asked for again."""
    for position, row in refused:
        place = (
            ASIDE.c.source == source,
            ASIDE.c.table_name == table,
            ASIDE.c.since == position.since,
            ASIDE.c.after == position.after,
            ASIDE.c.resolved_at.is_(None),
        )
        given = dict(row.row)
        # Several rows without a usable position stand behind one cursor: which is which, only the row itself tells.
        here = connection.execute(select(ASIDE.c.id, ASIDE.c.row).where(*place))
        known = next((found.id for found in here if found.row == given), None)
        if known is None:
            values = {"source": source, "table_name": table, "since": position.since, "after": position.after}
            values |= {"row": given, "reason": row.reason, "first_at": now, "last_at": now, "tries": 1}
            connection.execute(ASIDE.insert().values(values))
        else:
            again = {"tries": ASIDE.c.tries + 1, "last_at": now, "reason": row.reason}
            connection.execute(update(ASIDE).where(ASIDE.c.id == known).values(again))


@dataclass(frozen=True, slots=True)
class Aside:
    """A row set aside: ``before`` is the cursor just before it, ``own`` its own position if it has a usable one."""

    id: int
    table: str
    before: Position
    own: Position | None
    tries: int


def rows_set_aside(connection: Connection, source: str, most: int) -> list[Aside]:
    """Rows still set aside, the longest untried first. Those of files cannot be asked for again."""
    statement = (
        select(ASIDE.c.id, ASIDE.c.table_name, ASIDE.c.since, ASIDE.c.after, ASIDE.c.row, ASIDE.c.tries)
        .where(ASIDE.c.source == source, ASIDE.c.resolved_at.is_(None), ASIDE.c.file.is_(None))
        .order_by(ASIDE.c.last_at, ASIDE.c.id)
        .limit(most)
    )
    return [
        Aside(row.id, row.table_name, Position(row.since, row.after), position_of(row.row), row.tries)
        for row in connection.execute(statement)
    ]


def count_try(connection: Connection, identifier: int, now: datetime) -> None:
    """A row set aside was asked for again in vain."""
    connection.execute(update(ASIDE).where(ASIDE.c.id == identifier).values(tries=ASIDE.c.tries + 1, last_at=now))


def resolve(connection: Connection, identifier: int, now: datetime) -> None:
    """A row set aside has been read after all."""
    connection.execute(update(ASIDE).where(ASIDE.c.id == identifier).values(resolved_at=now))


def count_set_aside(connection: Connection, at: datetime | None = None) -> int:
    """How many rows are set aside and not read since: now, or as it was ``at`` a moment (UTC)."""
    open_rows = select(func.count()).select_from(ASIDE)
    if at is None:
        open_rows = open_rows.where(ASIDE.c.resolved_at.is_(None))
    else:
        unresolved = or_(ASIDE.c.resolved_at.is_(None), ASIDE.c.resolved_at > at)
        open_rows = open_rows.where(ASIDE.c.first_at <= at, unresolved)
    return int(connection.scalar(open_rows) or 0)


_WITHOUT_ROW = """
    WITH RECURSIVE known(item) AS (
        SELECT min(item) FROM event
        UNION ALL SELECT (SELECT min(item) FROM event WHERE item > known.item) FROM known WHERE known.item IS NOT NULL)
    SELECT item FROM known WHERE item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM item WHERE item.item = known.item)
"""
_ROW_CAME_LATER = "SELECT key FROM former WHERE kind = 'item' AND fields = '{}' AND until > ?"
_HAD_EVENT = "SELECT 1 FROM event WHERE item = ? AND seen_at <= ? LIMIT 1"


def count_waiting(connection: Connection, at: datetime) -> int:
    """How many items are known by events alone, because their item row has not come yet, as of ``at`` (UTC).

    From item to item by the index of events, never event by event.
    """
    moment = moment_text(at)
    items = {item for (item,) in connection.exec_driver_sql(_WITHOUT_ROW)}
    items.update(item for (item,) in connection.exec_driver_sql(_ROW_CAME_LATER, (moment,)))
    return sum(connection.exec_driver_sql(_HAD_EVENT, (item, moment)).first() is not None for item in items)


def record_round(connection: Connection, **values: Any) -> None:
    """Stores a finished poll round."""
    connection.execute(table_of(PollRound).insert().values(**values))


def last_good_poll(connection: Connection, sources: Sequence[str], before: datetime | None = None) -> datetime | None:
    """The moment up to which the data of every source is known to be complete; None if one was never read in full.

    ``before``: by the polls that had begun by that moment (UTC).
    """
    rounds = table_of(PollRound)
    newest = select(func.max(rounds.c.started_at)).where(rounds.c.outcome == "good")
    if before is not None:
        newest = newest.where(rounds.c.started_at <= before)
    moments = [connection.scalar(newest.where(rounds.c.source == source)) for source in sources]
    return None if None in moments else min(moments, default=None)


def knew_anything(connection: Connection, moment: datetime) -> bool:
    """Whether any event had arrived by ``moment`` (UTC)."""
    rounds = table_of(PollRound)
    return connection.scalar(select(rounds.c.id).where(rounds.c.finished_at <= moment).limit(1)) is not None


def first_poll(connection: Connection, source: str) -> datetime | None:
    """When ``source`` was first asked (UTC), whatever came of it."""
    rounds = table_of(PollRound)
    found: datetime | None = connection.scalar(select(func.min(rounds.c.started_at)).where(rounds.c.source == source))
    return found
