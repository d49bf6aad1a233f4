"""The line of every key of a TOML text, which tomllib does not tell.

tomllib has already accepted the text, so the scanner below need not judge it: it only has to know where a string, an
array, an inline table or a comment ends.
"""

import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """Path of each table, key and array element → its line, counting from 1. ``text`` must be valid TOML."""
    return _Scanner(text.replace("\r\n", "\n")).scan()


def value_spans(text: str) -> Mapping[KeyPath, tuple[int, int]]:
    """Path of each key → where its value begins and ends in ``text``, which must be valid TOML without CR."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.spans


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """The line of ``path``, or of its nearest parent that stands in the text; None for the text as a whole."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1
        self.lines: dict[KeyPath, int] = {}
        self.elements: dict[KeyPath, int] = {}
        self.spans: dict[KeyPath, tuple[int, int]] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        while self._skip_blank():
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.lines

    def _advance(self, count: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + count)
        self.at += count

    def _skip_blank(self, extra: str = "") -> bool:
        """Past white space, comments and ``extra`` characters; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                self._advance(self._until("\n"))
            elif self.text[self.at] in " \t\n" + extra:
                self._advance(1)
            else:
                return True
        return False

    def _until(self, stops: str) -> int:
        end = self.at
        while end < len(self.text) and self.text[end] not in stops:
            end += 1
        return end - self.at

    def _header(self) -> KeyPath:
        line, is_array = self.line, self.text.startswith("[[", self.at)
        self._advance(2 if is_array else 1)
        path = self._resolve(self._key("]"))
        self._advance(2 if is_array else 1)
        if is_array:
            self.lines.setdefault(path, line)
            self.elements[path] = self.elements.get(path, -1) + 1
            path = (*path, self.elements[path])
        self.lines[path] = line
        return path

    def _resolve(self, keys: KeyPath) -> KeyPath:
        """[a.b] written below [[a]] belongs to the last element of a."""
        path: KeyPath = ()
        for key in keys[:-1]:
            path = (*path, key)
            if path in self.elements:
                path = (*path, self.elements[path])
        return (*path, keys[-1])

    def _key(self, stops: str) -> KeyPath:
        """A key, dotted perhaps, up to one of ``stops``. tomllib reads its parts, so quoting and escapes are its."""
        start = self.at
        while self.text[self.at] not in stops:
            self._advance(self._string() if self.text[self.at] in "\"'" else 1)
        parsed: object = tomllib.loads(f"{self.text[start : self.at].strip()} = 0")
        path: KeyPath = ()
        while isinstance(parsed, dict):
            [(key, parsed)] = parsed.items()
            path = (*path, key)
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self.line
        path = (*table, *self._key("="))
        for depth in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)
        self._advance(1)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        start = self.at
        match self.text[self.at]:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._advance(self._string())
            case _:
                self._advance(self._until(",]}#\n"))
        self.spans[path] = (start, start + len(self.text[start : self.at].rstrip()))

    def _array(self, path: KeyPath) -> None:
        self._advance(1)
        index = 0
        while self._skip_blank(",") and self.text[self.at] != "]":
            self.lines[(*path, index)] = self.line
            self._value((*path, index))
            index += 1
        self._advance(1)

    def _inline_table(self, path: KeyPath) -> None:
        self._advance(1)
        while self._skip_blank(",") and self.text[self.at] != "}":
            self._pair(path)
        self._advance(1)

    def _string(self) -> int:
        """The length of the string that starts here, quotes included."""
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        end = self.at + len(mark)
        while not self.text.startswith(mark, end):
            end += 2 if quote == '"' and self.text[end] == "\\" else 1
        end += len(mark)
        while len(mark) == 3 and self.text.startswith(quote, end):
            end += 1
        return end - self.at
