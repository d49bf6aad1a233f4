"""The decisions on record: one row a clock, written when something changes, in few statements however many."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from alerts import decisions
from alerts.case import Case
from alerts.decisions import DECISION
from alerts.plan import consider
from alerts.rules import Decision
from monitor.ledger.database import reading, writing
from tests.alerts.office import case, date_at, moment, this_round

FIRST, LATER = moment("2026-11-19 09:00"), moment("2026-11-19 10:00")


def kept(engine: Engine, decided: list[tuple[Case, Decision]], now: datetime = FIRST) -> int:
    """Keeps decisions on all clocks of the items they are about."""
    with writing(engine) as connection:
        return decisions.keep(connection, decided, {one.item for one, _ in decided}, now)


def on_record(engine: Engine) -> dict[tuple[str, str], Any]:
    """(item, clock) → (reason, next_on, since)."""
    with reading(engine) as connection:
        return {
            (row.item, row.clock): (row.reason, row.next_on, row.at) for row in connection.execute(DECISION.select())
        }


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


NOT_NEAR = Decision("not_near", next_on=date_at(-3))


@pytest.mark.parametrize(
    ("after", "written"),
    [
        pytest.param(NOT_NEAR, 0, id="the same"),
        pytest.param(Decision("not_near", next_on=date_at(-1)), 1, id="another date"),
        pytest.param(Decision("paused"), 1, id="another reason"),
    ],
)
def test_a_row_is_written_when_its_reason_or_its_date_changes(engine: Engine, after: Decision, written: int) -> None:
    assert kept(engine, [(case(), NOT_NEAR)]) == 1
    assert kept(engine, [(case(), after)], LATER) == written
    assert on_record(engine) == {case().key: (after.reason, after.next_on, LATER if written else FIRST)}


def test_a_clock_that_runs_no_more_has_ended_and_other_items_are_left_alone(engine: Engine) -> None:
    acceptance, other = case(clock="acceptance"), case(item="HRM1-2")
    kept(engine, [(acceptance, NOT_NEAR), (other, NOT_NEAR)])
    kept(engine, [(case(), NOT_NEAR)], LATER)
    assert {key: reason for key, (reason, _, _) in on_record(engine).items()} == {
        acceptance.key: "ended",
        case().key: "not_near",
        other.key: "not_near",
    }


def test_ten_thousand_decisions_are_kept_in_a_few_statements(engine: Engine) -> None:
    many = [(case(item=f"HRM1-{n:05d}"), NOT_NEAR) for n in range(10_000)]
    with statements(engine) as asked:
        assert kept(engine, many) == 10_000
    assert len(asked) < 30
    with statements(engine) as asked:
        assert kept(engine, many, LATER) == 0
    assert not [statement for statement in asked if statement.startswith("INSERT")]


def test_a_round_reads_what_is_on_record_in_a_few_statements_for_every_five_hundred_items(engine: Engine) -> None:
    many = [case(5, item=f"HRM1-{n:05d}") for n in range(2000)]
    with statements(engine) as asked, reading(engine) as connection:
        consider(connection, many, this_round())
    assert len(asked) < 20
