"""A planning round on a real database: what is decided and what is queued are stored together, once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from alerts.case import Case
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from alerts.plan import Planned, Round, plan
from config.policy import Policy, Role
from config.units import UnitDirectory
from monitor.ledger.database import DatabaseError, reading, writing
from tests.alerts.office import (
    DIRECTORY,
    FORESTRY,
    OFFICE,
    POLICY,
    WATER,
    case,
    date_at,
    day,
    digest_mail,
    line,
    moment,
    rows,
    this_round,
    unit,
)

CASES = [
    case(1, item="HRM1-1"),
    case(5, item="HRM1-2"),
    case(-3, item="HRM1-3"),
    case(1, item="HRM1-4", unit=FORESTRY.id, unit_name=FORESTRY.name),
    case(1, item="HRM1-5", unit=None, unit_name="某部门"),
    case(-9, item="HRM1-6"),
    case(1, item="HRM1-7", paused=True),
]


def planned(engine: Engine, cases: Sequence[Case] = CASES, this: Round | None = None) -> Planned:
    """One round, committed."""
    with writing(engine) as connection:
        return plan(connection, cases, this or this_round())


def notices(engine: Engine) -> dict[str, Any]:
    """What was decided, by key."""
    with reading(engine) as connection:
        return {row.key: row for row in connection.execute(select(NOTICE))}


def test_a_round_queues_one_mail_for_each_unit_and_audience(engine: Engine) -> None:
    result = planned(engine)
    assert sorted((mail.unit or "-", mail.audience, mail.level) for mail in rows(engine)) == [
        ("-", "supervisor", "yellow_card"),
        (WATER.id, "deputy_leader", "yellow_card"),
        (WATER.id, "handler", "reminder"),
        (WATER.id, "principal", "red_card"),
        (WATER.id, "section_head", "yellow_card"),
        (FORESTRY.id, "deputy_leader", "yellow_card"),
        (FORESTRY.id, "section_head", "yellow_card"),
    ]
    assert [mail.key for mail in result.mails] == [mail.key for mail in rows(engine)]
    assert {mail.state for mail in rows(engine)} == {"pending"}


def test_a_round_says_why_it_owes_what_it_owes(engine: Engine) -> None:
    assert planned(engine).reasons == {"step_reached": 5, "not_near": 1, "paused": 1}


def test_every_notice_names_its_mail_and_what_was_passed_over_has_none(engine: Engine) -> None:
    planned(engine)
    keys = {mail.key for mail in rows(engine)}
    found = notices(engine)
    sent = {row.step for row in found.values() if row.mail_key in keys and not row.passed_over}
    over = {row.step for row in found.values() if row.passed_over}
    assert sent == {"promised-yellow", "promised-red", "promised-in-3"}
    assert over == {"promised-in-3", "promised-in-1", "promised-today", "promised-yellow"}
    assert {row.mail_key for row in found.values() if row.passed_over} == {None}


def test_addresses_are_settled_when_a_mail_is_queued(engine: Engine) -> None:
    planned(engine, CASES[:1])
    assert [mail.recipients for mail in rows(engine)] == [
        {
            "to": ["deputy_leader@swj.example"],
            "cc": ["supervisor@zwfw.example"],
            "stands_for": None,
            "copies": ["supervisor"],
        },
        {"to": ["section_head@swj.example"], "cc": [], "stands_for": None, "copies": []},
    ]


def test_a_second_round_at_the_same_moment_queues_nothing(engine: Engine) -> None:
    planned(engine)
    before = rows(engine), notices(engine)
    again = planned(engine)
    assert (again.mails, again.reasons["step_reached"]) == ([], 0)
    assert (rows(engine), notices(engine)) == before


def test_a_second_round_at_the_same_moment_loses_nothing_that_has_come_since(engine: Engine) -> None:
    planned(engine, CASES[:1])
    planned(engine, [case(1, item="HRM1-9")])
    lines = [
        each["case"]["item"]
        for mail in rows(engine)
        if mail.audience == "deputy_leader"
        for each in mail.payload["lines"]
    ]
    assert lines == ["HRM1-1", "HRM1-9"]


def test_the_next_date_is_the_earliest_of_an_items_clocks(engine: Engine) -> None:
    promised = case(-9, item="HRM1-1", due=day("2026-12-02"))
    acceptance = case(-1, item="HRM1-1", clock="acceptance", limit=5, due=day("2026-11-20"))
    never = case(40, item="HRM1-2", paused=True)
    assert planned(engine, [promised, never]).next_at == {"HRM1-1": moment("2026-11-27 09:00")}
    assert planned(engine, [promised, acceptance, never]).next_at == {"HRM1-1": moment("2026-11-20 09:00")}


def test_blind_rounds_queue_reminders_and_hold_cards(engine: Engine) -> None:
    result = planned(engine, this=this_round(blind=True))
    assert result.reasons["held_blind"] == 4
    assert [(mail.audience, mail.payload["stale"]) for mail in rows(engine)] == [("handler", True)]
    assert [row.step for row in notices(engine).values()] == ["promised-in-3"]


def test_what_was_held_goes_out_when_the_data_is_back(engine: Engine) -> None:
    planned(engine, CASES[:1], this_round(blind=True))
    assert planned(engine, CASES[:1], this_round("2026-11-19 10:00")).reasons == {"step_reached": 1}


def test_a_long_mail_is_queued_whole_as_it_is_cut_when_it_leaves(engine: Engine) -> None:
    few = this_round(policy=Policy(lines_per_mail=3, ladder=POLICY.ladder))
    planned(engine, [case(5, item=f"HRM1-{n}") for n in range(10)], few)
    [mail] = rows(engine)
    assert (len(mail.payload["lines"]), mail.payload["overdue"]) == (10, 10)
    assert len([row for row in notices(engine).values() if row.mail_key == mail.key]) == 10


def test_more_items_than_a_statement_takes_are_looked_up_in_parts(engine: Engine) -> None:
    many = [case(5, item=f"HRM1-{n:05d}") for n in range(1201)]
    planned(engine, many)
    assert planned(engine, many).reasons == {"already_sent": 1201, "awaited": 1201}


def test_without_good_data_ever_the_mail_says_so(engine: Engine) -> None:
    planned(engine, CASES[2:3], this_round(data_as_of=None, blind=True))
    assert rows(engine)[0].payload["data_as_of"] is None


class UnpluggedError(RuntimeError):
    """What the machine does in the middle of a round."""


class Unlucky(UnitDirectory):
    """A directory whose machine is unplugged when it is asked for the addresses of one role."""

    def addresses(self, role: Role, unit_id: str | None = None) -> tuple[str, ...]:
        """The addresses of all other roles."""
        if role is Role.PRINCIPAL:
            raise UnpluggedError
        return super().addresses(role, unit_id)


def test_a_crash_in_the_middle_leaves_nothing_and_the_next_round_does_everything(engine: Engine) -> None:
    with pytest.raises(UnpluggedError):
        planned(engine, this=this_round(units=Unlucky(DIRECTORY.units, OFFICE)))
    assert (rows(engine), notices(engine)) == ([], {})
    assert len(planned(engine).mails) == 7


def test_two_daemons_that_decide_the_same_cannot_both_store_it(engine: Engine) -> None:
    planned(engine, CASES[:1])
    [key] = [row.key for row in notices(engine).values() if not row.passed_over]
    values = {name: getattr(notices(engine)[key], name) for name in NOTICE.columns.keys()}  # noqa: SIM118
    with pytest.raises(DatabaseError) as caught, writing(engine) as connection:
        connection.execute(NOTICE.insert().values(values))
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_a_mail_key_is_unique_in_the_database_too(engine: Engine) -> None:
    planned(engine, CASES[:1])
    first = rows(engine)[0]
    values = {name: value for name, value in first._mapping.items() if name != "id"}
    with pytest.raises(DatabaseError), writing(engine) as connection:
        connection.execute(MAIL.insert().values(values))
    with reading(engine) as connection:
        assert connection.scalar(select(func.count()).where(MAIL.c.key == first.key)) == 1


def test_a_unit_without_addresses_is_written_to_through_the_supervisor(engine: Engine) -> None:
    bare = UnitDirectory((unit(WATER.id, WATER.name, "swj.example"),), OFFICE)
    planned(engine, CASES[1:2], this_round(units=bare))
    [mail] = rows(engine)
    assert mail.recipients == {
        "to": ["supervisor@zwfw.example"],
        "cc": ["bureau_leader@zwfw.example"],
        "stands_for": "principal",
        "copies": ["bureau_leader"],
    }


def test_the_payload_is_what_the_rules_saw(engine: Engine) -> None:
    planned(engine, [case(1)])
    asked = replace(line(case(1)), answer_by=day("2026-11-24"))
    plain = digest_mail("any", asked, data_as_of=moment("2026-11-19 08:00").isoformat()).payload
    assert rows(engine)[1].payload == plain


def test_a_due_date_moved_after_the_mail_was_queued_is_decided_anew(engine: Engine) -> None:
    planned(engine, [case(1)])
    moved = replace(case(1), due=date_at(1))
    assert planned(engine, [moved], this_round("2026-11-20 09:00")).reasons == {"step_reached": 1}
