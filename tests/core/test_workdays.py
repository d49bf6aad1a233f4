"""The working-day calendar: what the yearly notices say, what the law alone says, what the owner lays over it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.workdays import CalendarError, Workdays, legal_holidays, published_years
from tests import reference
from tests.core.builders import CALENDAR, day

FACTS = {
    "2005-12-31, a Saturday, was worked though the library says not": (True, "correction", "元旦调休上班"),
    "2012-01-21 was a worked Saturday before the Spring Festival": (True, "notice", "春节调休上班"),
    "2015-09-03 was off once, for the seventieth anniversary": (False, "notice", "抗战胜利70周年纪念日"),
    "2018-12-29, a Saturday, was worked, by the notice of 2019": (True, "notice", "元旦调休上班"),
    "2018-12-31, a Monday, was off, by the notice of 2019": (False, "notice", "元旦"),
    "2020-01-31, a Friday, became a day off after deadlines had been set": (False, "notice", "春节"),
    "2020-02-01, a Saturday that was to be worked, became a day off": (False, "notice", "春节"),
    "2020-02-03 was the first working day after it": (True, "notice", "工作日"),
    "2024-02-09, the eve of the lunar year, was a working day": (True, "notice", "工作日"),
    "2026-01-04 is a worked Sunday": (True, "notice", "元旦调休上班"),
    "2026-02-14 is a worked Saturday": (True, "notice", "春节调休上班"),
    "2026-02-28 is a worked Saturday": (True, "notice", "春节调休上班"),
    "2026-05-09 is a worked Saturday": (True, "notice", "劳动节调休上班"),
    "2026-09-20 is a worked Sunday": (True, "notice", "国庆节调休上班"),
    "2026-10-10 is a worked Saturday": (True, "notice", "国庆节调休上班"),
    "2026-09-25 is off for the Mid-autumn Festival": (False, "notice", "中秋节"),
    "2026-10-07 is the last day off of the National Day": (False, "notice", "国庆节"),
    "2026-10-11 is an ordinary Sunday": (False, "notice", "周末"),
    "2027-02-05, the eve of the lunar year, is off by law": (False, "law", "春节（除夕）"),
    "2027-02-06, the first day of the lunar year, is off by law": (False, "law", "春节"),
    "2027-02-08, the third day, is off by law": (False, "law", "春节"),
    "2027-02-09, the fourth day, is worked until a notice says otherwise": (True, "law", "工作日"),
    "2027-04-05 is off by law": (False, "law", "清明节"),
    "2027-05-03 is worked until a notice says otherwise": (True, "law", "工作日"),
    "2027-06-09 is off by law": (False, "law", "端午节"),
    "2027-09-15 is off by law": (False, "law", "中秋节"),
    "2027-10-09, a Saturday, is not worked while nothing says so": (False, "law", "周末"),
}


@pytest.mark.parametrize("fact", FACTS, ids=str)
def test_the_calendar_knows_that(fact: str) -> None:
    what = CALENDAR.day(date.fromisoformat(fact[:10]))
    assert (what.working, what.source, what.reason) == FACTS[fact]
    assert CALENDAR.is_workday(what.date) is what.working


def test_the_moved_working_days_of_2026_are_these_six() -> None:
    moved = [one.date.isoformat()[5:] for one in CALENDAR.of_year(2026) if one.working and one.date.weekday() > 4]
    assert moved == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def test_the_notice_of_2027_is_not_published() -> None:
    assert published_years() == range(2004, 2027)
    assert [CALENDAR.published(year) for year in (2003, 2004, 2026, 2027)] == [False, True, True, False]
    assert not any(one.published for one in CALENDAR.of_year(2027))
    assert all(one.published for one in CALENDAR.of_year(2026))


def test_in_an_unknown_year_nothing_but_the_thirteen_legal_holidays_is_off_from_monday_to_friday() -> None:
    off = [one.date for one in CALENDAR.of_year(2027) if not one.working and one.date.weekday() < 5]
    assert off == sorted(one for one in legal_holidays(2027) if one.weekday() < 5)
    assert len(legal_holidays(2027)) == 13


@pytest.mark.parametrize("year", range(2010, 2027))
def test_a_published_year_agrees_with_the_holidays_package(year: int) -> None:
    other = holidays.country_holidays("CN", years=[year - 1, year, year + 1])
    for one in CALENDAR.of_year(year):
        worked = (one.date.weekday() < 5 or one.date in other.weekend_workdays) and one.date not in other
        assert one.working is worked, f"{one.date}: {one.reason} against {other.get(one.date)}"


@pytest.mark.parametrize("year", range(2025, 2071))
def test_the_legal_holidays_agree_with_the_holidays_package_and_with_the_reference(year: int) -> None:
    other = holidays.country_holidays("CN", years=year, observed=False)
    fixed = {one for one, name in other.items() if "substituted" not in name}
    assert set(legal_holidays(year)) == fixed == reference.legal_holidays(year)


def test_every_day_agrees_with_the_reference() -> None:
    for year in range(2004, 2041):
        for one in CALENDAR.of_year(year):
            assert one.working is reference.is_working(one.date), one


# The overlay


DISTRICT = {date(2014, 11, n): (False, "APEC会议调休") for n in range(7, 13)} | {
    date(2014, 11, 2): (True, "APEC会议调休上班"),
    date(2014, 11, 15): (True, "APEC会议调休上班"),
}


def test_the_district_had_days_of_its_own_in_2014() -> None:
    own = Workdays(DISTRICT, first=2014, last=2014)
    assert [own.is_workday(date(2014, 11, n)) for n in (2, 6, 7, 8, 9, 10, 11, 12, 13, 15)] == [
        *(True, True, False, False, False, False, False, False, True, True)
    ]
    assert own.day(date(2014, 11, 10)).source == "overlay"
    assert own.add(date(2014, 11, 6), 1) == date(2014, 11, 13)
    assert CALENDAR.add(date(2014, 11, 6), 1) == date(2014, 11, 7)


def test_the_overlay_goes_before_the_notice_the_correction_and_the_law() -> None:
    days = {date(2005, 12, 31): (False, "甲"), date(2026, 10, 10): (False, "乙"), date(2027, 1, 1): (True, "丙")}
    own = Workdays(days, first=2005, last=2027)
    for date_, (working, reason) in days.items():
        what = own.day(date_)
        assert (what.working, what.reason, what.source) == (working, reason, "overlay")
        assert own.is_workday(date_) is working


NOTICE_2027 = {one: (False, "放假") for one in legal_holidays(2027) if one.month in (1, 2, 10)}
PARTS = {
    "an overlay with New Year, the Spring Festival and the National Day stands for the notice": (NOTICE_2027, True),
    "one without New Year does not": ({d: r for d, r in NOTICE_2027.items() if d.month != 1}, False),
    "one without the Spring Festival does not": ({d: r for d, r in NOTICE_2027.items() if d.month != 2}, False),
    "one without the National Day does not": ({d: r for d, r in NOTICE_2027.items() if d.month != 10}, False),
    "a single day of the district's own does not": ({date(2027, 3, 1): (False, "停电")}, False),
    "the notice of another year does not": (
        {one: (False, "放假") for one in legal_holidays(2028) if one.month in (1, 2, 10)},
        False,
    ),
}


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_whether_an_overlay_makes_the_year_published(part: str) -> None:
    overlay, published = PARTS[part]
    own = Workdays(overlay, first=2026, last=2028)
    assert own.published(2027) is published
    assert own.day(date(2027, 6, 1)).published is published
    assert own.provisional(day("2026-12-28"), day("2027-01-12")) is not published


PROVISIONAL = {
    "a count within a published year is final": ("2026-12-21", "2026-12-31", False),
    "a count that reaches into an unknown year is provisional": ("2026-12-28", "2027-01-04", True),
    "a count that starts on the last day of a published year rests on the unknown one": (
        *("2026-12-31", "2027-01-04"),
        True,
    ),
    "the first day is not counted, so a count from the last unpublished day is final": (
        *("2003-12-31", "2004-01-05"),
        False,
    ),
    "a limit of 0 rests on its only day": ("2027-12-31", "2027-12-31", True),
    "a limit of 0 on the last day of a published year is final": ("2026-12-31", "2026-12-31", False),
    "a count across unknown years between is provisional": ("2027-03-01", "2029-03-01", True),
}


@pytest.mark.parametrize("case", PROVISIONAL, ids=str)
def test_provisional(case: str) -> None:
    start, end, expected = PROVISIONAL[case]
    assert CALENDAR.provisional(day(start), day(end)) is expected


# Arithmetic


COUNTS = {
    "the first day is not counted, the last is": ("03-02", "03-06", 4),
    "a day to itself is nothing": ("03-02", "03-02", 0),
    "a weekend adds nothing": ("03-06", "03-08", 0),
    "an end before the start is nothing": ("03-06", "03-02", 0),
    "the National Day and the moved Saturday": ("09-28", "10-10", 5),
}


@pytest.mark.parametrize("case", COUNTS, ids=str)
def test_count(case: str) -> None:
    start, end, expected = COUNTS[case]
    assert CALENDAR.count(day(start), day(end)) == expected


SUMS = {
    "five working days from a Monday end on the next Monday": ("03-02", 5, "03-09"),
    "one working day from a Friday is the Monday": ("03-06", 1, "03-09"),
    "one working day from a Saturday is the Monday": ("03-07", 1, "03-09"),
    "none from a working day is the day itself": ("03-06", 0, "03-06"),
    "none from a Saturday is the next working day": ("03-07", 0, "03-09"),
    "none from a worked Saturday is the day itself": ("10-10", 0, "10-10"),
    "five from 28 September end on the worked Saturday": ("09-28", 5, "10-10"),
}


@pytest.mark.parametrize("case", SUMS, ids=str)
def test_add(case: str) -> None:
    start, days, expected = SUMS[case]
    assert CALENDAR.add(day(start), days) == day(expected)


OUTSIDE = {
    "before the first year": lambda: CALENDAR.is_workday(date(1999, 12, 31)),
    "after the last year": lambda: CALENDAR.count(date(2070, 1, 1), date(2071, 1, 1)),
    "the explanation of a day before the first year": lambda: CALENDAR.day(date(1999, 12, 31)),
    "a due date after the last year": lambda: CALENDAR.add(date(2070, 12, 1), 30),
    "the next working day after the last": lambda: CALENDAR.next_workday(date(2070, 12, 31)),
}


@pytest.mark.parametrize("case", OUTSIDE, ids=str)
def test_outside_the_calendar_is_a_sentence(case: str) -> None:
    ask: Callable[[], object] = OUTSIDE[case]
    with pytest.raises(CalendarError, match="超出工作日历范围"):
        ask()


def test_the_first_and_the_last_day_of_the_calendar_are_inside() -> None:
    assert CALENDAR.is_workday(date(2000, 1, 1)) is False
    assert CALENDAR.day(date(2070, 12, 31)).working is CALENDAR.is_workday(date(2070, 12, 31)) is True


DATES = st.dates(date(2003, 6, 1), date(2028, 6, 1))
LENGTHS = st.integers(0, 60)


def following(start: date, end: date) -> Iterator[date]:
    """Every date d with start < d ≤ end."""
    return (start + timedelta(n) for n in range(1, (end - start).days + 1))


@given(DATES, st.integers(-5, 90))
def test_count_is_a_loop_over_the_days(start: date, length: int) -> None:
    end = start + timedelta(length)
    assert CALENDAR.count(start, end) == sum(CALENDAR.day(one).working for one in following(start, end))


@given(DATES, LENGTHS)
def test_add_is_the_first_day_that_completes_the_count(start: date, days: int) -> None:
    due = CALENDAR.add(start, days)
    assert CALENDAR.day(due).working
    if days:
        assert CALENDAR.count(start, due) == days
    else:
        assert due >= start
        assert not any(CALENDAR.day(one).working for one in following(start - timedelta(1), due - timedelta(1)))


@given(DATES, LENGTHS)
def test_back_is_the_first_day_that_has_so_many_left(end: date, days: int) -> None:
    first = CALENDAR.back(end, days)
    assert CALENDAR.count(first, end) <= days
    assert CALENDAR.count(first - timedelta(1), end) > days


@given(DATES)
def test_on_or_after_and_next_workday(start: date) -> None:
    assert CALENDAR.on_or_after(start) == CALENDAR.add(start, 0)
    assert CALENDAR.next_workday(start) == CALENDAR.add(start, 1)
    assert CALENDAR.on_or_after(CALENDAR.next_workday(start)) == CALENDAR.next_workday(start)


def test_back_beyond_the_first_year_is_its_first_day() -> None:
    assert CALENDAR.back(date(2000, 1, 5), 30) == date(2000, 1, 1)
