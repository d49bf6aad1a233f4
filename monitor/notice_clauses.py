"""The clauses of a holiday notice: what is off, what is worked, what explains it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from monitor.notice_dates import DATE, LIST, Around, MistakeError, dates_in, weekday_of

SATURDAY = 5
FAR = timedelta(days=31)
"""Further than this no working day is moved; a date that is, has the wrong month or year."""
NUMERALS = {word: number for number, word in enumerate("一二三四五六七八九", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Extension:
    """“延长2020年春节假期至2月2日”: the holiday ``name`` goes on until ``until`` (local date, included)."""

    name: str
    until: date


@dataclass
class Item:
    """A paragraph: the holiday, its days off, its moved working days, and what it merely claims to be off."""

    name: str
    year: int
    off: list[date] = field(default_factory=list)
    work: list[date] = field(default_factory=list)
    joined: list[date] = field(default_factory=list)
    claimed: list[date] = field(default_factory=list)
    extension: Extension | None = None
    back: date | None = None

    @property
    def around(self) -> Around:
        """Where dates without a year lie."""
        return Around(self.year, min(self.off, default=None), max(self.off, default=None))

    @property
    def days(self) -> Mapping[date, tuple[bool, str]]:
        """What the paragraph arranges: local date → (worked?, name)."""
        off = dict.fromkeys(self.off, (False, self.name))
        return off | dict.fromkeys(self.work, (True, f"{self.name}调休上班"))

    def check(self) -> None:
        """Raises MistakeError: days that are explained but not off, days too far from the holiday, an odd extension."""
        for day in self.claimed:
            if day not in self.off:
                raise MistakeError(f"{day:%Y-%m-%d} 说是放假的一部分，却不在放假日期之内")
        for day in self.work if self.off else ():
            if max(min(self.off) - day, day - max(self.off)) > FAR:
                raise MistakeError(f"{day:%Y-%m-%d} 上班离假期太远，请核对月份和年份")
        if self.back is not None and self.extension is None:
            raise MistakeError("写了“起正常上班”，却没有写假期延长到哪一天")
        if self.extension and self.back and (self.back - self.extension.until).days != 1:
            until = self.extension.until
            raise MistakeError(f"延长至 {until:%Y-%m-%d}，却自 {self.back:%Y-%m-%d} 起上班，两个日期接不上")


def read_sentence(item: Item, sentence: str) -> None:
    """Reads a sentence into ``item``, to its last word. Raises MistakeError with the reason (Chinese)."""
    at = 0
    while at < len(sentence):
        if sentence[at] in ",;:、\n":
            at += 1
            continue
        for pattern, take in _CLAUSES:
            if found := pattern.match(sentence, at):
                take(item, found)
                at = found.end()
                break
        else:
            raise MistakeError(f"读不懂“{sentence[at : at + 30]}”")


def _off(item: Item, found: re.Match[str]) -> None:
    days = dates_in(found["days"], item.around)
    if found["number"] and int(found["number"]) != len(days):
        raise MistakeError(f"写的是放假 {found['number']} 天，日期却有 {len(days)} 天")
    item.off.extend(day for day in days if day not in item.off)


def _work(item: Item, found: re.Match[str]) -> None:
    for day in dates_in(found["days"], item.around):
        if day.weekday() < SATURDAY:
            raise MistakeError(f"{day:%Y-%m-%d} 是{weekday_of(day)}，不是周末，不会是调休上班日")
        item.work.append(day)


def _back(item: Item, found: re.Match[str]) -> None:
    (item.back,) = dates_in(found["days"], item.around)


def _total(item: Item, found: re.Match[str]) -> None:
    if int(found["number"]) != len(item.off):
        raise MistakeError(f"写的是共 {found['number']} 天，放假日期却有 {len(item.off)} 天")


def _joined(item: Item, found: re.Match[str]) -> None:
    """A day off beside a weekend: the weekend must not be worked."""
    beside = [day + timedelta(days=n) for day in item.off for n in (-2, -1, 1, 2)]
    weekend = [day for day in beside if day.weekday() >= SATURDAY and _touches(day, item.off)]
    if not weekend:
        raise MistakeError(f"“{found[0]}”：{'、'.join(map(str, item.off)) or '放假日期'}不挨着周末")
    item.joined.extend(weekend)


def _touches(day: date, off: Sequence[date]) -> bool:
    """Saturday and Sunday belong to a Friday or Monday that is off."""
    return any(off_day.weekday() in (4, 0, 5, 6) and abs((day - off_day).days) <= 2 for off_day in off)


def _claim(item: Item, found: re.Match[str]) -> None:
    item.claimed.extend(dates_in(found["days"], item.around))


def _moved(item: Item, found: re.Match[str]) -> None:
    """“2月2日(星期六)、2月3日(星期日)两个公休日调至2月11日、2月12日”: from weekends, to days off."""
    rest = dates_in(found["days"], item.around)
    if any(day.weekday() < SATURDAY for day in rest):
        raise MistakeError(f"“{found[0]}”里有不是周末的公休日")
    if found["how_many"] and NUMERALS[found["how_many"]] != len(rest):
        raise MistakeError(f"“{found[0]}”里公休日的个数不对")
    item.claimed.extend(dates_in(found["to"], item.around))


def _extended(item: Item, found: re.Match[str]) -> None:
    year = int(found["year"]) if found["year"] else item.year
    (until,) = dates_in(found["days"], Around(year))
    item.extension = Extension(found["name"] or item.name, until)


def _nothing(_item: Item, _found: re.Match[str]) -> None:
    """Words that arrange nothing."""


_DAYS = rf"将?(?P<days>{LIST})"
_CLAUSES: tuple[tuple[re.Pattern[str], Callable[[Item, re.Match[str]], None]], ...] = tuple(
    (re.compile(pattern), take)
    for pattern, take in (
        (r"其中[,:]?|不调休|含周末", _nothing),
        (r"共(?:计)?(?P<number>\d{1,2})天", _total),
        (r"(?:并)?与(?:周末|周六|周日|双休日|公休日)(?:相)?连休", _joined),
        (r"延长(?:(?P<year>\d{4})年)?(?P<name>[^\d,。]{1,12}?)假期至(?P<days>" + DATE + ")", _extended),
        (rf"(?:自)?(?P<days>{DATE})起(?:正常|照常)?上班", _back),
        (_DAYS + r"(?:均)?(?:正常|照常)?上班", _work),
        (_DAYS + r"(?:照常公休|,?为公休日?|,?为[^,。;\d]{0,12}?法定(?:节)?假日)", _claim),
        (
            _DAYS + rf"(?:(?P<how_many>[一两二三四])个)?公休日?(?:及[^,。;\d]{{1,6}})?(?:分别)?调至(?P<to>{LIST})",
            _moved,
        ),
        (_DAYS + r"(?:放假调休|调休放假|放假公休|放假补休|放假|补休|调休|休息)(?:(?P<number>\d{1,2})天)?", _off),
    )
)
