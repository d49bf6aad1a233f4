"""Numbered pages: all of them are read, put in order, and believed only when they are complete."""

from typing import Any

import httpx
import pytest

from monitor.sources import START, Page, Position, SourceError
from monitor.sources.http import HttpSource
from tests.sources import exchange
from tests.sources.exchange import serials
from tests.sources.numbered_exchange import COUNTED, ROWS, UNCOUNTED, Fault, Numbered, Row, listed

ITEMS = "XMSPSXBLXXB"
FIFTH = Position("2026-03-02 09:00:05", 5)


def source(numbered: Numbered, clock: Any, **options: Any) -> HttpSource:
    return exchange.source(numbered, clock, **({"paging": COUNTED} | options))


def read(numbered: Numbered, clock: Any, start: Position = START, **options: Any) -> list[Page]:
    with source(numbered, clock, **options) as reader:
        return list(reader.pages(ITEMS, start))


def refused(numbered: Numbered, clock: Any, **options: Any) -> SourceError:
    with pytest.raises(SourceError) as failure:
        read(numbered, clock, **options)
    return failure.value


BOTH = pytest.mark.parametrize("paging", [COUNTED, UNCOUNTED], ids=["with a total", "without a total"])


@BOTH
def test_all_pages_of_a_table_are_read(clock: Any, paging: Any) -> None:
    pages = read(Numbered(), clock, paging=paging)
    assert serials(pages) == [1, 2, 3, 4, 5]
    assert [(page.end.after, page.last) for page in pages] == [(2, False), (4, False), (5, True)]
    assert [page.start for page in pages] == [START, pages[0].end, pages[1].end]


def test_with_a_total_each_page_but_the_first_is_asked_for_once(clock: Any) -> None:
    numbered = Numbered()
    read(numbered, clock)
    assert [dict(request.url.params) for request in numbered.asked] == [
        {"beginTime": "", "pageNum": str(page), "pageSize": "2"} for page in (1, 1, 2, 3)
    ]


def test_without_a_total_everything_is_read_twice_up_to_a_page_that_brings_nothing_new_asked_twice(clock: Any) -> None:
    numbered = Numbered()
    read(numbered, clock, paging=UNCOUNTED)
    assert [request.url.params["pageNum"] for request in numbered.asked] == ["1", "2", "3", "4", "4"] * 2


def test_the_first_page_may_have_the_number_0(clock: Any) -> None:
    numbered = Numbered(fault=lambda it, request, _: it.answer(request, int(request.url.params["pageNum"]) + 1))
    pages = read(numbered, clock, paging=COUNTED.model_copy(update={"first_page": 0}))
    assert serials(pages) == [1, 2, 3, 4, 5]
    assert numbered.asked[0].url.params["pageNum"] == "0"


@BOTH
def test_rows_are_put_in_the_order_of_update_time_and_serial_number(clock: Any, paging: Any) -> None:
    numbered = Numbered()
    numbered.order = lambda row: -row["LSH"]
    assert serials(read(numbered, clock, paging=paging)) == [1, 2, 3, 4, 5]


@BOTH
def test_a_row_that_stands_on_two_pages_is_given_once(clock: Any, paging: Any) -> None:
    def overlapping(it: Numbered, request: httpx.Request, _: int) -> httpx.Response:
        first = (int(request.url.params["pageNum"]) - 1) * 2
        return listed(ROWS[max(0, first - 1) : first + 2], 5)

    assert serials(read(Numbered(fault=overlapping), clock, paging=paging)) == [1, 2, 3, 4, 5]


@BOTH
def test_a_server_that_gives_smaller_pages_than_asked_is_read_to_its_end(clock: Any, paging: Any) -> None:
    assert serials(read(Numbered(most=1), clock, paging=paging)) == [1, 2, 3, 4, 5]


@BOTH
def test_a_server_that_repeats_its_last_page_for_ever_is_read_to_its_end(clock: Any, paging: Any) -> None:
    def reasonable(it: Numbered, request: httpx.Request, _: int) -> httpx.Response:
        return it.answer(request, min(3, int(request.url.params["pageNum"])))

    assert serials(read(Numbered(fault=reasonable), clock, paging=paging)) == [1, 2, 3, 4, 5]


# From where on


