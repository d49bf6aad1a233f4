"""Counted days: working days (or natural days) that are not paused.

A day d is paused if some pause (s, e) has date(s) < d ≤ date(e); an open pause: date(s) < d. Pauses that overlap or
touch never count a day twice, and a pause that starts and ends on one day costs nothing.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from monitor.events import local_date
from monitor.workdays import ONE_DAY, Workdays

Span = tuple[datetime, datetime | None]
"""A pause as moments (UTC): start, and end or None while open."""


def merge(spans: Iterable[Span]) -> list[tuple[date, date | None]]:
    """``spans`` as half-open spans of local dates (s, e], in order, joined where they overlap or touch."""
    dated = [(local_date(s), None if e is None else local_date(e)) for s, e in spans]
    merged: list[tuple[date, date | None]] = []
    for start, end in sorted(dated, key=lambda span: span[0]):
        if end is not None and end <= start:
            continue
        if merged and ((last := merged[-1][1]) is None or start <= last):
            joined = None if last is None or end is None else max(last, end)
            merged[-1] = (merged[-1][0], joined)
        else:
            merged.append((start, end))
    return merged


class Counter:
    """Counts the days of one clock: working days, or natural days when ``working`` is false, less the paused ones."""

    __slots__ = ("_spans", "_workdays", "_working")

    def __init__(self, workdays: Workdays, working: bool, spans: Collection[Span]) -> None:
        self._workdays, self._working, self._spans = workdays, working, merge(spans) if spans else []

    def count(self, start: date, end: date) -> int:
        """Counted days d with start < d ≤ end; 0 when end is not after start."""
        if end <= start:
            return 0
        total = self._unpaused(start, end)
        for s, e in self._spans:
            lower, upper = max(s, start), end if e is None else min(e, end)
            if upper > lower:
                total -= self._unpaused(lower, upper)
        return total

    def due(self, start: date, days: int) -> date | None:
        """The ``days``-th counted day after ``start``; None while an open pause holds it.

        With 0 (即办件) ``start`` itself, or the next working day if it is none, in either case one that is not paused.
        A limit in natural days whose last day is no working day moves to the next working day that is not paused
        (民法典 203).
        """
        if days == 0:
            return self._roll(start)
        if self._working:
            return self._nth(start, days, working=True)
        last = self._nth(start, days, working=False)
        return None if last is None else self._roll(last)

    def _roll(self, day: date) -> date | None:
        counted = self._workdays.is_workday(day) and not self._paused(day)
        return day if counted else self._nth(day, 1, working=True)

    def _paused(self, day: date) -> bool:
        return any(s < day and (e is None or day <= e) for s, e in self._spans)

    def _unpaused(self, start: date, end: date) -> int:
        return self._workdays.count(start, end) if self._working else (end - start).days

    def _nth(self, start: date, days: int, *, working: bool) -> date | None:
        at, left = start, days
        for s, e in self._spans:
            if e is not None and e <= at:
                continue
            if s > at:
                free = self._workdays.count(at, s) if working else (s - at).days
                if free >= left:
                    break
                left -= free
            if e is None:
                return None
            at = e
        return self._workdays.add(at, left) if working else at + left * ONE_DAY
