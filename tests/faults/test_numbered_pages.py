"""A platform with numbered pages, whatever it does wrong: the ledger is the one that the ordinary interface fills."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from alerts.hours import local
from monitor.app import App
from monitor.jobs.rounds import poll_round
from monitor.ledger.settle import settle
from monitor.ledger.store import mark_all_dirty
from tests.story.district import config_of, contents, opened
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn, raw_tables, require

EARLIER, NOW = at("2022-05-31", 12, 0), at("2022-07-29", 12, 0)
POLLS = 4
Reply = tuple[int, str, bytes]


class NumberedPlatform:
    """The tables of the data folder up to a moment, by page number. Every ``every``-th answer has the fault."""

    def __init__(self, *, counted: bool, fault: str = "", every: int = 3) -> None:
        self.counted, self.fault, self.every = counted, fault, every
        self.now, self.count = "", 0
        self.before: Reply = (200, "application/json", b"{}")

    def reply(self, path: str) -> Reply:
        """The answer to a request, right or wrong."""
        self.count += 1
        right = self._right(path)
        wrong = self._wrong(right) if self.fault and self.count % self.every == 0 else None
        self.before = right
        return wrong or right

    def _right(self, path: str) -> Reply:
        asked = {name: values[-1] for name, values in parse_qs(urlsplit(path).query).items()}
        since, size, page = asked.get("from", ""), int(asked["rows"]), int(asked["no"])
        rows = raw_tables()[unquote(urlsplit(path).path).rpartition("/")[2]]
        rows = sorted(
            (row for row in rows if since <= row["GXSJ"] <= self.now), key=lambda row: (row["GXSJ"], row["LSH"])
        )
        found: dict[str, Any] = {"list": rows[(page - 1) * size : page * size]}
        found |= {"total": len(rows)} if self.counted else {}
        return _json({"code": 200, "msg": "ok", "data": found})

    def _wrong(self, right: Reply) -> Reply | None:
        match self.fault:
            case "error":
                return 500, "text/plain", b"oops"
            case "login":
                return 200, "text/html", "<html>登录</html>".encode()
            case "cut":
                return (200, right[1], right[2][: len(right[2]) // 2])
            case "empty":
                found = json.loads(right[2])
                found["data"] |= {"list": []}
                return _json(found)
            case "repeat":
                return self.before
        return None


def _json(document: object) -> Reply:
    return 200, "application/json", json.dumps(document).encode()


@contextmanager
def serving(platform: NumberedPlatform) -> Iterator[StandIn]:
    """The platform over HTTP, as a stand-in that a configuration can be pointed at."""
    require()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = platform.reply(self.path)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield StandIn(f"http://127.0.0.1:{server.server_address[1]}", "token", None)  # type: ignore[arg-type]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ledger(place: Path, platform: NumberedPlatform) -> dict[str, Any]:
    """What the ledger holds after polls at two moments."""
    paging = "SOURCES__CITY__PAGING__"
    names = {"STYLE": "page", "SINCE": "from", "LIMIT": "rows", "PAGE": "no", "ROWS": "data.list", "SUCCESS": "200"}
    settings: dict[str, Any] = {paging + name: value for name, value in names.items()}
    settings |= {paging + "TOTAL": "data.total"} if platform.counted else {}
    clock = MovedClock(EARLIER)
    with serving(platform) as stand_in, opened(config_of(place, stand_in, **settings), clock) as app:
        for now in (EARLIER, NOW):
            clock.now, platform.now = now, f"{local(now):%Y-%m-%d %H:%M:%S}"
            outcomes = []
            while len(outcomes) < POLLS and not (outcomes and outcomes[-1].good):
                outcomes.append(poll_round(app, by_hand=True))
            assert outcomes[-1].good, outcomes[-1].problems
        return judged_now(app)


def judged_now(app: App) -> dict[str, Any]:
    """What the ledger holds, every item judged anew: lights depend on when an item was looked at."""
    with app.transactions.write() as connection:
        mark_all_dirty(connection)
    settle(app.transactions, app.standards, NOW)
    return contents(app, without=frozenset({"next_at"}))


@pytest.fixture(scope="module")
def expected(running_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the ordinary interface, without faults, leaves in the ledger."""
    clock = MovedClock(EARLIER)
    place = tmp_path_factory.mktemp("ordinary")
    with opened(config_of(place, running_stand_in), clock) as app:
        for now in (EARLIER, NOW):
            clock.now = now
            running_stand_in.show(now)
            assert poll_round(app).good
        return judged_now(app)


FAULTS = ("", "error", "login", "cut", "empty", "repeat")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault or "no fault")
@pytest.mark.parametrize("counted", [True, False], ids=["with a total", "without a total"])
def test_the_ledger_is_the_same(tmp_path: Path, expected: dict[str, Any], fault: str, counted: bool) -> None:
    held = ledger(tmp_path, NumberedPlatform(counted=counted, fault=fault))
    assert len(expected["event"]) > 300
    for name, found in expected.items():
        assert held[name] == found, name
