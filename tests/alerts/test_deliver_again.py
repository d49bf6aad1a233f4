"""Judged again just before it leaves: what is no longer true is not told, and is owed again when it is true again."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from alerts.case import Case
from alerts.plan import Planned, plan
from config.policy import Policy
from monitor.ledger.database import writing
from tests.alerts.delivery import as_they_are, round_to
from tests.alerts.office import (
    POLICY,
    STEPS,
    case,
    day,
    digest_mail,
    line,
    moment,
    put,
    states,
    this_round,
)
from tests.alerts.relay import OK, relay

OTHER = case(2, item="HRM1-2")
TWO_LINES = (line(case(1)), line(OTHER))


async def test_a_line_that_no_longer_holds_is_dropped_and_the_mail_says_so(engine: Engine) -> None:
    put(engine, digest_mail("one", *TWO_LINES, overdue=2))
    async with relay() as it:
        await round_to(it, engine, refresh=as_they_are(case(1), replace(OTHER, closed=True)))
    text = it.mails[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert it.mails[0].message["Subject"] == "【督办·黄牌】区水务局 逾期1件（2026-11-19）"
    assert "HRM1-2：已办结" in text
    assert text.count("HRM1-2760925") == 1


@pytest.mark.parametrize(
    ("now", "words"),
    [
        pytest.param(None, "记录已失效", id="its record was invalidated"),
        pytest.param(replace(OTHER, closed=True), "已办结", id="it was closed"),
        pytest.param(replace(OTHER, paused=True), "计时已暂停", id="it was paused"),
        pytest.param(replace(OTHER, due=day("2026-12-01")), "期限变更为2026年12月1日", id="its due date changed"),
        pytest.param(replace(OTHER, countdown=0), "提醒节点已变化", id="the calendar was mended"),
    ],
)
async def test_why_a_line_was_dropped_is_said(engine: Engine, now: Case | None, words: str) -> None:
    put(engine, digest_mail("one", *TWO_LINES, overdue=2))
    async with relay() as it:
        await round_to(it, engine, refresh=as_they_are(*(each for each in (case(1), now) if each)))
    assert f"HRM1-2：{words}" in it.mails[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_a_mail_with_no_line_left_is_dropped_and_nobody_is_troubled(engine: Engine) -> None:
    put(engine, digest_mail("one", *TWO_LINES))
    async with relay() as it:
        result = await round_to(it, engine, refresh=as_they_are())
    assert (it.mails, states(engine), result.counts["dropped"]) == ([], {"one": "dropped"}, 1)


def planned_at(engine: Engine, text: str, *cases: Case) -> Planned:
    """A planning round."""
    with writing(engine) as connection:
        return plan(connection, cases, this_round(text))


PAUSED = replace(OTHER, item="HRM1-9", paused=True)
RESUMED = replace(OTHER, item="HRM1-9")


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="alone in its mails"),
        pytest.param([case(2)], id="beside one that is still true"),
    ],
)
async def test_a_notice_that_fell_away_before_it_was_sent_is_owed_again_when_it_is_true_again(
    engine: Engine, others: list[Case]
) -> None:
    assert planned_at(engine, "2026-11-20 09:00", RESUMED, *others).mails
    async with relay() as it:
        await round_to(it, engine, moment("2026-11-20 09:01"), refresh=as_they_are(PAUSED, *others))
        assert planned_at(engine, "2026-11-20 11:00", RESUMED, *others).reasons["step_reached"] == 1
        await round_to(it, engine, moment("2026-11-20 11:01"), refresh=as_they_are(RESUMED, *others))
    told_of = [mail for mail in it.mails if "HRM1-9" in mail.message.get_body(("plain",)).get_content()]  # type: ignore[union-attr]
    assert {mail.recipients for mail in told_of[-2:]} == {
        ("section_head@swj.example",),
        ("deputy_leader@swj.example", "supervisor@zwfw.example"),
    }


async def test_a_notice_that_one_audience_was_sent_is_not_owed_again(engine: Engine) -> None:
    planned_at(engine, "2026-11-20 09:00", RESUMED)
    async with relay(on_data=[OK, "452 disk full"]) as it:
        await round_to(it, engine, moment("2026-11-20 09:01"), refresh=as_they_are(RESUMED))
        await round_to(it, engine, moment("2026-11-20 09:10"), refresh=as_they_are(PAUSED))
    assert sorted(states(engine).values()) == ["dropped", "sent"]
    assert planned_at(engine, "2026-11-20 11:00", RESUMED).reasons == {"already_sent": 1, "awaited": 1}


async def test_changed_numbers_are_shown_as_they_are_now(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay() as it:
        await round_to(it, engine, refresh=as_they_are(case(4)))
    text = it.mails[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "逾期 4 个工作日" in text
    assert "逾期 1 个工作日" not in text


async def test_when_the_card_no_longer_holds_the_rest_goes_out_at_its_own_level(engine: Engine) -> None:
    near = case(0, item="HRM1-3")
    put(engine, digest_mail("one", line(case(1)), line(near, "promised-today"), overdue=1, near=1))
    async with relay() as it:
        await round_to(it, engine, refresh=as_they_are(near))
    assert it.mails[0].message["Subject"] == "【催办】区水务局 临期1件（2026-11-19）"


async def test_a_step_taken_off_the_ladder_takes_its_lines_with_it(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    without = Policy(ladder=tuple(step for step in POLICY.ladder if step != STEPS["promised-yellow"]))
    async with relay() as it:
        await round_to(it, engine, policy=without)
    assert (it.mails, states(engine)) == ([], {"one": "dropped"})
