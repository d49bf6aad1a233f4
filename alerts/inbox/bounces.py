"""A message that says a mail did not arrive: at which addresses, for good or for now, and which mail. Pure.

1. RFC 3464: the parts message/delivery-status name each address, with the server's own words.
2. Else flufl.bounce, which knows the forms of many servers.
3. Else the wording of Chinese mail providers: addresses in the text, which count only if the mail went to them.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message

from alerts.inbox.charset import header
from alerts.inbox.incoming import Incoming, identity

# Its detectors log each step at level info.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

LONGEST_WORDS = 300
_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|mail-?daemon|mdaemon|bounces?|mailadmin)@", re.IGNORECASE)
_SUBJECT = re.compile(
    r"退信|退回|无法投递|不能投递|无法送达|未送达|未能送达|投递失败|发送失败|投递状态|未传递|传递失败|undeliver|"
    r"delivery (?:status notification|failure|has failed)|failure notice|returned mail|mail delivery fail",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])")
_REASON = re.compile(
    r"\b[45]\d\d[ -]|不存在|已满|拒收|拒绝|停用|禁用|无法|not exist|unknown|unavailable|quota|full|reject", re.I
)
_IN_TEXT = re.compile(r"Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE)
DELIVERED = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Bounce:
    """Addresses in small letters → the words of the server; ``message_id`` of the mail that came back, if it says.

    ``guessed``: addresses were found in the text, so those the mail did not go to mean nothing.
    """

    permanent: dict[str, str] = field(default_factory=dict)
    temporary: dict[str, str] = field(default_factory=dict)
    message_id: str | None = None
    guessed: bool = False


def bounce_of(incoming: Incoming) -> Bounce | None:
    """What the message says did not arrive; None when it is no bounce."""
    message = incoming.message
    if reports := [block for part in message.walk() if _is_status(part) for block in _blocks(part)]:
        return _reported(message, reports)
    if not _looks_like_one(incoming):
        return None
    returned, words = _returned_id(incoming), _reason(incoming)
    temporary, permanent = _known_forms(message)
    if temporary or permanent:
        return Bounce(dict.fromkeys(permanent, words), dict.fromkeys(temporary, words), returned)
    failed = header(message["X-Failed-Recipients"]) or incoming.text
    found = {address.lower(): words for address in _ADDRESS.findall(failed)}
    return Bounce(found, {}, returned, guessed=True) if found else None


def _reported(message: Message, blocks: list[Message]) -> Bounce | None:
    """By the parts of a delivery status notification; None when all it says is that mail arrived."""
    permanent: dict[str, str] = {}
    temporary: dict[str, str] = {}
    for block in blocks:
        address = _typed(block["Original-Recipient"] or block["Final-Recipient"]).lower()
        action, status = header(block["Action"]).lower(), header(block["Status"])
        if "@" not in address or action in DELIVERED or (not action and not status):
            continue
        words = (_typed(block["Diagnostic-Code"]) or status or action)[:LONGEST_WORDS]
        for_now = action == "delayed" or (action != "failed" and status.startswith("4"))
        (temporary if for_now else permanent)[address.strip("<>")] = words
    return Bounce(permanent, temporary, _returned_header(message)) if permanent or temporary else None


def _is_status(part: Message) -> bool:
    return part.get_content_type() == "message/delivery-status"


def _blocks(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    yield from (block for block in payload if isinstance(block, Message)) if isinstance(payload, list) else ()


def _typed(value: object) -> str:
    """The value of a field such as "rfc822; somebody@somewhere" without its type."""
    text = header(str(value)) if value is not None else ""
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and " " not in kind.strip() else text


def _looks_like_one(incoming: Incoming) -> bool:
    """Only then is its text read for failures: a person may quote a bounce."""
    message = incoming.message
    reports = message.get_content_type() == "multipart/report" and "delivery-status" in str(message["Content-Type"])
    nobody = (header(message["Return-Path"]) or "-") == "<>"
    named = bool(_DAEMON.match(incoming.sender)) or message["X-Failed-Recipients"] is not None
    return reports or named or (bool(_SUBJECT.search(incoming.subject)) and (nobody or not incoming.answers_to))


def _known_forms(message: Message) -> tuple[set[str], set[str]]:
    from flufl.bounce import all_failures

    try:
        temporary, permanent = all_failures(message)
    except Exception:  # noqa: BLE001 - its detectors stumble over bytes they do not expect; there is another way
        return set(), set()
    return _as_text(temporary), _as_text(permanent)


def _as_text(addresses: "frozenset[bytes]") -> set[str]:
    texts = (bytes(address).decode("ascii", "replace").strip("<> ").lower() for address in addresses)
    return {text for text in texts if "@" in text}


def _returned_header(message: Message) -> str | None:
    """The Message-ID of the mail that came back, from what is attached of it."""
    for part in message.walk():
        kind, payload = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload and isinstance(payload[0], Message):
            return identity(payload[0]["Message-ID"])
        if kind in ("text/rfc822-headers", "message/rfc822-headers"):
            raw = part.get_payload(decode=True)
            found = _IN_TEXT.search(raw.decode("utf-8", "replace")) if isinstance(raw, bytes) else None
            if found:
                return found[1]
    return None


def _returned_id(incoming: Incoming) -> str | None:
    quoted = _IN_TEXT.search(incoming.text)
    return (
        _returned_header(incoming.message)
        or (quoted[1] if quoted else None)
        or next(iter(incoming.answers_to), None)
    )  # fmt: skip


def _reason(incoming: Incoming) -> str:
    lines = (" ".join(line.split()) for line in incoming.text.split("\n"))
    return next((line for line in lines if _REASON.search(line)), incoming.subject)[:LONGEST_WORDS]
