"""Rows that several sources speak of: one of them holds the row, what the others say is kept beside it.

Whoever gave a row first holds it. That decides nothing: which source counts for a field is the owner's order of
precedence, looked at when an item is judged, so the order of arrival makes no difference.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.bulk import upsert_newest
from monitor.ledger.former import SAYS, keep_rows, keep_said, keep_said_of
from monitor.ledger.tables import Said

SAID: Table = Said.__table__  # type: ignore[attr-defined]
SAID_COLUMNS = ("kind", "key", "source", "fields", "valid", "updated", "serial")
NOBODY = ""
"""The source of rows that were stored before sources were told apart."""


def put(
    connection: Connection,
    kind: str,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    source: str,
    now: datetime,
    kept: tuple[str, ...] = (),
) -> bool:
    """Stores ``rows`` (values of ``columns``, the key first) of ``source``. Returns whether others hold some of them.

    What they replace is kept as it was until ``now`` (UTC).

    1. Rows that nobody holds, this source holds, or whose holder has declared them invalid, are stored in ``table``.
    2. The others are stored beside it.
    3. A row that its holder now declares invalid passes to another source that still says it is valid.
    """
    others = _held_by_others(connection, table, {row[0] for row in rows}, source)
    mine = [row for row in rows if row[0] not in others]
    keep_rows(connection, kind, columns, mine, now)
    upsert_newest(table, columns, connection.dialect, kept=kept, held=True).run(connection, mine)
    if others:
        _say(connection, kind, columns, [row for row in rows if row[0] in others], source, now)
    valid = columns.index("valid")
    withdrawn = [row[0] for row in mine if not row[valid]]
    if withdrawn:
        _pass_on(connection, kind, table, withdrawn, now)
    return bool(others)


def _held_by_others(connection: Connection, table: Table, keys: set[str], source: str) -> set[str]:
    key = next(iter(table.primary_key))
    found = select(key).where(key.in_(sorted(keys)), table.c.source.not_in((source, NOBODY)), table.c.valid)
    return set(connection.scalars(found))


def _say(
    connection: Connection,
    kind: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    source: str,
    now: datetime,
) -> None:
    said = []
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        fields = {name: values[name] for name in SAYS[kind]}
        said.append((kind, row[0], source, fields, values["valid"], values["updated"], values["serial"]))
    keep_said(connection, said, now)
    upsert_newest(SAID, SAID_COLUMNS, connection.dialect).run(connection, said)


def _pass_on(connection: Connection, kind: str, table: Table, keys: Sequence[str], now: datetime) -> None:
    key = next(iter(table.primary_key))
    invalid = set(connection.scalars(select(key).where(key.in_(keys), ~table.c.valid)))
    keep_said_of(connection, kind, invalid, now)
    said = select(SAID).where(SAID.c.kind == kind, SAID.c.key.in_(sorted(invalid)), SAID.c.valid)
    for row in connection.execute(said.order_by(SAID.c.key, SAID.c.source)).all():
        values = {"source": row.source, "valid": True, "updated": row.updated, "serial": row.serial, **row.fields}
        taken = connection.execute(table.update().where(key == row.key, ~table.c.valid).values(values))
        if taken.rowcount:
            connection.execute(
                SAID.delete().where(SAID.c.kind == kind, SAID.c.key == row.key, SAID.c.source == row.source)
            )
