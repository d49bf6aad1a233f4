"""The base model and the types of single values that the declarations share."""

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Strict
from pydantic_core import PydanticCustomError

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LONGEST_TEXT = 200
DOMAIN_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Frozen(BaseModel):
    """A declaration: unknown keys are refused, values never change, and no error repeats what was given."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def fault(code: str, message: str, hint: str) -> PydanticCustomError:
    """The error a validator raises, so that the operator reads our sentence and code."""
    return PydanticCustomError("fault", "{message}", {"code": code, "message": message, "hint": hint})


def _one_line(text: str) -> str:
    text = text.strip()
    if not text:
        raise fault("G010", "文字是空的", "填上内容，或删去这一行")
    if len(text) > LONGEST_TEXT:
        raise fault("G010", f"文字超过 {LONGEST_TEXT} 个字", "改短一些")
    if not text.isprintable():
        raise fault("G010", "文字里有换行或不可见的控制字符", "删去这些字符，重新手工输入一遍")
    return text


def _time_of_day(value: Any) -> Any:
    # pydantic would take 9 for nine seconds past midnight, and "09:00Z" for a time in another zone.
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and (found := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", value, re.ASCII)):
        return time(int(found[1]), int(found[2]))
    raise fault("G010", "不是时刻", '写成 "09:00" 这样的 24 小时制时刻，带双引号')


def _local_date(value: Any) -> Any:
    # pydantic would take 2026 for a number of seconds since 1970.
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise fault("G010", "日期不存在", "按公历核对年月日") from error
    raise fault("G010", "不是日期", "写成 2026-01-31 这样的日期，不加引号")


def _path(path: Path) -> Path:
    text = str(path)
    if not text.isprintable() or text.startswith("~"):
        raise fault("G010", "路径写法不对", "写绝对路径，或相对于配置目录的路径；不支持 ~ 开头")
    return path


def _address(address: str) -> str:
    local, at, domain = address.rpartition("@")
    fine = (
        at
        and len(address) <= 254
        and len(local) <= 64
        and LOCAL_PART.fullmatch(local)
        and all(DOMAIN_LABEL.fullmatch(label) for label in domain.split("."))
    )
    if not fine:
        raise fault("U003", "邮箱地址写法不对", "写成 name@unit.gov.cn 的样子：半角英文字符，不带姓名、空格或尖括号")
    return address


Int = Annotated[int, Strict()]
"""A whole number; unlike plain int, neither "5" nor 5.0 nor true passes for one."""
Flag = Annotated[bool, Strict()]
Number = Annotated[float, Strict()]
Text = Annotated[str, AfterValidator(_one_line)]
"""A single line of visible text, stripped, 1 to 200 characters."""
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
"""A local time of day, from "HH:MM" or a TOML time."""
LocalDate = Annotated[date, BeforeValidator(_local_date)]
"""A local date, from a TOML date or "YYYY-MM-DD"."""
FilePath = Annotated[Path, AfterValidator(_path)]
Address = Annotated[str, AfterValidator(_address)]
"""A mail address, ASCII only: the mailer cannot send to others."""
