"""A slot of a job runs once, whoever asks; what became of it is on record."""

import os
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from monitor import owner
from monitor.app import App
from monitor.jobs.rounds import Outcome
from monitor.jobs.slots import JOB_RUN, KEPT, LEASE, last_good_run, minute_slot, run_by_hand, run_slot
from monitor.ledger.database import DatabaseError
from tests.jobs.daemon_day import Day
from tests.ledger.platform import at

SLOT = "2026-11-23T08:50"
GOOD = Outcome("plan", True, "判断：看了 3 件", {"items": 3})


@pytest.mark.parametrize(
    ("now", "minutes", "slot"),
    [
        pytest.param("2026-11-23 09:00", 10, "2026-11-23T09:00", id="a slot begins at its first moment"),
        pytest.param("2026-11-23 09:09:59", 10, "2026-11-23T09:00", id="and lasts to its last"),
        pytest.param("2026-11-23 09:10", 10, "2026-11-23T09:10", id="then comes the next"),
        pytest.param("2026-11-23 00:00", 10, "2026-11-23T00:00", id="the day begins at local midnight"),
        pytest.param("2026-11-23 07:59", 1440, "2026-11-23T00:00", id="a slot of a whole day"),
        pytest.param("2026-11-23 23:59", 7, "2026-11-23T23:55", id="a rhythm that does not divide the hour"),
        pytest.param("2026-11-23 09:05", 1, "2026-11-23T09:05", id="every minute"),
    ],
)
def test_the_slot_that_a_moment_lies_in(now: str, minutes: int, slot: str) -> None:
    assert minute_slot(at(now), minutes) == slot


class Work:
    """A job that counts its runs."""

    def __init__(self, outcome: Outcome = GOOD) -> None:
        self.runs = 0
        self._outcome = outcome

    def __call__(self, _app: App) -> Outcome:
        self.runs += 1
        return self._outcome


def held(day: Day, by: str, lease: datetime, **values: Any) -> None:
    """The slot as another process holds it."""
    with day.app.transactions.write() as connection:
        plain = {"job": "plan", "shard": "all", "slot": SLOT, "owner": by, "started_at": day.clock.now, "counts": {}}
        connection.execute(JOB_RUN.insert().values({**plain, "lease_until": lease, **values}))


def the_row(day: Day) -> Any:
    """The only row."""
    [row] = day.rows(JOB_RUN)
    return row


def test_a_slot_runs_once_and_its_outcome_is_kept(day: Day) -> None:
    work = Work()
    assert [run_slot(day.app, "plan", SLOT, work) for _ in range(3)] == [GOOD, None, None]
    assert work.runs == 1
    row = the_row(day)
    assert (row.outcome, row.counts, row.finished_at) == ("good", {"items": 3}, at("2026-11-23 08:50"))
    assert row.owner == owner.this_process()


def test_other_slots_jobs_and_shards_are_their_own(day: Day) -> None:
    work = Work()
    for job, slot, shard in (
        ("plan", SLOT, "all"),
        ("poll", SLOT, "all"),
        ("plan", "later", "all"),
        ("plan", SLOT, "b"),
    ):
        assert run_slot(day.app, job, slot, work, shard) is GOOD
    assert work.runs == 4


def test_a_bad_round_is_on_record_as_bad_and_its_slot_is_over(day: Day) -> None:
    assert run_slot(day.app, "plan", SLOT, Work(Outcome("plan", False, "不好"))) is not None
    assert the_row(day).outcome == "bad"
    assert run_slot(day.app, "plan", SLOT, Work()) is None


@pytest.mark.parametrize("error", [ValueError("x"), DatabaseError("台账被占用"), KeyboardInterrupt()])
def test_a_round_that_breaks_is_on_record_and_raises(day: Day, error: BaseException) -> None:
    def breaks(_app: App) -> Outcome:
        raise error

    with pytest.raises(type(error)):
        run_slot(day.app, "plan", SLOT, breaks)
    assert the_row(day).outcome == f"error: {type(error).__name__}"


