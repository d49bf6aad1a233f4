"""What is on record about an item, put into its cases: holds, acknowledgements, and the answer that its unit owes."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.case import Case
from alerts.hours import at
from alerts.past import Answered, Asked, Past, informed, lit_since
from alerts.rules import decide
from tests.alerts.office import DUE, FORESTRY, LADDER, POLICY, WATER, WORKDAYS, case, date_at, day, moment

ITEM = case().item


def known(of: Case, past: Past, today: date) -> dict[str, Case]:
    """The cases of an item with what is on record about it, by clock."""
    return {one.clock: one for one in informed([of], past, today, POLICY, WORKDAYS)}


def said(when: str, kind: str = "receipt", unit: str | None = WATER.id, text: str = "收到") -> Answered:
    return Answered(unit, kind, text, moment(when))


CARDED, ANSWER_BY = date_at(1), date_at(4)


def asked(on: date = CARDED, by: date = ANSWER_BY, **changes: Any) -> Asked:
    """A yellow card that asked for an answer."""
    values: dict[str, Any] = {
        "clock": "promised", "due": DUE, "unit": WATER.id, "level": "yellow_card", "on": on, "by": by,
    }  # fmt: skip
    return Asked(**(values | changes))


class TestHolds:
    @pytest.mark.parametrize(
        ("held", "until"),
        [
            pytest.param({("item", ITEM): day("2026-11-20")}, "2026-11-20", id="the item"),
            pytest.param({("unit", WATER.id): day("2026-11-20")}, "2026-11-20", id="its unit"),
            pytest.param(
                {("unit", WATER.id): day("2026-11-20"), ("item", ITEM): day("2026-11-25")},
                "2026-11-25",
                id="both, the longer one",
            ),
            pytest.param({("unit", FORESTRY.id): day("2026-11-20")}, None, id="another unit"),
            pytest.param({("item", "HRM1-0"): day("2026-11-20")}, None, id="another item"),
            pytest.param({("item", ITEM): day("2026-11-18")}, None, id="until yesterday"),
            pytest.param({("item", ITEM): day("2026-11-19")}, "2026-11-19", id="until today"),
        ],
    )
    def test_a_case_knows_how_long_it_is_held(self, held: dict[tuple[str, str], date], until: str | None) -> None:
        found = known(case(1), Past(held=held), day("2026-11-19"))["promised"]
        assert found.held_until == (day(until) if until else None)


class TestAcknowledgements:
    @pytest.mark.parametrize(
        ("of", "answer", "acknowledged"),
        [
            pytest.param(case(-2), said("2026-11-13 10:00"), True, id="said on the first yellow day"),
            pytest.param(case(-2), said("2026-11-12 18:00"), False, id="said while it was green still"),
            pytest.param(case(-1), said("2026-11-13 10:00"), True, id="the light is yellow as it was"),
            pytest.param(case(0), said("2026-11-17 10:00"), False, id="the light has gone from yellow to orange"),
            pytest.param(case(0), said("2026-11-18 08:30"), True, id="said on the last day"),
            pytest.param(case(1), said("2026-11-19 08:30"), False, id="no more reminders once it is overdue"),
            pytest.param(case(-2), said("2026-11-16 10:00", unit=FORESTRY.id), False, id="another unit said so"),
            pytest.param(case(-2), said("2026-11-16 10:00", "explanation"), True, id="who explains has seen it too"),
            pytest.param(
                case(-2, due=day("2026-11-30")), said("2026-11-16 10:00"), False, id="the date has moved since"
            ),
            pytest.param(
                case(-2, unit_of_limit="natural_day"), said("2026-11-15 10:00"), True, id="three natural days before"
            ),
        ],
    )
    def test_a_receipt_holds_until_the_light_changes(self, of: Case, answer: Answered, acknowledged: bool) -> None:
        today = of.due - timedelta(days=2) if of.due and of.due > DUE else date_at(-(of.countdown or 0))
        assert known(of, Past(answers={ITEM: [answer]}), today)["promised"].acknowledged is acknowledged

    def test_the_last_answer_is_shown_on_one_line_and_not_in_full(self) -> None:
        answers = [said("2026-11-16 10:00", text="早些的"), said("2026-11-17 10:00", text="专家\n评审" + "中" * 500)]
        found = known(case(1), Past(answers={ITEM: answers}), date_at(1))["promised"]
        assert found.answered_on == day("2026-11-17")
        assert (found.answer[:5], len(found.answer), found.answer[-1]) == ("专家 评审", 200, "…")

    def test_a_receipt_without_words_says_that_it_is_one(self) -> None:
        past = Past(answers={ITEM: [said("2026-11-17 10:00", text="")]})
        assert known(case(1), past, date_at(1))["promised"].answer == "已签收"

    @given(st.integers(0, 8), st.booleans())
    def test_the_light_has_been_what_it_is_since_the_first_day_that_has_it(self, left: int, natural: bool) -> None:
        """Day by day from the start: the first day with the light of today is what ``lit_since`` says."""
        unit = "natural_day" if natural else "working_day"
        start, due = day("2026-11-02"), day("2026-11-18")
        days = [start + timedelta(days=n) for n in range((due - start).days + 1)]
        lights = {one: _light_by_hand(one, due, natural) for one in days}
        today = [one for one in days if natural or WORKDAYS.is_workday(one)][-1 - left]
        of = case(-left, light=lights[today], start=start, due=due, unit_of_limit=unit)
        first = next(one for one in days if lights[one] == lights[today])
        assert lit_since(of, POLICY, WORKDAYS) == first


def _light_by_hand(on: date, due: date, natural: bool) -> str:
    ahead = [on + timedelta(days=n) for n in range(1, (due - on).days + 1)]
    left = sum(natural or WORKDAYS.is_workday(one) for one in ahead)
    return "orange" if on == due else "yellow" if left <= POLICY.lights.due_soon else "green"


class TestTheAnswerOwed:
    @pytest.mark.parametrize(
        ("requests", "answers", "of", "today", "expected"),
        [
            pytest.param([asked()], [], case(3), date_at(3), ("running", 1, False), id="a day is left"),
            pytest.param([asked()], [], case(4), date_at(4), ("due_today", 0, False), id="today is the day"),
            pytest.param([asked()], [], case(5), date_at(5), ("overdue", -1, False), id="it is missing"),
            pytest.param(
                [asked()],
                [said("2026-11-20 10:00", "explanation")],
                case(5),
                date_at(5),
                ("answered", -1, True),
                id="it was explained",
            ),
            pytest.param(
                [asked()], [said("2026-11-20 10:00")], case(5), date_at(5), ("overdue", -1, False), id="only seen"
            ),
            pytest.param(
                [asked()],
                [said("2026-11-18 10:00", "explanation")],
                case(5),
                date_at(5),
                ("overdue", -1, False),
                id="explained before it was asked",
            ),
            pytest.param(
                [asked()],
                [said("2026-11-20 10:00", "explanation", FORESTRY.id)],
                case(5),
                date_at(5),
                ("overdue", -1, False),
                id="another unit explained",
            ),
            pytest.param([asked()], [], case(5, closed=True), date_at(5), ("overdue", -1, True), id="it was closed"),
            pytest.param(
                [asked(), asked(date_at(5), date_at(7), level="red_card")],
                [],
                case(6),
                date_at(6),
                ("overdue", -2, False),
                id="another card puts off nothing that is missing",
            ),
            pytest.param(
                [asked(), asked(date_at(5), date_at(7), level="red_card")],
                [],
                case(8),
                date_at(8),
                ("overdue", -1, False),
                id="of two that are missing the last one counts",
            ),
            pytest.param(
                [asked(), asked(date_at(5), date_at(7), level="red_card")],
                [said("2026-11-23 15:00", "explanation")],
                case(8),
                date_at(8),
                ("overdue", -1, False),
                id="the first was explained, the second not",
            ),
            pytest.param(
                [asked(), asked(date_at(5), date_at(7), level="red_card")],
                [said("2026-11-25 15:00", "explanation")],
                case(8),
                date_at(8),
                ("answered", -1, True),
                id="one explanation answers all that was asked before",
            ),
            pytest.param(
                [asked(), asked(date_at(5), date_at(7), level="red_card")],
                [],
                case(5),
                date_at(5),
                ("overdue", -1, False),
                id="nor on its own day",
            ),
            pytest.param(
                [asked(waiting=True)],
                [],
                case(9),
                date_at(9),
                ("running", 3, False),
                id="its mail waits",
            ),
            pytest.param([asked(unit=FORESTRY.id)], [], case(5), date_at(5), None, id="another unit was asked"),
            pytest.param([asked(due=date_at(2))], [], case(5), date_at(5), None, id="the due date has moved since"),
            pytest.param([], [], case(5), date_at(5), None, id="nothing was asked"),
        ],
    )
    def test_it_is_a_clock_of_its_own(
        self,
        requests: list[Asked],
        answers: list[Answered],
        of: Case,
        today: date,
        expected: tuple[str, int, bool] | None,
    ) -> None:
        past = Past(asked={ITEM: requests} if requests else {}, answers={ITEM: answers})
        found = known(of, past, today).get("answer")
        assert (found and (found.state, found.countdown, found.closed)) == expected

    def test_it_is_paused_with_what_it_is_about(self) -> None:
        found = known(case(5, paused=True), Past(asked={ITEM: [asked()]}), date_at(5))["answer"]
        assert decide(found, (), date_at(5), LADDER, WORKDAYS).reason == "paused"


def test_only_what_is_long_overdue_is_looked_up_among_what_was_told() -> None:
    past = Past(keys={ITEM: [(f"{ITEM}|promised|2026-01-05|promised-red", WATER.id)]})
    assert known(case(60), past, date_at(60))["promised"].told is False
    assert known(case(61), past, date_at(61))["promised"].told is True
    assert known(case(61, unit=FORESTRY.id), past, date_at(61))["promised"].told is False


def test_a_case_about_which_nothing_is_on_record_is_handed_on_as_it_is() -> None:
    of = case(1)
    assert informed([of], Past(), date_at(1), POLICY, WORKDAYS)[0] is of


def midnight(on: date) -> datetime:
    """The first moment of a local date."""
    return at(on, time())


@given(st.integers(1, 20), st.one_of(st.none(), st.integers(0, 25)))
def test_walked_day_by_day_a_missing_answer_is_told_once_the_day_after_unless_it_came(
    within: int, answered_after: int | None
) -> None:
    start = date_at(1)
    request = asked(start, WORKDAYS.add(start, within))
    came_on = None if answered_after is None else start + timedelta(days=answered_after)
    answers = [Answered(WATER.id, "explanation", "说明", midnight(came_on))] if came_on else []
    told: list[date] = []
    sent: set[str] = set()
    today = start
    for beyond in range(2, 32):
        today = date_at(beyond)
        so_far = [one for one in answers if one.on <= today]
        found = known(case(beyond), Past(asked={ITEM: [request]}, answers={ITEM: so_far}), today)["answer"]
        owed = decide(found, sent, today, LADDER, WORKDAYS).notice
        if owed:
            told.append(today)
            sent.add(owed.key)
    missing = WORKDAYS.add(request.by, 1)
    assert told == ([] if came_on and came_on <= missing else [missing])
