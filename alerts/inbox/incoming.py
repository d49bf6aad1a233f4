"""A message of the mailbox as what matters of it: who, about what, in answer to what, text and files. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from hashlib import sha256
from mimetypes import guess_extension

from alerts.inbox.charset import decoded, header
from alerts.inbox.plain import text_of

MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_BARE = re.compile(r"[^\s<>\"'(),;:]{1,64}@[^\s<>\"'(),;:]{1,255}")
YEARS = range(2000, 2100)
MOST_REFERENCES = 50
MOST_FILES = 20
LONGEST_BODY = 500_000
"""No person writes more; what is longer was made to keep a parser busy."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with a message; ``inline`` ones belong to the page: a logo, a picture pasted in."""

    name: str
    content: bytes
    inline: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it was read. ``answers_to``: Message-IDs it refers to, the nearest first. ``at``: its Date (aware).

    ``text`` is the whole text with what it quotes; ``message`` is there for reading bounces.
    """

    message_id: str
    sender: str
    subject: str
    at: datetime | None
    answers_to: tuple[str, ...]
    text: str
    files: tuple[File, ...]
    message: Message

    def head(self, name: str) -> str:
        """A header on one line in small letters; "" when there is none."""
        return header(self.message[name]).lower()


def read(raw: bytes) -> Incoming:
    """The message in ``raw``, as far as it can be read; broken MIME gives what there is.

    Without a Message-ID it gets one of its content, so that it is known again.
    """
    message = message_from_bytes(raw)
    parts = list(_parts(message))
    return Incoming(
        message_id=identity(message["Message-ID"]) or f"<sha256.{sha256(raw).hexdigest()}>",
        sender=_address(message),
        subject=header(message["Subject"]),
        at=_date(message),
        answers_to=_references(message),
        text=_text(parts),
        files=tuple(_files(parts))[:MOST_FILES],
        message=message,
    )


def identity(value: object) -> str | None:
    """The Message-ID in a header's value; None when there is none."""
    found = MESSAGE_ID.search(str(value or "").replace("\n", "").replace("\r", ""))
    return found[0] if found else None


def _address(message: Message) -> str:
    named = [str(value) for value in message.get_all("From", [])]
    addresses = [address for _, address in getaddresses(named) if "@" in address] or _BARE.findall(" ".join(named))
    return header(addresses[-1]).strip().lower()[:254] if addresses else ""


def _date(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(header(message["Date"]))
        return found if found.utcoffset() is not None and found.year in YEARS else None
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _references(message: Message) -> tuple[str, ...]:
    answered = MESSAGE_ID.findall(header(message["In-Reply-To"]))
    earlier = MESSAGE_ID.findall(header(message["References"]))
    return tuple(dict.fromkeys((*answered, *reversed(earlier))))[:MOST_REFERENCES]


def _parts(message: Message) -> Iterator[Message]:
    """The leaves of a message; a message within it is a leaf, its text is not the sender's."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    payload = message.get_payload()
    for part in payload if isinstance(payload, list) else ():
        if isinstance(part, Message):
            yield from _parts(part)


def _text(parts: list[Message]) -> str:
    """The plain texts; of a message that has only pages, theirs."""
    plain = [_content(part) for part in parts if _is_body(part, "text/plain")]
    if any(text.strip() for text in plain):
        return "\n".join(plain)
    return "\n".join(text_of(_content(part)) for part in parts if _is_body(part, "text/html"))


def _is_body(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not _is_file(part)


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _content(part: Message) -> str:
    raw = part.get_payload(decode=True)
    charset = part.get_param("charset")
    text = decoded(raw, charset if isinstance(charset, str) else None) if isinstance(raw, bytes) else ""
    return text[:LONGEST_BODY]


def _files(parts: list[Message]) -> Iterator[File]:
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            whole = inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
            yield File(header(part.get_filename()) or "message.eml", whole, inline=False)
        elif _is_file(part) or (not kind.startswith("text/") and not kind.startswith("message/")):
            raw = part.get_payload(decode=True)
            inline = kind.startswith("image/") and part.get_content_disposition() != "attachment"
            name = header(part.get_filename()) or f"part{guess_extension(kind) or '.bin'}"
            yield File(name, raw if isinstance(raw, bytes) else b"", inline)
