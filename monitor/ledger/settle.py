"""Judging items and keeping what came of it: the judged columns, the next moment, every change of state.

settle: dirty items | judge | compare with what was stored | changes, columns, next moment — one transaction a chunk.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from monitor.judge import Judged, Standards, judge
from monitor.ledger.bulk import insert_missing, update_by_key
from monitor.ledger.read import JUDGED, Loaded, dirty_ids, load
from monitor.ledger.store import ITEM, mark_all_dirty, table_of
from monitor.ledger.tables import Change, Setting
from monitor.ledger.transactions import Transactions

COLUMNS = (*JUDGED, "dirty", "next_at", "judged_at")
CHANGE_COLUMNS = ("item", "at", "what", "before", "after", "why")
NOTHING = (None,) * (len(JUDGED) - 2) + (False, False)
SETTLE_CHUNK = 2000


def settle(transactions: Transactions, standards: Standards, now: datetime, why: str = "取数") -> int:
    """Judges all dirty items; they are looked at by the next plan. Returns how many."""
    with transactions.write() as connection:
        ids = dirty_ids(connection)
    for start in range(0, len(ids), SETTLE_CHUNK):
        with transactions.write() as connection:
            rows = list(load(connection, ids[start : start + SETTLE_CHUNK]))
            judged = [(row, _judged(row, standards, now)) for row in rows]
            keep(connection, judged, now, why, lambda one: one.next_moment() if one.finished else now)
    return len(ids)


def _judged(row: Loaded, standards: Standards, now: datetime) -> Judged | None:
    return judge(row.facts, row.versions, standards, now) if row.valid else None


def keep(
    connection: Connection,
    judged: Iterable[tuple[Loaded, Judged | None]],
    now: datetime,
    why: str,
    next_at: Callable[[Judged], datetime | None],
) -> None:
    """Stores judgements (None: the item's row was invalidated), with a change row for each difference."""
    rows: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    for loaded, one in judged:
        values = NOTHING if one is None else columns_of(one)
        changes.extend(_changes(loaded, values, now, why))
        rows.append((*values, 0, next_at(one) if one else None, now, loaded.facts.item))
    insert_missing(table_of(Change), CHANGE_COLUMNS, connection.dialect).run(connection, changes)
    update_by_key(ITEM, COLUMNS, connection.dialect).run(connection, rows)


def columns_of(judged: Judged) -> tuple[Any, ...]:
    """The judged columns of an item, in the order of JUDGED."""
    marks, promised = judged.clocks.milestones, judged.clocks.promised
    return (
        judged.unit,
        judged.clocks.stage,
        judged.light.value,
        promised.state.value,
        marks.received.day if marks.received else None,
        marks.accepted.day if marks.accepted else None,
        judged.closed_on,
        promised.due,
        promised.paused,
        judged.clocks.deemed is not None,
    )


def _changes(loaded: Loaded, values: Sequence[Any], now: datetime, why: str) -> Iterable[tuple[Any, ...]]:
    item = loaded.facts.item
    if loaded.stored[1] is None and values is not NOTHING:
        return [(item, now, "entered", None, f"{values[1]} {values[2]}", why)]
    pairs = zip(JUDGED, loaded.stored, values, strict=True)
    return [(item, now, name, _text(old), _text(new), why) for name, old, new in pairs if old != new]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def rejudge_if_changed(transactions: Transactions, fingerprint: str) -> bool:
    """Marks every item dirty when what items are judged by is no longer what it was. Returns whether it was so."""
    setting = table_of(Setting)
    with transactions.write() as connection:
        known = connection.scalar(select(setting.c.value).where(setting.c.name == "standards"))
        if known == fingerprint:
            return False
        insert_missing(setting, ("name", "value"), connection.dialect).run(connection, [("standards", fingerprint)])
        update_by_key(setting, ("value",), connection.dialect).run(connection, [(fingerprint, "standards")])
        mark_all_dirty(connection)
    return known is not None
