"""Silences by the supervisor: nothing is mailed to units about an item or a unit, up to a date and never beyond."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, Row, Table, select, update

from alerts.hours import Workdays, local
from alerts.tables import Hold

HOLD: Table = Hold.__table__  # type: ignore[attr-defined]
Scope = Literal["item", "unit"]
SCOPES: Mapping[str, str] = {"item": "办件", "unit": "单位"}


class RefusedError(ValueError):
    """The hold cannot be put on record, or not be lifted; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class HoldNow:
    """A hold: ``target`` is an item number or a unit's id, ``until`` the last local date it is in force.

    Moments are UTC. The last three say by whom and why it was lifted before its date, if it was.
    """

    id: int
    scope: Scope
    target: str
    until: date
    why: str
    by: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_why: str | None = None

    def is_active(self, on: date) -> bool:
        """Whether it is in force on a local date: from the day it was made to its last, and not lifted by then."""
        lifted = self.lifted_at is not None and local(self.lifted_at).date() <= on
        return local(self.at).date() <= on <= self.until and not lifted


def active(connection: Connection, on: date) -> list[HoldNow]:
    """The holds in force on the local date ``on``, in the order of their making; for reports of any day."""
    rows = connection.execute(select(HOLD).where(HOLD.c.until >= on).order_by(HOLD.c.id))
    return [one for one in map(_read, rows) if one.is_active(on)]


def listed(connection: Connection) -> list[HoldNow]:
    """All holds ever made, in the order of their making."""
    return [_read(row) for row in connection.execute(select(HOLD).order_by(HOLD.c.id))]


def held(connection: Connection, on: date) -> dict[tuple[str, str], date]:
    """(scope, target) → the last day of the longest hold in force on the local date ``on``."""
    found: dict[tuple[str, str], date] = {}
    for one in active(connection, on):
        target = (one.scope, one.target)
        found[target] = max(found.get(target, one.until), one.until)
    return found


def latest(today: date, max_workdays: int, workdays: Workdays) -> date:
    """The last local date that a hold made today may run to."""
    return workdays.add(today, max_workdays)


def hold(
    connection: Connection, scope: Scope, target: str, until: date, why: str, by: str, now: datetime, *, last: date
) -> int:
    """Puts a hold on record; ``last`` is the last date allowed. Returns its number.

    Raises RefusedError for a date that has passed or lies beyond ``last``.
    """
    today = local(now).date()
    if until < today:
        raise RefusedError(f"截止日期 {until} 已经过去，没有登记。")
    if until > last:
        raise RefusedError(
            f"截止日期 {until} 超过了一次最多可暂停到的 {last}（policy.toml 的 [holds] max_workdays），没有登记。"
        )
    values = {"scope": scope, "target": target, "until": until, "why": why, "by": by, "at": now}
    key = connection.execute(HOLD.insert().values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def lift(connection: Connection, number: int, by: str, why: str, now: datetime) -> HoldNow:
    """Ends a hold before its date. Raises RefusedError when there is none of this number, or it has ended already."""
    row = connection.execute(select(HOLD).where(HOLD.c.id == number)).first()
    if row is None:
        raise RefusedError(f"没有暂停督促 #{number}。全部记录用 approval-monitor holds 查看。")
    found = _read(row)
    if found.lifted_at is not None:
        raise RefusedError(f"暂停督促 #{number} 已由 {found.lifted_by} 解除（{found.lifted_why}），不用再解除。")
    if found.until < local(now).date():
        raise RefusedError(f"暂停督促 #{number} 到 {found.until} 已自行结束，不用再解除。")
    ended = {"lifted_at": now, "lifted_by": by, "lifted_why": why}
    connection.execute(update(HOLD).where(HOLD.c.id == number).values(ended))
    return found


def _read(row: Row[tuple[object, ...]]) -> HoldNow:
    return HoldNow(**row._mapping)
