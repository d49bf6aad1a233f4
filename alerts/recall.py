"""What is on record about many items, read in bulk: notices, answers asked for and given, holds, moved due dates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, select

from alerts import answers, holds
from alerts.case import Case
from alerts.hours import local
from alerts.notice import due_of
from alerts.notices import CARRIED, CHUNK, NOTICE
from alerts.outbox import MAIL, WAITING
from alerts.past import Answered, Asked, Past
from alerts.rules import ANSWER

_ASKED = tuple(
    NOTICE.c[name] for name in ("item", "key", "clock", "step", "level", "unit", "mail_key", "decided_at", "answer_by")
)
UNTOLD = (*WAITING, "failed")
"""States of mails that nobody has got."""


def recall(
    connection: Connection,
    items: Collection[str],
    now: datetime,
    *,
    mails_leave: bool,
    told: Collection[str] | None = None,
    asked: bool = True,
) -> Past:
    """What is on record about ``items`` at ``now`` (UTC), in a few statements for each 500 of them.

    Once mails leave, a notice whose mail was only kept as a file has not been told: the trial run burns no step.
    ``told``: those of them whose notices are looked up (None: all). ``asked``: with the answers that were asked for.
    """
    listed = sorted(set(items))
    # Asked for once: beside each notice, SQLite would read a mail's whole payload to come to its state.
    kept = set(connection.scalars(select(MAIL.c.key).where(MAIL.c.state == "kept"))) if mails_leave else set()
    keys: defaultdict[str, list[tuple[str, str | None]]] = defaultdict(list)
    uncounted: set[str] = set()
    columns = select(NOTICE.c.item, NOTICE.c.key, NOTICE.c.unit, NOTICE.c.mail_key)
    for chunk in _chunks(listed if told is None else sorted(set(told))):
        for item, key, unit, mail in connection.execute(columns.where(NOTICE.c.item.in_(chunk))):
            if mail in kept:
                uncounted.add(key)
            else:
                keys[item].append((key, unit))
    held = holds.held(connection, local(now).date())
    owed = _asked(connection, listed, kept) if asked else {}
    return Past(keys, owed, _answers(connection, listed), held, frozenset(uncounted))


def _asked(connection: Connection, items: Sequence[str], kept: set[str | None]) -> Mapping[str, Sequence[Asked]]:
    found: defaultdict[str, list[Asked]] = defaultdict(list)
    untold: dict[str, str] | None = None
    for chunk in _chunks(items):
        about = select(*_ASKED).where(NOTICE.c.item.in_(chunk), NOTICE.c.answer_by.is_not(None))
        rows = list(connection.execute(about.order_by(NOTICE.c.decided_at)))
        if rows and untold is None:
            mails = select(MAIL.c.key, MAIL.c.state).where(MAIL.c.state.in_(UNTOLD))
            untold = {mail.key: mail.state for mail in connection.execute(mails)}
        # A notice carried over to another due date was decided when it was first told.
        first = {(row.item, row.step, row.mail_key): row.decided_at for row in reversed(rows)}
        for row in rows:
            due, state = due_of(row.key), (untold or {}).get(row.mail_key)
            if due is None or row.mail_key in kept or state == "failed":
                continue
            on = local(first[row.item, row.step, row.mail_key]).date()
            found[row.item].append(Asked(row.clock, due, row.unit, row.level, on, row.answer_by, state is not None))
    return found


def _answers(connection: Connection, items: Sequence[str]) -> Mapping[str, Sequence[Answered]]:
    found: defaultdict[str, list[Answered]] = defaultdict(list)
    if not answers.any_at_all(connection):
        return found
    for chunk in _chunks(items):
        for item, unit, kind, text, at in answers.rows_about(connection, chunk):
            found[item].append(Answered(unit, kind, text, at))
    return found


def moved_from(connection: Connection, cases: Iterable[Case], past: Past) -> dict[tuple[str, str], date]:
    """By (item, clock) the due date that its unit was told last, for those of ``cases`` that have another one now.

    A notice that was passed over told nobody, and one carried over after a change of the calendar told the old date.
    """
    asked = {case.key: case for case in cases if case.clock != ANSWER and _is_moved(case, past)}
    told: dict[tuple[str, str], tuple[datetime, date]] = {}
    columns = select(NOTICE.c.item, NOTICE.c.clock, NOTICE.c.key, NOTICE.c.decided_at)
    really = (NOTICE.c.passed_over.is_(False), NOTICE.c.reason != CARRIED, NOTICE.c.mail_key.is_not(None))
    for chunk in _chunks(sorted({item for item, _ in asked})):
        for item, clock, key, at in connection.execute(columns.where(NOTICE.c.item.in_(chunk), *really)):
            case, due = asked.get((item, clock)), due_of(key)
            if case is not None and due is not None and key in past.sent(case):
                told[item, clock] = max(told.get((item, clock), (at, due)), (at, due))
    return {key: due for key, (_, due) in told.items() if due != asked[key].due}


def _is_moved(case: Case, past: Past) -> bool:
    """Whether anything was told of the clock with another due date."""
    begin = f"{case.item}|{case.clock}|"
    now = f"{begin}{case.due}|"
    return any(key.startswith(begin) and not key.startswith(now) for key in past.sent(case))


def _chunks(items: Sequence[str]) -> Iterable[Sequence[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
