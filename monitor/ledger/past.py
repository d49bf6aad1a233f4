"""Reading rows as they were at a moment: the present ones, with what ``former`` keeps laid over them."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.bulk import moment_text
from monitor.ledger.former import BESIDE, DELIVERED

_BEFORE = """
    SELECT held.key, held.fields FROM json_each(?) AS asked CROSS JOIN former AS held
    ON held.kind = ? AND held.key = asked.value
    WHERE held.until = (SELECT min(until) FROM former WHERE kind = ? AND key = asked.value AND until > ?)
"""
_KINDS = "SELECT 1 FROM former WHERE kind >= ? AND kind < ? LIMIT 1"
_JOINED: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "project": ("project", "works", ("code", "name", "source")),
    "matter": ("matter", "matter", ("name", "kind", "limit_days", "source")),
}
"""Kind → its table, key, and the columns that an item's row is joined with."""
_PLACES: Mapping[str, tuple[int, ...]] = {"project": (7, 8, 14), "matter": (9, 10, 11, 15)}
"""Where these columns stand in a row as ``read.load`` selects it."""
_ITEM = ("works", "matter", "unit_code", "unit_name", "limit_days", "limit_given")
WORKS, MATTER, VALID, SOURCE = 1, 2, 12, 13

Fields = Mapping[str, Any]


def before(connection: Connection, kind: str, keys: Collection[str], known: datetime) -> dict[str, Fields]:
    """What rows of a kind said at ``known`` (UTC), by key, where that is not what they say now; {}: nothing yet."""
    if not keys:
        return {}
    asked = (json.dumps(sorted(keys)), kind, kind, moment_text(known))
    return {key: json.loads(fields) for key, fields in connection.exec_driver_sql(_BEFORE, asked)}


def items_then(connection: Connection, rows: Sequence[Any], known: datetime) -> list[Any]:
    """Rows of items as ``read.load`` selects them, with projects and matters, as all of them stood at ``known``."""
    changed = before(connection, "item", {row[0] for row in rows}, known)
    then = [list(row) for row in rows]
    moved: list[list[Any]] = []
    for row in then:
        if fields := changed.get(row[0]):
            if (fields["works"], fields["matter"]) != (row[WORKS], row[MATTER]):
                moved.append(row)
            row[1:7] = [fields[name] for name in _ITEM]
            row[VALID], row[SOURCE] = bool(fields["valid"]), fields["source"]
    for kind, place in (("project", WORKS), ("matter", MATTER)):
        _join(connection, kind, then, place, moved, known)
    return [tuple(row) for row in then]


def _join(
    connection: Connection,
    kind: str,
    rows: Sequence[list[Any]],
    place: int,
    moved: Sequence[list[Any]],
    known: datetime,
) -> None:
    """Puts into ``rows`` what the project or matter said that each is of; ``moved`` are of others than they are now."""
    said = present(connection, kind, {row[place] for row in moved})
    for row in moved:
        _fill(kind, row, said.get(row[place]))
    former = before(connection, kind, {row[place] for row in rows}, known)
    for row in rows:
        if (fields := former.get(row[place])) is not None:
            _fill(kind, row, fields if fields.get("valid") else None)


def _fill(kind: str, row: list[Any], fields: Fields | None) -> None:
    for place, name in zip(_PLACES[kind], _JOINED[kind][2], strict=True):
        row[place] = fields[name] if fields else None


def present(connection: Connection, kind: str, keys: Collection[str]) -> dict[str, Fields]:
    """What valid projects or matters say now, by key."""
    if not keys:
        return {}
    table, key, names = _JOINED[kind]
    found = connection.exec_driver_sql(
        f"SELECT held.{key}, {', '.join(f'held.{name}' for name in names)} FROM json_each(?) AS asked "  # noqa: S608 - names of our own
        f"CROSS JOIN {table} AS held ON held.{key} = asked.value WHERE held.valid",
        (json.dumps(sorted(keys)),),
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}


def joined_then(connection: Connection, kind: str, key: str, known: datetime | None) -> Fields | None:
    """What one project or matter said at ``known`` (UTC; None: says now); None where it was not there or not valid."""
    if known is not None and (former := before(connection, kind, {key}, known)):
        return former[key] if former[key].get("valid") else None
    return present(connection, kind, {key}).get(key)


def anything_beside(connection: Connection) -> bool:
    """Whether further sources ever said anything of a row that they do not say now."""
    return connection.exec_driver_sql(_KINDS, (BESIDE, BESIDE[:-1] + "/")).first() is not None


def beside_then(connection: Connection, kind: str, keys: Collection[str], known: datetime) -> dict[str, dict[str, Any]]:
    """What further sources said of rows at ``known`` (UTC), by key and source, where that is not what they say now."""
    return {key: dict(fields) for key, fields in before(connection, BESIDE + kind, keys, known).items()}


def delivered_then(connection: Connection, items: Collection[str], known: datetime) -> dict[str, str | None]:
    """The first date (ISO) of a valid document as it was known at ``known``, by item, where that has changed since."""
    return {item: fields.get("issued") for item, fields in before(connection, DELIVERED, items, known).items()}
