"""One round of reading the platform into the ledger.

source.pages | read_rows | store + set aside + cursor (one transaction a page) | rows set aside asked for again | settle
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.events import SHANGHAI
from monitor.judge import Standards
from monitor.ledger import store
from monitor.ledger.settle import settle
from monitor.ledger.store import Aside
from monitor.ledger.transactions import Transactions
from monitor.records import TABLES, Refused, read_rows, without_personal
from monitor.sources import Page, Position, SourceError, position_of

MOST_RETRIED = 50
RETRY_PASSES = 3
MOVED_ON_AFTER = 6
CLOCK_TOLERANCE = timedelta(days=1)
HOPELESS = frozenset({"unreachable", "unauthorised", "tls", "budget", "redirect"})
"""Failures that the next table of the source would meet as well."""


class Source(Protocol):
    """What a poll needs of a source."""

    def begin_round(self) -> None:
        """Starts the time budget of a round."""

    def pages(self, table: str, start: Position) -> Iterator[Page]:
        """The pages of ``table`` after ``start``; raises SourceError."""

    def one(self, table: str, start: Position) -> Page:
        """The first row after ``start``; raises SourceError."""


@dataclass(slots=True)
class PollResult:
    """What a round came to: counts, the sentences of what failed, and how many items were judged."""

    source: str
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[SourceError] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """good: every table was read to its end; partial: some; failed: none."""
        if not self.errors:
            return "good"
        return "partial" if self.counts["tables"] else "failed"

    @property
    def message(self) -> str:
        """What failed, as sentences in Chinese; empty when nothing did."""
        return " ".join(dict.fromkeys(error.message for error in self.errors))


def poll(
    transactions: Transactions,
    source: Source,
    name: str,
    tables: Sequence[str],
    standards: Standards,
    now: datetime,
    finished: Callable[[], datetime],
    stop: Callable[[], bool] = lambda: False,
) -> PollResult:
    """Reads every table of one source to its end and judges what changed.

    1. Each page is stored together with its cursor; a page that cannot be had ends its table, not the others.
    2. Rows that cannot be read are set aside and asked for again, a few times at once (they may have been broken on
       their way) and once every later round.
    3. ``finished()`` gives the moment (UTC) the round ended, for the record; ``stop()`` ends it after the present page.
    """
    result = PollResult(name)
    source.begin_round()
    for table in (table for table in TABLES if table in tables):
        try:
            _read_table(transactions, source, result, table, now, stop)
            result.counts["tables"] += 1
        except SourceError as error:
            result.errors.append(error)
            if error.kind in HOPELESS:
                break
    if not result.errors:
        _read_again(transactions, source, result, now)
    result.counts["judged"] = settle(transactions, standards, now)
    with transactions.write() as connection:
        result.counts["set_aside"] = store.count_set_aside(connection)
        store.record_round(
            connection, source=name, started_at=now, finished_at=finished(), outcome=result.outcome,
            counts=dict(result.counts), message=result.message,
        )  # fmt: skip
    return result


def _read_table(
    transactions: Transactions,
    source: Source,
    result: PollResult,
    table: str,
    now: datetime,
    stop: Callable[[], bool],
) -> None:
    with transactions.read() as connection:
        reached = store.read_cursor(connection, result.source, table)
    for page in source.pages(table, reached):
        reached = _believable(page, reached, now)
        records, refused = read_rows(table, page.rows)
        with transactions.write() as connection:
            store.store_records(connection, table, records, now, result.source)
            store.set_aside(connection, result.source, table, _placed(page, refused), now)
            store.write_cursor(connection, result.source, table, reached)
        result.counts["pages"] += 1
        result.counts["rows"] += len(page.rows)
        result.counts["refused"] += len(refused)
        if stop():
            raise SourceError("收到停止信号，本轮取数中断，下轮从已保存的位置继续。", kind="budget", permanent=False)


def _believable(page: Page, reached: Position, now: datetime) -> Position:
    """The cursor after ``page``, ``reached`` before it, but never beyond a row dated later than tomorrow.

    One row with a wrong clock would else carry the cursor past everything that is still to come. Such rows are stored
    and read again each round until their day has come.
    """
    latest = (now + CLOCK_TOLERANCE).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if page.end.since <= latest:
        return page.end
    positions = [found for row in page.rows if (found := position_of(row)) and found.since <= latest]
    return max(positions, default=reached)


def _placed(page: Page, refused: Sequence[Refused]) -> list[tuple[Position, Refused]]:
    """Each refused row with the cursor just before it: the last usable position of the rows in front of it."""
    before, places = page.start, []
    waiting = {id(row.given): row for row in refused}
    for row in page.rows:
        if id(row) in waiting:
            places.append((before, _as_given(page, row, waiting[id(row)])))
        before = position_of(row) or before
    return places


def _as_given(page: Page, row: object, refused: Refused) -> Refused:
    """The refused row in the source's own words, so that it can be read again once those are understood."""
    given = page.as_given(row)
    return refused if given is row else replace(refused, row=without_personal(given))


def _read_again(transactions: Transactions, source: Source, result: PollResult, now: datetime) -> None:
    """Asks again for rows set aside: at once, because most were only broken on their way."""
    for _ in range(RETRY_PASSES):
        with transactions.read() as connection:
            asides = store.rows_set_aside(connection, result.source, MOST_RETRIED)
        if not asides:
            return
        for aside in asides:
            try:
                page = source.one(aside.table, aside.before)
            except SourceError:
                result.counts["retry_failed"] += 1
                return
            result.counts["read_again"] += _accept(transactions, page, aside, result.source, now)


def _accept(transactions: Transactions, page: Page, aside: Aside, source: str, now: datetime) -> bool:
    """Stores a row that was asked for again. Returns whether that settles the row set aside.

    Another row in its place settles it only when that was so several times: the row has been updated and stands
    further on, where the ordinary reading finds it; once could be the platform answering with the wrong page.
    """
    records, refused = read_rows(aside.table, page.rows)
    found = position_of(page.rows[0]) if page.rows else None
    same = aside.own is None or found == aside.own
    settled = not refused and (same or aside.tries >= MOVED_ON_AFTER)
    with transactions.write() as connection:
        store.store_records(connection, aside.table, records, now, source)
        if settled:
            store.resolve(connection, aside.id, now)
        else:
            store.count_try(connection, aside.id, now)
    return settled
