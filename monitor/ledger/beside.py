"""What stands beside the rows of a ledger's items: the words of further sources, and what staff put on record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from monitor.corrections import Correction
from monitor.ledger.past import anything_beside, beside_then, joined_then
from monitor.ledger.several import SAID
from monitor.ledger.tables import Correction as CorrectionRow
from monitor.precedence import Said

CORRECTION: Table = CorrectionRow.__table__  # type: ignore[attr-defined]
NAMES = {
    "project": {"code": "project_code", "name": "project"},
    "matter": {"name": "matter_name", "kind": "matter_kind", "limit_days": "matter_limit"},
}
"""Columns of a project or matter → what they are called in a fact sheet."""
ITEM_NAMES = ("works", "matter", "unit_code", "unit_name", "limit_days", "limit_given")

Views = dict[str, dict[str, Any]]
"""What each source says, by source: values by their names in a fact sheet."""


def said_of(
    connection: Connection, rows: Sequence[Sequence[Any]], known: datetime | None = None
) -> Mapping[str, tuple[Said, ...]]:
    """What each source says of the items of ``rows`` (as ``read.load`` selects them), where more than one speaks.

    ``known``: as it was at that moment (UTC); ``rows`` are then of that moment, too.
    """
    says = connection.execute(select(SAID.c.kind).limit(1)).first() is not None
    if not rows or not (says or (known is not None and anything_beside(connection))):
        return {}
    places = {"item": 0, "project": 1, "matter": 2}
    beside = {kind: _beside(connection, kind, {row[place] for row in rows}, known) for kind, place in places.items()}
    found = {}
    for row in rows:
        views = _views(row, beside)
        for source, view in views.items():
            _follow(connection, source, view, row, known)
        if len(views) > 1:
            found[row[0]] = tuple(Said(source, **view) for source, view in sorted(views.items()))
    return found


def _views(row: Sequence[Any], beside: Mapping[str, Mapping[str, Views]]) -> Views:
    views: Views = defaultdict(dict)
    views[row[13]].update(zip(ITEM_NAMES, row[1:7], strict=True))
    if row[14] is not None:
        views[row[14]].update(zip(NAMES["project"].values(), row[7:9], strict=True))
    if row[15] is not None:
        views[row[15]].update(zip(NAMES["matter"].values(), row[9:12], strict=True))
    for source, fields in beside["item"].get(row[0], {}).items():
        views[source].update(fields)
    for kind, key in (("project", row[1]), ("matter", row[2])):
        for source, fields in beside[kind].get(key, {}).items():
            views[source].update({NAMES[kind][name]: value for name, value in fields.items()})
    return views


def _follow(
    connection: Connection, source: str, view: dict[str, Any], row: Sequence[Any], known: datetime | None
) -> None:
    """A source that says the item is of another project or matter means that one's name, code and limit as well."""
    for kind, column, held in (("project", "works", row[1]), ("matter", "matter", row[2])):
        other = view.get(column)
        if not other or other == held:
            continue
        meant = joined_then(connection, kind, other, known) or {}
        view.update({title: meant.get(name) for name, title in NAMES[kind].items()})


def _beside(connection: Connection, kind: str, keys: set[str], known: datetime | None) -> Mapping[str, Views]:
    found: defaultdict[str, Views] = defaultdict(dict)
    said = select(SAID).where(SAID.c.kind == kind, SAID.c.key.in_(sorted(keys)), SAID.c.valid)
    for row in connection.execute(said):
        found[row.key][row.source] = dict(row.fields)
    return found if known is None else {**found, **beside_then(connection, kind, keys, known)}


def corrections_of(
    connection: Connection, items: Sequence[str], seen_by: datetime | None = None
) -> Mapping[str, tuple[Correction, ...]]:
    """What is in force for ``items``, in the order of recording: now, or as it was at a moment (UTC)."""
    if connection.execute(select(CORRECTION.c.id).limit(1)).first() is None:
        return {}
    in_force = and_(CORRECTION.c.withdrawn_at.is_(None))
    if seen_by is not None:
        withdrawn_later = or_(CORRECTION.c.withdrawn_at.is_(None), CORRECTION.c.withdrawn_at > seen_by)
        in_force = and_(CORRECTION.c.at <= seen_by, withdrawn_later)
    columns = (CORRECTION.c[name] for name in Correction.__slots__)
    statement = select(CORRECTION.c.item, *columns).where(CORRECTION.c.item.in_(items), in_force)
    found: defaultdict[str, list[Correction]] = defaultdict(list)
    for item, *values in connection.execute(statement.order_by(CORRECTION.c.id)):
        found[item].append(Correction(*values))
    return {item: tuple(listed) for item, listed in found.items()}
