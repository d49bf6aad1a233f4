"""One round of reading: nothing lost whatever is broken, out of order or dated wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

from config.units import Unit, UnitDirectory
from monitor.judge import Standards
from monitor.ledger import store
from monitor.ledger.store import ASIDE, DIRTY, EVENT, ITEM, table_of
from monitor.ledger.tables import Change, PollRound
from monitor.ledger.transactions import Real
from monitor.poll import MOVED_ON_AFTER, PollResult, poll
from monitor.sources import Position, SourceError
from tests.alerts.office import POLICY, WORKDAYS
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import (
    ALL,
    DOCUMENTS,
    EVENTS,
    FORESTRY,
    ITEMS,
    MATTERS,
    PROJECTS,
    WATER,
    Platform,
    at,
    columns,
    event_row,
    item_row,
    matter_row,
    project_row,
)

UNITS = UnitDirectory(
    [
        Unit(id=WATER, name="区水务局", full_name="北京市怀柔区水务局"),
        Unit(id=FORESTRY, name="区园林绿化局", full_name="北京市怀柔区园林绿化局"),
    ]
)
NOW = at("2026-11-04 10:00")


@dataclass
class Ledger:
    """An empty ledger that is filled from a platform in memory."""

    engine: Engine
    platform: Platform = field(default_factory=Platform)

    def poll(self, now: datetime = NOW, stop: Any = lambda: False) -> PollResult:
        """One round."""
        standards = Standards(POLICY, UNITS, {}, WORKDAYS)
        return poll(Real(self.engine), self.platform, "city", ALL, standards, now, finished=lambda: now, stop=stop)

    def rows(self, table: Table) -> list[Any]:
        """The rows of a table, in the order of its key."""
        with Real(self.engine).read() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def cursor(self, table: str) -> Position:
        """How far a table has been read."""
        with Real(self.engine).read() as connection:
            return store.read_cursor(connection, "city", table)

    def aside(self) -> list[Any]:
        """The rows still set aside."""
        return [row for row in self.rows(ASIDE) if row.resolved_at is None]

    @property
    def item(self) -> Any:
        """The only item."""
        [found] = self.rows(ITEM)
        return found


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(fresh_ledger(tmp_path))
    yield made
    made.engine.dispose()


def accepted(ledger: Ledger, item: str = "A") -> None:
    """An item of ten days, accepted on Monday, 2 November 2026: due on the 16th."""
    ledger.platform.add(ITEMS, item_row(item))
    ledger.platform.add(
        EVENTS, event_row(item, 1, "2026-11-02 09:00:00", 1), event_row(item, 3, "2026-11-02 10:00:00", 2)
    )


def test_a_round_stores_judges_and_moves_its_cursors(ledger: Ledger) -> None:
    accepted(ledger)
    result = ledger.poll()
    assert (ledger.item.unit, ledger.item.due.isoformat(), ledger.item.light) == (WATER, "2026-11-16", "green")
    assert (ledger.rows(DIRTY), ledger.item.judged_at, ledger.item.next_at) == ([], NOW, NOW)
    assert ledger.cursor(EVENTS) == Position("2026-11-02 10:00:00", 2)
    assert (result.outcome, result.counts["rows"], result.counts["judged"]) == ("good", 3, 1)
    [kept] = ledger.rows(table_of(PollRound))
    assert (kept.outcome, kept.started_at, kept.message) == ("good", NOW, "")


def test_a_second_round_reads_from_where_the_first_ended_and_changes_nothing(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.poll()
    before, changes = ledger.item, ledger.rows(table_of(Change))
    ledger.platform.asked.clear()
    assert ledger.poll().counts["rows"] == 0
    assert (ITEMS, Position("2026-11-02 08:00:00", 1)) in ledger.platform.asked
    assert (ledger.item, ledger.rows(table_of(Change))) == (before, changes)


def test_everything_sent_again_changes_nothing(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.poll()
    events, changes = ledger.rows(EVENT), ledger.rows(table_of(Change))
    with Real(ledger.engine).write() as connection:
        for table in (ITEMS, EVENTS):
            store.write_cursor(connection, "city", table, Position("", 0))
    ledger.poll()
    assert (ledger.rows(EVENT), ledger.rows(table_of(Change))) == (events, changes)


BAD_EVENT = event_row("A", 99, "2026-11-03 09:00:00", 3)


def test_a_row_that_cannot_be_read_is_set_aside_with_its_reason_and_holds_up_none(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(EVENTS, BAD_EVENT, event_row("A", 8, "2026-11-03 10:00:00", 4))
    result = ledger.poll()
    [aside] = ledger.aside()
    assert (aside.table_name, aside.row["BLZT"]) == (EVENTS, 99)
    assert aside.reason.startswith("BLZT 不是办理状态")
    assert Position(aside.since, aside.after) == Position("2026-11-02 10:00:00", 2)
    assert (result.outcome, result.counts["set_aside"], ledger.item.stage) == ("good", 1, "审批")


def test_personal_data_of_applicants_is_not_even_kept_in_rows_set_aside(ledger: Ledger) -> None:
    ledger.platform.add(ITEMS, item_row("", LXR="某申请人", LXRSJH="一个号码"))
    ledger.poll()
    assert "某申请人" not in str(ledger.aside()[0])
    assert {"LXR", "LXRSJH"}.isdisjoint(ledger.aside()[0].row)


def test_a_row_garbled_on_its_way_is_read_again_at_once(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.garbled = {2: [BAD_EVENT | {"LSH": 2, "GXSJ": "2026-11-02 10:00:00"}]}
    result = ledger.poll()
    assert (ledger.aside(), result.counts["read_again"]) == ([], 1)
    assert ledger.item.due.isoformat() == "2026-11-16"


def test_a_row_mended_at_its_place_is_read_by_a_later_round(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(EVENTS, bad := dict(BAD_EVENT))
    ledger.poll()
    bad["BLZT"] = 8
    ledger.poll(at("2026-11-04 10:10"))
    assert (ledger.aside(), ledger.item.stage) == ([], "审批")


def test_a_row_mended_under_a_new_update_time_is_read_there_and_the_old_one_is_let_go(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(EVENTS, bad := dict(BAD_EVENT), event_row("A", 8, "2026-11-03 11:00:00", 5))
    ledger.poll()
    bad.update(BLZT=11, GXSJ="2026-11-04 09:59:00")
    ledger.poll(at("2026-11-04 10:10"))
    assert ledger.item.closed_on.isoformat() == "2026-11-03"
    for minute in range(20, 20 + MOVED_ON_AFTER):
        ledger.poll(at(f"2026-11-04 10:{minute}"))
    assert ledger.aside() == []


def test_a_row_that_stays_bad_is_tried_each_round_and_stays_one_row(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(EVENTS, BAD_EVENT)
    for minute in range(10, 15):
        ledger.poll(at(f"2026-11-04 10:{minute}"))
    [aside] = ledger.aside()
    assert aside.tries > 5
    assert (aside.first_at, aside.last_at) == (at("2026-11-04 10:10"), at("2026-11-04 10:14"))


@pytest.mark.parametrize("page_size", [1, 2, 3, 10])
def test_rows_dated_in_the_future_do_not_carry_the_cursor_away(ledger: Ledger, page_size: int) -> None:
    ledger.platform.page_size = page_size
    accepted(ledger)
    for serial in (90, 91, 92):
        ledger.platform.add(
            EVENTS, event_row("A", 8, f"2026-11-03 1{serial - 90}:00:00", serial, "2036-01-01 00:00:00")
        )
    ledger.poll()
    assert ledger.cursor(EVENTS) == Position("2026-11-02 10:00:00", 2)
    assert ledger.item.stage == "审批"
    ledger.platform.add(EVENTS, event_row("A", 11, "2026-11-04 11:00:00", 5))
    ledger.poll(at("2026-11-04 11:10"))
    assert ledger.item.closed_on.isoformat() == "2026-11-04"
    assert ledger.cursor(EVENTS) == Position("2026-11-04 11:00:00", 5)


def test_a_clock_that_is_a_few_hours_ahead_is_believed(ledger: Ledger) -> None:
    ledger.platform.add(ITEMS, item_row("A", 7, "2026-11-05 09:00:00"))
    ledger.poll()
    assert ledger.cursor(ITEMS) == Position("2026-11-05 09:00:00", 7)


def test_events_before_their_item_row_wait_and_count_when_it_comes(ledger: Ledger) -> None:
    ledger.platform.add(
        EVENTS, event_row("A", 1, "2026-11-02 09:00:00", 1), event_row("A", 3, "2026-11-02 10:00:00", 2)
    )
    ledger.poll()
    with Real(ledger.engine).read() as connection:
        assert (ledger.rows(ITEM), store.count_waiting(connection, NOW)) == ([], 1)
    ledger.platform.add(ITEMS, item_row("A", 3, "2026-11-04 10:05:00"))
    ledger.poll(at("2026-11-04 10:10"))
    assert (ledger.item.due.isoformat(), ledger.item.accepted_on.isoformat()) == ("2026-11-16", "2026-11-02")
    with Real(ledger.engine).read() as connection:
        assert store.count_waiting(connection, NOW) == 0


def test_an_invalidated_item_row_takes_the_item_off_the_ledger_and_says_so(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.poll()
    ledger.platform.add(ITEMS, item_row("A", 9, "2026-11-04 10:05:00", SJYXBS=0))
    ledger.poll(at("2026-11-04 10:10"))
    assert (ledger.item.valid, ledger.item.stage, ledger.item.due, ledger.item.next_at) == (False, None, None, None)
    changed = {row.what: row.after for row in ledger.rows(table_of(Change)) if row.at == at("2026-11-04 10:10")}
    assert changed.items() >= {"stage": None, "due": None, "light": None}.items()


def test_an_item_row_that_is_valid_again_is_on_the_ledger_again(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(ITEMS, item_row("A", 9, "2026-11-04 09:05:00", SJYXBS=0))
    ledger.poll()
    ledger.platform.add(ITEMS, item_row("A", 10, "2026-11-04 10:05:00"))
    ledger.poll(at("2026-11-04 10:10"))
    assert (ledger.item.valid, ledger.item.due.isoformat()) == (True, "2026-11-16")


def test_an_event_entered_by_mistake_and_invalidated_days_later_never_was(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(EVENTS, event_row("A", 11, "2026-11-03 10:00:00", 5))
    ledger.poll()
    assert ledger.item.closed_on
    ledger.platform.add(EVENTS, event_row("A", 11, "2026-11-03 10:00:00", 6, "2026-11-04 10:05:00", SJYXBS=0))
    ledger.poll(at("2026-11-04 10:10"))
    assert (ledger.item.closed_on, ledger.item.due.isoformat()) == (None, "2026-11-16")
    assert len(ledger.rows(EVENT)) == 4


def test_an_older_version_that_comes_later_changes_nothing(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.add(ITEMS, item_row("A", 9, "2026-11-04 09:00:00", SXBLSX=20))
    ledger.poll()
    with Real(ledger.engine).write() as connection:
        store.write_cursor(connection, "city", ITEMS, Position("", 0))
    ledger.platform.tables[ITEMS] = [item_row("A", 8, "2026-11-03 09:00:00", SXBLSX=5)]
    ledger.poll(at("2026-11-04 10:10"))
    assert ledger.item.limit_days == 20


def test_a_matter_row_later_than_the_item_shortens_its_limit(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.poll()
    ledger.platform.add(MATTERS, matter_row(5, 1, "2026-11-04 10:05:00"))
    ledger.poll(at("2026-11-04 10:10"))
    assert ledger.item.due.isoformat() == "2026-11-09"
    [change] = [row for row in ledger.rows(table_of(Change)) if row.what == "due"]
    assert (change.before, change.after, change.why) == ("2026-11-16", "2026-11-09", "取数")


def test_a_project_row_later_than_the_item_has_it_judged_again(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.poll()
    ledger.platform.add(PROJECTS, project_row("A", "2106-440100-04-01-237448", 1, "2026-11-04 10:05:00"))
    assert ledger.poll(at("2026-11-04 10:10")).counts["judged"] == 1
    assert ledger.item.judged_at == at("2026-11-04 10:10")


def test_a_table_that_cannot_be_read_holds_up_none_of_the_others(ledger: Ledger) -> None:
    accepted(ledger)
    ledger.platform.broken = {MATTERS: SourceError("阶段事项取不到。", kind="http_5xx", permanent=False)}
    result = ledger.poll()
    assert (result.outcome, result.message, len(ledger.rows(ITEM))) == ("partial", "阶段事项取不到。", 1)
    with Real(ledger.engine).read() as connection:
        assert store.last_good_poll(connection, ["city"]) is None


def test_a_source_that_is_not_there_is_not_asked_table_by_table(ledger: Ledger) -> None:
    gone = SourceError("连接不上。", kind="unreachable", permanent=False)
    ledger.platform.broken = dict.fromkeys(ALL, gone)
    result = ledger.poll()
    assert (result.outcome, len(ledger.platform.asked)) == ("failed", 1)


def test_with_two_sources_the_data_is_as_old_as_the_older_of_them(ledger: Ledger) -> None:
    ledger.poll()
    with Real(ledger.engine).write() as connection:
        common = {"outcome": "good", "counts": {}, "message": ""}
        for name, hour in (("district", 8), ("district", 9)):
            moment = at(f"2026-11-04 0{hour}:00")
            store.record_round(connection, source=name, started_at=moment, finished_at=moment, **common)
        assert store.last_good_poll(connection, ["city", "district"]) == at("2026-11-04 09:00")
        assert store.last_good_poll(connection, ["city", "district", "third"]) is None
        assert store.last_good_poll(connection, ["district"], before=at("2026-11-04 08:30")) == at("2026-11-04 08:00")


def test_a_round_that_is_stopped_keeps_what_it_has_and_goes_on_from_there(ledger: Ledger) -> None:
    ledger.platform.page_size = 1
    accepted(ledger)
    answers = iter([False, False, False, True])
    result = ledger.poll(stop=lambda: next(answers, True))
    assert result.outcome != "good"
    ledger.poll(at("2026-11-04 10:10"))
    assert (len(ledger.rows(EVENT)), ledger.item.due.isoformat()) == (2, "2026-11-16")


def test_an_empty_platform_is_a_good_round(ledger: Ledger) -> None:
    assert ledger.poll().outcome == "good"
    assert DOCUMENTS in {table for table, _ in ledger.platform.asked}
    assert columns(ledger.rows(table_of(PollRound)), "outcome") == ["good"]
