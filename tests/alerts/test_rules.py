"""Which step of the ladder is owed: each step at its day and beside it, and all that keeps a step from being owed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.case import Case
from alerts.hours import next_open
from alerts.rules import REASONS, Decision, Ladder, decide
from config.policy import Role, Step
from tests.alerts.office import DUE, LADDER, POLICY, STEPS, WORKDAYS, case, date_at, day, moment, notice

ACCEPTANCE = {"clock": "acceptance", "limit": 5}
DELIVERY = {"clock": "delivery", "limit": 10}


def decided(of: Case, beyond: int, sent: Iterable[str] = (), ladder: Ladder = LADDER, **how: Any) -> Decision:
    """The decision on a case on the working day ``beyond`` days past its due date."""
    return decide(of, set(sent), date_at(beyond), ladder, WORKDAYS, **how)


def said(decision: Decision) -> str:
    """The step that is owed, with its repetition, or the reason why none is."""
    owed = decision.notice
    return decision.reason if owed is None else owed.step.name + (f"#{owed.repeat}" if owed.repeat else "")


def walked(steps: range, **changes: Any) -> dict[int, str]:
    """What is owed on each working day when every notice owed before was sent; days with nothing owed are left out."""
    sent: set[str] = set()
    found = {}
    for beyond in steps:
        decision = decided(case(beyond, **changes), beyond, sent)
        if decision.notice is not None:
            found[beyond] = said(decision)
            sent.add(decision.notice.key)
    return found


@pytest.mark.parametrize(
    ("clock", "beyond", "owed"),
    [
        pytest.param({}, -4, "not_near", id="four days before the promised date it is too early"),
        pytest.param({}, -3, "promised-in-3", id="three days before the promised date the handler is reminded"),
        pytest.param({}, -2, "promised-in-3", id="two days before, nothing sent yet, it is still that reminder"),
        pytest.param({}, -1, "promised-in-1", id="one day before the promised date it is the second reminder"),
        pytest.param({}, 0, "promised-today", id="on the promised date handler and section head are reminded"),
        pytest.param({}, 1, "promised-yellow", id="the day after the promised date brings the yellow card"),
        pytest.param({}, 4, "promised-yellow", id="four days after it is still the yellow card"),
        pytest.param({}, 5, "promised-red", id="five days after it is the red card"),
        pytest.param({}, 6, "promised-red", id="six days after it is still the first red card"),
        pytest.param({}, 10, "promised-red#1", id="ten days after it is the first repetition"),
        pytest.param(ACCEPTANCE, -2, "not_near", id="two days before acceptance runs out it is too early"),
        pytest.param(
            ACCEPTANCE, -1, "acceptance-in-1", id="one day before acceptance runs out the handler is reminded"
        ),
        pytest.param(ACCEPTANCE, 0, "acceptance-today", id="on the last day of acceptance they are reminded"),
        pytest.param(ACCEPTANCE, 1, "acceptance-deemed", id="the day after, the item counts as accepted"),
        pytest.param(ACCEPTANCE, 9, "acceptance-deemed", id="nine days after it is still that card"),
        pytest.param(DELIVERY, -2, "not_near", id="two days before a document is due it is too early"),
        pytest.param(DELIVERY, -1, "delivery-in-1", id="one day before a document is due the handler is reminded"),
        pytest.param(DELIVERY, 0, "delivery-in-1", id="on the day a document is due there is no step of its own"),
        pytest.param(DELIVERY, 1, "delivery-yellow", id="the day after a document was due brings the yellow card"),
        pytest.param({"clock": "statutory"}, 9, "no_steps", id="the statutory clock has no steps of its own"),
    ],
)
def test_each_step_begins_on_its_day(clock: dict[str, Any], beyond: int, owed: str) -> None:
    assert said(decided(case(beyond, **clock), beyond)) == owed


def test_day_by_day_each_step_is_owed_once_and_the_red_card_comes_back_every_five_days_six_times() -> None:
    assert walked(range(-20, 80)) == {
        -3: "promised-in-3",
        -1: "promised-in-1",
        0: "promised-today",
        1: "promised-yellow",
        5: "promised-red",
        10: "promised-red#1",
        15: "promised-red#2",
        20: "promised-red#3",
        25: "promised-red#4",
        30: "promised-red#5",
        35: "promised-red#6",
    }


def test_day_by_day_an_unanswered_application_is_two_reminders_and_one_card() -> None:
    assert walked(range(-5, 30), **ACCEPTANCE) == {-1: "acceptance-in-1", 0: "acceptance-today", 1: "acceptance-deemed"}


def test_after_the_last_repetition_the_reason_is_that_they_are_used_up() -> None:
    last = case(39)
    decision = decided(last, 39, [notice(last, "promised-red", 6).key])
    assert (decision.reason, decision.notice, decision.next_on) == ("repeats_used_up", None, None)


@pytest.mark.parametrize(
    ("changes", "beyond", "owed"),
    [
        pytest.param({"limit": 6}, -3, "promised-in-3", id="three days before is half of six"),
        pytest.param({"limit": 5}, -3, "not_near", id="three days before is more than half of five"),
        pytest.param({"limit": 2}, -1, "promised-in-1", id="one day before is half of two"),
        pytest.param({"limit": 1}, -1, "not_near", id="one day before is the whole of one"),
        pytest.param({"limit": 1}, 0, "promised-today", id="the last day is never too early"),
        pytest.param({"limit": 0}, 0, "promised-today", id="an instant item is due on its first day"),
        pytest.param(
            {"limit": 48, "unit_of_limit": "hour"}, -2, "not_near", id="three days before is earlier than 48 hours"
        ),
        pytest.param(
            {"limit": 48, "unit_of_limit": "hour"}, -1, "promised-in-1", id="one day before is half of 48 hours"
        ),
    ],
)
def test_a_reminder_waits_until_half_of_a_short_limit_is_used(changes: dict[str, Any], beyond: int, owed: str) -> None:
    assert said(decided(case(beyond, **changes), beyond)) == owed


def test_a_fraction_of_zero_switches_that_off() -> None:
    assert said(decided(case(-1, limit=1), -1, ladder=Ladder(LADDER.steps, 0))) == "promised-in-1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"closed": True}, "closed", id="a closed item is owed nothing"),
        pytest.param({"closed": True, "paused": True}, "closed", id="a closed item is closed before all else"),
        pytest.param({"start": None, "due": None, "countdown": None}, "not_started", id="a clock not started"),
        pytest.param({"limit": None, "due": None, "countdown": None}, "no_limit", id="a clock without a limit"),
        pytest.param({"paused": True}, "paused", id="a paused clock, even if it is overdue"),
        pytest.param({"paused": True, "due": None, "countdown": None}, "paused", id="a paused clock without due date"),
        pytest.param({"due": None, "countdown": None}, "no_limit", id="without a due date nothing can be said"),
    ],
)
def test_an_idle_clock_is_owed_nothing_and_is_not_looked_at_by_time(changes: dict[str, Any], reason: str) -> None:
    assert decided(case(7, **changes), 7) == Decision(reason)


def test_what_was_sent_is_not_owed_again() -> None:
    late = case(1)
    decision = decided(late, 1, [notice(late, "promised-yellow").key])
    assert (decision.reason, decision.notice) == ("already_sent", None)


@pytest.mark.parametrize(
    ("beyond", "sent", "owed", "passed_over"),
    [
        pytest.param(
            0, [], "promised-today", ["promised-in-3", "promised-in-1"], id="after a stand-still over the reminders"
        ),
        pytest.param(
            7,
            ["promised-in-3"],
            "promised-red",
            ["promised-in-1", "promised-today", "promised-yellow"],
            id="what was sent before the stand-still was not passed over",
        ),
        pytest.param(
            17,
            ["promised-in-3", "promised-in-1", "promised-today", "promised-yellow", "promised-red"],
            "promised-red#2",
            [],
            id="of several repetitions missed only the present one is owed",
        ),
    ],
)
def test_after_a_stand_still_one_notice_at_the_present_level_is_owed(
    beyond: int, sent: list[str], owed: str, passed_over: list[str]
) -> None:
    late = case(beyond)
    decision = decided(late, beyond, [notice(late, step).key for step in sent])
    assert (said(decision), [each.step.name for each in decision.passed_over]) == (owed, passed_over)


def test_past_the_statutory_limit_the_red_card_comes_at_once() -> None:
    unlawful = case(2, past_statutory=True, statutory_due=date_at(1))
    decision = decided(unlawful, 2, [notice(unlawful, "promised-yellow").key])
    assert said(decision) == "promised-red"
    assert said(decided(case(2), 2)) == "promised-yellow"


def test_past_the_statutory_limit_before_the_promised_date_the_red_card_is_owed_once() -> None:
    early = case(-2, past_statutory=True)
    decision = decided(early, -2)
    assert said(decision) == "promised-red"
    assert decision.notice
    assert said(decided(case(1, past_statutory=True), 1, [decision.notice.key])) == "already_sent"


def test_repetitions_of_an_early_red_card_count_from_its_ordinary_day() -> None:
    assert walked(range(2, 12), past_statutory=True) == {2: "promised-red", 10: "promised-red#1"}


def test_a_changed_due_date_arms_every_step_again() -> None:
    before, after = case(1), case(1, due=DUE + timedelta(days=7))
    sent = [
        notice(before, step).key for step in ("promised-in-3", "promised-in-1", "promised-today", "promised-yellow")
    ]
    assert said(decided(before, 1, sent)) == "already_sent"
    assert said(decided(after, 1, sent)) == "promised-yellow"


@pytest.mark.parametrize(
    ("beyond", "owed"),
    [
        pytest.param(-1, "promised-in-1", id="a reminder goes out"),
        pytest.param(0, "promised-today", id="the reminder of the last day goes out"),
        pytest.param(1, "held_blind", id="a yellow card is held"),
        pytest.param(5, "held_blind", id="a red card is held"),
    ],
)
def test_while_the_daemon_is_blind_escalations_are_held_and_reminders_are_not(beyond: int, owed: str) -> None:
    decision = decided(case(beyond), beyond, blind=True)
    assert said(decision) == owed
    assert not (owed == "held_blind" and decision.passed_over)


def test_what_is_held_is_looked_at_again_the_same_day_and_owed_when_the_data_is_back() -> None:
    assert decided(case(1), 1, blind=True).next_on == date_at(1)
    assert said(decided(case(3), 3)) == "promised-yellow"


@pytest.mark.parametrize(
    ("changes", "beyond", "sent", "next_on"),
    [
        pytest.param({}, -15, [], "2026-11-13", id="before the first step: the day of the first step"),
        pytest.param({}, -3, ["promised-in-3"], "2026-11-17", id="after a step: the day of the next one"),
        pytest.param({}, -2, [], "2026-11-17", id="a step that comes late does not put off the next"),
        pytest.param({}, 0, [], "2026-11-19", id="from the last day on: the working day after"),
        pytest.param({}, 1, [], "2026-11-25", id="from the yellow card on: the day of the red card"),
        pytest.param({}, 5, [], "2026-12-02", id="from the red card on: its first repetition"),
        pytest.param({}, 12, ["promised-red#1"], "2026-12-09", id="from a repetition on: the next one"),
        pytest.param({}, 35, [], None, id="after the last repetition: never again by time"),
        pytest.param({"statutory_due": "2026-11-05"}, -15, [], "2026-11-06", id="the statutory limit is passed before"),
        pytest.param({"statutory_due": "2026-11-20"}, 1, [], "2026-11-23", id="it is passed before the red card"),
        pytest.param({"statutory_due": "2026-12-20"}, 1, [], "2026-11-25", id="it is passed long after the red card"),
        pytest.param(ACCEPTANCE, 1, [], None, id="after the last step of a clock: never again by time"),
    ],
)
def test_a_decision_names_the_date_to_look_again(
    changes: dict[str, Any], beyond: int, sent: list[str], next_on: str | None
) -> None:
    given = {name: day(value) if name == "statutory_due" else value for name, value in changes.items()}
    of = case(beyond, **given)
    keys = [notice(of, name.partition("#")[0], int(name.partition("#")[2] or 0)).key for name in sent]
    assert decided(of, beyond, keys).next_on == (day(next_on) if next_on else None)


def test_the_date_to_look_again_steps_over_a_week_of_holidays() -> None:
    eve = case(0, due=day("2026-09-30"))
    assert decide(eve, set(), day("2026-09-30"), LADDER, WORKDAYS).next_on == day("2026-10-08")


def test_without_a_promised_limit_the_statutory_one_is_reminded_of_by_the_same_steps() -> None:
    found = decided(case(1, clock="statutory", stands_in=True), 1)
    assert found.notice is not None
    assert (found.notice.clock, found.notice.step.name) == ("statutory", "promised-yellow")


def test_a_clock_without_steps_says_so() -> None:
    assert decided(case(1, clock="statutory"), 1).reason == "no_steps"


OWN = Step(
    name="own", clock="promised", at=-2, level="reminder", to=(Role.HANDLER,), matters=("m1",), limit_from=3, limit_to=9
)


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        pytest.param({"matter_code": "m1", "limit": 9}, "own", id="of its matter and length"),
        pytest.param({"matter_code": "m2", "limit": 9}, "promised-in-3", id="of another matter"),
        pytest.param({"matter_code": "m1", "limit": 10}, "promised-in-3", id="of a longer limit"),
        pytest.param({"matter_code": "m1", "limit": 3}, "not_near", id="of a limit half of which has not passed"),
    ],
)
def test_a_step_can_be_for_a_matter_and_a_length_of_limit(changes: dict[str, Any], owed: str) -> None:
    ladder = Ladder((*LADDER.steps, OWN), LADDER.min_fraction_of_limit)
    assert said(decided(case(-2, **changes), -2, ladder=ladder)) == owed


class TestTooOld:
    """What was long overdue when it was first seen is left to the weekly report."""

    @pytest.mark.parametrize(
        ("beyond", "changes", "reason"),
        [
            pytest.param(60, {}, "step_reached", id="sixty days overdue it is still told"),
            pytest.param(61, {}, "too_old", id="a day more and it is not"),
            pytest.param(400, {}, "too_old", id="nor is what is years old when the program is switched on"),
            pytest.param(400, {"told": True}, "step_reached", id="what was told of before has its last step"),
            pytest.param(400, {"paused": True}, "paused", id="paused is paused first"),
            pytest.param(61, ACCEPTANCE, "too_old", id="an acceptance is no different"),
            pytest.param(61, {"clock": "answer", "limit": 3}, "too_old", id="nor is a missing answer"),
        ],
    )
    def test_it_is_judged_by_its_age_at_first_sight(self, beyond: int, changes: dict[str, Any], reason: str) -> None:
        assert decided(case(beyond, **changes), beyond).reason == reason

    def test_it_is_not_looked_at_again_by_time(self) -> None:
        assert decided(case(400), 400) == Decision("too_old")

    def test_zero_switches_that_off(self) -> None:
        ladder = Ladder(LADDER.steps, LADDER.min_fraction_of_limit)
        assert said(decided(case(400), 400, ladder=ladder)) == "promised-red#6"

    def test_day_by_day_an_item_that_was_told_of_is_never_too_old(self) -> None:
        assert max(walked(range(-20, 200), told=False)) == 35


class TestHeld:
    """Nothing is owed of what the supervisor holds, and no step is used up."""

    def test_up_to_its_last_day_nothing_is_owed_and_the_day_after_it_is_looked_at(self) -> None:
        until = date_at(3)
        for beyond in range(-3, 4):
            decision = decided(case(beyond, held_until=until), beyond)
            assert decision == Decision("held", next_on=until + timedelta(days=1))
        after = decided(case(4, held_until=until), 4)
        assert (said(after), len(after.passed_over)) == ("promised-yellow", 3)

    def test_a_hold_that_ends_in_the_holidays_is_looked_at_when_they_are_over(self) -> None:
        held = case(1, due=day("2026-09-29"), held_until=day("2026-10-03"))
        decision = decide(held, set(), day("2026-09-30"), LADDER, WORKDAYS)
        assert decision.next_on == day("2026-10-04")
        opens = next_open(decision.next_on, POLICY.hours, WORKDAYS)
        assert opens == moment("2026-10-08 09:00")

    @pytest.mark.parametrize(
        ("beyond", "changes", "reason"),
        [
            pytest.param(-9, {}, "not_near", id="what is not near is not held but not near"),
            pytest.param(2, {"closed": True}, "closed", id="what is closed is closed"),
            pytest.param(400, {}, "too_old", id="what is too old would not be told anyway"),
        ],
    )
    def test_only_what_would_be_owed_is_kept_back(self, beyond: int, changes: dict[str, Any], reason: str) -> None:
        assert decided(case(beyond, held_until=date_at(500), **changes), beyond).reason == reason

    def test_what_was_told_before_the_hold_was_told(self) -> None:
        late = case(2, held_until=date_at(9))
        assert decided(late, 2, [notice(late, "promised-yellow").key]).reason == "already_sent"


class TestAcknowledged:
    """A unit that has seen it is not reminded, but gets its card."""

    @pytest.mark.parametrize(
        ("beyond", "reason"),
        [
            pytest.param(-3, "acknowledged", id="three days before"),
            pytest.param(0, "acknowledged", id="on the last day, if it was said that day"),
            pytest.param(1, "step_reached", id="a yellow card comes all the same"),
            pytest.param(5, "step_reached", id="so does a red one"),
        ],
    )
    def test_a_reminder_is_kept_back_and_a_card_is_not(self, beyond: int, reason: str) -> None:
        assert decided(case(beyond, acknowledged=True), beyond).reason == reason

    def test_it_is_looked_at_again_on_the_day_of_the_next_step(self) -> None:
        assert decided(case(-3, acknowledged=True), -3) == Decision("acknowledged", next_on=date_at(-1))

    def test_a_reminder_kept_back_is_not_used_up(self) -> None:
        later = decided(case(0), 0)
        assert [one.step.name for one in later.passed_over] == ["promised-in-3", "promised-in-1"]


class TestAnswers:
    """A card asks for an answer by a date, and the missing answer is a step of its own."""

    @pytest.mark.parametrize(
        ("changes", "beyond", "answer_by"),
        [
            pytest.param({}, 0, None, id="a reminder asks for none"),
            pytest.param({}, 1, "2026-11-24", id="a yellow card gives three working days, over a weekend"),
            pytest.param({}, 5, "2026-11-27", id="a red card two"),
            pytest.param({"unit": None}, 1, None, id="nobody can be asked about an item of an unknown unit"),
            pytest.param({"clock": "answer", "limit": 3}, 1, None, id="a missing answer is not asked for once more"),
        ],
    )
    def test_by_when(self, changes: dict[str, Any], beyond: int, answer_by: str | None) -> None:
        owed = decided(case(beyond, **changes), beyond).notice
        assert owed is not None
        assert owed.answer_by == (day(answer_by) if answer_by else None)

    def test_what_is_only_told_to_the_office_asks_the_unit_for_nothing(self) -> None:
        told = Step(name="told", clock="promised", at=1, level="yellow_card", to=(Role.SUPERVISOR,))
        owed = decided(case(1), 1, ladder=Ladder((told,), answers={"yellow_card": 3})).notice
        assert owed is not None
        assert owed.answer_by is None

    def test_day_by_day_a_missing_answer_is_one_step(self) -> None:
        assert walked(range(-3, 30), clock="answer", limit=3) == {1: "answer-missing"}

    @pytest.mark.parametrize(
        ("beyond", "changes", "reason"),
        [
            pytest.param(-1, {}, "awaited", id="before its date it is awaited"),
            pytest.param(0, {}, "awaited", id="on its date too"),
            pytest.param(1, {"closed": True, "state": "answered"}, "answered", id="an explanation ends it"),
            pytest.param(1, {"closed": True}, "closed", id="so does the end of what it was about"),
            pytest.param(1, {"paused": True}, "paused", id="and while that is paused nothing is said"),
        ],
    )
    def test_why_nothing_is_owed(self, beyond: int, changes: dict[str, Any], reason: str) -> None:
        assert decided(case(beyond, clock="answer", limit=3, **changes), beyond).reason == reason


def test_every_reason_has_its_words() -> None:
    reasons = {decided(case(beyond), beyond, blind=blind).reason for beyond in range(-5, 40) for blind in (True, False)}
    assert reasons <= REASONS.keys()
    assert all(REASONS.values())


def test_steps_are_taken_in_the_order_of_their_days_however_they_are_written() -> None:
    backwards = replace(LADDER, steps=tuple(reversed(LADDER.steps)))
    for beyond in range(-5, 12):
        assert decided(case(beyond), beyond, ladder=backwards) == decided(case(beyond), beyond)


def test_steps_of_another_clock_play_no_part() -> None:
    only = Step(name="review-late", clock="review", at=1, level="yellow_card", to=STEPS["promised-yellow"].to)
    decision = decided(case(9), 9, ladder=Ladder((only,)))
    assert (decision.reason, decision.next_on) == ("no_steps", None)
