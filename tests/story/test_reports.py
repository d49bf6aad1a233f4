"""Weeks on the stand-in's records: the reports reconcile with each other, and each is made again the same."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.jobs.side_by_side import again, check_lists, check_stock, sent
from tests.story.district import config_of, opened
from tests.story.moments import MovedClock
from tests.story.stand_in import StandIn
from tests.story.walker import steps_of, take

FIRST = date(2022, 3, 14)
WEEKS = 7


@pytest.mark.slow
def test_the_stock_of_each_unit_goes_from_week_to_week(tmp_path: Path, stand_in: StandIn) -> None:
    days = [FIRST + timedelta(weeks=week, days=day) for week in range(WEEKS) for day in (0, 1, 3)]
    steps = steps_of(days, ((9, 5),))
    clock = MovedClock(steps[0].now)
    with opened(config_of(tmp_path, stand_in), clock) as app:
        for step in steps:
            take(app, clock, stand_in.show, step)
        made = sent(app)
        assert len(made) == WEEKS
        assert sum(payload["total"]["finished"] for payload in made.values()) > 0
        for payload in made.values():
            check_lists(payload)
        for earlier, later in pairwise(made.values()):
            check_stock(earlier, later)
        for week, payload in made.items():
            assert again(app, week) == payload, week
