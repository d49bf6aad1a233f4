"""Dates as a holiday notice writes them: lists, ranges, weekdays in brackets. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = "一二三四五六日"
DATE = r"(?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
LIST = rf"{DATE}(?:[至、和及]{DATE})*"
_PART = re.compile(r"([至、和及]?)(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
LONGEST_HOLIDAY = 31
CONCEIVABLE = range(1949, 2100)


class MistakeError(ValueError):
    """What is written cannot be; the message is the reason in Chinese."""


def weekday_of(day: date) -> str:
    """星期一 … 星期日."""
    return f"星期{WEEKDAYS[day.weekday()]}"


@dataclass(frozen=True, slots=True)
class Around:
    """In which year a date without a year lies: the notice's own, or within a holiday over New Year the nearer one."""

    year: int
    first: date | None = None
    last: date | None = None

    def place(self, month: int, day: int) -> date:
        """The date. Raises MistakeError when there is none."""
        if self.first is None or self.last is None or self.first.year == self.last.year:
            return made(self.year, month, day)
        years = (self.first.year, self.last.year)
        return min((made(year, month, day) for year in years), key=self._distance)

    def _distance(self, day: date) -> timedelta:
        if self.first is None or self.last is None:
            raise ValueError("there is no holiday to be near to")
        return max(self.first - day, day - self.last, timedelta())


def made(year: int, month: int, day: int) -> date:
    """The date. Raises MistakeError when there is none, or none that a notice could be about."""
    if year not in CONCEIVABLE:
        raise MistakeError(f"年份 {year} 不会是放假通知的年份")
    try:
        return date(year, month, day)
    except ValueError:
        raise MistakeError(f"没有 {year} 年 {month} 月 {day} 日这一天") from None


def dates_in(text: str, around: Around) -> tuple[date, ...]:
    """The dates of a list such as 9月30日至10月7日 or 2月20日(星期六)、21日(星期日), in order, ranges written out.

    A date without a month or a year takes that of the one before it. Raises MistakeError: a date that does not exist,
    a weekday that is another one, a first date without a month, a range that runs backwards or for more than a month.
    """
    found: list[date] = []
    before: date | None = None
    given: int | None = None
    for joint, year, month, day, bracket in _PART.findall(text):
        given = int(year) if year else given
        if not month and before is None:
            raise MistakeError(f"“{day}日”没有写月份")
        at = _placed(joint, given, int(month) if month else None, int(day), before, around)
        _check_bracket(at, bracket)
        found.extend(_between(before, at) if joint == "至" and before else (at,))
        before, given = at, at.year if given else None
    return tuple(found)


def _placed(joint: str, year: int | None, month: int | None, day: int, before: date | None, around: Around) -> date:
    if month is None and before is not None:
        return made(before.year, before.month, day)
    month = month or 0
    at = made(year, month, day) if year else around.place(month, day)
    if joint == "至" and before and at < before and (before.month, month) == (12, 1):
        if year is None:
            raise MistakeError(f"“{before.month}月{before.day}日至{month}月{day}日”跨年，却没有写年份")
        at = made(before.year + 1, month, day)
    return at


def _between(first: date, last: date) -> Iterator[date]:
    days = (last - first).days
    if not 0 < days < LONGEST_HOLIDAY:
        raise MistakeError(f"“{first:%Y-%m-%d} 至 {last:%Y-%m-%d}”颠倒，或长得不像一个假期")
    return (first + timedelta(days=n) for n in range(1, days + 1))


def _check_bracket(day: date, bracket: str) -> None:
    said = _WEEKDAY.search(bracket)
    if said and said[1].replace("天", "日") != WEEKDAYS[day.weekday()]:
        wrong = f"{day:%Y-%m-%d} 是{weekday_of(day)}，通知里写的是星期{said[1]}"
        raise MistakeError(f"{wrong}，日期或年份有误")
    if re.search(r"\d", bracket):
        raise MistakeError(f"括号里的“{bracket}”读不懂")


def runs_of(days: Sequence[date]) -> list[tuple[date, date]]:
    """Consecutive dates joined into runs (first, last); ``days`` in order."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
