"""Rounds as the daemon runs them, one after another with a moved clock."""

from typing import Any

import pytest

from alerts.notices import NOTICE
from monitor.jobs.rounds import plan_round
from monitor.ledger.store import ITEM
from monitor.sources import SourceError
from tests.jobs.daemon_day import Day
from tests.ledger.platform import MATTERS, at


def due_on_the_sixteenth(day: Day, item: str = "HRM1-1", **columns: Any) -> None:
    """An item of ten days accepted on Monday, 2 November: due on Monday the 16th."""
    day.item(item, "2026-11-02 09:00:00", "2026-11-02 10:00:00", **columns)


def digests(day: Day) -> list[tuple[str, str]]:
    """The digests by level and audience, in the order of their making."""
    return [(mail.level, mail.audience) for mail in day.mails("digest")]


def silences(day: Day) -> list[Any]:
    """The mails that say that no data comes."""
    return [mail for mail in day.mails("operator") if mail.key.startswith("blind|")]


def tick(day: Day, text: str) -> None:
    """A poll and a plan at a moment."""
    day.at(text).poll()
    day.plan()


def test_from_the_first_reminder_to_the_red_card_and_the_close(day: Day) -> None:
    due_on_the_sixteenth(day)
    found = {}
    for number in (10, 11, 12, 13, 16, 17, 18, 19, 20, 23):
        before = len(digests(day))
        tick(day, f"2026-11-{number} 09:05")
        if new := digests(day)[before:]:
            found[number] = new
    assert found == {
        11: [("reminder", "handler")],
        13: [("reminder", "handler")],
        16: [("reminder", "handler"), ("reminder", "section_head")],
        17: [("yellow_card", "deputy_leader"), ("yellow_card", "section_head")],
        23: [("red_card", "principal")],
    }
    day.event("HRM1-1", 11, "2026-11-23 11:00:00")
    tick(day, "2026-11-23 11:10")
    assert day.rows(ITEM)[0].next_at is None


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param("2026-11-17 08:59", id="before the working hours"),
        pytest.param("2026-11-17 17:30", id="after the working hours"),
        pytest.param("2026-11-21 10:00", id="on a Saturday"),
    ],
)
def test_outside_the_working_hours_nothing_is_decided_and_no_step_is_burned(day: Day, closed: str) -> None:
    due_on_the_sixteenth(day)
    tick(day, closed)
    assert (digests(day), day.rows(NOTICE)) == ([], [])
    assert day.rows(ITEM)[0].next_at <= at(closed)


def test_after_a_holiday_one_mail_at_the_present_level_goes_out(day: Day) -> None:
    day.item("HRM1-1", "2026-09-14 09:00:00", "2026-09-14 10:00:00", SXBLSX=12)  # due on 30 September
    tick(day, "2026-09-30 18:00")
    for off in ("2026-10-01 10:00", "2026-10-05 10:00", "2026-10-07 10:00"):
        tick(day, off)
    assert digests(day) == []
    tick(day, "2026-10-08 09:00")
    assert digests(day) == [("yellow_card", "deputy_leader"), ("yellow_card", "section_head")]
    over = {row.step for row in day.rows(NOTICE) if row.passed_over}
    assert over == {"promised-in-3", "promised-in-1", "promised-today"}


def test_a_tick_costs_what_is_due_and_not_what_is_open(day: Day) -> None:
    for number in range(20):
        day.item(f"HRM1-{number}", "2026-11-20 09:00:00", "2026-11-20 10:00:00", SXBLSX=40)
    due_on_the_sixteenth(day, "HRM1-99")
    day.at("2026-11-23 09:00").poll()
    assert day.plan().counts["items"] == 21
    assert day.at("2026-11-23 09:10").plan().counts["items"] == 0
    assert day.at("2026-11-24 09:10").plan().counts["items"] <= 1


def test_an_item_closed_between_plan_and_delivery_is_not_written_about(day: Day) -> None:
    due_on_the_sixteenth(day)
    tick(day, "2026-11-17 17:20")
    day.event("HRM1-1", 11, "2026-11-17 17:25:00")
    day.at("2026-11-18 08:50").poll()
    day.at("2026-11-18 09:00").deliver()
    assert {mail.state for mail in day.mails("digest")} == {"dropped"}


