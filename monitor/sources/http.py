"""The platform's exchange interface over HTTP: which pages are asked for, and when one is to be believed.

    GET {base_url}/tables/{table}?since=…&after=…&limit=…   Authorization: Bearer …

Paths, names of parameters and the layout of answers are configuration (`config.paging`); the above is the default.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from config.paging import Paging
from monitor.events import SHANGHAI
from monitor.sources import START, Page, Position, position_of
from monitor.sources.answer import STANDARD, Content, page, shown_address
from monitor.sources.exchange import Exchange
from monitor.sources.numbered import in_pages, next_row, read_whole
from monitor.times import EPOCHS

_PROOFS, _PROOFS_WHEN_FAILING = 2, 4


class HttpSource:
    """Reads tables of one platform over one kept connection; call `begin_round` at the start of every round.

    `page_size` is in rows. The other arguments are those of `Exchange`: `tables` maps standard names of tables to the
    source's where they differ, `attempts` is per page, `timeout_seconds` per network operation (a whole answer may take
    three times that), `budget_seconds` covers all pages and tables of a round; `renew` gives the token that stands in
    its file by now; `mapper` makes standard rows of the source's. `wait`, `monotonic`, `chance` (0 up to 1) and `now`
    are handed in so that pauses can be shortened and tested. Credentials inside `base_url` are not used: a secret
    belongs into the token. Certificates are checked against the machine's own store, where an intranet's authority is
    installed.
    """

    def __init__(self, *, page_size: int = 500, paging: Paging = STANDARD, **exchange: Any) -> None:
        self._exchange = Exchange(paging=paging, **exchange)
        self.name = self._exchange.name
        self._page_size, self._paging = page_size, paging

    def __repr__(self) -> str:
        return f"HttpSource(name={self.name!r}, base_url={shown_address(self._exchange.base_url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def requests(self) -> int:
        """How many requests the round has cost so far."""
        return self._exchange.requests

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far the other side's clock is ahead of ours by its last answer; None while that is not known."""
        return self._exchange.clock_ahead

    def close(self) -> None:
        """Closes the kept connection; the source cannot be used afterwards."""
        self._exchange.close()

    def begin_round(self) -> None:
        """Starts the time budget of a round and counts `requests` from 0."""
        self._exchange.begin_round()

    def pages(self, table: str, start: Position = START) -> Iterator[Page]:
        """All pages of `table` strictly after `start`, in order; at least one, which is empty when there is nothing.

        Raises `SourceError` when a page could not be had; the pages yielded before it are good and can be stored. With
        numbered pages everything is read before the first page is yielded, and rows of the second in which `start`
        lies are given again, since some of them may have come later.
        """
        if self._paging.style == "page":
            yield from in_pages(table, start, self._whole(table, start), self._page_size)
            return
        current = self._confirmed(table, start)
        yield current
        while not current.last:
            current = self._ask(table, current.end, self._page_size, promised=True)
            yield current

    def one(self, table: str, start: Position) -> Page:
        """The first row strictly after `start`, or an empty page: reads a row again that was broken on its way.

        The row may have been updated meanwhile and have moved on: compare its LSH with the row that was wanted.
        Raises `SourceError`.
        """
        if self._paging.style == "page":
            return next_row(table, start, self._whole(table, start))
        got = self._ask(table, start, 1)
        if not got.rows:
            got = self._ask(table, start, 1)
        if len(got.rows) <= 1:
            return got
        row, given = got.rows[0], got.given[:1]
        return Page(table, start, (row,), position_of(row) or start, last=False, given=given)

    def sample(self, table: str, most: int) -> Page:
        """The first `most` rows of `table`, or fewer: one page, nothing else is asked for. Raises `SourceError`."""
        if self._paging.style == "page":
            found = self._exchange.ask(table, self._numbered(START, 0, most), lambda content: content)
            return next(in_pages(table, START, found, most))
        return self._ask(table, START, most)

    def _confirmed(self, table: str, start: Position) -> Page:
        """The first page, confirmed: nothing came before it that it could be checked against.

        It is believed once two answers in a row begin alike, and an empty one only after four if anything at this
        source has failed in this round. But an answer that begins earlier than they do always wins: the others left
        rows out. Of those that agree, the longest is taken.
        """
        seen: list[Page] = []
        agreed, number = 0, 0
        for _ in range(max(_PROOFS_WHEN_FAILING, self._exchange.attempts)):
            got = self._ask(table, start, self._page_size)
            same = bool(seen) and _beginning(got) == _beginning(seen[-1])
            self._exchange.failing |= bool(seen) and not same
            agreed = agreed + 1 if same and self.requests == number + 1 else 1
            seen.append(got)
            number = self.requests
            needed = _PROOFS_WHEN_FAILING if self._exchange.failing and not got.rows else _PROOFS
            if agreed >= needed and _beginning(got) == min(map(_beginning, seen)):
                return max(seen[-agreed:], key=lambda candidate: len(candidate.rows))
        return min(seen, key=_beginning)

    def _ask(self, table: str, start: Position, limit: int, *, promised: bool = False) -> Page:
        """One page, asked for until it is good. Raises `SourceError`."""
        names = self._paging
        query = {names.since: _since(start.since, names), names.after: start.after, names.limit: limit}
        return self._exchange.ask(table, query, lambda found: page(table, start, found, promised=promised))

    def _whole(self, table: str, start: Position) -> Content:
        """Everything that was updated since `start`, from numbered pages. Raises `SourceError`."""

        def ask(number: int) -> Content:
            return self._exchange.ask(table, self._numbered(start, number, self._page_size), lambda found: found)

        return read_whole(self._exchange, table, ask)

    def _numbered(self, start: Position, number: int, size: int) -> dict[str, str | int]:
        names = self._paging
        since = {names.since: _since(_second_before(start.since), names)} if names.since else {}
        return {**since, names.page: names.first_page + number, names.limit: size}


def _beginning(got: Page) -> tuple[bool, Position]:
    """Where a page begins; a page without any placed row comes after all others."""
    first = next((place for row in got.rows if (place := position_of(row))), None)
    return (first is None, first or START)


def _since(since: str, names: Paging) -> str | int:
    """An update time as the other side wants it: letter by letter, unless it wants a form of its own."""
    if not since or not names.since_format:
        return since or names.first_since
    moment = datetime.fromisoformat(since[:19]).replace(tzinfo=SHANGHAI)
    if parts := EPOCHS.get(names.since_format):
        return int(moment.timestamp()) * parts
    return moment.strftime(names.since_format)


def _second_before(since: str) -> str:
    """A second earlier: whether the other side counts the named second in, its interface does not tell."""
    if not re.fullmatch(r".{10}[ T].{8}(\..*)?", since):
        return since
    before = datetime.fromisoformat(since[:19]) - timedelta(seconds=1)
    return before.isoformat(sep=since[10]) + since[19:]
