"""Reading items with all that they rest on, in bulk and in flat memory."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, func, select, type_coerce

from alerts.bulk import text_moment
from monitor.alike import JUDGED
from monitor.events import Version
from monitor.judge import Facts
from monitor.ledger.beside import corrections_of, said_of
from monitor.ledger.past import delivered_then, items_then
from monitor.ledger.store import DIRTY, EVENT, ITEM, MATTER, PROJECT, parts, table_of
from monitor.ledger.tables import Document

CHUNK = 500
DOCUMENT = table_of(Document)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item as the ledger holds it: facts, versions of events, and what it was judged to be before (``stored``)."""

    facts: Facts
    versions: Sequence[Version]
    stored: tuple[Any, ...]
    valid: bool
    judged_at: str | None = None
    """When it was judged, as the file has it."""


_FIRST_DOCUMENT = (
    select(DOCUMENT.c.item, func.min(DOCUMENT.c.issued).label("issued"))
    .where(DOCUMENT.c.valid, DOCUMENT.c.item.in_(bindparam("ids", expanding=True)))
    .group_by(DOCUMENT.c.item)
)
_ITEMS = (
    select(
        ITEM.c.item, ITEM.c.works, ITEM.c.matter, ITEM.c.unit_code, ITEM.c.unit_name, ITEM.c.limit_days,
        ITEM.c.limit_given, PROJECT.c.code, PROJECT.c.name, MATTER.c.name, MATTER.c.kind, MATTER.c.limit_days,
        ITEM.c.valid, ITEM.c.source, PROJECT.c.source, MATTER.c.source, *(ITEM.c[name] for name in JUDGED),
        type_coerce(ITEM.c.judged_at, String),
    )
    .outerjoin(PROJECT, and_(PROJECT.c.works == ITEM.c.works, PROJECT.c.valid))
    .outerjoin(MATTER, and_(MATTER.c.matter == ITEM.c.matter, MATTER.c.valid))
    .where(ITEM.c.item.in_(bindparam("ids", expanding=True)))
    .order_by(ITEM.c.item)
)  # fmt: skip
_EVENTS = select(
    EVENT.c.item,
    EVENT.c.code,
    type_coerce(EVENT.c.moment, String),
    EVENT.c.updated,
    EVENT.c.serial,
    EVENT.c.valid,
    EVENT.c.source,
).where(EVENT.c.item.in_(bindparam("ids", expanding=True)))
"""The moment as it is kept: read by ``text_moment``, as nothing is read as often."""
_AS_SEEN = _EVENTS.where(EVENT.c.seen_at <= bindparam("seen"))


def load(connection: Connection, ids: Sequence[str], *, seen_by: datetime | None = None) -> Iterator[Loaded]:
    """The items with these ids, in chunks. ``seen_by``: all that is known of them as it was at that moment (UTC)."""
    for chunk in parts(ids, CHUNK):
        versions: defaultdict[str, list[Version]] = defaultdict(list)
        found = connection.execute(
            _EVENTS if seen_by is None else _AS_SEEN, {"ids": chunk} | ({"seen": seen_by} if seen_by else {})
        )
        for item, code, moment, updated, serial, valid, source in found:
            versions[item].append(Version(code, text_moment(moment), updated, serial, valid, source))
        delivered: dict[str, date] = {
            row.item: row.issued for row in connection.execute(_FIRST_DOCUMENT, {"ids": chunk})
        }
        rows: list[Any] = [tuple(row) for row in connection.execute(_ITEMS, {"ids": chunk})]
        if seen_by is not None:
            rows = items_then(connection, rows, seen_by)
            for item, issued in delivered_then(connection, chunk, seen_by).items():
                delivered.pop(item, None)
                delivered |= {item: date.fromisoformat(issued)} if issued else {}
        views = said_of(connection, rows, seen_by)
        corrected = corrections_of(connection, chunk, seen_by)
        for row in rows:
            item = row[0]
            facts = Facts(*(*row[:12], delivered.get(item), views.get(item, ()), corrected.get(item, ())))
            yield Loaded(facts, versions[item], tuple(row[16:-1]), row[12], row[-1])


def dirty_ids(connection: Connection) -> list[str]:
    """Items that something changed under since they were judged, by item number."""
    return list(connection.scalars(select(DIRTY.c.item).distinct().order_by(DIRTY.c.item)))


def judged_when(connection: Connection, ids: Sequence[str]) -> dict[str, str | None]:
    """When each of these items was judged, as the file has it."""
    asked = "SELECT i.item, i.judged_at FROM json_each(?) AS asked CROSS JOIN item AS i ON i.item = asked.value"
    found: Any = connection.exec_driver_sql(asked, (json.dumps(ids),))
    return dict(found.fetchall())


def dirty_part(connection: Connection, most: int) -> tuple[list[str], int]:
    """The items of the first ``most`` lines of the log of changes, by item number, and the last of these lines."""
    lines = select(DIRTY.c.id, DIRTY.c.item).order_by(DIRTY.c.id).limit(most).subquery()
    items = list(connection.scalars(select(lines.c.item).distinct().order_by(lines.c.item)))
    return items, int(connection.scalar(select(func.max(lines.c.id))) or 0)


def due_ids(connection: Connection, now: datetime, *, most: int | None = None, skip: int = 0) -> list[str]:
    """Items whose next moment has come: one look into an index, however large the ledger. ``most`` after ``skip``."""
    found = select(ITEM.c.item).where(ITEM.c.next_at <= now).order_by(ITEM.c.next_at).limit(most).offset(skip)
    return list(connection.scalars(found))


def ids_where(connection: Connection, *conditions: Any) -> list[str]:
    """Valid items that meet ``conditions`` on the item table, by item number."""
    # Sorted here: asked for an order, SQLite reads all items in it rather than the few by their indexes.
    return sorted(connection.scalars(select(ITEM.c.item).where(ITEM.c.valid, *conditions)))
