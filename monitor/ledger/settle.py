"""Judging what has changed: the log of changes, taken up in parts, and everything when the clock was set back.

settle: dirty items | judge, alike ones once | compare with what was stored | changes, columns, next moment — one
transaction a chunk.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from monitor.calendar_versions import Recorded, restored
from monitor.judge import Standards
from monitor.ledger import standing
from monitor.ledger.anew import Anew, Former
from monitor.ledger.read import dirty_part
from monitor.ledger.store import DIRTY, mark_all_dirty, parts, table_of
from monitor.ledger.tables import JobRun
from monitor.ledger.transactions import Transactions
from monitor.moves import Turn

SETTLE_CHUNK = 10_000
PART = 200_000
"""How many lines of the log of changes are taken up at once: what is held in memory of a ledger of any size."""
TELL_FROM = 100_000
LOG = logging.getLogger("monitor")
CLOCK_TOLERANCE = timedelta(minutes=5)


def settle(transactions: Transactions, standards: Standards, now: datetime, why: str = "取数") -> int:
    """Judges all dirty items; they are looked at by the next plan. Returns how many.

    1. The log of changes is taken up in parts, and a part is deleted when all its items have been judged: a crash
       between makes some of them judged again, which changes nothing.
    2. Items that were marked for a reason that is on record are judged for that one instead of ``why``; where it is
       another calendar, due dates are put on record that moved and are not among what is stored, and what was told of
       them is carried over.
    3. What is marked for a calendar that is not that of ``standards`` is left to a process that has it.
    """
    anew, because, count = None, None, 0
    while (part := _next_part(transactions, standards)) is not None and part.ids:
        if anew is None or because != (part.reason, part.former):
            because = (part.reason, part.former)
            anew = Anew(standards, now, part.reason or why, former=former_of(part.former, standards))
        count += _settle_part(transactions, anew, part)
        if count >= TELL_FROM:
            LOG.info("重新判断（%s）：已判断 %d 件", part.reason or why, count)
    if part is not None and part.reason:
        with transactions.write() as connection:
            # Marked again since by somebody, it stands on.
            if not dirty_part(connection, 1)[0]:
                standing.end(connection, part.reason)
    return count


class _Part(NamedTuple):
    """The first part of the log: its items and its last line; for what reason and after which calendar (and since when)
    they are judged again, if it is on record."""

    ids: Sequence[str]
    last: int
    reason: str | None
    former: tuple[Recorded, datetime] | None


def _next_part(transactions: Transactions, standards: Standards) -> _Part | None:
    """The first part of the log, without items if it is empty; None if it is to be left to another process."""
    with transactions.read() as connection:
        if standing.is_for_another(connection, standards.workdays):
            return None
        reason, former = standing.reason(connection), standing.former_calendar(connection)
        return _Part(*dirty_part(connection, PART), reason, former)


def former_of(known: tuple[Recorded, datetime] | None, standards: Standards) -> Former | None:
    """The calendar before that of ``standards`` and until when it was (``known``), ready to judge by."""
    return Former(Turn(standards, restored(known[0])), known[1]) if known else None


def _settle_part(transactions: Transactions, anew: Anew, part: _Part) -> int:
    """Judges the items of a part of the log. Returns how many."""
    count = 0
    for chunk in parts(part.ids, SETTLE_CHUNK):
        with transactions.write() as connection:
            count += anew.settle(connection, chunk)
            if chunk[-1] == part.ids[-1]:
                connection.execute(DIRTY.delete().where(DIRTY.c.id <= part.last))
    return count


def rejudge_if_set_back(transactions: Transactions, now: datetime) -> bool:
    """Marks every item dirty when jobs ran in what is now the future: the clock has been set back since.

    What was judged then waits for moments that lie beyond their time. The runs of the future are forgotten, so this
    happens once. Returns whether it was so.
    """
    runs = table_of(JobRun)
    ahead = runs.c.started_at > now + CLOCK_TOLERANCE
    with transactions.read() as connection:
        if connection.scalar(select(runs.c.slot).where(ahead).limit(1)) is None:
            return False
    with transactions.write() as connection:
        connection.execute(runs.delete().where(ahead))
        mark_all_dirty(connection)
    return True
