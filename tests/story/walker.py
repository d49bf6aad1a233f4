"""The walk: the rounds of a daemon, day by day with a moved clock. As a script it is the process that is killed.

python -m tests.story.walker CONFIG POSITION CONTROL_URL DAY…
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import httpx

from alerts.hours import local
from config.load import load
from monitor.app import App, build
from monitor.jobs.rounds import Outcome, deliver_round, plan_round, poll_round
from monitor.jobs.slots import minute_slot, run_slot
from monitor.reporting.sending import report_round
from tests.story.moments import MovedClock, at

JOBS: dict[str, Callable[[App], Outcome]] = {
    "poll": poll_round,
    "plan": plan_round,
    "report": report_round,
    "deliver": deliver_round,
}
HOURS = ((9, 5), (15, 30))


@dataclass(frozen=True)
class Step:
    """One round of one job at one moment (UTC)."""

    now: datetime
    job: str


def steps_of(days: Sequence[date], hours: Sequence[tuple[int, int]] = HOURS) -> list[Step]:
    """Every round of these days, in order."""
    return [Step(at(day, *hour), job) for day in days for hour in hours for job in JOBS]


def take(app: App, clock: MovedClock, show: Callable[[datetime], object], step: Step) -> Outcome | None:
    """Moves all clocks to the step and runs it as a slot; None when the slot has been run before."""
    clock.now = step.now
    show(step.now)
    outcome = run_slot(app, step.job, minute_slot(step.now, 10), JOBS[step.job])
    if outcome is not None and not outcome.good:
        raise RuntimeError(f"{step}: {outcome.sentence} {outcome.problems}")
    return outcome


def main(folder: str, position: str, control_url: str, *days: str) -> None:
    """Walks on from where the position file says; the position is written before each step."""
    steps = steps_of([date.fromisoformat(day) for day in days])
    kept = Path(position)
    done = int(kept.read_text("ascii")) if kept.exists() else 0
    if done == len(steps):
        return
    clock = MovedClock(steps[done].now)
    with httpx.Client(trust_env=False) as platform:
        app = build(load(folder), clock)

        def show(now: datetime) -> None:
            platform.post(control_url, json={"now": f"{local(now):%Y-%m-%d %H:%M:%S}"}).raise_for_status()

        for number in range(done, len(steps)):
            _keep(kept, number)
            take(app, clock, show, steps[number])
        app.engine.dispose()
    _keep(kept, len(steps))


def _keep(path: Path, number: int) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(str(number), "ascii")
    os.replace(partial, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
