"""What a source does about each fault: recover or give up, with how many requests and after which pauses."""

import ssl
from typing import Any

import httpx
import pytest

from monitor.sources import Page, SourceError
from tests.sources.exchange import (
    CLEAN,
    LOGIN,
    ROWS,
    Exchange,
    Respond,
    always,
    body,
    envelope,
    honest,
    raising,
    read,
    serials,
    source,
    status,
)


def untrusted(request: httpx.Request) -> httpx.Response:
    cause = ssl.SSLCertVerificationError("certificate verify failed: self-signed certificate")
    raise httpx.ConnectError(str(cause), request=request) from cause


def cut(request: httpx.Request) -> httpx.Response:
    whole = honest(request).content
    return body(whole[: len(whole) // 2])(request)


SECOND = {"since": "2026-03-02 09:00:02", "after": 2}
PASSING: dict[str, tuple[Respond, str]] = {
    "no connection": (raising(httpx.ConnectError, "Connection refused"), "unreachable"),
    "no connection through the proxy": (raising(httpx.ProxyError), "unreachable"),
    "no connection in time": (raising(httpx.ConnectTimeout), "timeout"),
    "no answer in time": (raising(httpx.ReadTimeout), "timeout"),
    "the connection broke while reading": (raising(httpx.ReadError), "cut"),
    "fewer bytes than announced": (raising(httpx.RemoteProtocolError), "cut"),
    "a body cut in half": (cut, "cut"),
    "an empty body": (body(b""), "cut"),
    "HTTP 500": (status(500, "Internal Server Error"), "http_5xx"),
    "HTTP 502 with a page of the gateway": (status(502, LOGIN, content_type="text/html"), "http_5xx"),
    "HTTP 503": (status(503), "http_5xx"),
    "HTTP 408": (status(408), "http_4xx"),
    "HTTP 429": (status(429), "rate_limited"),
    "a redirect to a login page": (status(302, location="https://sso.example/login?back=1"), "redirect"),
    "a login page with HTTP 200": (body(LOGIN.encode(), "text/html; charset=utf-8"), "login"),
    "a login page that says it is JSON": (body(b"\n<html><body>login</body></html>"), "login"),
    "code 500 in the body": (always(envelope([], code=500, message="系统繁忙")), "code"),
    "no code in the body": (body(b'{"data": {"rows": [], "next": null}}'), "shape"),
    "code false": (always(envelope([], code=False)), "shape"),
    "a content type that is not JSON": (body(b"{}", "application/octet-stream"), "not_json"),
    "plain words": (body("系统维护中".encode()), "not_json"),
    "bytes that are not text": (body(b"\xff\xfe\xfa"), "not_json"),
    "a JSON array": (body(b"[]"), "shape"),
    "nesting without end": (body(b"[" * 200_000), "cut"),
    "data is null": (always(envelope([], data=None)), "shape"),
    "rows is null": (always(envelope([], data={"rows": None, "next": None})), "shape"),
    "a row that is not a record": (always(envelope([ROWS[2], "row"])), "shape"),
    "next is missing": (always(envelope([], data={"rows": [ROWS[2]]})), "shape"),
    "next is a text": (always(envelope([ROWS[2]], "more")), "shape"),
    "rows in the wrong order": (always(envelope([ROWS[3], ROWS[2]])), "shape"),
    "next lies beyond the last row": (always(envelope([ROWS[2]], {"since": ROWS[3]["GXSJ"], "after": 4})), "shape"),
    "next lies behind the last row": (
        always(envelope([ROWS[2], ROWS[3]], {"since": ROWS[2]["GXSJ"], "after": 3})),
        "shape",
    ),
    "next lies behind the last row that has a position": (
        always(envelope([ROWS[2], ROWS[3], {"LSH": "?"}], {"since": ROWS[2]["GXSJ"], "after": 3})),
        "shape",
    ),
    "next is unreadable": (always(envelope([ROWS[2]], {"since": None, "after": 3})), "shape"),
    "more to come, but no row has a position": (always(envelope([{"LSH": None}], {"since": "x", "after": 1})), "shape"),
    "the page before": (always(envelope(ROWS[:2], SECOND)), "repeat"),
    "a page that overlaps the one before": (always(envelope(ROWS[1:3])), "repeat"),
    "next does not move": (always(envelope([ROWS[2]], SECOND)), "repeat"),
    "no row and next does not move": (always(envelope([], SECOND)), "repeat"),
    "no row though the page before promised some": (always(envelope([])), "empty"),
    "no row and more to come": (always(envelope([], {"since": ROWS[3]["GXSJ"], "after": 4})), "empty"),
}

FINAL: dict[str, tuple[Respond, str, str]] = {
    "HTTP 401": (status(401), "unauthorised", "APPROVAL_MONITOR_TZPT_TOKEN"),
    "HTTP 403": (status(403), "unauthorised", "tzpt_token"),
    "code 401 in the body": (always(envelope([], code=401, message="令牌过期")), "unauthorised", "令牌过期"),
    "HTTP 404": (status(404), "http_4xx", "表名"),
    "HTTP 400 with the reason": (status(400, '{"code": 400, "message": "参数错误"}'), "http_4xx", "参数错误"),
    "HTTP 301": (status(301, location="https://new.example/v2?t=1"), "redirect", "https://new.example/v2”"),
    "an untrusted certificate": (untrusted, "tls", "信任库"),
    "a body above the limit": (body(b" " * 5000), "too_large", "page_size"),
}


@pytest.mark.parametrize(("fault", "kind"), PASSING.values(), ids=PASSING.keys())
def test_a_passing_fault_costs_one_more_request(clock: Any, fault: Respond, kind: str) -> None:
    with source(Exchange(fault, at=(3,)), clock) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
        assert (reader.requests, clock.waits) == (CLEAN + 1, [0.5])


@pytest.mark.parametrize(("fault", "kind"), PASSING.values(), ids=PASSING.keys())
def test_a_fault_that_stays_ends_after_all_attempts_and_keeps_the_pages_before(
    clock: Any, fault: Respond, kind: str
) -> None:
    kept: list[Page] = []
    with source(Exchange(fault, after=2), clock, attempts=3) as reader:
        with pytest.raises(SourceError) as failure:
            kept.extend(reader.pages("XMSPSXBLXXB"))
        assert (failure.value.kind, failure.value.permanent, reader.requests) == (kind, False, 2 + 3)
    assert serials(kept) == [1, 2]
    assert "已试 3 次" in str(failure.value)


@pytest.mark.parametrize(("fault", "kind", "words"), FINAL.values(), ids=FINAL.keys())
def test_a_fault_that_somebody_must_mend_is_not_asked_again(clock: Any, fault: Respond, kind: str, words: str) -> None:
    with source(Exchange(fault, after=0), clock, max_bytes=4096) as reader:
        with pytest.raises(SourceError) as failure:
            read(reader)
        assert (failure.value.kind, failure.value.permanent, reader.requests) == (kind, True, 1)
    assert words in str(failure.value)
    assert clock.waits == []


def test_the_sentence_says_what_happened_where_and_what_to_do(clock: Any) -> None:
    busy = always(envelope([], code=500, message="系统繁忙，\n请稍后再试"))
    with source(Exchange(busy, after=0), clock, attempts=2) as reader, pytest.raises(SourceError) as failure:
        read(reader)
    assert str(failure.value) == (
        "读取失败（已试 2 次）：对方报告失败（结果代码 500），原话“系统繁忙， 请稍后再试”。"
        "位置：来源“tzpt”的表 XMSPSXBLXXB，https://platform.example/exchange/v1/tables/XMSPSXBLXXB。"
        "处理：下一轮会再试；如持续，请把以上代码告知平台方。"
    )


def test_pauses_double_up_to_eight_seconds(clock: Any) -> None:
    with source(Exchange(status(500), after=0), clock, attempts=7) as reader, pytest.raises(SourceError):
        read(reader)
    assert clock.waits == [0.5, 1, 2, 4, 8, 8]


def test_chance_shortens_a_pause_by_up_to_a_half(clock: Any) -> None:
    with (
        source(Exchange(status(500), after=0), clock, attempts=4, chance=lambda: 0.5) as reader,
        pytest.raises(SourceError),
    ):
        read(reader)
    assert clock.waits == [0.375, 0.75, 1.5]


SENT = "Mon, 02 Mar 2026 01:00:00 GMT"
RETRY_AFTER: dict[str, tuple[Respond, float]] = {
    "in seconds": (status(429, Retry_After="7"), 7.0),
    "as a date, measured from the answer's own date": (
        status(503, Retry_After="Mon, 02 Mar 2026 01:00:20 GMT", Date=SENT),
        20.0,
    ),
    "shorter than the pause": (status(503, Retry_After="0"), 0.5),
    "a date gone by": (status(429, Retry_After="Mon, 02 Mar 2026 00:00:00 GMT", Date=SENT), 0.5),
    "a date without the answer's own date": (status(429, Retry_After=SENT), 0.5),
    "unreadable": (status(429, Retry_After="soon"), 0.5),
}


@pytest.mark.parametrize(("fault", "pause"), RETRY_AFTER.values(), ids=RETRY_AFTER.keys())
def test_retry_after_is_honoured(clock: Any, fault: Respond, pause: float) -> None:
    with source(Exchange(fault, at=(1,)), clock) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
    assert clock.waits == [pause]


def test_retry_after_never_shortens_a_pause(clock: Any) -> None:
    with source(Exchange(status(429, Retry_After="1"), at=(1, 2, 3)), clock) as reader:
        read(reader)
    assert clock.waits == [1, 1, 2]


def test_retry_after_beyond_the_budget_ends_at_once_and_says_how_long(clock: Any) -> None:
    with source(Exchange(status(429, Retry_After="3600"), at=(1,)), clock) as reader:
        with pytest.raises(SourceError, match="要求等待 3600 秒") as failure:
            read(reader)
        assert (failure.value.kind, failure.value.permanent, reader.requests) == ("rate_limited", False, 1)
    assert clock.waits == []
