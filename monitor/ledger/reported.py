"""Which items a report can be about, and how the ledger has them: by their judged columns, with what changed since."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from alerts.bulk import moment_text, text_moment
from monitor.events import Code
from monitor.ledger.former import DELIVERED
from monitor.ledger.store import parts

CHUNK = 5000
COLUMNS = ("stage", "unit", "light", "state", "received_on", "accepted_on", "closed_on", "due", "paused", "deemed",
           "needs_code", "code_problem")  # fmt: skip
DATES = ("received_on", "accepted_on", "closed_on", "due")
BY_TIME = "时间推移"
"""Why a change was made by time alone: an event that was dated later than it became known has come to count."""

_OPEN = "SELECT item FROM item WHERE closed_on IS NULL"
_CLOSED = "SELECT item FROM item WHERE closed_on >= ?"
_CHANGED = """
    SELECT item FROM change WHERE at > ? AND what IN ('entered', 'stage', 'closed_on')
"""
_DIRTY = "SELECT DISTINCT item FROM dirty"
_UNDELIVERED = """
    SELECT item FROM item WHERE closed_on >= ? AND closed_on < ? AND light IN ('red', 'deep_red')
    AND NOT EXISTS (SELECT 1 FROM document WHERE document.item = item.item AND document.valid)
"""
_DELIVERED_SINCE = "SELECT key FROM former WHERE kind = ? AND until > ?"
_LIT_SINCE = "SELECT item FROM change WHERE at > ? AND what = 'light'"
_ITEMS = f"""
    SELECT held.item, held.matter, held.valid, held.next_at, {", ".join(f"held.{name}" for name in COLUMNS)}
    FROM json_each(?) AS asked CROSS JOIN item AS held ON held.item = asked.value
"""  # noqa: S608 - names of our own columns
_CHANGES = """
    SELECT made.item, made.what, made.at, made."before", made.why
    FROM json_each(?) AS asked CROSS JOIN change AS made ON made.item = asked.value
    WHERE made.what = 'entered' OR made.at > ? ORDER BY made.id DESC
"""


@dataclass(slots=True)
class Row:
    """An item's judged columns as they are, and what changed in them after the end of a period.

    ``entered``: when it first came onto the ledger (UTC). ``changes``: the newest first, as (column, moment as text,
    value before, why).
    """

    item: str
    matter: str
    valid: bool
    next_at: datetime | None
    columns: dict[str, Any]
    entered: datetime | None = None
    changes: list[tuple[str, str, str | None, str]] = field(default_factory=list)

    def day(self, name: str) -> date | None:
        """A column that holds a date."""
        return as_day(self.columns[name])

    def moved_after(self, moment: datetime) -> bool:
        """Whether any of its columns has changed after ``moment`` (UTC)."""
        return bool(self.changes) and self.changes[0][1] > moment_text(moment)

    def columns_at(self, moment: datetime) -> dict[str, Any]:
        """Its columns as they stood at ``moment`` (UTC), dates and flags as texts where they have changed since."""
        then, since = dict(self.columns), moment_text(moment)
        for name, at, before, _ in self.changes:
            if at <= since:
                break
            if name in then:
                then[name] = before
        return then

    def unsettled(self, end: datetime, moment: datetime) -> bool:
        """Whether its columns at ``moment`` do not tell how it stood at ``end`` before that.

        Something changed in between, or had happened by then and was noticed only later.
        """
        first, last = moment_text(end), moment_text(moment)
        return any(first < at <= last or (at > last and why == BY_TIME) for _, at, _, why in self.changes)


def concerned(connection: Connection, first: date, since: datetime, delivered_from: date | None) -> list[str]:
    """The items that a report on a period from the local date ``first`` on can be about, by item number.

    They are open or were closed since; or what arrived or was put on record after ``since`` (UTC) is why they count as
    closed earlier, or as invalid. ``delivered_from``: closed items wait for a decision document from that date on.
    """
    asked: list[tuple[str, tuple[Any, ...]]] = [
        (_OPEN, ()), (_CLOSED, (first.isoformat(),)), (_CHANGED, (moment_text(since),)), (_DIRTY, ()),
    ]  # fmt: skip
    if delivered_from is not None:
        asked += [
            (_UNDELIVERED, (delivered_from.isoformat(), first.isoformat())),
            (_DELIVERED_SINCE, (DELIVERED, moment_text(since))),
            (_LIT_SINCE, (moment_text(since),)),
        ]
    found: set[str] = set()
    for statement, values in asked:
        found.update(item for (item,) in connection.exec_driver_sql(statement, values))
    # Sorted here: neighbours are then read together.
    return sorted(found)


def rows(connection: Connection, ids: Sequence[str], since: datetime) -> Iterator[Row]:
    """The judged columns of these items, with what changed in them after ``since`` (UTC)."""
    for chunk in parts(ids, CHUNK):
        asked = json.dumps(chunk)
        found = {}
        for item, matter, valid, next_at, *values in connection.exec_driver_sql(_ITEMS, (asked,)).all():
            moment = text_moment(next_at) if next_at else None
            found[item] = Row(item, matter, bool(valid), moment, dict(zip(COLUMNS, values, strict=True)))
        after = moment_text(since)
        for item, what, at, before, why in connection.exec_driver_sql(_CHANGES, (asked, after)).all():
            if (row := found.get(item)) is None:
                continue
            if what == "entered":
                row.entered = text_moment(at)
            if at > after:
                row.changes.append((what, at, before, why))
        yield from found.values()


def ever_paused(connection: Connection, ids: Sequence[str], known: datetime) -> set[str]:
    """Those of ``ids`` whose clock a correction of material or a special procedure may have stopped, by ``known``."""
    codes = (Code.CORRECTION_START, Code.CORRECTION_END, Code.SPECIAL_START, Code.SPECIAL_END)
    question = (
        "SELECT DISTINCT held.item FROM json_each(?) AS asked CROSS JOIN event AS held ON held.item = asked.value "
        "WHERE held.code IN (?, ?, ?, ?) AND held.seen_at <= ?"
    )
    found: set[str] = set()
    for chunk in parts(ids, CHUNK):
        asked = (json.dumps(chunk), *(int(code) for code in codes), moment_text(known))
        found.update(item for (item,) in connection.exec_driver_sql(question, asked))
    return found


def dirty(connection: Connection, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that something changed under since they were judged."""
    return {item for (item,) in connection.exec_driver_sql(_DIRTY)} & set(ids)


def as_day(value: Any) -> date | None:
    """A date as a column or a change has it."""
    return date.fromisoformat(value) if value else None
