"""The exchange interface in a process of its own, its pages prepared beforehand: what is measured is the other side."""

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from urllib.parse import parse_qs, urlsplit

from bench.world import EVENT_TABLE, changed_rows

EMPTY = b'{"code":0,"message":"","data":{"rows":[],"next":null}}'

Pages = dict[tuple[str, str], bytes]
"""The cursor asked for (since, after) → the body of the answer."""


def prepared(count: int, items: int, size: int) -> Pages:
    """The bodies of all pages of ``world.changed_rows``."""
    rows, found, since, after = changed_rows(count, items), {}, "", "0"
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        last = {"since": part[-1]["GXSJ"], "after": part[-1]["LSH"]} if start + size < len(rows) else None
        document = {"code": 0, "message": "成功", "data": {"rows": part, "next": last}}
        found[since, after] = json.dumps(document, ensure_ascii=False).encode()
        since, after = part[-1]["GXSJ"], str(part[-1]["LSH"])
    return found


@contextmanager
def serving(count: int, items: int, size: int) -> Iterator[str]:
    """The address of a server with these pages, in another process while the ``with`` block runs."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=_serve, args=(theirs, count, items, size))
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/exchange/v1"
    finally:
        server.terminate()
        server.join()


def _serve(said: Connection, count: int, items: int, size: int) -> None:
    pages = prepared(count, items, size)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            query = parse_qs(url.query, keep_blank_values=True)
            asked = (query["since"][0], query["after"][0])
            body = pages.get(asked, EMPTY) if url.path.endswith(EVENT_TABLE) else EMPTY
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    said.send(server.server_address[1])
    server.serve_forever()
