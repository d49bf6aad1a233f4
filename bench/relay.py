"""A mail relay in a process of its own that takes everything and keeps nothing."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Relay:
    """Where the relay listens; ``taken()`` tells how many mails and bytes it has been given so far."""

    port: int
    asked: Connection

    def taken(self) -> tuple[int, int]:
        """Mails and bytes."""
        self.asked.send(None)
        mails, size = self.asked.recv()
        return mails, size


class _Counter:
    mails = size = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.mails, self.size = self.mails + 1, self.size + len(envelope.content or b"")
        return "250 OK"


@contextmanager
def relaying() -> Iterator[Relay]:
    """A relay on this machine while the ``with`` block runs."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs,))
    process.start()
    try:
        yield Relay(ours.recv(), ours)
    finally:
        process.terminate()
        process.join()


def _run(asked: Connection) -> None:
    asyncio.run(_serve(asked))


async def _serve(asked: Connection) -> None:
    counter, loop = _Counter(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(counter, hostname="relay.example"), "127.0.0.1", 0)
    asked.send(server.sockets[0].getsockname()[1])
    loop.add_reader(asked.fileno(), lambda: asked.send((counter.mails, counter.size)) if asked.recv() is None else None)
    await server.serve_forever()
