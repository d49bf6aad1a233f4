"""What a database or its driver complains of, as a kind of failure and a sentence. Pure.

Every driver has words of its own: what is known of them stands in one table, tried from top to bottom.
"""

import ssl
from dataclasses import dataclass

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from monitor.sources import Kind


class FaultError(Exception):
    """Why a database could not be read. ``said`` are words of the driver: who shows them hides the password first."""

    def __init__(self, kind: Kind, what: str, *, said: str = "", permanent: bool = False, advice: str = "") -> None:
        super().__init__(what)
        self.kind: Kind = kind
        self.what = what
        self.said = said
        self.permanent = permanent
        self.advice = advice or ADVICE[kind]


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    permanent: bool
    what: str
    marks: tuple[str, ...]
    advice: str = ""


ADVICE: dict[Kind, str] = {
    "unreachable": "请检查网络、url 中的主机和端口，以及数据库是否在运行",
    "timeout": "如经常发生，请调大 timeout_seconds 或调小 page_size，并请对方在（GXSJ，LSH）上建索引",
    "unauthorised": "请核对 url 中的账号和它的密码",
    "tls": "请检查对方证书是否过期，并核对 url 中的加密选项",
    "denied": "请对方给这个只读账号授予该表的查询（SELECT）权限，并核对 db_schema",
    "rate_limited": "下一轮会再试；如持续，请对方调大该账号的连接数",
    "no_table": "请核对 db_schema 和 tables 中的表名；来源不提供该表时写空字符串",
    "shape": "请核对表结构；列名与标准不同时写在 fields 里",
    "cut": "下一轮会再试；如持续，请检查网络",
    "database": "下一轮会再试；如持续，请把以上原话告知数据库管理员",
    "unplaced": "请平台方补上这些记录的更新时间和流水号",
    "budget": "下一轮会从已保存的位置继续；如经常发生，请调大 budget_seconds，或调小 overlap_minutes",
    "driver": "请安装与该数据库相配的驱动和 SQLAlchemy 方言",
}

_RULES = (
    _Rule(
        "unauthorised", True, "数据库拒绝登录，账号或密码不对",
        ("(1045,", "(1698,", "28p01", "password authentication failed", "认证失败", "no password supplied",
         "ora-01017", "ora-01005", "-2501", "用户名或密码"),
    ),
    _Rule(
        "unauthorised", True, "数据库不允许这个账号从本机登录，或账号已锁定、过期",
        ("(1130,", "(1129,", "(1044,", "(1820,", "28000", "no pg_hba.conf entry", "ora-28000", "ora-28001",
         "authentication failed", "is not permitted to log in"),
    ),
    _Rule(
        "unreachable", True, "数据库服务器上没有 url 所写的库或服务",
        ("(1049,", "3d000", "fatal:  database", "ora-12514", "ora-12505", "dpy-6001", "dpy-6003"),
        "请核对 url 末尾的库名或服务名",
    ),
    _Rule("unreachable", True, "数据库文件打不开", ("unable to open database file",), "请检查文件路径和读取权限"),
    _Rule("database", True, "该文件不是 SQLite 数据库，或已损坏", ("file is not a database", "malformed")),
    _Rule(
        "rate_limited", False, "数据库的连接数已满",
        ("(1040,", "(1203,", "(1226,", "53300", "too many connections", "too many clients", "ora-00020", "ora-02391"),
    ),
    _Rule(
        "timeout", False, "数据库没有在规定时间内回答",
        ("(1969,", "(3024,", "(1205,", "57014", "55p03", "statement timeout", "timed out", "timeout expired",
         "dpy-4024", "ora-01013", "database is locked", "connection timeout"),
    ),
    _Rule(
        "cut", False, "与数据库的连接中断",
        ("(2006,", "(2013,", "(2014,", "57p01", "57p02", "57p03", "server closed the connection",
         "terminating connection", "connection reset", "broken pipe", "ora-03113", "ora-03114", "dpy-4011", "dpy-1001"),
    ),
    _Rule(
        "unreachable", False, "连接不上数据库",
        ("(2002,", "(2003,", "(2005,", "connection refused", "could not translate host", "name or service not known",
         "failed to resolve host", "no route to host", "network is unreachable", "no such file or directory",
         "ora-12541", "ora-12170", "ora-12545", "dpy-6005", "-70028", "connection failed", "connection is bad"),
    ),
    _Rule(
        "denied", True, "账号没有查询权限",
        ("(1142,", "(1143,", "(1370,", "42501", "ora-01031", "permission denied", "not authorized", "-5504"),
    ),
    _Rule("no_table", True, "表在读取时不见了", ("(1146,", "42p01", "ora-00942", "no such table", "-2106")),
    _Rule("shape", True, "表的列在读取时变了", ("(1054,", "42703", "ora-00904", "no such column")),
    _Rule("tls", True, "无法建立加密连接", ("certificate", "ssl error", "sslmode", "(2026,")),
)  # fmt: skip


def fault_of(error: BaseException, dialect: str) -> FaultError:
    """The fault behind an exception of SQLAlchemy, a driver or Python; ``dialect`` is the address up to “://”."""
    if isinstance(error, FaultError):
        return error
    if isinstance(error, (ImportError, NoSuchModuleError)):
        return _missing_driver(error, dialect)
    if isinstance(error, ArgumentError):
        return FaultError(
            "unreachable", "数据库地址 url 写法不对", permanent=True, advice="写成 方言+驱动://账号@主机:端口/库名"
        )
    if isinstance(error, UnicodeError):
        advice = "请在 url 末尾写明字符集，如 ?charset=gbk"
        return FaultError("shape", "库里的文字不能按连接的字符集解读", permanent=True, advice=advice)
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if "cryptography" in str(cause):
        advice = "请安装 cryptography（pip install 离线包），或请对方改用加密连接"
        return FaultError("driver", "该数据库的登录方式需要 cryptography 软件包", permanent=True, advice=advice)
    said = f"{cause} {getattr(cause, 'sqlstate', None) or ''}".lower()
    for rule in _RULES:
        if any(mark in said for mark in rule.marks):
            return FaultError(rule.kind, rule.what, said=str(cause), permanent=rule.permanent, advice=rule.advice)
    if isinstance(cause, ssl.SSLError):
        return FaultError("tls", "无法建立加密连接", said=str(cause), permanent=True)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return FaultError("cut", "与数据库的连接中断", said=str(cause))
    if not isinstance(error, DBAPIError):
        return FaultError("driver", "驱动或方言与本程序不相配", said=f"{type(cause).__name__}: {cause}", permanent=True)
    return FaultError("database", "数据库报告出错", said=str(cause), permanent=not isinstance(error, OperationalError))


def _missing_driver(error: BaseException, dialect: str) -> FaultError:
    driver = getattr(error, "name", None) or ""
    lacking = f"缺少数据库驱动 {driver}" if driver else f"缺少 SQLAlchemy 方言 {dialect} 及其驱动"
    package = {"oracledb": "oracledb", "pymysql": "pymysql", "psycopg": "psycopg[binary]"}.get(driver)
    how = f"先在能上网的机器上 pip download {package}，拷来后 pip install 离线包" if package else (
        "由数据库厂商提供，用 pip install 离线包装进本程序的 Python 环境"
    )  # fmt: skip
    return FaultError("driver", lacking, permanent=True, advice=f"请安装它：{how}，然后重启服务")
