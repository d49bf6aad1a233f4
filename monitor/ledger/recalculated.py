"""Everything judged again when what items are judged by is no longer what it was: what changed, whom it touches.

changed parts | a new state of the calendar on record | due dates before and after | notices carried over | items marked
— one transaction; the judging itself is ``settle``'s.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from alerts.notices import Moved, carry_over
from monitor.calendar_versions import FIRST, Recorded, changed_days, differs, recorded, restored, what_changed
from monitor.judge import Standards, judge
from monitor.ledger import standing
from monitor.ledger.bulk import insert_missing
from monitor.ledger.read import load
from monitor.ledger.store import ITEM, mark_all_dirty, mark_dirty_where, table_of
from monitor.ledger.tables import CalendarVersion, Change
from monitor.ledger.transactions import Transactions
from monitor.standards_prints import CALENDAR, PARTS
from monitor.workdays import Workdays

VERSION = table_of(CalendarVersion)
CHANGES = ("item", "at", "what", "before", "after", "why")


@dataclass(frozen=True)
class _Found:
    """What has changed: the parts, the calendar's state before and now, the due dates that move."""

    parts: Sequence[str]
    known: Mapping[str, str]
    before: Recorded | None
    after: Recorded
    moves: Sequence[Moved] = ()

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
        found = _Found(parts, known, last_state(connection), recorded(standards.workdays))
        if found.days and found.before is not None:
            former = restored(found.before)
            ids = list(connection.scalars(select(ITEM.c.item).where(ITEM.c.valid, *touched(found.days))))
            moves = tuple(moves_of(connection, ids, standards, former, now))
            found = _Found(parts, known, found.before, found.after, moves)
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
    if not found.known:
        return
    standing.begin(connection, why)
    told_apart = [
        (move.item, now, f"{move.clock}_due", str(move.before), str(move.after), why)
        for move in found.moves
        if move.clock != "promised" and move.before != move.after
    ]
    insert_missing(table_of(Change), CHANGES, connection.dialect).run(connection, told_apart)
    carry_over(connection, [move for move in found.moves if move.open], now)


def last_state(connection: Connection) -> Recorded | None:
    """The calendar that items were judged by last; None in a ledger that has kept none yet."""
    days: Recorded | None = connection.scalar(select(VERSION.c.days).order_by(VERSION.c.id.desc()).limit(1))
    return days


def touched(days: Sequence[date]) -> tuple[Any, ...]:
    """The condition for items that a change of these dates can touch.

    They had begun by the last of them, and are open, wait for their document, or were closed or due after the first.
    """
    began = func.coalesce(ITEM.c.received_on, ITEM.c.accepted_on)
    still = or_(
        ITEM.c.closed_on.is_(None), ITEM.c.next_at.is_not(None), ITEM.c.closed_on >= days[0], ITEM.c.due >= days[0]
    )
    return (and_(or_(began.is_(None), began <= days[-1]), still),)


def moves_of(
    connection: Connection, ids: Collection[str], standards: Standards, former: Workdays, now: datetime
) -> Iterator[Moved]:
    """What becomes of every clock of these items when the calendar ``former`` is followed by that of ``standards``.

    Both are asked at the same ``now`` (UTC). Clocks that neither move nor change their light are left out.
    """
    by_former = copy(standards)
    by_former.workdays = former
    for row in load(connection, sorted(ids)):
        if not row.valid:
            continue
        try:
            before = {case.clock: case for case in judge(row.facts, row.versions, by_former, now).cases()}
            after = {case.clock: case for case in judge(row.facts, row.versions, standards, now).cases()}
        except Exception:  # noqa: BLE001, S112 - what cannot be judged is set aside by whoever judges it for good
            continue
        for clock, was in before.items():
            new = after.get(clock)
            if new is None or was.due is None or new.due is None:
                continue
            same_light = was.light == new.light
            if was.due != new.due or not same_light:
                yield Moved(was.item, clock, was.due, new.due, same_light=same_light, open=not new.closed)
