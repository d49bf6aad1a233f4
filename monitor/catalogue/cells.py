"""What a cell of an exported catalogue says. Pure.

Nothing is guessed: a cell that can be taken in two ways raises CellError with a sentence for a person to settle.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from config.matters import LONGEST_LIMIT, UNIT_OF_LIMIT_LABELS, UnitOfLimit, Workbook

LIMIT = re.compile(r"(\d{1,9})(?:\.0+)?\(?(\D{0,8}?)内?\)?")
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/\-]{0,99}")
WITHOUT_UNIT = ("日", "天", "个日", "")
"""Words of a limit that leave open whether days off count."""
NO_UNIT_HERE = {"月": "按月", "年": "按年", "周": "按周", "星期": "按周", "季度": "按季度"}
EXACT_DIGITS = 15
"""As many digits as a number in a spreadsheet keeps."""


class CellError(ValueError):
    """A cell cannot be taken as it stands; the message is a Chinese sentence without the full stop."""


@dataclass(frozen=True, slots=True)
class Span:
    """A limit as stated: ``amount`` in ``unit``; ``amount`` None: expressly none. ``instant``: done on the spot."""

    amount: int | None
    unit: UnitOfLimit | None = None
    instant: bool = False


def text_of(value: object) -> str:
    """A cell as text: full-width forms made plain, no blanks, a whole number without its decimals."""
    if value is None or isinstance(value, timedelta | time):
        return "" if value is None else str(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    text = unicodedata.normalize("NFKC", str(value))
    return "".join(char for char in text if char.isprintable() and not char.isspace())


def name_of(value: object) -> str:
    """A name on one line, at most 200 characters; full-width punctuation stays as it is."""
    line = "".join(char if char.isprintable() else " " for char in str(value if value is not None else ""))
    return " ".join(line.split())[:200]


def read_code(value: object) -> str:
    """The code of a matter. Raises CellError for a number whose last digits the spreadsheet has lost."""
    if isinstance(value, bool | date):
        raise CellError("不是编码")
    text = text_of(value)
    number = isinstance(value, int | float) and len(text) > EXACT_DIGITS
    if number or re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", text):
        raise CellError("编码被表格软件当成了数字，末几位已经丢失：请把该列设为文本，重新导出")
    text = re.sub(r"\.0$", "", text)
    if not CODE.fullmatch(text):
        raise CellError("不是编码（应为字母、数字，可带 - . _ /）")
    return text


def read_flag(value: object, words: Workbook) -> bool | None:
    """Yes or no; None where the cell says nothing. Raises CellError."""
    text = text_of(value).casefold()
    if not text:
        return None
    if text in _folded(words.yes):
        return True
    if text in _folded(words.no):
        return False
    raise CellError(f"“{text[:20]}”不是“是”或“否”")


def read_kind(value: object, words: Workbook) -> bool | None:
    """Whether the kind of a matter (办件类型) is the instant one; None where the cell says nothing."""
    text = text_of(value).casefold()
    return text in _folded(words.instant) if text else None


def read_limit(value: object, unit: object, words: Workbook) -> Span | None:
    """The limit in a cell, its unit from the cell, else from ``unit`` (the cell of the unit's column or its heading).

    None where the cell says nothing. Without any unit a bare number counts as working days (行政许可法 82); 日 and 天
    leave open whether days off count, and a month has no meaning here: these are for a person to settle. Raises
    CellError.
    """
    text, beside = text_of(value), text_of(unit)
    if not text:
        return None
    if text.casefold() in _folded(words.nothing):
        return Span(None)
    if text.casefold() in _folded(words.instant):
        return Span(None, instant=True)
    if beside.casefold() in _folded(words.nothing):
        beside = ""
    found = LIMIT.fullmatch(text)
    if found is None:
        raise CellError(f"“{text[:30]}”不是时限，应写成“5个工作日”的样子")
    amount = int(found[1])
    if amount > LONGEST_LIMIT:
        raise CellError(f"“{text[:30]}”超过 {LONGEST_LIMIT}，不像时限")
    return Span(amount, _unit(text, found[2].strip("()"), beside, words))


def _unit(text: str, own: str, beside: str, words: Workbook) -> UnitOfLimit:
    """The unit of a limit whose own words are ``own`` and beside which ``beside`` stands."""
    known = _units(words)
    for word in (own, beside):
        bare = word.removeprefix("个")
        if bare not in known and (kind := next((kind for mark, kind in NO_UNIT_HERE.items() if mark in bare), None)):
            raise CellError(
                f"“{text[:30]}{beside if not own else ''}”是{kind}的时限，这里不折算：请由人核定为工作日或自然日"
            )
        if word not in known and word not in WITHOUT_UNIT:
            raise CellError(f"时限单位“{word[:20]}”不认识，应为工作日、自然日或小时")
    stated, column = known.get(own), known.get(beside)
    if stated and column and stated != column:
        labels = UNIT_OF_LIMIT_LABELS
        raise CellError(f"“{text[:30]}”写的是{labels[stated]}，单位一栏却是{labels[column]}")
    if unit := stated or column:
        return unit
    if own or beside:
        raise CellError(f"“{text[:30]}{beside if not own else ''}”没有写明是工作日还是自然日")
    return "working_day"


def _units(words: Workbook) -> Mapping[str, UnitOfLimit]:
    given: dict[UnitOfLimit, tuple[str, ...]] = {
        "working_day": words.working_day,
        "natural_day": words.natural_day,
        "hour": words.hour,
    }
    return {text_of(word): unit for unit, listed in given.items() for word in listed}


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text_of(word).casefold() for word in words)
