"""The same on real servers, MariaDB and PostgreSQL: types, comparisons, transactions, rights, faults."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import (
    CHAR,
    DATE,
    TIMESTAMP,
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    make_url,
    select,
)  # fmt: skip
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateTable, DropTable

from monitor.sources import START, Position, SourceError
from monitor.sources.database import DatabaseSource
from monitor.sources.database_session import open_engine
from tests.sources.front import EVENTS, Front, event, minutes, read, serials
from tests.sources.servers import READER, SERVERS, Server

pytestmark = pytest.mark.slow

NAME = f"SPGL_{EVENTS}_V3"


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with SERVERS[request.param]() as server:
        yield server


@pytest.fixture
def front(server: Server) -> Front:
    return Front(server.owner, server.reader_url, READER)


def fractional(server: Server) -> Any:
    """A moment with fractions of a second, in this server's words."""
    return mysql.DATETIME(fsp=6) if server.kind == "mariadb" else TIMESTAMP


SECONDS = [f"2026-03-02 09:{number:02}:00" for number in range(1, 8)]
FRACTIONS = [f"2026-03-02 09:00:00.{number}00001" for number in range(1, 8)]
DAYS = [f"2026-03-{number:02}" for number in range(1, 8)]
SLASHES = [f"2026/03/{number:02} 09:00:00" for number in range(1, 8)]

TIMES = {
    "a moment": (lambda _: TIMESTAMP, SECONDS, SECONDS),
    "fractions of a second": (fractional, FRACTIONS, FRACTIONS),
    "a day": (lambda _: DATE, DAYS, DAYS),
    "text": (lambda _: String(40), SECONDS, SECONDS),
    "text of fixed width": (lambda _: CHAR(30), SECONDS, SECONDS),
    "text with slashes": (lambda _: String(40), SLASHES, [text.replace("/", "-") for text in SLASHES]),
}
NUMBERS = {"whole": Integer, "decimal": Numeric(20, 0), "text": String(20), "text of fixed width": CHAR(20)}


@pytest.mark.parametrize("number", NUMBERS.values(), ids=[f"LSH {name}" for name in NUMBERS])
@pytest.mark.parametrize(("kind", "texts", "expected"), TIMES.values(), ids=[f"GXSJ {name}" for name in TIMES])
def test_every_type_is_read_on_as_the_database_compares_it(
    server: Server, front: Front, kind: Any, texts: list[str], expected: list[str], number: Any
) -> None:
    table = front.table(GXSJ=kind(server), LSH=number)
    is_text = isinstance(number, String)
    for serial, moment in enumerate(texts, 1):
        for twin in (serial, serial + 10):
            front.add(table, event(f"{twin:02}" if is_text else twin, moment, f"办件{twin}"))
    with front.source(overlap_minutes=0) as source:
        pages = read(source)
        assert [row["GXSJ"] for page in pages for row in page.rows] == [text for text in expected for _ in "12"]
        assert serials(pages) == [twin for serial in range(1, 8) for twin in (serial, serial + 10)]
        assert pages[-1].end == Position(expected[-1], 17)
        for page in pages:
            again = read(source, page.end)
            assert set(serials(again)) >= {17, 7}
            assert again[-1].end == pages[-1].end
        assert serials([source.one(EVENTS, Position(expected[2], 3))]) == [13]
        assert serials([source.one(EVENTS, Position(expected[2], 13))]) == [4]
        assert pages[0].rows[0]["SPSXSLBM"] == "办件1"


def test_a_moment_with_a_zone_is_local_time(server: Server, front: Front) -> None:
    if server.kind != "postgresql":
        pytest.skip("MariaDB 没有带时区的时间类型。")
    table = front.table(GXSJ=postgresql.TIMESTAMP(timezone=True))
    front.add(table, *(event(number, f"2026-03-02 0{number}:00:00+00") for number in (1, 2, 3, 4)))
    with front.source(overlap_minutes=0) as source:
        pages = read(source)
        assert pages[-1].end == Position("2026-03-02 12:00:00", 4)
        assert serials(read(source, pages[-1].end)) == [4]


def test_a_long_table_is_read_once_each_row_in_small_pages(front: Front) -> None:
    table = front.table()
    rows = [event(number, f"2026-03-02 09:00:{number % 7:02}") for number in range(1, 2001)]
    with front.engine.begin() as connection:
        connection.execute(table.insert(), [{**row, "GXSJ": as_time(row["GXSJ"]), "BLSJ": None} for row in rows])
    with front.source(page_size=33) as source:
        found = serials(read(source))
    assert sorted(map(int, map(str, found))) == list(range(1, 2001))


