"""Project codes of items as the ledger has them: for the weekly report, and for the counter once a working day.

what stands | judge | held back? | alerts.codes.plan: what is new | outbox
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from alerts.codes.finding import NO_COUNTER, Coded
from alerts.codes.plan import TOLD, forget_mended, is_done, plan_codes
from alerts.hours import local
from alerts.notices import NOTICE, sent_keys
from config.policy import ProjectCodes, Role
from monitor.events import Code
from monitor.judge import Judged
from monitor.ledger.read import CHUNK, load
from monitor.ledger.store import EVENT, ITEM, parts
from monitor.ledger.verdicts import verdict

if TYPE_CHECKING:
    from monitor.app import App


def coded(judged: Judged, counter: str) -> Coded | None:
    """How an item uses its project code; None if it needs none, or if nothing has happened to it yet."""
    arrived = judged.arrived_on
    if not judged.needs_code or arrived is None:
        return None
    facts, said = judged.facts, judged.code_verdict
    known = facts.project is not None
    return Coded(
        item=facts.item,
        unit=judged.unit,
        unit_name=judged.unit_name,
        counter=counter or NO_COUNTER,
        received=arrived,
        matter=facts.matter_name or facts.matter,
        project=facts.project or "",
        given=said.given,
        problem=said.problem,
        reason=said.message.partition("。")[0] if known else "平台没有给出该办件的项目信息，无从核验项目代码",
        repaired=said.repaired,
        standing=_standing(judged),
        known=known,
    )


def _standing(judged: Judged) -> str:
    if judged.closed_on is not None:
        return "closed"
    return "accepted" if judged.clocks.milestones.accepted else "received"


def counters_of(connection: Connection, ids: Sequence[str], seen_by: datetime | None = None) -> dict[str, str]:
    """Item → the office (办理处室) of its earliest receipt that has one; ``seen_by`` as for ``load``."""
    found: dict[str, str] = {}
    for chunk in parts(ids, CHUNK):
        offices = (
            select(EVENT.c.item, EVENT.c.office)
            .where(EVENT.c.item.in_(chunk), EVENT.c.code == int(Code.RECEIVED), EVENT.c.valid, EVENT.c.office != "")
            .order_by(EVENT.c.item, EVENT.c.moment, EVENT.c.updated.desc())
        )
        if seen_by is not None:
            offices = offices.where(EVENT.c.seen_at <= seen_by)
        for item, office in connection.execute(offices):
            found.setdefault(item, office)
    return found


def codes_now(app: "App", items: Collection[str], now: datetime) -> Mapping[str, Coded]:
    """How ``items`` use their project codes at ``now`` (UTC)."""
    with app.transactions.read() as connection:
        return {one.item: one for one in _coded(app, connection, sorted(items), now)}


def _coded(app: "App", connection: Connection, ids: Sequence[str], now: datetime) -> list[Coded]:
    counters = counters_of(connection, ids)
    judged = (verdict(row, app.standards, now)[1] for row in load(connection, ids))
    found = (coded(one, counters.get(one.facts.item, "")) for one in judged if one is not None)
    return [one for one in found if one is not None]


def since(rule: ProjectCodes, today: date) -> date:
    """From which local date of receipt on the counter is told of an item."""
    return rule.since or today - timedelta(days=rule.within_days)


@dataclass(frozen=True, slots=True)
class _Told:
    """Items that were told of: those still open with a wrong code, and those whose code is right by now."""

    wrong: set[str]
    mended: set[str]


def _told(connection: Connection) -> _Told:
    # No condition on the item: by one, SQLite would begin with all open items instead of the few that were told of.
    joined = TOLD.join(ITEM, ITEM.c.item == NOTICE.c.item).add_columns(ITEM.c.code_problem, ITEM.c.closed_on)
    rows = connection.execute(joined).all()
    return _Told(
        {row.item for row in rows if row.code_problem is not None and row.closed_on is None},
        {row.item for row in rows if row.code_problem is None},
    )


def findings(app: "App", connection: Connection, now: datetime, told: Collection[str]) -> list[Coded]:
    """Codes that are missing or wrong and that the counter is to know of.

    1. Of items received within the days the policy says, and of those ``told`` of before.
    2. Not yet where the platform has given no project and the item came in today: its row may still be on its way.
    """
    today = local(now).date()
    first = since(app.config.policy.project_codes, today)
    # Asked for one by one, as only so each is a look into an index, however large the ledger.
    wrong = select(ITEM.c.item).where(ITEM.c.valid, ITEM.c.code_problem.is_not(None))
    recent = connection.scalars(wrong.where(ITEM.c.received_on >= first)).all()
    unreceived = connection.scalars(wrong.where(ITEM.c.received_on.is_(None), ITEM.c.accepted_on >= first)).all()
    found = _coded(app, connection, sorted({*recent, *unreceived, *told}), now)
    return [one for one in found if not one.right and (one.known or one.received < today)]


def untold(app: "App", connection: Connection, now: datetime) -> list[Coded]:
    """Findings that were never told and ought to be in the day's mail, while there is none."""
    this = app.round(connection, now)
    if is_done(connection, this):
        return []
    found = findings(app, connection, now, _told(connection).wrong)
    told = sent_keys(connection, sorted({one.item for one in found}), mails_leave=this.mails_leave).get(None, set())
    return [one for one in found if one.key not in told]


def plan_code_mail(app: "App", now: datetime) -> Mapping[str, Any]:
    """Queues the day's mail to the counter if something new was found; returns counts. Within its hours only.

    ``code_mails``: 0 or 1; ``code_findings``: what it lists.
    """
    if not app.is_open(now, Role.COUNTER):
        return {"code_mails": 0, "code_findings": 0}
    with app.transactions.read() as connection:
        this = app.round(connection, now)
        if is_done(connection, this):
            return {"code_mails": 0, "code_findings": 0}
        told = _told(connection)
        found = findings(app, connection, now, told.wrong)
    if not found and not told.mended:
        return {"code_mails": 0, "code_findings": 0}
    with app.transactions.write() as connection:
        forget_mended(connection, this, told.mended)
        mail = None if is_done(connection, this) else plan_codes(connection, found, this)
    return {"code_mails": int(mail is not None), "code_findings": len(mail.payload["lines"]) if mail else 0}
