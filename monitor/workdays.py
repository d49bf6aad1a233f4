"""Working-day arithmetic on a prefix table: pure, built once, every question O(1) or one bisection.

A working day is what the State Council's yearly notice says it is: Monday to Friday less the days off, plus the
moved working days (调休). Days come, in this order of precedence, from the owner's overlay, from our corrections of
the library, from the library, and for a year whose notice is not known from the law alone. Dates that rest on such a
year are *provisional* (暂算).
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

import chinese_calendar
from borax.calendars.lunardate import LunarDate
from chinese_calendar.solar_terms import SOLAR_TERMS_C_NUMS, SOLAR_TERMS_DELTA, SolarTerms

ONE_DAY = timedelta(days=1)

CORRECTIONS: Mapping[date, tuple[bool, str]] = {
    # The 2006 notice moved Saturday 2005-12-31 to a working day; the library says it was off.
    date(2005, 12, 31): (True, "元旦调休上班"),
}

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


class CalendarError(ValueError):
    """A date outside the years the calendar was built for."""


@dataclass(frozen=True, slots=True)
class Day:
    """What one date is: worked or not, why (Chinese), where that is from, and whether its year's notice is known."""

    date: date
    working: bool
    reason: str
    source: str
    published: bool


def published_years() -> range:
    """The years whose State Council notice the library carries."""
    years = [d.year for d in chinese_calendar.holidays]
    return range(min(years), max(years) + 1)


@cache
def legal_holidays(year: int) -> Mapping[date, str]:
    """The holidays the law itself fixes for ``year`` (全国年节及纪念日放假办法, as amended in 2024), by local date.

    Used only for a year whose yearly notice is not known. Days in lieu of holidays that fall on a weekend are left
    out: the law does not say on which dates they are taken.
    """
    new_year = LunarDate(year, 1, 1).to_solar_date()
    days = {date(year, 1, 1): "元旦", new_year - ONE_DAY: "春节（除夕）"}
    days |= {new_year + timedelta(days=n): "春节" for n in range(3)}
    days[_qingming(year)] = "清明节"
    days |= {date(year, 5, n): "劳动节" for n in (1, 2)}
    days[LunarDate(year, 5, 5).to_solar_date()] = "端午节"
    days[LunarDate(year, 8, 15).to_solar_date()] = "中秋节"
    return days | {date(year, 10, n): "国庆节" for n in (1, 2, 3)}


def _qingming(year: int) -> date:
    """The day of the solar term 清明, by the customary formula (year·0.2422 + C − leap days) and its exceptions."""
    century, short = divmod(year, 100)
    constant = SOLAR_TERMS_C_NUMS[SolarTerms.pure_brightness][0 if century == 19 else 1]
    day = int(short * 0.2422 + constant) - int(short / 4)
    return date(year, 4, day + SOLAR_TERMS_DELTA.get((year, SolarTerms.pure_brightness), 0))


