"""What goes wrong with a database is a sentence: what happened, where, what to do; and no password is in it."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError, ProgrammingError

from monitor.sources import Page, SourceError
from monitor.sources.database import DatabaseSource
from monitor.sources.database_faults import fault_of
from monitor.sources.database_session import open_engine, shown, target_of
from tests.sources.front import TEXT, minutes, on_file, read, serials

SECRET = "geheim/p@ss word"


class DriverError(Exception):
    """An error of a driver; PostgreSQL's carry a code."""

    def __init__(self, said: str, sqlstate: str | None = None) -> None:
        super().__init__(said)
        self.sqlstate = sqlstate


DRIVERS = {
    "MySQL: wrong password": ('(1045, "Access denied for user")', None, "unauthorised", True),
    "MySQL: not from this machine": ('(1130, "Host is not allowed")', None, "unauthorised", True),
    "MySQL: no such database": ('(1049, "Unknown database")', None, "unreachable", True),
    "MySQL: no right to a table": ('(1142, "SELECT command denied")', None, "denied", True),
    "MySQL: too many connections": ('(1040, "Too many connections")', None, "rate_limited", False),
    "MySQL: down": ('(2003, "Can\'t connect to MySQL server")', None, "unreachable", False),
    "MySQL: gone": ('(2006, "MySQL server has gone away")', None, "cut", False),
    "MySQL: read for too long": ('(2013, "Lost connection during query (timed out)")', None, "timeout", False),
    "MariaDB: statement for too long": ('(1969, "max_statement_time exceeded")', None, "timeout", False),
    "MySQL: statement for too long": ('(3024, "maximum statement execution time")', None, "timeout", False),
    "PostgreSQL: wrong password": ("FATAL:  password authentication failed", None, "unauthorised", True),
    "PostgreSQL: not from this machine": ("no pg_hba.conf entry for host", None, "unauthorised", True),
    "PostgreSQL: no such database": ('FATAL:  database "x" does not exist', None, "unreachable", True),
    "PostgreSQL: no right to a table": ("permission denied for view", "42501", "denied", True),
    "PostgreSQL: statement for too long": ("canceling statement", "57014", "timeout", False),
    "PostgreSQL: shut down": ("terminating connection", "57P01", "cut", False),
    "PostgreSQL: table dropped": ('relation "x" does not exist', "42P01", "no_table", True),
    "Oracle: wrong password": ("ORA-01017: invalid username/password", None, "unauthorised", True),
    "Oracle: locked account": ("ORA-28000: the account is locked", None, "unauthorised", True),
    "Oracle: no listener": ("ORA-12541: TNS:no listener", None, "unreachable", False),
    "Oracle: no such service": ("ORA-12514: listener does not know", None, "unreachable", True),
    "Oracle: no right": ("ORA-01031: insufficient privileges", None, "denied", True),
    "DM: wrong password": ("[CODE:-2501]用户名或密码错误", None, "unauthorised", True),
    "DM: no network": ("[CODE:-70028]创建SOCKET连接失败", None, "unreachable", False),
    "SQLite: locked": ("database is locked", None, "timeout", False),
    "SQLite: no database": ("file is not a database", None, "database", True),
    "TLS": ("SSL error: certificate verify failed", None, "tls", True),
    "unheard of, may pass": ("strange", None, "database", False),
}


@pytest.mark.parametrize(("said", "code", "kind", "permanent"), DRIVERS.values(), ids=DRIVERS.keys())
def test_the_words_of_each_driver_are_understood(said: str, code: str | None, kind: str, permanent: bool) -> None:
    fault = fault_of(OperationalError("SELECT", {}, DriverError(said, code)), "x")
    assert (fault.kind, fault.permanent) == (kind, permanent)
    assert fault.advice


def test_a_statement_that_is_refused_is_not_asked_again() -> None:
    assert fault_of(ProgrammingError("SELECT", {}, DriverError("syntax error")), "x").permanent


def test_text_of_another_encoding_is_told_with_the_way_out() -> None:
    fault = fault_of(UnicodeDecodeError("utf-8", b"\xbe", 0, 1, "invalid start byte"), "mysql")
    assert "charset=gbk" in fault.advice


def test_a_login_that_needs_another_package_says_so() -> None:
    fault = fault_of(RuntimeError("'cryptography' package is required for sha256_password"), "mysql")
    assert (fault.kind, fault.permanent) == ("driver", True)


def refusal(url: str, **options: Any) -> SourceError:
    settings = {"name": "qzk", "url": url, "password": SECRET, "attempts": 1}
    with DatabaseSource(**settings | options) as source, pytest.raises(SourceError) as told:
        read(source)
    return told.value


