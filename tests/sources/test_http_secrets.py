"""What is asked, under which address, and what is never shown."""

import json
import logging
from typing import Any

import httpx
import pytest

from monitor.sources import SourceError
from monitor.sources.http import HttpSource
from tests.sources.exchange import (
    LOGIN,
    TOKEN,
    Exchange,
    Respond,
    always,
    body,
    envelope,
    raising,
    read,
    source,
    status,
)


def test_a_table_is_asked_for_under_the_sources_own_name_quoted(clock: Any) -> None:
    exchange = Exchange()
    with source(exchange, clock, tables={"XMJBXXB": "项目 信息/基本"}) as reader:
        assert next(reader.pages("XMJBXXB")).table == "XMJBXXB"
    asked = exchange.asked[0].url
    assert asked.raw_path.partition(b"?")[0] == (
        b"/exchange/v1/tables/%E9%A1%B9%E7%9B%AE%20%E4%BF%A1%E6%81%AF%2F%E5%9F%BA%E6%9C%AC"
    )
    assert dict(asked.params) == {"since": "", "after": "0", "limit": "2"}


def test_what_stands_in_the_address_besides_the_place_is_never_shown(clock: Any) -> None:
    exchange = Exchange(status(500), after=0)
    with source(exchange, clock, base_url="https://me:pass@platform.example:8443/x/?key=k1", attempts=1) as reader:
        with pytest.raises(SourceError) as failure:
            read(reader)
        assert repr(reader) == "HttpSource(name='tzpt', base_url='https://platform.example:8443/x/')"
    assert "https://platform.example:8443/x/tables/XMSPSXBLXXB。" in str(failure.value)
    assert not {"pass", "k1"} & set(str(failure.value).replace("=", " ").split())
    assert exchange.asked[0].url.params["key"] == "k1"
    assert exchange.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("address", ["", "platform.example/v1", "ftp://platform.example", "http://[x", "http://h:port"])
def test_an_address_that_is_none_is_a_permanent_fault_and_no_crash(clock: Any, address: str) -> None:
    with (
        HttpSource(name="tzpt", base_url=address, token=TOKEN, wait=clock.wait, monotonic=clock) as reader,
        pytest.raises(SourceError) as failure,
    ):
        read(reader)
    assert (failure.value.kind, failure.value.permanent) == ("unreachable", True)


@pytest.mark.parametrize("token", ["口令一二三", "two\nlines"])
def test_a_token_that_no_header_can_carry_is_refused_before_anything_is_sent(clock: Any, token: str) -> None:
    with source(Exchange(), clock, token=token) as reader:
        with pytest.raises(SourceError) as failure:
            read(reader)
        assert (failure.value.kind, failure.value.permanent, reader.requests) == ("unauthorised", True, 0)
    assert token not in str(failure.value)


def test_cookies_of_a_login_page_are_not_sent_back(clock: Any) -> None:
    exchange = Exchange(lambda _: httpx.Response(200, html=LOGIN, headers={"set-cookie": "session=1"}), at=(1,))
    with source(exchange, clock) as reader:
        read(reader)
    assert all("cookie" not in request.headers for request in exchange.asked)


ECHOES: dict[str, Respond] = {
    "in the message of a refusal": status(401, json.dumps({"code": 401, "message": f"bad {TOKEN}"})),
    "at the end of a long message": always(envelope([], code=9, message="长" * 110 + TOKEN)),
    "in the place of a redirect": status(302, location=f"https://sso.example/{TOKEN}/?t={TOKEN}"),
    "in the content type": body(b"{}", f"application/{TOKEN}"),
    "in an error of the library": raising(httpx.ConnectError, f"cannot send {TOKEN}"),
    "in a page": body(f"<html>{TOKEN}".encode(), "text/html"),
    "in words": body(TOKEN.encode()),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
def test_a_token_sent_back_is_in_no_error_and_no_log(
    clock: Any, echo: Respond, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with source(Exchange(echo, after=0), clock, attempts=2) as reader, pytest.raises(SourceError) as failure:
        read(reader)
    for length in (len(TOKEN), 8):  # nor a piece of it
        assert TOKEN[:length] not in f"{failure.value} {failure.value!r} {reader!r} {caplog.text}"
    cause = failure.value.__cause__
    assert TOKEN not in f"{cause} {cause!r}"
