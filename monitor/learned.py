"""What the calendar learns from a notice: the days to write down, and what differs from what it said so far. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.overlay import DayRule
from monitor.notice_clauses import SATURDAY, Extension
from monitor.notice_text import Notice
from monitor.workdays import ONE_DAY, CalendarError, Day, Workdays, legal_holidays

SUPPORTED = range(2000, 2071)
LONGEST_EXTENDED = timedelta(days=31)
MORE_HOLIDAYS_SINCE = 2025
"""Since then the law gives 除夕 and 5月2日 too (2024 amendment); until 2024 the notices left 除夕 to the employers."""
NOT_ARRANGED = ("周末", "工作日")


@dataclass(frozen=True, slots=True)
class Lesson:
    """``days``: everything to be written, by local date → (worked?, name), in order.

    ``faults``: why it must not be written (Chinese); ``remarks``: what whoever confirms it should know.
    """

    days: Mapping[date, tuple[bool, str]]
    faults: tuple[str, ...]
    remarks: tuple[str, ...]

    def rules(self, source: str) -> dict[date, DayRule]:
        """The days as the calendar files hold them."""
        return {day: DayRule(day, working, name, source) for day, (working, name) in self.days.items()}


def lesson(notice: Notice, workdays: Workdays, overlay: Mapping[date, DayRule]) -> Lesson:
    """What ``notice`` adds to the calendar ``workdays``, whose files say ``overlay``.

    1. Its own days. 2. The days an extension adds, from the last day of the holiday as the calendar has it. 3. Of a
    notice for a whole year: what the program or the law knows otherwise of that year is undone, unless a calendar file
    says it (a day of the district's own, a later change). What the next year's notice arranged stays.
    """
    try:
        return _lesson(notice, workdays, overlay)
    except CalendarError:
        message = f"通知里有 {SUPPORTED[0]}—{SUPPORTED[-1]} 年以外的日期，没有那些年的工作日历。"
        return Lesson({}, (*map(str, notice.faults), message), notice.remarks)


def _lesson(notice: Notice, workdays: Workdays, overlay: Mapping[date, DayRule]) -> Lesson:
    days = dict(notice.days)
    faults, remarks = [str(fault) for fault in notice.faults], list(notice.remarks)
    for extension in notice.extensions:
        added = _added(extension, workdays)
        if added is None:
            faults.append(f"日历里找不到 {extension.until.year} 年{extension.name}假期，不知道从哪一天延长起。")
        elif not added:
            remarks.append(f"日历里{extension.name}假期已经到 {extension.until}，没有要改的。")
        days |= dict.fromkeys(added or (), (False, extension.name))
    for day in days:
        workdays.day(day)
    if notice.whole_year and notice.year is not None:
        faults += _against_the_law(notice.year, days)
        days |= dict(_undone(notice.year, days, overlay))
        remarks += _kept(notice.year, days, overlay)
    else:
        remarks += _left_alone(notice, days, workdays)
    return Lesson(dict(sorted(days.items())), tuple(faults), tuple(remarks))


def _added(extension: Extension, workdays: Workdays) -> list[date] | None:
    """The days that an extension makes days off; None when the calendar has no such holiday near by."""
    earliest = extension.until - LONGEST_EXTENDED
    near = [earliest + n * ONE_DAY for n in range(LONGEST_EXTENDED.days + 1)]
    first = next((d for d in near if not (day := workdays.day(d)).working and extension.name in day.reason), None)
    if first is None:
        return None
    worked = [day for day in near if day >= first and workdays.is_workday(day)]
    return [day for day in near if worked and day >= worked[0]]


def _against_the_law(year: int, days: Mapping[date, tuple[bool, str]]) -> Iterator[str]:
    """Legal holidays that a notice for the whole year does not give: then it was not read right, or is not complete."""
    for day, name in sorted(legal_holidays(year).items()):
        certain = year >= MORE_HOLIDAYS_SINCE or (name not in ("春节（除夕）",) and (day.month, day.day) != (5, 2))
        working, _ = days.get(day, (day.weekday() < SATURDAY, ""))
        if working and certain and not _third_of_spring(year, day):
            yield f"{day}（{name}）依法放假，通知里却没有放。请核对文本是否完整、日期有没有抄错。"


def _third_of_spring(year: int, day: date) -> bool:
    """The third day of Spring Festival was no legal holiday from 2008 to 2013."""
    spring = sorted(d for d, name in legal_holidays(year).items() if name == "春节")
    return year < MORE_HOLIDAYS_SINCE and day == spring[-1]


def _undone(
    year: int, days: Mapping[date, tuple[bool, str]], overlay: Mapping[date, DayRule]
) -> Iterator[tuple[date, tuple[bool, str]]]:
    for known in Workdays(first=year, last=year).special:
        of_next_year = known.date.month == 12 and known.reason.startswith("元旦")
        if known.date not in days and known.date not in overlay and not of_next_year:
            ordinary = known.date.weekday() < SATURDAY
            yield known.date, (ordinary, "工作日" if ordinary else "周末")


def _kept(year: int, days: Mapping[date, tuple[bool, str]], overlay: Mapping[date, DayRule]) -> Iterator[str]:
    for day, rule in sorted(overlay.items()):
        if day.year == year and day not in days and rule.working != (day.weekday() < SATURDAY):
            yield f"{day} {_word(rule.working)}（{rule.name}）是日历文件里原有的，通知没有提到，照旧保留。"


def _left_alone(notice: Notice, days: Mapping[date, tuple[bool, str]], workdays: Workdays) -> Iterator[str]:
    """Days of the same holiday that a change does not mention: it may have cancelled them, which nobody can read."""
    if not notice.days:
        return
    first, last = min(notice.days) - LONGEST_EXTENDED, max(notice.days) + LONGEST_EXTENDED
    for day in workdays.special:
        mentioned = day.date in days or not first <= day.date <= last
        if not mentioned and any(name in day.reason for name in notice.names):
            yield f"{day.date} {_word(day.working)}（{day.reason}）本次通知没有提到，照旧保留；如已取消，请改日历文件。"


@dataclass(frozen=True, slots=True)
class Difference:
    """A date that turns from one into the other."""

    before: Day
    after: Day

    def __str__(self) -> str:
        turned = f"{_word(self.before.working)} → {_word(self.after.working)}"
        return f"{turned}（{self.after.reason if self.after.reason not in NOT_ARRANGED else self.before.reason}）"


def differences(before: Workdays, after: Workdays, days: Mapping[date, object]) -> list[Difference]:
    """What of ``days`` is worked in one calendar and not in the other."""
    pairs = (Difference(before.day(day), after.day(day)) for day in sorted(days))
    return [pair for pair in pairs if pair.before.working != pair.after.working]


def _word(working: bool) -> str:
    return "上班" if working else "放假"
