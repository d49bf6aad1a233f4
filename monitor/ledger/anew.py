"""Many items judged again at once: alike ones are told apart by their rows as they lie in the file, and judged once.

The outcome is that of judging each by itself. Nothing is made of an item that has been met in its like before: its rows
are read by the driver, compared with what was found then, and only what differs is written.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from monitor import project_code
from monitor.alike import CODE_PROBLEM, JUDGED, NEEDS_CODE, UNIT, is_exact
from monitor.events import SHANGHAI
from monitor.judge import Standards, named_on
from monitor.ledger.aside import resolve_judged
from monitor.ledger.beside import corrections_of
from monitor.ledger.bulk import moment_text
from monitor.ledger.read import load
from monitor.ledger.several import SAID
from monitor.ledger.verdicts import COLUMNS, Verdict, keep, verdict

STAGE, LIGHT = JUDGED.index("stage"), JUDGED.index("light")
MOST_SHAPES = 150_000
"""How many shapes are remembered, so that the memory stays flat however many there are."""
JUDGED_FROM = 9
"""Where the judged columns begin in a row of ITEMS."""
FLAGS = frozenset(JUDGED.index(name) for name in ("paused", "deemed", "needs_code"))
ITEMS = f"""
    SELECT i.item, i.matter, i.unit_code, i.unit_name, i.limit_days, p.code, m.kind, m.limit_days, i.valid,
        {", ".join(f"i.{name}" for name in JUDGED)}
    FROM json_each(?) AS asked CROSS JOIN item AS i ON i.item = asked.value
    LEFT JOIN project AS p ON p.works = i.works AND p.valid LEFT JOIN matter AS m ON m.matter = i.matter AND m.valid
"""  # noqa: S608 - names of our own columns
EVENTS = """
    SELECT e.item, e.moment, e.serial, e.code, e.valid, e.source
    FROM json_each(?) AS asked CROSS JOIN event AS e ON e.item = asked.value
"""
DOCUMENTS = """
    SELECT d.item, min(d.issued) FROM json_each(?) AS asked CROSS JOIN document AS d ON d.item = asked.value
    WHERE d.valid GROUP BY d.item
"""
UNCHANGED = "UPDATE item SET next_at = ?, judged_at = ? WHERE item = ?"
CHANGED = f"UPDATE item SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE item = ?"  # noqa: S608 - as above
CHANGE = 'INSERT INTO change (item, at, what, "before", after, why) VALUES (?, ?, ?, ?, ?, ?)'

Shape = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Like:
    """What was found of the first item of a shape: the judged columns as the file has them, and its next look."""

    values: tuple[Any, ...]
    next_at: str | None
    named_on: date | None


_Found = tuple[tuple[Any, ...], _Like, tuple[Any, ...]]
"""An item's row, its like, and what its judged columns are now."""


