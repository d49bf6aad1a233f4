"""A second, naive implementation of the clock rules, kept only as the oracle for tests.

It shares no code with the application. It goes through the calendar one day at a time and asks of each day what the
rules ask, so that it can be checked by reading. Input are the platform's raw rows, output is one entry of the ledger
per item. All moments are local (Asia/Shanghai) and naive; all limits are in working days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import chinese_calendar
from borax.calendars.lunardate import LunarDate, TermUtils

Row = Mapping[str, Any]
Entry = dict[str, Any]

ITEMS = "XMSPSXBLXXB"
EVENTS = "XMSPSXBLXXXXB"
MATTERS = "DFXMSPLCJDSXXXB"

CLOSES = {2, 4, 5, 11, 12, 13, 14, 15}
ENDS_ACCEPTANCE = {2, 3, 4, 5, 6, 8} | CLOSES
PAUSE_KINDS = ((6, 7), (9, 10))
ACCEPTANCE_LIMIT = 5
IMMEDIATE = 1  # BJLX of a 即办件
ONE_DAY = timedelta(days=1)


# The calendar


def is_known(year: int) -> bool:
    """Whether the State Council's notice for the year is in the calendar library."""
    return 2004 <= year <= 2026


@cache
def legal_holidays(year: int) -> frozenset[date]:
    """The 13 holidays fixed by law since 2025 (全国年节及纪念日放假办法), without any moved working days."""
    new_year = LunarDate(year, 1, 1).to_solar_date()
    return frozenset(
        [
            date(year, 1, 1),
            new_year - ONE_DAY,
            new_year,
            new_year + ONE_DAY,
            new_year + 2 * ONE_DAY,
            TermUtils.nth_term_day(year, term_name="清明"),
            date(year, 5, 1),
            date(year, 5, 2),
            LunarDate(year, 5, 5).to_solar_date(),
            LunarDate(year, 8, 15).to_solar_date(),
            date(year, 10, 1),
            date(year, 10, 2),
            date(year, 10, 3),
        ]
    )


