"""How an exchange interface over HTTP is asked and how its answer is laid out. The default is the standard's own."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from config.fields import Frozen, Int, Text, fault

_PLACE = re.compile(r"[^\s.]+(\.[^\s.]+)*")


def _path(path: str) -> str:
    sound = path.startswith("/") and path.isprintable() and not set(path) & set(" ?#\\")
    if not sound or set(re.findall(r"\{[^}]*\}?|\}", path)) - {"{table}"} or path.count("{table}") > 1:
        raise fault("G010", "接口路径写法不对", '以 / 开头，表名的位置写 {table}，如 "/tables/{table}"；不带 ? 参数')
    return path


def _parameter(name: str) -> str:
    if name and not re.fullmatch(r"[\w.\-\[\]]{1,64}", name, re.ASCII):
        raise fault("G010", "参数名写法不对", '只用字母、数字、下划线、点和连字符；对方没有该参数时写 ""')
    return name


def _place(place: str) -> str:
    if place and not _PLACE.fullmatch(place):
        raise fault("G010", "在回答中的位置写法不对", '逐层写键名，用点隔开，如 "data.rows"；回答中没有时写 ""')
    return place


def _time_format(form: str) -> str:
    if form and form not in ("epoch_s", "epoch_ms") and not re.search("%[A-Za-z]", form):
        raise fault("G010", "时间写法不对", '写成 "%Y-%m-%d %H:%M:%S" 的样子，或 epoch_s、epoch_ms')
    return form


def _fixed(given: Mapping[str, str]) -> Mapping[str, str]:
    for name in given:
        _parameter(name)
    return MappingProxyType(dict(given))


Parameter = Annotated[str, AfterValidator(_parameter)]
"""The name of a parameter of a request; empty where the other side has none."""
Place = Annotated[str, AfterValidator(_place)]
"""Where something stands in an answer: names of keys from the outside in, with dots between; empty for nowhere."""


class Paging(Frozen):
    """How the pages of a table are asked for, and where things stand in an answer.

    ``cursor``: each page begins after the position (update time, serial number) of the row before. ``page``: pages are
    numbered, and an answer holds everything updated since a time.
    """

    style: Literal["cursor", "page"] = Field(
        default="cursor", description="翻页方式：cursor = 从上一行之后接着取（标准接口），page = 页码加每页行数"
    )
    path: Annotated[Text, AfterValidator(_path)] = Field(
        default="/tables/{table}", description="接在 base_url 之后的路径，{table} 处换成表名"
    )
    table: Parameter = Field(default="", description="表名放在参数里时的参数名；表名已在路径里的不填")
    since: Parameter = Field(default="since", description="参数名：从哪个更新时间起")
    since_format: Annotated[str, AfterValidator(_time_format)] = Field(
        default="", description="该参数的时间写法（strftime 格式，或 epoch_s、epoch_ms）；不填 = 与 GXSJ 一模一样"
    )
    first_since: str = Field(default="", description="第一次从头取时该参数的值；不填 = 空值")
    after: Parameter = Field(default="after", description="参数名：同一更新时间内从哪个流水号之后起（只用于 cursor）")
    limit: Parameter = Field(default="limit", description="参数名：每页行数")
    page: Parameter = Field(default="page", description="参数名：页码（只用于 page）")
    first_page: Int = Field(default=1, ge=0, le=1, description="第一页的页码（只用于 page）")
    rows: Place = Field(default="data.rows", description="回答中记录所在的位置；回答本身就是记录的数组时不填")
    next: Place = Field(default="data.next", description="回答中下一页游标的位置，没有下一页时为 null（只用于 cursor）")
    next_since: Place = Field(default="since", description="游标里更新时间的键（只用于 cursor）")
    next_after: Place = Field(default="after", description="游标里流水号的键（只用于 cursor）")
    total: Place = Field(
        default="", description="回答中总行数的位置（只用于 page）；不填 = 对方不给，须连取两遍相符才算取全"
    )
    code: Place = Field(default="code", description="回答中结果代码的位置；没有时不填")
    success: str = Field(default="0", description="表示成功的结果代码")
    message: Place = Field(default="message", description="回答中说明文字的位置")
    extra: Annotated[Mapping[str, str], AfterValidator(_fixed), PlainSerializer(dict)] = Field(
        default_factory=lambda: MappingProxyType({}), description="每次请求都带上的固定参数；不要放令牌"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in self._needed() if not getattr(self, name)]
        if missing:
            raise fault("G006", f"{self.style} 方式翻页缺少 {'、'.join(missing)}", f"补上 {missing[0]} 的名称")
        if "{table}" not in self.path and not self.table:
            raise fault("G010", "请求里没有表名", "path 里写 {table}，或用 table 给出放表名的参数名")
        return self

    def _needed(self) -> tuple[str, ...]:
        if self.style == "cursor":
            return ("since", "after", "limit", "rows", "next", "next_since", "next_after")
        return ("page", "limit")
