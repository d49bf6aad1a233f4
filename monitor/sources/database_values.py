"""What a database hands over, in the forms that records are read from; and how a column of text writes its times. Pure.

Times are local ones of the platform (Asia/Shanghai). Their common form is "YYYY-MM-DD HH:MM:SS", with ".ffffff" only
when there are fractions of a second, or "YYYY-MM-DD" when the column has no time of day.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from monitor.events import SHANGHAI

_LONGEST_FRACTION = 9
_LARGEST = 2**63


def plain(value: object) -> object:
    """A value of a driver as text, number or None: what records are read from and what can be kept as JSON."""
    match value:
        case None | bool() | int():
            return value
        case str():
            return value.rstrip()
        case datetime() | date():
            return common_time(value)
        case Decimal() | float():
            return _number(value)
        case bytes() | bytearray() | memoryview():
            return _decoded(bytes(value)).rstrip()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _number(value: Decimal | float) -> int | str:
    """A whole number as such; any other as text, which is exact and can be kept."""
    if not math.isfinite(value) or abs(float(value)) >= _LARGEST or value != int(value):
        return str(value)
    return int(value)


def common_time(value: date) -> str:
    """A date or a moment in the common form; a moment with a zone becomes local."""
    if not isinstance(value, datetime):
        return value.isoformat()
    local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
    return local.isoformat(sep=" ")


def _decoded(raw: bytes) -> str:
    """Text of a database that does not know its own encoding: UTF-8, else the Chinese national one."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


@dataclass(frozen=True, slots=True)
class Shape:
    """One way of writing times with a fixed number of digits, in which texts sort as the times do.

    ``pattern`` is for strptime, with fields of fixed width only.
    """

    pattern: str

    @property
    def likes(self) -> tuple[str, ...]:
        """Patterns for LIKE, one of which every text of this shape fulfils."""
        whole = self.pattern.replace("%Y", "____")
        for part in ("%m", "%d", "%H", "%M", "%S"):
            whole = whole.replace(part, "__")
        return (whole, f"{whole}.%") if self.has_seconds else (whole,)

    @property
    def has_seconds(self) -> bool:
        """Whether seconds are written; only then fractions can follow."""
        return "%S" in self.pattern

    @property
    def is_day(self) -> bool:
        """Whether no time of day is written."""
        return "%H" not in self.pattern

    def read(self, text: str) -> str | None:
        """The common form of a text of this shape; None when it is not one or no such time exists."""
        whole, dot, fraction = text.partition(".") if self.has_seconds else (text, "", "")
        if dot and not (fraction.isascii() and fraction.isdigit() and len(fraction) <= _LONGEST_FRACTION):
            return None
        try:
            moment = datetime.strptime(whole, self.pattern)  # noqa: DTZ007 -- local times throughout
        except ValueError:
            return None
        if moment.year < 1000 or moment.strftime(self.pattern) != whole:
            return None
        return common_time(moment.date() if self.is_day else moment) + dot + fraction

    def write(self, common: str) -> str:
        """A time of the common form in this shape; what the shape has no room for is cut off."""
        return datetime.fromisoformat(common[:19]).strftime(self.pattern) + (common[19:] if self.has_seconds else "")


SHAPES: tuple[Shape, ...] = tuple(
    Shape(pattern)
    for pattern in (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d",
        "%Y%m%d%H%M%S",
        "%Y%m%d",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y年%m月%d日",
    )
)
"""The shapes that a text column of update times is recognised in."""


def shapes_of(texts: Sequence[object]) -> list[Shape]:
    """The shapes of some texts of a column, each once; all of SHAPES when one of them has none."""
    found: dict[Shape, None] = {}
    for text in texts:
        shape = next((shape for shape in SHAPES if isinstance(text, str) and shape.read(text.rstrip())), None)
        if shape is None:
            return list(SHAPES)
        found[shape] = None
    return list(found)


def earlier(common: str, minutes: float) -> str:
    """The time of the common form that lies ``minutes`` before another, in whole seconds."""
    moment = datetime.fromisoformat(common[:19])
    try:
        return common_time((moment - timedelta(minutes=minutes)).replace(microsecond=0))
    except OverflowError:
        return common_time(moment)