def as_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_transaction_that_commits_after_we_passed_is_read_in_the_next_round(front: Front) -> None:
    table = front.table()
    front.add(table, *minutes(1))
    with front.source() as source, front.engine.connect() as slow:
        transaction = slow.begin()
        slow.execute(table.insert().values({**event(5, as_time("2026-03-02 09:05:00")), "BLSJ": None}))
        front.add(table, *minutes(9))
        end = read(source)[-1].end
        assert end == Position("2026-03-02 09:09:00", 9)
        assert 5 not in serials(read(source, end))
        transaction.commit()
        assert 5 in serials(read(source, end))


def test_rows_without_a_place_are_handed_on(front: Front) -> None:
    table = front.table()
    front.add(table, *minutes(1, 2), event(None, "2026-03-02 09:01:30", "无编号"), event(7, None, "无时间"))
    with front.source() as source:
        pages = read(source)
        marks = {page.rows[0]["SPSXSLBM"]: page.start for page in pages if page.start.since.startswith("?")}
        assert marks.keys() == {"无编号", "无时间"}
        assert pages[-1].end == Position("2026-03-02 09:02:00", 2)
        for item, mark in marks.items():
            assert [row["SPSXSLBM"] for row in source.one(EVENTS, mark).rows] == [item]


# Rights and faults.


def test_nothing_can_be_written_whatever_the_account_may_do(server: Server, front: Front) -> None:
    table = front.table()
    owner = server.owner.url.render_as_string(hide_password=False)
    engine = open_engine(owner, None, 5)
    orders = [table.insert().values(LSH=1), table.delete(), DropTable(table)]
    for order in [*orders, CreateTable(Table("other", MetaData(), Column("a", Integer)))]:
        with engine.connect() as connection, pytest.raises(DBAPIError, match=r"(?i)read.only"):
            connection.execute(order)
    engine.dispose()


def test_a_wrong_password_is_told_and_one_put_right_in_its_file_is_taken(front: Front) -> None:
    front.add(front.table(), *minutes(1))
    said = ["falsch-2", READER]
    with front.source(password="falsch") as source, pytest.raises(SourceError) as told:
        read(source)
    assert (told.value.kind, told.value.permanent) == ("unauthorised", True)
    assert "APPROVAL_MONITOR_QZK_PASSWORD" in told.value.message
    assert "falsch" not in told.value.message
    with front.source(password="falsch", renew=lambda: said.pop(0)) as source:
        assert serials(read(source)) == [1]


@contextmanager
def allowed_only(server: Server, *columns: str) -> Iterator[None]:
    """The reader may see these columns of the events (all, when none is named) and nothing else."""
    if server.kind == "postgresql":
        listed = ", ".join(f'"{name}"' for name in columns)
        server.run("REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM reader")
        server.run(f'GRANT SELECT {f"({listed})" if listed else ""} ON "{NAME}" TO reader')
        yield
        return
    listed = f"({', '.join(columns)})" if columns else ""
    server.run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM reader@localhost")
    server.run(f"GRANT SELECT {listed} ON front.{NAME} TO reader@localhost")
    try:
        yield
    finally:
        server.run("REVOKE ALL PRIVILEGES, GRANT OPTION FROM reader@localhost")
        server.run("GRANT SELECT ON front.* TO reader@localhost")


def test_a_table_without_the_right_to_it_is_told_and_the_others_are_read(server: Server, front: Front) -> None:
    front.add(front.table(), *minutes(1))
    front.table("SPGL_XMSPSXBLXXB_V3")
    with allowed_only(server), front.source() as source:
        with pytest.raises(SourceError) as told:
            read(source, table="XMSPSXBLXXB")
        # MariaDB does not even show a table that an account has no right to.
        assert told.value.kind == {"postgresql": "denied", "mariadb": "no_table"}[server.kind]
        assert serials(read(source)) == [1]


def test_an_account_that_may_not_see_the_applicant_is_enough(server: Server, front: Front) -> None:
    front.add(front.table(), *minutes(1))
    columns = ("LSH", "GXSJ", "SJYXBS", "SPSXSLBM", "BLZT", "BLSJ", "BLCS", "BLR")
    with allowed_only(server, *columns), front.source() as source:
        assert serials(read(source)) == [1]


