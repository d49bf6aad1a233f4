"""Judging what has changed: the log of changes, taken up in parts, and everything when the clock was set back.

settle: dirty items | judge, alike ones once | compare with what was stored | changes, columns, next moment — one
transaction a chunk.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.calendar_versions import restored
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
       another calendar, due dates are put on record that moved and are not among what is stored.
    """
    with transactions.read() as connection:
        standing_reason = standing.reason(connection)
        former = former_of(connection, standards)
    anew, count = Anew(standards, now, standing_reason or why, former=former), 0
    while (part := _settle_part(transactions, anew)) is not None:
        count += part
        if count >= TELL_FROM:
            LOG.info("重新判断（%s）：已判断 %d 件", standing_reason or why, count)
    if standing_reason:
        with transactions.write() as connection:
            standing.end(connection, standing_reason)
    return count


def former_of(connection: Connection, standards: Standards) -> Former | None:
    """The calendar before that of ``standards``, while items are being judged again because of it."""
    known = standing.former_calendar(connection)
    return Former(Turn(standards, restored(known[0])), known[1]) if known else None


def _settle_part(transactions: Transactions, anew: Anew) -> int | None:
    """Judges the items of the first part of the log. Returns how many, None when the log is empty."""
    with transactions.read() as connection:
        ids, last = dirty_part(connection, PART)
    if not ids:
        return None
    count = 0
    for chunk in parts(ids, SETTLE_CHUNK):
        with transactions.write() as connection:
            count += anew.settle(connection, chunk)
            if chunk[-1] == ids[-1]:
                connection.execute(DIRTY.delete().where(DIRTY.c.id <= last))
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
