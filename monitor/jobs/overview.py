"""The daily overview to the supervisor: once each working day, also when nothing happened.

hour reached? | the day's rows from the tables | alerts.overview: figures | outbox.add("overview:2026-11-23")
"""

from datetime import date, datetime, time

from sqlalchemy import Connection, select

from alerts.hours import Workdays, at, local
from alerts.outbox import MAIL, Outgoing, add
from alerts.overview import NOBODYS, Day, Nobodys, payload
from alerts.overview_rows import Reader, last_made, names
from alerts.plan import Round
from alerts.recipients import resolve
from config.policy import Role
from monitor.app import App
from monitor.jobs.outcome import Outcome
from monitor.unmatched import on_record


def owed(now: datetime, hour: time, workdays: Workdays) -> date | None:
    """The local date whose overview is owed at ``now``; None before ``hour`` and on days off."""
    today = local(now).date()
    return today if workdays.is_workday(today) and at(today, hour) <= now else None


def key_of(day: date) -> str:
    """The outbox key of the overview of a day."""
    return f"overview:{day.isoformat()}"


def overview_round(app: App) -> Outcome:
    """Queues the overview of the day if its hour has come and it is not there yet.

    It tells of everything since the one before, so that what happens after its hour, on days off or while the daemon
    stands still is told by the next.
    """
    now = app.clock()
    day = owed(now, app.config.policy.overview.hour, app.workdays)
    if day is None:
        return Outcome("overview", True, "督办日报：未到时刻", {"overviews": 0})
    with app.transactions.read() as connection:
        if connection.scalar(select(MAIL.c.id).where(MAIL.c.key == key_of(day))) is not None:
            return Outcome("overview", True, "督办日报：今日的已有", {"overviews": 0})
        found, this = _day(app, connection, now), app.round(connection, now)
    mail = _outgoing(found, this, day)
    with app.transactions.write() as connection:
        queued = add(connection, mail, this.domain, now)
    return Outcome("overview", True, f"督办日报：{day} 的已列入待发", {"overviews": int(queued)})


def _day(app: App, connection: Connection, now: datetime) -> Day:
    today = local(now).date()
    as_of = app.data_as_of(connection)
    since = last_made(connection, now) or at(today, time())
    read = Reader(connection, since, now, names(app.config.units, NOBODYS))
    return Day(
        since=since,
        until=now,
        data_as_of=as_of,
        stale=app.is_blind(as_of, now),
        sent=read.sent(),
        stuck=read.stuck(),
        answers=read.answers(),
        refusals=read.refusals(),
        silences=read.silences(today),
        nobodys=[Nobodys(one.words, one.open) for one in on_record(connection, only_open=True)],
        held_blind=read.held_blind(),
        received=read.received(),
        letters=read.letters(),
    )


def _outgoing(found: Day, this: Round, day: date) -> Outgoing:
    recipients = resolve(Role.SUPERVISOR, (), None, this.units)
    return Outgoing(key_of(day), "overview", "reminder", recipients, payload(found), None, Role.SUPERVISOR.value)
