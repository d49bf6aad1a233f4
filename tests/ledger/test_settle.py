"""Judging what has changed: every change of state on record, and everything judged again when the standards change."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from config.matters import Matter
from config.policy import Lights, Policy
from config.units import UnitDirectory
from monitor.judge import Standards
from monitor.ledger import store
from monitor.ledger.read import due_ids, ids_where
from monitor.ledger.settle import SETTLE_CHUNK, rejudge_if_changed, settle
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Change
from monitor.ledger.transactions import Real
from monitor.records import read_rows
from monitor.workdays import Workdays
from tests.alerts.office import DIRECTORY, POLICY, WORKDAYS
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import DOCUMENTS, EVENTS, ITEMS, Row, at, event_row, item_row

CHANGE = table_of(Change)
NOW = at("2026-11-04 10:00")


def standards(**changes: Any) -> Standards:
    """The default standards, ``changes`` apart."""
    given: dict[str, Any] = {"policy": POLICY, "units": DIRECTORY, "matters": {}, "workdays": WORKDAYS}
    return Standards(**{**given, **changes})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()


def stored(engine: Engine, table: str, *rows: Row, now: datetime = NOW) -> None:
    """Stores rows of the platform as a page of a poll does."""
    records, refused = read_rows(table, rows)
    assert not refused
    with Real(engine).write() as connection:
        store.store_records(connection, table, records, now, "city")


def settled(engine: Engine, now: datetime = NOW, why: str = "取数", **changes: Any) -> int:
    """Judges what is dirty."""
    return settle(Real(engine), standards(**changes), now, why)


def changes(engine: Engine, since: datetime = NOW) -> dict[str, tuple[str | None, str | None, str]]:
    """What has changed from a moment on: what → before, after, why."""
    with Real(engine).read() as connection:
        found = connection.execute(select(CHANGE).where(CHANGE.c.at >= since).order_by(CHANGE.c.id))
        return {row.what: (row.before, row.after, row.why) for row in found}


def item(engine: Engine) -> Any:
    """The only item."""
    with Real(engine).read() as connection:
        return connection.execute(select(ITEM)).one()


@pytest.fixture
def accepted(engine: Engine) -> Engine:
    """A ledger with an item of ten days, accepted on 2 November 2026 and due on the 16th, judged."""
    stored(engine, ITEMS, item_row("A"))
    stored(engine, EVENTS, event_row("A", 1, "2026-11-02 09:00:00", 1), event_row("A", 3, "2026-11-02 10:00:00", 2))
    settled(engine)
    return engine


def test_an_item_that_comes_is_one_change(accepted: Engine) -> None:
    assert changes(accepted) == {"entered": (None, "受理 green", "取数")}


def test_judging_again_without_news_changes_nothing(accepted: Engine) -> None:
    with Real(accepted).write() as connection:
        store.mark_all_dirty(connection)
    assert settled(accepted, at("2026-11-04 11:00")) == 1
    assert changes(accepted, at("2026-11-04 10:30")) == {}
    assert settled(accepted) == 0


def test_every_difference_is_kept_with_before_after_and_why(accepted: Engine) -> None:
    stored(accepted, EVENTS, event_row("A", 9, "2026-11-04 10:30:00", 3))
    settled(accepted, later := at("2026-11-04 11:00"))
    assert changes(accepted, later) == {
        "light": ("green", "grey", "取数"),
        "state": ("running", "paused", "取数"),
        "due": ("2026-11-16", None, "取数"),
        "paused": ("False", "True", "取数"),
    }


def test_a_close_is_kept_and_nothing_more_is_awaited(accepted: Engine) -> None:
    stored(accepted, EVENTS, event_row("A", 11, "2026-11-04 10:30:00", 3))
    settled(accepted, later := at("2026-11-04 11:00"))
    assert changes(accepted, later).keys() == {"stage", "state", "closed_on"}
    assert (item(accepted).closed_on, item(accepted).next_at) == (date(2026, 11, 4), None)


def test_a_closed_item_without_its_document_is_still_looked_at(accepted: Engine) -> None:
    stored(accepted, EVENTS, event_row("A", 11, "2026-11-04 10:30:00", 3))
    settled(accepted, at("2026-11-04 11:00"), documents_since=date(2026, 1, 1))
    assert item(accepted).next_at is not None
    document = {"LSH": 1, "GXSJ": "2026-11-05 10:00:00", "SPSXSLBM": "A", "PFRQ": "2026-11-05", "PFWH": "1号"}
    stored(accepted, DOCUMENTS, document)
    settled(accepted, at("2026-11-05 11:00"), documents_since=date(2026, 1, 1))
    assert item(accepted).next_at is None


def test_what_was_judged_is_looked_at_by_the_next_plan(accepted: Engine) -> None:
    with Real(accepted).read() as connection:
        assert due_ids(connection, NOW) == ["A"]
        assert due_ids(connection, at("2026-11-04 09:59")) == []


def test_more_items_than_a_transaction_takes_are_judged_in_chunks(engine: Engine) -> None:
    number = SETTLE_CHUNK + 3
    stored(engine, ITEMS, *(item_row(f"{n:05d}", n) for n in range(number)))
    assert settled(engine) == number
    with Real(engine).read() as connection:
        assert connection.scalar(select(func.count()).where(ITEM.c.dirty == 1)) == 0
        assert len(ids_where(connection, ITEM.c.stage == "接件")) == number


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        pytest.param(
            {"workdays": Workdays({date(2026, 11, 12): (False, "本区放假")})},
            {"due": ("2026-11-16", "2026-11-17", "日历")},
            id="a day off of the owner's own puts off the due date",
        ),
        pytest.param(
            {"policy": Policy(lights=Lights(due_soon=9, deep_red_after=20), ladder=POLICY.ladder)},
            {"light": ("green", "yellow", "日历"), "state": ("running", "due_soon", "日历")},
            id="another threshold changes the light",
        ),
        pytest.param(
            {"units": UnitDirectory(())}, {"unit": ("110116SWJ", None, "日历")}, id="a unit taken off is nobody's"
        ),
        pytest.param({"matters": {"matter-1": Matter(code="matter-1", name="x", promised=3)}}, {}, id="no difference"),
    ],
)
def test_changed_standards_show_in_what_is_judged_again(
    accepted: Engine, changed: dict[str, Any], what: dict[str, Any]
) -> None:
    assert rejudge_if_changed(Real(accepted), "before") in (True, False)
    settled(accepted)
    rejudge_if_changed(Real(accepted), "after")
    assert settled(accepted, later := at("2026-11-04 11:00"), why="日历", **changed) == 1
    assert changes(accepted, later) == what


def test_the_same_standards_judge_nothing_again(accepted: Engine) -> None:
    rejudge_if_changed(Real(accepted), "print")
    settled(accepted)
    assert rejudge_if_changed(Real(accepted), "print") is False
    assert settled(accepted) == 0


def test_other_standards_mark_every_item_once(accepted: Engine) -> None:
    assert rejudge_if_changed(Real(accepted), "first") is False  # nothing was judged by others before
    settled(accepted)
    assert rejudge_if_changed(Real(accepted), "second") is True
    assert rejudge_if_changed(Real(accepted), "second") is False
    assert settled(accepted) == 1
