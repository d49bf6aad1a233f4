"""Where records come from: one declaration a source, and which of them counts where they disagree."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, SecretStr, StringConstraints, model_validator

from config.fields import FilePath, Frozen, Int, LocalDate, Number, Text, fault

TableName = Literal["projects", "items", "events", "matters", "special_procedures", "documents"]

TABLES: Mapping[TableName, str] = {
    "projects": "XMJBXXB",
    "items": "XMSPSXBLXXB",
    "events": "XMSPSXBLXXXXB",
    "matters": "DFXMSPLCJDSXXXB",
    "special_procedures": "XMSPSXBLTBCXXXB",
    "documents": "XMSPSXPFWJXXB",
}
"""Our name of a table → its name in the ministry's data-sharing standard."""


def _base_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and url.isprintable() and " " not in url
        _ = parts.port
    except ValueError:
        sound = False
    if not sound:
        raise fault("G010", "接口地址写法不对", "写成 http://主机:端口/路径 或 https://…")
    if parts.username is not None or parts.query or parts.fragment:
        raise fault("G010", "接口地址里带有账号、? 参数或 #", "令牌另给（见 token_file），地址只写到路径为止")
    return url.rstrip("/")


def _tables(given: Mapping[TableName, str]) -> Mapping[TableName, str]:
    for name, table in given.items():
        if table and not re.fullmatch(r"\w{1,64}", table, re.ASCII):
            raise fault("G010", f"{name} 的表名写法不对", '表名只用字母、数字、下划线；来源不提供该表时写 ""')
    return MappingProxyType({**TABLES, **given})


def _standard_columns(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for column in given:
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,30}", column, re.ASCII):
            raise fault("G010", f"{column} 不是标准列名", "写住建部标准的列名，大写拼音首字母，如 BLZT、TBCX")
    return MappingProxyType({column: MappingProxyType(dict(words)) for column, words in given.items()})


def _plain(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: dict(below) for name, below in given.items()}


def _columns(given: Mapping[TableName, Mapping[str, str]]) -> Mapping[TableName, Mapping[str, str]]:
    for name, columns in given.items():
        for theirs, ours in columns.items():
            if not re.fullmatch(r"[A-Z][A-Z0-9]{1,30}", ours, re.ASCII):
                raise fault("G010", f"{name} 的 {theirs} 对应的 {ours} 不是标准列名", '写成 "对方列名" = "BLZT" 的样子')
    return MappingProxyType({name: MappingProxyType(dict(columns)) for name, columns in given.items()})


IMPORTED = "file"
"""The name under which files count that are imported by hand and said to be of no other source."""

Kind = Literal["http", "database", "folder"]


class Source(Frozen):
    """One place that records are fetched from: the exchange interface, an exchange database, a folder of files."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")] = Field(
        description="来源的固定名称：小写字母、数字、下划线；游标与环境变量都用它，上线后不要改"
    )
    kind: Kind = Field(
        default="http", description="取数方式：http = JSON 交换接口，database = 前置库，folder = 放导出文件的目录"
    )
    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default="", description="接口地址，写到 /tables 之前为止；kind = http 时必填"
    )
    token: SecretStr | None = Field(
        default=None, description="访问令牌。不建议写在这里，请用 token_file、环境变量或 systemd 凭据"
    )
    token_file: FilePath | None = Field(default=None, description="内容为令牌的文件，权限 600；相对路径从配置目录算起")
    page_size: Int = Field(default=500, ge=1, le=10_000, description="每页取多少行")
    timeout_seconds: Number = Field(default=10.0, gt=0, le=600, description="单次请求最多等几秒")
    attempts: Int = Field(default=5, ge=1, le=20, description="一页取不到时最多试几次（含第一次）")
    budget_seconds: Number = Field(default=120.0, gt=0, le=3600, description="一轮取数总共最多用几秒，用完下轮接着取")
    tables: Annotated[Mapping[TableName, str], AfterValidator(_tables), PlainSerializer(dict)] = Field(
        default_factory=lambda: MappingProxyType(TABLES),
        description='各表在该来源的名称，只写与标准不同的；来源不提供的表写空字符串 ""',
    )
    fields: Annotated[Mapping[TableName, Mapping[str, str]], AfterValidator(_columns), PlainSerializer(_plain)] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="各表的列在该来源叫什么，只写与标准不同的：对方列名 = 标准列名",
    )
    words: Annotated[Mapping[str, Mapping[str, Int]], AfterValidator(_standard_columns), PlainSerializer(_plain)] = (
        Field(
            default_factory=lambda: MappingProxyType({}),
            description="标准列里的文字是什么编码，如 BLZT 的“已办结”= 11；常见的说法已内置",
        )
    )
    time_formats: tuple[Text, ...] = Field(
        default=(),
        description="该来源特有的时间写法（strptime 格式，如 %d.%m.%Y %H:%M），"
        "epoch_s、epoch_ms = 1970 年起的秒、毫秒；常见写法不用填",
    )
    documents_since: LocalDate | None = Field(
        default=None,
        description="来源从哪天起提供批复文件；决定时限只对这一天起（含当天）办结的办件计算，不填 = 不计决定时限",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "http" and not self.base_url:
            raise fault("G006", "kind = http 的来源缺少 base_url", '补上 base_url = "http://主机:端口/路径"')
        return self

    @property
    def token_variable(self) -> str:
        """The environment variable that may carry the token."""
        return f"APPROVAL_MONITOR_{self.name.upper()}_TOKEN"


class Precedence(Frozen):
    """Which source counts for a field where several speak of the same item: names of sources, the first first.

    A field without an order of its own follows ``default``; without that, the order of the sources in the file.
    """

    default: tuple[Text, ...] = Field(default=(), description="没有单独规定的各项；不填 = 按 [[sources]] 的先后")
    works: tuple[Text, ...] = Field(default=(), description="办件属于哪个工程（GCDM）")
    matter: tuple[Text, ...] = Field(default=(), description="办件的事项编码（SPSXBM）")
    unit: tuple[Text, ...] = Field(default=(), description="审批单位（SPBMBM、SPBMMC）")
    limit: tuple[Text, ...] = Field(default=(), description="办件的办理时限（SXBLSX）")
    project_code: tuple[Text, ...] = Field(default=(), description="项目代码（XMDM）")
    project_name: tuple[Text, ...] = Field(default=(), description="项目名称（XMMC）")
    matter_name: tuple[Text, ...] = Field(default=(), description="事项名称（SPSXMC）")
    matter_limit: tuple[Text, ...] = Field(default=(), description="事项目录的时限与办件类型（SPSXBLSX、BJLX）")
    events: tuple[Text, ...] = Field(
        default=(), description="办理状态：同一办件的同一种状态，取排在最前且有记录的来源所说的时间"
    )

    def order(self, field: str, sources: tuple[str, ...]) -> tuple[str, ...]:
        """The sources in the order in which they count for ``field``: those named, then the others as in the file."""
        named = getattr(self, field) or self.default
        return tuple(dict.fromkeys((*named, *sources)))
