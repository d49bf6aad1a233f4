"""The table of notices: what was decided, so that nothing is decided twice, and nothing is forgotten."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, String, Table, and_, bindparam, column, exists, func, literal, select, update

from alerts.bulk import insert_new
from alerts.case import Case
from alerts.notice import notice_key
from alerts.outbox import MAIL, waiting_lines
from alerts.rules import Decision
from alerts.tables import NoticeRow

NOTICE: Table = NoticeRow.__table__  # type: ignore[attr-defined]
CHUNK = 500
CARRIED = "日历变更后灯色未变，沿用"
LIT_AGAIN = "日历变更后灯色改变"


def sent_keys(connection: Connection, items: Sequence[str], *, mails_leave: bool) -> Mapping[str | None, set[str]]:
    """The keys of the notices of ``items`` that count as sent, by the unit (or None) that was told.

    A unit has not been told what another one was. And once mails leave, a notice whose mail was only kept as a file
    has not been sent: the trial run burns no step.
    """
    found: defaultdict[str | None, set[str]] = defaultdict(set)
    # Asked for once: beside each notice, SQLite would read a mail's whole payload to come to its state.
    kept = set(connection.scalars(select(MAIL.c.key).where(MAIL.c.state == "kept"))) if mails_leave else set()
    columns = select(NOTICE.c.key, NOTICE.c.unit, NOTICE.c.mail_key)
    for start in range(0, len(items), CHUNK):
        for key, unit, mail in connection.execute(columns.where(NOTICE.c.item.in_(items[start : start + CHUNK]))):
            if mail not in kept:
                found[unit].add(key)
    return found


def remember(
    connection: Connection,
    decided: Iterable[tuple[Case, Decision]],
    mail_of: Mapping[str, str],
    now: datetime,
    *,
    on_record: Collection[str],
) -> None:
    """Stores what was decided and what was passed over. ``mail_of``: key of a notice → key of its mail.

    ``on_record``: the keys that are on record of these items. One of them that is decided again, for another unit or
    since its mail was only kept as a file, is made a thing of the past.
    """
    # By their items, by which they lie in the file.
    listed = sorted(decided, key=lambda one: one[0].item)
    if on_record:
        fresh = (row[0] for row in _rows(listed, mail_of, now))
        retire(connection, [key for key in fresh if key in on_record], "decided again", now)
    insert_new(NOTICE, _COLUMNS, connection.dialect).run(connection, _rows(listed, mail_of, now))


_COLUMNS = (
    "key", "item", "clock", "step", "level", "unit", "passed_over", "mail_key", "reason", "decided_at", "answer_by",
)  # fmt: skip


def _rows(
    decided: Iterable[tuple[Case, Decision]], mail_of: Mapping[str, str], now: datetime
) -> Iterator[tuple[Any, ...]]:
    """The notices decided, and those of the steps passed over: values of _COLUMNS."""
    for case, decision in decided:
        if (told := decision.notice) is not None:
            key = told.key
            about = (key, told.item, told.clock, told.step.name, told.step.level, case.unit)
            yield *about, False, mail_of.get(key), decision.reason, now, told.answer_by
        for over in decision.passed_over:
            about = (over.key, over.item, over.clock, over.step.name, over.step.level, case.unit)
            yield *about, True, None, "passed_over", now, None


def retire(connection: Connection, keys: Collection[str], why: str, now: datetime) -> None:
    """Makes notices with these keys a thing of the past: they stay on record, and their steps can be owed again."""
    listed = sorted(keys)
    for start in range(0, len(listed), CHUNK):
        connection.execute(
            update(NOTICE)
            .where(NOTICE.c.key.in_(listed[start : start + CHUNK]))
            .values(key=NOTICE.c.key + f"|{why}|{now.isoformat()}", reason=why)
        )


def ask_by(connection: Connection, dates: Mapping[str, date]) -> None:
    """Puts off until when an answer is asked for, by notice: a mail that leaves later than it was planned asks anew.

    A notice told in several mails is answered in time by the latest of their dates.
    """
    for key, by in dates.items():
        later = (NOTICE.c.key == key, NOTICE.c.answer_by < by)
        connection.execute(update(NOTICE).where(*later).values(answer_by=by))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of the calendar made of a clock: its due date (local) before and after, judged at one moment.

    ``same_light``: the light is the one it was; ``open``: the clock still runs.
    """

    item: str
    clock: str
    before: date
    after: date
    same_light: bool
    open: bool = True


