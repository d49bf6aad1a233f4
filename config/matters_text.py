"""The text of matters.toml with entries changed in place and new ones added; what was written by hand stays. Pure."""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from config.matters import Matter
from config.toml_lines import KeyPath, key_lines, value_spans
from config.toml_text import written

KEYS = tuple(Matter.model_fields)
DEFAULTS: Mapping[str, Any] = {
    name: field.default for name, field in Matter.model_fields.items() if not field.is_required()
}

Edit = tuple[int, int, str]
"""Where something is taken out of a text (from, to), and what is put there."""


class ShapeError(ValueError):
    """The file is written in a way in which entries cannot be changed one by one; the message is a Chinese sentence."""


def rewritten(
    text: str, changed: Sequence[Matter], added: Sequence[Matter], gone: Collection[str] = (), mark: str = ""
) -> str:
    """``text`` (a valid matters.toml) with ``changed`` entries, then ``added`` ones at the end below the line ``mark``.

    1. A value that differs is replaced where it stands; comments, order and blank lines stay.
    2. A key that is missing is put below the last of its entry; one that no longer holds becomes a comment.
    3. Entries whose code is in ``gone`` become comments.

    Raises ShapeError.
    """
    bom, windows = text.startswith("\ufeff"), "\r\n" in text
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    entries = _Entries(plain)
    if changed or added or gone:
        entries.require_headers()
    edits = [edit for matter in changed for edit in entries.changes(matter)]
    edits += [edit for code in sorted(gone) for edit in entries.removal(code)]
    plain = _edited(plain, sorted(edits))
    if added:
        blocks = "\n\n".join(_block(matter) for matter in added)
        plain = (
            plain.rstrip("\n") + ("\n\n" if plain.strip() else "") + (f"# {mark}\n\n" if mark else "") + blocks + "\n"
        )
    return ("\ufeff" if bom else "") + (plain.replace("\n", "\r\n") if windows else plain)


def _edited(text: str, edits: Sequence[Edit]) -> str:
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def _block(matter: Matter) -> str:
    values = matter.model_dump()
    keys = [key for key in KEYS if key not in DEFAULTS or values[key] != DEFAULTS[key]]
    return "\n".join(["[[matter]]", *(f"{key} = {written(values[key])}" for key in keys)])


class _Entries:
    """The entries of a text and where they stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(n + 1 for n, char in enumerate(text) if char == "\n")]
        self.rows = text.split("\n")
        self.lines, self.spans = key_lines(text), value_spans(text)
        self.keys: dict[int, list[KeyPath]] = {}
        for path in self.spans:
            if path[0] == "matter" and len(path) == 3 and isinstance(path[1], int):
                self.keys.setdefault(path[1], []).append(path)
        found = tomllib.loads(text).get("matter", ())
        self.values: list[Mapping[str, Any]] = list(found)
        self.numbers = {str(values["code"]).strip(): number for number, values in enumerate(found)}

    def require_headers(self) -> None:
        """Raises ShapeError unless every entry stands below a [[matter]] of its own."""
        for number in range(len(self.values)):
            if not self.rows[self.lines["matter", number] - 1].lstrip().startswith("[["):
                raise ShapeError(
                    "matters.toml 里的事项写成了 matter = […] 的样子，不能逐项改写：请先改为每个事项一个 [[matter]]"
                )

    def changes(self, matter: Matter) -> Iterator[Edit]:
        """The edits that make an entry say what ``matter`` says."""
        number, values = self.numbers[matter.code], matter.model_dump()
        was = Matter.model_validate(dict(self.values[number])).model_dump()
        new = []
        for key in (key for key in KEYS if values[key] != was[key]):
            path = ("matter", number, key)
            if path not in self.spans:
                new.append(f"{key} = {written(values[key])}")
            elif values[key] is None:
                yield from self._commented(self.lines[path], self._last_line(path))
            else:
                yield (*self.spans[path], written(values[key]))
        if new:
            indent, end = self._last(number)
            yield (end, end, "".join(f"\n{indent}{line}" for line in new))

    def removal(self, code: str) -> Iterator[Edit]:
        """The edits that make an entry a comment."""
        number = self.numbers[code]
        last = max(self._last_line(path) for path in self.keys[number])
        yield from self._commented(self.lines["matter", number], last)

    def _last(self, number: int) -> tuple[str, int]:
        """The indent of the last key of an entry, and the end of its line."""
        path = max(self.keys[number], key=lambda path: self.spans[path])
        line, last = self.rows[self.lines[path] - 1], self._last_line(path)
        return line[: len(line) - len(line.lstrip())], self.starts[last - 1] + len(self.rows[last - 1])

    def _last_line(self, path: KeyPath) -> int:
        """The line (from 1) on which the value of a key ends."""
        start, end = self.starts[self.lines[path] - 1], self.spans[path][1]
        return self.lines[path] + self.text.count("\n", start, end)

    def _commented(self, first: int, last: int) -> Iterator[Edit]:
        for number in range(first, last + 1):
            line = self.rows[number - 1].lstrip()
            if line and not line.startswith("#"):
                yield (self.starts[number - 1], self.starts[number - 1], "# ")
