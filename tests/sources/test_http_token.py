"""A token that expires and is renewed in its file while the program runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.secrets import reread
from monitor.sources import SourceError
from tests.sources.exchange import CLEAN, Exchange, honest, read, serials, source, status

OLD, NEW = "old-token-1234", "new-token-5678"


class Guarded(Exchange):
    """The interface for those who have the token ``valid``; ``expire``: the request (from 1) at which it changes."""

    def __init__(self, valid: str = OLD, refusal: httpx.Response | None = None) -> None:
        super().__init__()
        self.valid, self.refusal = valid, refusal or httpx.Response(401, json={"code": 401, "message": "令牌过期"})
        self.at_request: dict[int, Callable[[], object]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.at_request.get(len(self.asked), lambda: None)()
        return honest(request) if request.headers["authorization"] == f"Bearer {self.valid}" else self.refusal


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(OLD + "\n", "utf-8")
    return path


def reader_of(exchange: Exchange, clock: Any, file: Path) -> Any:
    return source(exchange, clock, token=OLD, renew=lambda: reread(file))


REFUSALS = {
    "HTTP 401": httpx.Response(401),
    "HTTP 403": httpx.Response(403),
    "code 401 with HTTP 200": httpx.Response(200, json={"code": 401, "message": "令牌过期"}),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_token_renewed_in_its_file_is_taken_at_once(clock: Any, file: Path, refusal: httpx.Response) -> None:
    file.write_text(NEW, "utf-8")
    with reader_of(Guarded(NEW, refusal), clock, file) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]
        assert reader.requests == CLEAN + 1
    assert clock.waits == []


def test_a_token_that_expires_between_two_pages_costs_no_row(clock: Any, file: Path) -> None:
    exchange = Guarded()

    def change() -> None:
        exchange.valid = NEW
        file.write_text(NEW, "utf-8")

    exchange.at_request[3] = change
    with reader_of(exchange, clock, file) as reader:
        assert serials(read(reader)) == [1, 2, 3, 4, 5]


def test_the_next_round_takes_a_token_renewed_after_the_last_one_gave_up(clock: Any, file: Path) -> None:
    with reader_of(Guarded(NEW), clock, file) as reader:
        with pytest.raises(SourceError) as failure:
            read(reader)
        assert (failure.value.kind, failure.value.permanent, reader.requests) == ("unauthorised", True, 1)
        file.write_text(NEW, "utf-8")
        reader.begin_round()
        assert serials(read(reader)) == [1, 2, 3, 4, 5]


NO_HELP = {
    "the same": OLD,
    "another that is refused too": "wrong",
    "nothing": "",
    "no text": b"\xff\xfe",
    "two lines": "a\nb",
}


@pytest.mark.parametrize("content", NO_HELP.values(), ids=NO_HELP.keys())
def test_a_file_that_is_no_help_is_not_tried_for_ever(clock: Any, file: Path, content: str | bytes) -> None:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with reader_of(Guarded(NEW), clock, file) as reader:
        with pytest.raises(SourceError, match="不用重启") as failure:
            read(reader)
        assert failure.value.kind == "unauthorised"
        assert reader.requests <= 2


def test_a_file_that_is_gone_is_no_crash(clock: Any, file: Path) -> None:
    file.unlink()
    with reader_of(Guarded(NEW), clock, file) as reader, pytest.raises(SourceError, match="令牌"):
        read(reader)


def test_neither_the_old_nor_the_new_token_is_shown(clock: Any, file: Path) -> None:
    file.write_text(NEW, "utf-8")
    told = status(403, json.dumps({"code": 403, "message": f"{OLD} {NEW}"}))
    with (
        source(Exchange(told, after=0), clock, token=OLD, renew=lambda: reread(file)) as reader,
        pytest.raises(SourceError) as failure,
    ):
        read(reader)
    assert OLD not in str(failure.value)
    assert NEW not in str(failure.value)
