"""Judging items and keeping what came of it: the judged columns, the next moment, every change of state.

settle: dirty items | judge | compare with what was stored | changes, columns, next moment — one transaction a chunk.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from monitor.judge import Judged, Standards, judge
from monitor.ledger.bulk import insert_missing, update_by_key
from monitor.ledger.read import JUDGED, Loaded, dirty_ids, load
from monitor.ledger.store import ITEM, mark_all_dirty, set_aside, table_of
from monitor.ledger.tables import Change, JobRun, Setting
from monitor.ledger.transactions import Transactions
from monitor.records import Refused
from monitor.sources import Position

COLUMNS = (*JUDGED, "dirty", "next_at", "judged_at")
CHANGE_COLUMNS = ("item", "at", "what", "before", "after", "why")
NOTHING = (*(None,) * 8, False, False, True, None, None)
SETTLE_CHUNK = 2000
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
    """Judges all dirty items; they are looked at by the next plan. Returns how many."""
    with transactions.read() as connection:
        ids = dirty_ids(connection)
    for start in range(0, len(ids), SETTLE_CHUNK):
        with transactions.write() as connection:
            rows = load(connection, ids[start : start + SETTLE_CHUNK])
            verdicts = [verdict(row, standards, now)[0] for row in rows]
            keep(connection, verdicts, now, why, lambda one: one.next_moment if one.finished else now)
    return len(ids)


def verdict(row: Loaded, standards: Standards, now: datetime) -> tuple[Verdict, Judged | None]:
    """Judges one item. One that cannot be judged never stops the others: it keeps what it has and is set aside."""
    if not row.valid:
        return Verdict(row.facts.item, row.stored, NOTHING, None, True), None
    try:
        judged = judge(row.facts, row.versions, standards, now)
        found = Verdict(row.facts.item, row.stored, columns_of(judged), judged.next_moment(), judged.finished)
    except Exception as error:  # noqa: BLE001 - whatever one item is like, the others must be judged
        trouble = f"办件无法判断（{type(error).__name__}: {error}）。"
        return Verdict(row.facts.item, row.stored, row.stored, None, True, trouble), None
    return found, judged


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
    for one in verdicts:
        changes.extend(_changes(one, now, why))
        rows.append((*one.values, 0, None if one.trouble else next_at(one), now, one.item))
        if one.trouble:
            refused = Refused({}, {"SPSXSLBM": one.item}, one.trouble)
            set_aside(connection, "台账", "item", [(Position(one.item, 0), refused)], now)
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
        judged.needs_code,
        judged.code_problem,
        "；".join(judged.disagreements) or None,
    )


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


def rejudge_if_changed(transactions: Transactions, fingerprint: str) -> bool:
    """Marks every item dirty when what items are judged by is no longer what it was. Returns whether it was so."""
    setting = table_of(Setting)
    with transactions.read() as connection:
        # Most calls end here, so they wait for nobody who writes.
        known = connection.scalar(select(setting.c.value).where(setting.c.name == "standards"))
    if known == fingerprint:
        return False
    with transactions.write() as connection:
        insert_missing(setting, ("name", "value"), connection.dialect).run(connection, [("standards", fingerprint)])
        update_by_key(setting, ("value",), connection.dialect).run(connection, [(fingerprint, "standards")])
        mark_all_dirty(connection)
    return known is not None
