"""The reference manual of the configuration, made from the declarations themselves: python -m config.reference."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from enum import Enum
from pathlib import PurePath
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config import shape
from config.environment import PREFIX
from config.loaded import CALENDAR, MATTERS, POLICY, SETTINGS, UNITS
from config.matters import MattersFile
from config.overlay import CalendarFile
from config.policy import Policy
from config.problems import CODES
from config.secrets import CREDENTIALS
from config.settings import Settings
from config.units import UnitsFile

FILES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    (SETTINGS, "运行设置：目录、数据库、数据来源、发信、任务间隔、日志", Settings),
    (POLICY, "督办规则：时限、灯色、发信时段、周报、阶梯", Policy),
    (UNITS, "审批单位：名称、编码、联系人", UnitsFile),
    (MATTERS, "事项目录：本局掌握的承诺时限与法定时限", MattersFile),
    (f"{CALENDAR}/YYYY.toml", "某一年的放假与调休上班；文件名就是年份，没有该目录时只用内置日历", CalendarFile),
)

INTRODUCTION = f"""# 配置说明

> 本页由 `config/reference.py` 根据配置项的声明生成，请勿手工修改。

`approval-monitor init 目录` 写出一套带注释的默认文件；改完用 `approval-monitor check-config` 检查，
每个问题都给出编号、文件、行号与改法。文件用 UTF-8 编码的 TOML。不认识的键一律报错，不会被悄悄忽略。

## 环境变量

{SETTINGS} 的每一项都可以用 `{PREFIX}节__键` 覆盖，例如 `{PREFIX}DELIVERY__HOST=10.1.2.3`；
数据来源按名称指定，例如 `{PREFIX}SOURCES__CITY__BASE_URL=…`。文字直接写，数字、`true`/`false`、日期按 TOML 写。
名称对不上任何键时报错。

## 凭据

| 凭据 | 键（不建议） | 文件 | 环境变量 | systemd 凭据 |
|---|---|---|---|---|
| 来源的访问令牌 | `token` | `token_file` | `APPROVAL_MONITOR_<来源>_TOKEN` | `<来源>_token` |
| 前置库的密码 | `password` | `password_file` | `APPROVAL_MONITOR_<来源>_PASSWORD` | `<来源>_password` |
| SMTP 密码 | `password` | `password_file` | `APPROVAL_MONITOR_SMTP_PASSWORD` | `smtp_password` |
| IMAP 密码 | `password` | `password_file` | `APPROVAL_MONITOR_IMAP_PASSWORD` | `imap_password` |
| 自查的心跳网址 | `ping_url` | `ping_url_file` | `APPROVAL_MONITOR_AUDIT_PING_URL` | `audit_ping_url` |

从左到右，先给出的生效；环境变量名后加 `_FILE` 则是内容为凭据的文件（相对路径从配置目录算起）。
systemd 凭据由 `LoadCredential=` 放进 `${CREDENTIALS}`。凭据文件的权限应为 600。任何报错与日志都不会显示凭据的内容。
"""

KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true / false"),
    (int, "整数"),
    (float, "数字"),
    (time, '时刻 "HH:MM"'),
    (date, "日期"),
    (PurePath, "路径"),
    (SecretStr, "文字（保密）"),
    (BaseModel, "表"),
    (str, "文字"),
)


def markdown() -> str:
    """The whole manual as Markdown: every key of every file, the secrets, the environment, the codes of problems."""
    parts = [INTRODUCTION]
    for name, about, model in FILES:
        parts.append(f"## {name}\n\n{about}。\n")
        parts += _tables(model)
    parts.append("## 问题编号\n\n" + _rows(("编号", "含义"), CODES.items()))
    return "\n".join(parts)


def _tables(model: type[BaseModel]) -> Iterator[str]:
    """One Markdown table for the keys that stand at the top of the file, then one for each [section] of it."""
    heads: dict[tuple[str, ...], str] = {(): ""}
    rows: dict[tuple[str, ...], list[tuple[str, ...]]] = {(): []}
    for path, field in shape.fields(model):
        single, many = shape.model_of(field.annotation), shape.model_of(shape.item_of(field.annotation))
        if single or many:
            header = f"[[{'.'.join(path)}]]" if many else f"[{'.'.join(path)}]"
            heads[path], rows[path] = f"### `{header}`\n\n{field.description}。\n\n", []
        else:
            row = (f"`{path[-1]}`", _kind(field), _default(field), field.description or "")
            rows[path[:-1]].append(row)
    return (heads[path] + _rows(("键", "类型与范围", "默认", "说明"), found) for path, found in rows.items() if found)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _kind(field: FieldInfo) -> str:
    signs = {annotated_types.Ge: "≥", annotated_types.Gt: ">", annotated_types.Le: "≤", annotated_types.Lt: "<"}
    bounds = [
        f"{sign} {getattr(limit, kind.__name__.lower())}"
        for limit in field.metadata
        for kind, sign in signs.items()
        if isinstance(limit, kind)
    ]
    return "，".join([_kind_of(field.annotation), *bounds])


def _kind_of(annotation: Any) -> str:
    if item := shape.item_of(annotation):
        keys = shape.keys_of(annotation)
        if not keys and shape.is_table(annotation):
            return f"一节，名称 = {_kind_of(item)}"
        return f"一节，{' / '.join(keys)} = {_kind_of(item)}" if keys else f"{_kind_of(item)}的列表"
    kind = shape.bare(annotation)
    if get_origin(kind) is Literal:
        return " / ".join(f"`{choice}`" for choice in get_args(kind))
    if issubclass(kind, Enum):
        return "岗位"
    return next(name for kinds, name in KINDS if issubclass(kind, kinds))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**必填**"
    value = field.get_default(call_default_factory=True)
    if value is None or value == () or isinstance(value, Mapping):
        return "—"
    return f"`{_written(value)}`"


def _written(value: Any) -> str:
    """``value`` as one would write it in TOML."""
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(_written(each) for each in value)}]"
        case time():
            return f'"{value:%H:%M}"'
        case int() | float():
            return f"{value:g}"
        case _:
            return f'"{value}"'


if __name__ == "__main__":
    sys.stdout.write(markdown())
