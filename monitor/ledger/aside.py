"""Rows set aside: listed for people, taken up again when the rules have changed, and settled."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.ledger.store import ASIDE
from monitor.sources import Position

LEDGER = "台账"
"""The source under which items are set aside that the rules cannot judge."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row set aside, as given less personal data, with its place at the source and its history. Moments are UTC."""

    id: int
    source: str
    table: str
    before: Position
    row: dict[str, Any]
    reason: str
    first_at: datetime
    last_at: datetime
    tries: int
    file: str | None
    sheet: str | None
    row_number: int | None
    resolved_at: datetime | None


def rows(
    connection: Connection,
    *,
    source: str | None = None,
    ids: Sequence[int] = (),
    resolved: bool = False,
    most: int | None = None,
) -> list[Row]:
    """Rows set aside, the oldest first: those still open, with ``resolved`` those read since too."""
    statement = select(ASIDE).order_by(ASIDE.c.id).limit(most)
    if not resolved:
        statement = statement.where(ASIDE.c.resolved_at.is_(None))
    if source is not None:
        statement = statement.where(ASIDE.c.source == source)
    if ids:
        statement = statement.where(ASIDE.c.id.in_(ids))
    return [
        Row(
            id=row.id,
            source=row.source,
            table=row.table_name,
            before=Position(row.since, row.after),
            row=dict(row.row),
            reason=row.reason,
            first_at=row.first_at,
            last_at=row.last_at,
            tries=row.tries,
            file=row.file,
            sheet=row.sheet,
            row_number=row.row_number,
            resolved_at=row.resolved_at,
        )
        for row in connection.execute(statement)
    ]


def still_wrong(connection: Connection, identifier: int, reason: str, now: datetime) -> None:
    """A row was tried again in vain; its reason may be another one by now."""
    values = {"tries": ASIDE.c.tries + 1, "last_at": now, "reason": reason}
    connection.execute(update(ASIDE).where(ASIDE.c.id == identifier).values(values))


def resolve_judged(connection: Connection, items: Collection[str], now: datetime) -> None:
    """Items that could be judged are set aside no longer."""
    here = (ASIDE.c.source == LEDGER, ASIDE.c.resolved_at.is_(None))
    waiting = connection.execute(select(ASIDE.c.id, ASIDE.c.since).where(*here))
    settled = [row.id for row in waiting if row.since in items]
    if settled:
        connection.execute(update(ASIDE).where(ASIDE.c.id.in_(settled)).values(resolved_at=now))