ADDRESSES = {
    "a file that is not there": ("sqlite:////nowhere/front.db", "unreachable", "数据库文件打不开"),
    "a server that is not there": ("mysql+pymysql://reader@127.0.0.1:1/front", "unreachable", "连接不上数据库"),
    "PostgreSQL that is not there": ("postgresql://reader@127.0.0.1:1/front", "unreachable", "连接不上数据库"),
    "a driver that is not installed": ("mysql+mysqldb://reader@h/front", "driver", "缺少数据库驱动 MySQLdb"),
    "a dialect that is not installed": ("dm+dmPython://reader@h:5236", "driver", "缺少 SQLAlchemy 方言 dm+dmPython"),
    "no address at all": ("nonsense", "unreachable", "写法不对"),
}


@pytest.mark.parametrize(("url", "kind", "words"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_that_leads_nowhere_is_a_sentence(url: str, kind: str, words: str) -> None:
    error = refusal(url)
    assert error.kind == kind
    assert words in error.message
    assert "来源“qzk”" in error.message
    assert "处理：" in error.message


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("这不是数据库" * 200, "utf-8")
    assert "不是 SQLite 数据库" in refusal(f"sqlite:///{tmp_path}/x.db").message


SHOWN = {
    "nothing to hide": ("mysql://reader@h:3306/front", "mysql://reader@h:3306/front"),
    "a password": ("mysql://reader:geheim@h/front", "mysql://reader@h/front"),
    "a password with signs": ("mysql://reader:ge@he:im@h/front", "mysql://reader@h/front"),
    "options": ("mysql://reader@h/front?ssl_key=geheim", "mysql://reader@h/front"),
    "a file": ("sqlite:////a/b.db", "sqlite:////a/b.db"),
}


@pytest.mark.parametrize(("url", "expected"), SHOWN.values(), ids=SHOWN.keys())
def test_an_address_is_shown_without_its_secrets(url: str, expected: str) -> None:
    assert shown(url) == expected


def test_the_password_is_shown_nowhere() -> None:
    url = "postgresql+psycopg://reader@127.0.0.1:1/front?application_name=geheim%2Fp%40ss%20word"
    error = refusal(url)
    source = DatabaseSource(name="qzk", url=url, password=SECRET)
    assert "geheim" not in f"{error} {error!r} {source!r}"


def test_drivers_are_named_when_an_address_does_not() -> None:
    assert target_of("postgresql://h/x", None).drivername == "postgresql+psycopg"
    assert target_of("mysql://u@h/x", "p").render_as_string(hide_password=False) == "mysql+pymysql://u:p@h/x"


def test_a_file_can_only_be_read(tmp_path: Path) -> None:
    front = on_file(tmp_path / "front.db")
    front.add(front.table(**TEXT), *minutes(1))
    reading = open_engine(front.url, None, 5)
    with reading.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.exec_driver_sql("CREATE TABLE x (a)")
    reading.dispose()
    front.engine.dispose()


def test_what_may_pass_is_asked_again_after_a_growing_pause(tmp_path: Path, clock: Any) -> None:
    path = tmp_path / "front.db"
    front = on_file(path)
    front.add(front.table(**TEXT), *minutes(1))
    front.engine.dispose()
    rival = sqlite3.connect(path, isolation_level=None)

    def wait(seconds: float) -> None:
        clock.wait(seconds)
        if len(clock.waits) == 3:
            rival.execute("ROLLBACK")

    rival.execute("BEGIN EXCLUSIVE")
    options = {"wait": wait, "monotonic": clock, "chance": lambda: 0.0, "timeout_seconds": 0.01}
    with front.source(**options) as source:
        assert serials(read(source)) == [1]
    assert clock.waits == [0.5, 1.0, 2.0]
    rival.close()


def test_a_round_ends_when_its_time_is_used_up(tmp_path: Path, clock: Any) -> None:
    front = on_file(tmp_path / "front.db")
    front.add(front.table(**TEXT), *minutes(1, 2, 3, 4))
    got: list[Page] = []

    def linger(source: DatabaseSource) -> None:
        for page in source.pages("XMSPSXBLXXXXB"):
            got.append(page)
            clock.now += 61

    with front.source(monotonic=clock, budget_seconds=60) as source:
        source.begin_round()
        with pytest.raises(SourceError, match="本轮 60 秒的时间已用完") as told:
            linger(source)
        assert (told.value.kind, serials(got)) == ("budget", [1, 2, 3])
        source.begin_round()
        assert serials(read(source, got[-1].end))[-1] == 4
    front.engine.dispose()
