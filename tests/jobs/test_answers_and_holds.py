"""Weeks of a daemon: a 督办 that is answered or is not, an item that is held, one that was seen, and years-old ones."""

from collections.abc import Iterable
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from alerts import answers, holds
from alerts.answers import Given
from alerts.decisions import DECISION
from alerts.notices import NOTICE
from monitor.account import account_of
from monitor.admission import Paper
from monitor.explain_text import as_text
from monitor.ledger import replies
from monitor.ledger.replies import Target
from monitor.ledger.store import ITEM
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import ITEMS, at, item_row
from tests.story.district import working_days

ITEM_NO = "HRM1-1"
CODE = "code"
"""The clock of notices about project codes, which are another matter."""
PAPER = Paper("督办专员", "防汛应急")
UNIT = "110116SWJ"


@pytest.fixture
def day(tmp_path: Path) -> Iterable[Day]:
    """A daemon with an item of ten days, accepted on Monday, 2 November 2026: due on Monday the 16th."""
    made = day_of(tmp_path, "2026-11-02 10:30")
    made.item(ITEM_NO, "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    yield made
    made.app.engine.dispose()


def walked(day: Day, first: str, number: int, *, deliver: bool = True) -> dict[str, list[str]]:
    """``number`` working days, one round of each job a day: the steps told on each, by month and day."""
    found: dict[str, list[str]] = {}
    for on in working_days(first, number):
        before = {row.key for row in day.rows(NOTICE)}
        day.at(f"{on} 09:05").poll()
        day.plan()
        if deliver:
            day.deliver()
        new = [row for row in day.rows(NOTICE) if row.key not in before and not row.passed_over and row.clock != CODE]
        if new:
            found[f"{on:%m-%d}"] = sorted(row.key.split("|")[1] + " " + row.key.split("|")[3] for row in new)
    return found


def say(day: Day, text: str, kind: answers.Kind = "explanation", words: str = "专家评审中，12 月 4 日前办结") -> None:
    """The unit answers at a moment."""
    day.at(text)
    with day.app.transactions.write() as connection:
        given = Given((ITEM_NO,), UNIT, kind, words, "区水务局办公室", "mail", day.clock.now)
        assert answers.record(connection, given, day.clock.now) == 1


def keep_quiet(day: Day, until: str, target: Target | None = None) -> None:
    """The supervisor holds the item, or what is given."""
    held = target or Target("item", ITEM_NO, ITEM_NO)
    with day.app.transactions.write() as connection:
        replies.hold(connection, held, until, PAPER, day.app.standards, day.clock.now)


def reason(day: Day, clock: str = "promised", item: str = ITEM_NO) -> str:
    """The last decision on record."""
    return next(row.reason for row in day.rows(DECISION) if (row.item, row.clock) == (item, clock))


def text_of_the_last_mail(day: Day, audience: str) -> str:
    """What the last digest to an audience says, as it was kept."""
    mail = [one for one in day.mails("digest") if one.audience == audience][-1]
    name = mail.message_id.strip("<>").partition("@")[0]
    body = message_from_bytes((day.app.kept_mails / f"{name}.eml").read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class TestTheAnswer:
    def test_a_card_asks_for_it_by_a_date_and_its_absence_is_told_the_day_after(self, day: Day) -> None:
        assert walked(day, "2026-11-11", 10) == {
            "11-11": ["promised promised-in-3"],
            "11-13": ["promised promised-in-1"],
            "11-16": ["promised promised-today"],
            "11-17": ["promised promised-yellow"],
            # The card of the 17th gave three working days, to Friday the 20th.
            "11-23": ["answer answer-missing", "promised promised-red"],
        }
        assert {row.key.split("|")[2] for row in day.rows(NOTICE) if row.clock == "answer"} == {"2026-11-20"}
        [said] = {mail.audience for mail in day.mails("digest") if "answer" in str(mail.payload["lines"])} & {
            "principal"
        }
        text = text_of_the_last_mail(day, said)
        assert "督办后未在要求的期限内收到书面反馈" in text
        assert "请于 2026年11月25日 周三 前书面反馈" in text

    def test_each_card_asks_anew(self, day: Day) -> None:
        found = walked(day, "2026-11-17", 20)
        missing = [on for on, steps in found.items() if "answer answer-missing" in steps]
        # Cards on the 17th, 23rd, 30th and 7 December: three working days, then two each.
        assert missing == ["11-23", "11-26", "12-03", "12-10"]

    def test_an_explanation_ends_it_and_stands_in_the_next_mail(self, day: Day) -> None:
        walked(day, "2026-11-17", 3)
        say(day, "2026-11-20 16:00")
        assert walked(day, "2026-11-23", 3) == {"11-23": ["promised promised-red"]}
        assert "单位答复（2026年11月20日）：专家评审中，12 月 4 日前办结" in text_of_the_last_mail(day, "principal")
        say(day, "2026-11-25 17:00", words="已完成评审")
        assert walked(day, "2026-11-26", 2) == {}
        assert reason(day, "answer") == "answered"
        account = account_of(day.app, ITEM_NO)
        assert account is not None
        explained = "\n".join(as_text(account))
        assert "已完成评审" in explained
        assert "答复　单位已书面答复" in explained

    def test_a_receipt_does_not(self, day: Day) -> None:
        walked(day, "2026-11-17", 3)
        say(day, "2026-11-20 16:00", "receipt", "收到")
        assert "answer answer-missing" in walked(day, "2026-11-23", 1)["11-23"]

    def test_a_closed_item_owes_none(self, day: Day) -> None:
        walked(day, "2026-11-17", 3)
        day.event(ITEM_NO, 11, "2026-11-20 15:00:00")
        assert walked(day, "2026-11-23", 5) == {}

    def test_the_days_begin_when_the_mail_leaves(self, day: Day) -> None:
        assert walked(day, "2026-11-17", 3, deliver=False) == {"11-17": ["promised promised-yellow"]}
        day.at("2026-11-20 09:10").poll()
        day.deliver()
        assert "请于 2026年11月25日 周三 前书面反馈" in text_of_the_last_mail(day, "section_head")
        assert [row.answer_by for row in day.rows(NOTICE) if row.answer_by] == [date(2026, 11, 25)]
        found = walked(day, "2026-11-23", 4)
        # On the 26th the answer to the card that left on the 20th is missing, and that to the red card of the 23rd too.
        assert found == {"11-23": ["promised promised-red"], "11-26": ["answer answer-missing"]}

    def test_while_the_mail_waits_nobody_is_blamed(self, day: Day) -> None:
        found = walked(day, "2026-11-17", 12, deliver=False)
        assert not any("answer answer-missing" in steps for steps in found.values())

    def test_an_answer_is_on_record_once_however_often_it_is_read(self, day: Day) -> None:
        given = Given((ITEM_NO, "HRM1-2"), UNIT, "explanation", "说明", "办公室", "mail", day.clock.now)
        with day.app.transactions.write() as connection:
            assert answers.record(connection, given, day.clock.now) == 2
            assert answers.record(connection, given, day.clock.now + timedelta(hours=1)) == 0
            assert [one["item"] for one in answers.listed(connection)] == [ITEM_NO, "HRM1-2"]


class TestAcknowledgement:
    def test_a_receipt_keeps_reminders_back_until_the_light_changes(self, day: Day) -> None:
        assert walked(day, "2026-11-11", 1) == {"11-11": ["promised promised-in-3"]}
        say(day, "2026-11-11 14:00", "receipt", "收到，正在办理")
        assert walked(day, "2026-11-12", 2) == {}
        assert reason(day) == "acknowledged"
        # The light goes from yellow to orange, then to red.
        assert walked(day, "2026-11-16", 2) == {
            "11-16": ["promised promised-today"],
            "11-17": ["promised promised-yellow"],
        }

    def test_one_of_the_last_day_keeps_no_card_back(self, day: Day) -> None:
        say(day, "2026-11-16 08:30", "receipt", "收到")
        assert walked(day, "2026-11-16", 2) == {"11-17": ["promised promised-yellow"]}

    def test_a_reminder_that_waits_to_leave_is_dropped(self, day: Day) -> None:
        walked(day, "2026-11-11", 1, deliver=False)
        say(day, "2026-11-11 14:00", "receipt", "收到")
        day.deliver()
        assert [(mail.state, mail.outcome) for mail in day.mails("digest")] == [
            ("dropped", "发送前重新判断：所列办件均已不需要提醒")
        ]


class TestHolds:
    def test_over_the_national_holidays_nothing_is_told_and_then_one_mail_at_the_present_level(
        self, tmp_path: Path
    ) -> None:
        day = day_of(tmp_path, "2026-09-28 08:50")
        day.item(ITEM_NO, "2026-09-14 09:00:00", "2026-09-14 10:00:00", SXBLSX=11)  # due on 29 September
        keep_quiet(day, "2026-10-05")
        for moment in ("2026-09-28 09:05", "2026-09-30 09:05", "2026-10-05 10:00", "2026-10-06 10:00"):
            day.at(moment).poll()
            day.plan()
            assert [row for row in day.rows(NOTICE) if row.clock != CODE] == []
        assert reason(day) == "held"
        # The first working hour after the last day of the hold.
        assert [row.next_at for row in day.rows(ITEM)] == [at("2026-10-08 09:00")]
        assert walked(day, "2026-10-08", 1) == {"10-08": ["promised promised-yellow"]}
        audiences = [mail.audience for mail in day.mails("digest")]
        assert audiences == ["deputy_leader", "section_head"]
        day.app.engine.dispose()

    def test_what_waits_to_leave_is_dropped_and_owed_again_afterwards(self, day: Day) -> None:
        walked(day, "2026-11-17", 1, deliver=False)
        keep_quiet(day, "2026-11-18")
        day.deliver()
        assert {mail.state for mail in day.mails("digest")} == {"dropped"}
        assert walked(day, "2026-11-18", 2) == {"11-19": ["promised promised-yellow"]}

    def test_a_unit_is_held_and_the_other_is_not(self, day: Day) -> None:
        day.item("HRM1-2", "2026-11-02 09:00:00", "2026-11-02 10:00:00", SPBMBM="110116FGW")
        keep_quiet(day, "2026-11-18", Target("unit", UNIT, "区水务局"))
        walked(day, "2026-11-17", 1)
        assert {mail.unit for mail in day.mails("digest")} == {"110116FGW"}
        assert reason(day) == "held"

    def test_a_hold_that_is_lifted_gives_way_in_the_next_round(self, day: Day) -> None:
        keep_quiet(day.at("2026-11-17 09:00"), "2026-12-18", Target("unit", UNIT, "区水务局"))
        assert walked(day, "2026-11-17", 1) == {}
        with day.app.transactions.write() as connection:
            replies.lift(connection, 1, PAPER, day.clock.now)
        day.at("2026-11-17 10:00").plan()
        assert reason(day) == "step_reached"

    def test_a_missing_answer_is_held_too(self, day: Day) -> None:
        walked(day, "2026-11-17", 3)
        keep_quiet(day, "2026-11-24")
        assert walked(day, "2026-11-20", 3) == {}
        assert walked(day, "2026-11-25", 1) == {"11-25": ["answer answer-missing", "promised promised-red"]}

    def test_reports_of_any_day_can_be_told_of_the_holds_of_that_day(self, day: Day) -> None:
        keep_quiet(day.at("2026-11-10 09:00"), "2026-11-20")
        with day.app.transactions.write() as connection:
            replies.lift(connection, 1, PAPER, at("2026-11-18 10:00"))
            found = {n: len(holds.active(connection, date(2026, 11, n))) for n in (9, 10, 17, 18, 20, 21)}
        assert found == {9: 0, 10: 1, 17: 1, 18: 0, 20: 0, 21: 0}


class TestYearsOld:
    @pytest.fixture
    def old(self, tmp_path: Path) -> Iterable[Day]:
        """A ledger that is switched on with items years overdue, some months, and one that is due today."""
        made = day_of(tmp_path, "2026-11-16 08:50")
        for number, accepted in enumerate(("2019-03-04", "2023-05-08", "2026-07-01", "2026-09-14", "2026-11-02"), 1):
            made.item(f"HRM1-{number}", f"{accepted} 09:00:00", f"{accepted} 10:00:00")
        yield made
        made.app.engine.dispose()

    def test_they_are_mailed_about_never_and_stand_in_the_weekly_report(self, old: Day) -> None:
        walked(old, "2026-11-16", 25)
        told = {row.item for row in old.rows(NOTICE) if row.clock != CODE}
        assert told == {"HRM1-4", "HRM1-5"}
        assert [reason(old, item=f"HRM1-{n}") for n in (1, 2, 3)] == ["too_old"] * 3
        old.report()
        [weekly] = old.mails("weekly")
        assert all(f"HRM1-{n}" in str(weekly.payload) for n in (1, 2, 3))

    def test_they_cost_no_further_look(self, old: Day) -> None:
        walked(old, "2026-11-16", 2)
        moments = {row.item: row.next_at for row in old.rows(ITEM)}
        assert [moments[f"HRM1-{n}"] for n in (1, 2, 3)] == [None] * 3

    def test_what_was_told_of_while_it_was_young_has_its_last_step_even_after_months_of_standing_still(
        self, old: Day
    ) -> None:
        walked(old, "2026-11-16", 2)
        found = walked(old, "2027-03-01", 1)
        assert "promised promised-red#6" in found["03-01"]
        assert {row.item for row in old.rows(NOTICE) if row.step == "promised-red"} == {"HRM1-4", "HRM1-5"}


class TestDecisions:
    def test_each_clocks_last_reason_is_on_record_and_written_only_when_it_changes(self, day: Day) -> None:
        since: dict[str, Any] = {}
        for text in (
            "2026-11-04 09:05",
            "2026-11-04 15:05",
            "2026-11-05 09:05",
            "2026-11-11 09:05",
            "2026-11-17 09:05",
        ):
            day.at(text).poll()
            day.plan()
            since[text[5:]] = {row.clock: (row.reason, row.at, row.next_on) for row in day.rows(DECISION)}
        first = since["11-04 09:05"]
        assert first["promised"] == ("not_near", at("2026-11-04 09:05"), date(2026, 11, 11))
        assert since["11-04 15:05"] == since["11-05 09:05"] == first
        assert since["11-11 09:05"]["promised"][:2] == ("step_reached", at("2026-11-11 09:05"))
        assert since["11-17 09:05"]["promised"][0] == "step_reached"

    def test_a_clock_that_has_ended_says_so(self, day: Day) -> None:
        day.platform.add(ITEMS, item_row("HRM1-7", 70, "2026-11-02 09:00:00"))
        day.event("HRM1-7", 1, "2026-11-02 09:00:00")
        walked(day, "2026-11-06", 1)
        assert reason(day, "acceptance", "HRM1-7") == "step_reached"
        day.event("HRM1-7", 3, "2026-11-06 15:00:00")
        walked(day, "2026-11-09", 1)
        assert reason(day, "acceptance", "HRM1-7") == "ended"
        assert reason(day, "promised", "HRM1-7") == "not_near"


def test_a_moved_due_date_is_told_with_its_reason(day: Day) -> None:
    walked(day, "2026-11-11", 1)
    day.platform.add(ITEMS, item_row(ITEM_NO, 99, "2026-11-12 10:00:00", SXBLSX=12))
    assert walked(day, "2026-11-12", 2) == {"11-13": ["promised promised-in-3"]}
    assert "期限变更：原 2026年11月16日 → 现 2026年11月18日（平台记录有更新）" in text_of_the_last_mail(day, "handler")
    assert walked(day, "2026-11-16", 2) == {"11-17": ["promised promised-in-1"]}
    assert "期限变更" not in text_of_the_last_mail(day, "handler")
