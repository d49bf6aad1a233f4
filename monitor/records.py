"""What the platform says: its rows, validated into frozen records. Pure.

A row that cannot be read is not dropped: ``read_rows`` hands it back with a sentence saying which column is wrong.
Personal data of applicants (LXR, LXRSJH) is removed before anything else looks at a row.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from monitor import personal
from monitor.events import SHANGHAI

FIRST_YEAR, LAST_YEAR = 2000, 2060
LONGEST_LIMIT = 2000
LONGEST_TEXT = 500

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def clean(value: object) -> object:
    """Text without control characters, line and direction marks and halves of surrogate pairs, trimmed, cut to 500."""
    if isinstance(value, str):
        # What is to be replaced is never printable, and nearly every text is.
        return (value if value.isprintable() else _CONTROL.sub(" ", value)).strip()[:LONGEST_TEXT]
    return "" if value is None else value


def as_given(value: object) -> object:
    """Any value as cleaned text, so that what could not be read can be shown."""
    return clean("" if value is None else str(value))


def read_moment(value: object) -> datetime:
    """A platform time (local, "YYYY-MM-DD[ HH:MM[:SS]]") as a UTC moment; without a time of day it is 00:00:00."""
    return _read_local(value).astimezone(UTC)


def _read_local(value: object) -> datetime:
    text = value.strip().replace("/", "-") if isinstance(value, str) else str(value or "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PydanticCustomError("moment", "“{value}”不是有效的时间", {"value": quoted(text)}) from None
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
        if FIRST_YEAR <= local.year <= LAST_YEAR:
            return local
    raise PydanticCustomError("moment", "时间“{value}”不在 2000—2060 年之间", {"value": quoted(text)})


def quoted(value: object) -> str:
    """The beginning of a value, fit to stand in a sentence."""
    return str(clean(str(value)))[:40]


def read_updated(value: object) -> str:
    """The platform's update time (GXSJ) in one form, local time, so that texts compare as moments do."""
    return _read_local(value).replace(tzinfo=None).isoformat(sep=" ")


def read_day(value: object) -> date:
    """The local date of a platform time."""
    return _read_local(value).date()


def read_flag(value: object) -> bool:
    """SJYXBS: 1 valid, 0 not; a missing flag is valid."""
    if value in (None, "", 1, "1", 1.0, "1.0"):
        return True
    if value in (0, "0", 0.0, "0.0"):
        return False
    raise PydanticCustomError("flag", "“{value}”不是数据有效标识（应为 1 或 0）", {"value": quoted(value)})


def read_limit(value: object) -> int | None:
    """Days of a limit; None where there is none or it cannot be read (the item then counts as without that limit)."""
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return int(number) if number.is_integer() and 0 <= number <= LONGEST_LIMIT else None


Text = Annotated[str, BeforeValidator(clean)]
Key = Annotated[str, BeforeValidator(clean), Field(min_length=1, max_length=100)]
Moment = Annotated[datetime, BeforeValidator(read_moment)]
LocalDay = Annotated[date, BeforeValidator(read_day)]
Days = Annotated[int | None, BeforeValidator(read_limit)]
Valid = Annotated[bool, BeforeValidator(read_flag)]


class Record(BaseModel):
    """What all rows carry: the serial number, the update time (text) and whether the row is valid."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    serial: int = Field(alias="LSH", ge=0, lt=2**63)
    updated: Annotated[str, BeforeValidator(read_updated)] = Field(alias="GXSJ")
    valid: Valid = Field(alias="SJYXBS", default=True)


class ProjectRecord(Record):
    """项目基本信息: a 工程 (works) of a project."""

    works: Key = Field(alias="GCDM")
    code: Text = Field(alias="XMDM", default="")
    name: Text = Field(alias="XMMC", default="")


class ItemRecord(Record):
    """办理信息: an item (办件)."""

    item: Key = Field(alias="SPSXSLBM")
    works: Text = Field(alias="GCDM", default="")
    matter: Text = Field(alias="SPSXBM", default="")
    unit_code: Text = Field(alias="SPBMBM", default="")
    unit_name: Text = Field(alias="SPBMMC", default="")
    limit: Days = Field(alias="SXBLSX", default=None)
    limit_given: Annotated[str, BeforeValidator(as_given)] = Field(alias="SXBLSX", default="")


class EventRecord(Record):
    """办理详细信息: a status event."""

    item: Key = Field(alias="SPSXSLBM")
    code: int = Field(alias="BLZT", ge=1, le=15)
    moment: Moment = Field(alias="BLSJ")
    office: Text = Field(alias="BLCS", default="")
    handler: Text = Field(alias="BLR", default="")


class MatterRecord(Record):
    """阶段事项: a matter of the catalogue; ``kind`` is 办件类型."""

    matter: Key = Field(alias="SPSXBM")
    name: Text = Field(alias="SPSXMC", default="")
    kind: Days = Field(alias="BJLX", default=None)
    limit: Days = Field(alias="SPSXBLSX", default=None)


class SpecialRecord(Record):
    """特别程序: a special procedure, its kind and beginning; its end is an event."""

    item: Key = Field(alias="SPSXSLBM")
    kind: Days = Field(alias="TBCX", default=None)
    name: Text = Field(alias="TBCXMC", default="")
    started: Moment = Field(alias="TBCXKSSJ")


class DocumentRecord(Record):
    """批复文件: a decision document; ``issued`` is a local date."""

    item: Key = Field(alias="SPSXSLBM")
    issued: LocalDay = Field(alias="PFRQ")
    number: Text = Field(alias="PFWH", default="")
    title: Text = Field(alias="PFWJBT", default="")


TABLES: Mapping[str, type[Record]] = {
    "DFXMSPLCJDSXXXB": MatterRecord,
    "XMJBXXB": ProjectRecord,
    "XMSPSXBLXXB": ItemRecord,
    "XMSPSXBLXXXXB": EventRecord,
    "XMSPSXBLTBCXXXB": SpecialRecord,
    "XMSPSXPFWJXXB": DocumentRecord,
}
"""The platform's tables in the order in which a round reads them: what is referred to comes first."""

