"""Real database servers for one test run: started in a folder of their own, reached by a socket in it, then gone.

Servers refuse to run as root; then they are run as nobody. What is not installed is told and skipped.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

OWNER, READER = "owner-password", "reader/p@ss word"
LONG = 90.0
"""Seconds that a start may take on a machine that is busy."""


@dataclass(frozen=True)
class Server:
    """A running server with a database `front`: `owner` writes to it, the account `reader` may only read."""

    kind: str
    owner: Engine
    reader_url: str

    def run(self, *statements: str) -> None:
        """Statements of the owner, committed one by one."""
        with self.owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def program(name: str) -> str | None:
    """Where a server's program is, also where Debian hides it from PATH."""
    folders = [*map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), "/usr/sbin"]
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(folders))


def needed(*names: str) -> list[str]:
    """The programs, or the test is skipped."""
    found = {name: program(name) for name in names}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        pytest.skip(f"本机没有 {'、'.join(missing)}，真实数据库服务器上的测试跳过（apt-get install 后再跑）。")
    return [str(path) for path in found.values()]


def unprivileged() -> dict[str, Any]:
    """How a process is started so that it is not root's."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder that the server owns; its path is short, because a socket's may have 107 characters at most."""
    place = Path(tempfile.mkdtemp(prefix="am-", dir="/tmp"))
    account = unprivileged()
    if account:
        os.chown(place, account["user"], account["group"])
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepare(command: Sequence[str], place: Path) -> None:
    """Runs a program to its end as the server's account."""
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, **unprivileged())
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def started(command: Sequence[str], place: Path, listening: Path, owner: Engine) -> Iterator[None]:
    """The server while it answers; ended by its own process number."""
    with (
        (place / "log").open("wb") as log,
        subprocess.Popen(command, cwd=place, stdout=log, stderr=log, **unprivileged()) as process,
    ):
        try:
            deadline = time.monotonic() + LONG
            while not (listens(listening) and answers(owner)):
                assert process.poll() is None, (place / "log").read_text("utf-8", "replace")
                assert time.monotonic() < deadline, "the server did not come up"
                threading.Event().wait(0.05)
            yield
        finally:
            owner.dispose()
            process.terminate()
            process.wait()


def listens(path: Path) -> bool:
    """Asked first because a driver that is refused at the socket forgets to close its own end."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def answers(owner: Engine) -> bool:
    try:
        with owner.connect():
            return True
    except SQLAlchemyError:
        return False


@contextmanager
def mariadb() -> Iterator[Server]:
    """A MariaDB server."""
    server, install = needed("mariadbd", "mariadb-install-db")
    pytest.importorskip("pymysql")
    with folder() as place:
        data, listening = place / "data", place / "s"
        prepare([install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
                 "--skip-test-db"], place)  # fmt: skip
        command = [server, "--no-defaults", f"--datadir={data}", f"--socket={listening}", "--skip-networking",
                   "--default-time-zone=+08:00", "--character-set-server=utf8mb4",
                   "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"]  # fmt: skip
        query = {"unix_socket": str(listening), "charset": "utf8mb4"}
        first = create_engine(URL.create("mysql+pymysql", "root", database="mysql", query=query))
        with started(command, place, listening, first):
            owner = create_engine(URL.create("mysql+pymysql", "root", database="front", query=query))
            reader = URL.create("mysql+pymysql", "reader", database="front", query=query)
            Server("mariadb", first, "").run(
                "CREATE DATABASE front CHARACTER SET utf8mb4",
                f"CREATE USER reader@localhost IDENTIFIED BY '{READER}'",
                "GRANT SELECT ON front.* TO reader@localhost",
            )
            yield Server("mariadb", owner, reader.render_as_string())
            owner.dispose()


@contextmanager
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server."""
    server, install = needed("postgres", "initdb")
    pytest.importorskip("psycopg")
    with folder() as place:
        data, secret = place / "data", place / "secret"
        secret.write_text(OWNER, "utf-8")
        secret.chmod(0o644)  # read by the account that the server runs as, whatever the umask here
        prepare([install, "-D", str(data), "-U", "owner", f"--pwfile={secret}", "--auth=scram-sha-256",
                 "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"], place)  # fmt: skip
        command = [server, "-D", str(data), "-k", str(place), "-c", "listen_addresses=", "-c", "fsync=off"]
        query = {"host": str(place)}
        first = create_engine(URL.create("postgresql+psycopg", "owner", OWNER, database="postgres", query=query))
        with started(command, place, place / ".s.PGSQL.5432", first):
            address = URL.create("postgresql+psycopg", "owner", OWNER, database="front", query=query)
            # Tests make tables anew, which statements that were prepared for the old ones do not survive.
            owner = create_engine(address, connect_args={"prepare_threshold": None})
            reader = URL.create("postgresql+psycopg", "reader", database="front", query=query)
            Server("postgresql", first, "").run(
                "CREATE DATABASE front", f"CREATE ROLE reader LOGIN PASSWORD '{READER}'"
            )
            made = Server("postgresql", owner, reader.render_as_string())
            made.run("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reader")
            yield made
            owner.dispose()


SERVERS = {"mariadb": mariadb, "postgresql": postgresql}
