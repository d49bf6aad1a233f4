"""What rows said before another came in their place, kept in the transaction that changes them.

Only so can a report on the past be made again: events are kept in all their versions, but the rows of items, projects
and matters, what further sources say of them, and decision documents hold the newest word alone. A row that brings
nothing new writes nothing here. ``former`` holds what was so *until* a moment; no fields at all: nothing was there yet.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table

from alerts.bulk import moment_text
from monitor.ledger.tables import Former

FORMER: Table = Former.__table__  # type: ignore[attr-defined]
SAYS: Mapping[str, tuple[str, ...]] = {
    "project": ("code", "name"),
    "matter": ("name", "kind", "limit_days"),
    "item": ("works", "matter", "unit_code", "unit_name", "limit_days", "limit_given"),
}
"""What a source can say of a row, by the kind of row."""
ROW = ("valid", "source")
"""What is kept of a row beside that."""
BESIDE = "said."
"""Kinds that begin so hold all that further sources said of a row: source → fields."""
DELIVERED = "document"
"""The kind that holds the first date of a valid decision document of an item."""
FILE = "import_file"
"""The kind that holds when a file was imported before it was imported again."""

_JUDGED_BEFORE = "EXISTS (SELECT 1 FROM change)"
"""Before anything was judged there is no past to keep, and the first reading of a platform costs nothing more."""


def keep_rows(
    connection: Connection, kind: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], now: datetime
) -> None:
    """Keeps what ``rows`` (values of ``columns``, the key first) are about to replace in the table of ``kind``.

    Of projects and matters also that a row was not there yet; of items only where events waited for it, as else it is
    on record when they came onto the ledger.
    """
    given = json.dumps(rows)
    until = moment_text(now)
    changed, new = _statements(kind, tuple(columns))
    connection.exec_driver_sql(changed, (kind, until, given))
    connection.exec_driver_sql(new, (kind, until, given))


@lru_cache(maxsize=8)
def _statements(kind: str, columns: tuple[str, ...]) -> tuple[str, str]:
    """INSERT … SELECT for the rows that change, and for those that are new; parameters: kind, until, rows as JSON."""
    key = columns[0]
    told = {name: f"json_extract(given.value, '$[{place}]')" for place, name in enumerate(columns)}
    kept = ", ".join(f"'{name}', held.{name}" for name in (*SAYS[kind], *ROW))
    differs = " OR ".join(f"held.{name} IS NOT {told[name]}" for name in (*SAYS[kind], *ROW))
    newer = f"({told['updated']}, {told['serial']}) > (held.updated, held.serial)"
    changed = f"""
        INSERT OR IGNORE INTO former (kind, key, until, fields)
        SELECT ?, held.{key}, ?, json_object({kept})
        FROM json_each(?) AS given CROSS JOIN {kind} AS held ON held.{key} = {told[key]}
        WHERE ({newer} OR held.source IS NOT {told["source"]}) AND ({differs})
    """  # noqa: S608 - names of our own tables and columns
    waited = f"AND EXISTS (SELECT 1 FROM event WHERE event.item = {told[key]})" if kind == "item" else ""  # noqa: S608
    new = f"""
        INSERT OR IGNORE INTO former (kind, key, until, fields)
        SELECT ?, {told[key]}, ?, '{{}}' FROM json_each(?) AS given
        WHERE {_JUDGED_BEFORE} AND NOT EXISTS (SELECT 1 FROM {kind} AS held WHERE held.{key} = {told[key]}) {waited}
    """  # noqa: S608 - as above
    return changed, new


_SAID_BEFORE = """
    (SELECT coalesce(json_group_object(said.source, json(said.fields)), '{}') FROM said
     WHERE said.kind = asked.kind AND said.key = asked.key AND said.valid)
"""
_SAID = f"""
    INSERT OR IGNORE INTO former (kind, key, until, fields)
    SELECT 'said.' || asked.kind, asked.key, ?, {_SAID_BEFORE}
    FROM (SELECT json_extract(value, '$[0]') AS kind, json_extract(value, '$[1]') AS key,
            json_extract(value, '$[2]') AS source, json_extract(value, '$[3]') AS fields,
            json_extract(value, '$[4]') AS valid, json_extract(value, '$[5]') AS updated,
            json_extract(value, '$[6]') AS serial FROM json_each(?)) AS asked
    WHERE NOT EXISTS (
        SELECT 1 FROM said WHERE said.kind = asked.kind AND said.key = asked.key AND said.source = asked.source
        AND ((said.fields = asked.fields AND said.valid = asked.valid)
            OR (said.updated, said.serial) >= (asked.updated, asked.serial)))
"""  # noqa: S608 - as above
_SAID_NO_MORE = f"""
    INSERT OR IGNORE INTO former (kind, key, until, fields)
    SELECT 'said.' || asked.kind, asked.key, ?, {_SAID_BEFORE}
    FROM (SELECT ? AS kind, value AS key FROM json_each(?)) AS asked
"""  # noqa: S608 - as above


def keep_said(connection: Connection, rows: Iterable[Sequence[Any]], now: datetime) -> None:
    """Keeps what was said beside the rows that ``rows`` (values of the table ``said``, in its order) speak of."""
    given = json.dumps([[*row[:3], json.dumps(row[3]), *row[4:]] for row in rows])
    connection.exec_driver_sql(_SAID, (moment_text(now), given))


def keep_said_of(connection: Connection, kind: str, keys: Collection[str], now: datetime) -> None:
    """Keeps what was said beside these rows, of which a part is about to be taken away."""
    connection.exec_driver_sql(_SAID_NO_MORE, (moment_text(now), kind, json.dumps(sorted(keys))))


_FIRST_ISSUED = "(SELECT min(held.issued) FROM document AS held WHERE held.item = asked.item AND held.valid)"
_DOCUMENTS = f"""
    INSERT OR IGNORE INTO former (kind, key, until, fields)
    SELECT 'document', asked.item, ?, json_object('issued', {_FIRST_ISSUED})
    FROM (SELECT json_extract(value, '$[0]') AS item, json_extract(value, '$[1]') AS number,
            json_extract(value, '$[2]') AS source, json_extract(value, '$[3]') AS issued,
            json_extract(value, '$[4]') AS valid, json_extract(value, '$[5]') AS updated,
            json_extract(value, '$[6]') AS serial FROM json_each(?)) AS asked
    WHERE EXISTS (SELECT 1 FROM change) AND NOT EXISTS (
        SELECT 1 FROM document AS held
        WHERE held.item = asked.item AND held.number = asked.number AND held.source = asked.source
        AND ((held.issued = asked.issued AND held.valid = asked.valid)
            OR (held.updated, held.serial) >= (asked.updated, asked.serial)))
"""  # noqa: S608 - as above


def keep_delivered(connection: Connection, records: Iterable[Any], source: str, now: datetime) -> None:
    """Keeps when the first document of the items was issued, as it was before these ``records`` of documents."""
    rows = [[r.item, r.number, source, r.issued.isoformat(), r.valid, r.updated, r.serial] for r in records]
    connection.exec_driver_sql(_DOCUMENTS, (moment_text(now), json.dumps(rows)))


def keep_file(connection: Connection, source: str, digest: str, at: datetime, now: datetime) -> None:
    """Keeps that a file was imported ``at`` a moment (UTC), as it is imported again."""
    fields = json.dumps({"source": source, "at": moment_text(at)})
    kept = "INSERT OR IGNORE INTO former (kind, key, until, fields) VALUES (?, ?, ?, ?)"
    connection.exec_driver_sql(kept, (FILE, f"{source}|{digest}", moment_text(now), fields))
