"""When a mail may leave."""

from datetime import time

import pytest

from alerts.hours import at, is_open, local, next_open
from tests.alerts.office import POLICY, WORKDAYS, day, moment


@pytest.mark.parametrize(
    ("now", "open_"),
    [
        pytest.param("2026-11-23 09:00", True, id="a Monday at nine sharp is open"),
        pytest.param("2026-11-23 08:59:59.999999", False, id="just before nine is not"),
        pytest.param("2026-11-23 17:29:59.999999", True, id="just before half past five is open"),
        pytest.param("2026-11-23 17:30", False, id="half past five sharp is not"),
        pytest.param("2026-11-23 00:30", False, id="at night it is closed"),
        pytest.param("2026-11-22 10:00", False, id="an ordinary Sunday is closed"),
        pytest.param("2026-10-10 10:00", True, id="a Saturday that is worked in lieu is open"),
        pytest.param("2026-09-20 10:00", True, id="a Sunday that is worked in lieu is open"),
        pytest.param("2026-10-05 10:00", False, id="a Monday in the National Day week is closed"),
        pytest.param("2026-02-17 10:00", False, id="Spring Festival is closed"),
        pytest.param("2024-02-09 10:00", True, id="the New Year's Eve that was worked is open"),
    ],
)
def test_mails_leave_in_the_working_hours_of_working_days(now: str, open_: bool) -> None:
    assert is_open(moment(now), POLICY.hours, WORKDAYS) is open_


@pytest.mark.parametrize(
    ("from_", "opens"),
    [
        pytest.param("2026-11-23", "2026-11-23 09:00", id="a working day opens at nine"),
        pytest.param("2026-11-21", "2026-11-23 09:00", id="a Saturday opens on Monday"),
        pytest.param("2026-10-01", "2026-10-08 09:00", id="the National Day week opens on the eighth"),
        pytest.param("2026-10-10", "2026-10-10 09:00", id="a Saturday worked in lieu opens itself"),
    ],
)
def test_the_next_opening(from_: str, opens: str) -> None:
    assert next_open(day(from_), POLICY.hours, WORKDAYS) == moment(opens)


def test_a_moment_and_its_local_date_and_time_are_one_thing() -> None:
    assert at(day("2026-11-23"), time(9)) == moment("2026-11-23 09:00")
    assert local(moment("2026-11-23 00:10")).date() == day("2026-11-23")
    assert moment("2026-11-23 00:10").date() == day("2026-11-22")
