"""What stands beside the rows of a ledger's items: the words of further sources, and what staff put on record."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select

from monitor.corrections import Correction
from monitor.ledger.several import SAID
from monitor.ledger.tables import Correction as CorrectionRow
from monitor.ledger.tables import Matter, Project
from monitor.precedence import Said

CORRECTION: Table = CorrectionRow.__table__  # type: ignore[attr-defined]
PROJECT: Table = Project.__table__  # type: ignore[attr-defined]
MATTER: Table = Matter.__table__  # type: ignore[attr-defined]
NAMES = {
    "project": {"code": "project_code", "name": "project"},
    "matter": {"name": "matter_name", "kind": "matter_kind", "limit_days": "matter_limit"},
}
"""Columns of a project or matter → what they are called in a fact sheet."""
ITEM_NAMES = ("works", "matter", "unit_code", "unit_name", "limit_days", "limit_given")

Views = dict[str, dict[str, Any]]
"""What each source says, by source: values by their names in a fact sheet."""


def said_of(connection: Connection, rows: Sequence[Sequence[Any]]) -> Mapping[str, tuple[Said, ...]]:
    """What each source says of the items of ``rows`` (as ``read.load`` selects them), where more than one speaks."""
    if not rows or connection.execute(select(SAID.c.kind).limit(1)).first() is None:
        return {}
    beside = {
        "item": _beside(connection, "item", {row[0] for row in rows}),
        "project": _beside(connection, "project", {row[1] for row in rows}),
        "matter": _beside(connection, "matter", {row[2] for row in rows}),
    }
    found = {}
    for row in rows:
        views = _views(row, beside)
        for source, view in views.items():
            _follow(connection, source, view, row)
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


def _follow(connection: Connection, source: str, view: dict[str, Any], row: Sequence[Any]) -> None:
    """A source that says the item is of another project or matter means that one's name, code and limit as well."""
    for kind, table, column, held in (("project", PROJECT, "works", row[1]), ("matter", MATTER, "matter", row[2])):
        other = view.get(column)
        if not other or other == held:
            continue
        columns = [table.c[name] for name in NAMES[kind]]
        meant = connection.execute(select(*columns).where(table.c[column] == other, table.c.valid)).first()
        view.update(dict(zip(NAMES[kind].values(), meant or (None,) * len(columns), strict=True)))


def _beside(connection: Connection, kind: str, keys: set[str]) -> Mapping[str, Views]:
    found: defaultdict[str, Views] = defaultdict(dict)
    said = select(SAID).where(SAID.c.kind == kind, SAID.c.key.in_(sorted(keys)), SAID.c.valid)
    for row in connection.execute(said):
        found[row.key][row.source] = dict(row.fields)
    return found


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