class Anew:
    """Judges many items by one set of standards at one moment (UTC), for one reason (``why``, Chinese)."""

    def __init__(self, standards: Standards, now: datetime, why: str, *, most_shapes: int = MOST_SHAPES) -> None:
        self._most = most_shapes
        self._standards, self._now, self._why, self._now_text = standards, now, why, moment_text(now)
        self._known: dict[Shape, _Like] = {}
        self._problems: dict[str | None, str | None] = {}
        self._days: dict[str, date] = {}
        self._exact = {code for code, matter in standards.matters.items() if is_exact(matter)}

    @property
    def shapes(self) -> int:
        """How many shapes are remembered."""
        return len(self._known)

    def settle(self, connection: Connection, ids: Sequence[str]) -> int:
        """Judges these items and keeps what came of it, in the caller's transaction. Returns how many there are."""
        raw: Any = connection.connection.driver_connection
        rows = raw.execute(ITEMS, (json.dumps(ids),)).fetchall()
        shapes = self._shapes(connection, raw, rows, ids)
        self._learn(connection, {shape: item for item, shape in shapes.items() if shape not in self._known})
        found = [one for row in rows if (one := self._found(row, shapes.get(row[0])))]
        alike = {row[0] for row, _, _ in found}
        by_itself = [row[0] for row in rows if row[0] not in alike]
        verdicts = [verdict(row, self._standards, self._now)[0] for row in load(connection, by_itself)]
        keep(connection, verdicts, self._now, self._why, self._next_at)
        self._write(raw, found)
        resolve_judged(connection, alike, self._now)
        return len(rows)

    def _found(self, row: tuple[Any, ...], shape: Shape | None) -> _Found | None:
        """What is known of the item by its like; None when it is to be judged by itself."""
        like = self._known.get(shape) if shape is not None else None
        try:
            return None if like is None else (row, like, self._own(row, like))
        except Exception:  # noqa: BLE001 - judged by itself it is set aside, and holds up none
            return None

    def _next_at(self, one: Verdict) -> datetime | None:
        return one.next_moment if one.finished else self._now

    def _shapes(
        self, connection: Connection, raw: Any, rows: Sequence[tuple[Any, ...]], ids: Sequence[str]
    ) -> dict[str, Shape]:
        """By item all that its judged columns rest on, its unit and project code apart.

        Events are told apart by day and order; to the moment only those that are still to come, and all where a limit
        is in hours. Items that several sources speak of, or with a record of the staff's own, are of their own kind.
        """
        if connection.execute(select(SAID.c.kind).limit(1)).first() is not None:
            return {}
        asked = (json.dumps(ids),)
        corrected = corrections_of(connection, ids)
        delivered = dict(raw.execute(DOCUMENTS, asked).fetchall())
        events: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for row in raw.execute(EVENTS, asked):
            events[row[0]].append(row[1:])
        shapes = {}
        for item, matter, _, _, days, _, kind, matter_days, valid, *_ in rows:
            if not valid or item in corrected or (steps := self._steps(events[item], matter in self._exact)) is None:
                continue
            catalogue = matter if matter in self._standards.matters else None
            shapes[item] = (days, matter_days, kind, catalogue, delivered.get(item), *steps)
        return shapes

    def _steps(self, events: list[tuple[Any, ...]], exact: bool) -> list[Any] | None:
        """The events in order; None where versions of an event, or several sources, are to be weighed first."""
        steps: list[Any] = []
        met, first = set(), events[0][4] if events else None
        for moment, _, code, valid, source in sorted(events):
            if not valid or source != first or (moment, code) in met:
                return None
            met.add((moment, code))
            # Flat, and a date of an hour always the same object: there are a hundred thousand shapes.
            hour = moment[:13]
            steps += (moment if exact or moment > self._now_text else self._days.get(hour) or self._day(hour), code)
        return steps

    def _day(self, hour: str) -> date:
        """The local date of a moment that begins like this in the file, remembered."""
        found = datetime.fromisoformat(hour + ":00:00+00:00").astimezone(SHANGHAI).date()
        return self._days.setdefault(hour, found)

    def _learn(self, connection: Connection, new: Mapping[Shape, str]) -> None:
        """Judges one item of each new shape. One that cannot be judged teaches nothing: its like are judged singly."""
        if len(self._known) + len(new) > self._most:
            self._known.clear()
        shape_of = {item: shape for shape, item in new.items()}
        for row in load(connection, sorted(shape_of)):
            one, judged = verdict(row, self._standards, self._now)
            if judged is not None:
                moment = self._next_at(one)
                self._known[shape_of[one.item]] = _Like(
                    tuple(_raw(value) for value in one.values),
                    moment_text(moment) if moment else None,
                    named_on(judged.clocks, row.versions),
                )

    def _write(self, raw: Any, found: Sequence[_Found]) -> None:
        changes: list[tuple[Any, ...]] = []
        changed: list[tuple[Any, ...]] = []
        unchanged: list[tuple[Any, ...]] = []
        for row, like, values in found:
            item, stored = row[0], row[JUDGED_FROM:]
            if stored == values:
                unchanged.append((like.next_at, self._now_text, item))
            else:
                changed.append((*values, like.next_at, self._now_text, item))
                changes += [(item, self._now_text, *change, self._why) for change in _changes(stored, values)]
        raw.executemany(CHANGE, changes)
        raw.executemany(CHANGED, changed)
        raw.executemany(UNCHANGED, unchanged)

    def _own(self, row: tuple[Any, ...], like: _Like) -> tuple[Any, ...]:
        """The values of the shape with what is the item's own in them: its unit, and what its project code lacks."""
        values = like.values
        unit = self._standards.unit_of(row[2], row[3], like.named_on)
        problem = self._problem(row[5]) if values[NEEDS_CODE] else None
        if values[UNIT] == unit and values[CODE_PROBLEM] == problem:
            return values
        return (unit, *values[1:CODE_PROBLEM], problem, *values[CODE_PROBLEM + 1 :])

    def _problem(self, code: str | None) -> str | None:
        if code not in self._problems:
            if len(self._problems) >= self._most:
                self._problems.clear()
            self._problems[code] = project_code.judge(code, self._standards.policy.region_codes).problem
        return self._problems[code]


def _raw(value: Any) -> Any:
    """A value as the file has it."""
    if isinstance(value, bool):
        return int(value)
    return _iso(value) if isinstance(value, date) else value


@lru_cache(maxsize=4096)
def _iso(day: date) -> str:
    return day.isoformat()


def _changes(stored: tuple[Any, ...], values: tuple[Any, ...]) -> Iterator[tuple[str, str | None, str | None]]:
    """What has changed, before and after; of an item that comes onto the ledger only that it does."""
    if stored[STAGE] is None and values[STAGE] is not None:
        yield "entered", None, f"{values[STAGE]} {values[LIGHT]}"
        return
    for place, (before, after) in enumerate(zip(stored, values, strict=True)):
        if before != after:
            yield JUDGED[place], _text(place, before), _text(place, after)


def _text(place: int, value: Any) -> str | None:
    if value is None:
        return None
    return str(bool(value)) if place in FLAGS else str(value)
