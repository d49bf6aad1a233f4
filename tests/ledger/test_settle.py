"""Judging what has changed: every change of state on record, and everything judged again when the standards change."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.units import UnitDirectory
from monitor.judge import Standards
from monitor.ledger import aside, store
from monitor.ledger.read import dirty_ids, due_ids, ids_where
from monitor.ledger.settle import SETTLE_CHUNK, settle
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Change
from monitor.ledger.transactions import Real
from monitor.records import read_rows
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
        assert dirty_ids(connection) == []
        assert len(ids_where(connection, ITEM.c.stage == "接件")) == number


class Unreadable(UnitDirectory):
    """A directory that fails on one name, as nothing should: an item must never stop the others."""

    def match(self, code: str | None, name: str | None, on: date | None = None) -> str | None:
        """The unit, or an error."""
        if name == "出错":
            raise RuntimeError("cannot be")
        return super().match(code, name, on)


def test_an_item_that_could_not_be_judged_is_set_aside_until_it_can(engine: Engine) -> None:
    stored(engine, ITEMS, item_row("A", SPBMBM="", SPBMMC="出错"), item_row("B", 2))
    settled(engine, units=Unreadable([]))
    with Real(engine).read() as connection:
        [waiting] = aside.rows(connection)
    assert (waiting.source, waiting.row) == (aside.LEDGER, {"SPSXSLBM": "A"})
    stored(engine, ITEMS, item_row("A", 3, "2026-11-04 09:00:00"))
    settled(engine)
    with Real(engine).read() as connection:
        assert aside.rows(connection) == []