def test_a_table_in_another_schema_is_read_when_it_is_named(server: Server, front: Front) -> None:
    server.run("DROP SCHEMA IF EXISTS qzk" + (" CASCADE" if server.kind == "postgresql" else ""), "CREATE SCHEMA qzk")
    front.add(front.table(schema="qzk"), *minutes(1, 2))
    whom = ["GRANT USAGE ON SCHEMA qzk TO reader", "GRANT SELECT ON ALL TABLES IN SCHEMA qzk TO reader"]
    server.run(*(whom if server.kind == "postgresql" else ["GRANT SELECT ON qzk.* TO reader@localhost"]))
    with front.source(schema="qzk") as source:
        assert serials(read(source)) == [1, 2]
    with front.source(schema="elsewhere") as source, pytest.raises(SourceError, match="elsewhere"):
        read(source)


def lock(server: Server, table: Table, held: threading.Event, release: threading.Event) -> None:
    with server.owner.connect() as connection:
        if server.kind == "postgresql":
            connection.exec_driver_sql(f'LOCK TABLE "{table.name}" IN ACCESS EXCLUSIVE MODE')
        else:
            connection.exec_driver_sql(f"LOCK TABLES {table.name} WRITE")
        held.set()
        release.wait(60)
        connection.rollback()
        if server.kind == "mariadb":
            connection.exec_driver_sql("UNLOCK TABLES")


def test_a_statement_that_takes_too_long_is_given_up(server: Server, front: Front) -> None:
    table = front.table()
    front.add(table, *minutes(1))
    held, release = threading.Event(), threading.Event()
    locking = threading.Thread(target=lock, args=(server, table, held, release))
    locking.start()
    held.wait(60)
    began = time.monotonic()
    try:
        with front.source(timeout_seconds=2, attempts=1) as source, pytest.raises(SourceError) as told:
            read(source)
    finally:
        release.set()
        locking.join()
    assert (told.value.kind, told.value.permanent) == ("timeout", False)
    assert time.monotonic() - began < 30
    with front.source() as source:
        assert serials(read(source)) == [1]


def cut_connections(server: Server) -> None:
    """Ends every connection of the reader, as a restart or a firewall would."""
    with server.owner.connect() as connection:
        if server.kind == "postgresql":
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'"
            )
            return
        found = connection.exec_driver_sql("SELECT id FROM information_schema.processlist WHERE user = 'reader'")
        for (number,) in found.fetchall():
            connection.exec_driver_sql(f"KILL {number}")


def test_a_connection_that_is_cut_between_two_pages_is_opened_anew(server: Server, front: Front) -> None:
    front.add(front.table(), *minutes(1, 2, 3, 4, 5))
    got = []
    with front.source() as source:
        for page in source.pages(EVENTS, START):
            got.append(page)
            cut_connections(server)
    assert serials(got) == [1, 2, 3, 4, 5]


def test_a_database_of_the_national_encoding_is_read(server: Server, front: Front) -> None:
    if server.kind != "mariadb":
        pytest.skip("PostgreSQL 的服务器端不能用 GBK。")
    server.run("DROP DATABASE IF EXISTS front_gbk", "CREATE DATABASE front_gbk CHARACTER SET gbk",
               "GRANT SELECT ON front_gbk.* TO reader@localhost")  # fmt: skip
    owner = create_engine(server.owner.url.set(database="front_gbk"))
    url = make_url(server.reader_url).set(database="front_gbk").update_query_dict({"charset": "gbk"})
    gbk = Front(owner, url.render_as_string(), READER)
    table = gbk.table(GXSJ=String(30))
    gbk.add(table, event(1, "2026年03月02日", "受理〔2026〕1号", BLR="张三丰"))
    with gbk.source() as source:
        [row] = read(source)[0].rows
    assert (row["SPSXSLBM"], row["BLR"], row["GXSJ"]) == ("受理〔2026〕1号", "张三丰", "2026-03-02")
    with owner.connect() as connection:
        assert connection.scalar(select(table.c.BLR)) == "张三丰"
    owner.dispose()


def test_only_one_connection_is_kept(server: Server, front: Front) -> None:
    front.add(front.table(), *minutes(1, 2, 3, 4, 5, 6, 7))
    with front.source(page_size=1) as source:
        read(source)
        with server.owner.connect() as connection:
            counting = {
                "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader'",
                "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE user = 'reader'",
            }
            assert connection.exec_driver_sql(counting[server.kind]).scalar() == 1


def test_a_source_that_was_closed_can_be_used_again(front: Front) -> None:
    front.add(front.table(), *minutes(1))
    source: DatabaseSource = front.source()
    for _ in range(2):
        assert serials(read(source)) == [1]
        source.close()
