"""How fresh the ledger is: up to which moment it is known to hold all that its sources had."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, func, select

from alerts.bulk import text_moment
from monitor.ledger.former import FILE, FORMER
from monitor.ledger.store import last_good_poll, table_of
from monitor.ledger.tables import ImportFile


class Source(Protocol):
    """A source by its name and kind: one of the configuration, or one on record."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def kind(self) -> str:
        """http, database or folder."""


def complete_until(
    connection: Connection, sources: Sequence[Source], before: datetime | None = None
) -> datetime | None:
    """The moment (UTC) up to which the data of every source is complete; None if one never was.

    A platform is as fresh as its last reading in full; a folder as the last file that was taken from it, since looking
    into an empty folder tells nothing. Without any source the files imported by hand count. ``before``: as it was known
    at that moment (UTC).
    """
    if not sources:
        return last_import(connection, None, before)
    moments = [of_source(connection, source, before) for source in sources]
    return None if None in moments else min(moment for moment in moments if moment is not None)


def of_source(connection: Connection, source: Source, before: datetime | None = None) -> datetime | None:
    """The same of one source."""
    if source.kind == "folder":
        return last_import(connection, source.name, before)
    return last_good_poll(connection, [source.name], before)


def last_import(connection: Connection, source: str | None, before: datetime | None = None) -> datetime | None:
    """When a file of ``source``, or of any, was last taken (UTC); ``before``: as it was known at that moment (UTC)."""
    files = table_of(ImportFile)
    newest = select(func.max(files.c.at))
    if source is not None:
        newest = newest.where(files.c.source == source)
    if before is not None:
        newest = newest.where(files.c.at <= before)
    moments = [connection.scalar(newest), *(_imported_again(connection, source, before) if before else ())]
    return max((moment for moment in moments if moment is not None), default=None)


def _imported_again(connection: Connection, source: str | None, before: datetime) -> Iterator[datetime]:
    """When files were taken that have been taken once more since ``before``."""
    kept = select(FORMER.c.fields).where(FORMER.c.kind == FILE, FORMER.c.until > before)
    for fields in connection.scalars(kept):
        taken = text_moment(fields["at"])
        if source in (None, fields["source"]) and taken <= before:
            yield taken
