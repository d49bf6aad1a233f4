"""The ledger's database: how it is opened, brought to its present form, and told apart from a broken one."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0003"
"""The newest migration: the form of the tables that this program works with."""
BUSY_SECONDS = 15


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do. It never contains a password."""


def open_database(url: str | URL) -> Engine:
    """An engine on ``url``, its tables brought to their present form.

    SQLite: a file of its owner alone, WAL, every write transaction begun as IMMEDIATE (a deferred one that turns into
    a write loses updates), synchronous FULL because a mail that was recorded as sent must stay so after a power cut.
    Raises DatabaseError.
    """
    target = make_url(url)
    with told_as_sentence(target.database or str(target.render_as_string(hide_password=True)), files=True):
        if target.get_backend_name() == "sqlite" and target.database:
            _own_file(Path(target.database))
        engine = create_engine(target, connect_args=_connect_args(target))
        if target.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        _migrate(engine)
        return engine


def _own_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _connect_args(target: URL) -> dict[str, object]:
    """For SQLite how long a lock of somebody else is waited for, unless the URL says so itself: ?timeout=SECONDS."""
    if target.get_backend_name() != "sqlite":
        return {}
    return {"check_same_thread": False} | ({} if "timeout" in target.query else {"timeout": BUSY_SECONDS})


def _prepare_sqlite(raw: sqlite3.Connection, _record: object) -> None:
    raw.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-32000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("PRAGMA wal_autocheckpoint=16000")


def _need_not_last(raw: sqlite3.Connection, _record: object) -> None:
    """A copy is gone at the end of the command: no commit waits for the disk."""
    raw.execute("PRAGMA synchronous=OFF")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, rolled back on any error. Raises DatabaseError."""
    with told_as_sentence(_name(engine)), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads and blocks nobody: one consistent picture. Raises DatabaseError."""
    with (
        told_as_sentence(_name(engine)),
        engine.connect().execution_options(reading=True) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def copied(engine: Engine) -> Iterator[Engine]:
    """A copy of the ledger, gone afterwards: a dry run works on it and locks nobody out. Raises DatabaseError."""
    with tempfile.TemporaryDirectory(prefix="approval-monitor-ledger-") as folder:
        path = Path(folder) / "ledger.db"
        with told_as_sentence(_name(engine)), reading(engine) as connection:
            source = connection.connection.driver_connection
            with closing(sqlite3.connect(path)) as target:
                source.backup(target)  # type: ignore[union-attr]
        copy = open_database(URL.create("sqlite", database=str(path)))
        copy.dispose()
        event.listen(copy, "connect", _need_not_last)
        try:
            yield copy
        finally:
            copy.dispose()


def _name(engine: Engine) -> str:
    return engine.url.database or engine.url.render_as_string(hide_password=True)


def _migrate(engine: Engine) -> None:
    with engine.connect().execution_options(reading=True) as connection:
        known = inspect(connection).has_table("alembic_version")
        found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if known else None
    if found == HEAD:
        return
    # Alembic takes a quarter of a second to import, and is needed once a release.
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    ours = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in ours:
        raise DatabaseError(
            f"台账数据库 {_name(engine)} 的版本是 {found}，比本程序新：请安装与之相配的新版程序，或恢复升级前的备份。"
        )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


_CAUSES = (
    ("database is locked", "被别的程序占用：请确认没有其他程序（备份、手工查询）长时间锁住它，然后重试"),
    ("file is not a database", "不是有效的数据库文件：请从备份恢复，或移走该文件后重新取数"),
    ("malformed", "已损坏：请停止守护进程，从备份恢复；没有备份时移走该文件后重新取数"),
    ("disk is full", "所在磁盘已满：请清理磁盘后重试，未完成的一步已撤销，没有写入一半的数据"),
    ("disk i/o error", "读写出错：请检查磁盘和文件系统"),
    ("readonly", "不可写：请检查文件和目录的属主与权限"),
    ("unable to open", "无法打开：请检查目录是否存在、属主与权限"),
    ("permission denied", "无权访问：请检查文件和目录的属主与权限"),
    ("no space left", "所在磁盘已满：请清理磁盘后重试，未完成的一步已撤销，没有写入一半的数据"),
    ("file exists", "无法建立：它所在的目录（data_dir）是一个文件，请移走该文件，或在 monitor.toml 里改 data_dir"),
    ("not a directory", "无法建立：它的路径中有一段是文件而不是目录，请在 monitor.toml 里改 data_dir"),
    ("read-only file system", "不可写：文件系统是只读的"),
    ("already exists", "不是本程序的台账，里面已有别的数据表：请改用另一个数据库，或移走该文件后重新取数"),
    ("no such", "不是本程序的台账，或已不完整：请从备份恢复，或移走该文件后重新取数"),
)


@contextmanager
def told_as_sentence(name: str, *, files: bool = False) -> Iterator[None]:
    """Turns what a database driver raises into a DatabaseError that names ``name``, the cause and the way out.

    ``files``: what the file system says is about the database, too; elsewhere it is about something else.
    """
    told = (SQLAlchemyError, sqlite3.Error, OSError) if files else (SQLAlchemyError, sqlite3.Error)
    try:
        yield
    except told as error:
        said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error)
        cause = next((text for mark, text in _CAUSES if mark in said.lower()), f"出错（{said.splitlines()[0][:200]}）")
        raise DatabaseError(f"台账数据库 {name} {cause}。") from error
