"""A planning round while some audiences may be written to and others may not."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine, select

from alerts.case import Case
from alerts.notices import NOTICE
from alerts.plan import Planned, plan
from config.policy import Hours, Policy
from monitor.ledger.database import reading, writing
from tests.alerts.office import POLICY, case, day, moment, rows, this_round

LATER = Hours.model_validate(
    {
        "audience": {
            "principal": {"start": "10:00", "end": "11:30"},
            "deputy_leader": {"start": "14:00", "end": "16:00"},
        }
    }
)
RED, YELLOW, NEAR = case(5, item="HRM1-R"), case(1, item="HRM1-Y"), case(-3, item="HRM1-N", due=day("2026-11-24"))


def planned(engine: Engine, at: str, cases: Sequence[Case], hours: Hours = LATER) -> Planned:
    """One round under a policy with these hours, committed."""
    policy = Policy(ladder=POLICY.ladder, hours=hours)
    with writing(engine) as connection:
        return plan(connection, cases, this_round(at, policy=policy))


def notices(engine: Engine) -> list[str]:
    """The steps that were decided."""
    with reading(engine) as connection:
        return sorted(connection.scalars(select(NOTICE.c.step)))


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        pytest.param("2026-11-19 09:30", "2026-11-19 10:00", id="before the hours of its only audience"),
        pytest.param("2026-11-19 11:30", "2026-11-20 10:00", id="after them"),
        pytest.param("2026-11-20 15:00", "2026-11-23 10:00", id="on the eve of a weekend"),
    ],
)
def test_a_step_is_not_decided_while_none_of_its_audiences_is_open(engine: Engine, at: str, opens: str) -> None:
    result = planned(engine, at, [RED])
    assert (result.reasons, rows(engine), notices(engine)) == ({"out_of_hours": 1}, [], [])
    assert result.next_at == {RED.item: moment(opens)}


def test_it_is_decided_at_its_present_level_when_the_first_of_them_opens(engine: Engine) -> None:
    planned(engine, "2026-11-19 09:30", [RED])
    result = planned(engine, "2026-11-19 10:00", [RED])
    assert [(mail.audience, mail.level) for mail in result.mails] == [("principal", "red_card")]
    assert "promised-red" in notices(engine)


def test_a_step_to_several_is_decided_once_for_all_when_one_of_them_is_open(engine: Engine) -> None:
    result = planned(engine, "2026-11-19 09:30", [YELLOW])
    assert sorted(mail.audience or "" for mail in result.mails) == ["deputy_leader", "section_head"]
    assert planned(engine, "2026-11-19 14:00", [YELLOW]).reasons["already_sent"] == 1


def test_each_clock_waits_for_its_own_audiences(engine: Engine) -> None:
    result = planned(engine, "2026-11-19 09:30", [RED, YELLOW, NEAR])
    assert result.reasons == {"out_of_hours": 1, "step_reached": 2}
    assert "principal" not in {mail.audience for mail in rows(engine)}


def test_items_of_no_known_unit_wait_for_the_supervisor(engine: Engine) -> None:
    hours = Hours.model_validate({"audience": {"supervisor": {"start": "13:00", "end": "17:00"}}})
    nobodys = case(1, item="HRM1-U", unit=None, unit_name="某部门")
    assert planned(engine, "2026-11-19 09:30", [nobodys], hours).reasons == {"out_of_hours": 1}
    assert planned(engine, "2026-11-19 13:00", [nobodys], hours).reasons == {"step_reached": 1}


def test_the_next_look_is_when_the_first_audience_of_the_ladder_opens(engine: Engine) -> None:
    early = Hours.model_validate({"audience": {"handler": {"start": "08:00", "end": "18:00"}}})
    assert planned(engine, "2026-11-19 09:30", [NEAR], early).next_at == {NEAR.item: moment("2026-11-23 08:00")}