@cache
def is_working(day: date) -> bool:
    """Whether the day is a working day; in a year without a notice, Monday to Friday less the legal holidays."""
    if day == date(2005, 12, 31):
        return True  # a Saturday that was worked, which the library misses
    if is_known(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5 and day not in legal_holidays(day.year)


def days(first: date, last: date) -> Iterable[date]:
    """Every day d with first < d <= last."""
    day = first + ONE_DAY
    while day <= last:
        yield day
        day += ONE_DAY


# Rows


def moment(text: str) -> datetime:
    """A moment as the platform writes it; a date without a time of day is midnight."""
    return datetime.fromisoformat(text)


def visible(rows: Iterable[Row], now: datetime) -> list[Row]:
    """The rows that had reached the platform by `now`."""
    return [row for row in rows if moment(row["GXSJ"]) <= now]


def version(row: Row) -> tuple[datetime, int]:
    """What the versions of one thing are ordered by: the largest is the newest."""
    return moment(row["GXSJ"]), int(row["LSH"])


def grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """The rows by the value of a column."""
    groups = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return dict(groups)


def newest(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """For each value of the column the newest row, if that is valid; one that was invalidated does not exist."""
    latest = {value: max(group, key=version) for value, group in grouped(rows, column).items()}
    return {value: row for value, row in latest.items() if int(row["SJYXBS"]) == 1}


# Events


@dataclass(frozen=True)
class Event:
    """A valid event of an item that has happened."""

    code: int
    at: datetime
    lsh: int

    @property
    def day(self) -> date:
        """The local date."""
        return self.at.date()

    @property
    def order(self) -> tuple[datetime, int]:
        """The place among the item's events: by moment, then by the serial number of the first version."""
        return self.at, self.lsh


def events_of(rows: Iterable[Row], now: datetime) -> list[Event]:
    """The events of one item that count at `now`, in order."""
    versions = defaultdict(list)
    for row in rows:
        versions[int(row["BLZT"]), moment(row["BLSJ"])].append(row)
    events = []
    for (code, at), group in versions.items():
        exists = int(max(group, key=version)["SJYXBS"]) == 1
        if exists and at <= now:
            events.append(Event(code, at, int(min(group, key=version)["LSH"])))
    return sorted(events, key=lambda event: event.order)


def first(events: Iterable[Event], codes: set[int]) -> Event | None:
    """The first event, in order, with one of the codes."""
    for event in events:
        if event.code in codes:
            return event
    return None


# Pauses and counting


@dataclass(frozen=True)
class Pause:
    """A pause from the date of its start to the date of its end; None while it is open."""

    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        """Whether the day is paused: after the day of the start, up to and with the day of the end."""
        return self.start < day and (self.end is None or day <= self.end)


def pauses_of(events: Sequence[Event], clock_start: Event, closing: Event | None) -> list[Pause]:
    """The pauses of the decision clock. A 补正 counts only if it begins after the start of the clock."""
    pauses = []
    before_close = [event for event in events if closing is None or event.order < closing.order]
    for start_code, end_code in PAUSE_KINDS:
        opened: Event | None = None
        for event in before_close:
            too_early = start_code == 6 and event.order < clock_start.order
            if event.code == start_code and opened is None and not too_early:
                opened = event
            elif event.code == end_code and opened is not None:
                pauses.append(Pause(opened.day, event.day))
                opened = None
        if opened is not None:
            pauses.append(Pause(opened.day, closing.day if closing else None))
    return pauses


def is_counted(day: date, pauses: Sequence[Pause]) -> bool:
    """Whether the day is a working day that is not paused."""
    return is_working(day) and not any(pause.covers(day) for pause in pauses)


def counted(start: date, end: date, pauses: Sequence[Pause]) -> int:
    """How many counted days d there are with start < d <= end."""
    return sum(is_counted(day, pauses) for day in days(start, end))


def due_date(start: date, limit: int, pauses: Sequence[Pause]) -> date | None:
    """The limit-th counted day after the start; for 0 the first counted day from the start itself.

    None while an open pause keeps that day from being known.
    """
    day = start
    left = limit
    if limit == 0:
        day = start - ONE_DAY
        left = 1
    while left > 0:
        day += ONE_DAY
        if any(pause.end is None and pause.start < day for pause in pauses):
            return None
        if is_counted(day, pauses):
            left -= 1
    return day


def is_provisional(start: date, due: date | None) -> bool:
    """Whether some day that the due date was counted through lies in a year without a notice."""
    return due is not None and any(not is_known(day.year) for day in days(start - ONE_DAY, due))


# The clocks


@dataclass(frozen=True)
class Run:
    """The last run of the acceptance clock: the event it started with, its due date, whether something ended it."""

    start: Event
    due: date
    ended: bool


def acceptance_run(events: Sequence[Event], accepted: Event | None, closing: Event | None) -> Run | None:
    """The clock starts at the receipt and again at each 7 before acceptance (without one, before the close)."""
    until = accepted or closing
    starts = [event for event in events if event.code == 7 and (until is None or event.order < until.order)]
    received = first(events, {1})
    if received is not None:
        starts.append(received)
    if not starts:
        return None
    start = max(starts, key=lambda event: event.order)
    after = [event for event in events if event.order > start.order]
    before = [event for event in events if event.order < start.order]
    ended = first(after, ENDS_ACCEPTANCE) is not None or first(before, ENDS_ACCEPTANCE - {6}) is not None
    due = due_date(start.day, ACCEPTANCE_LIMIT, [])
    assert due is not None
    return Run(start, due, ended)


def number(value: Any) -> int | None:
    """A whole number, or None for a field that is empty."""
    return None if value is None or value == "" else int(value)


def promised_limit(item: Row, matter: Row | None) -> int | None:
    """The smaller of the two limits that are there, in working days; 0 is a limit only for a 即办件."""
    immediate = matter is not None and number(matter.get("BJLX")) == IMMEDIATE
    given = [number(item.get("SXBLSX")), number(matter.get("SPSXBLSX")) if matter is not None else None]
    usable = [limit for limit in given if limit is not None and (limit > 0 or (limit == 0 and immediate))]
    return min(usable, default=None)


def iso(day: date | None) -> str | None:
    """The day as YYYY-MM-DD."""
    return None if day is None else day.isoformat()


def entry(item: Row, matter: Row | None, events: Sequence[Event], today: date) -> Entry:
    """One item of the ledger, from its events in order."""
    received = first(events, {1})
    accepted = first(events, {3}) or first(events, {8})
    closing = first(events, CLOSES)
    run = acceptance_run(events, accepted, closing)
    deemed = accepted is None and run is not None and not run.ended and today > run.due
    clock_start = run.start if deemed and run is not None else accepted
    limit = promised_limit(item, matter)
    result: Entry = {
        "item": item["SPSXSLBM"],
        "received": iso(received.day if received else None),
        "accepted": iso(accepted.day if accepted else None),
        "deemed_accepted": deemed,
        "closed": iso(closing.day if closing else None),
        "closed_by": closing.code if closing else None,
        "limit": limit,
        "unit_of_limit": "working_day",
        "acceptance_due": iso(run.due if run else None),
        "due": None,
        "provisional": False,
        "used": None,
        "remaining": None,
        "overdue_days": None,
        "paused": False,
        "on_time": None,
    }
    if clock_start is not None:
        pauses = pauses_of(events, clock_start, closing)
        result["paused"] = closing is None and any(pause.end is None for pause in pauses)
        if limit is not None:
            result |= promised_clock(clock_start.day, limit, pauses, closing, today)
    return result


def promised_clock(start: date, limit: int, pauses: Sequence[Pause], closing: Event | None, today: date) -> Entry:
    """The fields of a promised clock that has started: as of its closing date or, while it runs, as of today."""
    at = closing.day if closing else today
    due = due_date(start, limit, pauses)
    used = counted(start, at, pauses)
    overdue_days = 0 if due is None else counted(due, at, pauses)
    if due is None:
        remaining = limit - used
    elif at <= due:
        remaining = counted(at, due, pauses)
    else:
        remaining = -overdue_days
    return {
        "due": iso(due),
        "provisional": is_provisional(start, due),
        "used": used,
        "remaining": remaining,
        "overdue_days": overdue_days,
        "on_time": at <= due if closing and due is not None else None,
    }


def ledger(tables: Mapping[str, Iterable[Row]], now: datetime) -> dict[str, Entry]:
    """Every valid item by its id, as the rules see it at `now` (local, naive); rows newer than `now` are not seen."""
    items = newest(visible(tables.get(ITEMS, []), now), "SPSXSLBM")
    matters = newest(visible(tables.get(MATTERS, []), now), "SPSXBM")
    event_rows = grouped(visible(tables.get(EVENTS, []), now), "SPSXSLBM")
    result = {}
    for item_id, item in items.items():
        events = events_of(event_rows.get(item_id, []), now)
        result[item_id] = entry(item, matters.get(item["SPSXBM"]), events, now.date())
    return result


def totals(entries: Mapping[str, Entry]) -> dict[str, int]:
    """How many items are in each of the states that a reader would ask for."""
    values = entries.values()
    still_open = [value for value in values if value["closed"] is None]
    return {
        "items": len(entries),
        "open": len(still_open),
        "accepted": sum(value["accepted"] is not None for value in values),
        "deemed_accepted": sum(value["deemed_accepted"] for value in values),
        "paused": sum(value["paused"] for value in values),
        "open_overdue": sum((value["overdue_days"] or 0) > 0 for value in still_open),
        "closed_on_time": sum(value["on_time"] is True for value in values),
        "closed_late": sum(value["on_time"] is False for value in values),
        "provisional": sum(value["provisional"] for value in values),
        "without_limit": sum(value["limit"] is None for value in values),
    }
