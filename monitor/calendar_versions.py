"""States of the calendar as they are kept on record, compared with each other, and brought back. Pure.

A state is its special days: weekdays off and weekends worked, as JSON {ISO date: [worked?, name]}. The name of a day
that rests on the law alone, because its year's notice is not known, ends in （推算）.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from monitor.notice_dates import runs_of
from monitor.workdays import Workdays

Recorded = Mapping[str, Sequence[Any]]
RECKONED = "（推算）"
FIRST = "首次记录"
MOST_RUNS = 6
SATURDAY = 5


def recorded(workdays: Workdays) -> dict[str, list[Any]]:
    """The special days of ``workdays``, as they are kept."""
    return {
        day.date.isoformat(): [day.working, day.reason + ("" if day.published else RECKONED)]
        for day in workdays.special
    }


def restored(days: Recorded) -> Workdays:
    """The calendar that a record is of, whatever the program knows of these years now."""
    kept = {date.fromisoformat(day): (bool(working), str(name)) for day, (working, name) in days.items()}
    ordinary = {day: (not working, "周末" if working else "工作日") for day, working in _known_now()}
    return Workdays({**ordinary, **kept}, known={day.year for day in kept} - reckoned_years(days))


@cache
def _known_now() -> tuple[tuple[date, bool], ...]:
    """The special days that the program knows without any file."""
    return tuple((day.date, day.working) for day in Workdays().special)


def changed_days(before: Recorded, after: Recorded) -> list[date]:
    """The dates that are worked in one and not in the other, in order."""
    either = {date.fromisoformat(day) for day in (*before, *after)}
    return sorted(day for day in either if _works(before, day) != _works(after, day))


def differs(before: Recorded, after: Recorded) -> bool:
    """Whether anything is judged otherwise: a day is worked or not, or a year's notice has become known or unknown."""
    return bool(changed_days(before, after)) or reckoned_years(before) != reckoned_years(after)


def reckoned_years(days: Recorded) -> set[int]:
    """The years of a record whose notice was not known."""
    return {int(day[:4]) for day, (_, name) in days.items() if str(name).endswith(RECKONED)}


def what_changed(before: Recorded, after: Recorded) -> str:
    """The difference in Chinese: 2027 年放假通知，2026-12-31 改为放假."""
    learned = sorted(reckoned_years(before) - reckoned_years(after))
    lost = sorted(reckoned_years(after) - reckoned_years(before))
    parts = [f"{year} 年放假通知" for year in learned] + [f"{year} 年恢复推算" for year in lost]
    days = [day for day in changed_days(before, after) if day.year not in {*learned, *lost}]
    runs = [*_turned(days, after, working=False), *_turned(days, after, working=True)]
    shown = sorted(runs)[:MOST_RUNS]
    parts += shown
    return "，".join(parts) + (f"等 {len(days)} 天" if len(runs) > len(shown) else "")


def _turned(days: Sequence[date], after: Recorded, *, working: bool) -> Iterator[str]:
    for first, last in runs_of([day for day in days if _works(after, day) == working]):
        span = f"{first}" if first == last else f"{first}…{last:%m-%d}"
        yield f"{span} 改为{'上班' if working else '放假'}"


def _works(days: Recorded, day: date) -> bool:
    found = days.get(day.isoformat())
    return bool(found[0]) if found else day.weekday() < SATURDAY
