"""Days off and moved working days that the owner adds to the built-in calendar: calendar/YYYY.toml."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from config.documents import Document, Places, read
from config.fields import Frozen, LocalDate, Text
from config.problems import Problem, shown
from config.toml_lines import KeyPath
from config.validate import validated

LONGEST_RUN = 31


@dataclass(frozen=True, slots=True)
class DayRule:
    """What the owner says about one local date: worked or not, under which name, by which document."""

    date: datetime.date
    working: bool
    name: str
    source: str = ""


class Days(Frozen):
    """One local date, or a run of them."""

    date: LocalDate = Field(description="日期；连续几天时为第一天")
    to: LocalDate | None = Field(default=None, description="连续几天时的最后一天（含）")
    name: Text = Field(description="名称，如“元旦”“春节调休上班”，会出现在逐日说明里")
    source: Text | None = Field(default=None, description="这几天的依据；不写时同上面的 source")

    def dates(self) -> Iterator[datetime.date]:
        """Every date of the run, in order."""
        last = self.to or self.date
        for offset in range((last - self.date).days + 1):
            yield self.date + datetime.timedelta(days=offset)


class CalendarFile(Frozen):
    """The whole of one calendar/YYYY.toml."""

    source: Text = Field(default="配置目录的日历文件", description="依据，如国务院办公厅通知的文号")
    off: tuple[Days, ...] = Field(default=(), description="放假的日子，每个 [[off]] 是一天或连续几天")
    work: tuple[Days, ...] = Field(default=(), description="调休上班的日子，每个 [[work]] 是一天或连续几天")


def load_folder(folder: Path) -> tuple[dict[datetime.date, DayRule], list[Problem]]:
    """Every ``YYYY.toml`` of ``folder`` as rules by local date, with everything wrong in them.

    A folder that does not exist adds nothing. Files with another suffix are left alone.
    """
    rules: dict[datetime.date, DayRule] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        name = f"{folder.name}/{shown(path.name)}"
        if not re.fullmatch(r"20\d{2}\.toml", path.name, re.ASCII):
            hint = "改名为 2027.toml 的样子；暂时不用的文件改掉 .toml 后缀"
            problems.append(Problem("Y001", "error", name, None, "日历文件名不是年份", hint))
            continue
        document = read(path, name)
        if isinstance(document, Problem):
            problems.append(document)
            continue
        calendar, faults = validated(CalendarFile, document)
        problems += faults
        if calendar:
            problems += _add(rules, calendar, document, int(path.stem))
    return rules, problems


def _add(rules: dict[datetime.date, DayRule], calendar: CalendarFile, document: Document, year: int) -> list[Problem]:
    problems: list[Problem] = []
    runs: list[tuple[KeyPath, Days, bool]] = [
        *((("off", index), days, False) for index, days in enumerate(calendar.off)),
        *((("work", index), days, True) for index, days in enumerate(calendar.work)),
    ]
    for path, days, working in runs:
        if fault := _fault_of_run(days, year, path, document.places):
            problems.append(fault)
            continue
        for day in days.dates():
            rule = DayRule(day, working, days.name, days.source or calendar.source)
            if day in rules:
                problems.append(_clash(rules[day], rule, path, document.places))
            rules[day] = rule
    return problems


def _fault_of_run(days: Days, year: int, path: KeyPath, places: Places) -> Problem | None:
    last = days.to or days.date
    if not 0 <= (last - days.date).days < LONGEST_RUN:
        message = f"{days.date} 至 {last} 颠倒，或超过 {LONGEST_RUN} 天"
        return places.error("Y005", (*path, "to"), message, "to 写最后一天，不早于 date")
    if days.date.year != year or last.year != year:
        hint = f"跨年的日子按年份拆开，{days.date.year} 年的写进 calendar/{days.date.year}.toml"
        return places.error("Y002", (*path, "date"), f"{days.date} 至 {last} 不都在 {year} 年", hint)
    return None


def _clash(first: DayRule, second: DayRule, path: KeyPath, places: Places) -> Problem:
    if first.working != second.working:
        message = f"{second.date} 既写了放假（off）又写了上班（work）"
        return places.error("Y004", path, message, "对照放假通知，删去其中一处")
    return places.error("Y003", path, f"{second.date} 写了两次", "删去重复的一处")
