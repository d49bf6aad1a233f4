"""Walking the recorded history day by day: a copy of the ledger | hide what became known | show it bit by bit | the
daemon's own planning and delivery rounds, with a transport that only counts | what they queued.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from alerts import deliver as delivery
from alerts.deliver import KINDS
from alerts.hours import at, local
from alerts.letters import attach
from alerts.mailer import Receipt
from alerts.outbox import MAIL
from config.policy import Role
from monitor.app import App, rehearsed
from monitor.jobs.rounds import plan_round
from monitor.judge import UNASSIGNED
from monitor.replay import past
from monitor.replay.figures import DIGEST, Replayed, Sent
from monitor.replay.rows import FormerRows

Shown = Callable[[Sequence[date]], Iterable[date]]
"""Gives the days one by one, showing how far they have been walked."""


@dataclass
class _MovedClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class _Keeper:
    """Takes every message and keeps nothing of it."""

    state: str = field(default="kept", init=False)

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> Receipt:
        """Takes it, for everybody."""
        return Receipt(tuple(recipients), {}, {})

    async def close(self) -> None:
        """Nothing is kept open."""


def replay(app: App, first: date, last: date, shown: Shown = lambda days: days) -> Replayed:
    """What would have been sent from ``first`` to ``last`` (local dates) by the configuration of ``app``.

    1. On a copy of the ledger everything becomes known again when it did; the ledger itself is only read.
    2. Each working day has a round when it was first read, or when the working hours began if it was not; and one more
       whenever something arrived within them.
    3. Nothing was sent before the first day, so that day has everything that stood by then.
    """
    days = [day for day in _dates(first, last) if app.workdays.is_workday(day)]
    sources = app.config.settings.sources
    clock = _MovedClock(app.clock())
    with rehearsed(app, Path("replay")) as copy:
        walker = replace(copy, clock=clock)
        with walker.transactions.read() as connection:
            loaded = past.loaded_until(connection, sources)
            moments = {day: _moments(walker, connection, day) for day in days}
        with walker.transactions.write() as connection:
            rows = FormerRows.of(connection)
            past.hide(connection, loaded)
        whole = _recorded_from(app, loaded)
        before: datetime | None = None
        for day in shown(days):
            for moment in moments[day]:
                _become_known(walker, rows, before, moment, unrecorded=whole is None or moment < whole)
                clock.now = moment
                plan_round(walker)
                # What goes with a mail changes nothing in whom it goes to, and takes longer than all the rest.
                post = replace(walker.post(moment), letters=attach.nothing)
                asyncio.run(delivery.deliver(post, [_Keeper()]))
                before = moment
        with walker.transactions.read() as connection:
            sent, dropped = _sent(walker, connection)
    return Replayed(first, last, days, sent, local(whole).date() if whole else None, dropped)


def _dates(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _moments(app: App, connection: Connection, day: date) -> list[datetime]:
    """The moments (UTC) of the rounds of a working day: when data came, and when an audience's own hours begin."""
    spans = [app.config.policy.hours.of(role) for role in (None, *app.config.policy.audiences)]
    begin, end = at(day, min(span.start for span in spans)), at(day, max(span.end for span in spans))
    asked = past.polls_between(connection, begin, end)
    opening = asked[0] if asked else begin
    further = {*past.moments_between(connection, begin, end), *(at(day, span.start) for span in spans)}
    return sorted({opening, *(one for one in further if one > opening)})


def _recorded_from(app: App, loaded: Mapping[str, datetime]) -> datetime | None:
    """From when on (UTC) every source has been read; None if one never was."""
    names = [source.name for source in app.config.settings.sources] or list(loaded)
    found = [loaded.get(name) for name in names]
    return max((one for one in found if one), default=None) if None not in found else None


def _become_known(app: App, rows: FormerRows, before: datetime | None, moment: datetime, *, unrecorded: bool) -> None:
    """Brings back what became known after ``before`` and by ``moment`` (UTC)."""
    with app.transactions.write() as connection:
        rows.show(connection, before, moment)
        past.show(connection, before, moment)
        if unrecorded:
            past.read_at(connection, app.config.settings.sources, moment)


def _sent(app: App, connection: Connection) -> tuple[list[Sent], int]:
    """The mails that left, in the order of their making, and how many were dropped before they did."""
    columns = (MAIL.c.created_at, MAIL.c.kind, MAIL.c.unit, MAIL.c.audience, MAIL.c.level, MAIL.c.state, MAIL.c.payload)
    sent: list[Sent] = []
    dropped = 0
    for row in connection.execute(select(*columns).order_by(MAIL.c.id)):
        if row.state == "kept":
            sent.append(_one_sent(app, row))
        dropped += row.state == "dropped"
    return sent, dropped


def _one_sent(app: App, row: Any) -> Sent:
    lines = row.payload.get("lines", ()) if row.kind == DIGEST else ()
    unit = app.config.units.get(row.unit) if row.unit else None
    audience = Role(row.audience).label if row.audience in set(Role) else KINDS.get(row.kind, row.kind)
    return Sent(
        local(row.created_at).date(),
        row.kind,
        row.unit,
        unit.name if unit else UNASSIGNED,
        row.audience,
        audience,
        Counter(line["level"] for line in lines),
        frozenset(line["case"]["item"] for line in lines),
        frozenset(line["key"] for line in lines),
        row.level,
    )
