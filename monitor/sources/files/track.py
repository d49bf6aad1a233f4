"""Lists within one cell: every event, special procedure or decision document of an item, exact and readable. Pure.

办理过程: “2026-03-02 09:00:00 接件；2026-03-03 10:30:00 受理”. The other two lists separate their parts by “｜”.
"""

import re
from collections.abc import Iterable, Sequence

BETWEEN, WITHIN = "；", "｜"
_EVENT = re.compile(
    r"\s*(?P<time>\d{4}\D\d{1,2}\D\d{1,2}日?(?:[ T]\s*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?)\s*(?P<word>\S.*?)\s*"
)
_FORBIDDEN = str.maketrans({BETWEEN: ";", WITHIN: "|"})


class TrackError(ValueError):
    """A part of a list that cannot be read; ``part`` is it."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def events_text(events: Iterable[tuple[str, str]]) -> str:
    """(time, word) pairs as one text, in their order."""
    return BETWEEN.join(f"{time} {word}" for time, word in events)


def read_events(text: str) -> list[tuple[str, str]]:
    """The (time, word) pairs of a text. Raises TrackError."""
    found = []
    for part in filter(str.strip, re.split("[；;\n]", text)):
        match = _EVENT.fullmatch(part)
        if match is None:
            raise TrackError(part.strip())
        found.append((match["time"], match["word"]))
    return found


def list_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows of values as one text."""
    return BETWEEN.join(WITHIN.join("" if v is None else str(v).translate(_FORBIDDEN) for v in row) for row in rows)


def read_list(text: str, width: int) -> list[list[str]]:
    """The rows of a text, each of ``width`` values. Raises TrackError."""
    found = []
    for part in filter(str.strip, text.split(BETWEEN)):
        values = [value.strip() for value in part.split(WITHIN)]
        if len(values) != width:
            raise TrackError(part.strip())
        found.append(values)
    return found
