"""An interface with a path, names, a layout and words of its own; and its clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from config.paging import Paging
from monitor.mapping import Mapper
from monitor.sources import Position, SourceError
from tests.sources.exchange import CLEAN, ROWS, Exchange, envelope, honest, read, serials, source, status

OWN = Paging(
    path="/api/query",
    table="tableName",
    since="updateTime",
    after="lastId",
    limit="size",
    rows="result.records",
    next="result.cursor",
    next_since="time",
    next_after="id",
    code="status.code",
    success="0000",
    message="status.text",
    extra={"region": "110116"},
)
NAMES = {"updateTime": "since", "lastId": "after", "size": "limit"}


def translated(request: httpx.Request) -> httpx.Response:
    """The honest interface behind names of its own."""
    params = {NAMES.get(name, name): value for name, value in request.url.params.items()}
    data = honest(httpx.Request("GET", request.url.copy_with(params=params))).json()["data"]
    cursor = data["next"] and {"time": data["next"]["since"], "id": data["next"]["after"]}
    status = {"code": "0000", "text": "ok"}
    return httpx.Response(200, json={"status": status, "result": {"records": data["rows"], "cursor": cursor}})


def test_paths_names_and_places_of_another_interface_are_configuration(clock: Any) -> None:
    exchange = Exchange(translated, after=0)
    with source(exchange, clock, paging=OWN, tables={"XMSPSXBLXXB": "t_item"}) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
    assert exchange.asked[0].url.path == "/exchange/v1/api/query"
    assert dict(exchange.asked[0].url.params) == {
        "region": "110116", "tableName": "t_item", "updateTime": "", "lastId": "0", "size": "2",
    }  # fmt: skip


def answered(document: object) -> Any:
    return lambda _: httpx.Response(200, json=document)


RECORDS = {"records": [], "cursor": None}
FAILING: dict[str, tuple[object, str, str]] = {
    "another code": ({"status": {"code": "E17", "text": "系统忙"}}, "code", "原话“E17 系统忙”"),
    "a numeric code": ({"status": {"code": 9, "text": "系统忙"}}, "code", "（结果代码 9），原话“系统忙”"),
    "a refused token": ({"status": {"code": "401", "text": "过期"}}, "unauthorised", "过期"),
    "no code": ({"result": RECORDS}, "shape", "没有结果代码 status.code"),
    "an empty code": ({"status": {"code": " "}, "result": RECORDS}, "shape", "没有结果代码"),
    "no rows": ({"status": {"code": "0000"}, "result": {"cursor": None}}, "shape", "缺少 result.records"),
    "no cursor": ({"status": {"code": "0000"}, "result": {"records": []}}, "shape", "缺少 result.cursor"),
    "rows that are none": ({"status": {"code": "0000"}, "result": {"records": 5}}, "shape", "result.records 不是"),
    "a level that is no table": ({"status": {"code": "0000"}, "result": []}, "shape", "缺少 result.records"),
}


@pytest.mark.parametrize(("document", "kind", "words"), FAILING.values(), ids=FAILING.keys())
def test_an_answer_of_another_layout_is_judged_as_strictly(clock: Any, document: object, kind: str, words: str) -> None:
    with (
        source(Exchange(answered(document), after=0), clock, paging=OWN, attempts=1) as reader,
        pytest.raises(SourceError) as failure,
    ):
        read(reader)
    assert failure.value.kind == kind
    assert words in str(failure.value)


SUCCESS: dict[str, tuple[object, str, bool]] = {
    "200 as a number": (200, "200", True),
    "leading zeros": ("000", "0", True),
    "a word": ("SUCCESS", "SUCCESS", True),
    "true": (True, "true", True),
    "false where true is success": (False, "true", False),
    "true where a number is success": (True, "1", False),
    "null": (None, "0", False),
}


@pytest.mark.parametrize(("code", "success", "good"), SUCCESS.values(), ids=SUCCESS.keys())
def test_which_code_means_success_is_configuration(clock: Any, code: object, success: str, good: bool) -> None:
    document = {"code": code, "message": "", "data": {"rows": [], "next": None}}
    paging = Paging(success=success)
    with source(Exchange(answered(document), after=0), clock, paging=paging, attempts=1) as reader:
        if good:
            assert serials(read(reader)) == []
        else:
            with pytest.raises(SourceError):
                read(reader)


def test_rows_may_stand_alone_without_code_or_cover(clock: Any) -> None:
    bare = Paging(style="page", rows="", code="", message="", since="")
    exchange = Exchange(
        lambda request: httpx.Response(200, json=ROWS if request.url.params["page"] == "1" else []), after=0
    )
    with source(exchange, clock, paging=bare, page_size=10) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]


# Columns and words of the source's own


def test_rows_come_mapped_and_as_they_were_given(clock: Any) -> None:
    theirs = {
        "id": 1,
        "gxsj": "2026-03-02 09:00:01",
        "状态": "已办结",
        "办结时间": "2026年3月2日 9:00",
        "联系人": "某某",
    }
    ours = {"LSH": 1, "GXSJ": "2026-03-02 09:00:01", "BLZT": 11, "BLSJ": "2026-03-02 09:00:00"}
    fields = {"XMSPSXBLXXXXB": {"id": "LSH", "状态": "BLZT", "办结时间": "BLSJ"}}
    exchange = Exchange(lambda _: envelope([theirs]), after=0)
    with source(exchange, clock, mapper=Mapper(fields)) as reader:
        [page] = reader.pages("XMSPSXBLXXXXB")
        again = reader.one("XMSPSXBLXXXXB", Position("", 0))
    without = {key: value for key, value in theirs.items() if key != "联系人"}
    assert (page.rows, page.given, page.end) == ((ours,), (without,), Position("2026-03-02 09:00:01", 1))
    assert (again.rows, again.given) == ((ours,), (without,))


def test_rows_that_need_no_mapping_are_not_given_twice(clock: Any) -> None:
    with source(Exchange(), clock) as reader:
        assert {page.given for page in read(reader)} == {()}


def test_update_times_in_a_form_of_their_own_make_a_cursor_and_go_back_in_that_form(clock: Any) -> None:
    def slashed(text: str) -> str:
        return text.replace("-", "/")

    def answer(request: httpx.Request) -> httpx.Response:
        params = {**request.url.params, "since": request.url.params["since"].replace("/", "-")}
        found = honest(httpx.Request("GET", request.url.copy_with(params=params))).json()["data"]
        rows = [{**row, "GXSJ": slashed(row["GXSJ"])} for row in found["rows"]]
        return envelope(rows, found["next"] and {**found["next"], "since": slashed(found["next"]["since"])})

    exchange = Exchange(answer, after=0)
    with source(exchange, clock, paging=Paging(since_format="%Y/%m/%d %H:%M:%S")) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
        assert reader.requests == CLEAN
    assert exchange.asked[-1].url.params["since"] == "2026/03/02 09:00:04"


# The other side's clock


NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DATES: dict[str, tuple[dict[str, str], timedelta | None]] = {
    "eight hours ahead": ({"Date": "Mon, 02 Mar 2026 12:00:00 GMT"}, timedelta(hours=8)),
    "an hour behind": ({"Date": "Mon, 02 Mar 2026 03:00:00 GMT"}, timedelta(hours=-1)),
    "right": ({"Date": "Mon, 02 Mar 2026 04:00:00 GMT"}, timedelta(0)),
    "kept by a cache for an hour": ({"Date": "Mon, 02 Mar 2026 03:00:00 GMT", "Age": "3600"}, None),
    "no date": ({}, None),
    "no date that can be read": ({"Date": "gestern"}, None),
}


@pytest.mark.parametrize(("headers", "expected"), DATES.values(), ids=DATES.keys())
def test_the_date_of_an_answer_tells_how_far_the_clock_is_ahead(
    clock: Any, headers: dict[str, str], expected: timedelta | None
) -> None:
    def dated(request: httpx.Request) -> httpx.Response:
        answer = honest(request)
        answer.headers.update(headers)
        return answer

    with source(Exchange(dated, after=0), clock, now=lambda: NOON) as reader:
        read(reader)
        assert reader.clock_ahead == expected


def test_how_long_to_leave_a_source_alone_is_handed_on(clock: Any) -> None:
    with (
        source(Exchange(status(429, Retry_After="3600"), after=0), clock) as reader,
        pytest.raises(SourceError) as failure,
    ):
        read(reader)
    assert (failure.value.kind, failure.value.retry_after) == ("rate_limited", 3600)
