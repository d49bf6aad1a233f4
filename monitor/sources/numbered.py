"""Numbered pages: everything updated since a time, read whole, put in order, and believed only if it is complete.

Pages are counted off by the other side anew for each request. A row that is updated while they are read moves, others
take its place, and one of them may be on no page that was asked for. So nothing is believed until it is shown to be
whole: by the number of rows that the other side told, or by reading everything twice with the same result.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from monitor.sources import Page, Position, position_of
from monitor.sources.answer import AnswerError, Content
from monitor.sources.exchange import Exchange

Row = dict[str, object]
_PROOFS, _PROOFS_WHEN_FAILING = 2, 4


@dataclass(slots=True)
class Pass:
    """One reading of all pages: the different rows (mapped, as given), how many there should be, and whether the pages
    moved while they were read: a row was met in two versions, or the number told changed."""

    rows: dict[str, tuple[Row, Row]] = field(default_factory=dict)
    serials: dict[object, str] = field(default_factory=dict)
    total: int | None = None
    moved: bool = False

    def add(self, found: Content) -> bool:
        """Takes a page; False when it brings nothing new."""
        before = len(self.rows)
        self.moved |= self.total not in (None, found.total)
        self.total = found.total
        for row, given in zip(found.rows, found.given or found.rows, strict=True):
            key, place = repr(sorted(row.items(), key=str)), position_of(row)
            self.rows.setdefault(key, (row, given))
            if place is not None and self.serials.setdefault(place.after, place.since) != place.since:
                self.moved = True
        return len(self.rows) > before

    @property
    def is_whole(self) -> bool:
        """Shown to be complete by the other side's own count."""
        return bool(self.rows) and not self.moved and self.total is not None and len(self.rows) >= self.total

    @property
    def lacks(self) -> int:
        """How many rows the other side told of but did not give."""
        return max(0, (self.total or 0) - len(self.rows))


def read_whole(exchange: Exchange, table: str, ask: Callable[[int], Content]) -> Content:
    """All rows that `ask` gives, page by page from number 0; raises `SourceError` when they are never complete.

    Reading goes on until the number of rows told is reached, or until a page brings nothing new, more than once: a
    short page is no proof, since a server may give less than it is asked for. A reading is believed when it reaches
    the number told, by a first page that was given twice alike, and nothing moved meanwhile; or when two in a row are
    alike; an empty one after four, if anything failed in this round.
    """
    before: Pass | None = None
    agreed = 0
    for _ in range(max(_PROOFS_WHEN_FAILING, exchange.attempts)):
        got = _one_pass(exchange, ask)
        same = before is not None and got.rows.keys() == before.rows.keys()
        exchange.failing |= before is not None and not same
        agreed, before = (agreed + 1 if same else 1), got
        needed = _PROOFS if got.rows else _needed(exchange)
        if got.is_whole or (agreed >= needed and not got.lacks):
            rows = tuple(got.rows.values())
            return Content(tuple(row for row, _ in rows), False, None, tuple(given for _, given in rows), got.total)
    raise exchange.error(table, _never_whole(before), exchange.attempts)


def _one_pass(exchange: Exchange, ask: Callable[[int], Content]) -> Pass:
    """All pages once. That there are no more is asked again, since it may be a page that went wrong."""
    got, number, idle = Pass(), 0, 0
    while not got.is_whole:
        if got.add(ask(number) if number else _first(exchange, ask)):
            number, idle = number + 1, 0
            continue
        idle += 1
        if idle >= _needed(exchange) or not got.rows:
            break
    return got


def _first(exchange: Exchange, ask: Callable[[int], Content]) -> Content:
    """The first page. Where a total may end the reading at once, it is asked for until two answers are alike."""
    got = ask(0)
    if got.total is None or not got.rows:
        return got
    for _ in range(max(_PROOFS_WHEN_FAILING, exchange.attempts)):
        before, got = got, ask(0)
        if (got.rows, got.total) == (before.rows, before.total):
            break
        exchange.failing = True
    return got


def _needed(exchange: Exchange) -> int:
    """How often the same must be said to be believed."""
    return _PROOFS_WHEN_FAILING if exchange.failing else _PROOFS


def _never_whole(got: Pass | None) -> AnswerError:
    if got is not None and got.lacks:
        return AnswerError("incomplete", f"对方说共 {got.total} 行，翻完各页只取到 {len(got.rows)} 行")
    return AnswerError("incomplete", "翻页期间数据一直在变，几遍取到的都不相同，不能确定是否取全")


def in_pages(table: str, start: Position, found: Content, size: int) -> Iterator[Page]:
    """The rows in order, in pages of at most `size`: those without a usable position first, those older than `start`
    not at all, since they have been read."""
    pairs = list(zip(found.rows, found.given or found.rows, strict=True))
    loose = [pair for pair in pairs if position_of(pair[0]) is None]
    placed = [(place, pair) for pair in pairs if (place := position_of(pair[0])) and place.since >= start.since]
    placed.sort(key=lambda one: one[0])
    ordered = [(start, pair) for pair in loose] + placed
    mapped = any(row != given for row, given in pairs)
    for first in range(0, max(1, len(ordered)), size):
        part = ordered[first : first + size]
        end = max([start, *(place for place, _ in part)])
        given = tuple(given for _, (_, given) in part) if mapped else ()
        last = first + size >= len(ordered)
        yield Page(table, start, tuple(row for _, (row, _) in part), end, last, given)
        start = end


def next_row(table: str, start: Position, found: Content) -> Page:
    """The first row strictly after `start`; behind it all rows without a usable position, so that one of these that was
    set aside is not taken for mended while it stands there as it was."""
    loose = tuple(row for row in found.rows if position_of(row) is None)
    places = [(place, row) for row in found.rows if (place := position_of(row)) and place > start]
    if not places:
        return Page(table, start, loose, start, last=True)
    place, row = min(places, key=lambda one: one[0])
    return Page(table, start, (row, *loose), place, last=len(places) == 1)
