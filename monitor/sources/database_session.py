"""Opening a source's database: the driver, a session that can only read, and limits on how long anything takes."""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

MYSQL = frozenset({"mysql", "mariadb"})
POSTGRESQL = frozenset({"postgresql", "kingbase", "kingbase8", "opengauss"})
ORACLE = frozenset({"oracle", "dm"})
DRIVERS = {"mysql": "pymysql", "mariadb": "pymysql", "postgresql": "psycopg", "oracle": "oracledb"}
"""The driver that is meant when an address names none."""


def target_of(address: str, password: str | None) -> URL:
    """The address as SQLAlchemy wants it: driver named, password filled in, an SQLite file opened for reading only.

    Raises sqlalchemy.exc.ArgumentError when it is not an address.
    """
    url = make_url(address)
    if driver := DRIVERS.get(url.drivername):
        url = url.set(drivername=f"{url.drivername}+{driver}")
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        return url.set(database=f"file:{quote(url.database)}", query={"mode": "ro", "uri": "true"})
    return url.set(password=password) if password else url


def shown(address: str) -> str:
    """An address fit to be shown: without password and without the options after the question mark."""
    parts = address.partition("?")[0]
    scheme, sign, rest = parts.partition("://")
    who, at, where = rest.rpartition("@")
    return f"{scheme}{sign}{who.partition(':')[0]}{at}{where}"


def open_engine(address: str, password: str | None, timeout_seconds: float) -> Engine:
    """An engine with one kept connection, which is tried before each use. Nothing is connected yet.

    Raises what SQLAlchemy and the import of a driver raise.
    """
    url = target_of(address, password)
    backend = url.get_backend_name()
    engine = create_engine(
        url,
        pool_size=1,
        max_overflow=0,
        pool_timeout=timeout_seconds,
        pool_pre_ping=True,
        connect_args=_connect_args(url, timeout_seconds),
        hide_parameters=True,
    )
    event.listen(engine, "connect", lambda raw, _record: _prepare(raw, backend, timeout_seconds))
    if backend in ORACLE:
        event.listen(engine, "begin", _begin_reading)
    return engine


def _connect_args(url: URL, seconds: float) -> dict[str, Any]:
    whole = max(2, math.ceil(seconds))
    if url.get_backend_name() == "sqlite":
        return {"timeout": seconds, "check_same_thread": False}
    match url.get_driver_name():
        case "pymysql":
            return {"connect_timeout": whole, "read_timeout": whole, "write_timeout": whole}
        case "psycopg":
            # Prepared statements outlive what they were prepared for, behind a pooler or when a table is made anew.
            return {"connect_timeout": whole, "prepare_threshold": None}
        case "psycopg2":
            return {"connect_timeout": whole}
        case "oracledb":
            return {"tcp_connect_timeout": seconds}
        case _:
            return {}


def _prepare(raw: Any, backend: str, seconds: float) -> None:
    """Makes a new connection one that only reads. What only sets a limit may fail: not every version knows it."""
    needed, wanted = _settings(backend, seconds)
    cursor = raw.cursor()
    try:
        for statement in needed:
            cursor.execute(statement)
        raw.commit()
        for statement in wanted:
            # Each kind of database has errors of its own, and none of these settings is needed.
            with suppress(Exception):
                cursor.execute(statement)
    finally:
        cursor.close()
    if backend == "sqlite":
        raw.text_factory = _text
    if backend == "oracle" and hasattr(raw, "call_timeout"):
        raw.call_timeout = int(seconds * 1000)


def _settings(backend: str, seconds: float) -> tuple[Sequence[str], Sequence[str]]:
    """What a session must be told, and what it should be told.

    MySQL's zone is left as the server has it: TIMESTAMP columns are then shown as they are to everybody who looks into
    them there. Whoever needs another one writes ?init_command=SET time_zone='+08:00' at the end of the address.
    """
    milliseconds = int(seconds * 1000)
    if backend == "sqlite":
        return ["PRAGMA query_only = ON"], []
    if backend in MYSQL:
        limits = [f"SET max_statement_time = {seconds:g}", f"SET max_execution_time = {milliseconds}"]
        return ["SET SESSION TRANSACTION READ ONLY"], limits
    if backend in POSTGRESQL:
        return ["SET default_transaction_read_only = on", f"SET statement_timeout = {milliseconds}"], []
    if backend == "oracle":
        return [], ["ALTER SESSION SET TIME_ZONE = '+08:00'"]
    return [], []


def _begin_reading(connection: Connection) -> None:
    """For databases that know no read-only session, only read-only transactions."""
    with suppress(DBAPIError):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _text(raw: bytes) -> str:
    """SQLite does not check what it is given as text."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
