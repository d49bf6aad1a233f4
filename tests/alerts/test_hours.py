"""When a mail may leave."""

from datetime import time

import pytest

from alerts.hours import Timetable, at, is_open, local, next_open
from config.policy import Hours, Role
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


LEADER_HOURS = Hours.model_validate(
    {
        "audience": {
            "principal": {"start": "10:00", "end": "11:30"},
            "handler": {"start": "08:00", "end": "18:30"},
        }
    }
)
TIMETABLE = Timetable(LEADER_HOURS, WORKDAYS)
PRINCIPAL, HANDLER, HEAD, OPERATOR = Role.PRINCIPAL, Role.HANDLER, Role.SECTION_HEAD, Role.OPERATOR


@pytest.mark.parametrize(
    ("now", "audience", "open_"),
    [
        pytest.param("2026-11-23 09:30", PRINCIPAL, False, id="before hours of its own a role is closed"),
        pytest.param("2026-11-23 10:00", PRINCIPAL, True, id="within them it is open"),
        pytest.param("2026-11-23 11:30", PRINCIPAL, False, id="at their end it is closed again"),
        pytest.param("2026-11-23 08:10", HANDLER, True, id="hours of its own may be longer than those of all"),
        pytest.param("2026-11-23 08:10", HEAD, False, id="which changes nothing for the others"),
        pytest.param("2026-11-23 12:00", None, True, id="a mail to no single role goes by the hours of all"),
        pytest.param("2026-11-22 10:30", PRINCIPAL, False, id="a Sunday is no working day for anybody"),
        pytest.param("2026-11-22 03:00", OPERATOR, True, id="but the operator is told at any hour of any day"),
        pytest.param("2026-11-22 03:00", Role.INFORMATION_CENTRE, True, id="and so is the information centre"),
    ],
)
def test_each_audience_has_its_hours(now: str, audience: Role | None, open_: bool) -> None:
    assert TIMETABLE.is_open(moment(now), audience) is open_
    assert (audience in TIMETABLE.closed(moment(now))) is not open_


@pytest.mark.parametrize(
    ("now", "audiences", "opens"),
    [
        pytest.param("2026-11-23 09:30", [PRINCIPAL], "2026-11-23 10:00", id="later on the same day"),
        pytest.param("2026-11-23 10:20", [PRINCIPAL], "2026-11-23 10:20", id="now, when it is open"),
        pytest.param("2026-11-23 11:30", [PRINCIPAL], "2026-11-24 10:00", id="on the next working day"),
        pytest.param("2026-11-27 11:30", [PRINCIPAL], "2026-11-30 10:00", id="after a weekend"),
        pytest.param("2026-09-30 12:00", [PRINCIPAL], "2026-10-08 10:00", id="after the National Day week"),
        pytest.param("2026-11-23 17:45", [PRINCIPAL, HANDLER], "2026-11-23 17:45", id="one of several is open"),
        pytest.param("2026-11-23 19:00", [PRINCIPAL, HANDLER], "2026-11-24 08:00", id="the first of several"),
    ],
)
def test_when_the_first_of_some_audiences_opens(now: str, audiences: list[Role], opens: str) -> None:
    assert TIMETABLE.opens(moment(now), audiences) == moment(opens)
    assert TIMETABLE.any_open(moment(now), audiences) is (now == opens)


def test_the_first_opening_of_a_day_is_that_of_the_earliest_audience() -> None:
    assert TIMETABLE.first_open(day("2026-11-21"), [PRINCIPAL, HEAD]) == moment("2026-11-23 09:00")
    assert TIMETABLE.first_open(day("2026-11-23"), [PRINCIPAL]) == moment("2026-11-23 10:00")


def test_since_when_an_audience_has_been_open() -> None:
    assert TIMETABLE.opened(moment("2026-11-23 11:00"), PRINCIPAL) == moment("2026-11-23 10:00")
    assert TIMETABLE.opened(moment("2026-11-23 11:00"), OPERATOR) == moment("2026-11-23 00:00")
