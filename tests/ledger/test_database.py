"""The database: opened in its present form, and every way it can fail told in a sentence."""

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select

from monitor.ledger.database import HEAD, MIGRATIONS, DatabaseError, copied, open_database, reading, writing
from monitor.ledger.store import table_of
from monitor.ledger.tables import Setting, metadata
from tests.ledger.fresh import fresh_ledger, url_of

SETTING = table_of(Setting)
PAGE = 4096
NOBODY = 65534


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return fresh_ledger(tmp_path)


OF_THE_FIRST_RELEASE = (
    "INSERT INTO cursor (source, table_name, since, after) VALUES ('city', 'XMSPSXBLXXB', '2026-03-01 08:00:00', 7)",
    "INSERT INTO item (item, works, matter, unit_code, unit_name, limit_given, valid, updated, serial, dirty, unit,"
    " paused, deemed) VALUES ('A', 'G', 'M', '110116SWJ', '', '5', 1, '2026-03-01 08:00:00', 7, 0, '110116SWJ', 0, 0)",
    "INSERT INTO event (item, moment, code, valid, updated, serial, office, handler, seen_at) VALUES"
    " ('A', '2026-03-02 01:00:00.000000', 1, 1, '2026-03-01 08:00:00', 7, '', '', '2026-03-02 02:00:00.000000')",
)
"""What the first release could have stored: an item of one source, judged, and its receipt."""


def said_on_opening(path: Path) -> str:
    """The sentence that opening a file comes to."""
    with pytest.raises(DatabaseError) as caught:
        open_database(url_of(path))
    return str(caught.value)


def names(engine: Engine) -> list[str]:
    """The settings that are kept."""
    with reading(engine) as connection:
        return list(connection.scalars(select(SETTING.c.name)))


def test_the_migrations_make_exactly_the_tables_that_the_program_knows(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "migrated.db"))
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert {*metadata.tables, "alembic_version"} == set(inspect(connection).get_table_names())


def test_a_comparison_of_tables_that_differ_would_show_it(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE mail ADD COLUMN odd TEXT")
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata)


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    first = open_database(url_of(tmp_path / "ledger.db"))
    with writing(first) as connection:
        connection.execute(SETTING.insert().values(name="kept", value="1"))
    first.dispose()
    assert names(open_database(url_of(tmp_path / "ledger.db"))) == ["kept"]


