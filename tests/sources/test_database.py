"""Reading an exchange database: order, positions, rows committed late, rows without a place. On SQLite."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import DateTime, Integer, LargeBinary, String, Table, Text, cast, literal

from monitor.mapping import Mapper
from monitor.sources import START, Position, SourceError
from tests.sources.front import EVENTS, TEXT, Front, event, minutes, on_file, read, serials


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    front = on_file(tmp_path / "front.db")
    yield front
    front.engine.dispose()


@pytest.fixture
def events(front: Front) -> Table:
    """The table of events, empty; its times are text, as SQLite has no others."""
    return front.table(**TEXT)


def at(minute: int, serial: int) -> Position:
    return Position(f"2026-03-02 09:{minute:02}:00", serial)


# Order and positions.


def test_pages_go_on_where_the_one_before_ended_and_the_last_one_says_so(front: Front, events: Table) -> None:
    front.add(events, *minutes(5, 3, 1, 2, 4))
    with front.source() as source:
        pages = read(source)
    assert serials(pages) == [1, 2, 3, 4, 5]
    assert [(page.start, page.end, page.last) for page in pages] == [
        (START, at(3, 3), False),
        (at(3, 3), at(5, 5), True),
    ]


def test_an_empty_table_is_one_empty_page_that_keeps_the_position(front: Front, events: Table) -> None:
    with front.source() as source:
        [page] = read(source, at(7, 7))
    assert (page.rows, page.end, page.last) == ((), at(7, 7), True)


def test_a_full_last_page_is_the_last_one_all_the_same(front: Front, events: Table) -> None:
    front.add(events, *minutes(1, 2, 3))
    with front.source() as source:
        assert [page.last for page in read(source)] == [True]


def test_rows_of_one_moment_are_read_by_their_serial_numbers_across_pages(front: Front, events: Table) -> None:
    front.add(events, *(event(serial, "2026-03-02 09:00:00") for serial in (10, 9, 8, 7, 100, 11, 12)))
    with front.source() as source:
        assert serials(read(source)) == [7, 8, 9, 10, 11, 12, 100]


def test_rows_that_stand_at_one_place_are_never_parted_by_the_end_of_a_page(front: Front, events: Table) -> None:
    twins = [event(2, "2026-03-02 09:02:00", item) for item in ("甲", "乙", "丙", "丁")]
    front.add(events, *minutes(1), *twins, *minutes(3))
    with front.source() as source:
        found = [row["SPSXSLBM"] for page in read(source) for row in page.rows]
    assert sorted(map(str, found)) == sorted(["办件1", "甲", "乙", "丙", "丁", "办件3"])


def test_one_row_again_is_the_first_one_strictly_after_a_position(front: Front, events: Table) -> None:
    front.add(events, *minutes(1, 2, 3))
    with front.source() as source:
        assert serials([source.one(EVENTS, at(1, 1))]) == [2]
        assert serials([source.one(EVENTS, START)]) == [1]
        assert source.one(EVENTS, at(3, 3)).rows == ()


def test_a_sample_is_a_few_rows_and_one_page(front: Front, events: Table) -> None:
    front.add(events, *minutes(1, 2, 3, 4))
    with front.source() as source:
        assert len(source.sample(EVENTS, 2).rows) == 2


# Rows that are committed after we have read past them.


def test_a_row_committed_late_with_an_earlier_time_is_read_in_the_next_round(front: Front, events: Table) -> None:
    front.add(events, *minutes(1, 9))
    with front.source() as source:
        end = read(source)[-1].end
        front.add(events, *minutes(5))
        assert 5 in serials(read(source, end))


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [
        pytest.param(10, [20, 25, 30], id="ten minutes: what is not older is read again"),
        pytest.param(5, [25, 30], id="five minutes"),
        pytest.param(0, [30], id="none: only the last moment"),
        pytest.param(1440, [1, 20, 25, 30], id="a day: everything here"),
    ],
)
def test_a_round_begins_some_minutes_before_the_cursor(
    front: Front, events: Table, overlap: int, expected: list[int]
) -> None:
    front.add(events, *minutes(1, 20, 25, 30))
    with front.source(overlap_minutes=overlap, page_size=2) as source:
        assert serials(read(source, at(30, 30))) == expected


def test_an_update_of_the_last_moment_with_a_smaller_serial_number_is_read(front: Front, events: Table) -> None:
    front.add(events, *minutes(9), event(3, "2026-03-02 09:09:00"))
    with front.source(overlap_minutes=0) as source:
        assert serials(read(source, at(9, 9))) == [3, 9]


def test_the_cursor_never_goes_back_while_rows_are_read_again(front: Front, events: Table) -> None:
    front.add(events, *minutes(*range(20, 31)))
    with front.source() as source:
        pages = read(source, at(30, 30))
    assert len(pages) > 2
    assert {page.end for page in pages} == {at(30, 30)}


def test_what_stands_in_front_of_a_row_is_the_same_whenever_it_is_read_again(front: Front, events: Table) -> None:
    """Else a row that is set aside would be set aside once more in each round."""
    front.add(events, *minutes(1, 20, 25, 30))
    with front.source() as source:
        assert read(source, at(30, 30))[0].start == at(1, 1)


def test_a_cursor_that_is_no_time_begins_anew(front: Front, events: Table) -> None:
    front.add(events, *minutes(1, 2))
    with front.source() as source:
        assert serials(read(source, Position("17", 4))) == [1, 2]


# Rows without a place in the order.

STRAYS = {
    "no GXSJ": {"GXSJ": None},
    "no LSH": {"LSH": None},
    "neither": {"GXSJ": None, "LSH": None},
    "GXSJ is blank": {"GXSJ": ""},
    "GXSJ is a word": {"GXSJ": "待定"},
    "GXSJ written otherwise than in the other rows": {"GXSJ": "2026/03/02 09:02:00"},
    "GXSJ is a time of day that does not exist": {"GXSJ": "2026-03-02 09:02:61"},
    "LSH is below zero": {"LSH": -4},
    "LSH is a word": {"LSH": "甲"},
}


@pytest.mark.parametrize("fault", STRAYS.values(), ids=STRAYS.keys())
def test_a_row_without_a_place_is_handed_on_in_every_round_in_a_page_of_its_own(
    front: Front, events: Table, fault: dict[str, Any]
) -> None:
    front.add(events, *minutes(1, 3), event(2, "2026-03-02 09:02:00", "无位置") | fault)
    with front.source() as source:
        for start in (START, at(3, 3)):
            pages = read(source, start)
            [page] = [page for page in pages if page.rows and page.rows[0]["SPSXSLBM"] == "无位置"]
            assert len(page.rows) == 1
            assert source.one(EVENTS, page.start).rows[0]["SPSXSLBM"] == "无位置"
            assert pages[-1].end == at(3, 3)
            others = [row["LSH"] for one in pages for row in one.rows if one is not page]
            assert others == [1, 3]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({"GXSJ": None}, {"GXSJ": "2026-03-02 09:02:00"}, id="GXSJ filled in"),
        pytest.param({"GXSJ": "待定"}, {"GXSJ": "2025-03-02 09:02:00"}, id="GXSJ put right, long before the cursor"),
        pytest.param({"LSH": None}, {"LSH": 2}, id="LSH filled in"),
    ],
)
def test_a_row_that_has_got_its_place_is_found_by_the_mark_of_its_page(
    front: Front, events: Table, before: dict[str, Any], after: dict[str, Any]
) -> None:
    front.add(events, *minutes(1, 3), event(2, "2026-03-02 09:02:00", "甲") | before)
    with front.source() as source:
        [mark] = [page.start for page in read(source) if page.rows and page.rows[0]["SPSXSLBM"] == "甲"]
        with front.engine.begin() as connection:
            connection.execute(events.update().where(events.c.SPSXSLBM == "甲").values(after))
        [row] = [row for row in source.one(EVENTS, mark).rows if row["SPSXSLBM"] == "甲"]
        assert (row["LSH"], row["GXSJ"]) == (2, after.get("GXSJ", "2026-03-02 09:02:00"))


def test_too_many_rows_without_a_place_are_counted_and_told_after_all_others_were_read(
    front: Front, events: Table
) -> None:
    front.add(events, *minutes(1, 2), *(event(number, None) for number in range(10, 17)))
    front.add(events, *(event(number, "2026-02-30 09:00:00") for number in range(20, 23)))
    got: list[Any] = []
    with front.source(most_strays=8) as source, pytest.raises(SourceError, match="有 10 条记录没有可用") as told:
        got.extend(source.pages(EVENTS, START))
    assert (told.value.kind, told.value.permanent) == ("unplaced", True)
    assert len(serials(got)) == 2 + 8


# Where the tables and columns are.


@pytest.mark.parametrize(
    ("there", "configured", "read_from"),
    [
        pytest.param([f"SPGL_{EVENTS}_V3"], EVENTS, f"SPGL_{EVENTS}_V3", id="version 3"),
        pytest.param([f"SPGL_{EVENTS}"], EVENTS, f"SPGL_{EVENTS}", id="version 2"),
        pytest.param([EVENTS], EVENTS, EVENTS, id="without prefix"),
        pytest.param([f"spgl_{EVENTS.lower()}_v3"], EVENTS, f"spgl_{EVENTS.lower()}_v3", id="in small letters"),
        pytest.param([f"SPGL_{EVENTS}", f"SPGL_{EVENTS}_V3"], EVENTS, f"SPGL_{EVENTS}_V3", id="both: version 3"),
        pytest.param([f"SPGL_{EVENTS}", "V_BLXX"], "v_blxx", "V_BLXX", id="the configured one first"),
    ],
)
def test_a_table_is_found_under_its_usual_names(
    front: Front, there: list[str], configured: str, read_from: str
) -> None:
    for name in there:
        front.add(front.table(name, **TEXT), event(1, "2026-03-02 09:00:00", name))
    with front.source(tables={EVENTS: configured}) as source:
        [page] = read(source)
    assert [row["SPSXSLBM"] for row in page.rows] == [read_from]


def test_a_view_serves_as_well(front: Front) -> None:
    front.add(front.table("RAW", **TEXT), *minutes(1))
    with front.engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW SPGL_XMSPSXBLXXXXB AS SELECT * FROM RAW")
    with front.source() as source:
        assert serials(read(source)) == [1]


def test_a_table_that_is_not_there_is_told_with_those_like_it_and_the_others_are_read(
    front: Front, events: Table
) -> None:
    front.add(events, *minutes(1))
    with front.source() as source:
        with pytest.raises(
            SourceError, match=r"找不到表 SPGL_XMSPSXBLXXB_V3、.*相近的有：SPGL_XMSPSXBLXXXXB_V3"
        ) as told:
            read(source, table="XMSPSXBLXXB")
        assert (told.value.kind, told.value.permanent) == ("no_table", True)
        assert serials(read(source)) == [1]


def test_a_table_without_a_column_that_is_needed_is_told_with_those_it_has(front: Front) -> None:
    front.table(**TEXT | {"GXSJ": None})
    with front.source() as source, pytest.raises(SourceError, match=r"没有 GXSJ 列，它有的列是：.*BLZT") as told:
        read(source)
    assert (told.value.kind, "LXR" in str(told.value)) == ("shape", False)


def test_columns_of_other_names_are_mapped_and_the_rows_kept_as_they_came(front: Front) -> None:
    types = dict.fromkeys(("LSH", "GXSJ", "SPSXSLBM", "BLZT"))
    table = front.table(**TEXT | types, xh=Integer, 更新时间=String(30), sl_bm=String(30), 状态=String(30))
    row = {"xh": 7, "更新时间": "2026-03-02 09:00:00", "sl_bm": "甲", "状态": "已出证", "BLSJ": "2026/3/2 8:00"}
    front.add(table, row)
    fields = {EVENTS: {"XH": "LSH", "更新时间": "GXSJ", "SL_BM": "SPSXSLBM", "状态": "BLZT"}}
    with front.source(mapper=Mapper(fields, {"BLZT": {"已出证": 11}})) as source:
        [page] = read(source)
    [mapped], [given] = page.rows, page.given
    assert page.end == Position("2026-03-02 09:00:00", 7)
    wanted = {"LSH": 7, "GXSJ": "2026-03-02 09:00:00", "SPSXSLBM": "甲", "BLZT": 11, "BLSJ": "2026-03-02 08:00:00"}
    assert wanted.items() <= mapped.items()
    assert row.items() <= given.items()


def test_only_the_columns_that_are_needed_are_asked_for_and_never_an_applicant(front: Front) -> None:
    front.add(front.table("RAW", **TEXT | {"LXR": None, "BLYJ": None}), *minutes(1))
    with front.engine.begin() as connection:
        # Whoever asks for LXR or BLYJ gets an error from the database.
        connection.exec_driver_sql(
            "CREATE VIEW SPGL_XMSPSXBLXXXXB AS SELECT *,"
            " abs(-9223372036854775807 - 1) AS LXR, abs(-9223372036854775807 - 1) AS BLYJ FROM RAW"
        )
    with front.source(mapper=Mapper({EVENTS: {"LXR": "BLR"}})) as source:
        assert serials(read(source)) == [1]


# Text.

SHAPES = {
    "with blanks": "2026-03-02 09:{:02}:00",
    "with T": "2026-03-02T09:{:02}:00",
    "with fractions": "2026-03-02 09:{:02}:00.125",
    "with slashes": "2026/03/02 09:{:02}:00",
    "digits alone": "2026030209{:02}00",
    "in Chinese": "2026年03月02日 09:{:02}:00",
    "to the minute": "2026-03-02 09:{:02}",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_text_columns_are_read_on_by_the_text_they_have(front: Front, events: Table, shape: str) -> None:
    front.add(events, *(event(serial, shape.format(serial)) for serial in range(1, 8)))
    with front.source(overlap_minutes=2) as source:
        pages = read(source)
        assert serials(pages) == [1, 2, 3, 4, 5, 6, 7]
        assert {page.rows[0]["GXSJ"][:16] for page in pages[:1]} == {"2026-03-02 09:01"}
        assert serials(read(source, pages[-1].end)) == [5, 6, 7]
        assert serials([source.one(EVENTS, pages[0].end)]) == [4]


def test_days_without_a_time_are_read_again_as_a_whole(front: Front, events: Table) -> None:
    front.add(events, *(event(day, f"2026-03-{day:02}") for day in (1, 2, 3)), event(9, "2026-03-03"))
    with front.source() as source:
        end = read(source)[-1].end
        assert end == Position("2026-03-03", 9)
        front.add(events, event(4, "2026-03-03"))
        assert serials(read(source, end)) == [2, 3, 4, 9]


def test_serial_numbers_of_text_are_read_in_the_order_the_database_has(front: Front) -> None:
    table = front.table(**TEXT, LSH=String(20))
    front.add(table, *(event(f"{serial:03}", "2026-03-02 09:00:00") for serial in range(8, 13)))
    front.add(table, *(event(str(serial), "2026-03-02 09:01:00") for serial in (9, 10, 11)))
    with front.source() as source:
        pages = read(source)
        assert serials(pages) == [8, 9, 10, 11, 12, 10, 11, 9]
        assert serials([source.one(EVENTS, at(0, 9))]) == [10]


def test_text_in_the_national_encoding_is_read(front: Front, events: Table) -> None:
    front.add(events, *minutes(1))
    with front.engine.begin() as connection:
        raw = literal("经办".encode("gb18030"), LargeBinary)
        connection.execute(events.update().values(BLR=cast(raw, Text)))
    with front.source() as source:
        assert read(source)[0].rows[0]["BLR"] == "经办"


def test_a_declared_type_of_time_makes_no_difference_in_sqlite(front: Front) -> None:
    table = front.table(GXSJ=DateTime, BLSJ=String(30))
    front.add(table, *minutes(1, 2))
    with front.source() as source:
        assert read(source)[-1].end == at(2, 2)
