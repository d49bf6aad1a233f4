"""Faults below HTTP, on real connections to servers on this machine that misbehave."""

import contextlib
import gzip
import socket
import ssl
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from monitor.sources import SourceError
from monitor.sources.http import HttpSource

Serve = Callable[[socket.socket], None]
WHOLE = b'{"code": 0, "data": {"rows": [], "next": null}}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@contextlib.contextmanager
def listening(serve: Serve) -> Iterator[int]:
    """A port on which each connection is handed to `serve` and closed afterwards."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # the listener was shut down: the test is over
                return
            with connection, contextlib.suppress(OSError):
                serve(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def answering(*parts: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        for part in parts:
            connection.sendall(part)

    return serve


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def encrypted_by_a_stranger(connection: socket.socket) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with context.wrap_socket(connection, server_side=True):
        pass


FAULTS: dict[str, tuple[Serve, str, str, bool]] = {
    "the connection ends within the body": (answering(HEAD % 500, WHOLE), "http", "cut", False),
    "the connection ends before the answer": (answering(), "http", "cut", False),
    "the answer is not HTTP": (answering(b"SSH-2.0-server\r\n"), "http", "cut", False),
    "the body is not what its compression says": (
        answering(HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") % len(WHOLE), WHOLE),
        "http",
        "cut",
        False,
    ),
    "the server never answers": (silent, "http", "timeout", False),
    "the certificate is a stranger's": (encrypted_by_a_stranger, "https", "tls", True),
    "the server does not speak TLS": (answering(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "https", "tls", False),
}


@pytest.mark.parametrize(("serve", "scheme", "kind", "permanent"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_of_the_connection_has_its_kind(
    clock: Any, serve: Serve, scheme: str, kind: str, permanent: bool
) -> None:
    with (
        listening(serve) as port,
        HttpSource(
            name="tzpt",
            base_url=f"{scheme}://127.0.0.1:{port}",
            attempts=2,
            timeout_seconds=0.3,
            wait=clock.wait,
            monotonic=clock,
        ) as reader,
        pytest.raises(SourceError) as failure,
    ):
        list(reader.pages("XMJBXXB"))
    assert (failure.value.kind, failure.value.permanent) == (kind, permanent)
    assert len(clock.waits) == (0 if permanent else 1)


def test_a_port_where_nobody_listens_is_unreachable(clock: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (
        HttpSource(name="tzpt", base_url=f"http://127.0.0.1:{port}", wait=clock.wait, monotonic=clock) as reader,
        pytest.raises(SourceError) as failure,
    ):
        list(reader.pages("XMJBXXB"))
    assert (failure.value.kind, len(clock.waits)) == ("unreachable", 4)


def test_a_whole_answer_over_the_same_wire_is_read(clock: Any) -> None:
    with (
        listening(answering(HEAD % len(WHOLE), WHOLE)) as port,
        HttpSource(name="tzpt", base_url=f"http://127.0.0.1:{port}", wait=clock.wait, monotonic=clock) as reader,
    ):
        assert [page.rows for page in reader.pages("XMJBXXB")] == [()]


@contextlib.contextmanager
def told_to(serve: Serve, clock: Any, most: int) -> Iterator[HttpSource]:
    with (
        listening(serve) as port,
        HttpSource(
            name="tzpt", base_url=f"http://127.0.0.1:{port}", max_bytes=most, wait=clock.wait, monotonic=clock
        ) as reader,
    ):
        yield reader


HUGE = 100 * 2**20


def pouring(head: bytes, sent: list[int]) -> Serve:
    """A hundred megabytes in pieces; `sent` is how many bytes went before the other side had enough."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head)
        piece = b" " * 2**16
        for _ in range(HUGE // len(piece)):
            connection.sendall(piece)
            sent.append(len(piece))

    return serve


UNANNOUNCED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


@pytest.mark.parametrize("head", [HEAD % HUGE, UNANNOUNCED], ids=["announced", "not announced"])
def test_an_answer_of_a_hundred_megabytes_is_cut_off_at_the_limit(clock: Any, head: bytes) -> None:
    sent: list[int] = []
    with told_to(pouring(head, sent), clock, 2**20) as reader:
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match="超过 1 MiB") as failure:
                list(reader.pages("XMJBXXB"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert (failure.value.kind, failure.value.permanent) == ("too_large", True)
    assert sum(sent) < HUGE / 4
    assert peak < 16 * 2**20


def test_a_small_answer_that_unpacks_to_a_hundred_megabytes_is_cut_off_at_the_limit(clock: Any) -> None:
    packed = gzip.compress(b" " * HUGE, 1)
    head = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") % len(packed)
    with told_to(answering(head, packed), clock, 2**20) as reader, pytest.raises(SourceError) as failure:
        list(reader.pages("XMJBXXB"))
    assert failure.value.kind == "too_large"
