"""The stock of each unit from the end of one period to the end of the next, so that every item is accounted for. Pure.

before + received + moved in + booked late = finished + moved out + taken off + in hand

``before`` is what the report before said, by what was known then. What was learnt since of the time before is booked by
itself: an item registered late, a close that came to be known late, a unit that was corrected.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.report.entries import UNASSIGNED, Flow, Stood
from alerts.report.periods import ONE_DAY, Period


@dataclass(frozen=True, slots=True)
class Moves:
    """What a unit had in hand and overdue at the end of the period before, and what came and went unlike the rest.

    ``moved_in``/``moved_out``: from and to other units. ``booked_late``: in hand at the period's beginning, but known
    only since. ``taken_off``: reported as in hand then, but by what is known since it was not.
    """

    before: int = 0
    overdue_before: int = 0
    moved_in: int = 0
    moved_out: int = 0
    booked_late: int = 0
    taken_off: int = 0


def moves(flows: Iterable[Flow], period: Period, before: Mapping[str, Stood] | None) -> Mapping[str, Moves]:
    """The moves of each unit. ``before``: items in hand at the end of the period before, as they were reported.

    None: nothing was reported then, so what is known now counts, and nothing was booked late.
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    eve = period.first - ONE_DAY
    left = dict(before or {})
    for flow in flows:
        stood = left.pop(flow.item, None)
        if before is None:
            stood = Stood(flow.unit, flow.overdue_on(eve)) if flow.in_hand_on(eve) else None
        for unit, name in _of(flow.key, stood, in_hand=flow.in_hand_on(eve)):
            counts[unit][name] += 1
    for stood in left.values():
        for unit, name in _of(stood.unit or UNASSIGNED[0], stood, in_hand=False):
            counts[unit][name] += 1
    return {unit: Moves(**found) for unit, found in counts.items()}


def _of(unit: str, stood: Stood | None, *, in_hand: bool) -> Iterable[tuple[str, str]]:
    """What an item adds to which unit's moves; ``unit`` has it now, ``in_hand``: at the period's beginning by now."""
    if stood is None:
        if in_hand:
            yield unit, "booked_late"
        return
    reported = stood.unit or UNASSIGNED[0]
    yield reported, "before"
    if stood.overdue:
        yield reported, "overdue_before"
    if not in_hand:
        yield reported, "taken_off"
    elif reported != unit:
        yield reported, "moved_out"
        yield unit, "moved_in"
