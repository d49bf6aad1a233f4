"""What staff put on record about mails: a unit's answer, a hold, its end. Each item it touches is judged again."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from alerts import answers, holds
from alerts.answers import Given, Kind
from alerts.hours import local
from alerts.past import EXPLANATION
from config.problems import shown
from config.units import UnitDirectory
from monitor.admission import Paper, RefusedError, is_personal
from monitor.judge import Judged, Standards, judge
from monitor.ledger.office import NotOnLedgerError
from monitor.ledger.read import load
from monitor.ledger.store import ITEM, mark_dirty, mark_dirty_where
from monitor.times import normal_time

LONGEST_ANSWER = 5000


@dataclass(frozen=True, slots=True)
class Target:
    """What is held: an item or a unit, and the name it is shown by."""

    scope: holds.Scope
    id: str
    name: str


def answer(
    connection: Connection, item: str, given: Given, standards: Standards, now: datetime, *, force: bool
) -> tuple[Judged, int]:
    """Records what a unit answered about ``item``. Returns the item as it is, and 1, or 0 for a known answer.

    Raises NotOnLedgerError, and RefusedError for an answer of another unit than the item's, which would end nothing,
    unless ``force`` wants it on record all the same.
    """
    judged = _judged(connection, item, standards, now)
    if given.unit != judged.unit and not force:
        theirs = standards.name_of(given.unit, "")
        raise RefusedError(
            f"办件 {item} 的审批单位是{judged.unit_name}，不是{theirs}：{theirs}的答复不会影响对它的督促。"
            "请核对 --unit；仍要存档的，请加 --force。"
        )
    written = answers.record(connection, given, now)
    mark_dirty(connection, [item])
    return judged, written


def _judged(connection: Connection, item: str, standards: Standards, now: datetime) -> Judged:
    row = next((row for row in load(connection, [item]) if row.valid), None)
    if row is None:
        raise NotOnLedgerError(item)
    return judge(row.facts, row.versions, standards, now)


def answer_text(text: str, kind: Kind) -> str:
    """The words of an answer as they are kept. Raises RefusedError: nothing said, too much, or somebody's number."""
    plain = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    if not plain and kind == EXPLANATION:
        raise RefusedError("--text 是空的：情况说明要写明逾期原因、办理措施和预计办结日期。")
    if len(plain) > LONGEST_ANSWER:
        raise RefusedError(f"--text 过长（最多 {LONGEST_ANSWER} 字），请摘要登记。")
    if is_personal(plain):
        raise RefusedError("--text 里像是有手机号或身份证号：台账不保存个人信息，请去掉后再登记。")
    return plain


def target_of(connection: Connection, given: str, units: UnitDirectory, now: datetime) -> Target:
    """The item with this number, else the unit of this id, name or alias. Raises NotOnLedgerError for neither."""
    if any(row.valid for row in load(connection, [given])):
        return Target("item", given, given)
    unit = units.get(units.match(given, given, local(now).date()))
    if unit is None:
        raise NotOnLedgerError(given)
    return Target("unit", unit.id, unit.name)


def hold(connection: Connection, target: Target, until: str, paper: Paper, standards: Standards, now: datetime) -> int:
    """Holds an item or a unit up to and with the local date ``until`` (ISO). Returns the hold's number.

    Raises RefusedError for a date that is none, has passed, or lies further off than the policy allows.
    """
    last = holds.latest(local(now).date(), standards.policy.holds.max_workdays, standards.workdays)
    try:
        return holds.hold(connection, target.scope, target.id, until_day(until), paper.why, paper.by, now, last=last)
    except holds.RefusedError as error:
        raise RefusedError(str(error)) from error


def until_day(given: str) -> date:
    """A local date as it was typed. Raises RefusedError."""
    text = normal_time(given)
    if text is None or len(text) > len("2026-11-23"):
        raise RefusedError(f"--until 的“{shown(given)}”不是日期。应写成 2026-12-31，暂停到这一天（含）为止。")
    return date.fromisoformat(text)


def lift(connection: Connection, number: int, paper: Paper, now: datetime) -> holds.HoldNow:
    """Ends a hold before its date; what it kept back is judged by the next round. Raises RefusedError."""
    try:
        found = holds.lift(connection, number, paper.by, paper.why, now)
    except holds.RefusedError as error:
        raise RefusedError(str(error)) from error
    if found.scope == "item":
        mark_dirty(connection, [found.target])
    else:
        mark_dirty_where(connection, ITEM.c.unit == found.target, ITEM.c.closed_on.is_(None))
    return found
