"""What a file states of an item's events, and what has to change in what its source said before. Pure.

A row of a listing is a complete statement of the events that it has columns for: an event that is no longer stated does
not exist any more, an equal one is left alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from monitor.sources.files.lines import Line, Stated

STEP = 1000
"""Serial numbers are row number × STEP + place in the row, so that events of one row keep their order."""


class Known(NamedTuple):
    """An event that the source already said: its code and local time ("YYYY-MM-DD HH:MM:SS")."""

    code: int
    time: str


@dataclass(slots=True)
class Statement:
    """All that a file states of one item: events with their serial numbers, and what it speaks of at all."""

    item: str
    stated: list[tuple[Stated, int]] = field(default_factory=list)
    firsts: set[frozenset[int]] = field(default_factory=set)
    every: set[int] = field(default_factory=set)
    number: int = 0


def statements(lines: Iterable[Line]) -> dict[str, Statement]:
    """The statements of a file's lines, by item. A column's time is left out where a list of events has it exactly."""
    found: dict[str, Statement] = {}
    flat: dict[str, list[tuple[Stated, int]]] = {}
    for line in lines:
        if not line.kept or not (line.exact or line.flat or line.firsts or line.every):
            continue
        one = found.setdefault(line.item, Statement(line.item))
        one.number = max(one.number, line.number)
        one.firsts |= line.firsts
        one.every |= line.every
        one.stated += [(stated, line.number * STEP + place) for place, stated in enumerate(line.exact)]
        flat.setdefault(line.item, []).extend((said, line.number * STEP + n) for n, said in enumerate(line.flat))
    for item, columns in flat.items():
        exact = [stated for stated, _ in found[item].stated]
        found[item].stated += [
            (said, serial)
            for said, serial in columns
            if not any(_same(said, Known(one.code, full(one.time))) for one in exact)
        ]
    return found


def compare(known: Sequence[Known], statement: Statement) -> tuple[list[tuple[Stated, int]], list[Known]]:
    """What the source now says that it did not say before, and what it no longer says."""
    added: list[tuple[Stated, int]] = []
    kept: set[Known] = set()
    for stated, serial in statement.stated:
        same = [one for one in known if _same(stated, one)]
        if same:
            kept.update(same)
        elif not any(stated[:2] == other[:2] for other, _ in added):
            added.append((stated, serial))
    return added, [one for one in known if one not in kept and _is_dropped(one, kept, statement)]


def _is_dropped(one: Known, kept: set[Known], statement: Statement) -> bool:
    """Whether the file speaks of such an event and does not name it.

    A column shows the first event of its kind only: a later one is out of its sight as long as the first still stands.
    """
    if one.code in statement.every:
        return True
    for group in statement.firsts:
        if one.code in group:
            first = min((other.time for other in kept if other.code in group), default=None)
            return first is None or one.time < first
    return False


def _same(stated: Stated, known: Known) -> bool:
    """Whether a statement is about a known event: a date fits any time of the day, a minute any second of it."""
    if known.code not in stated.alike:
        return False
    time = stated.time
    if len(time) == len("YYYY-MM-DD") or (stated.loose and time.endswith(" 00:00:00")):
        return known.time[:10] == time[:10]
    return known.time[:16] == time[:16] if stated.loose and time.endswith(":00") else known.time == time


def full(time: str) -> str:
    """A time with its time of day, which is midnight where none is told."""
    return time if " " in time else f"{time} 00:00:00"
