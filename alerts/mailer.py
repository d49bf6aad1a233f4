"""Handing a finished message to the relay, and saying exactly what became of it."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import aiosmtplib

from alerts.mime import as_bytes
from config.settings import Delivery


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who the relay took the message for, and whom it refused for good or for now (address → its words)."""

    accepted: tuple[str, ...]
    refused: dict[str, str]
    put_off: dict[str, str]


class SendError(Exception):
    """The message did not go out, or it is not known whether it did.

    ``permanent``: the same message will not be taken later either. ``unknown``: the relay had the text and gave no
    answer; ``receipt`` says for whom it had been taken. ``relay``: the relay cannot be used at all just now, so other
    mails need not be tried.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        unknown: bool = False,
        relay: bool = False,
        receipt: Receipt | None = None,
    ) -> None:
        super().__init__(message)
        self.message, self.permanent, self.unknown, self.relay = message, permanent, unknown, relay
        self.receipt = receipt


class TooLargeError(SendError):
    """The message is larger than it may be; a lighter one may go. Nobody has got it."""

    def __init__(self, size: int, most: int | None, said: str = "") -> None:
        bound = f"，上限 {most // 1024} KiB" if most is not None else f"（{said}）"
        super().__init__(f"信件太大：{-(-size // 1024)} KiB{bound}", permanent=True)


class Transport(Protocol):
    """Something that takes messages."""

    state: str
    """What a mail is called that it took: sent, or kept."""

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> Receipt:
        """Hands over one message. Raises SendError."""

    async def close(self) -> None:
        """Ends what was kept open."""


class SmtpConnection:
    """One kept connection to the relay, opened when first needed and again after it was lost."""

    state = "sent"

    def __init__(self, delivery: Delivery, context: ssl.SSLContext | None = None) -> None:
        self._delivery, self._context = delivery, context
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> Receipt:
        """Hands over one message; as ``hand_over``."""
        return await self.hand_over(as_bytes(message), sender, recipients)

    async def hand_over(self, content: bytes, sender: str, recipients: Sequence[str]) -> Receipt:
        """Hands over one mail as it is, recipient by recipient: one that is refused never blocks the others.

        Raises SendError: temporary or permanent, or ``unknown`` when the connection went while the relay had the text;
        TooLargeError before anything is handed over, where the size set or the relay's own is known to be passed.
        """
        if len(content) > (most := self._delivery.max_mail_kib * 1024):
            raise TooLargeError(len(content), most)
        kept = self._client is not None
        client = await self._ready()
        try:
            receipt = await self._envelope(client, sender, recipients, len(content))
        except SendError:
            if not kept or self._client is not None:
                raise  # TooLargeError, or a fault that left the connection standing
            # Relays end kept connections as they please. Nothing of the text has been handed over yet.
            client = await self._ready()
            receipt = await self._envelope(client, sender, recipients, len(content))
        if not receipt.accepted:
            await self._reset(client)
            return receipt
        try:
            await client.data(content)
        except aiosmtplib.SMTPDataError as error:
            await self._reset(client)
            if _is_of_size(error):
                raise TooLargeError(len(content), None, _said(error)) from error
            raise SendError(f"邮件服务器拒收信件内容：{_said(error)}", permanent=error.code >= 500) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            await self._drop()
            why = f"信件内容已交出，但邮件服务器没有答复（{type(error).__name__}）"
            raise SendError(why, unknown=True, receipt=receipt) from error
        return receipt

    async def _envelope(self, client: aiosmtplib.SMTP, sender: str, recipients: Sequence[str], size: int) -> Receipt:
        declared = client.supports_extension("size")
        if declared and (most := _number(client.esmtp_extensions["size"])) and size > most:
            raise TooLargeError(size, most)
        accepted: list[str] = []
        refused: dict[str, str] = {}
        put_off: dict[str, str] = {}
        try:
            await client.mail(sender, options=[f"SIZE={size}"] if declared else [])
            for address in recipients:
                try:
                    await client.rcpt(address)
                    accepted.append(address)
                except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPNotSupported, UnicodeError) as error:
                    code = getattr(error, "code", 553)
                    (refused if code >= 500 else put_off)[address] = _said(error)
        except aiosmtplib.SMTPResponseException as error:
            await self._reset(client)
            if _is_of_size(error):
                raise TooLargeError(size, None, _said(error)) from error
            # That is about our sender or our rights, not about this mail: every other one would fare the same.
            raise SendError(f"邮件服务器不接受发件人 {sender}：{_said(error)}", relay=True) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            await self._drop()
            raise SendError(f"与邮件服务器的连接中断（{type(error).__name__}）", relay=True) from error
        return Receipt(tuple(accepted), refused, put_off)

    async def _ready(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._delivery
        if self._context is None and settings.ca_file is not None:
            self._context = _trusting(settings.ca_file)
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            username=settings.username,
            password=settings.password.get_secret_value() if settings.username and settings.password else None,
            tls_context=self._context,
        )
        where = f"邮件服务器 {settings.host}:{settings.port}"
        try:
            await client.connect()
            await _greet(client)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise SendError(
                f"{where} 不接受账号或密码，请核对 [delivery] 的 username 与密码文件", relay=True
            ) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise SendError(f"{where} 连接不上（{_why_not(error)}），稍后自动重试", relay=True) from error
        self._client = client
        return client

    async def _reset(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            await self._drop()

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    async def close(self) -> None:
        """Says goodbye to the relay, if it still listens."""
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            try:
                await asyncio.wait_for(client.quit(), timeout=5)
            except (aiosmtplib.SMTPException, OSError, TimeoutError):
                client.close()


class Folder:
    """Keeps messages as .eml files instead of sending them: while delivery is off, and for a dry run."""

    state = "kept"

    def __init__(self, folder: Path, max_mail_kib: int | None = None) -> None:
        self._folder, self._most = folder, max_mail_kib

    async def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> Receipt:
        """Writes the message, named after its Message-ID: written twice it is one file. Raises SendError."""
        content = as_bytes(message)
        if self._most is not None and len(content) > self._most * 1024:
            raise TooLargeError(len(content), self._most * 1024)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        path = self._folder / f"{name}.eml"
        partial = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.write_bytes(content)
            partial.replace(path)
        except OSError as error:
            why = f"信件存不进 {self._folder}（{error.strerror}），请检查目录、权限与磁盘空间，稍后自动重试"
            raise SendError(why, relay=True) from error
        return Receipt(tuple(recipients), {}, {})

    async def close(self) -> None:
        """Nothing is kept open."""


_HINDRANCES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "证书不被信任"),
    (ssl.SSLError, "加密握手失败，请核对 [delivery] 的 security 与 port"),
    (aiosmtplib.SMTPTimeoutError, "超时没有应答"),
    (ConnectionRefusedError, "该端口没有服务"),
    (socket.gaierror, "主机名无法解析"),
)


async def _greet(client: aiosmtplib.SMTP) -> None:
    """Asks what the relay can do: how large a mail may be is to be known before the first one."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


def _trusting(ca_file: Path) -> ssl.SSLContext:
    """What trusts the owner's authority alone. Raises SendError."""
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        why = f"CA 证书文件 {ca_file} 不能用，请核对 [delivery] 的 ca_file"
        raise SendError(why, relay=True) from error


def _is_of_size(error: aiosmtplib.SMTPResponseException) -> bool:
    """Whether the relay says that the message is too large; 552 alone also means a full mailbox (5.2.2)."""
    return "5.3.4" in error.message or (error.code == 552 and "5.2." not in error.message)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _why_not(error: Exception) -> str:
    """Why there is no connection; aiosmtplib wraps what the system said."""
    met = (error, error.__cause__)
    known = (words for kind, words in _HINDRANCES if any(isinstance(one, kind) for one in met))
    return next(known, None) or _said(error)


def _said(error: Exception) -> str:
    text = str(getattr(error, "message", "") or error) or type(error).__name__
    code = getattr(error, "code", None)
    return f"{code} {text}"[:300] if isinstance(code, int) and code > 0 else text[:300]