def dead_process() -> str:
    """An owner on this machine that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:1"


def test_a_slot_that_runs_elsewhere_is_left_alone(day: Day) -> None:
    held(day, "elsewhere:7:7", day.clock.now + LEASE)
    assert run_slot(day.app, "plan", SLOT, work := Work()) is None
    assert work.runs == 0


def test_a_slot_whose_lease_ran_out_is_taken_over(day: Day) -> None:
    held(day, "elsewhere:7:7", day.clock.now)
    assert run_slot(day.app, "plan", SLOT, Work()) is GOOD
    assert (the_row(day).owner, the_row(day).outcome) == (owner.this_process(), "good")


def test_a_slot_whose_holder_died_is_taken_over_at_once(day: Day) -> None:
    held(day, dead_process(), day.clock.now + LEASE)
    assert run_slot(day.app, "plan", SLOT, Work()) is GOOD


def test_a_slot_that_a_dead_process_had_finished_is_not_run_again(day: Day) -> None:
    held(day, dead_process(), day.clock.now + LEASE, finished_at=day.clock.now, outcome="good")
    assert run_slot(day.app, "plan", SLOT, Work()) is None


def test_a_slot_finished_by_a_clock_that_was_set_back_runs_again(day: Day) -> None:
    held(day, "elsewhere:7:7", at("2027-11-23 09:00"), finished_at=at("2027-11-23 09:00"), outcome="good")
    assert run_slot(day.app, "plan", SLOT, Work()) is GOOD


def test_a_round_cut_short_by_the_stop_gives_its_slot_back(day: Day) -> None:
    day.app.stop.set()
    run_slot(day.app, "plan", SLOT, Work())
    day.app.stop.clear()
    assert run_slot(day.app, "plan", SLOT, Work()) is GOOD


def test_old_rows_of_a_job_are_cleared_away(day: Day) -> None:
    run_slot(day.app, "plan", "old", Work())
    run_slot(day.app, "poll", "old", Work())
    day.clock.now += KEPT + timedelta(minutes=1)
    run_slot(day.app, "plan", "new", Work())
    assert [(row.job, row.slot) for row in day.rows(JOB_RUN)] == [("plan", "new"), ("poll", "old")]


def test_the_last_good_run_is_neither_a_bad_one_nor_one_of_another_job(day: Day) -> None:
    assert last_good_run(day.app, "plan") is None
    for minute, job, outcome in ((0, "plan", GOOD), (10, "plan", Outcome("plan", False, "")), (20, "poll", GOOD)):
        day.at(f"2026-11-23 09:{minute:02d}")
        run_slot(day.app, job, f"slot {minute}", Work(outcome))
    assert last_good_run(day.app, "plan") == at("2026-11-23 09:00")


def test_rounds_by_hand_have_slots_of_their_own_however_close_they_are(day: Day) -> None:
    work = Work()
    for _ in range(3):
        assert run_by_hand(day.app, "plan", work) is GOOD
    assert (work.runs, len(day.rows(JOB_RUN))) == (3, 3)


@pytest.mark.parametrize(
    ("name", "dead"),
    [
        pytest.param(owner.this_process(), False, id="this process lives"),
        pytest.param(f"{socket.gethostname()}:{os.getpid()}:1", True, id="an earlier process with this number is gone"),
        pytest.param(f"{socket.gethostname()}:{os.getpid()}:0", False, id="without a start time nothing is known"),
        pytest.param("elsewhere:1:1", False, id="of another machine nothing is known"),
        pytest.param("", False, id="nobody is not dead"),
        pytest.param("nonsense", False, id="of what is no owner nothing is known"),
    ],
)
def test_when_an_owner_is_known_to_be_gone(name: str, dead: bool) -> None:
    assert owner.is_dead(name) is dead
