"""A real IMAP server on loopback: pymap with its mailboxes in memory, in a thread of its own."""

import asyncio
import ssl
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from imap_tools import MailBoxUnencrypted
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

from config.settings import Inbox

USER, PASSWORD = "duban@zwfw.example", "right-password"
ARGUMENTS: dict[str, Any] = {
    "host": None, "port": "0", "debug": False, "cert": None, "key": None, "tls": True, "proxy_protocol": None,
    "inherited_sockets": None, "demo_data": False, "demo_user": USER, "demo_password": PASSWORD, "passlib_cfg": None,
}  # fmt: skip


@dataclass
class Imap:
    """Where the server is, and what a client of the test's own sees there."""

    port: int

    def settings(self, **changes: Any) -> Inbox:
        """The settings that lead here."""
        plain = {"host": "127.0.0.1", "port": self.port, "security": "none", "username": USER, "password": PASSWORD}
        return Inbox.model_validate({**plain, "timeout_seconds": 5, **changes})

    @contextmanager
    def client(self) -> Iterator[MailBoxUnencrypted]:
        """Another client of the mailbox."""
        with MailBoxUnencrypted("127.0.0.1", self.port, timeout=5).login(USER, PASSWORD) as box:  # type: ignore[union-attr]
            yield box

    def put(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Messages arrive."""
        with self.client() as box:
            for message in messages:
                box.append(message, folder)

    def subjects(self, folder: str = "INBOX") -> list[str]:
        """The subjects of what lies in a folder, its marks left alone."""
        with self.client() as box:
            box.folder.set(folder)
            return [message.subject for message in box.fetch(mark_seen=False)]

    def flags(self) -> list[tuple[str, ...]]:
        """The marks of what lies in the folder."""
        with self.client() as box:
            return [tuple(flag for flag in each.flags if flag != "\\Recent") for each in box.fetch(mark_seen=False)]


@contextmanager
def imap_server(*, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> Iterator[Imap]:
    """A server with one empty mailbox. ``tls``: from the first byte on; ``starttls``: offered."""
    ready, over, port = threading.Event(), threading.Event(), [0]

    async def serve() -> None:
        more = {"ssl_context": starttls, "secure_auth": True} if starttls else {}
        arguments = Namespace(**{**ARGUMENTS, "tls": starttls is not None})
        backend, config = await DictBackend.init(arguments, hash_context=BuiltinHash(rounds=1), **more)
        config.apply_context()
        callback = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
        server = await asyncio.start_server(callback, "127.0.0.1", 0, ssl=tls)
        port[0] = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield Imap(port[0])
    finally:
        over.set()
        thread.join(10)
