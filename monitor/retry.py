"""Rows set aside, taken up again: each is read by the present rules and mapping, as if it came now.

row as given | the source's mapping | read_rows | store, settled — or kept with the reason it has now
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from alerts.bulk import insert_missing, update_by_key
from config.sources import Source
from monitor.app import App
from monitor.importing import row_readers
from monitor.judge import Standards
from monitor.ledger import aside, store
from monitor.ledger.settle import settle
from monitor.ledger.store import table_of
from monitor.ledger.tables import Setting
from monitor.ledger.transactions import Transactions
from monitor.mapping import Mapper, mapper_of
from monitor.records import TABLES, read_rows

Reader = Callable[[Connection, aside.Row, datetime], str | None]
"""Reads a row of a kind of its own; gives the reason why it still cannot be read, or None when it is stored."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of it: rows tried, and rows read at last."""

    tried: int
    read: int


def retry(
    transactions: Transactions,
    standards: Standards,
    mappers: Mapping[str, Mapper],
    readers: Mapping[str, Reader],
    now: datetime,
    *,
    sources: Collection[str] | None = None,
    ids: Sequence[int] = (),
    progress: Callable[[Sequence[aside.Row]], Iterable[aside.Row]] = iter,
) -> Retried:
    """Takes up every row set aside, or those of ``sources`` or with ``ids``, and judges what has changed.

    ``mappers``: source → its mapping; ``readers``: kind of row that is none of the platform's tables → how it is read.
    Each row in a transaction of its own: one that fails holds up none.
    """
    with transactions.read() as connection:
        rows = [row for row in aside.rows(connection, ids=ids) if sources is None or row.source in sources]
    unjudged = [row for row in rows if row.source == aside.LEDGER]
    if unjudged:
        with transactions.write() as connection:
            numbers = [str(row.row.get("SPSXSLBM", "")) for row in unjudged]
            store.mark_dirty(connection, numbers)
    for row in progress([row for row in rows if row.source != aside.LEDGER]):
        with transactions.write() as connection:
            reason = _read(connection, row, mappers.get(row.source, Mapper()), readers, now)
            if reason is None:
                store.resolve(connection, row.id, now)
            else:
                aside.still_wrong(connection, row.id, reason, now)
    settle(transactions, standards, now, "补录留存行")
    with transactions.read() as connection:
        still = {row.id for row in aside.rows(connection)}
    return Retried(len(rows), sum(1 for row in rows if row.id not in still))


def retry_all(
    app: App,
    *,
    sources: Collection[str] | None = None,
    ids: Sequence[int] = (),
    progress: Callable[[Sequence[aside.Row]], Iterable[aside.Row]] = iter,
) -> Retried:
    """Takes up the rows set aside of all sources, of ``sources``, or with ``ids``, by the present configuration."""
    mappers = {source.name: mapper_of(source) for source in app.config.settings.sources}
    return retry(
        app.transactions, app.standards, mappers, row_readers(app), app.clock(), sources=sources, ids=ids,
        progress=progress,
    )  # fmt: skip


def retry_if_mapped_anew(app: App) -> Retried:
    """Takes up the rows of the sources whose mapping is no longer what it was when they were set aside."""
    anew = {source.name for source in app.config.settings.sources if _is_new(app, source)}
    return retry_all(app, sources=anew) if anew else Retried(0, 0)


def _is_new(app: App, source: Source) -> bool:
    """Whether the mapping of ``source`` has changed since this was last asked; the present one is remembered."""
    told = source.model_dump(mode="json", include={"fields", "words", "time_formats", "tables"})
    mark = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    setting, name = table_of(Setting), f"mapping:{source.name}"
    with app.transactions.read() as connection:
        known = connection.scalar(select(setting.c.value).where(setting.c.name == name))
    if known == mark:
        return False
    with app.transactions.write() as connection:
        insert_missing(setting, ("name", "value"), connection.dialect).run(connection, [(name, mark)])
        update_by_key(setting, ("value",), connection.dialect).run(connection, [(mark, name)])
    return known is not None


def _read(
    connection: Connection, row: aside.Row, mapper: Mapper, readers: Mapping[str, Reader], now: datetime
) -> str | None:
    if reader := readers.get(row.table):
        return reader(connection, row, now)
    if row.table not in TABLES:
        return row.reason
    records, refused = read_rows(row.table, [mapper.map(row.table, row.row)])
    store.store_records(connection, row.table, records, now, row.source)
    return refused[0].reason if refused else None
