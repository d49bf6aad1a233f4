"""Audiences with hours of their own, round by round: told when they read, of what is true then, and of nothing less."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.hours import Timetable
from alerts.notices import NOTICE
from config.policy import Hours, Policy, Role
from monitor.health import findings
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.ledger.store import ITEM
from tests.alerts.office import WORKDAYS
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import at

HOURS = Hours.model_validate(
    {
        "audience": {
            "principal": {"start": "10:00", "end": "11:30"},
            "deputy_leader": {"start": "14:00", "end": "16:00"},
            "handler": {"start": "08:00", "end": "18:00"},
        }
    }
)
TIMES = ("08:00", "09:00", "10:00", "11:30", "14:00", "17:20", "18:00", "23:00")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Day]:
    """A daemon's parts under these hours."""
    made = day_of(tmp_path, "2026-11-16 08:50", policy=Policy(hours=HOURS))
    yield made
    made.app.engine.dispose()


def tick(day: Day, text: str) -> None:
    """Every round at a moment."""
    day.at(text).poll()
    day.plan()
    day.deliver()


def told(day: Day) -> dict[tuple[str, str, str], str]:
    """(audience, item, step) of every line that left → the local moment it did."""
    return {
        (mail.audience, line["case"]["item"], line["step"]): f"{mail.sent_at.astimezone(at('2026-11-16 08:00').tzinfo)}"
        for mail in day.mails("digest")
        if mail.state == "kept"
        for line in mail.payload["lines"]
    }


def steps(day: Day) -> list[str]:
    """The steps of the ladder that were decided."""
    return [row.step for row in day.rows(NOTICE) if row.clock != "code"]


def due_on_the_sixteenth(day: Day, item: str, **columns: Any) -> None:
    day.item(item, "2026-11-02 09:00:00", "2026-11-02 10:00:00", **columns)


def test_a_red_card_waits_for_the_hours_of_the_principal_without_being_looked_at_meanwhile(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    tick(office, "2026-11-23 09:00")
    assert (office.mails("digest"), steps(office)) == ([], [])
    assert office.rows(ITEM)[0].next_at == at("2026-11-23 10:00")
    assert office.at("2026-11-23 09:30").plan().counts["items"] == 0
    tick(office, "2026-11-23 10:00")
    assert [(mail.audience, mail.level, mail.state) for mail in office.mails("digest")] == [
        ("principal", "red_card", "kept")
    ]


def test_what_was_closed_before_they_came_was_never_a_step(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    tick(office, "2026-11-23 12:00")
    office.event("HRM1-1", 11, "2026-11-24 09:00:00")
    tick(office, "2026-11-24 10:00")
    assert (office.mails("digest"), steps(office)) == ([], [])


def test_a_card_to_several_reaches_each_in_hours_of_their_own_and_as_it_is_then(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    tick(office, "2026-11-17 17:00")
    tick(office, "2026-11-18 09:00")
    tick(office, "2026-11-18 14:00")
    found = {mail.audience: mail for mail in office.mails("digest")}
    assert (found["section_head"].sent_at, found["deputy_leader"].sent_at) == (
        at("2026-11-17 17:00"),
        at("2026-11-18 14:00"),
    )
    overdue = {name: mail.payload["lines"][0]["case"]["overdue_days"] for name, mail in found.items()}
    assert overdue == {"section_head": 1, "deputy_leader": 2}


def test_cards_of_two_days_are_one_mail_when_the_leader_comes(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    office.item("HRM1-2", "2026-11-02 09:00:00", "2026-11-03 10:00:00")  # due on the 17th
    tick(office, "2026-11-17 17:00")
    tick(office, "2026-11-18 09:00")
    assert [mail.state for mail in office.mails("digest") if mail.audience == "deputy_leader"] == ["pending"] * 2
    tick(office, "2026-11-18 14:00")
    [gone] = [mail for mail in office.mails("digest") if mail.audience == "deputy_leader" and mail.state == "kept"]
    assert [line["case"]["item"] for line in gone.payload["lines"]] == ["HRM1-1", "HRM1-2"]


def test_the_handler_is_reminded_before_the_others_are_there(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    tick(office, "2026-11-11 07:50")
    assert office.mails("digest") == []
    tick(office, "2026-11-11 08:00")
    assert [(mail.audience, mail.state) for mail in office.mails("digest")] == [("handler", "kept")]


def walked(day: Day) -> dict[tuple[str, str, str], str]:
    """Two weeks of rounds over items that come due one after another; what each audience was told, and when."""
    for number in range(8):
        day.item(f"HRM1-{number}", "2026-11-02 09:00:00", f"2026-11-{2 + number:02d} 10:00:00")
    for number in range(11, 28):
        for clock_time in TIMES:
            tick(day, f"2026-11-{number} {clock_time}")
    return told(day)


@pytest.mark.slow
def test_hours_of_their_own_change_when_an_audience_is_told_and_not_of_what(office: Day, tmp_path: Path) -> None:
    plain = day_of(tmp_path / "plain", "2026-11-11 08:00")
    expected, found = walked(plain), walked(office)
    assert set(found) == set(expected)
    assert len(found) > 30
    timetable = Timetable(HOURS, WORKDAYS)
    for mail in office.mails("digest"):
        assert mail.state in ("kept", "merged"), mail.outcome
        assert mail.state == "merged" or timetable.is_open(mail.sent_at, Role(mail.audience))
    plain.app.engine.dispose()


def test_the_rounds_of_the_night_do_nothing(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    office.at("2026-11-17 23:00").poll()
    assert plan_round(office.app).counts == {"open": 0}
    deliver_round(office.app)
    assert office.mails("digest") == []


def test_the_counter_is_told_of_codes_in_its_own_hours(tmp_path: Path) -> None:
    hours = Hours.model_validate({"audience": {"counter": {"start": "13:00", "end": "16:00"}}})
    day = day_of(tmp_path, "2026-11-02 08:50", policy=Policy(hours=hours))
    day.item("HRM1-1", "2026-11-02 09:00:00")
    tick(day, "2026-11-03 09:10")
    assert day.mails("codes") == []
    tick(day, "2026-11-03 13:00")
    assert [mail.state for mail in day.mails("codes")] == ["kept"]
    day.app.engine.dispose()


def test_a_mail_that_waits_for_its_readers_hours_is_not_late(office: Day) -> None:
    due_on_the_sixteenth(office, "HRM1-1")
    tick(office, "2026-11-17 17:00")
    for now in ("2026-11-18 09:00", "2026-11-18 13:00"):
        office.at(now)
        assert [found.good for found in findings(office.app) if found.sentence.startswith("待发信件")] == [True]
    office.at("2026-11-18 15:59")
    assert [found.good for found in findings(office.app) if found.sentence.startswith("待发信件 1 封")] == [True]
