"""The clocks of many items that a change of the calendar moves are those of judging each by both calendars."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from alerts.notices import Moved
from monitor.judge import judge
from monitor.ledger.moved import moves_of
from monitor.ledger.read import load
from monitor.ledger.store import ITEM
from monitor.ledger.transactions import Real
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
