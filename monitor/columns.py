"""Lines of Chinese and Latin text for a terminal: their width in columns, padded and wrapped. Pure."""

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

WIDTH = 80
"""Columns of the terminal that everything fits."""
_TOKEN = re.compile(r"[\x21-\x7e]+|工作日|自然日|小时|.", re.DOTALL)
_NOT_FIRST = frozenset("，。；：、！？）”’》」』】〕%…")
"""What no line begins with."""
_NOT_LAST = frozenset("（“‘《「『【〔#")


def width(text: str) -> int:
    """The columns that ``text`` takes at most: characters that some terminals show wide count as wide."""
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def padded(text: str, columns: int) -> str:
    """``text`` with spaces up to ``columns``, by the width that nearly all terminals give it."""
    taken = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(0, columns - taken)


def wrapped(text: str, indent: int = 0, hanging: int | None = None, most: int = WIDTH) -> list[str]:
    """``text`` in lines of at most ``most`` columns, the first ``indent`` and the others ``hanging`` columns in.

    Latin words and numbers stay whole where a line has room for them; no line begins with a closing mark. What cannot
    be printed is replaced.
    """
    later = indent if hanging is None else hanging
    text = "".join(char if char.isprintable() or char == "　" else "�" for char in text)
    lines: list[str] = []
    line = " " * indent
    begun = False
    for token in _tokens(text, most - max(indent, later)):
        if begun and width(line + token) > most:
            lines.append(line.rstrip())
            line, begun = " " * later, False
        if token.isspace() and not begun:
            continue
        line, begun = line + token, True
    return [*lines, line.rstrip()]


def _tokens(text: str, room: int) -> Iterator[str]:
    """The pieces between which a line may end: a closing mark stays with what it closes."""
    piece = ""
    for token in _TOKEN.findall(text):
        joins = piece and (token[0] in _NOT_FIRST or piece[-1] in _NOT_LAST)
        if not joins:
            yield from _cut(piece, room)
            piece = ""
        piece += token
    yield from _cut(piece, room)


def _cut(piece: str, room: int) -> Iterator[str]:
    start = taken = 0
    for place, char in enumerate(piece):
        own = width(char)
        if taken + own > room and place > start:
            yield piece[start:place]
            start, taken = place, 0
        taken += own
    if piece[start:]:
        yield piece[start:]
