"""Many items judged again at once: alike ones are judged once, and those with the same difference written together.

The outcome is that of judging each by itself.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from alerts.bulk import moment_text
from monitor import project_code
from monitor.alike import CODE_PROBLEM, JUDGED, NEEDS_CODE, UNIT, columns_in_short
from monitor.clocks import Clocks
from monitor.events import Version
from monitor.judge import Facts, Standards, clocks_of, named_on
from monitor.ledger.aside import resolve_judged
from monitor.ledger.carrying import Carrying, told_of_moved
from monitor.ledger.read import Loaded, load
from monitor.ledger.shapes import CODE, ITEM_ID, JUDGED_FROM, MOST_SHAPES, ROWID, UNIT_CODE, UNIT_NAME, Row, Shapes
from monitor.ledger.verdicts import LOOKED_AT, Verdict, keep, verdict
from monitor.moves import Move, Turn

STAGE, LIGHT = JUDGED.index("stage"), JUDGED.index("light")
FLAGS = frozenset(JUDGED.index(name) for name in ("paused", "deemed", "needs_code"))
CHANGE = """
    INSERT INTO change (item, at, what, "before", after, why)
    SELECT asked.value, ?, ?, ?, ?, ? FROM json_each(?) AS asked
"""
ONCE = f"""{CHANGE} WHERE NOT EXISTS (
    SELECT 1 FROM change AS c
    WHERE c.item = asked.value AND c.at >= ? AND c.what = ? AND c."before" = ? AND c.after = ?
)"""  # noqa: S608 - nothing but our own text

_Difference = tuple[int, Any, Any]
"""A judged column by its place, what it was and what it is."""


@dataclass(frozen=True, slots=True)
class Former:
    """The calendar that items were judged by until ``since`` (UTC), when that of the standards took its place."""

    turn: Turn
    since: datetime


@dataclass(frozen=True, slots=True)
class _Like:
    """What was found of the first item of a shape: the judged columns as the file has them, and its next look.

    ``moves``: what a change of the calendar has moved. ``unchanged``: what is to be written of an item that has these
    values already.
    """

    values: tuple[Any, ...]
    next_at: str | None
    named_on: date | None
    moves: tuple[Move, ...]
    unchanged: "_Same"


class _Same(NamedTuple):
    """What items have in common that are written together; ``unseen``: the due dates that moved and have no column."""

    differences: tuple[_Difference, ...]
    unseen: tuple[Move, ...]
    next_at: str | None


class Anew:
    """Judges many items by one set of standards at one moment (UTC), for one reason (``why``, Chinese).

    ``former``: the calendar they were judged by before, when they are judged again because of another one.
    """

    def __init__(
        self,
        standards: Standards,
        now: datetime,
        why: str,
        *,
        former: Former | None = None,
        most_shapes: int = MOST_SHAPES,
    ) -> None:
        self._standards, self._now, self._why, self._now_text = standards, now, why, moment_text(now)
        self._former, self._most = former, most_shapes
        self._shapes: Shapes[_Like] = Shapes(standards, now, self._like, most=most_shapes)
        self._units: dict[tuple[str, str, date | None], str | None] = {}
        self._problems: dict[str | None, str | None] = {}
        self._values: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    @property
    def shapes(self) -> int:
        """How many shapes are remembered."""
        return len(self._shapes)

    def settle(self, connection: Connection, ids: Sequence[str]) -> int:
        """Judges these items and keeps what came of it, in the caller's transaction. Returns how many there are."""
        told = told_of_moved(connection, ids, self._former.turn, self._now) if self._former else set()
        by_itself: list[str] = []
        together: defaultdict[_Same, list[Row]] = defaultdict(list)
        carrying = Carrying(told)
        for row, like in self._shapes.read(connection, ids):
            same = self._same(row, like)
            if same is None or like is None:
                by_itself.append(row[ITEM_ID])
                continue
            together[same].append(row)
            carrying.note(row[ITEM_ID], like.moves)
        self._write(connection.connection.driver_connection, together)
        alike = {row[ITEM_ID] for rows in together.values() for row in rows}
        resolve_judged(connection, alike, self._now)
        self._judge_singly(connection, by_itself, carrying)
        carrying.done(connection, self._now, self._former.since if self._former else None)
        return len(alike) + len(by_itself)

    def _like(self, facts: Facts, versions: Sequence[Version]) -> _Like | None:
        """What is found of an item; None if it cannot be judged: then its like are judged by themselves, too."""
        try:
            clocks = clocks_of(facts, versions, self._standards, self._now)
            values = columns_in_short(clocks, facts.matter, self._standards, self._now)
        except Exception:  # noqa: BLE001 - judged by itself it is told what is wrong with it
            return None
        moment: str | None = self._now_text
        if values is None:
            one, judged = verdict(Loaded(facts, versions, (), valid=True), self._standards, self._now)
            if judged is None:
                return None
            next_at = self._next_at(one)
            clocks, values, moment = judged.clocks, one.values, moment_text(next_at) if next_at else None
        moves = self._moves(facts, versions, clocks)
        return _Like(self._shared(values), moment, named_on(clocks, versions), moves, _Same((), _unseen(moves), moment))

    def _shared(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Values as the file has them; the same ones are one object, as there are far fewer of them than shapes."""
        if values not in self._values:
            if len(self._values) >= self._most:
                self._values.clear()
            self._values[values] = tuple(map(_raw, values))
        return self._values[values]

    def _moves(self, facts: Facts, versions: Sequence[Version], clocks: Clocks) -> tuple[Move, ...]:
        return self._former.turn.moves(facts, versions, clocks, self._now) if self._former else ()

    def _next_at(self, one: Verdict) -> datetime | None:
        return one.next_moment if one.finished else self._now

    def _same(self, row: Row, like: _Like | None) -> _Same | None:
        """What is to be written of the item; None when it is to be judged by itself."""
        if like is None:
            return None
        try:
            values = self._own(row, like)
        except Exception:  # noqa: BLE001 - judged by itself it is set aside, and holds up none
            return None
        stored = row[JUDGED_FROM:]
        return like.unchanged if stored == values else like.unchanged._replace(differences=_differences(stored, values))

    def _own(self, row: Row, like: _Like) -> tuple[Any, ...]:
        """The values of the shape with what is the item's own in them: its unit, and what its project code lacks."""
        values = like.values
        named = (row[UNIT_CODE], row[UNIT_NAME], like.named_on)
        if named not in self._units:
            self._units[named] = self._standards.unit_of(*named)
        unit = self._units[named]
        problem = self._problem(row[CODE]) if values[NEEDS_CODE] else None
        if values[UNIT] == unit and values[CODE_PROBLEM] == problem:
            return values
        return (unit, *values[1:CODE_PROBLEM], problem, *values[CODE_PROBLEM + 1 :])

    def _problem(self, code: str | None) -> str | None:
        if code not in self._problems:
            if len(self._problems) >= self._most:
                self._problems.clear()
            self._problems[code] = project_code.judge(code, self._standards.policy.region_codes).problem
        return self._problems[code]

    def _write(self, raw: Any, together: dict[_Same, list[Row]]) -> None:
        updates: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for same, rows in together.items():
            names = tuple(JUDGED[place] for place, _, _ in same.differences)
            values = [after for _, _, after in same.differences]
            numbers = json.dumps([row[ROWID] for row in rows])
            updates[names].append((*values, same.next_at, self._now_text, numbers))
            if same.differences or same.unseen:
                self._put_on_record(raw, [row[ITEM_ID] for row in rows], same)
        for names, given in updates.items():
            columns = ", ".join(f"{name} = ?" for name in (*names, *LOOKED_AT))
            raw.executemany(f"UPDATE item SET {columns} WHERE rowid IN (SELECT value FROM json_each(?))", given)  # noqa: S608 - our own columns

    def _put_on_record(self, raw: Any, items: Sequence[str], same: _Same) -> None:
        listed = json.dumps(items)
        raw.executemany(CHANGE, [(self._now_text, *change, self._why, listed) for change in _changes(same.differences)])
        if self._former is None:
            return
        since = moment_text(self._former.since)
        for move in same.unseen:
            # What has no column is compared with the record itself: an item may be judged twice for one reason.
            told = (f"{move.clock}_due", str(move.before), str(move.after))
            raw.execute(ONCE, (self._now_text, *told, self._why, listed, since, *told))

    def _judge_singly(self, connection: Connection, ids: Sequence[str], carrying: Carrying) -> None:
        verdicts: list[Verdict] = []
        for row in load(connection, ids):
            one, judged = verdict(row, self._standards, self._now)
            verdicts.append(one)
            moves = self._moves(row.facts, row.versions, judged.clocks) if judged is not None else ()
            carrying.note(one.item, moves)
            if unseen := _unseen(moves):
                raw = connection.connection.driver_connection
                self._put_on_record(raw, [one.item], _Same((), unseen, None))
        keep(connection, verdicts, self._now, self._why, self._next_at)


def _unseen(moves: Sequence[Move]) -> tuple[Move, ...]:
    return tuple(move for move in moves if move.unseen)


def _raw(value: Any) -> Any:
    """A value as the file has it."""
    if isinstance(value, bool):
        return int(value)
    return _iso(value) if isinstance(value, date) else value


@lru_cache(maxsize=4096)
def _iso(day: date) -> str:
    return day.isoformat()


def _differences(stored: tuple[Any, ...], values: tuple[Any, ...]) -> tuple[_Difference, ...]:
    return tuple(
        (place, before, after)
        for place, (before, after) in enumerate(zip(stored, values, strict=True))
        if before != after
    )


def _changes(differences: Sequence[_Difference]) -> Iterator[tuple[str, str | None, str | None]]:
    """What goes on record, before and after; of an item that comes onto the ledger only that it does."""
    now = {place: after for place, before, after in differences if before is None}
    if now.get(STAGE) is not None:
        yield "entered", None, f"{now[STAGE]} {now[LIGHT]}"
        return
    for place, before, after in differences:
        yield JUDGED[place], _text(place, before), _text(place, after)


def _text(place: int, value: Any) -> str | None:
    if value is None:
        return None
    return str(bool(value)) if place in FLAGS else str(value)
