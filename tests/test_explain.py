"""The account of a due date: every day between start and end is in exactly one run, and the counted ones add up."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clocks import Clock, Limit, State
from monitor.counting import Counter
from monitor.events import SHANGHAI, Pause
from monitor.explain import Run, runs
from monitor.workdays import Workdays

WORKDAYS = Workdays()


def clock(due: date | None, unit: str = "working_day") -> Clock:
    return Clock("promised", State.RUNNING, limit=Limit(5, unit), due=due)


def pause(first: date, last: date) -> Pause:
    return Pause("special", *(datetime.combine(day, time(10), SHANGHAI) for day in (first, last)))


def shape(found: list[Run]) -> list[tuple[str, str, int, str, bool]]:
    return [(f"{run.first:%m-%d}", f"{run.last:%m-%d}", run.counted, run.reason, run.overdue) for run in found]


@pytest.mark.parametrize(
    ("start", "end", "due", "pauses", "expected"),
    [
        pytest.param(
            date(2026, 9, 28),
            date(2026, 10, 10),
            date(2026, 10, 10),
            [],
            [
                ("09-29", "09-30", 2, "工作日", False),
                ("10-01", "10-07", 0, "国庆节", False),
                ("10-08", "10-09", 2, "工作日", False),
                ("10-10", "10-10", 1, "国庆节调休上班", False),
            ],
            id="National Day is not counted and the worked Saturday after it is",
        ),
        pytest.param(
            date(2026, 11, 19),
            date(2026, 11, 24),
            date(2026, 11, 20),
            [],
            [
                ("11-20", "11-20", 1, "工作日", False),
                ("11-21", "11-22", 0, "周末", True),
                ("11-23", "11-24", 2, "工作日", True),
            ],
            id="after the due date the days of delay are counted by themselves",
        ),
        pytest.param(
            date(2026, 11, 16),
            date(2026, 11, 20),
            None,
            [pause(date(2026, 11, 17), date(2026, 11, 19))],
            [
                ("11-17", "11-17", 1, "工作日", False),
                ("11-18", "11-19", 0, "暂停", False),
                ("11-20", "11-20", 1, "工作日", False),
            ],
            id="a pause leaves its first day counted and takes its last",
        ),
        pytest.param(
            date(2026, 12, 31),
            date(2027, 1, 1),
            None,
            [],
            [("01-01", "01-01", 0, "元旦（推算）", False)],
            id="a day of a year without a notice says that it is inferred",
        ),
    ],
)
def test_the_runs_of_a_clock(
    start: date, end: date, due: date | None, pauses: list[Pause], expected: list[tuple[str, str, int, str, bool]]
) -> None:
    assert shape(runs(start, end, clock(due), pauses, WORKDAYS)) == expected


@given(
    start=st.dates(date(2024, 1, 1), date(2026, 12, 31)),
    length=st.integers(0, 120),
    after=st.integers(0, 60),
    lasts=st.integers(0, 60),
    unit=st.sampled_from(["working_day", "natural_day"]),
)
def test_runs_hold_every_day_once_and_count_what_the_clock_counts(
    start: date, length: int, after: int, lasts: int, unit: str
) -> None:
    end = start + timedelta(days=length)
    stop = pause(start + timedelta(days=after), start + timedelta(days=after + lasts))
    found = runs(start, end, clock(None, unit), [stop], WORKDAYS)
    covered = [n for run in found for n in range(run.first.toordinal(), run.last.toordinal() + 1)]
    assert covered == list(range(start.toordinal() + 1, end.toordinal() + 1))
    counter = Counter(WORKDAYS, unit == "working_day", [(stop.start, stop.end)])
    assert sum(run.counted for run in found) == counter.count(start, end)
