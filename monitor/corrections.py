"""What staff put on record beside the platform's own value, and what an item's events and limits are with it. Pure.

An extension (行政许可法 42) adds to the promised and the statutory limit; a correction of a fact takes the place of
what the platform says. The platform's own rows are never changed, so taking a record back gives the item as it was.
The order of recording is without meaning; where two records of one field were in force, the later would count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.clocks import Limit, Limits
from monitor.events import CLOSING, SHANGHAI, Code, Event, Version, settle_versions

EXTENSION, UNIT, LIMIT, STATUTORY = "extension", "unit", "limit", "statutory_limit"
RECEIVED, ACCEPTED, CLOSED = "received", "accepted", "closed"
TITLES: Mapping[str, str] = {
    EXTENSION: "延长期限",
    UNIT: "审批单位",
    LIMIT: "承诺时限",
    STATUTORY: "法定时限",
    RECEIVED: "接件日期",
    ACCEPTED: "受理日期",
    CLOSED: "办结日期",
}
DATES = (RECEIVED, ACCEPTED, CLOSED)
STAFF = "人工更正"
"""The source of an event that staff put on record."""
OFFLINE = "线下办结"
MOST_DAYS, MOST_JOINT_DAYS = 10, 15
"""行政许可法 42: by how many days a decision may be put off, and by how many where offices handle it jointly."""

_OWN: Mapping[str, frozenset[int]] = {
    RECEIVED: frozenset({Code.RECEIVED}),
    ACCEPTED: frozenset({Code.ACCEPTED}),
    CLOSED: CLOSING,
}
_STANDS_FOR = {RECEIVED: Code.RECEIVED, ACCEPTED: Code.ACCEPTED, CLOSED: Code.PASSED}
_FOLLOWS: Mapping[str, frozenset[int]] = {
    RECEIVED: frozenset(),
    ACCEPTED: frozenset({Code.RECEIVED, Code.CORRECTION_END}),
    CLOSED: frozenset(Code),
}
"""What comes before a milestone on the same day: acceptance after receipt and the end of 补正, a close after all."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One record in force: ``field`` and ``value`` as in the ledger's table, who approved it, why, and when (UTC).

    ``was``: the platform's value when it was recorded, as text; None if it had none.
    """

    id: int
    field: str
    value: str
    was: str | None
    why: str
    by: str
    document: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """Days (of the limit's own kind) by which a limit was put off, approved on a local date."""

    days: int
    on: date
    joint: bool = False

    def __str__(self) -> str:
        return f"{self.days} {self.on}" + (" joint" if self.joint else "")


@dataclass(frozen=True, slots=True)
class When:
    """A local date and, if it matters, the time of day."""

    day: date
    clock: time | None = None

    def __str__(self) -> str:
        return f"{self.day}" + (f"T{self.clock:%H:%M}" if self.clock else "")

    @property
    def moment(self) -> datetime:
        """The moment (UTC); without a time of day 00:00 local time."""
        return datetime.combine(self.day, self.clock or time(), SHANGHAI).astimezone(UTC)


Value = Extension | When | Limit | str


def parsed(field: str, value: str) -> Value | None:
    """The value that a record's text means; None if it means nothing."""
    try:
        if field == EXTENSION:
            days, on, *joint = value.split()
            return Extension(int(days), date.fromisoformat(on), joint == ["joint"])
        if field in DATES:
            day, _, clock = value.partition("T")
            return When(date.fromisoformat(day), time.fromisoformat(clock) if clock else None)
        if field in (LIMIT, STATUTORY):
            amount, unit = value.split()
            return Limit(int(amount), unit)
    except ValueError:
        return None
    return value if field == UNIT else None


def text_of(limit: Limit | None) -> str | None:
    """A limit as a record's text."""
    return f"{limit.amount} {limit.unit}" if limit else None


@dataclass(frozen=True, slots=True)
class Applied:
    """What counts with the records in force; None where they say nothing. ``extension`` in days."""

    versions: Sequence[Version]
    unit: str | None = None
    promised: Limit | None = None
    statutory: Limit | None = None
    extension: int = 0

    def limits(self, plain: Limits) -> Limits:
        """The limits of an item whose limits are ``plain`` without the records."""
        if not (self.promised or self.statutory or self.extension):
            return plain
        return replace(
            plain,
            promised=self.promised or plain.promised,
            statutory=self.statutory or plain.statutory,
            extension=plain.extension + self.extension,
        )


def values_in_force(corrections: Sequence[Correction]) -> dict[str, Value]:
    """The value of each corrected field, extensions left out; the record made last counts."""
    found = {}
    for one in sorted(corrections, key=lambda one: one.id):
        value = parsed(one.field, one.value)
        if value is not None and one.field != EXTENSION:
            found[one.field] = value
    return found


def extensions(corrections: Sequence[Correction]) -> list[Extension]:
    """The extensions among ``corrections``; they add up."""
    found = (parsed(one.field, one.value) for one in corrections if one.field == EXTENSION)
    return [one for one in found if isinstance(one, Extension)]


def applied(versions: Sequence[Version], corrections: Sequence[Correction], now: datetime) -> Applied:
    """The events and limits that count at ``now`` (UTC).

    A corrected date puts the platform's own events of that milestone aside and stands in their place: an acceptance as
    受理, a close as what the platform closed the item by, or else as 办结（通过）, finished offline.
    """
    values = values_in_force(corrections)
    for field in DATES:
        when = values.get(field)
        if isinstance(when, When):
            versions = _moved(versions, field, when, now)
    unit, promised, statutory = values.get(UNIT), values.get(LIMIT), values.get(STATUTORY)
    return Applied(
        versions,
        unit if isinstance(unit, str) else None,
        promised if isinstance(promised, Limit) else None,
        statutory if isinstance(statutory, Limit) else None,
        sum(one.days for one in extensions(corrections)),
    )


def _moved(versions: Sequence[Version], field: str, when: When, now: datetime) -> Sequence[Version]:
    happened = [event for event in settle_versions(versions) if event.moment <= now]
    own = [event for event in happened if event.code in _OWN[field]]
    code = own[0].code if own and field == CLOSED else _STANDS_FOR[field]
    before = [event for event in happened if event.code in _FOLLOWS[field] - _OWN[field]]
    stands = Version(code, _moment(when, before, now), "", -1, True, STAFF)
    return [*(version for version in versions if version.code not in _OWN[field]), stands]


def _moment(when: When, before: Sequence[Event], now: datetime) -> datetime:
    """Where an event of a day stands: right after those of ``before`` of the same day, else at its beginning."""
    if when.clock is not None:
        return when.moment
    last = max((event.moment for event in before if event.day == when.day), default=None)
    return when.moment if last is None else min(last + timedelta.resolution, max(last, now))
