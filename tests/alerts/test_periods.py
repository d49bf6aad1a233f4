"""Periods of reports: weeks, months, quarters and spans of one's own, by their names and dates."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.report.periods import Period, month_of, quarter_of, span_of, weeks_to
from tests.alerts.office import day


@pytest.mark.parametrize(
    ("period", "label", "title", "first", "last"),
    [
        (month_of("2026-11"), "2026-11", "2026年11月（11月1日—11月30日）", "2026-11-01", "2026-11-30"),
        (month_of("2024-02"), "2024-02", "2024年2月（2月1日—2月29日）", "2024-02-01", "2024-02-29"),
        (month_of("2026-12"), "2026-12", "2026年12月（12月1日—12月31日）", "2026-12-01", "2026-12-31"),
        (quarter_of("2026-Q4"), "2026-Q4", "2026年第4季度（10月1日—12月31日）", "2026-10-01", "2026-12-31"),
        (quarter_of("2026-Q1"), "2026-Q1", "2026年第1季度（1月1日—3月31日）", "2026-01-01", "2026-03-31"),
        (
            span_of("2026-11-03", "2026-11-20"),
            "2026-11-03--2026-11-20",
            "2026年11月3日—11月20日",
            "2026-11-03",
            "2026-11-20",
        ),
        (
            span_of("2026-12-30", "2027-01-02"),
            "2026-12-30--2027-01-02",
            "2026年12月30日—2027年1月2日",
            "2026-12-30",
            "2027-01-02",
        ),
    ],
    ids=lambda value: value.label if isinstance(value, Period) else "",
)
def test_a_period_has_the_dates_and_the_title_of_its_name(
    period: Period, label: str, title: str, first: str, last: str
) -> None:
    assert (period.label, period.title) == (label, title)
    assert (period.first, period.last) == (day(first), day(last))


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        *((month_of, text) for text in ("2026-13", "2026-1", "11", "", "2026年11月", "2026-11-01", "２０２６-11")),
        *((quarter_of, text) for text in ("2026-Q5", "2026-4", "Q4", "")),
        *((lambda text: span_of(text, "2026-11-20"), text) for text in ("2026-11-31", "", "昨天", "2026-11-21")),
    ],
)
def test_a_wrong_name_is_a_sentence(read: Callable[[str], Period], wrong: str) -> None:
    with pytest.raises(ValueError, match=r"应写成|对调"):
        read(wrong)


@given(st.dates(date(2001, 1, 1), date(2060, 12, 31)))
def test_every_day_lies_in_its_month_and_quarter_and_those_follow_each_other(of: date) -> None:
    for kind in (Period.week, Period.month, Period.quarter):
        period = kind(of)
        assert period.holds(of)
        assert kind(period.last) == kind(period.first) == period
        assert kind(period.last + timedelta(days=1)).first == period.last + timedelta(days=1)
        assert period.following.first == period.last + timedelta(days=1)


def test_the_weeks_of_the_trend_end_with_the_period() -> None:
    weeks = weeks_to(day("2026-11-30"), 8)
    assert [week.label for week in weeks[::7]] == ["2026-W42", "2026-W49"]
    assert (weeks[-1].first, weeks[-1].last) == (day("2026-11-30"), day("2026-11-30"))
