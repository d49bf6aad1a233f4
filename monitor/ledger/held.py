"""Which records the ledger holds already, so that what a source reads once more is not judged once more."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from monitor.ledger.store import parts, table_of
from monitor.ledger.tables import Document, Event, Item, Matter, Project, Special

_PART = 500
_KEYS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "DFXMSPLCJDSXXXB": (Matter, ("matter",)),
    "XMJBXXB": (Project, ("works",)),
    "XMSPSXBLXXB": (Item, ("item",)),
    "XMSPSXBLXXXXB": (Event, ("item", "moment", "code")),
    "XMSPSXBLTBCXXXB": (Special, ("item", "started")),
    "XMSPSXPFWJXXB": (Document, ("item", "number")),
}


def without_held(connection: Connection, table: str, records: Sequence[Any], source: str) -> list[Any]:
    """The records of a platform table that the ledger does not hold in this very version from ``source``.

    To store the others again would change nothing, but everything that rests on them would be judged again.
    """
    model, names = _KEYS[table]
    columns = [table_of(model).c[name] for name in (*names, "updated", "serial")]
    first, holder = columns[0], table_of(model).c.source
    held: set[tuple[Any, ...]] = set()
    for part in parts(sorted({getattr(record, names[0]) for record in records}), _PART):
        found = connection.execute(select(*columns).where(first.in_(part), holder == source))
        held.update(tuple(row) for row in found)
    versions = [(*(getattr(record, name) for name in names), record.updated, record.serial) for record in records]
    return [record for record, version in zip(records, versions, strict=True) if version not in held]
