"""The account of one item, gathered from the ledger and the outbox for ``explain``."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from alerts.hours import local
from alerts.recall import recall
from alerts.rules import REASONS
from monitor.app import App
from monitor.corrections import applied
from monitor.events import TITLES, settle_versions
from monitor.explain import explain
from monitor.judge import Judged, by_precedence, judge
from monitor.ledger import history
from monitor.ledger.read import Loaded, load
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Special
from monitor.origins import events_of, sources_of
from monitor.prospect import prospects
from monitor.replies import answers_of, decisions_of, holds_of
from monitor.workdays import published_years

SPECIAL = table_of(Special)


def account_of(app: App, item: str) -> dict[str, Any] | None:
    """Everything ``explain`` shows of an item as of now; None when the ledger does not hold it."""
    now = app.clock()
    with app.transactions.read() as connection:
        row = next((row for row in load(connection, [item]) if row.valid), None)
        if row is None:
            return None
        judged = judge(row.facts, row.versions, app.standards, now)
        next_at = connection.scalar(select(ITEM.c.next_at).where(ITEM.c.item == item))
        return {
            **explain(judged, _special_names(connection, item)),
            "source": history.source_of(connection, item),
            "sources": sources_of(row.facts, app.standards.order, _named(app)),
            "events": _events(row, judged, now),
            "calendar": _calendar(app, connection, now),
            "changes": history.changes_of(connection, item, "due"),
            "mails": history.notices_of(connection, item),
            "answers": answers_of(connection, item, app.standards),
            "holds": holds_of(connection, judged),
            "decisions": decisions_of(connection, judged),
            "prospects": _prospects(app, connection, row, judged),
            "idle": _idle(judged),
            "aside": history.aside_of(connection, item),
            "next_at": local(next_at).isoformat() if next_at else None,
        }


def _special_names(connection: Connection, item: str) -> dict[Any, str]:
    found = connection.execute(select(SPECIAL.c.started, SPECIAL.c.name).where(SPECIAL.c.item == item))
    return {row.started: row.name for row in found}


def _named(app: App) -> Any:
    """Code and name of a unit → the name it is known by."""
    return lambda code, name: app.standards.name_of(app.standards.unit_of(code, name), name or code)


def _events(row: Loaded, judged: Judged, now: datetime) -> list[dict[str, Any]]:
    _, chosen, _ = by_precedence(row.facts, row.versions, judged.standards)
    counting = applied(chosen, row.facts.corrections, now).versions
    return events_of(row.versions, counting, judged)


def _calendar(app: App, connection: Connection, now: datetime) -> dict[str, Any]:
    years = published_years()
    return {
        "version": history.calendar_version(connection, now),
        "first": years[0],
        "last": years[-1],
        "overlay": sorted({day.year for day in app.config.overlay}),
    }


def _prospects(app: App, connection: Connection, row: Loaded, judged: Judged) -> list[dict[str, Any]]:
    past = recall(connection, [row.facts.item], judged.now, mails_leave=app.mails_leave)
    blind = app.is_blind(app.data_as_of(connection), judged.now)
    return prospects(judged, lambda moment: judge(row.facts, row.versions, app.standards, moment), past, blind=blind)


def _idle(judged: Judged) -> str:
    """Why nothing is owed for an item without an open clock."""
    if judged.closed_on is not None:
        return REASONS["closed"]
    return REASONS["not_started"]


def stranger(app: App, item: str) -> dict[str, Any] | None:
    """What is known of a number that has no account: events alone, an invalid item, rows set aside; None if nothing.

    ``known_as``: events, invalid or aside; ``sentence`` says what that means, in Chinese.
    """
    with app.transactions.read() as connection:
        row = next(iter(load(connection, [item])), None)
        aside = history.aside_of(connection, item)
        if row is not None and row.valid:
            return None
        versions = row.versions if row is not None else history.versions_of(connection, item)
    events = [
        {"date": event.day.isoformat(), "code": int(event.code), "title": TITLES[event.code]}
        for event in settle_versions(versions)
    ]
    if row is not None:
        known, sentence = "invalid", "平台已把该办件标为无效（SJYXBS = 0）：不再计时，不再提醒，不进报表。"
    elif events:
        known = "events"
        sentence = "只收到了办理状态，办件信息还没有取到：没有单位和时限，暂不计时、不提醒；取到后自动接上。"
    elif aside:
        known, sentence = "aside", "该办件的记录不能识别，已留存待查，尚未进入台账。"
    else:
        return None
    return {"item": item, "known_as": known, "sentence": sentence, "events": events, "aside": aside}
