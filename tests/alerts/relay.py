"""An SMTP relay on loopback: aiosmtpd itself, with the faults that a test asks for."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from config.settings import Delivery

Answer = Callable[[SMTP], str | None]
"""What the relay says to a command; None: it says nothing any more."""

REFUSED = "550 5.1.1 no such user"
PUT_OFF = "450 4.2.0 greylisted, try again later"
OK = "250 OK"


@dataclass(frozen=True)
class Taken:
    """A mail that the relay took."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)


def _gone(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.WriteTransport):
        server.transport.abort()


def _closed(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.close()


def hang_up(server: SMTP) -> str | None:
    """The connection is gone before there is an answer, though the relay may have done what it was asked."""
    _gone(server)
    return OK


def say_nothing(_server: SMTP) -> str | None:
    """There is never an answer."""
    return None


@dataclass
class Relay:
    """What the relay took, how often it was called, and how it answers.

    ``refuse``: address → its answer. ``on_sender``, ``on_data``: answers of the next mails, in order; after the last
    one everything is taken. ``one_mail_a_connection``: it hangs up after each.
    """

    mails: list[Taken] = field(default_factory=list)
    sessions: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    on_sender: list[str | Answer] = field(default_factory=list)
    on_data: list[str | Answer] = field(default_factory=list)
    one_mail_a_connection: bool = False
    tries: list[str] = field(default_factory=list)
    port: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    logins: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.on_sender, self.on_data = list(self.on_sender), list(self.on_data)

    def settings(self, **changes: Any) -> Delivery:
        """The settings that lead here."""
        plain = {"port": self.port, "sender": "monitor@zwfw.example", "timeout_seconds": 5, "enabled": True}
        return Delivery.model_validate({**plain, **changes})

    @property
    def recipients(self) -> list[tuple[str, ...]]:
        """Whom each mail was taken for."""
        return [mail.recipients for mail in self.mails]

    async def _answer(self, server: SMTP, answers: list[str | Answer]) -> str:
        answer = answers.pop(0) if answers else OK
        said = answer if isinstance(answer, str) else answer(server)
        if said is None:
            await self.over.wait()
            _gone(server)
        return said or OK

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """The sender of a mail."""
        self.tries.append(address)
        answer = await self._answer(server, self.on_sender)
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """A recipient of a mail."""
        answer = self.refuse.get(address, OK)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """The text of a mail."""
        taken = Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b"")
        answer = await self._answer(server, self.on_data)
        if answer.startswith("2"):
            self.mails.append(taken)
        if self.one_mail_a_connection:
            asyncio.get_running_loop().call_soon(_closed, server)
        return answer

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
    ) -> AuthResult:
        """Takes one account with one password."""
        login = (given.login.decode(), given.password.decode())
        self.logins.append(login)
        return AuthResult(success=login == ("monitor", "right-password"), handled=False)


@asynccontextmanager
async def relay(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    size: int | None = None,
    **how: Any,
) -> AsyncIterator[Relay]:
    """A relay for the length of a test. ``tls``: from the first byte on; ``starttls``: asked for and required.

    ``size``: the largest mail it takes, in bytes, which it says in its greeting.
    """
    loop = asyncio.get_running_loop()
    it = Relay(**how)
    open_now: WeakSet[SMTP] = WeakSet()
    more: dict[str, Any] = {"tls_context": starttls, "require_starttls": True} if starttls else {}
    if size is not None:
        more |= {"data_size_limit": size}
    if login:
        more |= {"authenticator": it.authenticate, "auth_required": True}

    def session() -> SMTP:
        it.sessions += 1
        # A host name that is given is not looked up.
        one = SMTP(it, hostname="relay.example", **more)
        open_now.add(one)
        return one

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        it.over.set()
        server.close()
        handlers = [one._handler_coroutine for one in open_now if one._handler_coroutine is not None]
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        for one in open_now:
            _gone(one)
        await server.wait_closed()


async def nowhere() -> int:
    """A port of this machine on which nobody listens."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port
