"""Judging items and keeping what came of it: the judged columns, the next moment, every change of state.

settle: dirty items | judge | compare with what was stored | changes, columns, next moment — one transaction a chunk.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, select

from monitor.alike import JUDGED, Alike, Finding, finding_of
from monitor.judge import Judged, Standards, judge
from monitor.ledger import standing
from monitor.ledger.aside import LEDGER, resolve_judged
from monitor.ledger.bulk import insert_missing, update_by_key
from monitor.ledger.read import Loaded, dirty_part, load
from monitor.ledger.store import DIRTY, ITEM, mark_all_dirty, parts, set_aside, table_of
from monitor.ledger.tables import Change, JobRun
from monitor.ledger.transactions import Transactions
from monitor.records import Refused
from monitor.sources import Position

COLUMNS = (*JUDGED, "next_at", "judged_at")
CHANGE_COLUMNS = ("item", "at", "what", "before", "after", "why")
NOTHING = (*(None,) * 8, False, False, True, None, None)
SETTLE_CHUNK = 2000
PART = 500_000
"""How many lines of the log of changes are taken up at once: what is held in memory of a ledger of any size."""
TELL_FROM = 100_000
LOG = logging.getLogger("monitor")
CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of judging an item, small enough to be held for all items of a round.

    ``stored`` and ``values`` are the judged columns before and now. ``trouble`` is why it could not be judged, if so.
    """

    item: str
    stored: tuple[Any, ...]
    values: tuple[Any, ...]
    next_moment: datetime | None
    finished: bool
    trouble: str | None = None


def settle(transactions: Transactions, standards: Standards, now: datetime, why: str = "取数") -> int:
    """Judges all dirty items; they are looked at by the next plan. Returns how many.

    1. The log of changes is taken up in parts, and a part is deleted when all its items have been judged: a crash
       between makes some of them judged again, which changes nothing.
    2. Items that were marked for a reason that is on record are judged for that one instead of ``why``.
    """
    with transactions.read() as connection:
        standing_reason = standing.reason(connection)
    alike, count = Alike(standards, now), 0
    while (part := _settle_part(transactions, alike, now, standing_reason or why)) is not None:
        count += part
        if count >= TELL_FROM:
            LOG.info("重新判断（%s）：已判断 %d 件", standing_reason or why, count)
    if standing_reason:
        with transactions.write() as connection:
            standing.end(connection, standing_reason)
    return count


def _settle_part(transactions: Transactions, alike: Alike, now: datetime, why: str) -> int | None:
    """Judges the items of the first part of the log. Returns how many, None when the log is empty."""
    with transactions.read() as connection:
        ids, last = dirty_part(connection, PART)
    if not ids:
        return None
    count = 0
    for chunk in parts(ids, SETTLE_CHUNK):
        with transactions.write() as connection:
            verdicts = [_verdict(row, partial(alike.find, row.facts, row.versions)) for row in load(connection, chunk)]
            keep(connection, verdicts, now, why, lambda one: one.next_moment if one.finished else now)
            if chunk[-1] == ids[-1]:
                connection.execute(DIRTY.delete().where(DIRTY.c.id <= last))
        count += len(verdicts)
    return count


def verdict(row: Loaded, standards: Standards, now: datetime) -> tuple[Verdict, Judged | None]:
    """Judges one item by itself, as ``_verdict``, and hands out all that was found of it."""
    kept: list[Judged] = []

    def find() -> Finding:
        kept.append(judge(row.facts, row.versions, standards, now))
        return finding_of(kept[0])

    found = _verdict(row, find)
    return found, None if found.trouble or not kept else kept[0]


def _verdict(row: Loaded, find: Callable[[], Finding]) -> Verdict:
    """One that cannot be judged never stops the others: it keeps what it has and is set aside."""
    if not row.valid:
        return Verdict(row.facts.item, row.stored, NOTHING, None, True)
    try:
        found = find()
    except Exception as error:  # noqa: BLE001 - whatever one item is like, the others must be judged
        trouble = f"办件无法判断（{type(error).__name__}: {error}）。"
        return Verdict(row.facts.item, row.stored, row.stored, None, True, trouble)
    return Verdict(row.facts.item, row.stored, found.values, found.next_moment, found.finished)


def keep(
    connection: Connection,
    verdicts: Iterable[Verdict],
    now: datetime,
    why: str,
    next_at: Callable[[Verdict], datetime | None],
) -> None:
    """Stores verdicts, with a change row for each difference."""
    rows: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    sound: set[str] = set()
    for one in verdicts:
        changes.extend(_changes(one, now, why))
        rows.append((*one.values, None if one.trouble else next_at(one), now, one.item))
        if not one.trouble:
            sound.add(one.item)
        else:
            refused = Refused({}, {"SPSXSLBM": one.item}, one.trouble)
            set_aside(connection, LEDGER, "item", [(Position(one.item, 0), refused)], now)
    resolve_judged(connection, sound, now)
    insert_missing(table_of(Change), CHANGE_COLUMNS, connection.dialect).run(connection, changes)
    update_by_key(ITEM, COLUMNS, connection.dialect).run(connection, rows)


def _changes(one: Verdict, now: datetime, why: str) -> Iterable[tuple[Any, ...]]:
    if one.stored[1] is None and one.values[1] is not None:
        return [(one.item, now, "entered", None, f"{one.values[1]} {one.values[2]}", why)]
    pairs = zip(JUDGED, one.stored, one.values, strict=True)
    return [(one.item, now, name, _text(old), _text(new), why) for name, old, new in pairs if old != new]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def rejudge_if_set_back(transactions: Transactions, now: datetime) -> bool:
    """Marks every item dirty when jobs ran in what is now the future: the clock has been set back since.

    What was judged then waits for moments that lie beyond their time. The runs of the future are forgotten, so this
    happens once. Returns whether it was so.
    """
    runs = table_of(JobRun)
    ahead = runs.c.started_at > now + CLOCK_TOLERANCE
    with transactions.read() as connection:
        if connection.scalar(select(runs.c.slot).where(ahead).limit(1)) is None:
            return False
    with transactions.write() as connection:
        connection.execute(runs.delete().where(ahead))
        mark_all_dirty(connection)
    return True
