"""How the items of the demonstration go, told in working days.

Day 0 is the first working day that is walked, negative days lie before it. Since limits count working days, everything
is plain addition here: accepted on day a with a limit of N working days and p paused ones, an item is due on day
a + N + p. The platform turns days into dates.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

LAST_DAY: Final = 10
"""Two walked weeks around the National Day holiday have eleven working days, 0 to 10."""
ACCEPTANCE_LIMIT: Final = 5

RECEIVED, WITHDRAWN, ACCEPTED, NOT_ACCEPTED, REFUSED, CORRECTION, CORRECTED, REVIEW = 1, 2, 3, 4, 5, 6, 7, 8
SPECIAL, SPECIAL_DONE, PASSED, PASSED_WITH_LACK, NOT_PASSED = 9, 10, 11, 12, 13


class Situation(StrEnum):
    """What an item, or a row of it, shows. The first group is one story each, the second lies across the stories."""

    DONE_BEFORE = "done_before"
    DONE_LATE_BEFORE = "done_late_before"
    DONE_IN_TIME = "done_in_time"
    DONE_ON_DUE_DAY = "done_on_due_day"
    DONE_LATE = "done_late"
    TURNS_RED = "turns_red"
    RED_BEFORE = "red_before"
    DUE_AT_END = "due_at_end"
    DUE_SOON_AT_END = "due_soon_at_end"
    IN_HAND = "in_hand"
    NEW = "new"
    CORRECTION_BEFORE_ACCEPTANCE = "correction_before_acceptance"
    CORRECTION_PAUSE = "correction_pause"
    CORRECTION_OPEN = "correction_open"
    SPECIAL_PAUSE = "special_pause"
    SPECIAL_OPEN = "special_open"
    PAUSED_OVERDUE = "paused_overdue"
    ACCEPTED_LATE = "accepted_late"
    NEVER_ACCEPTED = "never_accepted"
    NOT_TAKEN_ON = "not_taken_on"
    DECISION_TAKEN_BACK = "decision_taken_back"
    DOCUMENT_LATE = "document_late"
    UNKNOWN_UNIT = "unknown_unit"
    NO_LIMIT = "no_limit"

    DATE_ONLY = "date_only"
    REPEATED_ROW = "repeated_row"
    EVENT_BEFORE_ITEM = "event_before_item"
    LIMIT_ONLY_IN_CATALOGUE = "limit_only_in_catalogue"
    UNIT_BY_NAME_ONLY = "unit_by_name_only"
    FAULTY_CODE = "faulty_code"


@dataclass(frozen=True, slots=True)
class Step:
    """A status event: its code and working day.

    ``tied`` gives it the second of the step before; on day ``taken_back`` the platform marks it invalid.
    """

    status: int
    day: int
    tied: bool = False
    taken_back: int | None = None


class Plot(NamedTuple):
    """The steps of an item in their order, and the day its decision document is issued, if it is."""

    steps: tuple[Step, ...]
    document: int | None = None


Teller = Callable[[Random, int], Plot]


class Part(NamedTuple):
    """``times`` items that go the same way, of matters whose limit lies in ``limits`` (working days)."""

    situation: Situation
    times: int
    tell: Teller
    limits: range


def _opening(rng: Random, accepted: int, last: int) -> tuple[Step, ...]:
    """Receipt, acceptance and the beginning of review, in the ways that producers record them, not after ``last``."""
    received = Step(RECEIVED, accepted - rng.choice((0, 1, 1, 2, 3)))
    way = rng.random()
    if way < 0.12:
        return received, Step(REVIEW, accepted)
    if way < 0.5:
        return received, Step(ACCEPTED, accepted), Step(REVIEW, accepted, tied=True)
    return received, Step(ACCEPTED, accepted), Step(REVIEW, min(accepted + rng.randint(0, 1), last))


def _closing(rng: Random, steps: tuple[Step, ...], day: int) -> Plot:
    status = rng.choices((PASSED, PASSED_WITH_LACK, NOT_PASSED), (88, 6, 6))[0]
    return Plot((*steps, Step(status, day)), None if status == NOT_PASSED else day + rng.randint(0, 6))


def _run(rng: Random, limit: int, due: int, closed: int | None = None) -> Plot:
    """An item due on day ``due``, closed on day ``closed`` or open."""
    opening = _opening(rng, due - limit, due if closed is None else closed)
    return Plot(opening) if closed is None else _closing(rng, opening, closed)


def _done_before(rng: Random, limit: int) -> Plot:
    due = rng.randint(-12, 2)
    return _run(rng, limit, due, min(due - rng.randint(0, min(4, limit - 1)), -1))


def _done_late_before(rng: Random, limit: int) -> Plot:
    due = rng.randint(-11, -4)
    return _run(rng, limit, due, due + rng.randint(1, 3))


def _done_in_time(rng: Random, limit: int) -> Plot:
    closed = rng.randint(0, LAST_DAY)
    return _run(rng, limit, closed + rng.randint(1, min(4, limit - 1)), closed)


def _done_on_due_day(rng: Random, limit: int) -> Plot:
    due = rng.randint(0, LAST_DAY)
    return _run(rng, limit, due, due)


def _done_late(rng: Random, limit: int) -> Plot:
    due = rng.randint(-1, 7)
    return _run(rng, limit, due, max(due + rng.randint(1, 4), 1))


def _turns_red(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, rng.randint(-3, 4))


def _red_before(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, rng.randint(-9, -7), rng.choice((None, 3, 6)))


def _due_at_end(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, rng.randint(8, LAST_DAY))


def _due_soon_at_end(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, rng.randint(LAST_DAY + 1, LAST_DAY + 3))


def _in_hand(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, max(rng.randint(-6, 2) + limit, LAST_DAY + 4))


def _new(rng: Random, limit: int) -> Plot:
    """Arrives during the walk; if it falls due in it, it is done in time."""
    received = rng.randint(0, LAST_DAY - 1)
    accepted = received + rng.randint(0, 3)
    steps = (Step(RECEIVED, received), Step(ACCEPTED, accepted), Step(REVIEW, accepted, tied=rng.random() < 0.5))
    due = accepted + limit
    return _closing(rng, steps, due - rng.randint(0, 1)) if due <= LAST_DAY else Plot(steps)


def _correction_before_acceptance(rng: Random, limit: int) -> Plot:
    received = rng.randint(-3, 4)
    asked = received + rng.randint(1, 3)
    handed_in = asked + rng.randint(2, 4)
    accepted = handed_in + rng.randint(0, 2)
    opening = (Step(RECEIVED, received), Step(CORRECTION, asked), Step(CORRECTED, handed_in))
    return Plot((*opening, Step(ACCEPTED, accepted), Step(REVIEW, accepted, tied=True)))


def _pause(start: int, end: int) -> Teller:
    """Paused in the first days of the walk for two to five working days, then done shortly before it is due."""

    def tell(rng: Random, limit: int) -> Plot:
        accepted, begun = -rng.randint(2, 4), rng.randint(0, 2)
        ended = begun + rng.randint(2, 5)
        steps = (*_opening(rng, accepted, begun), Step(start, begun), Step(end, ended))
        due = accepted + limit + ended - begun
        return _closing(rng, steps, due - 1) if due <= LAST_DAY else Plot(steps)

    return tell


def _open_pause(start: int) -> Teller:
    """Paused in the first week of the walk and not taken up again."""

    def tell(rng: Random, limit: int) -> Plot:
        begun = rng.randint(0, 4)
        return Plot((*_opening(rng, -rng.randint(2, 6), begun), Step(start, begun)))

    return tell


def _paused_overdue(rng: Random, limit: int) -> Plot:
    due, begun = rng.randint(-2, 0), rng.randint(2, 3)
    return Plot((*_opening(rng, due - limit, due), Step(SPECIAL, begun), Step(SPECIAL_DONE, begun + 4)))


def _accepted_late(rng: Random, limit: int) -> Plot:
    """Without an answer in five working days it counts as accepted (视为受理); acceptance is recorded afterwards."""
    received = rng.randint(-6, 1)
    accepted = received + ACCEPTANCE_LIMIT + rng.randint(2, 3)
    return Plot((Step(RECEIVED, received), Step(ACCEPTED, accepted), Step(REVIEW, accepted, tied=True)))


def _never_accepted(rng: Random, limit: int) -> Plot:
    return Plot((Step(RECEIVED, rng.randint(-5, 2)),))


def _not_taken_on(rng: Random, limit: int) -> Plot:
    received = rng.randint(-4, 5)
    status = rng.choice((WITHDRAWN, NOT_ACCEPTED, REFUSED))
    return Plot((Step(RECEIVED, received), Step(status, received + rng.randint(1, 4))))


def _decision_taken_back(rng: Random, limit: int) -> Plot:
    """A decision entered by mistake before the due day, marked invalid after it: the item is overdue at once."""
    due = rng.randint(3, 5)
    steps = (*_opening(rng, due - limit, due - 2), Step(PASSED, due - 2, taken_back=due + 2))
    return Plot((*steps, Step(PASSED, due + 4)) if rng.random() < 0.5 else steps)


def _document_late(rng: Random, limit: int) -> Plot:
    """Granted, but the certificate is not issued within ten working days of the decision."""
    closed = rng.randint(-11, -4)
    steps = (*_opening(rng, closed - limit + 1, closed), Step(PASSED, closed))
    return Plot(steps, rng.choice((None, closed + rng.randint(12, 14))))


def _unknown_unit(rng: Random, limit: int) -> Plot:
    return _run(rng, limit, rng.randint(2, 6))


def _no_limit(rng: Random, limit: int) -> Plot:
    accepted = rng.randint(-5, 3)
    return Plot(_opening(rng, accepted, accepted + 1))


_ANY: Final = range(3, 21)
_LONG: Final = range(10, 21)

PARTS: Final = (
    Part(Situation.DONE_BEFORE, 28, _done_before, _ANY),
    Part(Situation.DONE_LATE_BEFORE, 5, _done_late_before, _ANY),
    Part(Situation.DONE_IN_TIME, 26, _done_in_time, _ANY),
    Part(Situation.DONE_ON_DUE_DAY, 7, _done_on_due_day, _ANY),
    Part(Situation.DONE_LATE, 11, _done_late, _ANY),
    Part(Situation.TURNS_RED, 7, _turns_red, _ANY),
    Part(Situation.RED_BEFORE, 3, _red_before, _ANY),
    Part(Situation.DUE_AT_END, 7, _due_at_end, _ANY),
    Part(Situation.DUE_SOON_AT_END, 8, _due_soon_at_end, _ANY),
    Part(Situation.IN_HAND, 12, _in_hand, range(15, 21)),
    Part(Situation.NEW, 12, _new, _ANY),
    Part(Situation.CORRECTION_BEFORE_ACCEPTANCE, 5, _correction_before_acceptance, _LONG),
    Part(Situation.CORRECTION_PAUSE, 4, _pause(CORRECTION, CORRECTED), range(8, 13)),
    Part(Situation.CORRECTION_OPEN, 2, _open_pause(CORRECTION), range(12, 21)),
    Part(Situation.SPECIAL_PAUSE, 4, _pause(SPECIAL, SPECIAL_DONE), range(8, 13)),
    Part(Situation.SPECIAL_OPEN, 2, _open_pause(SPECIAL), range(12, 21)),
    Part(Situation.PAUSED_OVERDUE, 1, _paused_overdue, _LONG),
    Part(Situation.ACCEPTED_LATE, 4, _accepted_late, _LONG),
    Part(Situation.NEVER_ACCEPTED, 2, _never_accepted, _LONG),
    Part(Situation.NOT_TAKEN_ON, 3, _not_taken_on, _ANY),
    Part(Situation.DECISION_TAKEN_BACK, 2, _decision_taken_back, range(5, 13)),
    Part(Situation.DOCUMENT_LATE, 3, _document_late, _ANY),
    Part(Situation.UNKNOWN_UNIT, 2, _unknown_unit, range(5, 13)),
    Part(Situation.NO_LIMIT, 2, _no_limit, range(1)),
)


def parts() -> Iterator[Part]:
    """Each part as often as it is played."""
    for part in PARTS:
        yield from (part for _ in range(part.times))
