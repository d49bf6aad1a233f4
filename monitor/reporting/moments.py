"""Up to which moment a report knows the ledger, so that made again it knows as much as it did, and no more."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, select

from alerts import outbox
from alerts.hours import at
from alerts.report.periods import ONE_DAY, SPAN, WEEK, Period
from config.policy import Report
from monitor.app import App
from monitor.configured import Configured, configured
from monitor.ledger import store
from monitor.ledger.configured import configured_at
from monitor.ledger.store import table_of
from monitor.ledger.tables import JobRun
from monitor.reporting.periods import due_moment, key_of, monday_of_week, period_of, previous

JOB_RUN = table_of(JobRun)
OUTWARD = ("report", "plan", "deliver")
"""Jobs that bring nothing into the ledger that a report counts as known."""


@dataclass(frozen=True, slots=True)
class Making:
    """A report to be made: ``known`` is the moment (UTC) up to which the ledger counts."""

    period: Period
    made_at: datetime
    known: datetime


def in_force(app: App, connection: Connection, moment: datetime) -> Configured:
    """The configuration and calendar that were in force at ``moment`` (UTC); those of now in a ledger without any."""
    return configured_at(connection, moment) or configured(app.contents, app.workdays)


def now_known(connection: Connection, now: datetime) -> datetime:
    """Up to which moment (UTC) the ledger is complete at ``now``: what a round still under way brings is not.

    Its rows carry the moment it began, also those that come after the report has been made.
    """
    running = select(JOB_RUN.c.started_at).where(
        JOB_RUN.c.job.not_in(OUTWARD), JOB_RUN.c.finished_at.is_(None), JOB_RUN.c.owner != "",
        JOB_RUN.c.started_at <= now, JOB_RUN.c.lease_until > now,
    )  # fmt: skip
    began: list[datetime] = list(connection.scalars(running))
    return min([now, *(moment - timedelta.resolution for moment in began)])


def of_week(app: App, connection: Connection, week: str) -> Period:
    """The period that the report named after a week is about, by the calendar of that time. Raises ValueError."""
    end = at(monday_of_week(week) + timedelta(days=7), time())
    sent = _sent(connection, Period.week(monday_of_week(week)))
    return sent.period if sent else period_of(week, in_force(app, connection, end).standards.workdays)


def making_of(app: App, connection: Connection, period: Period) -> Making:
    """How the report on ``period`` is made again: as when it was first made.

    One that was never made knows the ledger up to the moment it fell due, by the calendar and policy of its end.
    """
    sent = None if period.kind == SPAN else _sent(connection, period)
    if sent:
        return sent
    now = now_known(connection, app.clock())
    then = in_force(app, connection, at(period.last + ONE_DAY, time()))
    hour = _report(then).hour
    due = due_moment(period, hour, then.standards.workdays)
    # Before the first poll the ledger knew nothing, of which no report can be made: then all that is known now counts.
    known = min(due, now) if store.knew_anything(connection, due) else now
    return Making(period, known, known)


def making_before(app: App, connection: Connection, making: Making) -> Making | None:
    """How the report before that one was made; None where the ledger knew nothing then, or there is none before."""
    workdays = in_force(app, connection, making.known).standards.workdays
    period = previous(making.period, workdays)
    if period is None:
        return None
    before = making_of(app, connection, period)
    return before if before.known < making.known and store.knew_anything(connection, before.known) else None


def _report(then: Configured) -> Report:
    return then.standards.policy.report


def _sent(connection: Connection, period: Period) -> Making | None:
    """How the report on a period that was queued was made; its days are those it was about."""
    for mail in outbox.mails_about(connection, [key_of(period)]):
        told, made_at = mail.payload["period"], datetime.fromisoformat(mail.payload["made_at"])
        known = datetime.fromisoformat(mail.payload.get("known_at", mail.payload["made_at"]))
        first, last = (date.fromisoformat(told[name]) for name in ("first", "last"))
        return Making(Period(told["label"], first, last, told.get("kind", WEEK)), made_at, known)
    return None
