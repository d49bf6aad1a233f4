"""The weekly report: which period is owed when, and the report on a period made from the ledger alone."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import outbox
from alerts.deliver import domain_of
from alerts.hours import at, local
from alerts.outbox import Outgoing
from alerts.recipients import Recipients
from alerts.report import rows
from alerts.report.codes import weeks_before
from alerts.report.figures import DataState, Entry, Period, Report, report
from config.policy import Role
from monitor.app import App
from monitor.clocks import WORKING_DAY, Light
from monitor.codes import coded, counters_of
from monitor.jobs.rounds import Outcome
from monitor.judge import Judged, judge
from monitor.ledger import store
from monitor.ledger.freshness import complete_until
from monitor.ledger.read import ids_where, load
from monitor.records import FIRST_YEAR, LAST_YEAR
from monitor.workdays import Workdays

READERS = (Role.DISTRICT_LEADER, Role.BUREAU_LEADER)
COPIES = (Role.SUPERVISOR,)
WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """The Monday of the ISO week that ``day`` lies in."""
    return day - timedelta(days=day.weekday())


def first_workday(monday: date, workdays: Workdays) -> date | None:
    """The first working day of the week; None when the whole week is off."""
    days = (monday + timedelta(days=n) for n in range(7))
    return next((day for day in days if workdays.is_workday(day)), None)


def owed(now: datetime, hour: time, workdays: Workdays) -> tuple[Period, datetime] | None:
    """The period whose report is owed at ``now``, and the moment (UTC) it fell due; None before that moment.

    The report on a week is due at ``hour`` (local time) of the first working day of the next. A week without working
    days has no report day: its days are joined to the report of the week after.
    """
    monday = monday_of(local(now).date())
    day = first_workday(monday, workdays)
    if day is None or at(day, hour) > now:
        return None
    return period_before(monday, workdays), at(day, hour)


def period_before(monday: date, workdays: Workdays) -> Period:
    """The period that the report made in the week of ``monday`` is about: the weeks since the last report day."""
    last = Period.week(monday - WEEK)
    first = last.first
    while first_workday(first, workdays) is None:
        first -= WEEK
    return Period(last.label, first, last.last)


def period_of(week: str, workdays: Workdays) -> Period:
    """The period whose report carries the name of a week like 2026-W47. Raises ValueError with a sentence.

    Weeks off before it belong to it, as they do when the report is sent.
    """
    year, _, number = week.partition("-W")
    try:
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise ValueError(f"“{week}”不是周次，应写成 2026-W47 这样的形式。") from None
    if not FIRST_YEAR < monday.year <= LAST_YEAR:
        raise ValueError(f"“{week}”不在 {FIRST_YEAR + 1}—{LAST_YEAR} 年之间，台账里不会有那一周的记录。")
    return period_before(monday + WEEK, workdays)


def due_moment(period: Period, hour: time, workdays: Workdays) -> datetime:
    """When the report on ``period`` falls due (UTC)."""
    return at(workdays.next_workday(period.last), hour)


def known_at(app: App, connection: Connection, period: Period) -> datetime:
    """Up to which moment (UTC) a report on ``period`` made again knows the ledger: when it was first made.

    One that was never made knows it up to the moment it fell due.
    """
    for mail in outbox.mails_about(connection, [key_of(period)]):
        made: datetime = mail.created_at
        return made
    due = due_moment(period, app.config.policy.report.hour, app.workdays)
    # Before the first poll the ledger knew nothing, of which no report can be made: then all that is known now counts.
    return min(due, app.clock()) if store.knew_anything(connection, due) else app.clock()


def make(app: App, connection: Connection, period: Period, known: datetime) -> Report:
    """The report on ``period`` from the ledger: items as they stood at its end, by what had arrived by ``known`` (UTC).

    Made again later with the same ``known``, it has the same figures whatever has happened since.
    """
    end = at(period.last + timedelta(days=1), time()) - timedelta(seconds=1)
    # How project codes were used is told of four weeks, whatever has become of the items since.
    ids = ids_where(connection, store.concerns(min(period.first, weeks_before(period.last)[0]), known))
    counters = counters_of(connection, ids, known)
    judged = (
        judge(row.facts, row.versions, app.standards, min(end, known))
        for row in load(connection, ids, seen_by=known)
        if row.versions
    )
    found = (entry_of(one, counters.get(one.facts.item, "")) for one in judged)
    entries = [entry for entry in found if entry.arrived is not None]
    units = {unit.id: unit.name for unit in app.config.units.units}
    first, last = at(period.first, time()), at(period.last + timedelta(days=1), time())
    mails = outbox.sent_between(connection, first, last)
    return report(entries, period, units, mails, _data(app, connection, entries, known), known)


def _data(app: App, connection: Connection, entries: list[Entry], known: datetime) -> DataState:
    as_of = complete_until(connection, app.config.settings.sources, before=known)
    open_now = [entry for entry in entries if entry.closed is None]
    return DataState(
        as_of=as_of,
        stale=app.is_blind(as_of, known),
        set_aside=store.count_set_aside(connection, at=known),
        waiting=store.count_waiting(connection, at=known),
        unassigned=sum(1 for entry in open_now if entry.unit is None),
        no_limit=sum(1 for entry in open_now if entry.no_limit),
        provisional=sum(1 for entry in open_now if entry.provisional),
    )


def entry_of(judged: Judged, counter: str = "") -> Entry:
    """The item as the report shows it; ``counter`` is the office that took it in."""
    facts, clocks, promised = judged.facts, judged.clocks, judged.clocks.promised
    marks = clocks.milestones
    received = marks.received.day if marks.received else None
    accepted = marks.accepted.day if marks.accepted else None
    return Entry(
        item=facts.item,
        unit=judged.unit,
        unit_name=judged.unit_name,
        matter=facts.matter_name or facts.matter,
        project=facts.project or "",
        project_code=facts.project_code or "",
        stage=clocks.stage,
        light=judged.light.value,
        received=received,
        accepted=accepted,
        closed=judged.closed_on,
        on_time=promised.on_time,
        due=promised.due,
        overdue_days=promised.overdue_days or 0,
        unit_of_limit=promised.limit.unit if promised.limit else WORKING_DAY,
        overdue=promised.overdue,
        near=promised.state.value in ("due_soon", "due_today"),
        red_card=judged.light is Light.DEEP_RED,
        paused=promised.paused,
        provisional=promised.provisional,
        no_limit=promised.limit is None,
        became_overdue=promised.due + timedelta(days=1) if promised.overdue and promised.due else None,
        arrived=judged.arrived_on,
        code=coded(judged, counter),
    )


def queue(app: App, connection: Connection, made: Report, now: datetime) -> bool:
    """Puts the report into the outbox, once per week number; False when it is there already."""
    units = app.config.units
    to = tuple(dict.fromkeys(a for role in READERS for a in units.addresses(role)))
    cc = tuple(dict.fromkeys(a for role in COPIES for a in units.addresses(role) if a not in to))
    payload: Mapping[str, Any] = rows.payload(made)
    mail = Outgoing(key_of(made.period), "weekly", "reminder", Recipients(to or cc, cc if to else ()), payload)
    return outbox.add(connection, mail, domain_of(app.config.settings.delivery), now)


def key_of(period: Period) -> str:
    """The outbox key of a period's report."""
    return f"weekly:{period.label}"


def report_round(app: App) -> Outcome:
    """Queues the weekly report when it is owed and not queued yet; after downtime once, as soon as the daemon is up."""
    now = app.clock()
    found = owed(now, app.config.policy.report.hour, app.workdays)
    if found is None:
        return Outcome("report", True, "周报：本周的发送时间未到", {"queued": 0})
    period, _ = found
    with app.transactions.read() as connection:
        if outbox.mails_about(connection, [key_of(period)]):
            return Outcome("report", True, f"周报：{period.title} 已生成过", {"queued": 0})
        made = make(app, connection, period, now)
    with app.transactions.write() as connection:
        queued = queue(app, connection, made, now)
    sentence = f"周报：{period.title} 已排队，在办 {made.total.in_hand} 件，逾期 {made.total.overdue} 件"
    return Outcome("report", True, sentence, {"queued": int(queued), "overdue": made.total.overdue})
