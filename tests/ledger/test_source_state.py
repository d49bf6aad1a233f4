"""The health of a source: how long it rests after rounds that failed, and what is kept of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from monitor.ledger import store
from monitor.ledger.source_state import (
    LONGEST_REST,
    SLACK,
    Failure,
    State,
    after_round,
    has_rows,
    keep,
    newest_update,
    rest,
    states,
)
from monitor.ledger.transactions import Real
from monitor.records import read_rows
from monitor.sources import Position
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import EVENTS, ITEMS, PROJECTS, SPECIALS, at, event_row, project_row

NOW = at("2026-11-23 10:00")
INTERVAL, HOUR = timedelta(minutes=10), timedelta(hours=1)
NOTHING = Failure("unreachable", "连接不上。", total=True)
SOME = Failure("http_4xx", "没有这张表。", total=False)


def after(before: State | None, failure: Failure | None, minute: int = 0, **changes: Any) -> State:
    began = NOW + timedelta(minutes=minute)
    given = {"interval": INTERVAL, "longest": HOUR, "clock_ahead": None, "ended": began} | changes
    return after_round(before, "city", began, given.pop("ended"), failure, **given)


RESTS = {0: 0, 1: 10, 2: 20, 3: 40, 4: 60, 5: 60, 500: 60}


@pytest.mark.parametrize(("failures", "minutes"), RESTS.items())
def test_a_rest_doubles_from_one_interval_up_to_an_hour(failures: int, minutes: int) -> None:
    assert rest(failures, INTERVAL, HOUR) == timedelta(minutes=minutes)


def test_a_rest_is_never_shorter_than_the_interval() -> None:
    assert rest(3, 2 * HOUR, HOUR) == 2 * HOUR


def test_each_failed_round_is_counted_from_the_first_on() -> None:
    first = after(None, NOTHING)
    second = after(first, NOTHING, 10)
    assert (first.failures, first.failing_since, second.failures, second.failing_since) == (1, NOW, 2, NOW)
    assert second.retry_at == NOW + timedelta(minutes=30) - SLACK
    assert (second.kind, second.message, second.at) == ("unreachable", "连接不上。", NOW + timedelta(minutes=10))


def test_the_round_one_interval_later_asks_again_though_it_begins_some_seconds_early() -> None:
    state = after(None, NOTHING)
    assert not state.rests(NOW + INTERVAL - timedelta(seconds=20))
    assert state.rests(NOW + timedelta(minutes=9))


def test_a_good_round_clears_everything_but_the_clock() -> None:
    state = after(after(None, NOTHING), None, 10, clock_ahead=timedelta(hours=8))
    assert state == State("city", NOW + timedelta(minutes=10), clock_ahead_seconds=28_800)
    assert not state.rests(NOW + timedelta(minutes=10))


def test_a_round_that_read_some_tables_does_not_rest_but_is_remembered() -> None:
    state = after(after(None, NOTHING), SOME, 10)
    assert (state.failures, state.retry_at, state.failing_since, state.kind) == (0, None, NOW, "http_4xx")
    assert after(state, NOTHING, 20).failures == 1


def test_a_source_that_asks_for_patience_is_left_alone_until_then_counted_from_the_end_of_the_round() -> None:
    patience = Failure("rate_limited", "请求过于频繁。", total=False, retry_after=1800)
    state = after(None, patience, ended=NOW + timedelta(minutes=2))
    assert state.retry_at == NOW + timedelta(minutes=32)
    assert state.rests(NOW + timedelta(minutes=31, seconds=59))
    assert not state.rests(NOW + timedelta(minutes=32))


def test_of_two_rests_the_longer_one_counts() -> None:
    patience = Failure("rate_limited", "请求过于频繁。", total=True, retry_after=60)
    assert after(None, patience).retry_at == NOW + INTERVAL - SLACK


def test_nobody_is_left_alone_for_longer_than_a_day() -> None:
    state = after(None, Failure("rate_limited", "", total=True, retry_after=10**9))
    assert state.retry_at == NOW + LONGEST_REST


def test_a_state_dated_in_the_future_holds_nobody_up() -> None:
    state = after(None, NOTHING, 60)
    assert not state.rests(NOW)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()


def test_what_is_kept_is_read_back_and_replaced(engine: Engine) -> None:
    first = after(None, NOTHING, clock_ahead=timedelta(seconds=-90))
    with Real(engine).write() as connection:
        keep(connection, first)
        keep(connection, State("district", NOW))
        assert states(connection) == {"city": first, "district": State("district", NOW)}
        second = after(first, None, 10)
        keep(connection, second)
        assert states(connection)["city"] == second


def test_which_source_gave_rows_of_a_table_is_known_also_when_another_one_holds_them(engine: Engine) -> None:
    with Real(engine).write() as connection:
        for source in ("city", "district"):
            records, _ = read_rows(PROJECTS, [project_row("A", "2106-440100-04-01-237448")])
            store.store_records(connection, PROJECTS, records, NOW, source)
        records, _ = read_rows(EVENTS, [event_row("A", 1, "2026-11-02 09:00:00")])
        store.store_records(connection, EVENTS, records, NOW, "city")
        given = {
            (source, table)
            for source in ("city", "district", "third")
            for table in (PROJECTS, ITEMS, EVENTS, SPECIALS)
            if has_rows(connection, source, table)
        }
    assert given == {("city", PROJECTS), ("district", PROJECTS), ("city", EVENTS)}


def test_the_newest_update_is_that_of_the_table_read_furthest(engine: Engine) -> None:
    with Real(engine).write() as connection:
        assert newest_update(connection, "city") is None
        store.write_cursor(connection, "city", ITEMS, Position("2026-11-02 09:00:00", 1))
        store.write_cursor(connection, "city", EVENTS, Position("2026-11-03 09:00:00", 1))
        store.write_cursor(connection, "district", EVENTS, Position("2026-11-04 09:00:00", 1))
        assert newest_update(connection, "city") == "2026-11-03 09:00:00"