class Workdays:
    """A calendar of the years ``first`` … ``last`` with the owner's overlay laid over it.

    ``overlay`` maps a date to (worked?, reason). Dates are local dates (Asia/Shanghai). ``known``: the years whose
    notice is known, where that is not to be told by the library and the overlay.
    """

    def __init__(
        self,
        overlay: Mapping[date, tuple[bool, str]] | None = None,
        *,
        first: int = 2000,
        last: int = 2070,
        known: Collection[int] | None = None,
    ) -> None:
        self._overlay = dict(overlay or {})
        self._first, self._last = date(first, 1, 1), date(last, 12, 31)
        self._base = self._first.toordinal()
        self._published = published_years()
        noticed = filter(self._overlay_is_notice, {day.year for day in self._overlay})
        self._known = {*self._published, *noticed} if known is None else set(known)
        self._prefix: list[int] = []
        self._worked: list[int] = []
        for ordinal in range(self._base, self._last.toordinal() + 1):
            if self._works(date.fromordinal(ordinal)):
                self._worked.append(ordinal)
            self._prefix.append(len(self._worked))

    def _works(self, day: date) -> bool:
        """What ``self.day(day).working`` says, without the explanation: the table is made of 25,000 of these."""
        decided = self._overlay.get(day) or CORRECTIONS.get(day)
        if decided:
            return decided[0]
        if day.year in self._published:
            return day in chinese_calendar.workdays or (day.weekday() < 5 and day not in chinese_calendar.holidays)
        return day.weekday() < 5 and day not in legal_holidays(day.year)

    def published(self, year: int) -> bool:
        """Whether the yearly notice of ``year`` is known."""
        return year in self._known

    def _overlay_is_notice(self, year: int) -> bool:
        """An overlay that covers New Year, Spring Festival and National Day of a year stands for its notice."""
        covered = {d for d in self._overlay if d.year == year}
        needed = [d for d in legal_holidays(year) if d.month in (1, 2, 10) and d.year == year]
        return all(d in covered for d in needed)

    def day(self, day: date) -> Day:
        """What ``day`` is. Raises CalendarError outside the calendar's years."""
        if not self._first <= day <= self._last:
            raise CalendarError(f"日期 {day} 超出工作日历范围（{self._first.year}—{self._last.year} 年）。")
        published = self.published(day.year)
        if day in self._overlay:
            working, reason = self._overlay[day]
            return Day(day, working, reason, "overlay", published)
        if day in CORRECTIONS:
            working, reason = CORRECTIONS[day]
            return Day(day, working, reason, "correction", published)
        if day.year in self._published:
            return _from_notice(day)
        holiday = legal_holidays(day.year).get(day)
        weekend = day.weekday() >= 5
        return Day(day, not (holiday or weekend), holiday or ("周末" if weekend else "工作日"), "law", published)

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._base
        if not 0 <= index < len(self._prefix):
            raise CalendarError(f"日期 {day} 超出工作日历范围（{self._first.year}—{self._last.year} 年）。")
        return index

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        index = self._index(day)
        return self._prefix[index] != (self._prefix[index - 1] if index else 0)

    def count(self, start: date, end: date) -> int:
        """Working days d with start < d ≤ end, the first day not counted (民法典 201); 0 if end is not after start."""
        return self._prefix[self._index(end)] - self._prefix[self._index(start)] if end > start else 0

    def add(self, start: date, days: int) -> date:
        """The ``days``-th working day after ``start``; with 0, ``start`` itself or else the next working day."""
        if days == 0:
            return self.on_or_after(start)
        return self._nth(self._prefix[self._index(start)] + days)

    def back(self, end: date, days: int) -> date:
        """The earliest date d with at most ``days`` working days in (d, end]: when a countdown to it shows them."""
        target = self._prefix[self._index(end)] - days
        return date.fromordinal(self._worked[target - 1]) if target > 0 else self._first

    def on_or_after(self, day: date) -> date:
        """``day`` if it is worked, else the next working day."""
        return day if self.is_workday(day) else self._nth(self._prefix[self._index(day)] + 1)

    def _nth(self, number: int) -> date:
        if number > len(self._worked):
            raise CalendarError(f"到期日超出工作日历范围（至 {self._last.year} 年）。")
        return date.fromordinal(self._worked[number - 1])

    def provisional(self, start: date, end: date) -> bool:
        """Whether a count over (start, end] rests on a year whose notice is not known; [end] for a limit of 0."""
        first = min((start + ONE_DAY).year, end.year)
        return not self._known.issuperset(range(first, end.year + 1))

    def of_year(self, year: int) -> list[Day]:
        """Every day of ``year``."""
        start = date(year, 1, 1).toordinal()
        return [self.day(date.fromordinal(n)) for n in range(start, date(year, 12, 31).toordinal() + 1)]

    @cached_property
    def special(self) -> tuple[Day, ...]:
        """The days that are not what their weekday makes them, weekdays off and weekends worked, in order."""
        found, before = [], 0
        for ordinal, upto in enumerate(self._prefix, self._base):
            # The ordinal 1 is a Monday.
            if (upto > before) != ((ordinal - 1) % 7 < 5):
                found.append(self.day(date.fromordinal(ordinal)))
            before = upto
        return tuple(found)

    def next_workday(self, day: date) -> date:
        """The first working day after ``day``."""
        return self._nth(bisect_right(self._worked, day.toordinal()) + 1)


def _from_notice(day: date) -> Day:
    holiday, name = chinese_calendar.get_holiday_detail(day)
    reason = NAMES.get(name or "", name or "")
    if holiday:
        return Day(day, False, reason or "周末", "notice", True)
    moved = day.weekday() >= 5
    return Day(day, True, f"{reason}调休上班" if moved else "工作日", "notice", True)
