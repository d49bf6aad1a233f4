"""What the ledger says of every item is what the clock rules say, whenever it is asked, however often it was read."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from alerts.hours import local
from monitor import show
from monitor.app import App
from monitor.jobs.rounds import plan_round, poll_round
from tests.reference import Entry
from tests.story import oracle
from tests.story.district import (
    BOOKKEEPING,
    CHANGE,
    CURSOR,
    ITEM,
    SET_ASIDE,
    config_of,
    contents,
    environment,
    folder_of,
    opened,
    rows,
    working_days,
)
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn

MOMENTS = [
    at("2022-06-30", 12, 0),
    at("2023-03-15", 17, 29),
    at("2024-02-09", 8, 0),
    pytest.param(at("2025-05-01", 0, 0), marks=pytest.mark.slow),
    pytest.param(at("2025-12-31", 23, 59), marks=pytest.mark.slow),
    at("2026-11-23", 9, 5),
]


def said(app: App) -> dict[str, dict[str, object]]:
    """The ledger as ``ledger --all --format json`` gives it, by item."""
    return {line["item"]: line for line in json.loads(show.as_json(show.select_items(app, every=True)))}


def wrong(given: dict[str, dict[str, object]], expected: dict[str, Entry]) -> list[str]:
    """Every field of the reference that the ledger says otherwise, and items that only one of them has."""
    found = [f"{item} is only in one of them" for item in sorted(given.keys() ^ expected.keys())]
    for item in given.keys() & expected.keys():
        for name, value in expected[item].items():
            if given[item][name] != value:
                found.append(f"{item}: {name} is {given[item][name]}, not {value}")
    return found


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: f"{local(now):%Y-%m-%d %H:%M}")
def test_after_one_poll_every_field_of_every_item_is_what_the_reference_says(
    tmp_path: Path, stand_in: StandIn, now: datetime
) -> None:
    stand_in.show(now)
    with opened(config_of(tmp_path, stand_in), MovedClock(now)) as app:
        outcome = poll_round(app)
        assert outcome.good, outcome.problems
        assert wrong(said(app), oracle.ledger(now)) == []
        assert rows(app, SET_ASIDE) == []


@pytest.mark.slow
def test_the_command_line_says_the_same_as_the_reference(tmp_path: Path, stand_in: StandIn) -> None:
    now = at("2022-06-30", 16, 40)
    stand_in.show(now)
    folder = folder_of(tmp_path)
    program = str(Path(sys.executable).with_name("approval-monitor"))
    command = [program, "--config", str(folder), "--now", "2022-06-30 16:40:00"]
    outside = os.environ | environment(tmp_path, stand_in)
    subprocess.run([*command, "poll"], env=outside, check=True, capture_output=True)
    answer = subprocess.run(
        [*command, "ledger", "--all", "--format", "json"], env=outside, check=True, capture_output=True
    )
    given = {line["item"]: line for line in json.loads(answer.stdout)}
    assert wrong(given, oracle.ledger(now)) == []


NEXT = frozenset({"next_at"})


def poll_and_plan(app: App, clock: MovedClock, stand_in: StandIn, now: datetime) -> int:
    """One round of each at ``now``; returns how many rows were read."""
    clock.now = now
    stand_in.show(now)
    polled, planned = poll_round(app), plan_round(app)
    assert polled.good, polled.problems
    assert planned.good, planned.problems
    return int(polled.counts["rows"])


def day_by_day_and_once(place: Path, stand_in: StandIn, days: list[datetime], end: datetime) -> None:
    """Reads one ledger day by day and another one at the end, and compares them.

    But for when an item is looked at next: that rests on what its unit has been told and asked in the meantime.
    """
    clock = MovedClock(days[0])
    with opened(config_of(place / "daily", stand_in), clock) as app:
        for now in [*days, end]:
            poll_and_plan(app, clock, stand_in, now)
        daily, spoken = contents(app, without=NEXT), said(app)
    with opened(config_of(place / "once", stand_in), clock) as app:
        poll_and_plan(app, clock, stand_in, end)
        once, told = contents(app, without=NEXT), said(app)
    assert spoken == told
    assert wrong(spoken, oracle.ledger(end)) == []
    for name, held in once.items():
        assert daily[name] == held, name


def test_read_day_by_day_for_three_weeks_the_ledger_is_the_one_read_once(tmp_path: Path, stand_in: StandIn) -> None:
    days = [at(day, 16, 0) for day in working_days("2022-06-06", 15)]
    day_by_day_and_once(tmp_path, stand_in, days, at("2022-07-29", 10, 0))


@pytest.mark.slow
def test_read_every_working_day_of_two_months_the_ledger_is_the_one_read_once(
    tmp_path: Path, stand_in: StandIn
) -> None:
    days = [at(day, 16, 0) for day in working_days("2025-03-03", 43)]
    day_by_day_and_once(tmp_path, stand_in, days, at("2025-12-31", 10, 0))


def test_reading_everything_again_from_the_first_row_changes_nothing(tmp_path: Path, stand_in: StandIn) -> None:
    now = at("2023-03-15", 10, 0)
    clock = MovedClock(now)
    with opened(config_of(tmp_path, stand_in), clock) as app:
        read = poll_and_plan(app, clock, stand_in, now)
        before, changes, spoken = contents(app), rows(app, CHANGE), said(app)
        with app.transactions.write() as connection:
            assert connection.execute(CURSOR.delete()).rowcount == 6
        assert poll_and_plan(app, clock, stand_in, now) == read > 0
        assert rows(app, CHANGE) == changes
        assert said(app) == spoken
        assert contents(app) == before


def test_the_columns_left_out_of_the_comparison_are_there() -> None:
    """Else a renamed column would be compared without anybody having decided so."""
    assert {column.name for column in ITEM.columns} & BOOKKEEPING == {"judged_at"}
