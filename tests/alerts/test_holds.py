"""Silences by the supervisor: never beyond their date, never longer than the policy allows, ended before only once."""

from datetime import date

import pytest
from sqlalchemy import Engine

from alerts import holds
from alerts.holds import RefusedError
from monitor.ledger.database import reading, writing
from tests.alerts.office import WORKDAYS, day, moment

NOW = moment("2026-11-19 09:00")
LAST = holds.latest(day("2026-11-19"), 60, WORKDAYS)


def held(engine: Engine, until: str, target: str = "HRM1-1", last: date = LAST) -> int:
    """A hold of an item up to a date."""
    with writing(engine) as connection:
        return holds.hold(connection, "item", target, day(until), "应急", "督办专员", NOW, last=last)


def active_on(engine: Engine, text: str) -> list[int]:
    """The numbers of the holds in force on a day."""
    with reading(engine) as connection:
        return [one.id for one in holds.active(connection, day(text))]


@pytest.mark.parametrize(
    ("on", "found"),
    [
        pytest.param("2026-11-18", [], id="the day before it was made"),
        pytest.param("2026-11-19", [1], id="the day it was made"),
        pytest.param("2026-11-25", [1], id="its last day"),
        pytest.param("2026-11-26", [], id="never beyond its date"),
    ],
)
def test_a_hold_is_in_force_from_its_first_day_to_its_last(engine: Engine, on: str, found: list[int]) -> None:
    held(engine, "2026-11-25")
    assert active_on(engine, on) == found


def test_of_several_the_longest_counts(engine: Engine) -> None:
    held(engine, "2026-11-25")
    held(engine, "2026-12-01")
    held(engine, "2026-11-20")
    with reading(engine) as connection:
        assert holds.held(connection, day("2026-11-20")) == {("item", "HRM1-1"): day("2026-12-01")}


def test_it_can_run_to_the_last_working_day_that_the_policy_allows_and_no_day_longer(engine: Engine) -> None:
    last = holds.latest(day("2026-11-19"), 5, WORKDAYS)
    assert held(engine, "2026-11-26", last=last) == 1
    with pytest.raises(RefusedError, match="2026-11-26"):
        held(engine, "2026-11-27", last=last)


def test_it_cannot_end_before_it_begins(engine: Engine) -> None:
    assert held(engine, "2026-11-19") == 1
    with pytest.raises(RefusedError, match="已经过去"):
        held(engine, "2026-11-18")


def test_lifted_it_is_in_force_no_more_from_that_day_on(engine: Engine) -> None:
    held(engine, "2026-12-01")
    with writing(engine) as connection:
        assert holds.lift(connection, 1, "督办专员", "结束", moment("2026-11-23 10:00")).target == "HRM1-1"
    assert [active_on(engine, on) for on in ("2026-11-22", "2026-11-23")] == [[1], []]


@pytest.mark.parametrize(
    ("number", "when", "words"),
    [
        pytest.param(9, "2026-11-20 10:00", "没有暂停督促 #9", id="there is none"),
        pytest.param(1, "2026-11-26 10:00", "已自行结束", id="it has ended by itself"),
    ],
)
def test_only_what_is_in_force_can_be_lifted(engine: Engine, number: int, when: str, words: str) -> None:
    held(engine, "2026-11-25")
    with pytest.raises(RefusedError, match=words), writing(engine) as connection:
        holds.lift(connection, number, "督办专员", "结束", moment(when))
