"""The State Council's notice on holidays, read from its text. Pure: text in, days and what could not be read out.

The notices have been written alike since 2008 (全国年节及纪念日放假办法): a paragraph a holiday, in it the days off and
the moved working days (调休上班), each with its weekday. Nothing is guessed: a sentence with a date in it is either
understood to its last word or becomes a fault with its line.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from monitor.notice_clauses import Extension, Item, read_sentence
from monitor.notice_dates import MistakeError

FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
WHOLE_YEAR = frozenset({"元旦", "春节", "国庆节"})
"""A notice that arranges these arranges the year; another changes a part of it."""
LONGEST_NAME = 40

_MARK = r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|—+|-+|[•·*▪]|\d{1,2}[、.)](?!\d))"
_NAME = rf"(?!其中|鼓励|延长)(?:(?!\d+[月日])[^:。,\n]){{1,{LONGEST_NAME}}}?"
_BARE = rf"(?:{'|'.join(FESTIVALS)}|“五一”国际劳动节)[^\d:。,\n]{{0,12}}(?=\d)"
_ITEM = re.compile(
    rf"(?:^|(?<=[\n。:])){_MARK}(?:(?P<numbered>{_NAME}):\n?|(?P<uncolonned>{_BARE}))?"
    rf"|(?:^|(?<=[\n。]))(?:(?P<alone>{_NAME}):\n?|(?P<bare>{_BARE}))"
)
_START = re.compile(
    rf"(?:^|(?<=[\n。:]))(?:{_MARK}|[^\n。:,]{{1,{LONGEST_NAME}}}:\n?)?[^\n。,]{{0,{LONGEST_NAME}}}?\d日"
)
_BELOW = re.compile(r"如下(?:调休|安排|调整)?[:。]")
_END = re.compile(
    r"(?:^|(?<=[\n。]))(?:节假日期间|节日期间|调休放假期间|放假期间|假日期间|国务院办公厅(?=[\n\d二]|$)|国务院(?=[\n\d]|$))"
)
_ARRANGED = re.compile(
    r"\d日(?:\([^()]*\))?(?:至[^,。;]{2,30}?)?(?:\([^()]*\))?(?:、[^,。;]{2,60}?)?(?:放假|调休|补休|上班|起正常上班)"
)
_NUMBER = re.compile(r"([\u4e00-\u9fff]{2,8})[〔\[【(](\d{4})[〕\]】)](\d{1,4})号")
_TITLES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:国务院(?:办公厅)?)?关于(?P<year>\d{4})年(?P<name>)部分节假日安排的通知",
        r"(?:国务院(?:办公厅)?)?关于调整(?P<year>\d{4})年(?P<name>[^。\d]{1,12}?)(?:假期|放假|节日)(?:安排)?的通知",
        r"(?:国务院(?:办公厅)?)?关于延长(?P<year>\d{4})年(?P<name>[^。\d]{1,12}?)假期的通知",
        r"(?:国务院(?:办公厅)?)?关于(?:(?P<year>\d{4})年)?(?P<name>[^。,]{2,40}?)(?:调休放假|放假调休|放假)(?:安排)?的通[知告]",
    )
)
_YEARS = (
    re.compile(r"现将(?:调整|延长)?(\d{4})年"),
    re.compile(r"批准,(\d{4})年,"),
    re.compile(r"(\d{4})年\d{1,2}月\d{1,2}日全国放假"),
)
_DASH = re.compile(r"(?<=[日)])[-—–―~〜−‐]+(?=[\d])")
_SENTENCE = re.compile(r"(?:(?!\n(?:鼓励|各地|各部门|各单位))[^。])+")
_NUMERALS = re.compile(r"[一二三四五六七八九十]+月[一二三四五六七八九十]+日")


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read: the line (from 1; None for the text as a whole), its words, and the reason (Chinese)."""

    line: int | None
    text: str
    message: str

    def __str__(self) -> str:
        return f"第 {self.line} 行“{self.text}”：{self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says: ``days`` by local date → (worked?, name). ``number`` is the document's, or "".

    ``whole_year``: it arranges the year ``year``; otherwise it changes a part of it. ``remarks`` are sentences on what
    stands in the text and is no arrangement. With ``faults`` it must not be used.
    """

    year: int | None
    number: str
    title: str
    whole_year: bool
    names: tuple[str, ...]
    days: dict[date, tuple[bool, str]]
    extensions: tuple[Extension, ...]
    faults: tuple[Fault, ...]
    remarks: tuple[str, ...]

    @property
    def source(self) -> str:
        """What the calendar names as its basis."""
        return self.number or self.title or "国务院办公厅通知（文本中没有文号）"


@dataclass(frozen=True)
class _Text:
    """The text without blanks, and for each character the line it came from."""

    plain: str
    lines: Sequence[int]

    @classmethod
    def of(cls, lines: Sequence[str]) -> "_Text":
        plain: list[str] = []
        numbers: list[int] = []
        for number, line in enumerate(lines, 1):
            clean = normal(line)
            if clean:
                plain.append(clean + "\n")
                numbers += [number] * (len(clean) + 1)
        return cls("".join(plain), numbers)

    def fault(self, start: int, text: str, message: str) -> Fault:
        """A fault about ``text``, which begins at ``start``."""
        shown = text.replace("\n", "")
        return Fault(self.lines[start], shown if len(shown) <= 60 else shown[:60] + "…", message)


def normal(line: str) -> str:
    """``line`` in one way of writing: no blanks, ASCII digits and brackets, 至 for a dash between two dates."""
    folded = unicodedata.normalize("NFKC", line)
    plain = "".join(char for char in folded if unicodedata.category(char) not in ("Zs", "Cf", "Cc"))
    return _DASH.sub("至", plain)


def read_notice(lines: Sequence[str], year: int | None = None) -> Notice:
    """Reads a notice. ``year``: the year it is about, for a text that does not say so.

    1. Title, number and year; 2. the part between “通知如下” and “节假日期间”; 3. each paragraph's days, with every
    weekday and every 共N天 checked; 4. the whole against itself and against what the law fixes.
    """
    text = _Text.of(lines)
    flat = text.plain.replace("\n", "")
    title, said, name = _title(flat)
    years = {said, *(int(found) for pattern in _YEARS for found in pattern.findall(flat))} - {None}
    reading = _Reading(text, name)
    if year is not None:
        years.add(year)
    if len(years) > 1:
        reading.faults.append(Fault(None, "", f"通知里的年份不一致：{'、'.join(map(str, sorted(years, key=str)))}。"))
    if not years:
        message = "看不出是哪一年的放假安排。请保留通知标题，或用 --year 写明年份。"
        reading.faults.append(Fault(None, "", message))
    about = min((found for found in years if found is not None), default=None)
    if about is not None and len(years) == 1:
        reading.read(about)
    names = tuple(dict.fromkeys(one for item in reading.items for one in item.name.split("、") if item.days))
    whole = set(names) >= WHOLE_YEAR
    faults = (*reading.faults, *_missing(flat, names, whole_year=whole))
    if about is not None and not reading.items and not faults:
        faults = (Fault(None, "", "没有读到任何放假或上班的日子。请把通知正文（各条放假安排）完整粘贴进来。"),)
    extensions = tuple(item.extension for item in reading.items if item.extension)
    number = _NUMBER.search(text.plain)
    written = f"{number[1]}〔{number[2]}〕{number[3]}号" if number else ""
    return Notice(about, written, title, whole, names, reading.days(), extensions, faults, tuple(reading.remarks))


def _title(flat: str) -> tuple[str, int | None, str]:
    """The title, the year in it, and the holiday in it."""
    for pattern in _TITLES:
        if found := pattern.search(flat):
            return found[0], int(found["year"]) if found["year"] else None, found["name"]
    return "", None, ""


def _missing(flat: str, names: Sequence[str], *, whole_year: bool) -> Iterator[Fault]:
    """Holidays that the notice's first sentence announces and no paragraph arranges."""
    announced = re.search(r"([^。]{0,120})放假(?:调休)?日期", flat)
    told = [name for name in FESTIVALS if announced and name in announced[1]]
    if not told and "部分节假日安排" in flat:
        told = sorted(WHOLE_YEAR, key=FESTIVALS.index)
    for name in told:
        if name not in names:
            yield Fault(None, "", f"通知要安排{name}，正文里却没有读到。请检查文本是否完整。")


