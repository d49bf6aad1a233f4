"""Many items judged at once, alike ones once: the ledger is letter by letter that of judging each by itself."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from monitor.ledger import anew
from monitor.ledger.anew import Anew
from monitor.ledger.read import ids_where, load
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Change
from monitor.ledger.transactions import Real
from monitor.ledger.verdicts import keep, verdict
from monitor.workdays import Workdays
from tests.core.builders import moment, story
from tests.core.strategies import later
from tests.ledger.nearly_alike import (
    CALENDAR,
    ITEMS,
    OTHER_CALENDAR,
    Given,
    filled,
    given_item,
    near_twins,
    standards,
)

CHANGE = table_of(Change)


def contents(engine: Engine) -> list[Any]:
    """Every item and every change, in order."""
    with Real(engine).read() as connection:
        items = connection.execute(select(ITEM).order_by(ITEM.c.item)).all()
        columns = [column for column in CHANGE.c if column.name != "id"]
        return [*items, *sorted(map(repr, connection.execute(select(*columns))))]


def judged_both_ways(items: list[Given], rounds: list[tuple[Workdays, datetime]], review: int = 0) -> None:
    """Judges ledgers with these items at once and singly, round by round, and compares them."""
    with TemporaryDirectory() as folder:
        at_once, singly = filled(Path(folder) / "1", items), filled(Path(folder) / "2", items)
        for calendar, now in rounds:
            by = standards(calendar, review)
            with Real(at_once).write() as connection:
                assert Anew(by, now, "日历变更").settle(connection, all_ids(connection)) == 2 * len(items)
            with Real(singly).write() as connection:
                found = [verdict(row, by, now)[0] for row in load(connection, all_ids(connection))]
                keep(connection, found, now, "日历变更", lambda one, at=now: one.next_moment if one.finished else at)
            assert contents(at_once) == contents(singly)
        at_once.dispose()
        singly.dispose()


@settings(max_examples=20, deadline=None)
@given(st.lists(ITEMS, min_size=1, max_size=6), st.integers(0, 60), st.integers(0, 40))
def test_the_outcome_is_that_of_judging_each_by_itself(items: list[Given], days: int, more: int) -> None:
    first = later(items[0].versions, timedelta(days=days, hours=10))
    judged_both_ways(
        items, [(CALENDAR, first), (OTHER_CALENDAR, first + timedelta(days=more)), (OTHER_CALENDAR, first)]
    )


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(near_twins(), st.integers(0, 40), st.sampled_from([0, 0, 2]))
def test_items_that_differ_in_one_event_are_judged_each_as_it_is(items: list[Given], days: int, review: int) -> None:
    now = later(items[0].versions, timedelta(days=days, hours=10))
    judged_both_ways(items, [(CALENDAR, now), (OTHER_CALENDAR, now)], review)


def taken_back(text: str) -> Given:
    """The same, its last event declared invalid."""
    one = given_item(text)
    return replace(one, versions=[*one.versions[:-1], one.versions[-1]._replace(valid=False)])


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([given_item("1@03-05T05:10 3@03-05T05:10", "hours")], id="a limit in hours that ran out for one"),
        pytest.param([given_item("1@03-02 3@03-03 11@03-05T10:30")], id="a close that is still to come for one"),
        pytest.param([given_item("1@03-02 3@03-03"), given_item("3@03-03 1@03-02")], id="another order of writing"),
        pytest.param([given_item("1@03-02 3@03-04T00:30")], id="midnight between the two"),
        pytest.param(
            [given_item(f"1@03-02 3@03-03 {pair}", minutes=0) for pair in ("9@03-04 10@03-04", "10@03-04 9@03-04")],
            id="the order of a day told by the serial alone",
        ),
        pytest.param(
            [
                given_item("1@03-02 3@03-03 11@03-04", delivered=date(2026, 3, 5)),
                given_item("1@03-02 3@03-03 11@03-04"),
            ],
            id="a document that came for one",
        ),
        pytest.param(
            [given_item("1@03-02 3@03-03", corrected=True), given_item("1@03-02 3@03-03")], id="a record of the staff's"
        ),
        pytest.param(
            [taken_back("1@03-02 3@03-03 11@03-04"), given_item("1@03-02 3@03-03 11@03-04")], id="an event undone"
        ),
        pytest.param(
            [given_item(f"1@03-02 6@03-{day} 7@03-05 3@03-06") for day in ("03", "04")], id="another day of correction"
        ),
        pytest.param(
            [given_item(f"2@03-01 1@03-02 6@03-{day} 7@03-05") for day in ("03", "04")],
            id="a correction that ends the acceptance of an item withdrawn before it was received",
        ),
        pytest.param(
            [given_item(f"1@03-02 8@03-02 6@03-{day} 7@03-05") for day in ("03", "04")],
            id="a correction that is a pause, as the review stands for the acceptance",
        ),
        pytest.param(
            [given_item(f"1@03-02 3@03-03 8@03-{day}") for day in ("03", "04", "05")], id="another day of review"
        ),
        pytest.param(
            [given_item(f"1@03-02 8@03-{day} 3@03-05") for day in ("03", "04")], id="a review before the acceptance"
        ),
        pytest.param([given_item("1@03-02", valid=False), given_item("1@03-02")], id="one that was declared invalid"),
    ],
)
@pytest.mark.parametrize("review", [0, 2], ids=["", "the review's beginning has a limit"])
def test_items_nearly_alike_are_told_apart(items: list[Given], review: int) -> None:
    judged_both_ways(items, [(CALENDAR, moment("03-05T10:00")), (OTHER_CALENDAR, moment("03-11T10:00"))], review)


def test_of_what_nothing_rests_on_no_kinds_are_made(tmp_path: Path) -> None:
    stories = [f"1@03-02 6@03-{six} 7@03-05 3@03-06 8@03-{eight}" for six in ("03", "04") for eight in ("06", "09")]
    engine = filled(tmp_path, [given_item(text, minutes=20) for text in stories])
    many = Anew(standards(CALENDAR), moment("03-10T10:00"), "取数")
    with Real(engine).write() as connection:
        many.settle(connection, ids_where(connection))
    assert many.shapes == 1


def all_ids(connection: Connection) -> list[str]:
    """Every item, those that the platform has declared invalid too."""
    return sorted(connection.scalars(select(ITEM.c.item)))


def test_items_alike_are_judged_once(tmp_path: Path) -> None:
    versions = story("1@03-02T09:00 3@03-03T10:00")
    engine = filled(tmp_path, [Given("plain", "W1", "110116SWJ", 5, versions, timedelta(minutes=20))] * 10)
    many = Anew(standards(CALENDAR), moment("03-05T10:00"), "取数")
    with Real(engine).write() as connection:
        assert many.settle(connection, ids_where(connection)) == 20
    assert many.shapes == 1


def test_more_shapes_than_are_remembered_make_no_difference(tmp_path: Path) -> None:
    stories = [Given("plain", "W1", "110116SWJ", days, story("1@03-02 3@03-03"), timedelta(0)) for days in range(1, 9)]
    few, all_of_them = filled(tmp_path / "few", stories), filled(tmp_path / "all", stories)
    now = moment("03-05T10:00")
    for engine, most in ((few, 1), (all_of_them, anew.MOST_SHAPES)):
        many = Anew(standards(CALENDAR), now, "取数", most_shapes=most)
        for start in range(0, 16, 3):
            with Real(engine).write() as connection:
                many.settle(connection, ids_where(connection)[start : start + 3])
    assert contents(few) == contents(all_of_them)
