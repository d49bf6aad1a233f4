"""A service that heartbeats are given to, on this machine."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Heartbeats:
    """Counts the requests for its address; answers each with ``status``."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.paths = status, list[str]()

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address, which is a secret."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/ping/5ecret"


class _Handler(BaseHTTPRequestHandler):
    service: Heartbeats

    def do_GET(self) -> None:
        self.service.paths.append(self.path)
        self.send_response(self.service.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
