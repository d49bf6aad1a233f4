"""The lines of a text that somebody saved or pasted: its encoding found out, a web page stripped to its words. Pure."""

from html.parser import HTMLParser

SILENT = frozenset({"script", "style", "head", "noscript", "template"})
BREAKS = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "td"}
)
MARKS = ("<!doctype html", "<html", "<body", "<p>", "<p ", "<div", "<br")


class UnreadableError(ValueError):
    """The bytes are no text; the message says so in Chinese."""


def decoded(data: bytes) -> str:
    """``data`` as text: UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030. Raises UnreadableError."""
    codings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError(
        "不是文本文件：既不是 UTF-8，也不是 GB18030 编码。请把通知正文粘贴到记事本，另存为文本文件再试。"
    )


def lines_of(text: str) -> list[str]:
    """The lines of ``text``; of a web page those that a reader sees, a paragraph or table cell each on its own."""
    if any(mark in text.lower() for mark in MARKS):
        page = _Page()
        page.feed(text)
        page.close()
        text = "".join(page.words)
    return text.splitlines()


class _Page(HTMLParser):
    """Collects what is visible."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a line at a paragraph; what is in a script is no text."""
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Ends a line."""
        self._silent = max(0, self._silent - (tag in SILENT))
        if tag in BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Keeps the words; a line break in the source of a page is no line break."""
        if not self._silent:
            self.words.append(data.replace("\n", "").replace("\r", ""))
