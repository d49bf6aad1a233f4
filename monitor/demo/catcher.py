"""An SMTP server that keeps every mail instead of passing it on: in memory, and as files that a browser opens.

SMTP | CaughtMail | folder/DATE_UNIT_AUDIENCE_NUMBER.eml and, where there is an HTML part, .html beside it
"""

import asyncio
import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor.demo.platform import BEIJING

UNIT_HEADER: Final = "X-Approval-Unit"
AUDIENCE_HEADER: Final = "X-Approval-Audience"
_UNFIT: Final = re.compile(r"[^\w.-]+")
_LONGEST_PART: Final = 40
_CID: Final = re.compile(r"cid:([^\s\"'()<>]+)")
_HEAD: Final = re.compile(r"<head[^>]*>", re.IGNORECASE)
_CHARSET: Final = '<meta charset="utf-8">'


@dataclass(frozen=True, slots=True)
class CaughtMail:
    """A mail as it came: the envelope, the bytes, and the files it was written to."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    eml: Path
    html: Path | None

    @property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.raw, policy=policy.default)


Label = Callable[[EmailMessage], tuple[str, str]]


def label_from_headers(message: EmailMessage) -> tuple[str, str]:
    """Unit and audience of a mail from its X-Approval-… headers; without them, whom it is addressed to and 邮件."""
    unit, audience = message.get(UNIT_HEADER), message.get(AUDIENCE_HEADER)
    if unit or audience:
        return str(unit or "全区"), str(audience or "邮件")
    addresses = message["To"].addresses if message["To"] else ()
    return (addresses[0].display_name or addresses[0].username) if addresses else "无收件人", "邮件"


class Catcher:
    """Catches mails on ``host``:``port`` while its ``with`` block runs; ``mails`` are in the order of their coming.

    ``label`` gives the unit and audience that a mail's file is named after.
    """

    host = "127.0.0.1"

    def __init__(self, folder: Path, *, label: Label = label_from_headers) -> None:
        self.folder = folder
        self.mails: list[CaughtMail] = []
        self.port = 0
        self._label = label
        self._ready = threading.Event()
        self._failed: OSError | None = None
        self._stop: Callable[[], object] = lambda: None
        self._sessions: WeakSet[SMTP] = WeakSet()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="demo-catcher")

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            self._thread.join()
            raise self._failed
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._thread.join()

    async def _serve(self) -> None:
        """Listens until stopped, then ends the sessions that clients keep open."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        try:
            server = await loop.create_server(self._session, self.host, 0)
            self.port = server.sockets[0].getsockname()[1]
        except OSError as error:
            self._failed = error
            return
        finally:
            self._ready.set()
        await stopped.wait()
        server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()

    def _session(self) -> SMTP:
        # A host name that is given is not looked up, which can take seconds.
        session = SMTP(_Handler(self._keep), hostname="demo.example", enable_SMTPUTF8=True)
        self._sessions.add(session)
        return session

    def _keep(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        message = message_from_bytes(raw, policy=policy.default)
        name = self._name(message)
        eml = self.folder / f"{name}.eml"
        eml.write_bytes(raw)
        text = html_of(message)
        page = self.folder / f"{name}.html" if text is not None else None
        if page is not None and text is not None:
            page.write_text(text, encoding="utf-8")
        self.mails.append(CaughtMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, eml, page))

    def _name(self, message: EmailMessage) -> str:
        parts = (_day(message), *self._label(message), f"{len(self.mails) + 1:03}")
        return "_".join(_UNFIT.sub("-", part).strip("-.")[:_LONGEST_PART] or "-" for part in parts)


class _Handler:
    """What the SMTP server hands each mail to."""

    def __init__(self, keep: Callable[[Envelope], None]) -> None:
        self._keep = keep

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self._keep(envelope)
        return "250 OK"


def html_of(message: EmailMessage) -> str | None:
    """The HTML part of a mail as a page that stands alone: inline images (cid:) become data: addresses."""
    part = message.get_body(preferencelist=("html",))
    if part is None:
        return None
    images = {
        str(image["Content-ID"]).strip("<> "): image
        for image in message.walk()
        if image["Content-ID"] and image.get_content_maintype() == "image"
    }
    page = _CID.sub(lambda found: _data_address(images.get(found[1])) or found[0], str(part.get_content()))
    if "charset" in page[:1024].lower():
        return page
    return _HEAD.sub(lambda head: head[0] + _CHARSET, page, count=1) if _HEAD.search(page) else _CHARSET + page


def _data_address(image: EmailMessage | None) -> str | None:
    if image is None:
        return None
    return f"data:{image.get_content_type()};base64,{base64.b64encode(image.get_content()).decode()}"


def _day(message: EmailMessage) -> str:
    """The local date a mail bears, which is that of the walk and not of the machine."""
    try:
        written: datetime = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return "无日期"
    return (written.astimezone(BEIJING) if written.tzinfo else written).date().isoformat()
