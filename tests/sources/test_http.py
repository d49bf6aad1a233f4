"""Reading a table to its end: pages, their positions, the first page, one row again, and the budget of a round."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from monitor.sources import START, Page, SourceError
from tests.sources.exchange import (
    CLEAN,
    EMPTY,
    PLACES,
    ROWS,
    Exchange,
    Respond,
    always,
    envelope,
    honest,
    read,
    serials,
    source,
    status,
)


def test_pages_carry_the_position_to_store_and_the_last_one_says_so(clock: Any) -> None:
    with source(Exchange(), clock) as reader:
        pages = read(reader)
    assert [(page.start, page.end, page.last) for page in pages] == [
        (START, PLACES[1], False),
        (PLACES[1], PLACES[3], False),
        (PLACES[3], PLACES[4], True),
    ]


def test_the_next_round_goes_on_where_a_failed_one_stopped(clock: Any) -> None:
    kept: list[Page] = []
    with source(Exchange(status(500), at=(3,)), clock, attempts=1) as reader:
        with pytest.raises(SourceError):
            kept.extend(reader.pages("XMSPSXBLXXB"))
        reader.begin_round()
        kept += read(reader, kept[-1].end)
    assert serials(kept) == [1, 2, 3, 4, 5]


# The first page: nothing to check it against but itself.

LATER = always(envelope(ROWS[4:]))
FIRST_PAGES: dict[str, tuple[Respond, tuple[int, ...], int, list[int]]] = {
    "sound: asked twice": (honest, (), CLEAN, [1, 2, 3, 4, 5]),
    "empty once: not believed": (EMPTY, (1,), CLEAN + 1, [1, 2, 3, 4, 5]),
    "empty when asked again: not believed": (EMPTY, (2,), CLEAN + 2, [1, 2, 3, 4, 5]),
    "empty, failed to ask again, empty: not believed": (EMPTY, (1, 3), CLEAN + 3, [1, 2, 3, 4, 5]),
    "a later page in its place: not believed": (LATER, (1,), CLEAN + 1, [1, 2, 3, 4, 5]),
    "a later page when asked again: not believed": (LATER, (2,), CLEAN + 2, [1, 2, 3, 4, 5]),
    "a later page twice when asked again: the earliest is believed": (LATER, (2, 3), CLEAN + 3, [1, 2, 3, 4, 5]),
    "a later page every other time: the earliest is believed": (LATER, (1, 3, 5), CLEAN + 3, [1, 2, 3, 4, 5]),
    "empty twice in a row: believed": (EMPTY, (1, 2), 2, []),
}


@pytest.mark.parametrize(("fault", "at", "requests", "expected"), FIRST_PAGES.values(), ids=FIRST_PAGES.keys())
def test_the_first_page_is_confirmed(
    clock: Any, fault: Respond, at: tuple[int, ...], requests: int, expected: list[int]
) -> None:
    with source(Exchange(fault, at=at), clock) as reader:
        assert serials(read(reader)) == expected
        assert reader.requests == requests


def test_a_later_page_twice_with_a_failure_between_is_not_believed(clock: Any) -> None:
    exchange = Exchange(at=(1, 2, 3))
    exchange.fault = lambda request: (status(500) if len(exchange.asked) == 2 else LATER)(request)
    with source(exchange, clock) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]


def test_an_empty_table_is_one_empty_page_that_keeps_the_position(clock: Any) -> None:
    with source(Exchange(), clock) as reader:
        assert read(reader, PLACES[4]) == [Page("XMSPSXBLXXB", PLACES[4], (), PLACES[4], last=True)]


def test_after_a_failure_in_the_round_an_empty_answer_needs_four_in_a_row(clock: Any) -> None:
    exchange = Exchange(EMPTY, at=(6, 7, 8))
    exchange.fault = lambda request: (status(500) if len(exchange.asked) == 3 else EMPTY)(request)
    exchange.at = (3, 6, 7, 8)
    with source(exchange, clock) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]  # requests 1 to 5, the third failed
        assert serials(read(reader)) == [1, 2, 3, 4, 5]  # 6, 7 and 8 were empty
        reader.begin_round()
        assert serials(read(reader, PLACES[4])) == []
        assert reader.requests == 2


def test_rows_that_arrive_between_the_two_first_answers_are_taken(clock: Any) -> None:
    one_row = always(envelope(ROWS[3:4]))
    with source(Exchange(one_row, at=(1,)), clock) as reader:
        assert serials(read(reader, PLACES[2])) == [4, 5]


# Positions


def test_rows_without_a_usable_position_are_handed_on_and_move_nothing(clock: Any) -> None:
    broken = [{"LSH": None, "GXSJ": "2026-03-02 09:00:04"}, {"LSH": 9, "GXSJ": "2026-02-30 09:00:00"}, {"LSH": True}]
    mixed = always(envelope([broken[0], ROWS[2], broken[1], broken[2]]))
    with source(Exchange(mixed, after=0), clock, page_size=4) as reader:
        (only,) = read(reader, PLACES[1])
    assert only.rows == (broken[0], ROWS[2], broken[1], broken[2])
    assert (only.end, only.last) == (PLACES[2], True)


def test_a_page_of_nothing_but_unusable_rows_at_the_end_keeps_the_position(clock: Any) -> None:
    with source(Exchange(always(envelope([{"BLZT": 1}])), after=0), clock) as reader:
        (only,) = read(reader, PLACES[1])
    assert (only.rows, only.end, only.last) == (({"BLZT": 1},), PLACES[1], True)


def test_after_an_unusable_last_row_reading_goes_on_from_the_last_usable_one(clock: Any) -> None:
    tail = always(envelope([ROWS[0], ROWS[1], {"LSH": "?"}], {"since": None, "after": "?"}))
    exchange = Exchange(tail, at=(1, 2))
    with source(exchange, clock) as reader:
        assert serials(read(reader)) == [1, 2, "?", 3, 4, 5]
    assert exchange.asked[2].url.params["after"] == "2"


# One row again


def test_one_row_is_the_first_after_the_position(clock: Any) -> None:
    exchange = Exchange()
    with source(exchange, clock) as reader:
        assert reader.one("XMSPSXBLXXB", PLACES[1]) == Page("XMSPSXBLXXB", PLACES[1], (ROWS[2],), PLACES[2], last=False)
    assert [request.url.params["limit"] for request in exchange.asked] == ["1"]


def test_one_row_is_cut_from_a_longer_answer(clock: Any) -> None:
    with source(Exchange(always(envelope(ROWS[2:])), after=0), clock) as reader:
        assert reader.one("XMSPSXBLXXB", PLACES[1]) == Page("XMSPSXBLXXB", PLACES[1], (ROWS[2],), PLACES[2], last=False)


def test_no_row_is_confirmed_when_one_is_asked_for(clock: Any) -> None:
    with source(Exchange(EMPTY, at=(1,)), clock) as reader:
        assert serials([reader.one("XMSPSXBLXXB", PLACES[1])]) == [3]
        assert serials([reader.one("XMSPSXBLXXB", PLACES[4])]) == []
        assert reader.requests == 4


# The budget


def test_a_pause_that_the_budget_cannot_pay_is_not_begun(clock: Any) -> None:
    with (
        source(Exchange(status(500), after=0), clock, budget_seconds=3.0) as reader,
        pytest.raises(SourceError, match="HTTP 500") as failure,
    ):
        read(reader)
    assert failure.value.kind == "budget"
    assert clock.waits == [0.5, 1]


def test_the_budget_covers_all_tables_of_a_round_and_a_new_round_has_its_own(clock: Any) -> None:
    with source(Exchange(), clock, budget_seconds=60) as reader:
        reader.begin_round()
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
        clock.now += 60
        with pytest.raises(SourceError) as failure:
            next(reader.pages("XMJBXXB"))
        assert (failure.value.kind, failure.value.permanent, reader.requests) == ("budget", False, CLEAN)
        reader.begin_round()
        assert serials(read(reader)) == [1, 2, 3, 4, 5]


class Trickle(httpx.SyncByteStream):
    """A body that never ends, and how much of it was read."""

    def __init__(self, chunk: bytes, each: Callable[[], object]) -> None:
        self.chunk, self.each, self.sent = chunk, each, 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.each()
            self.sent += len(self.chunk)
            yield self.chunk


def test_a_body_that_trickles_is_given_up_after_three_time_outs(clock: Any) -> None:
    def second() -> None:
        clock.now += 1

    stream = Trickle(b" ", second)
    endless = Exchange(lambda _: httpx.Response(200, stream=stream), after=0)
    with source(endless, clock, attempts=1, timeout_seconds=10) as reader, pytest.raises(SourceError) as failure:
        read(reader)
    assert failure.value.kind == "timeout"
    assert stream.sent == 31


def test_a_body_above_the_limit_is_cut_off_while_it_arrives(clock: Any) -> None:
    stream = Trickle(b" " * 1024, lambda: None)
    endless = Exchange(lambda _: httpx.Response(200, stream=stream), after=0)
    with source(endless, clock, max_bytes=10 * 1024) as reader, pytest.raises(SourceError) as failure:
        read(reader)
    assert failure.value.kind == "too_large"
    assert stream.sent == 11 * 1024
