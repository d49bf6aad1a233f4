"""One round of reading the platform into the ledger.

source.pages | read_rows | store + set aside + cursor (one transaction a page) | rows set aside asked for again | settle
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from monitor.events import SHANGHAI
from monitor.judge import Standards
from monitor.ledger import store
from monitor.ledger.held import without_held
from monitor.ledger.settle import settle
from monitor.ledger.source_state import has_rows
from monitor.ledger.store import Aside
from monitor.ledger.transactions import Transactions
from monitor.records import TABLES, Refused, read_rows, without_personal
from monitor.source_clock import FEWEST, ahead_by_updates, behind_by_events, clock_ahead
from monitor.sources import START, Page, Position, SourceError, position_of

MOST_RETRIED = 50
RETRY_PASSES = 3
MOVED_ON_AFTER = 6
CLOCK_TOLERANCE = timedelta(days=1)
CLOCK_SAMPLE = 100
HOPELESS = frozenset({"unreachable", "unauthorised", "tls", "budget", "redirect", "driver"})
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
    """What a round came to: counts, the sentences of what failed, and how many items were judged.

    ``clock_ahead``: how far the source's clock is ahead of ours, as far as that is known; ``by_updates`` and
    ``by_events``: what the newest rows say of it.
    """

    source: str
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[SourceError] = field(default_factory=list)
    clock_ahead: timedelta | None = None
    by_updates: timedelta | None = None
    by_events: timedelta | None = None

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
            if error.kind in HOPELESS or error.retry_after is not None:
                break
    if not result.errors:
        _read_again(transactions, source, result, now)
    # Not every source tells the time.
    answered: timedelta | None = getattr(source, "clock_ahead", None)
    result.clock_ahead = clock_ahead(answered, result.by_updates, result.by_events)
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
        if reached == START and not page.rows:
            _check_not_vanished(transactions, result.source, table)
        again = page.start < reached
        reached = _believable(page, reached, now)
        records, refused = read_rows(table, page.rows)
        with transactions.write() as connection:
            if again:
                records = without_held(connection, table, records, result.source)
            store.store_records(connection, table, records, now, result.source)
            store.set_aside(connection, result.source, table, _placed(page, refused), now)
            store.write_cursor(connection, result.source, table, reached)
        result.counts["pages"] += 1
        result.counts["rows"] += len(page.rows)
        result.counts["refused"] += len(refused)
        _look_at_the_clock(result, page.rows[-CLOCK_SAMPLE:], now)
        if stop():
            raise SourceError("收到停止信号，本轮取数中断，下轮从已保存的位置继续。", kind="budget", permanent=False)


def _look_at_the_clock(result: PollResult, rows: Sequence[Mapping[str, object]], now: datetime) -> None:
    """What the newest rows say of the source's clock; what older ones said of events no longer counts then."""
    result.by_updates = ahead_by_updates(rows, now) or result.by_updates
    if len(rows) >= FEWEST and "BLSJ" in rows[-1]:
        result.by_events = behind_by_events(rows)


def _believable(page: Page, reached: Position, now: datetime) -> Position:
    """The cursor after ``page``, ``reached`` before it, but never beyond a row dated later than tomorrow.

    One row with a wrong clock would else carry the cursor past everything that is still to come. Such rows are stored
    and read again each round until their day has come.
    """
    latest = (now + CLOCK_TOLERANCE).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    if page.end.since <= latest:
        return page.end
    positions = [found for row in page.rows if (found := position_of(row)) and found.since <= latest]
    return max([reached, *positions])


def _check_not_vanished(transactions: Transactions, source: str, table: str) -> None:
    """Raises SourceError when a table that had rows is empty from its beginning on: that is not believed."""
    with transactions.read() as connection:
        if not has_rows(connection, source, table):
            return
    raise SourceError(
        f"读取失败：表 {table} 从头读取却一行也没有，而台账里有来源“{source}”给过的记录。"
        f"位置：来源“{source}”的表 {table}。处理：请向平台方核实该表的数据和账号的权限；"
        "台账保持原样，没有按全部办结处理。",
        kind="vanished",
        permanent=True,
    )


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
                page = _again(source, aside)
            except SourceError:
                result.counts["retry_failed"] += 1
                return
            result.counts["read_again"] += _accept(transactions, page, aside, result.source, now)


def _again(source: Source, aside: Aside) -> Page:
    """What stands where the row set aside stood: at its own place, else behind the cursor that was before it.

    Another row may have come between the two meanwhile: one that was committed late.
    """
    own = aside.own
    if own is not None and own.after > 0:
        page = source.one(aside.table, Position(own.since, own.after - 1))
        if page.rows and position_of(page.rows[0]) == own:
            return page
    return source.one(aside.table, aside.before)


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
