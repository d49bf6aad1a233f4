"""What the alert side is told of a clock: a small frozen fact sheet, with nothing in it that could be asked further."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One clock of one item, judged at one moment.

    Dates are local dates. ``state`` and ``light`` are the words of the clock rules (overdue, due_soon … red, grey …);
    ``remaining`` and ``overdue_days`` are in ``unit_of_limit`` (working_day, natural_day, hour) and are what people are
    shown; ``countdown`` is what steps are measured by: working days to the due date, 0 on it, negative after it, None
    without a due date.
    """

    item: str
    clock: str
    unit: str | None
    unit_name: str
    matter: str
    project: str
    project_code: str
    stage: str
    state: str
    light: str
    start: date | None
    due: date | None
    limit: int | None
    unit_of_limit: str
    used: int | None
    remaining: int | None
    overdue_days: int
    countdown: int | None
    paused: bool = False
    closed: bool = False
    provisional: bool = False
    deemed: bool = False
    past_statutory: bool = False
    statutory_due: date | None = None
    stands_in: bool = False
    """The statutory clock of an item without a promised limit: it is reminded of by the promised clock's steps."""
    code_wrong: bool = False
    """The item needs a project code, and the one it carries is missing or was not verified."""
    note: str = ""
    """What staff put on record that this clock rests on (an extension, a corrected date), in Chinese."""
    matter_code: str = ""
    told: bool = False
    """A step of this clock was told or passed over before; only looked up of what is very long overdue."""
    held_until: date | None = None
    """Up to and with this day the supervisor wants nothing to be mailed about it."""
    acknowledged: bool = False
    """The unit has said that it has seen it, since the clock has had its present light."""
    answer: str = ""
    """What the unit last answered about the item, as it came; ``answered_on`` is the day of it."""
    answered_on: date | None = None
    moved_from: date | None = None
    """The due date that the unit was told last, where it is another now; ``moved_why``: why, in Chinese."""
    moved_why: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """(item, clock): a case is a case of these whatever else changes."""
        return (self.item, self.clock)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values; dates as ISO strings. What is as it mostly is, its default, is left out."""
        values = dict(zip(_ALWAYS, _values(self), strict=True))
        for (name, usual), value in zip(_SELDOM, _rest(self), strict=True):
            if value != usual:
                values[name] = value
        for name in _DATES:
            if (day := values.get(name)) is not None:
                values[name] = day.isoformat()
        return values

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Case":
        """The inverse of ``to_json``."""
        return cls(**{**data, **{name: date.fromisoformat(data[name]) for name in _DATES if data.get(name)}})


_ALWAYS = tuple(field.name for field in fields(Case) if field.default is MISSING)
_SELDOM = tuple((field.name, field.default) for field in fields(Case) if field.default is not MISSING)
_values, _rest = attrgetter(*_ALWAYS), attrgetter(*(name for name, _ in _SELDOM))
_DATES = ("start", "due", "statutory_due", "held_until", "answered_on", "moved_from")
