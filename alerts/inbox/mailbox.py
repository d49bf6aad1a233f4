"""The mailbox itself, over IMAP (RFC 3501). Nothing is marked or removed before it is on record."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Protocol, Self

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted
from imap_tools.errors import MailboxLoginError

from alerts.inbox.incoming import identity
from config.settings import Inbox

MOST_A_ROUND = 500
"""Messages looked at in a round; the rest is for the next one."""
BULK = 100
_TROUBLE = (imaplib.IMAP4.error, ImapToolsError, OSError, ValueError)


class MailboxError(Exception):
    """The mailbox cannot be used; the message says why and what to do. It never contains a password."""


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder has been read: up to message ``uid`` of the numbering ``validity``."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the folder lists it; ``size`` in bytes."""

    uid: int
    message_id: str | None
    sender: str
    subject: str
    size: int


class Mailbox(Protocol):
    """A folder of messages."""

    validity: int

    def listed(self, after: int, since: date | None) -> list[Listed]:
        """The messages behind number ``after``, or of ``since`` and later, in their order. Raises MailboxError."""

    def whole(self, uid: int) -> bytes | None:
        """A message; None when it has gone meanwhile. Raises MailboxError."""

    def done(self, uid: int) -> None:
        """The message is on record. Raises MailboxError."""


def name_of(inbox: Inbox) -> str:
    """What the mailbox is called on record: a server that moves is no new mailbox."""
    return f"{inbox.username}/{inbox.folder}"


class ImapMailbox:
    """A folder on an IMAP server, open from ``with`` to its end. Raises MailboxError throughout."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._where = f"收件箱 {inbox.host}:{inbox.port}"
        self.validity = 0

    def __enter__(self) -> Self:
        try:
            self._box = self._connected()
        except _TROUBLE as error:
            raise MailboxError(f"{self._where} 连接不上（{_why(error)}），下次再试") from error
        try:
            self._login()
            self._open()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def listed(self, after: int, since: date | None) -> list[Listed]:
        """The messages behind number ``after``; with ``since`` those that arrived on that date or later."""
        criteria = f"SINCE {since:%d-%b-%Y}" if since else f"UID {after + 1}:*"
        with _told(f"{self._where} 列不出信件"):
            # A range that ends in * holds the last message even when that lies before its beginning.
            uids = sorted(uid for uid in map(int, self._box.uids(criteria, charset=None)) if uid > after)
            return list(self._heads(uids[:MOST_A_ROUND]))

    def _heads(self, uids: list[int]) -> Iterator[Listed]:
        if not uids:
            return
        wanted = [str(uid) for uid in uids]
        for head in self._box.fetch(uid_list=wanted, headers_only=True, mark_seen=False, bulk=BULK):
            if head.uid is not None:
                known = identity(head.obj["Message-ID"])
                yield Listed(int(head.uid), known, head.from_, head.subject, head.size_rfc822)

    def whole(self, uid: int) -> bytes | None:
        """A message as the server has it, its marks left as they are; None when it has gone meanwhile."""
        with _told(f"{self._where} 的一封信（编号 {uid}）读不出来"):
            status, found = self._box.client.uid("fetch", str(uid), "(BODY.PEEK[])")
            if status != "OK":
                raise ValueError(str(found)[:200])
            return next((bytes(each[1]) for each in found if isinstance(each, tuple)), None)

    def done(self, uid: int) -> None:
        """Moves the message to the folder of those that were read, if there is one."""
        if self._inbox.processed_folder:
            with _told(f"{self._where} 的一封信（编号 {uid}）移不到 {self._inbox.processed_folder}"):
                self._box.move(str(uid), self._inbox.processed_folder)

    def _connected(self) -> BaseMailBox:
        inbox, context = self._inbox, None
        if inbox.security != "none":
            context = ssl.create_default_context(cafile=inbox.ca_file)
        host, port, timeout = inbox.host or "", inbox.port, inbox.timeout_seconds
        if inbox.security == "tls":
            return MailBox(host, port, timeout=timeout, ssl_context=context)
        box = MailBoxUnencrypted(host, port, timeout=timeout)
        if inbox.security == "starttls":
            try:
                box.client.starttls(context)
            except BaseException:
                # The library has no object to close yet; the socket may be closed by the failed handshake.
                with suppress(OSError):
                    box.client.shutdown()
                raise
        return box

    def _login(self) -> None:
        inbox = self._inbox
        name, password = inbox.username or "", inbox.password.get_secret_value() if inbox.password else ""
        try:
            if (name + password).isascii():
                self._box.login(name, password, initial_folder=None)
            else:
                self._box.login_utf8(name, password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            # What the server says is left out, and so is what was asked: both may repeat the password.
            hint = "请核对 [inbox] 的 username 与密码（有的邮箱要用授权码）"
            raise MailboxError(f"{self._where} 不接受账号或密码，{hint}") from (
                error if isinstance(error, imaplib.IMAP4.abort) else None
            )
        except _TROUBLE as error:
            raise MailboxError(f"{self._where} 登录时出错（{_why(error)}），下次再试") from error

    def _open(self) -> None:
        with _told(f"{self._where} 的文件夹 {self._inbox.folder} 打不开，请核对 [inbox] 的 folder"):
            if "ID" in self._box.client.capabilities:
                # 163 and 126 open no folder to a client that does not say what it is.
                self._box.client.xatom("ID", '("name" "approval-monitor")')
            self._box.folder.set(self._inbox.folder, readonly=not self._inbox.processed_folder)
            self.validity = _validity(self._box)
            wanted = self._inbox.processed_folder
            if wanted and not self._box.folder.exists(wanted):
                self._box.folder.create(wanted)

    def _leave(self) -> None:
        try:
            self._box.logout()
        except _TROUBLE:
            with suppress(OSError):
                self._box.client.shutdown()


def _validity(box: BaseMailBox) -> int:
    said = box.client.untagged_responses.get("UIDVALIDITY") or [b""]
    found = re.search(rb"\d+", bytes(said[-1] or b"") if isinstance(said[-1], bytes) else b"")
    return int(found[0]) if found else 0


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turns what the library raises into a MailboxError that begins with ``what``."""
    try:
        yield
    except _TROUBLE as error:
        raise MailboxError(f"{what}（{_why(error)}）") from error


_HINDRANCES: tuple[tuple[type[BaseException], str], ...] = (
    (ssl.SSLCertVerificationError, "证书不被信任"),
    (ssl.SSLError, "加密握手失败，请核对 [inbox] 的 security 与 port"),
    (TimeoutError, "超时没有应答"),
    (ConnectionRefusedError, "该端口没有服务"),
    (imaplib.IMAP4.abort, "连接中断"),
)


def _why(error: BaseException) -> str:
    known = (words for kind, words in _HINDRANCES if isinstance(error, kind))
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return next(known, None) or " ".join(str(said).split())[:200]
