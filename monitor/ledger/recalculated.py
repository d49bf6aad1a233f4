"""Everything judged again when what items are judged by is no longer what it was: what changed, whom it touches.

changed parts | a new state of the calendar on record | items marked — one transaction; the judging itself is
``settle``'s, and so are the record of what it has changed and the notices that it carries over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_

from monitor.calendar_versions import FIRST, Recorded, changed_days, differs, recorded, what_changed
from monitor.judge import Standards
from monitor.ledger import standing
from monitor.ledger.standing import VERSION
from monitor.ledger.store import ITEM, mark_all_dirty, mark_dirty_where
from monitor.ledger.transactions import Transactions
from monitor.standards_prints import CALENDAR, PARTS


@dataclass(frozen=True)
class _Found:
    """What has changed: the parts, and the calendar's state before (``number``: its own) and now."""

    parts: Sequence[str]
    known: Mapping[str, str]
    number: int | None
    before: Recorded | None
    after: Recorded

    @property
    def new_state(self) -> bool:
        """Whether the calendar is in another state than the one on record."""
        return self.before is None or differs(self.before, self.after)

    @property
    def days(self) -> list[date]:
        """The dates that have turned."""
        return changed_days(self.before, self.after) if self.before is not None else []

    @property
    def why(self) -> str:
        """What changed, in Chinese."""
        if "" in self.known:
            return PARTS["program"]
        return "、".join(self._named(part) for part in self.parts)

    def _named(self, part: str) -> str:
        told = what_changed(self.before, self.after) if part == CALENDAR and self.before is not None else ""
        return PARTS[part] + (f"（{told}）" if told else "")


def rejudge_if_changed(
    transactions: Transactions, standards: Standards, prints: Mapping[str, str], now: datetime
) -> str | None:
    """Marks what must be judged again because ``prints`` are not those that the ledger was judged by.

    Returns why (Chinese), or None when nothing has changed or nothing had been judged before. A change of the calendar
    alone touches the open items and the closed ones whose time it falls into; any other change touches all.
    """
    with transactions.read() as connection:
        # Most calls end here, so they wait for nobody who writes.
        known = standing.known_prints(connection)
        parts = [part for part in PARTS if known.get(part) != prints[part]]
        if not parts:
            return None
        found = _Found(parts, known, *standing.last_state(connection), recorded(standards.workdays))
    with transactions.write() as connection:
        if standing.known_prints(connection) == known:
            _apply(connection, found, prints, now)
    return found.why if known else None


def _apply(connection: Connection, found: _Found, prints: Mapping[str, str], now: datetime) -> None:
    standing.keep_prints(connection, prints)
    why = found.why if found.known else FIRST
    if found.new_state:
        told = what_changed(found.before, found.after) if found.before is not None else FIRST
        connection.execute(VERSION.insert().values(at=now, why=told, days=dict(found.after)))
    if set(found.parts) == {CALENDAR} and found.before is not None:
        if found.days:
            mark_dirty_where(connection, *touched(found.days))
    else:
        mark_all_dirty(connection)
    if found.known:
        standing.begin(connection, why, former=found.number if found.days else None)


def touched(days: Sequence[date]) -> tuple[Any, ...]:
    """The condition for items that a change of these dates can touch.

    They had begun by the last of them, and are open, wait for their document, or were closed or due after the first.
    """
    began = func.coalesce(ITEM.c.received_on, ITEM.c.accepted_on)
    still = or_(
        ITEM.c.closed_on.is_(None), ITEM.c.next_at.is_not(None), ITEM.c.closed_on >= days[0], ITEM.c.due >= days[0]
    )
    return (and_(or_(began.is_(None), began <= days[-1]), still),)
