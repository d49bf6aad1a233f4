"""Counted days: the working or natural days that are not paused."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.counting import Counter, Span, merge
from monitor.moments import merged_moments, moment_due, paused_time
from tests.core.builders import BEIJING, CALENDAR, day, moment


def spans(text: str) -> list[Span]:
    """``"03-03..03-05 03-09.."`` as pauses, the second one open."""
    pairs = (word.split("..") for word in text.split())
    return [(moment(start), moment(end) if end else None) for start, end in pairs]


MERGED = {
    "none": ("", ""),
    "apart stay apart": ("03-03..03-04 03-06..03-09", "03-03..03-04 03-06..03-09"),
    "they come out in order": ("03-06..03-09 03-03..03-04", "03-03..03-04 03-06..03-09"),
    "those that overlap are one": ("03-03..03-06 03-05..03-09", "03-03..03-09"),
    "one within another adds nothing": ("03-03..03-09 03-04..03-05", "03-03..03-09"),
    "those that touch are one": ("03-03..03-05 03-05..03-09", "03-03..03-09"),
    "one that ends on the day it began is none": ("03-03T09:00..03-03T17:00", ""),
    "one over midnight is a day": ("03-03T23:59..03-04T00:00", "03-03..03-04"),
    "an open one swallows what comes after": ("03-03.. 03-05..03-09 03-10..", "03-03.."),
    "one that touches an open one joins it": ("03-03..03-05 03-05..", "03-03.."),
    "a long one outlives the short one after it": ("03-03..03-20 03-05..03-06 03-12..03-13", "03-03..03-20"),
}


@pytest.mark.parametrize("case", MERGED, ids=str)
def test_merged_pauses(case: str) -> None:
    given_, expected = MERGED[case]
    result = merge(spans(given_))
    assert " ".join(f"{s:%m-%d}..{format(e, '%m-%d') if e else ''}" for s, e in result) == expected


# start, days, pauses, due in working days, due in natural days
DUES = {
    "five from a Monday": ("03-02", 5, "", "03-09", "03-09"),
    "four from a Monday": ("03-02", 4, "", "03-06", "03-06"),
    "one from a Friday": ("03-06", 1, "", "03-09", "03-09"),
    "none from a Monday": ("03-02", 0, "", "03-02", "03-02"),
    "none from a Saturday": ("03-07", 0, "", "03-09", "03-09"),
    "none from a paused day is the next day that is not": ("03-05", 0, "03-04..03-06", "03-09", "03-09"),
    "none from the day a pause begins is that day": ("03-04", 0, "03-04..03-06", "03-04", "03-04"),
    "none within an open pause is not known": ("03-05", 0, "03-04..", None, None),
    "a pause of two days in the middle": ("03-02", 4, "03-03..03-05", "03-10", "03-09"),
    "a pause of a weekend costs no working day": ("03-02", 5, "03-06..03-08", "03-09", "03-09"),
    "a pause after the due date": ("03-02", 4, "03-06..03-20", "03-06", "03-06"),
    "a pause before the start": ("03-09", 4, "03-02..03-05", "03-13", "03-13"),
    "a pause from before the start into the run": ("03-09", 4, "03-02..03-11", "03-17", "03-16"),
    "an open pause before the limit is used up": ("03-02", 4, "03-04..", None, None),
    "an open pause on the day the limit is used up": ("03-02", 4, "03-06..", "03-06", "03-06"),
    "an open pause the day before": ("03-02", 4, "03-05..", None, None),
    "a last natural day on a Saturday moves to Monday": ("03-02", 12, "", "03-18", "03-16"),
    "a last natural day in the National Day holiday moves to the first day worked after it": (
        *("09-25", 10, "", "10-15", "10-08"),
    ),
    "a last natural day on a worked Saturday stays": ("09-30", 10, "", "10-20", "10-10"),
    "a last day moved into a pause moves past it": ("03-02", 5, "03-07..03-10", "03-11", "03-11"),
    "a moved last day that is paused moves on": ("03-02", 6, "03-08..03-10", "03-12", "03-11"),
}


@pytest.mark.parametrize("case", DUES, ids=str)
def test_due(case: str) -> None:
    start, days, pauses, working, natural = DUES[case]
    for kind, expected in ((True, working), (False, natural)):
        due = Counter(CALENDAR, kind, spans(pauses)).due(day(start), days)
        assert due == (day(expected) if expected else None), "working days" if kind else "natural days"


COUNTS = {
    "no pause": ("03-02", "03-09", "", 5, 7),
    "the day a pause begins counts, the day it ends does not": ("03-02", "03-09", "03-03..03-05", 3, 5),
    "overlapping pauses count a day once": ("03-02", "03-13", "03-03..03-06 03-04..03-10", 4, 4),
    "an open pause counts nothing after its first day": ("03-02", "03-31", "03-04..", 2, 2),
    "an end before the start": ("03-09", "03-02", "", 0, 0),
    "a pause around the whole": ("03-03", "03-05", "03-02..03-09", 0, 0),
}


@pytest.mark.parametrize("case", COUNTS, ids=str)
def test_count(case: str) -> None:
    start, end, pauses, working, natural = COUNTS[case]
    for kind, expected in ((True, working), (False, natural)):
        assert Counter(CALENDAR, kind, spans(pauses)).count(day(start), day(end)) == expected


# Against a loop over the days


FIRST = date(2026, 9, 1)
STARTS = st.integers(0, 50).map(lambda n: FIRST + timedelta(n))


def at_hour(hours: int) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=BEIJING).astimezone(UTC) + timedelta(hours=hours)


PAUSES = st.lists(
    st.tuples(st.integers(0, 70 * 24), st.one_of(st.none(), st.integers(0, 20 * 24), st.integers(0, 20 * 24))),
    max_size=5,
).map(lambda pairs: [(at_hour(n), None if length is None else at_hour(n + length)) for n, length in pairs])
CLOSED = PAUSES.map(lambda pauses: [(start, end) for start, end in pauses if end is not None])


def is_paused(day_: date, pauses: Sequence[Span]) -> bool:
    """The rule word for word: date(s) < d ≤ date(e); an open pause: date(s) < d."""

    def local(at: datetime) -> date:
        return at.astimezone(BEIJING).date()

    return any(local(start) < day_ and (end is None or day_ <= local(end)) for start, end in pauses)


def is_counted(day_: date, working: bool, pauses: Sequence[Span]) -> bool:
    return (CALENDAR.is_workday(day_) or not working) and not is_paused(day_, pauses)


def naive_due(start: date, days: int, working: bool, pauses: Sequence[Span]) -> date | None:
    """The due date found by asking one day after the other."""
    at, left = start, days
    limit = start + timedelta(days=400)
    while left and at < limit:
        at += timedelta(1)
        left -= is_counted(at, working, pauses)
    while not CALENDAR.is_workday(at) or (is_paused(at, pauses) and at < limit):
        at += timedelta(1)
    return at if at < limit else None


@given(STARTS, st.integers(0, 40), st.booleans(), PAUSES)
def test_due_is_a_loop_over_the_days(start: date, days: int, working: bool, pauses: list[Span]) -> None:
    assert Counter(CALENDAR, working, pauses).due(start, days) == naive_due(start, days, working, pauses)


@given(STARTS, st.integers(-10, 90), st.booleans(), PAUSES)
def test_count_is_a_loop_over_the_days(start: date, length: int, working: bool, pauses: list[Span]) -> None:
    days = (start + timedelta(n) for n in range(1, length + 1))
    expected = sum(is_counted(one, working, pauses) for one in days)
    assert Counter(CALENDAR, working, pauses).count(start, start + timedelta(length)) == expected


@given(STARTS, st.integers(0, 40), st.booleans(), PAUSES)
def test_a_due_date_is_a_working_day_that_is_not_paused(
    start: date, days: int, working: bool, pauses: list[Span]
) -> None:
    due = Counter(CALENDAR, working, pauses).due(start, days)
    assert due is None or (CALENDAR.is_workday(due) and not is_paused(due, pauses))


@given(STARTS, st.integers(0, 40), st.booleans(), PAUSES, PAUSES)
def test_one_more_pause_never_makes_a_due_date_earlier(
    start: date, days: int, working: bool, pauses: list[Span], more: list[Span]
) -> None:
    before = Counter(CALENDAR, working, pauses).due(start, days)
    after = Counter(CALENDAR, working, [*pauses, *more]).due(start, days)
    assert after is None or (before is not None and after >= before)


@given(STARTS, st.integers(1, 40), st.booleans(), CLOSED)
def test_the_days_counted_to_the_due_date_are_the_limit(
    start: date, days: int, working: bool, pauses: list[Span]
) -> None:
    counter = Counter(CALENDAR, working, pauses)
    due = counter.due(start, days)
    assert due is not None
    counted = counter.count(start, due)
    assert counted == days if working else counted >= days


# Hours


HOURS = {
    "48 hours without a pause": ("03-02T09:30", 48, "", "03-04T09:30"),
    "weekends and nights count": ("03-06T16:00", 48, "", "03-08T16:00"),
    "the hours paused are added": ("03-02T09:00", 48, "03-03T09:00..03-03T12:00", "03-04T12:00"),
    "overlapping pauses are added once": (
        *("03-02T09:00", 48, "03-03T09:00..03-03T12:00 03-03T10:00..03-03T13:00", "03-04T13:00"),
    ),
    "pauses that touch": ("03-02T09:00", 48, "03-03T09:00..03-03T12:00 03-03T12:00..03-03T13:00", "03-04T13:00"),
    "a pause of several days": ("03-02T09:00", 48, "03-03T09:00..03-09T09:00", "03-10T09:00"),
    "a pause over the first minute counts from the start": (
        "03-02T09:00",
        48,
        "03-01T09:00..03-02T10:00",
        "03-04T10:00",
    ),
    "a pause that begins as the limit runs out is none": ("03-02T09:00", 48, "03-04T09:00..03-05T09:00", "03-04T09:00"),
    "a pause that the addition reaches is added": (
        *("03-02T09:00", 48, "03-03T09:00..03-03T12:00 03-04T10:00..03-04T11:00", "03-04T13:00"),
    ),
    "an open pause holds it": ("03-02T09:00", 48, "03-03T09:00..", None),
    "an open pause begun as the limit ran out does not": ("03-02T09:00", 48, "03-04T09:00..", "03-04T09:00"),
}


@pytest.mark.parametrize("case", HOURS, ids=str)
def test_a_limit_in_hours_is_a_moment(case: str) -> None:
    start, hours, pauses, expected = HOURS[case]
    due = moment_due(moment(start), timedelta(hours=hours), spans(pauses))
    assert due == (moment(expected) if expected else None)


def is_within(at: datetime, pauses: Sequence[Span]) -> bool:
    return any(start <= at and (end is None or at < end) for start, end in pauses)


def paused_hours(start: int, end: int, pauses: Sequence[Span]) -> int:
    """How many of the hours of [start, end) lie in a pause, asked one after the other."""
    return sum(is_within(at_hour(n), pauses) for n in range(start, end))


@given(st.integers(0, 900), st.integers(0, 300), PAUSES)
def test_paused_time_is_a_loop_over_the_hours(start: int, length: int, pauses: list[Span]) -> None:
    expected = timedelta(hours=paused_hours(start, start + length, pauses))
    assert paused_time(at_hour(start), at_hour(start + length), pauses) == expected


@given(st.integers(0, 900), st.integers(1, 120), PAUSES)
def test_a_moment_due_is_a_loop_over_the_hours(start: int, hours: int, pauses: list[Span]) -> None:
    at, left = start, hours
    while left and at < start + 3000:
        left -= not paused_hours(at, at + 1, pauses)
        at += 1
    assert moment_due(at_hour(start), timedelta(hours=hours), pauses) == (None if left else at_hour(at))


@given(st.integers(0, 900), st.integers(1, 120), PAUSES, PAUSES)
def test_one_more_pause_never_makes_a_moment_earlier(
    start: int, hours: int, pauses: list[Span], more: list[Span]
) -> None:
    length = timedelta(hours=hours)
    before = moment_due(at_hour(start), length, pauses)
    after = moment_due(at_hour(start), length, [*pauses, *more])
    assert after is None or (before is not None and after >= before)


@given(PAUSES)
def test_merged_moments_are_apart_and_cover_the_same(pauses: list[Span]) -> None:
    merged = merged_moments(pauses)
    ends = [end for _, end in merged[:-1]]
    assert all(end is not None and end < start for end, (start, _) in zip(ends, merged[1:], strict=True))
    edges = {at for span in pauses for at in span if at is not None}
    for at in edges | {edge - timedelta(hours=1) for edge in edges}:
        assert is_within(at, merged) is is_within(at, pauses)


@given(STARTS, st.integers(1, 20), PAUSES)
def test_a_pause_within_one_day_costs_nothing(start: date, days: int, pauses: list[Span]) -> None:
    due = Counter(CALENDAR, True, pauses).due(start, days)
    assume(due is not None)
    assert due is not None
    noon = datetime(due.year, due.month, due.day, 9, tzinfo=BEIJING)
    within = [*pauses, (noon.astimezone(UTC), noon.astimezone(UTC) + timedelta(hours=8))]
    assert Counter(CALENDAR, True, within).due(start, days) == due