_ADAPTERS = {table: TypeAdapter(list[kind]) for table, kind in TABLES.items()}  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be read: ``given`` as it came, ``row`` the same less personal data, and why (Chinese)."""

    given: Any
    row: Mapping[str, Any]
    reason: str


def read_rows(table: str, rows: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Refused]]:
    """The records of ``rows`` and the rows refused. Good rows are never held up by a bad one beside them."""
    adapter = _ADAPTERS[table]
    try:
        return adapter.validate_python(rows), []
    except ValidationError as error:
        bad = {problem["loc"][0] for problem in error.errors(include_url=False, include_input=False)}
    refused = [Refused(rows[n], without_personal(rows[n]), _reason(adapter, rows[n])) for n in sorted(map(int, bad))]
    good = [row for n, row in enumerate(rows) if n not in bad]
    return adapter.validate_python(good), refused


def without_personal(row: Any) -> Mapping[str, Any]:
    """``row`` without the applicant's contact; what is no row at all is kept under “原文”."""
    if not isinstance(row, Mapping):
        return {"原文": str(row)[:LONGEST_TEXT]}
    return personal.without_personal(row)


_OWN_WORDS = frozenset({"moment", "flag"})
_SENTENCES = {
    "missing": "缺少该列",
    "int_parsing": "不是整数",
    "int_parsing_size": "不是整数",
    "finite_number": "不是整数",
    "int_type": "不是整数",
    "int_from_float": "不是整数",
    "greater_than_equal": "超出允许的取值",
    "less_than_equal": "超出允许的取值",
    "less_than": "超出允许的取值",
    "too_short": "为空",
    "too_long": "过长",
    "string_too_short": "为空",
    "string_too_long": "过长",
    "string_type": "不是文本",
}


_OF_A_COLUMN = {
    "BLZT": "不是办理状态（应为 1—15 的编码，或认得的说法；新的说法请写进配置的 [sources.words]）",
}
"""What is said of a value that is none of a column's own."""


def problems(table: str, row: Any) -> list[tuple[str, str]]:
    """What is wrong with a row: (column, how, in Chinese) each; empty when it can be read."""
    return _problems(_ADAPTERS[table], row)


def _problems(adapter: TypeAdapter[list[Any]], row: Any) -> list[tuple[str, str]]:
    if not isinstance(row, Mapping):
        return [("", "不是一行记录（应为字段名到值的对象）")]
    try:
        adapter.validate_python([row])
    except ValidationError as error:
        return [_told(problem) for problem in error.errors(include_url=False, include_input=False)]
    return []


def _reason(adapter: TypeAdapter[list[Any]], row: Any) -> str:
    """Which columns are wrong and how, in Chinese."""
    return "；".join(f"{column} {how}".strip() for column, how in _problems(adapter, row)) + "。"


def _told(problem: Mapping[str, Any]) -> tuple[str, str]:
    column = ".".join(str(part) for part in problem["loc"][1:])
    if problem["type"] != "missing" and column in _OF_A_COLUMN:
        return column, _OF_A_COLUMN[column]
    own = problem["type"] in _OWN_WORDS
    return column, str(problem["msg"]) if own else _SENTENCES.get(problem["type"], "无法识别")
