"""What one source said before: rows and events as it gave them, whoever's word counts now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select, update

from monitor.events import SHANGHAI, Version, settle_versions
from monitor.ledger.former import SAYS, keep_file
from monitor.ledger.several import NOBODY, SAID
from monitor.ledger.store import ASIDE, EVENT, ITEM, MATTER, PROJECT, parts, table_of
from monitor.ledger.tables import Document, ImportFile, Special

CHUNK = 500
IMPORT_FILE = table_of(ImportFile)
HELD: Mapping[str, Table] = {"item": ITEM, "project": PROJECT, "matter": MATTER}
PAPERS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "special": (table_of(Special), ("kind", "name")),
    "document": (table_of(Document), ("issued", "title")),
}

Mark = tuple[str, int]
"""(update time as text, serial number): of two versions the greater counts."""


class Stored(NamedTuple):
    """A row as the source gave it last: its values by column of the ledger, whether it is valid, and its mark."""

    fields: Mapping[str, Any]
    valid: bool
    mark: Mark


@dataclass(slots=True)
class Told:
    """The events of an item by one source: those that exist (code, local time), and the newest mark of each."""

    existing: list[tuple[int, str]] = field(default_factory=list)
    newest: dict[tuple[int, str], Mark] = field(default_factory=dict)
    by_code: dict[int, str] = field(default_factory=dict)


def local_text(moment: datetime) -> str:
    """A moment as local text "YYYY-MM-DD HH:MM:SS"."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def rows_of(connection: Connection, kind: str, source: str, keys: Collection[Any]) -> dict[Any, Stored]:
    """What ``source`` says of rows of a kind: item, project, matter (by key), special or document (by pairs)."""
    found: dict[Any, Stored] = {}
    for chunk in parts(sorted(keys), CHUNK):
        if kind in PAPERS:
            found.update(_papers(connection, kind, source, chunk))
            continue
        table = HELD[kind]
        key = next(iter(table.primary_key))
        held = select(table).where(key.in_(chunk), table.c.source.in_((source, NOBODY)))
        for row in connection.execute(held):
            values = {name: getattr(row, name) for name in SAYS[kind]}
            found[getattr(row, key.name)] = Stored(values, row.valid, (row.updated, row.serial))
        beside = select(SAID).where(SAID.c.kind == kind, SAID.c.key.in_(chunk), SAID.c.source == source)
        for row in connection.execute(beside):
            found.setdefault(row.key, Stored(row.fields, row.valid, (row.updated, row.serial)))
    return found


def _papers(connection: Connection, kind: str, source: str, keys: Collection[Any]) -> Iterable[tuple[Any, Stored]]:
    table, columns = PAPERS[kind]
    pair = [column for column in table.primary_key if column.name != "source"]
    items = {item for item, _ in keys}
    for row in connection.execute(select(table).where(table.c.source == source, pair[0].in_(items))):
        values = {name: getattr(row, name) for name in columns}
        yield (row.item, getattr(row, pair[1].name)), Stored(values, row.valid, (row.updated, row.serial))


def events_of(connection: Connection, source: str, items: Collection[str]) -> dict[str, Told]:
    """The events of ``items`` as ``source`` gave them."""
    versions: defaultdict[str, list[Version]] = defaultdict(list)
    for chunk in parts(sorted(items), CHUNK):
        found = select(EVENT).where(EVENT.c.source.in_((source, NOBODY)), EVENT.c.item.in_(chunk))
        for row in connection.execute(found):
            version = Version(row.code, row.moment, row.updated, row.serial, row.valid)
            versions[row.item].append(version)
    return {item: _told(listed) for item, listed in versions.items()}


def _told(versions: list[Version]) -> Told:
    told = Told([(event.code, local_text(event.moment)) for event in settle_versions(versions)])
    for version in versions:
        key = (version.code, local_text(version.moment))
        told.newest[key] = max(told.newest.get(key, ("", 0)), (version.updated, version.serial))
        told.by_code[version.code] = max(told.by_code.get(version.code, ""), version.updated)
    return told


def known_file(connection: Connection, source: str, digest: str) -> tuple[str, datetime] | None:
    """The name and moment (UTC) under which a file of this content was imported; None if it was not."""
    found = select(IMPORT_FILE.c.name, IMPORT_FILE.c.at).where(
        IMPORT_FILE.c.source == source, IMPORT_FILE.c.digest == digest
    )
    row = connection.execute(found).first()
    return (row.name, row.at) if row else None


def note_file(
    connection: Connection, source: str, digest: str, name: str, at: datetime, counts: Mapping[str, int]
) -> None:
    """Notes that a file of this content has been imported; one noted before is noted anew, when it was so kept."""
    where = (IMPORT_FILE.c.source == source, IMPORT_FILE.c.digest == digest)
    values = {"name": name, "at": at, "counts": dict(counts)}
    if (known := known_file(connection, source, digest)) is not None:
        keep_file(connection, source, digest, known[1], at)
    if connection.execute(update(IMPORT_FILE).where(*where).values(values)).rowcount == 0:
        connection.execute(IMPORT_FILE.insert().values(source=source, digest=digest, **values))


class AsideRow(NamedTuple):
    """A row of a file that could not be taken: where it stands, what is read of it, and why not."""

    table: str
    sheet: str
    number: int
    row: Mapping[str, str]
    reason: str


def replace_asides(
    connection: Connection, source: str, file: str, rows: Iterable[AsideRow], taken: Collection[str], now: datetime
) -> None:
    """Sets rows of a file aside.

    What was aside from an earlier file of this name, or of an item that is now taken, counts as settled.
    """
    place = (ASIDE.c.source == source, ASIDE.c.file.is_not(None), ASIDE.c.resolved_at.is_(None))
    earlier = connection.execute(select(ASIDE.c.id, ASIDE.c.file, ASIDE.c.row).where(*place)).all()
    settled = [one.id for one in earlier if one.file == file or one.row.get("SPSXSLBM") in taken]
    for chunk in parts(settled, CHUNK):
        connection.execute(update(ASIDE).where(ASIDE.c.id.in_(chunk)).values(resolved_at=now))
    values = [
        {
            "source": source, "table_name": one.table, "since": "", "after": 0, "row": dict(one.row),
            "reason": one.reason, "first_at": now, "last_at": now, "tries": 1, "file": file, "sheet": one.sheet,
            "row_number": one.number,
        }
        for one in rows
    ]  # fmt: skip
    if values:
        connection.execute(ASIDE.insert(), values)
