"""A rendered mail as a message for SMTP. Pure: the same arguments give the same bytes."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import lru_cache
from hashlib import sha256

from alerts.hours import local
from alerts.render import Attachment, Rendered
from alerts.wording import clean

_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@[A-Za-z0-9.-]+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
_FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")


class _Headers(HeaderRegistry):
    """The library's own kinds of headers, each made once and not anew for every header of every mail."""

    @lru_cache(maxsize=256)  # noqa: B019 - there is one registry
    def __getitem__(self, name: str) -> type[BaseHeader]:
        return super().__getitem__(name)


RECURRING = frozenset({"from", "reply-to", "mime-version", "auto-submitted", "content-transfer-encoding"})
"""Headers that mail after mail has in the same few ways."""


class _Policy(EmailPolicy):
    """The library's own policy for SMTP; of the headers that recur each is folded once."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as it goes out."""
        return self._known(name, value) if name.lower() in RECURRING else super().fold_binary(name, value)

    @lru_cache(maxsize=256)  # noqa: B019 - there is one policy
    def _known(self, name: str, value: str) -> bytes:
        return super().fold_binary(name, value)


POLICY = _Policy(linesep="\r\n", header_factory=_Headers())


def build(
    rendered: Rendered,
    *,
    sender: str,
    sender_name: str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    message_id: str,
    date: datetime,
    reply_to: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """The message: text and page as alternatives, attachments beside them, all in base64.

    ``message_id`` goes out exactly as given, angle brackets included. ``date`` is an aware moment. ``headers`` are
    further ones; line breaks and controls in any value become spaces. Raises ``ValueError`` with a sentence when there
    is no recipient, for a bad address, Message-ID, header or file name, and for a naive date.
    """
    if not to:
        raise ValueError("信件没有收件人。处理：在 units.toml 中为该岗位填写邮箱。")
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(sender, clean(sender_name, 60) if sender_name else "")
    message["To"] = [_address(address) for address in to]
    if cc:
        message["Cc"] = [_address(address) for address in cc]
    if reply_to:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = clean(rendered.subject, 250)
    message["Date"] = local(_aware(date))
    message["Message-ID"] = _message_id(message_id)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[_header_name(name, message)] = clean(value, 900)
    message.set_content(rendered.text, cte="base64")
    message.add_alternative(rendered.html, subtype="html", cte="base64")
    for attachment in rendered.attachments:
        if attachment.cid:
            _show_within(message, attachment)
    for attachment in rendered.attachments:
        if not attachment.cid:
            _attach(message, attachment)
    _settle(message, message_id)
    return message


def as_bytes(message: EmailMessage) -> bytes:
    """The bytes of ``message`` as it is handed over.

    The same as ``message.as_bytes()``, which carries every line of base64 through Python one by one: here the bodies
    are put in whole. A mail is built once and may be written several times, so the message is left as it was.
    """
    parts = [part for part in message.walk() if part["Content-Transfer-Encoding"] == "base64"]
    bodies = [part.get_payload() for part in parts]
    digest = sha256(str(message["Message-ID"]).encode()).hexdigest()
    marks = [f"=body-{digest}-{number}=" for number in range(len(parts))]
    try:
        for part, mark in zip(parts, marks, strict=True):
            part.set_payload(mark)
        written = message.as_bytes()
    finally:
        for part, body in zip(parts, bodies, strict=True):
            part.set_payload(body)
    for mark, body in zip(marks, bodies, strict=True):
        written = written.replace(mark.encode(), str(body).encode("ascii").replace(b"\n", b"\r\n"), 1)
    return written


def _address(address: str, name: str = "") -> Address:
    if not address.isascii() or not _ADDRESS.fullmatch(address):
        raise ValueError(f"“{clean(address, 80)}”不是有效的邮件地址。处理：在 units.toml 或 monitor.toml 中改正。")
    return Address(name, *address.rsplit("@", 1))


def _aware(date: datetime) -> datetime:
    if date.tzinfo is None:
        raise ValueError("信件日期没有时区。处理：传入带时区的时刻。")
    return date


def _message_id(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"Message-ID“{clean(message_id, 80)}”的写法不对。处理：应为 <标识@域名>，不含空格。")
    return message_id


def _header_name(name: str, message: EmailMessage) -> str:
    if not _HEADER_NAME.fullmatch(name) or name in message or name.lower().startswith(("content-", "mime-")):
        raise ValueError(f"信头“{clean(name, 40)}”不能使用：名称不合规范，或该信头已由系统写入。")
    return name


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    kind, subtype = _named(attachment).mime_type.split("/", 1)
    message.add_attachment(attachment.content, maintype=kind, subtype=subtype, filename=attachment.name)


def _show_within(message: EmailMessage, picture: Attachment) -> None:
    """Puts the picture beside the page that shows it, so that it is no attachment of its own."""
    kind, subtype = _named(picture).mime_type.split("/", 1)
    *_, page = message.iter_parts()
    page.add_related(
        picture.content, maintype=kind, subtype=subtype, filename=picture.name, disposition="inline",
        cid=_message_id(f"<{picture.cid}>"),
    )  # fmt: skip


def _named(attachment: Attachment) -> Attachment:
    if not _FILE_NAME.fullmatch(attachment.name):
        raise ValueError(f"附件名“{clean(attachment.name, 80)}”只能用英文字母、数字、点、连字符和下划线。")
    return attachment


def _settle(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the Message-ID, so that a mail sent again is the same; MIME-Version only where it belongs."""
    digest = sha256(message_id.encode()).hexdigest()[:32]
    for number, part in enumerate(message.walk()):
        if number:
            del part["MIME-Version"]
        if part.is_multipart():
            part.set_boundary(f"=_{digest}_{number}")
