"""A page of a mail as lines of text, with ">" before what is quoted. Pure."""

import re
from html.parser import HTMLParser

_BLOCK_NAMES = (
    "address article blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main ol p pre "
    "section table tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
SILENT = frozenset(("head", "script", "style", "title", "noscript", "template"))
CELLS = frozenset(("td", "th"))
SIGNATURE_RULE = re.compile(r"width\s*:\s*210px")
"""Foxmail draws a line of this width above a signature."""
DEEPEST_QUOTE = 8


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._line: list[str] = []
        self._quoted = self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in BLOCKS:
            self.end_line()
        elif tag == "br":
            self.end_line(even_empty=True)
        elif tag in CELLS and self._line:
            self._line.append(" ")
        if tag == "blockquote":
            self._quoted += 1
        if tag == "hr" and SIGNATURE_RULE.search((dict(attrs).get("style") or "").lower()):
            self.lines.append("--")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in BLOCKS:
            self.end_line(even_empty=tag in ("p", "table"))
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(data)

    def end_line(self, *, even_empty: bool = False) -> None:
        text = " ".join("".join(self._line).split())
        self._line.clear()
        if text or even_empty:
            self.lines.append("> " * min(self._quoted, DEEPEST_QUOTE) + text)


def text_of(page: str) -> str:
    """The text of an HTML page, line by line; broken HTML gives what can be read of it."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    reader.end_line()
    return "\n".join(reader.lines)
