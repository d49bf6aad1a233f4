"""The last decision on each clock of an item, with its named reason: for not sending as for sending."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.bulk import upsert
from alerts.case import Case
from alerts.rules import Decision
from alerts.tables import DecisionRow

DECISION: Table = DecisionRow.__table__  # type: ignore[attr-defined]
CHUNK, PART = 500, 5000
ENDED = "ended"

Key = tuple[str, str]


def keep(
    connection: Connection, decided: Iterable[tuple[Case, Decision]], items: Collection[str], now: datetime
) -> int:
    """Stores decisions where the reason or the date to look again is another than before. Returns how many there were.

    ``decided`` holds all the clocks of ``items`` that still run: one that was decided on before and is not among them
    has ended. A statement for each 500 items, and one for what is new of each few thousand.
    """
    cases, listed, count = sorted(decided, key=_item), sorted(items), 0
    for start in range(0, len(listed), PART):
        part = listed[start : start + PART]
        of_part = (bisect_left(cases, part[0], key=_item), bisect_right(cases, part[-1], key=_item))
        count += _kept(connection, cases[slice(*of_part)], part, now)
    return count


def _item(one: tuple[Case, Decision]) -> str:
    return one[0].item


def _kept(connection: Connection, decided: Iterable[tuple[Case, Decision]], items: Sequence[str], now: datetime) -> int:
    wanted = {case.key: (decision.reason, decision.next_on) for case, decision in decided}
    known = _known(connection, items)
    for key in known.keys() - wanted.keys():
        wanted[key] = (ENDED, None)
    changed = [(key, value) for key, value in wanted.items() if known.get(key) != value]
    changed.sort(key=lambda one: one[0])
    rows = ((*key, reason, now, next_on) for key, (reason, next_on) in changed)
    upsert(DECISION, ("item", "clock", "reason", "at", "next_on"), connection.dialect).run(connection, rows)
    return len(changed)


def decisions_of(connection: Connection, item: str) -> list[Any]:
    """The last decision on each clock of an item, by clock."""
    return list(connection.execute(select(DECISION).where(DECISION.c.item == item).order_by(DECISION.c.clock)))


def _known(connection: Connection, items: Sequence[str]) -> dict[Key, tuple[str, date | None]]:
    columns = select(DECISION.c.item, DECISION.c.clock, DECISION.c.reason, DECISION.c.next_on)
    found: dict[Key, tuple[str, date | None]] = {}
    for start in range(0, len(items), CHUNK):
        for item, clock, reason, next_on in connection.execute(
            columns.where(DECISION.c.item.in_(items[start : start + CHUNK]))
        ):
            found[item, clock] = (reason, next_on)
    return found
