"""What the rows of items, projects and matters said at a moment of the past, by what is kept of them in ``former``."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, select, update

from monitor.ledger.store import ITEM, MATTER, PROJECT, mark_dirty_where, parts, table_of
from monitor.ledger.tables import Former

FORMER = table_of(Former)
TABLES: Mapping[str, tuple[Table, Column[Any]]] = {
    "item": (ITEM, ITEM.c.item),
    "project": (PROJECT, ITEM.c.works),
    "matter": (MATTER, ITEM.c.matter),
}
"""By kind the table, and the column of an item by which its items are found."""
CHUNK = 500
NOT_THERE: Mapping[str, Any] = {"valid": False}

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormerRows:
    """Rows that once said something else: what, until when (UTC; the earliest first), and what they say now."""

    former: Mapping[tuple[str, str], list[tuple[datetime, Values]]]
    present: Mapping[tuple[str, str], Values]

    @classmethod
    def of(cls, connection: Connection) -> "FormerRows":
        """All that is kept, and the present rows concerned."""
        former: dict[tuple[str, str], list[tuple[datetime, Values]]] = defaultdict(list)
        kept = select(FORMER.c.kind, FORMER.c.key, FORMER.c.until, FORMER.c.fields)
        for kind, key, until, fields in connection.execute(
            kept.where(FORMER.c.kind.in_(TABLES)).order_by(FORMER.c.until)
        ):
            former[kind, key].append((until, fields or NOT_THERE))
        present = dict(_present(connection, former))
        return cls({place: former[place] for place in present}, present)

    def show(self, connection: Connection, after: datetime | None, until: datetime) -> None:
        """Has the rows that changed after ``after`` and by ``until`` (UTC) say what they said then, and marks their
        items. Without ``after`` all of them."""
        for (kind, key), states in self.former.items():
            if after is not None and not any(after < end <= until for end, _ in states):
                continue
            said = next((fields for end, fields in states if end > until), self.present[kind, key])
            table, of_item = TABLES[kind]
            values = {name: value for name, value in said.items() if name in table.c}
            if "valid" in values:
                values["valid"] = bool(values["valid"])
            own = next(iter(table.primary_key.columns))
            connection.execute(update(table).where(own == key).values(values))
            mark_dirty_where(connection, of_item == key)


def _present(
    connection: Connection, former: Mapping[tuple[str, str], list[tuple[datetime, Values]]]
) -> Iterable[tuple[tuple[str, str], Values]]:
    for kind, (table, _) in TABLES.items():
        names = {name for place, states in former.items() if place[0] == kind for _, said in states for name in said}
        own = next(iter(table.primary_key.columns))
        columns = [table.c[name] for name in sorted(names | {"valid"}) if name in table.c]
        keys = sorted(key for found, key in former if found == kind)
        for chunk in parts(keys, CHUNK):
            for row in connection.execute(select(own.label("own_key"), *columns).where(own.in_(chunk))):
                values = dict(row._mapping)
                yield (kind, values.pop("own_key")), values
