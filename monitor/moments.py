"""Limits in hours: spans of time between moments, less the pauses, to the second. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.counting import Span


def moment_due(start: datetime, length: timedelta, spans: Iterable[Span]) -> datetime | None:
    """``start`` + ``length`` + the time paused on the way; None while an open pause holds it."""
    at, left = start, length
    for begin, end in merged_moments(spans):
        if end is not None and end <= at:
            continue
        free = max(begin - at, timedelta(0))
        if free >= left:
            break
        if end is None:
            return None
        left, at = left - free, end
    return at + left


def paused_time(start: datetime, end: datetime, spans: Iterable[Span]) -> timedelta:
    """The time within (start, end] that lies in a pause; overlapping pauses count once."""
    total = timedelta(0)
    for begin, stop in merged_moments(spans):
        total += max(min(stop or end, end) - max(begin, start), timedelta(0))
    return total


def merged_moments(spans: Iterable[Span]) -> list[Span]:
    """``spans`` in order, those that overlap or touch joined."""
    merged: list[Span] = []
    for begin, end in sorted(spans, key=lambda span: span[0]):
        last_end = merged[-1][1] if merged else begin
        if merged and (last_end is None or begin <= last_end):
            merged[-1] = (merged[-1][0], None if last_end is None or end is None else max(last_end, end))
        else:
            merged.append((begin, end))
    return merged
