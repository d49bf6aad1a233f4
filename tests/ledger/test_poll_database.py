"""Rounds of reading from an exchange database: late commits, rows read again, rows without a place, bad rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from monitor.judge import Standards
from monitor.ledger import store
from monitor.ledger.store import ASIDE, EVENT, table_of
from monitor.ledger.tables import Change, Cursor
from monitor.ledger.transactions import Real
from monitor.poll import PollResult, poll
from monitor.sources import Position
from tests.alerts.office import POLICY, WORKDAYS
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import ALL, at
from tests.ledger.test_poll import UNITS
from tests.sources.front import EVENTS, TEXT, Front, event, minutes, on_file
from tests.story.stand_in import require
from tests.story.test_database_ledger import Filled

NOW = at("2026-03-02 12:00")


@dataclass
class Reading:
    """A ledger that is filled from the table of events of an exchange database."""

    front: Front
    folder: Path
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = fresh_ledger(self.folder)
        self.table = self.front.table(**TEXT)

    def poll(self) -> PollResult:
        """One round."""
        standards = Standards(POLICY, UNITS, {}, WORKDAYS)
        with self.front.source(**self.options) as source:
            return poll(Real(self.engine), source, "qzk", [EVENTS], standards, NOW, finished=lambda: NOW)

    def rows(self, table: Table) -> list[Any]:
        """The rows of a table of the ledger."""
        with Real(self.engine).read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    @property
    def items(self) -> list[str]:
        """The items that events have come of."""
        return sorted(row.item for row in self.rows(EVENT))

    @property
    def waiting(self) -> list[Any]:
        """The rows that are set aside and not read since."""
        return [row for row in self.rows(ASIDE) if row.resolved_at is None]

    def cursor(self) -> Position:
        """How far the table has been read."""
        with Real(self.engine).read() as connection:
            return store.read_cursor(connection, "qzk", EVENTS)

    def correct(self, item: str, **values: Any) -> None:
        """Changes a row at the source."""
        with self.front.engine.begin() as connection:
            connection.execute(self.table.update().where(item == self.table.c.SPSXSLBM).values(values))


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    reading = Reading(on_file(tmp_path / "front.db"), tmp_path)
    yield reading
    reading.engine.dispose()
    reading.front.engine.dispose()


def test_reading_the_same_rows_again_each_round_changes_nothing(reading: Reading) -> None:
    reading.front.add(reading.table, *minutes(1, 2, 3, 4, 5))
    assert reading.poll().counts["rows"] == 5
    before = [reading.rows(table) for table in (EVENT, table_of(Change), table_of(Cursor))]
    for _ in range(2):
        result = reading.poll()
        assert (result.outcome, result.counts["rows"], result.counts["judged"]) == ("good", 5, 0)
    assert [reading.rows(table) for table in (EVENT, table_of(Change), table_of(Cursor))] == before


def test_a_row_committed_late_comes_into_the_ledger_and_the_cursor_stays(reading: Reading) -> None:
    reading.front.add(reading.table, *minutes(1, 9))
    reading.poll()
    reading.front.add(reading.table, *minutes(5))
    reading.poll()
    assert reading.items == ["办件1", "办件5", "办件9"]
    assert reading.cursor() == Position("2026-03-02 09:09:00", 9)


def test_of_rows_read_again_only_what_is_new_is_judged(tmp_path: Path) -> None:
    """One matter read again would else have every item of it judged, each round."""
    require()
    front = on_file(tmp_path / "front.db")
    Filled(front).show(at("2022-03-15 12:00"))
    engine = fresh_ledger(tmp_path)

    def judged() -> int:
        with front.source() as source:
            standards = Standards(POLICY, UNITS, {}, WORKDAYS)
            return poll(Real(engine), source, "qzk", ALL, standards, NOW, finished=lambda: NOW).counts["judged"]

    assert judged() > 20
    assert judged() == 0
    engine.dispose()
    front.engine.dispose()


@pytest.mark.parametrize("late", [5, 12], ids=["in front of it", "behind it"])
def test_a_bad_row_is_set_aside_once_however_often_it_is_read(reading: Reading, late: int) -> None:
    reading.front.add(reading.table, *minutes(1, 2), *minutes(20, 21))
    reading.front.add(reading.table, event(9, "2026-03-02 09:11:00", "坏", BLSJ="不详"))
    for number in (22, 23):
        reading.poll()
        reading.front.add(reading.table, *minutes(number))
    assert [row.row["SPSXSLBM"] for row in reading.waiting] == ["坏"]
    reading.front.add(reading.table, *minutes(late))
    reading.correct("坏", BLSJ="2026-03-02 08:00:00")
    reading.poll()
    assert reading.waiting == []
    assert "坏" in reading.items


@pytest.mark.parametrize(
    ("fault", "put_right"),
    [
        pytest.param({"GXSJ": None}, {"GXSJ": "2026-03-02 09:02:00"}, id="no GXSJ"),
        pytest.param({"GXSJ": "待定"}, {"GXSJ": "2020-03-02 09:02:00"}, id="a GXSJ that is no time"),
        pytest.param({"LSH": None}, {"LSH": 2}, id="no LSH"),
    ],
)
def test_a_row_without_a_place_is_set_aside_until_it_is_put_right(
    reading: Reading, fault: dict[str, Any], put_right: dict[str, Any]
) -> None:
    reading.front.add(reading.table, *minutes(1, 3), event(2, "2026-03-02 09:02:00", "坏") | fault)
    for _ in range(2):
        result = reading.poll()
        assert result.outcome == "good"
        assert [row.row["SPSXSLBM"] for row in reading.waiting] == ["坏"]
    assert reading.cursor() == Position("2026-03-02 09:03:00", 3)
    reading.correct("坏", **put_right)
    reading.poll()
    assert reading.waiting == []
    assert reading.items == ["办件1", "办件3", "坏"]


def test_a_row_written_otherwise_than_the_others_is_read_all_the_same(reading: Reading) -> None:
    reading.front.add(reading.table, *minutes(1, 3), event(2, "2026/3/2 9:02", "异"))
    assert reading.poll().outcome == "good"
    assert "异" in reading.items
    assert reading.waiting == []


def test_too_many_rows_without_a_place_make_the_round_partial_and_the_others_are_stored(reading: Reading) -> None:
    reading.options["most_strays"] = 2
    reading.front.add(reading.table, *minutes(1, 3), *(event(number, None) for number in range(10, 15)))
    result = reading.poll()
    assert [error.kind for error in result.errors] == ["unplaced"]
    assert reading.items == ["办件1", "办件3"]
    assert len(reading.waiting) == 2


def test_a_row_dated_wrongly_far_ahead_does_not_carry_the_cursor_along(reading: Reading) -> None:
    reading.front.add(reading.table, *minutes(1, 2), event(9, "2029-01-01 00:00:00", "未来"))
    reading.poll()
    assert reading.cursor() == Position("2026-03-02 09:02:00", 2)
    reading.front.add(reading.table, *minutes(3))
    reading.poll()
    assert reading.items == ["办件1", "办件2", "办件3", "未来"]
