"""What came of judging an item, and keeping it: the judged columns, the next moment, a row for every change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.bulk import insert_missing, update_by_key
from monitor.alike import JUDGED, columns_of
from monitor.judge import Judged, Standards, judge
from monitor.ledger.aside import LEDGER, resolve_judged
from monitor.ledger.read import Loaded, dirty_ids, judged_when
from monitor.ledger.store import ITEM, parts, set_aside, table_of
from monitor.ledger.tables import Change
from monitor.records import Refused
from monitor.sources import Position

CHUNK = 2000
LOOKED_AT = ("next_at", "judged_at")
COLUMNS = (*JUDGED, *LOOKED_AT)
CHANGE_COLUMNS = ("item", "at", "what", "before", "after", "why")
NOTHING = (*(None,) * 8, False, False, True, None, None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of judging an item, small enough to be held for all items of a round.

    ``stored`` and ``values`` are the judged columns before and now. ``trouble`` is why it could not be judged, if so;
    ``judged_at`` when it was judged before, as the file has it.
    """

    item: str
    stored: tuple[Any, ...]
    values: tuple[Any, ...]
    next_moment: datetime | None
    finished: bool
    trouble: str | None = None
    judged_at: str | None = None


def verdict(row: Loaded, standards: Standards, now: datetime) -> tuple[Verdict, Judged | None]:
    """Judges one item. One that cannot be judged never stops the others: it keeps what it has and is set aside."""
    if not row.valid:
        return Verdict(row.facts.item, row.stored, NOTHING, None, True, judged_at=row.judged_at), None
    try:
        judged = judge(row.facts, row.versions, standards, now)
        came = (columns_of(judged), judged.next_moment(), judged.finished)
        found = Verdict(row.facts.item, row.stored, *came, judged_at=row.judged_at)
    except Exception as error:  # noqa: BLE001 - whatever one item is like, the others must be judged
        trouble = f"办件无法判断（{type(error).__name__}: {error}）。"
        return Verdict(row.facts.item, row.stored, row.stored, None, True, trouble, row.judged_at), None
    return found, judged


def still_so(connection: Connection, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those of items that nobody has marked or judged since they were read: of the others they say what was so then."""
    marked, found = set(dirty_ids(connection)), []
    for part in parts(verdicts, CHUNK):
        judged = judged_when(connection, [one.item for one in part])
        found += [one for one in part if one.item not in marked and judged.get(one.item) == one.judged_at]
    return found


def keep(
    connection: Connection,
    verdicts: Iterable[Verdict],
    now: datetime,
    why: str,
    next_at: Callable[[Verdict], datetime | None],
) -> None:
    """Stores verdicts, with a change row for each difference."""
    rows: list[tuple[Any, ...]] = []
    same: list[tuple[Any, ...]] = []
    changes: list[tuple[Any, ...]] = []
    sound: set[str] = set()
    for one in verdicts:
        changes.extend(_changes(one, now, why))
        looked_at = (None if one.trouble else next_at(one), now, one.item)
        if one.values == one.stored:
            same.append(looked_at)
        else:
            rows.append((*one.values, *looked_at))
        if not one.trouble:
            sound.add(one.item)
        else:
            refused = Refused({}, {"SPSXSLBM": one.item}, one.trouble)
            set_aside(connection, LEDGER, "item", [(Position(one.item, 0), refused)], now)
    resolve_judged(connection, sound, now)
    insert_missing(table_of(Change), CHANGE_COLUMNS, connection.dialect).run(connection, changes)
    update_by_key(ITEM, COLUMNS, connection.dialect).run(connection, rows)
    # Most have only been looked at: no index of what they are judged to be is written for them.
    update_by_key(ITEM, LOOKED_AT, connection.dialect).run(connection, same)


def _changes(one: Verdict, now: datetime, why: str) -> Iterable[tuple[Any, ...]]:
    if one.stored[1] is None and one.values[1] is not None:
        return [(one.item, now, "entered", None, f"{one.values[1]} {one.values[2]}", why)]
    pairs = zip(JUDGED, one.stored, one.values, strict=True)
    return [(one.item, now, name, _text(old), _text(new), why) for name, old, new in pairs if old != new]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
