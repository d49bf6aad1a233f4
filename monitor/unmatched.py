"""Items of units that the configuration does not know: which names they carry, and telling the supervisor of them.

Such an item is nobody's: its reminders go to the supervisor. It moves to its unit at the next round after the
configuration has learnt the name or the code.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, case, func, select

from alerts.deliver import domain_of
from alerts.outbox import MAIL, Outgoing, add
from alerts.recipients import resolve
from alerts.wording import long_date
from config.nearest import nearest_unit
from config.policy import Role
from config.problems import shown
from monitor.app import App
from monitor.ledger.store import ITEM

KEY = "unmatched|"
MOST_NAMES = 20
"""How many names a mail lists; ``units`` shows all."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A unit as the platform writes it and nobody here knows it.

    ``items`` carry it, ``open`` of them are not closed; ``since``: the earliest local date of receipt among these.
    """

    code: str
    name: str
    items: int
    open: int
    since: date | None

    @property
    def words(self) -> str:
        """The platform's own words."""
        named = f"“{shown(self.name)}”" if self.name else "（没有名称）"
        return f"{named}（编码 {shown(self.code) or '空'}）"


def on_record(connection: Connection, *, only_open: bool = False) -> list[Unmatched]:
    """The unknown units of the ledger, those with the most open items first."""
    is_open = ITEM.c.closed_on.is_(None)
    conditions = [ITEM.c.valid, ITEM.c.unit.is_(None), ITEM.c.judged_at.is_not(None), *([is_open] if only_open else [])]
    opened = func.sum(case((is_open, 1), else_=0))
    found = connection.execute(
        select(ITEM.c.unit_code, ITEM.c.unit_name, func.count(), opened, func.min(ITEM.c.received_on))
        .where(and_(*conditions))
        .group_by(ITEM.c.unit_code, ITEM.c.unit_name)
        .order_by(opened.desc(), func.count().desc(), ITEM.c.unit_name, ITEM.c.unit_code)
    )
    return [Unmatched(*row) for row in found]


def tell_supervisor(app: App, now: datetime) -> bool:
    """Queues one mail to the supervisor when open items carry unknown units of which no mail told so far.

    Told within working hours only, and of each unit once. Returns whether there was something to tell.
    """
    if not app.is_open(now, Role.SUPERVISOR):
        return False
    with app.transactions.read() as connection:
        found = on_record(connection, only_open=True)
        known = _told(connection) if found else set()
    fresh = [one for one in found if (one.code, one.name) not in known]
    if not fresh:
        return False
    recipients = resolve(Role.SUPERVISOR, (Role.OPERATOR,), None, app.config.units)
    payload = {
        "title": "有办件的审批单位不在单位名录里",
        "paragraphs": _paragraphs(app, fresh),
        "made_at": now.isoformat(),
        "units": [[one.code, one.name] for one in fresh],
    }
    mail = Outgoing(KEY + now.isoformat(), "operator", "reminder", recipients, payload)
    with app.transactions.write() as connection:
        return add(connection, mail, domain_of(app.config.settings.delivery), now)


def _told(connection: Connection) -> Collection[tuple[str, str]]:
    # A span of the index: LIKE would read every mail there is.
    mails = connection.scalars(select(MAIL.c.payload).where(MAIL.c.key >= KEY, MAIL.c.key < KEY + "\uffff"))
    return {(code, name) for payload in mails for code, name in payload.get("units", ())}


def _paragraphs(app: App, fresh: list[Unmatched]) -> list[str]:
    listed, more = fresh[:MOST_NAMES], len(fresh) - MOST_NAMES
    return [
        f"平台上有 {sum(one.open for one in fresh)} 件在办办件，它们的审批单位与单位名录对不上，列为“未匹配单位”。"
        "在归到单位之前，这些办件的催办、督办都发给督办专员，没有通知任何单位。",
        *(_sentence(app, one) for one in listed),
        *([f"另有 {more} 个名称未列出，请运行 approval-monitor units。"] if more > 0 else []),
        "请督办专员核实责任单位并转办；请运维人员在 units.toml 里补上别名或编码，检查配置后重启服务"
        "（approval-monitor units 给出可以直接粘贴的写法）。下一轮起这些办件归入该单位，并按当时的级别提醒该单位。",
    ]


def _sentence(app: App, one: Unmatched) -> str:
    near = nearest_unit(app.config.units, one.name)
    suggestion = f"名称最接近{near.name}，请核实" if near else "名录里没有相近的名称"
    since = f"，最早 {long_date(one.since)} 接件" if one.since else ""
    return f"{one.words}：在办 {one.open} 件{since}；{suggestion}。"
