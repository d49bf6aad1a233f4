"""Periods that reports are about: an ISO week, a month, a quarter, or any span of local dates. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
WEEK, MONTH, QUARTER, SPAN = "week", "month", "quarter", "span"
NOW_WORDS = {WEEK: "本周", MONTH: "本月", QUARTER: "本季度", SPAN: "本期"}
NAMES = {WEEK: "逾期周报", MONTH: "逾期月报", QUARTER: "逾期季报", SPAN: "逾期专报"}
"""Kind of a period → what a report about one is called."""
NEXT_DAYS = 7
"""How many days after a period are looked ahead to."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span of local dates, both ends included; ``label`` is its name, such as 2026-W47, 2026-11 or 2026-Q4."""

    label: str
    first: date
    last: date
    kind: str = WEEK

    @classmethod
    def week(cls, day: date) -> "Period":
        """The ISO week (Monday to Sunday) that ``day`` lies in."""
        monday = day - timedelta(days=day.weekday())
        year, number, _ = day.isocalendar()
        return cls(f"{year}-W{number:02d}", monday, monday + timedelta(days=6))

    @classmethod
    def month(cls, day: date) -> "Period":
        """The month that ``day`` lies in."""
        first = day.replace(day=1)
        return cls(f"{day.year}-{day.month:02d}", first, _month_after(first) - ONE_DAY, MONTH)

    @classmethod
    def quarter(cls, day: date) -> "Period":
        """The quarter that ``day`` lies in."""
        number = (day.month - 1) // 3
        first = date(day.year, 3 * number + 1, 1)
        last = _month_after(_month_after(_month_after(first))) - ONE_DAY
        return cls(f"{day.year}-Q{number + 1}", first, last, QUARTER)

    @classmethod
    def span(cls, first: date, last: date) -> "Period":
        """The days from ``first`` to ``last``."""
        return cls(f"{first}--{last}", first, last, SPAN)

    @property
    def title(self) -> str:
        """The period in Chinese, such as 2026年第47周（11月16日—11月22日）."""
        if self.kind == SPAN:
            there = "" if self.last.year == self.first.year else f"{self.last.year}年"
            return f"{self.first.year}年{_day(self.first)}—{there}{_day(self.last)}"
        year, _, name = self.label.partition("-")
        words = {WEEK: f"第{name[1:].lstrip('0')}周", MONTH: f"{name.lstrip('0')}月", QUARTER: f"第{name[1:]}季度"}
        return f"{year}年{words[self.kind]}（{_day(self.first)}—{_day(self.last)}）"

    @property
    def this(self) -> str:
        """本周, 本月, 本季度, 本期."""
        return NOW_WORDS[self.kind]

    @property
    def following(self) -> "Period":
        """The seven days after it."""
        return Period("", self.last + ONE_DAY, self.last + timedelta(days=NEXT_DAYS))

    @property
    def ahead(self) -> str:
        """What ``following`` is called: 下周, or 期后七日 where the period is no week."""
        return "下周" if self.kind == WEEK else "期后七日"

    def holds(self, day: date | None) -> bool:
        """Whether ``day`` lies in the period."""
        return day is not None and self.first <= day <= self.last


def month_of(text: str) -> Period:
    """The month written as 2026-11. Raises ValueError with a sentence."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    if found is None:
        raise ValueError(f"“{text}”不是月份，应写成 2026-11 这样的形式。")
    return Period.month(date(int(found[1]), int(found[2]), 1))


def quarter_of(text: str) -> Period:
    """The quarter written as 2026-Q4. Raises ValueError with a sentence."""
    found = re.fullmatch(r"(\d{4})-Q([1-4])", text, re.ASCII)
    if found is None:
        raise ValueError(f"“{text}”不是季度，应写成 2026-Q4 这样的形式。")
    return Period.quarter(date(int(found[1]), 3 * int(found[2]) - 2, 1))


def span_of(first: str, last: str) -> Period:
    """The days from one date to another, both written as 2026-11-01. Raises ValueError with a sentence."""
    days = []
    for text in (first, last):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            raise ValueError(f"“{text}”不是日期，应写成 2026-11-01 这样的形式。") from None
    if days[0] > days[1]:
        raise ValueError(f"起始日期 {first} 在截止日期 {last} 之后，请把两者对调。")
    return Period.span(*days)


def weeks_to(last: date, number: int) -> list[Period]:
    """The ``number`` ISO weeks that end with the one of ``last``, the earliest first; that one only up to ``last``."""
    weeks = [Period.week(last - timedelta(weeks=back)) for back in reversed(range(number))]
    return [*weeks[:-1], Period(weeks[-1].label, weeks[-1].first, min(weeks[-1].last, last))]


def _month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
