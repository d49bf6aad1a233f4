"""On weeks that were walked honestly the audit finds nothing, whichever moment it is run at."""

from datetime import date
from pathlib import Path

import pytest

from monitor.app import App
from monitor.demo.catcher import Catcher
from monitor.jobs.auditing import audited
from tests.story.district import config_of, opened, working_days
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn
from tests.story.walker import Step, steps_of, take

ONE_ROUND_A_DAY = [(15, 30)]
EARLY_AND_LATE = [(8, 30), (9, 5), (17, 25), (20, 0)]


def differences(app: App, step: Step) -> list[str]:
    """What an audit right after a step finds."""
    return [f"{step}: {sentence}" for sentence in audited(app, step.now).listed(10)]


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        pytest.param(working_days("2022-05-16", 10), [(9, 5), (15, 30)], id="two rounds a day"),
        pytest.param(working_days("2022-03-14", 8), ONE_ROUND_A_DAY, id="one round a day"),
        pytest.param(working_days("2024-09-26", 8), EARLY_AND_LATE, id="rounds by night, over National Day"),
    ],
)
def test_it_never_cries_wolf(tmp_path: Path, stand_in: StandIn, days: list[date], hours: list[tuple[int, int]]) -> None:
    found: list[str] = []
    looked_at = 0
    with Catcher(tmp_path / "mails") as catcher:
        clock = MovedClock(at(days[0]))
        with opened(config_of(tmp_path, stand_in, catcher.port), clock) as app:
            for step in steps_of(days, hours):
                take(app, clock, stand_in.show, step)
                if step.job == "deliver":
                    found += differences(app, step)
                    looked_at = max(looked_at, audited(app, step.now).items)
    assert found == []
    assert looked_at > 50


def test_a_plan_that_stands_still_for_a_day_is_found(tmp_path: Path, stand_in: StandIn) -> None:
    days = working_days("2022-05-16", 3)
    clock = MovedClock(at(days[0]))
    with opened(config_of(tmp_path, stand_in), clock) as app:
        for step in steps_of(days[:1]):
            take(app, clock, stand_in.show, step)
        assert audited(app, clock.now).agrees
        take(app, clock, stand_in.show, Step(at(days[1]), "poll"))
        take(app, clock, stand_in.show, Step(at(days[2]), "poll"))
        clock.now = at(days[2], 11, 0)
        assert audited(app, clock.now).counts["owed"] > 3
