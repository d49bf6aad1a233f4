"""How fast mails may leave: arithmetic on moments."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.pace import WINDOW, Pace


def departures(pace: Pace, mails: int, now: float = 1000.0) -> list[float]:
    """When ``mails`` leave that all wait from ``now`` on."""
    found = []
    for _ in range(mails):
        now += pace.wait(now)
        pace.take(now)
        found.append(now)
    return found


def test_without_a_limit_nothing_waits() -> None:
    assert departures(Pace(0), 5) == [1000.0] * 5


def test_as_many_as_allowed_leave_at_once_and_the_next_a_minute_after_the_first() -> None:
    assert departures(Pace(3), 7) == [1000.0, 1000.0, 1000.0, 1060.0, 1060.0, 1060.0, 1120.0]


def test_after_a_quiet_minute_all_may_leave_at_once_again() -> None:
    pace = Pace(2)
    departures(pace, 2, 0.0)
    assert (pace.wait(59.0), pace.wait(60.0)) == (1.0, 0.0)
    assert departures(pace, 2, 200.0) == [200.0, 200.0]


@given(st.integers(1, 20), st.lists(st.floats(0, 30, allow_nan=False), max_size=80))
def test_no_minute_ever_has_more_departures_than_allowed(most: int, gaps: list[float]) -> None:
    pace, now, left = Pace(most), 0.0, []
    for gap in gaps:
        now += gap
        now += pace.wait(now)
        pace.take(now)
        left.append(now)
    # A moment reached by adding up may be off by the last bits of a float.
    assert all(sum(start <= moment < start + WINDOW - 1e-6 for moment in left) <= most for start in left)