@dataclass
class _Reading:
    """What has been read so far. ``name``: the holiday of the title, for paragraphs that name none."""

    text: _Text
    name: str
    items: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def read(self, year: int) -> None:
        """Reads the arranging part; what looks like an arrangement outside it is remarked upon."""
        first, last = self._part()
        starts = [found.start() for found in _ITEM.finditer(self.text.plain, first, last)]
        bounds = [*starts, last]
        if not starts or starts[0] > first:
            bounds.insert(0, first)
        for start, end in pairwise(bounds):
            self._item(start, end, year)
        self._outside(first, last)
        self._against_itself()

    def _part(self) -> tuple[int, int]:
        """Where the arrangements begin and end."""
        plain = self.text.plain
        end, first = len(plain), 0
        for mark in _BELOW.finditer(plain):
            stop = _END.search(plain, mark.end())
            if _ARRANGED.search(plain, mark.end(), stop.start() if stop else len(plain)):
                if first and mark.start() > end:
                    break
                first, end = mark.end(), stop.start() if stop else len(plain)
        if not first:
            begin = _START.search(plain)
            first = begin.start() if begin else 0
            stop = _END.search(plain, first)
            end = stop.start() if stop else len(plain)
        return first, end

    def _item(self, start: int, end: int, year: int) -> None:
        head = _ITEM.match(self.text.plain, start)
        given = next((name for name in head.groups() if name), "") if head else ""
        item = Item(named(given) or self.name, year)
        before = len(self.faults)
        for position, sentence in self._sentences(head.end() if head else start, end):
            self._sentence(item, position, sentence)
        wrong = _wrong_with(item, given) if len(self.faults) == before else None
        if wrong:
            self.faults.append(self.text.fault(start, self.text.plain[start:end], wrong))
        self.items.append(item)

    def _sentences(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        for found in _SENTENCE.finditer(self.text.plain, start, end):
            if sentence := found[0].replace("\n", ""):
                yield found.start() + len(found[0]) - len(found[0].lstrip("\n")), sentence

    def _sentence(self, item: Item, position: int, sentence: str) -> None:
        if sentence.startswith("鼓励"):
            if re.search(r"\d日", sentence):
                self.remarks.append(f"“{sentence}”只是鼓励，不是放假，仍按工作日计。")
            return
        if _NUMERALS.search(sentence):
            self.faults.append(self.text.fault(position, sentence, "日期写成了汉字数字，请改成“1月1日”的样子"))
            return
        if not re.search(r"\d日|\d月", sentence) and not item.days:
            return
        try:
            read_sentence(item, sentence)
        except MistakeError as mistake:
            if re.search(r"\d日|\d月|\d天", sentence):
                self.faults.append(self.text.fault(position, sentence, str(mistake)))

    def _outside(self, first: int, last: int) -> None:
        for found in re.finditer(r"[^\n]+", self.text.plain):
            beyond = found.end() <= first or found.start() >= last
            if beyond and _ARRANGED.search(found[0]) and len(self.remarks) < 5:
                fault = self.text.fault(found.start(), found[0], "在放假安排的条款之外，没有采用。")
                self.remarks.append(str(fault))

    def _against_itself(self) -> None:
        """A day is off or worked, not both; a weekend joined to a holiday is not worked."""
        off = {day: item for item in self.items for day in (*item.off, *item.joined)}
        for item in self.items:
            for day in item.work:
                if day in off:
                    message = f"{day:%Y-%m-%d} 在{off[day].name or '一处'}放假，在{item.name or '另一处'}又要上班。"
                    self.faults.append(Fault(None, "", message))

    def days(self) -> dict[date, tuple[bool, str]]:
        """Everything arranged, in the order of dates."""
        found = {day: decided for item in self.items for day, decided in item.days.items()}
        return dict(sorted(found.items()))


def _wrong_with(item: Item, given: str) -> str | None:
    """What is wrong with a paragraph as a whole (Chinese)."""
    try:
        item.check()
    except MistakeError as mistake:
        return str(mistake)
    if item.days or item.extension:
        return None if item.name else "没有写是哪个节日或为什么放假"
    return "这一条没有读到日期" if any(festival in given for festival in FESTIVALS) else None


def named(given: str) -> str:
    """The name of a holiday as the calendar has it: “五一”国际劳动节 is 劳动节."""
    known = [(given.index(name), name) for name in FESTIVALS if name in given]
    if known:
        return "、".join(name for _, name in sorted(known))
    return given.strip("“”\"'《》、 ")