def test_what_was_updated_since_the_cursor_is_asked_for_a_second_earlier(clock: Any) -> None:
    numbered = Numbered()
    assert serials(read(numbered, clock, Position("2026-03-02 09:00:04", 4))) == [4, 5]
    assert {request.url.params["beginTime"] for request in numbered.asked} == {"2026-03-02 09:00:03"}


def test_a_row_of_the_cursors_own_second_that_came_later_is_not_lost(clock: Any) -> None:
    late = {"LSH": 3, "GXSJ": "2026-03-02 09:00:05", "BLZT": 1}
    [page] = read(Numbered([late, ROWS[4]]), clock, FIFTH)
    assert (serials([page]), page.end) == ([3, 5], FIFTH)


def test_a_filter_by_the_day_gives_rows_that_are_not_taken_again(clock: Any) -> None:
    by_day = COUNTED.model_copy(update={"since_format": "%Y%m%d"})
    numbered = Numbered(fault=lambda it, request, _: listed(ROWS, 5))
    assert serials(read(numbered, clock, Position("2026-03-02 09:00:04", 4), paging=by_day)) == [4, 5]
    assert numbered.asked[0].url.params["beginTime"] == "20260302"


SINCE = {
    "a form": ("%Y/%m/%d %H:%M:%S", "2026/03/02 09:00:04"),
    "milliseconds": ("epoch_ms", "1772413204000"),
    "seconds": ("epoch_s", "1772413204"),
}


@pytest.mark.parametrize(("form", "expected"), SINCE.values(), ids=SINCE.keys())
def test_the_time_is_sent_in_the_form_of_the_other_side(clock: Any, form: str, expected: str) -> None:
    numbered = Numbered()
    read(numbered, clock, FIFTH, paging=COUNTED.model_copy(update={"since_format": form}), attempts=1)
    assert numbered.asked[0].url.params["beginTime"] == expected


def test_at_the_very_beginning_a_value_of_the_owners_is_sent(clock: Any) -> None:
    numbered = Numbered()
    read(numbered, clock, paging=COUNTED.model_copy(update={"first_since": "2000-01-01"}))
    assert numbered.asked[0].url.params["beginTime"] == "2000-01-01"


def test_a_platform_without_a_filter_gives_everything_each_time(clock: Any) -> None:
    numbered = Numbered()
    assert serials(read(numbered, clock, FIFTH, paging=COUNTED.model_copy(update={"since": ""}))) == [5]
    assert "beginTime" not in numbered.asked[0].url.params


@BOTH
def test_nothing_new_is_one_empty_page_that_keeps_the_position_and_is_asked_twice(clock: Any, paging: Any) -> None:
    numbered = Numbered([])
    assert read(numbered, clock, FIFTH, paging=paging) == [Page(ITEMS, FIFTH, (), FIFTH, last=True)]
    assert len(numbered.asked) == 2


# Complete or not believed


def at(number: int, answer: httpx.Response) -> Fault:
    return lambda it, request, count: answer if count == number else None


WRONG: dict[str, tuple[Fault, Any]] = {
    "an empty first page": (at(1, listed([], 0)), COUNTED),
    "an empty first page, no total": (at(1, listed([], 0)), UNCOUNTED),
    "an empty page in the middle": (at(2, listed([], 5)), COUNTED),
    "an empty page in the middle, no total": (at(2, listed([], 5)), UNCOUNTED),
    "the page before once more": (at(2, listed(ROWS[:2], 5)), COUNTED),
    "the page before once more, no total": (at(2, listed(ROWS[:2], 5)), UNCOUNTED),
    "the last page in place of the first": (at(1, listed(ROWS[4:], 5)), COUNTED),
    "the last page in place of the first, no total": (at(1, listed(ROWS[4:], 5)), UNCOUNTED),
    "a server error": (at(2, httpx.Response(500)), COUNTED),
    "a login page": (at(2, httpx.Response(200, html="<html>登录")), COUNTED),
    "no total where one should be": (at(2, listed(ROWS[2:4], None)), COUNTED),
}


@pytest.mark.parametrize(("fault", "paging"), WRONG.values(), ids=WRONG.keys())
def test_a_page_that_is_wrong_once_costs_requests_and_no_rows(clock: Any, fault: Fault, paging: Any) -> None:
    assert serials(read(Numbered(fault=fault), clock, paging=paging)) == [1, 2, 3, 4, 5]


