"""The exchange interface in a few lines, honest or not, and a source that talks to it without a network."""

from collections.abc import Callable
from typing import Any

import httpx

from monitor.sources import START, Page, Position, position_of
from monitor.sources.http import HttpSource

TOKEN = "s3cret-token-of-the-platform"
ROWS = [{"LSH": serial, "GXSJ": f"2026-03-02 09:00:{serial:02d}", "BLZT": 1} for serial in range(1, 6)]
PLACES = [Position(str(row["GXSJ"]), int(str(row["LSH"]))) for row in ROWS]
CLEAN = 4  # requests for ROWS in pages of 2, the first page asked twice

Respond = Callable[[httpx.Request], httpx.Response]


def envelope(rows: list[Any], following: object = None, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"code": 0, "message": "成功", "data": {"rows": rows, "next": following}} | more)


def honest(request: httpx.Request) -> httpx.Response:
    """The interface as it is meant to be, over ROWS."""
    asked = request.url.params
    left = [row for row in ROWS if position_of(row) > (asked["since"], int(asked["after"]))]  # type: ignore[operator]
    rows = left[: int(asked["limit"])]
    more = len(left) > len(rows)
    return envelope(rows, {"since": rows[-1]["GXSJ"], "after": rows[-1]["LSH"]} if more else None)


class Exchange:
    """The interface with a fault in the requests numbered in `at` (from 1), or in all of them from `after` on."""

    def __init__(self, fault: Respond = honest, *, at: tuple[int, ...] = (), after: int | None = None) -> None:
        self.fault, self.at, self.after = fault, at, after
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        number = len(self.asked)
        broken = number in self.at or (self.after is not None and number > self.after)
        return (self.fault if broken else honest)(request)


def source(exchange: Respond, clock: Any, **options: Any) -> HttpSource:
    settings: dict[str, Any] = {
        "name": "tzpt",
        "base_url": "https://platform.example/exchange/v1",
        "token": TOKEN,
        "page_size": 2,
        "wait": clock.wait,
        "monotonic": clock,
        "chance": lambda: 0.0,
    }
    return HttpSource(transport=httpx.MockTransport(exchange), **(settings | options))


def read(reader: HttpSource, start: Position = START) -> list[Page]:
    return list(reader.pages("XMSPSXBLXXB", start))


def serials(pages: list[Page]) -> list[object]:
    return [row["LSH"] for page in pages for row in page.rows]


def raising(error: type[httpx.TransportError], text: str = "") -> Respond:
    def respond(request: httpx.Request) -> httpx.Response:
        raise error(text, request=request)

    return respond


def status(code: int, text: str = "", **headers: str) -> Respond:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(code, text=text, headers=named)


def always(response: httpx.Response) -> Respond:
    return lambda _: httpx.Response(response.status_code, headers=response.headers, content=response.content)


def body(content: bytes, kind: str = "application/json; charset=utf-8") -> Respond:
    return lambda _: httpx.Response(200, content=content, headers={"content-type": kind})


LOGIN = "<!DOCTYPE html><title>登录</title><form>请重新登录</form>"
EMPTY = always(envelope([]))
