"""The limits in force, matter by matter: which count for the items of the ledger, and where each comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, case, func, select

from config.matters import Matter
from config.policy import Policy
from monitor.app import App
from monitor.catalogue.compare import limit_words
from monitor.clocks import Limit
from monitor.ledger.store import ITEM, MATTER
from monitor.limits import promised_limit

ITEM_ROW, PLATFORM, OWN, NOWHERE = "办件", "平台目录", "matters.toml", "无"


@dataclass(slots=True)
class InForce:
    """A matter of the ledger or of matters.toml.

    ``promised``: limit in words → (where it comes from, how many open items it counts for); items of one matter can
    carry limits of their own. ``unlimited``: open items without any limit.
    """

    code: str
    name: str
    statutory: str
    needs_code: bool
    listed: bool
    items: int = 0
    open: int = 0
    unlimited: int = 0
    promised: dict[tuple[str, str], int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return {
            "matter": self.code,
            "name": self.name,
            "promised": [{"limit": limit, "from": where, "open": n} for (limit, where), n in self.promised.items()],
            "statutory": None if self.statutory == NOWHERE else self.statutory,
            "statutory_from": None if self.statutory == NOWHERE else OWN,
            "needs_code": self.needs_code,
            "needs_code_from": OWN if self.listed else None,
            "items": self.items,
            "open": self.open,
            "open_without_limit": self.unlimited,
        }


def in_force(app: App) -> list[InForce]:
    """Every matter that an item of the ledger is of or that matters.toml has; those with unlimited items first.

    Limits are those of the rows that the ledger holds; of an item of which several sources speak, ``explain`` tells.
    """
    found: dict[str, InForce] = {}
    catalogue, policy = app.config.matters, app.config.policy
    for row in _groups(app):
        own = catalogue.get(row.matter)
        matter = found.setdefault(row.matter, _blank(row.matter, row.name, own))
        matter.items += row.items
        matter.open += row.open
        limit, where = _promised(row, own, policy)
        if limit is None:
            matter.unlimited += row.open
        if row.open or limit is not None:
            words = limit_words(limit.amount, limit.unit) if limit else NOWHERE
            matter.promised[words, where] = matter.promised.get((words, where), 0) + row.open
    for code, own in catalogue.items():
        if code not in found:
            found[code] = _blank(code, own.name, own)
            if limit := promised_limit(None, None, None, own, ()):
                found[code].promised[limit_words(limit.amount, limit.unit), OWN] = 0
    return sorted(found.values(), key=lambda one: (-one.unlimited, -one.open, one.code))


@dataclass(frozen=True, slots=True)
class Differing:
    """A matter of which the owner's catalogue promises something else than the platform, whose word counts."""

    code: str
    name: str
    own: str
    platform: tuple[str, ...]


def differing(app: App, catalogue: Mapping[str, Matter]) -> list[Differing]:
    """The matters of ``catalogue`` whose promised limit is not the one that counts for their open items."""
    found: dict[str, Differing] = {}
    for row in _groups(app):
        own = catalogue.get(row.matter)
        limit = promised_limit(row.limit_days, row.listed_days, row.kind, own, app.config.policy.instant_kinds)
        if own is None or own.promised is None or limit is None or not row.open:
            continue
        words, stated = limit_words(limit.amount, limit.unit), limit_words(own.promised, own.unit_of_limit)
        if words != stated:
            others = found[own.code].platform if own.code in found else ()
            found[own.code] = Differing(own.code, own.name, stated, tuple(dict.fromkeys((*others, words))))
    return list(found.values())


def _groups(app: App) -> Iterator[Any]:
    """Items by matter and limit of the item row, with what the platform's catalogue says."""
    opened = func.sum(case((ITEM.c.closed_on.is_(None), 1), else_=0)).label("open")
    counted = (
        select(ITEM.c.matter, ITEM.c.limit_days, func.count().label("items"), opened)
        .where(ITEM.c.valid)
        .group_by(ITEM.c.matter, ITEM.c.limit_days)
        .subquery()
    )
    joined = counted.outerjoin(MATTER, and_(MATTER.c.matter == counted.c.matter, MATTER.c.valid))
    columns = (MATTER.c.name, MATTER.c.kind, MATTER.c.limit_days.label("listed_days"))
    statement = select(counted, *columns).select_from(joined).order_by(counted.c.matter, counted.c.limit_days)
    with app.transactions.read() as connection:
        yield from connection.execute(statement).all()


def _blank(code: str, name: str | None, own: Matter | None) -> InForce:
    statutory = limit_words(own.statutory, own.unit_of_statutory) if own else NOWHERE
    return InForce(code, name or (own.name if own else ""), statutory, own is None or own.needs_code, own is not None)


def _promised(row: Any, own: Matter | None, policy: Policy) -> tuple[Limit | None, str]:
    limit = promised_limit(row.limit_days, row.listed_days, row.kind, own, policy.instant_kinds)
    if limit is None:
        return None, NOWHERE
    given: Mapping[str, int | None] = {ITEM_ROW: row.limit_days, PLATFORM: row.listed_days}
    unit = own.platform_unit if own else limit.unit
    for where, days in given.items():
        if days == limit.amount and unit == limit.unit:
            return limit, where
    return limit, OWN
