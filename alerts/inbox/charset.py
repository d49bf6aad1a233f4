"""Bytes of a mail as text, whatever their label says: Chinese clients label GBK as GB2312, or UTF-8 as GBK. Pure."""

import re
from email.errors import HeaderParseError
from email.header import Header, decode_header

WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"}
"""A label → the larger set that holds what its senders really write."""
SAYS_NOTHING = ("", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252", "unknown-8bit", "8bit", "default")
"""Labels that clients give when they do not know."""
_CHINESE = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]")
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_NEW_LINES = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")


def decoded(raw: bytes, label: str | None) -> str:
    """``raw`` as text, by its label where that can be true, else by what it can be; never raises.

    UTF-8 that holds Chinese is UTF-8 whatever the label: no text in GBK is valid UTF-8 with Chinese in it but by an
    accident that does not happen in more than a few letters.
    """
    named = (label or "").strip().strip("\"'").lower()
    named = WIDER.get(named, named)
    guesses = [named] if named not in SAYS_NOTHING else []
    utf8 = _strictly(raw, "utf-8")
    if utf8 is not None and (not guesses or _CHINESE.search(utf8)) and not named.startswith("utf-16"):
        return tidy(utf8)
    for guess in (*guesses, "gb18030", "big5"):
        if (text := _strictly(raw, guess)) is not None:
            return tidy(text)
    # Cut in the middle of a character, or damaged: what can be read is better than nothing.
    try:
        return tidy(raw.decode(guesses[0] if guesses else "gb18030", "replace"))
    except (LookupError, ValueError):
        return tidy(raw.decode("utf-8", "replace"))


def header(value: str | Header | None) -> str:
    """A header as one line of text, its encoded words decoded by what they are rather than by what they say."""
    if value is None:
        return ""
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        parts = [(str(value), None)]
    text = "".join(decoded(part, label) if isinstance(part, bytes) else _plain(part) for part, label in parts)
    return " ".join(text.split())


def tidy(text: str) -> str:
    """``text`` with plain line ends, and without what neither a database nor a mail can carry."""
    return _UNFIT.sub("", _NEW_LINES.sub("\n", text)).replace("\xa0", " ")


def _plain(part: str) -> str:
    # Bytes that are no ASCII stand in a header as halves of surrogate pairs.
    return decoded(part.encode("utf-8", "surrogateescape"), None) if not part.isascii() else tidy(part)


def _strictly(raw: bytes, label: str) -> str | None:
    try:
        return raw.decode(label)
    except (LookupError, ValueError):
        return None
