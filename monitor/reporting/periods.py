"""Which period a report is owed on and when, by the working-day calendar. Pure."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from alerts.hours import at, local
from alerts.report.periods import MONTH, ONE_DAY, SPAN, WEEK, Period
from config.policy import Report
from monitor.records import FIRST_YEAR, LAST_YEAR
from monitor.workdays import Workdays

DAYS = 7
KEYS = {WEEK: "weekly", MONTH: "monthly", "quarter": "quarterly"}


def monday_of(day: date) -> date:
    """The Monday of the ISO week that ``day`` lies in."""
    return day - timedelta(days=day.weekday())


def first_workday(monday: date, workdays: Workdays) -> date | None:
    """The first working day of the week; None when the whole week is off."""
    days = (monday + timedelta(days=n) for n in range(DAYS))
    return next((day for day in days if workdays.is_workday(day)), None)


def owed(now: datetime, hour: time, workdays: Workdays) -> tuple[Period, datetime] | None:
    """The week whose report is owed at ``now``, and the moment (UTC) it fell due; None before that moment.

    The report on a week is due at ``hour`` (local time) of the first working day of the next. A week without working
    days has no report day: its days are joined to the report of the week after.
    """
    monday = monday_of(local(now).date())
    day = first_workday(monday, workdays)
    if day is None or at(day, hour) > now:
        return None
    return period_before(monday, workdays), at(day, hour)


def owed_now(now: datetime, policy: Report, workdays: Workdays) -> Iterator[Period]:
    """Every period whose report is owed at ``now`` (UTC), whether it has been made or not.

    The week always; the month and the quarter before where the policy wants them, from ``hour`` of the first working
    day after their end on. One that was missed is owed as long as the next week, month or quarter lasts.
    """
    if week := owed(now, policy.hour, workdays):
        yield week[0]
    kinds: tuple[tuple[bool, Callable[[date], Period]], ...] = (
        (policy.monthly, Period.month),
        (policy.quarterly, Period.quarter),
    )
    for wanted, kind in kinds:
        ended = kind(kind(local(now).date()).first - ONE_DAY)
        if wanted and due_moment(ended, policy.hour, workdays) <= now:
            yield ended


def period_before(monday: date, workdays: Workdays) -> Period:
    """The period that the report made in the week of ``monday`` is about: the weeks since the last report day."""
    last = Period.week(monday - timedelta(days=DAYS))
    first = last.first
    while first_workday(first, workdays) is None:
        first -= timedelta(days=DAYS)
    return Period(last.label, first, last.last)


def period_of(week: str, workdays: Workdays) -> Period:
    """The period whose report carries the name of a week like 2026-W47. Raises ValueError with a sentence.

    Weeks off before it belong to it, as they do when the report is sent.
    """
    return period_before(monday_of_week(week) + timedelta(days=DAYS), workdays)


def monday_of_week(week: str) -> date:
    """The Monday of a week like 2026-W47. Raises ValueError with a sentence."""
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise ValueError(f"“{week}”不是周次，应写成 2026-W47 这样的形式。") from None
    if not FIRST_YEAR < monday.year <= LAST_YEAR:
        raise ValueError(f"“{week}”不在 {FIRST_YEAR + 1}—{LAST_YEAR} 年之间，台账里不会有那一周的记录。")
    return monday


def in_years(period: Period) -> Period:
    """``period``, if records can be of it. Raises ValueError with a sentence."""
    if period.first.year > FIRST_YEAR and period.last.year <= LAST_YEAR:
        return period
    raise ValueError(f"“{period.label}”不在 {FIRST_YEAR + 1}—{LAST_YEAR} 年之间，台账里不会有那时的记录。")


def due_moment(period: Period, hour: time, workdays: Workdays) -> datetime:
    """When the report on ``period`` falls due (UTC): at ``hour`` of the first working day after it."""
    return at(workdays.next_workday(period.last), hour)


def previous(period: Period, workdays: Workdays) -> Period | None:
    """The period before, whose report said what was in hand when this one began; None of a span of one's own."""
    if period.kind == SPAN:
        return None
    if period.kind == WEEK:
        return period_before(monday_of(period.first), workdays)
    kind = Period.month if period.kind == MONTH else Period.quarter
    return kind(period.first - ONE_DAY)


def end_of(period: Period) -> datetime:
    """The last second of the period (UTC)."""
    return at(period.last + ONE_DAY, time()) - timedelta(seconds=1)


def key_of(period: Period) -> str:
    """The outbox key of a period's report. Of a span of one's own there is none."""
    return f"{KEYS[period.kind]}:{period.label}"
