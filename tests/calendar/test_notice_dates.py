"""Dates as notices write them."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notice_dates import LONGEST_HOLIDAY, Around, MistakeError, dates_in, runs_of, weekday_of

IN_2026 = Around(2026)
OVER_NEW_YEAR = Around(2008, date(2007, 12, 30), date(2008, 1, 1))


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        pytest.param("5月9日", ["2026-05-09"], id="one"),
        pytest.param("2月14日(周六)、28日(周六)", ["2026-02-14", "2026-02-28"], id="the month is said once"),
        pytest.param("9月20日(周日)、10月10日(周六)", ["2026-09-20", "2026-10-10"], id="of two months"),
        pytest.param("9月30日至10月2日", ["2026-09-30", "2026-10-01", "2026-10-02"], id="a range over a month's end"),
        pytest.param(
            "1月1日(周四)至3日(周六)", ["2026-01-01", "2026-01-02", "2026-01-03"], id="a range within a month"
        ),
        pytest.param("2025年12月31日至2026年1月1日", ["2025-12-31", "2026-01-01"], id="a range with both years"),
        pytest.param("2025年12月31日至1月1日", ["2025-12-31", "2026-01-01"], id="a range with the first year"),
        pytest.param("2025年12月28日、29日", ["2025-12-28", "2025-12-29"], id="the year is said once"),
        pytest.param("5月3日(星期天)", ["2026-05-03"], id="Sunday by its other name"),
        pytest.param("2月15日(农历腊月二十八、周日)", ["2026-02-15"], id="with the lunar date"),
    ],
)
def test_lists(written: str, dates: list[str]) -> None:
    assert [day.isoformat() for day in dates_in(written, IN_2026)] == dates


@pytest.mark.parametrize(
    ("written", "day"),
    [("12月29日(星期六)", "2007-12-29"), ("1月1日(星期二)", "2008-01-01"), ("1月5日", "2008-01-05")],
)
def test_near_a_holiday_over_new_year_the_nearer_year_is_meant(written: str, day: str) -> None:
    assert [found.isoformat() for found in dates_in(written, OVER_NEW_YEAR)] == [day]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("3日", "没有写月份"),
        ("2月29日", "没有 2026 年 2 月 29 日"),
        ("13月1日", "没有 2026 年 13 月 1 日"),
        ("0月1日", "没有 2026 年 0 月 1 日"),
        ("5月1日(周六)", "是星期五，通知里写的是星期六"),
        ("10月7日至1日", "颠倒"),
        ("1月1日至12月31日", "长得不像一个假期"),
        ("12月30日至1月2日", "没有写年份"),
        ("5月1日(2日)", "读不懂"),
    ],
)
def test_mistakes_have_a_sentence(written: str, why: str) -> None:
    with pytest.raises(MistakeError, match=why):
        dates_in(written, IN_2026)


@given(st.dates(date(2000, 1, 1), date(2069, 12, 1)), st.integers(1, LONGEST_HOLIDAY - 1))
def test_any_range_is_read_as_it_was_written(first: date, longer: int) -> None:
    last = first + timedelta(days=longer)
    written = "至".join(f"{d.year}年{d.month}月{d.day}日({weekday_of(d)})" for d in (first, last))
    assert list(dates_in(written, Around(1999))) == [first + timedelta(days=n) for n in range(longer + 1)]


@given(st.sets(st.dates(date(2026, 1, 1), date(2026, 3, 1))))
def test_runs_hold_exactly_the_days_they_were_made_of(days: set[date]) -> None:
    runs = runs_of(sorted(days))
    assert {first + timedelta(days=n) for first, last in runs for n in range((last - first).days + 1)} == days
    assert all((later[0] - earlier[1]).days > 1 for earlier, later in pairwise(runs))