def test_mails_wait_over_night_and_show_the_numbers_of_the_morning(day: Day) -> None:
    due_on_the_sixteenth(day)
    tick(day, "2026-11-17 17:20")
    day.at("2026-11-17 17:30").deliver()
    assert {mail.state for mail in day.mails("digest")} == {"pending"}
    day.at("2026-11-18 09:00").deliver()
    assert [(mail.state, mail.payload["lines"][0]["case"]["overdue_days"]) for mail in day.mails("digest")] == [
        ("kept", 2),
        ("kept", 2),
    ]
    names = {mail.message_id.strip("<>").partition("@")[0] for mail in day.mails()}
    assert {path.stem for path in day.app.kept_mails.glob("*.eml")} == names


def test_a_blind_daemon_tells_operator_and_information_centre_once_and_holds_cards(day: Day) -> None:
    due_on_the_sixteenth(day)
    due_on_the_sixteenth(day, "HRM1-2", SXBLSX=12)  # due on the 18th
    day.at("2026-11-16 09:00").poll()
    day.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
    for text in ("2026-11-17 09:30", "2026-11-17 09:40", "2026-11-18 09:30"):
        tick(day, text)
    [warning] = silences(day)
    assert warning.recipients["to"] == ["operator@zwfw.example", "information-centre@xxzx.example"]
    assert {level for level, _ in digests(day)} == {"reminder"}
    day.platform.broken = {}
    tick(day, "2026-11-18 10:00")
    assert digests(day)[-2:] == [("yellow_card", "deputy_leader"), ("yellow_card", "section_head")]
    assert len(silences(day)) == 1


def test_a_second_loss_of_data_is_told_again(day: Day) -> None:
    for text in ("2026-11-16 09:00", "2026-11-18 09:00"):
        day.at(text).poll()
        day.at(text.replace("09:00", "10:00")).plan()
        day.at(f"2026-11-{int(text[8:10]) + 1} 15:00").plan()
    assert len(silences(day)) == 2


def test_before_the_first_poll_nothing_is_said_of_lost_data(day: Day) -> None:
    day.at("2026-11-23 09:30").plan()
    assert silences(day) == []


def test_a_source_that_was_asked_for_a_day_and_never_answered_is_told_of(day: Day) -> None:
    day.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
    for text, warnings in (("2026-11-16 09:00", 0), ("2026-11-17 09:00", 0), ("2026-11-17 09:01", 1)):
        tick(day, text)
        assert len(silences(day)) == warnings


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param("2026-10-31 10:00", [], id="in October the next year need not be known"),
        pytest.param("2026-11-01 10:00", ["calendar|2027|2026-11"], id="from November on it is missed"),
        pytest.param("2027-02-01 10:00", ["calendar|2027|2027-02"], id="in that year itself it still is"),
    ],
)
def test_a_calendar_that_will_end_is_told_of_once_a_month(day: Day, now: str, told: list[str]) -> None:
    for _ in range(2):
        day.at(now).plan()
    assert [mail.key for mail in day.mails("operator")] == told


def test_a_round_says_in_a_sentence_what_it_did(day: Day) -> None:
    due_on_the_sixteenth(day)
    day.at("2026-11-17 09:00").poll()
    outcome = plan_round(day.app)
    assert outcome.good
    assert outcome.sentence.startswith("判断：看了 1 件，产生信件 2 封（")
    assert "到达提醒节点 1" in outcome.sentence
    assert "（发信未开启，信件存于 " in day.deliver().sentence


def test_an_item_of_no_known_unit_goes_to_the_supervisor(day: Day) -> None:
    due_on_the_sixteenth(day, SPBMBM="", SPBMMC="某某办公室")
    tick(day, "2026-11-17 09:00")
    [mail] = day.mails("digest")
    assert (mail.unit, mail.audience, mail.recipients["to"]) == (None, "supervisor", ["supervisor@zwfw.example"])