def test_a_new_ledger_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "ledger.db"
    open_database(url_of(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_newer_ledger_is_not_touched_and_the_sentence_names_the_revision(tmp_path: Path) -> None:
    engine = fresh_ledger(tmp_path)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    engine.dispose()
    path = tmp_path / "ledger.db"
    before = path.read_bytes()
    assert "的版本是 0999，比本程序新" in said_on_opening(path)
    assert path.read_bytes() == before
    assert HEAD < "0999"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(
            lambda path: path.write_bytes(b"no database at all" * 500), "不是有效的数据库文件", id="another file"
        ),
        pytest.param(lambda path: path.mkdir(), "无法打开", id="a folder in its place"),
    ],
)
def test_a_file_that_is_no_database_is_told_in_a_sentence(
    tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(tmp_path / "ledger.db")
    said = said_on_opening(tmp_path / "ledger.db")
    assert words in said
    assert str(tmp_path / "ledger.db") in said


def test_a_ledger_with_overwritten_pages_is_told_in_a_sentence(tmp_path: Path) -> None:
    engine = fresh_ledger(tmp_path)
    with writing(engine) as connection:
        connection.execute(SETTING.insert(), [{"name": f"n{n}", "value": "v" * 500} for n in range(200)])
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    engine.dispose()
    path = tmp_path / "ledger.db"
    content = bytearray(path.read_bytes())
    content[PAGE * 8 :] = os.urandom(len(content) - PAGE * 8)
    path.write_bytes(content)
    with pytest.raises(DatabaseError, match="已损坏"):
        names(open_database(url_of(path)))


def test_a_ledger_locked_by_another_program_is_told_in_a_sentence(tmp_path: Path) -> None:
    patient, impatient = fresh_ledger(tmp_path), open_database(url_of(tmp_path / "ledger.db"))
    event.listen(impatient, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=30"))
    impatient.dispose()
    with writing(patient), pytest.raises(DatabaseError, match="被别的程序占用"), writing(impatient):
        pytest.fail("two writers at once")
    with writing(impatient) as connection:
        connection.execute(SETTING.insert().values(name="after", value="1"))
    assert names(patient) == ["after"]


def test_readers_are_not_held_up_by_a_writer_and_see_one_picture(tmp_path: Path) -> None:
    writer, reader = fresh_ledger(tmp_path), open_database(url_of(tmp_path / "ledger.db"))
    with writing(writer) as connection:
        connection.execute(SETTING.insert().values(name="new", value="1"))
        assert names(reader) == []
    assert names(reader) == ["new"]


@contextmanager
def without_privileges() -> Iterator[None]:
    """File rights hold even where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that other users reach."""
    place = Path(tempfile.mkdtemp(prefix="rights-"))
    place.chmod(0o777)
    yield place
    place.chmod(0o777)
    shutil.rmtree(place)


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "words"),
    [
        pytest.param(0o555, 0o444, "不可写", id="a folder and a file that may only be read"),
        pytest.param(0o777, 0o444, "不可写", id="a file that may only be read"),
        pytest.param(0o777, 0o000, "无法打开", id="a file that may not even be read"),
        pytest.param(0o555, None, "无权访问", id="no file in a folder that may only be read"),
    ],
)
def test_missing_rights_are_told_in_a_sentence(
    open_place: Path, folder_mode: int, file_mode: int | None, words: str
) -> None:
    path = open_place / "ledger.db"
    fresh_ledger(open_place).dispose()
    if file_mode is None:
        path.unlink()
    else:
        path.chmod(file_mode)
    open_place.chmod(folder_mode)
    with without_privileges(), pytest.raises(DatabaseError, match=words), writing(open_database(url_of(path))) as it:
        it.execute(SETTING.insert().values(name="new", value="1"))


def _half_done(connection: Connection) -> None:
    connection.execute(SETTING.insert().values(name="half", value="1"))
    raise RuntimeError


def test_an_error_in_the_middle_takes_back_the_whole_transaction(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        _half_done(connection)
    assert names(engine) == []


def test_a_rehearsal_sees_the_ledger_and_keeps_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(SETTING.insert().values(name="real", value="1"))
    with copied(engine) as copy:
        with writing(copy) as connection:
            connection.execute(SETTING.insert().values(name="tried", value="1"))
        assert names(copy) == ["real", "tried"]
        place = Path(copy.url.database or "")
        assert place.exists()
    assert names(engine) == ["real"]
    assert not place.exists()


def test_a_rehearsal_locks_nobody_out(engine: Engine) -> None:
    with copied(engine) as copy, writing(copy), writing(engine) as connection:
        connection.execute(SETTING.insert().values(name="meanwhile", value="1"))
    assert names(engine) == ["meanwhile"]


def test_a_ledger_of_the_first_release_is_brought_on_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    made = create_engine(url_of(path))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in OF_THE_FIRST_RELEASE:
            connection.exec_driver_sql(statement)
    made.dispose()
    engine = open_database(url_of(path))
    with reading(engine) as connection:
        event = connection.exec_driver_sql("SELECT item, code, serial, source FROM event").all()
        item = connection.exec_driver_sql("SELECT item, unit, source, needs_code FROM item").all()
        dirty = connection.exec_driver_sql("SELECT item FROM dirty").all()
    engine.dispose()
    assert event == [("A", 1, 7, "city")]
    assert item == [("A", "110116SWJ", "city", 1)]
    assert dirty == [("A",)], "everything is judged again by the new rules"
