"""What staff put on record, into the ledger and out of force again: each in one transaction, the item judged at once.

A record is never changed but for being withdrawn; one of the same field takes the place of the one before.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from config.problems import shown
from monitor import admission
from monitor.admission import Paper, RefusedError, Wish
from monitor.corrections import EXTENSION, TITLES
from monitor.judge import Judged, Standards, judge
from monitor.ledger.beside import CORRECTION
from monitor.ledger.read import Loaded, load
from monitor.ledger.store import mark_dirty, table_of
from monitor.ledger.tables import Change
from monitor.ledger.verdicts import CHANGE_COLUMNS, keep, verdict
from monitor.side_by_side import values_of

CHANGE = table_of(Change)
Judging = Callable[[datetime], Judged]
"""The item judged at a moment (UTC), by what is known now."""


class NotOnLedgerError(RefusedError):
    """The ledger does not hold the item."""

    def __init__(self, item: str) -> None:
        super().__init__(f"台账里没有办件“{shown(item)}”。")
        self.item = item


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was put on record or taken back: its numbers, those it replaced, the item before and after, warnings."""

    ids: tuple[int, ...]
    replaced: tuple[int, ...]
    before: Judged
    after: Judged
    warnings: tuple[str, ...] = ()


def record(
    connection: Connection,
    item: str,
    wanted: Callable[[Judged, Judging], Sequence[Wish]],
    paper: Paper,
    standards: Standards,
    now: datetime,
) -> Recorded:
    """Puts on record what ``wanted`` makes of the item as it is now. Raises RefusedError; then nothing is kept.

    1. Records of the same field that are in force are withdrawn; extensions add up.
    2. Each record is a change of the item, from what counted before, with who approved it and why.
    3. The item is judged at once, and again by the next round.
    """
    row = _loaded(connection, item)
    before = judge(row.facts, row.versions, standards, now)
    wishes = wanted(before, lambda moment: judge(row.facts, row.versions, standards, moment))
    ids: list[int] = []
    replaced: list[int] = []
    warnings: list[str] = []
    for wish in wishes:
        number = _insert(connection, item, wish, paper, now)
        replaced += _replace(connection, item, wish.field, number, paper, now)
        why = f"人工更正 #{number}：{paper.by}，{paper.why}" + (f"（{paper.document}）" if paper.document else "")
        _changed(connection, item, wish.field, _counted(before, wish.field), wish.value, why, now)
        ids.append(number)
        warnings += wish.warnings
    after = _judged_again(connection, item, standards, now, f"人工更正 {_numbers(ids)}")
    return Recorded(tuple(ids), tuple(replaced), before, after, tuple(warnings))


def withdraw(connection: Connection, number: int, paper: Paper, standards: Standards, now: datetime) -> Recorded:
    """Takes a record out of force. Raises RefusedError when there is none of this number, or it is withdrawn."""
    found = connection.execute(select(CORRECTION).where(CORRECTION.c.id == number)).first()
    if found is None:
        raise RefusedError(f"没有更正 #{number}。全部更正用 approval-monitor corrections 查看。")
    if found.withdrawn_at is not None:
        raise RefusedError(f"更正 #{number} 已由 {found.withdrawn_by} 撤销（{found.withdrawn_why}），不用再撤销。")
    row = _loaded(connection, found.item)
    before = judge(row.facts, row.versions, standards, now)
    _end(connection, [number], paper, now)
    why = f"撤销更正 #{number}：{paper.by}，{paper.why}" + (f"（{paper.document}）" if paper.document else "")
    left = next((one.platform for one in before.standing if one.correction.id == number), None)
    _changed(connection, found.item, found.field, found.value, left, why, now)
    after = _judged_again(connection, found.item, standards, now, f"撤销更正 #{number}")
    return Recorded((number,), (), before, after)


def listed(connection: Connection, item: str | None = None) -> list[dict[str, Any]]:
    """All records ever made, or those of an item, in the order of recording; moments UTC."""
    statement = select(CORRECTION).order_by(CORRECTION.c.id)
    if item is not None:
        statement = statement.where(CORRECTION.c.item == item)
    return [dict(row._mapping) for row in connection.execute(statement)]


def _loaded(connection: Connection, item: str) -> Loaded:
    row = next(load(connection, [item]), None)
    if row is None:
        raise NotOnLedgerError(item)
    if not row.valid:
        raise RefusedError(f"办件 {item} 已被平台标为无效（SJYXBS = 0），不再计时，不能更正。")
    return row


def _insert(connection: Connection, item: str, wish: Wish, paper: Paper, now: datetime) -> int:
    why = paper.why + (f"（{admission.LATE}，强制记录）" if wish.warnings and wish.field == EXTENSION else "")
    values: dict[str, Any] = {"item": item, "field": wish.field, "value": wish.value, "was": wish.was, "why": why}
    values |= {"by": paper.by, "document": paper.document, "at": now}
    key = connection.execute(CORRECTION.insert().values(values)).inserted_primary_key
    return int(key[0]) if key else 0


def _replace(connection: Connection, item: str, field: str, number: int, paper: Paper, now: datetime) -> list[int]:
    if field == EXTENSION:
        return []
    older = select(CORRECTION.c.id).where(
        CORRECTION.c.item == item,
        CORRECTION.c.field == field,
        CORRECTION.c.withdrawn_at.is_(None),
        CORRECTION.c.id != number,
    )
    found = list(connection.scalars(older))
    _end(connection, found, Paper(paper.by, f"由更正 #{number} 取代"), now)
    return found


def _end(connection: Connection, numbers: Iterable[int], paper: Paper, now: datetime) -> None:
    why = paper.why + (f"（{paper.document}）" if paper.document else "")
    ended = {"withdrawn_at": now, "withdrawn_by": paper.by, "withdrawn_why": why}
    connection.execute(update(CORRECTION).where(CORRECTION.c.id.in_(list(numbers))).values(ended))


def _counted(judged: Judged, field: str) -> str | None:
    """What counted for a field before: the record in force, else what the platform says."""
    if field == EXTENSION:
        return None
    in_force = [one.value for one in judged.facts.corrections if one.field == field]
    return in_force[-1] if in_force else values_of(judged.platform or judged).get(field)


def _changed(
    connection: Connection, item: str, field: str, before: str | None, after: str | None, why: str, now: datetime
) -> None:
    values = dict(zip(CHANGE_COLUMNS, (item, now, f"人工更正 {TITLES[field]}", before, after, why), strict=True))
    connection.execute(CHANGE.insert().values(values))


def _judged_again(connection: Connection, item: str, standards: Standards, now: datetime, why: str) -> Judged:
    row = _loaded(connection, item)
    one, judged = verdict(row, standards, now)
    if judged is None:
        raise RefusedError(f"更正后{one.trouble or '办件无法判断。'}没有保存。")
    keep(connection, [one], now, why, lambda found: found.next_moment if found.finished else now)
    # A round that judged it before this was kept would else store what it was.
    mark_dirty(connection, [item])
    return judged


def _numbers(ids: Iterable[int]) -> str:
    return "、".join(f"#{number}" for number in ids)
