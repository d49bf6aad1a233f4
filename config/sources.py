"""Where records come from: one declaration a source, and which of them counts where they disagree."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, SecretStr, StringConstraints, model_validator

from config.fields import FilePath, Frozen, Int, LocalDate, Number, Text, fault
from config.paging import Paging

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


def _database_url(url: str) -> str:
    found = re.fullmatch(r"[A-Za-z][\w+]*://(?:[^:/@]*(?P<password>:[^@]*)?@)?(?P<rest>.*)", url)
    if not found or not url.isprintable() or " " in url:
        raise fault("G010", "数据库地址写法不对", "写成 mysql+pymysql://账号@主机:端口/库名 的样子，空格写成 %20")
    if found["password"] or re.search(r"[?&;](password|passwd|pwd)=", url, re.IGNORECASE):
        raise fault("G010", "数据库地址里带有密码", "从地址里删去密码，另给（见 password_file）")
    return url


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

OWN_KEYS: Mapping[Kind, frozenset[str]] = {
    "http": frozenset({"base_url", "paging"}),
    "database": frozenset({"url", "db_schema", "overlap_minutes"}),
    "folder": frozenset({"folder"}),
}
"""A kind of source → the keys that mean something to it alone."""


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
    url: Annotated[str, AfterValidator(_database_url)] = Field(
        default="",
        description="前置库的地址（SQLAlchemy 写法，不含密码）；kind = database 时必填。"
        "如 mysql+pymysql://账号@主机:3306/库名?charset=utf8mb4、postgresql+psycopg://账号@主机:5432/库名、"
        "oracle+oracledb://账号@主机:1521/?service_name=服务名",
    )
    password: SecretStr | None = Field(
        default=None, description="前置库账号的密码。不建议写在这里，请用 password_file、环境变量或 systemd 凭据"
    )
    password_file: FilePath | None = Field(
        default=None, description="内容为前置库密码的文件，权限 600；相对路径从配置目录算起"
    )
    db_schema: Text | None = Field(
        default=None,
        description="前置库的表所在的模式（Oracle、达梦的用户名，PostgreSQL 的 schema）；不填 = 账号默认的",
    )
    overlap_minutes: Int = Field(
        default=10,
        ge=0,
        le=1440,
        description="前置库：每轮从上次位置往回几分钟读起，补上写入较晚、更新时间却较早的记录；应长于对方最长的一次写入",
    )
    folder: FilePath | None = Field(
        default=None,
        description="放导出文件的目录；kind = folder 时必填。相对路径从配置目录算起，服务账号须能读写："
        "读过的文件移到其中的 done，读不了的移到 failed",
    )
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
    paging: Paging = Field(
        default_factory=Paging, description="JSON 接口的路径、参数名、回答的结构与翻页方式，只写与标准接口不同的"
    )
    documents_since: LocalDate | None = Field(
        default=None,
        description="来源从哪天起提供批复文件；决定时限只对这一天起（含当天）办结的办件计算，不填 = 不计决定时限",
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "http" and not self.base_url:
            raise fault("G006", "kind = http 的来源缺少 base_url", '补上 base_url = "http://主机:端口/路径"')
        if self.kind == "database" and not self.url:
            raise fault("G006", "kind = database 的来源缺少 url", '补上 url = "mysql+pymysql://账号@主机:3306/库名"')
        if self.kind == "folder" and self.folder is None:
            raise fault("G006", "kind = folder 的来源缺少 folder", '补上 folder = "/var/lib/approval-monitor/inbox"')
        return self

    @property
    def token_variable(self) -> str:
        """The environment variable that may carry the token."""
        return f"APPROVAL_MONITOR_{self.name.upper()}_TOKEN"

    @property
    def password_variable(self) -> str:
        """The environment variable that may carry the database's password."""
        return f"APPROVAL_MONITOR_{self.name.upper()}_PASSWORD"

    @property
    def needs_password(self) -> bool:
        """Whether the database's address names an account; SQLite files and the operating system's accounts do not."""
        return self.kind == "database" and "@" in self.url.partition("?")[0] and not self.url.startswith("sqlite")


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
