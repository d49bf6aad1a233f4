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
from tests.core.strategies import later
from tests.ledger.nearly_alike import CALENDAR, ITEMS, OTHER_CALENDAR, Given, filled, standards


def judged_one_by_one(connection: Connection, ids: list[str], now: datetime) -> Iterator[Moved]:
    """Every item loaded and judged twice, and its cases compared."""
    for row in load(connection, ids):
        if not row.valid:
            continue
        before, after = (
            {case.clock: case for case in judge(row.facts, row.versions, standards(calendar), now).cases()}
            for calendar in (CALENDAR, OTHER_CALENDAR)
        )
        for clock, was in before.items():
            new = after.get(clock)
            if new is None or was.due is None or new.due is None:
                continue
            if was.due != new.due or was.light != new.light:
                yield Moved(row.facts.item, clock, was.due, new.due, was.light == new.light, not new.closed)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=6), st.integers(0, 60))
def test_the_moves_of_many_items_are_those_of_each(items: list[Given], days: int) -> None:
    now = later(items[0].versions, timedelta(days=days, hours=10))
    with TemporaryDirectory() as folder:
        engine = filled(Path(folder), items)
        with Real(engine).read() as connection:
            ids = list(connection.scalars(select(ITEM.c.item)))
            found = set(moves_of(connection, ids, standards(OTHER_CALENDAR), CALENDAR, now))
            assert found == set(judged_one_by_one(connection, ids, now))
        engine.dispose()