def test_fewer_rows_than_told_are_never_believed(clock: Any) -> None:
    failure = refused(Numbered(fault=lambda it, request, _: listed(ROWS[:2], 5)), clock)
    assert (failure.kind, failure.permanent) == ("incomplete", False)
    assert "对方说共 5 行，翻完各页只取到 2 行" in str(failure)


def moved_while_read(it: Numbered, request: httpx.Request, count: int) -> None:
    """The first row is updated after its page was read: the third moves to the first page, which is read already."""
    if count == 2:
        it.rows[0]["GXSJ"] = "2026-03-02 09:00:30"


@BOTH
def test_a_row_pushed_onto_a_page_already_read_is_not_lost(clock: Any, paging: Any) -> None:
    pages = read(Numbered(fault=moved_while_read), clock, paging=paging)
    assert sorted(map(int, set(map(str, serials(pages))))) == [1, 2, 3, 4, 5]


def test_a_row_pushed_onto_a_page_already_read_by_one_that_was_deleted_is_not_lost(clock: Any) -> None:
    def deleted_while_read(it: Numbered, request: httpx.Request, count: int) -> None:
        if count == 2:
            del it.rows[0]

    assert serials(read(Numbered(fault=deleted_while_read), clock)) == [2, 3, 4, 5]


def test_data_that_never_stands_still_is_not_believed(clock: Any) -> None:
    def busy(it: Numbered, request: httpx.Request, count: int) -> None:
        it.rows[count % 5]["GXSJ"] = f"2026-03-02 10:{count:02d}:00"

    failure = refused(Numbered(fault=busy), clock, paging=UNCOUNTED)
    assert (failure.kind, failure.permanent) == ("incomplete", False)


def test_rows_that_arrive_meanwhile_are_taken(clock: Any) -> None:
    def arriving(it: Numbered, request: httpx.Request, count: int) -> None:
        if count == 2:
            it.rows.append({"LSH": 6, "GXSJ": "2026-03-02 09:00:06"})

    assert serials(read(Numbered(fault=arriving), clock)) == [1, 2, 3, 4, 5, 6]


# Rows without a position, and one row again


LOOSE: Row = {"LSH": None, "GXSJ": "2026-03-02 09:00:03"}


@BOTH
def test_rows_without_a_usable_position_are_handed_on_and_move_nothing(clock: Any, paging: Any) -> None:
    numbered = Numbered([*ROWS[:2], LOOSE])
    numbered.order = lambda row: 0
    first, second = read(numbered, clock, paging=paging)
    assert (first.rows, second.rows) == ((LOOSE, ROWS[0]), (ROWS[1],))
    assert (first.end.after, second.end.after, second.last) == (1, 2, True)


def test_one_row_is_the_first_after_the_position(clock: Any) -> None:
    with source(Numbered(), clock) as reader:
        page = reader.one(ITEMS, Position("2026-03-02 09:00:02", 2))
        assert (page.rows, page.end, page.last) == ((ROWS[2],), Position("2026-03-02 09:00:03", 3), False)
        assert reader.one(ITEMS, FIFTH).rows == ()


def test_a_row_without_a_position_is_not_taken_for_mended_while_it_is_there(clock: Any) -> None:
    numbered = Numbered([ROWS[0], LOOSE])
    numbered.order = lambda row: 0
    with source(numbered, clock) as reader:
        assert reader.one(ITEMS, START).rows == (ROWS[0], LOOSE)


def test_a_sample_is_one_page_asked_for_once(clock: Any) -> None:
    numbered = Numbered()
    with source(numbered, clock) as reader:
        assert serials([reader.sample(ITEMS, 3)]) == [1, 2, 3]
    assert len(numbered.asked) == 1


def test_the_budget_covers_numbered_pages_too(clock: Any) -> None:
    numbered = Numbered(fault=lambda it, request, count: clock.wait(4))
    with source(numbered, clock, budget_seconds=10) as reader:
        reader.begin_round()
        with pytest.raises(SourceError) as failure:
            list(reader.pages(ITEMS))
    assert failure.value.kind == "budget"
