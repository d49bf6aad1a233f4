"""The simulated platform behind its real HTTP interface, on a free port of this machine.

GET {base_url}/tables/{TABLE}?since=…&after=…&limit=…   Authorization: Bearer …
"""

import json
import socket
import sys
import threading
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from monitor.demo.platform import Page, SimulatedPlatform

_PREFIX: Final = "/exchange/v1"
_LARGEST_PAGE: Final = 2000
_STOP_WITHIN: Final = 0.02  # seconds between two looks at whether to stop


class PlatformServer:
    """Serves a simulated platform while its ``with`` block runs.

    ``base_url`` is where the interface is. ``now`` (an aware moment) is the platform's clock: set it, and rows up to
    then exist. ``requests`` counts the answers given.
    """

    def __init__(self, platform: SimulatedPlatform, *, token: str, now: datetime) -> None:
        self.platform = platform
        self.token = token
        self.now = now
        self.requests = 0
        self.base_url = ""

    def __enter__(self) -> Self:
        self._server = _Server(self)
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}{_PREFIX}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_STOP_WITHIN,), name="demo-platform")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Knows its open connections: a client keeps them, and their threads would wait for it at the end."""

    daemon_threads = False

    def __init__(self, owner: PlatformServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone in the middle of an answer is no error of ours; anything else is told as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def count(self) -> None:
        """Counts one answer; several threads answer at once."""
        with self._lock:
            self.owner.requests += 1

    def hang_up(self) -> None:
        """Ends every open connection, so that its thread ends too."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was first


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    # Head and body are two writes; without this the second waits for the client's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        owner, url = self.server.owner, urlsplit(self.path)
        self.server.count()
        if self.headers.get("Authorization") != f"Bearer {owner.token}":
            self._refuse(HTTPStatus.UNAUTHORIZED, "令牌无效或已过期")
            return
        folder, _, table = unquote(url.path).rpartition("/")
        if folder != f"{_PREFIX}/tables":
            self._refuse(HTTPStatus.NOT_FOUND, "无此接口")
            return
        query = {key: values[-1] for key, values in parse_qs(url.query).items()}
        try:
            after, limit = int(query.get("after", "0")), int(query.get("limit", "500"))
            page = owner.platform.rows(table, query.get("since", ""), after, min(limit, _LARGEST_PAGE), owner.now)
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST, "参数错误")
        except LookupError:
            self._refuse(HTTPStatus.NOT_FOUND, "无此数据表")
        else:
            self._answer(HTTPStatus.OK, 0, "成功", page)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._answer(status, status.value, message, None)

    def _answer(self, status: HTTPStatus, code: int, message: str, data: Page | None) -> None:
        body = json.dumps({"code": code, "message": message, "data": data}, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Says nothing: the daemon that asks has its own log."""
