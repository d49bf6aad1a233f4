"""Every way in which producers write a time, in one form. Pure; Beijing local time throughout."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from monitor.events import SHANGHAI

EPOCHS = {"epoch_s": 1, "epoch_ms": 1000}
"""Formats that stand for a count since 1970-01-01 (UTC) → parts of a second that are counted."""

_NORMAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 -- a spreadsheet's days are local ones
_FIRST_EXCEL_DAY, _LAST_EXCEL_DAY = 36526, 58804  # 2000-01-01, 2060-12-30
_FIRST_YEAR, _LAST_YEAR = 2000, 2060
_LARGEST_EXACT = 2**53
_DASHES = str.maketrans({"—": "-", "–": "-", "‐": "-", "−": "-", "‑": "-", "\u200b": " ", "\ufeff": " "})

_DAY = r"(?:(?P<year>\d{4}) ?[-/.年] ?(?P<month>\d{1,2}) ?[-/.月] ?(?P<day>\d{1,2}) ?[日号]?|(?P<compact>\d{8}))"
_WEEKDAY = r"(?: ?\(?星期[一二三四五六日天]\)?)?"
_CLOCK = (
    r" ?T? ?(?P<before>上午|下午|[AP]M)? ?(?P<hour>\d{1,2})"
    r"(?: ?[:时点] ?(?P<minute>\d{1,2})(?: ?[:分] ?(?P<second>\d{1,2})(?:[.,]\d{1,9})?)? ?[分秒]?|[时点])"
    r" ?(?P<after>[AP]M)?"
)
_COMPACT_CLOCK = r" ?T?(?P<compact_clock>\d{4}|\d{6})"
_ZONE = r" ?(?P<zone>Z|[+-]\d{2}:?\d{2})"
_TEXT = re.compile(f"{_DAY}{_WEEKDAY}(?:(?:{_CLOCK}|{_COMPACT_CLOCK})(?:{_ZONE})?)?", re.ASCII | re.IGNORECASE)


def normal_time(value: object, formats: Sequence[str] = (), *, excel: bool = False) -> str | None:
    """Any value as "YYYY-MM-DD HH:MM:SS", or "YYYY-MM-DD" when it has no time of day; None if it is not a time.

    ``formats``: further forms of the source, for ``strptime``, or "epoch_s" / "epoch_ms"; they are tried first.
    ``excel``: a number may be a spreadsheet's day number. Fractions of a second are cut off; a zone is heeded.
    """
    match value:
        case bool() | None:
            return None
        case datetime():
            return _shown(_local(value))
        case date():
            return value.isoformat()
        case int() | float():
            return _of_number(value, formats, excel=excel)
        case str():
            return _of_text(value, formats, excel=excel)
        case _:
            return None


def is_normal(value: object) -> bool:
    """Whether a value stands in the normal form already (the date need not exist)."""
    return isinstance(value, str) and _NORMAL.fullmatch(value) is not None


def _of_number(value: float, formats: Sequence[str], *, excel: bool) -> str | None:
    for name in formats:
        if name in EPOCHS and (found := _of_epoch(value, EPOCHS[name])):
            return found
    if abs(value) < _LARGEST_EXACT and value == int(value):
        digits = str(int(value))
        if len(digits) in (8, 12, 14) and (found := _of_pattern(digits)) and _is_plausible(found):
            return found
    if not excel or not _FIRST_EXCEL_DAY <= value <= _LAST_EXCEL_DAY:
        return None
    moment = _EXCEL_EPOCH + timedelta(seconds=round(value * 86400))
    return moment.date().isoformat() if value == int(value) else _shown(moment)


def _of_text(value: str, formats: Sequence[str], *, excel: bool) -> str | None:
    text = " ".join(unicodedata.normalize("NFKC", value).translate(_DASHES).split())
    for pattern in formats:
        if pattern not in EPOCHS and (found := _of_format(text, pattern)):
            return found
    if re.fullmatch(r"\d{1,17}(\.\d+)?", text, re.ASCII):
        return _of_number(float(text), formats, excel=excel)
    return _of_pattern(text)


def _of_epoch(value: float, parts: int) -> str | None:
    try:
        found = _shown(datetime.fromtimestamp(value // parts, UTC).astimezone(SHANGHAI))
    except (ValueError, OverflowError, OSError):
        return None
    return found if _is_plausible(found) else None


def _of_format(text: str, pattern: str) -> str | None:
    try:
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 -- local time unless the pattern has a zone
    except (ValueError, re.error):
        return None
    has_time = re.search("%[HIcXTRs]", pattern) is not None
    return _shown(_local(moment)) if has_time else moment.date().isoformat()


def _of_pattern(text: str) -> str | None:
    """The time of a text in one of the built-in forms."""
    if len(text) in (12, 14) and text.isascii() and text.isdigit():
        text = f"{text[:8]} {text[8:]}"
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    try:
        day, clock = _day(found), _clock(found)
        if clock is None:
            return day.isoformat()
        moment = datetime.fromisoformat(f"{day} {clock}{_zone(found['zone'])}")
    except (ValueError, OverflowError):
        return None
    return _shown(_local(moment))


def _day(found: re.Match[str]) -> date:
    if found["compact"]:
        digits = found["compact"]
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _clock(found: re.Match[str]) -> str | None:
    """The time of day; None when only a day is told. Raises ValueError for 上午 with an hour of the afternoon."""
    if digits := found["compact_clock"]:
        return f"{digits[:2]}:{digits[2:4]}:{digits[4:] or '00'}"
    if found["hour"] is None:
        return None
    hour = int(found["hour"])
    half = (found["before"] or found["after"] or "").upper()
    if half in ("下午", "PM"):
        hour += 12 if hour < 12 else 0
    elif half:
        if hour > 12:
            raise ValueError(half)
        hour %= 12
    return f"{hour:02}:{int(found['minute'] or 0):02}:{int(found['second'] or 0):02}"


def _zone(text: str | None) -> str:
    if text is None:
        return ""
    return "+00:00" if text in "Zz" else f"{text[:3]}:{text[-2:]}"


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment


def _shown(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat(sep=" ")


def _is_plausible(text: str) -> bool:
    return _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR
