"""A ledger that cannot be used: exit code 3 and a sentence that names the file, the cause and the way out."""

import ctypes
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.ledger.database import DatabaseError, open_database, reading, writing
from tests.cli.office import Called, Desk, Rows, SmallPlatform

Spoil = Callable[[Path], object]


def in_the_middle(ledger: Path) -> None:
    with ledger.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(ledger.stat().st_size - 4096 * 3))


def of_another_program(ledger: Path, statement: str = "CREATE TABLE item (x)") -> None:
    ledger.unlink()
    connection = sqlite3.connect(ledger)
    connection.execute(statement)
    connection.commit()
    connection.close()


def newer(ledger: Path) -> None:
    connection = sqlite3.connect(ledger)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


def a_file_for_a_folder(ledger: Path) -> None:
    shutil.rmtree(ledger.parent)
    ledger.parent.touch()


def a_folder_for_a_file(ledger: Path) -> None:
    ledger.unlink()
    ledger.mkdir()


SPOILT: dict[str, tuple[Spoil, str]] = {
    "text": (lambda ledger: ledger.write_text("hello, this is no database"), "不是有效的数据库文件"),
    "cut off": (lambda ledger: os.truncate(ledger, 20_000), "已损坏"),
    "overwritten in the middle": (in_the_middle, "已损坏"),
    "of another program": (of_another_program, "不是本程序的台账"),
    "of another program with migrations of its own": (
        lambda ledger: of_another_program(ledger, "CREATE TABLE alembic_version (x)"),
        "不是本程序的台账",
    ),
    "of a newer version": (newer, "比本程序新"),
    "a folder": (a_folder_for_a_file, "无法打开"),
    "in a data_dir that is a file": (a_file_for_a_folder, "是一个文件"),
}


@pytest.mark.parametrize(("spoil", "words"), SPOILT.values(), ids=SPOILT.keys())
def test_a_ledger_that_is(office: Desk, spoil: Spoil, words: str) -> None:
    spoil(office.ledger)
    for command in (["ledger", "--all", "--format", "json"], ["plan"], ["poll"], ["explain", "A-overdue"]):
        called = office.call(*command)
        assert (called.code, called.out) == (3, ""), command
        assert words in called.err
        assert str(office.ledger) in called.err
        assert called.is_told


def test_an_empty_file_becomes_a_ledger(desk: Desk) -> None:
    desk.data.mkdir()
    desk.ledger.touch()
    assert desk.call("ledger", "--format", "json").json == []


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Somebody else writes into the ledger and does not come to an end."""
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


class TestLocked:
    """A ledger into which another program writes."""

    def test_a_writer_gives_up_after_the_time_the_address_says(self, office: Desk) -> None:
        engine = open_database(f"sqlite:///{office.ledger}?timeout=0.05")
        try:
            with locked(office.ledger), pytest.raises(DatabaseError, match="被别的程序占用"), writing(engine):
                pytest.fail("the lock was not seen")
        finally:
            engine.dispose()

    def test_a_reader_is_not_held_up(self, office: Desk) -> None:
        office.call("ledger")
        with locked(office.ledger):
            assert office.call("ledger", "--format", "json").code == 0
            assert office.call("explain", "A-overdue").code == 0

    def test_a_reader_sees_one_picture(self, office: Desk) -> None:
        engine = open_database(f"sqlite:///{office.ledger}?timeout=0.05")
        try:
            with locked(office.ledger), reading(engine) as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM item").scalar() == 8
        finally:
            engine.dispose()

    @pytest.mark.slow
    def test_a_round_waits_and_then_says_so(self, office: Desk) -> None:
        office.call("ledger")
        with locked(office.ledger):
            called = office.call("plan")
        assert called.code == 3
        assert "被别的程序占用" in called.err
        assert called.is_told


def as_called(done: subprocess.CompletedProcess[str]) -> Called:
    return Called(done.returncode, done.stdout, done.stderr)


DROP_FROM_BOUNDING_SET = 24
MAY_PASS_OVER_PERMISSIONS = (1, 2, 3)


def bound_by_permissions() -> None:
    """Makes permissions count for root, too: prctl takes from the next program what lets root pass over them."""
    if os.getuid() == 0:
        for capability in MAY_PASS_OVER_PERMISSIONS:
            ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


class TestReadOnly:
    """A folder, or a ledger, that the program's user may not write."""

    @staticmethod
    def as_somebody(desk: Desk, *arguments: str) -> Called:
        """The program as a user whom permissions bind."""
        return as_called(desk.process(*arguments, preexec_fn=bound_by_permissions))

    @pytest.mark.slow
    def test_no_ledger_can_be_made(self, desk: Desk) -> None:
        desk.folder.chmod(0o555)
        called = self.as_somebody(desk, "ledger")
        desk.folder.chmod(0o755)
        assert (called.code, called.out) == (3, "")
        assert "权限" in called.err
        assert called.is_told

    @pytest.mark.slow
    def test_the_ledger_cannot_be_written(self, office: Desk) -> None:
        office.data.chmod(0o555)
        office.ledger.chmod(0o444)
        called = self.as_somebody(office, "plan")
        office.data.chmod(0o700)
        assert (called.code, called.out) == (3, "")
        assert "权限" in called.err
        assert called.is_told


def no_file_above(size: int) -> Callable[[], None]:
    """Makes every file of a process to come end at ``size`` bytes, as a full disk would."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


@pytest.fixture(scope="module")
def many() -> Iterator[SmallPlatform]:
    """A platform with more rows than fit."""
    rows = Rows()
    for number in range(300):
        rows.item(f"N{number}", (3, "2026-03-03 09:00:00"))
    with SmallPlatform(rows.tables) as platform:
        yield platform


class TestFull:
    """A disk on which nothing more can be written."""

    def test_a_poll_stores_whole_pages_or_nothing(self, desk: Desk, many: SmallPlatform) -> None:
        desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = many.base_url
        desk.call("ledger")
        called = as_called(desk.process("poll", preexec_fn=no_file_above(200_000)))
        assert called.code == 3
        assert "磁盘" in called.err
        assert called.is_told
        assert desk.call("poll").code == 0
        assert len(desk.call("ledger", "--format", "json").json) == 300

    def test_a_mail_that_cannot_be_kept_waits(self, office: Desk) -> None:
        office.call("plan")
        waiting = sum(line.startswith('INSERT INTO "mail"') for line in office.dump())
        assert waiting > 1
        (office.data / "kept-mails").touch()
        called = office.call("deliver")
        assert called.code == 3
        assert "kept-mails" in called.err
        assert "Traceback" not in called.err
        (office.data / "kept-mails").unlink()
        later = office.call("deliver", now="2026-03-20 11:30")
        assert later.code == 0
        assert len(office.kept()) == waiting

    @pytest.mark.slow
    def test_standard_output_is_full(self, office: Desk) -> None:
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            done = office.process("ledger", stdout=full, stderr=subprocess.PIPE, capture_output=False)
        assert done.returncode == 3
        assert "磁盘已满" in done.stderr
        assert "Traceback" not in done.stderr
        assert "Exception ignored" not in done.stderr

    def test_a_report_that_cannot_be_written(self, office: Desk, tmp_path: Path) -> None:
        (tmp_path / "out").touch()
        called = office.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
        assert (called.code, called.out) == (3, "")
        assert called.is_told