def told_among(connection: Connection, items: Collection[str], due: date | None = None) -> set[str]:
    """Those of ``items`` that something was told of; with ``due`` (local): of that due date or a later one."""
    asked = func.json_each(json.dumps(list(items))).table_valued(column("value", String))
    # In one text, so that it is a single step of the driver.
    found = select(func.json_group_array(asked.c.value)).where(told_of(asked.c.value, due))
    return set(json.loads(connection.scalar(found) or "[]"))


def told_of(item: Any, due: date | None = None) -> Any:
    """The condition that something was told of ``item`` (a column); with ``due``: of that due date or a later one."""
    if due is None:
        return exists().where(NOTICE.c.item == item)
    # A key is item|clock|due date|step, so the index of the keys has the answer in it; } comes right after |.
    of_item = (NOTICE.c.key > item + "|", NOTICE.c.key < item + "}")
    rest = func.substr(NOTICE.c.key, func.length(item) + 2)
    return exists().where(*of_item, func.substr(rest, func.instr(rest, "|") + 1) >= due.isoformat())


def carry_over(connection: Connection, moves: Sequence[Moved], now: datetime, since: datetime | None = None) -> int:
    """Keeps a moved due date from arming every step again. Returns how many notices were carried over.

    1. Where the light has not changed, each notice of the old due date counts for the new one too, under the same mail.
       Not so one whose mail still waits: it will be found to speak of an old date and be let go, and is owed afresh.
    2. Where it has changed, the steps of the new due date are owed afresh; also when the date has stayed the same.

    Doing it again changes nothing, also when something has been told in between, where ``since`` is given: the moment
    (UTC) of the change, after which steps were told by the new dates. Call it in the transaction that keeps these.
    """
    alike = [move for move in moves if move.same_light]
    lit = [move for move in moves if not move.same_light and move.before == move.after]
    waiting = waiting_lines(connection) if alike or lit else set()
    if lit:
        told = _told_before(lit, waiting, NOTICE.c.key)
        told = told if since is None else told.where(NOTICE.c.decided_at < since)
        retire(connection, connection.scalars(told).all(), LIT_AGAIN, now)
    return _carried(connection, alike, waiting, now) if alike else 0


def _carried(connection: Connection, moves: Sequence[Moved], waiting: Collection[str], now: datetime) -> int:
    names = [column.name for column in NOTICE.c]
    fresh = {
        "key": _AFTER + func.substr(NOTICE.c.key, func.length(_BEFORE) + 1),
        "reason": literal(CARRIED),
        "decided_at": literal(now, NOTICE.c.decided_at.type),
    }
    found = _told_before(moves, waiting, *(fresh.get(name, NOTICE.c[name]) for name in names))
    return connection.execute(NOTICE.insert().prefix_with("OR IGNORE").from_select(names, found)).rowcount


_MOVES = func.json_each(bindparam("moves")).table_valued(column("value", String), name="moved")
"""Rows of item, clock, and what the keys of its notices begin with, before and after."""
_ITEM, _CLOCK, _BEFORE, _AFTER = (func.json_extract(_MOVES.c.value, f"$[{place}]", type_=String) for place in range(4))


def _told_before(moves: Sequence[Moved], waiting: Collection[str], *columns: Any) -> Select[Any]:
    """``columns`` of the notices that speak of a due date from which a clock has moved; not if their mail waits."""
    given = [
        (move.item, move.clock, _begin(move.item, move.clock, move.before), _begin(move.item, move.clock, move.after))
        for move in moves
    ]
    # By a range of the key, in which the steps of a clock and due date lie together; } comes right after |.
    theirs = (NOTICE.c.key > _BEFORE, NOTICE.c.key < func.substr(_BEFORE, 1, func.length(_BEFORE) - 1) + "}")
    step = func.substr(NOTICE.c.key, func.length(_BEFORE) + 1)
    live = (NOTICE.c.item == _ITEM, NOTICE.c.clock == _CLOCK, func.instr(step, "|") == 0)
    untold = func.json_each(json.dumps([key for key in waiting if key])).table_valued("value", name="untold")
    found = select(*columns).select_from(_MOVES.join(NOTICE, and_(*theirs)))
    return found.where(*live, NOTICE.c.key.not_in(select(untold.c.value))).params(moves=json.dumps(given))


def _begin(item: str, clock: str, due: date) -> str:
    return notice_key(item, clock, due, "")
