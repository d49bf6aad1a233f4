"""The clocks of many items that a change of the calendar moves are those of judging each by both calendars."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from alerts.notices import NOTICE, Moved, carry_over
from monitor.judge import judge
from monitor.ledger.anew import Anew, Former
from monitor.ledger.moved import moves_of
from monitor.ledger.read import load
from monitor.ledger.store import ITEM
from monitor.ledger.transactions import Real
from monitor.moves import Turn
from tests.core.builders import moment
from tests.core.strategies import later
from tests.ledger.nearly_alike import CALENDAR, ITEMS, OTHER_CALENDAR, Given, filled, given_item, near_twins, standards


def judged_one_by_one(connection: Connection, ids: list[str], now: datetime, review: int) -> Iterator[Moved]:
    """Every item loaded and judged twice, and its cases compared."""
    for row in load(connection, ids):
        if not row.valid:
            continue
        before, after = (
            {case.clock: case for case in judge(row.facts, row.versions, standards(calendar, review), now).cases()}
            for calendar in (CALENDAR, OTHER_CALENDAR)
        )
        for clock, was in before.items():
            new = after.get(clock)
            if new is None or was.due is None or new.due is None:
                continue
            if was.due != new.due or was.light != new.light:
                yield Moved(row.facts.item, clock, was.due, new.due, was.light == new.light, not new.closed)


def compared(items: list[Given], now: datetime, review: int) -> set[Moved]:
    """The moves of a ledger with these items, which are those of judging one item after the other."""
    with TemporaryDirectory() as folder:
        engine = filled(Path(folder), items)
        with Real(engine).read() as connection:
            ids = list(connection.scalars(select(ITEM.c.item)))
            found = set(moves_of(connection, ids, standards(OTHER_CALENDAR, review), CALENDAR, now))
            assert found == set(judged_one_by_one(connection, ids, now, review))
        engine.dispose()
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.one_of(st.lists(ITEMS, min_size=1, max_size=6), near_twins()), st.integers(0, 60), st.sampled_from([0, 2]))
def test_the_moves_of_many_items_are_those_of_each(items: list[Given], days: int, review: int) -> None:
    compared(items, later(items[0].versions, timedelta(days=days, hours=10)), review)


def test_the_day_of_the_review_counts_where_its_beginning_has_a_limit() -> None:
    items = [given_item(f"1@03-05 3@03-06 8@03-{day}T10:00", minutes=5) for day in (10, 11)]
    # Accepted on a Friday, two days: Tuesday the 10th, by the other calendar the 11th.
    found = compared(items, moment("03-12T10:00"), review=2)
    assert {(move.item, move.same_light) for move in found if move.clock == "review"} == {
        ("0a", True), ("0b", True), ("1a", False), ("1b", False)
    }  # fmt: skip


def told_everything(connection: Connection, now: datetime) -> None:
    """A notice of each clock of every item, as it was told by the calendar before."""
    for row in load(connection, list(connection.scalars(select(ITEM.c.item)))):
        if not row.valid:
            continue
        for case in judge(row.facts, row.versions, standards(CALENDAR), now).cases():
            if case.due is not None:
                told = {"key": f"{case.item}|{case.clock}|{case.due}|step", "item": case.item, "clock": case.clock}
                told |= {"step": "step", "level": "reminder", "reason": "step_reached", "decided_at": now}
                connection.execute(NOTICE.insert().values(told))


def notices(engine: Engine) -> set[tuple[str, str]]:
    """The keys of all notices with their reasons."""
    with Real(engine).read() as connection:
        return {(row.key, row.reason) for row in connection.execute(select(NOTICE))}


def carried_both_ways(items: list[Given], now: datetime) -> set[tuple[str, str]]:
    """The notices after judging again, which are those after carrying over every move of an open clock at once."""
    by, turn = standards(OTHER_CALENDAR), Turn(standards(OTHER_CALENDAR), CALENDAR)
    with TemporaryDirectory() as folder:
        judged, at_once = filled(Path(folder) / "1", items), filled(Path(folder) / "2", items)
        for engine in (judged, at_once):
            with Real(engine).write() as connection:
                told_everything(connection, now)
        with Real(judged).write() as connection:
            ids = list(connection.scalars(select(ITEM.c.item)))
            Anew(by, now, "日历变更", former=Former(turn, now)).settle(connection, ids)
        with Real(at_once).write() as connection:
            moves = [move for move in moves_of(connection, ids, by, CALENDAR, now) if move.open]
            carry_over(connection, moves, now)
        found = notices(judged)
        assert found == notices(at_once)
        judged.dispose()
        at_once.dispose()
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.one_of(st.lists(ITEMS, min_size=1, max_size=6), near_twins()), st.integers(0, 60))
def test_what_was_told_is_carried_over_while_items_are_judged_again(items: list[Given], days: int) -> None:
    carried_both_ways(items, later(items[0].versions, timedelta(days=days, hours=10)))


def test_a_notice_is_carried_over_and_one_of_another_light_is_not() -> None:
    # Five days from Friday the 6th: due on the 13th, by the other calendar on the 16th; one is judged by itself.
    items = [given_item("1@03-05 3@03-06", minutes=5), given_item("1@03-05 3@03-06", minutes=7, corrected=True)]
    found = carried_both_ways(items, moment("03-06T16:00"))
    assert ("0a|promised|2026-03-16|step", "日历变更后灯色未变，沿用") in found
    assert ("1a|promised|2026-03-16|step", "日历变更后灯色未变，沿用") in found
    late = carried_both_ways(items, moment("03-16T10:00"))
    assert not any("2026-03-16" in key and key.startswith("0") for key, _ in late)
