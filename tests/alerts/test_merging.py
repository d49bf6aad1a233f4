"""Mails to one audience that waited together leave as one."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.case import Case
from alerts.notices import NOTICE
from alerts.outbox import Outgoing
from alerts.plan import Planned, plan
from config.policy import Hours, Policy
from monitor.ledger.database import DatabaseError, reading, writing
from tests.alerts.delivery import NOW, as_they_are, round_to
from tests.alerts.office import (
    FORESTRY,
    POLICY,
    case,
    digest_mail,
    line,
    marked,
    moment,
    put,
    row,
    rows,
    states,
    this_round,
)
from tests.alerts.relay import relay

NEXT_DAY = moment("2026-11-20 09:00")
YESTERDAY = moment("2026-11-18 17:20")
OLD, NEW = case(1, item="HRM1-OLD"), case(0, item="HRM1-NEW")
BOTH = as_they_are(OLD, NEW)


def waiting(engine: Engine, **changes: Any) -> None:
    """A mail of yesterday and one of this morning to the same section heads; ``changes`` are to the latter."""
    put(engine, digest_mail("yesterday", line(OLD)), at=YESTERDAY)
    put(engine, today(**changes), at=NOW)


def today(**changes: Any) -> Outgoing:
    return digest_mail("today", line(NEW, "promised-today"), **{"level": "reminder", **changes})


def text_of(mail: Any) -> str:
    """The text of a mail that arrived."""
    return str(mail.message.get_body(("plain",)).get_content())


async def test_a_mail_of_yesterday_and_one_of_today_are_one(engine: Engine) -> None:
    waiting(engine)
    async with relay() as it:
        await round_to(it, engine, refresh=BOTH)
    [mail] = it.mails
    assert states(engine) == {"yesterday": "sent", "today": "merged"}
    assert ("HRM1-OLD" in text_of(mail), "HRM1-NEW" in text_of(mail)) == (True, True)
    assert mail.message["Subject"] == "【督办·黄牌】区水务局 逾期1件 临期1件（2026-11-19）"
    assert row(engine, "yesterday").message_id in row(engine, "today").outcome


async def test_the_gravest_level_is_that_of_the_one_mail(engine: Engine) -> None:
    put(engine, digest_mail("yesterday", line(NEW, "promised-today"), level="reminder"), at=YESTERDAY)
    put(engine, digest_mail("today", line(OLD)), at=NOW)
    async with relay() as it:
        await round_to(it, engine, refresh=BOTH)
    assert states(engine) == {"yesterday": "merged", "today": "sent"}
    assert str(it.mails[0].message["Subject"]).startswith("【督办·黄牌】")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"audience": "principal"}, id="another audience"),
        pytest.param({"unit": FORESTRY.id}, id="another unit"),
        pytest.param({"unit": None}, id="no unit"),
    ],
)
async def test_mails_to_others_stay_their_own(engine: Engine, changes: dict[str, Any]) -> None:
    waiting(engine, audience=changes.get("audience", "section_head"))
    with writing(engine) as connection:
        marked(connection, "today", **{"unit": changes["unit"]} if "unit" in changes else {"audience": "principal"})
    async with relay() as it:
        await round_to(it, engine, refresh=BOTH)
    assert "merged" not in states(engine).values()


@pytest.mark.parametrize(
    ("key", "values"),
    [
        pytest.param("today", {"attempts": 1}, id="the other may have gone out already"),
        pytest.param("yesterday", {"attempts": 1}, id="this one may have gone out already"),
        pytest.param("today", {"next_try_at": moment("2026-11-19 09:30")}, id="the other is not due yet"),
        pytest.param("today", {"payload": {"lines": [{"case": 1}]}}, id="the other cannot be read"),
    ],
)
async def test_only_what_was_never_tried_and_can_be_read_is_joined(
    engine: Engine, key: str, values: dict[str, Any]
) -> None:
    waiting(engine)
    with writing(engine) as connection:
        marked(connection, key, **values)
    async with relay() as it:
        await round_to(it, engine, refresh=BOTH)
    assert "merged" not in states(engine).values()
    assert row(engine, "yesterday").state == "sent"


async def test_while_escalations_are_held_a_reminder_is_not_held_with_one(engine: Engine) -> None:
    waiting(engine)
    async with relay() as it:
        await round_to(it, engine, refresh=BOTH, blind=True)
    assert states(engine) == {"yesterday": "pending", "today": "sent"}


async def test_a_crash_after_the_claim_leaves_every_line_in_the_one_mail(engine: Engine) -> None:
    waiting(engine)

    def lost(_items: object, **_how: object) -> Any:
        raise DatabaseError("台账被占用")

    async with relay() as it:
        with pytest.raises(DatabaseError):
            await round_to(it, engine, refresh=lost)
        assert states(engine) == {"yesterday": "sending", "today": "merged"}
        await round_to(it, engine, is_dead=lambda _owner: True, refresh=BOTH)
    assert [("HRM1-OLD" in text_of(mail), "HRM1-NEW" in text_of(mail)) for mail in it.mails] == [(True, True)]


LATE_LEADER = Policy(
    ladder=POLICY.ladder,
    hours=Hours.model_validate({"audience": {"deputy_leader": {"start": "10:00", "end": "11:30"}}}),
)


def planned_at(engine: Engine, text: str, *cases: Case) -> Planned:
    """A planning round under hours in which the deputy leader reads from ten to half past eleven."""
    with writing(engine) as connection:
        return plan(connection, cases, this_round(text, policy=LATE_LEADER))


def audiences(mails: list[Any]) -> list[str]:
    return [mail.recipients[0].partition("@")[0] for mail in mails]


async def test_what_waited_for_a_leader_is_one_true_mail_in_the_leaders_hours(engine: Engine) -> None:
    """Two cards of two rounds, one of them closed meanwhile and one at a later day: told once, as they are now."""
    first, closed, second = (case(1, item=f"HRM1-{name}") for name in ("FIRST", "CLOSED", "SECOND"))
    later = as_they_are(case(2, item="HRM1-FIRST"), case(2, item="HRM1-CLOSED", closed=True), second)
    async with relay() as it:
        planned_at(engine, "2026-11-19 14:00", first, closed)
        await round_to(it, engine, moment("2026-11-19 14:01"), policy=LATE_LEADER, refresh=as_they_are(first, closed))
        planned_at(engine, "2026-11-20 09:00", second)
        await round_to(it, engine, moment("2026-11-20 09:01"), policy=LATE_LEADER, refresh=later)
        assert audiences(it.mails) == ["section_head", "section_head"]
        await round_to(it, engine, moment("2026-11-20 10:00"), policy=LATE_LEADER, refresh=later)
    assert audiences(it.mails) == ["section_head", "section_head", "deputy_leader"]
    text = text_of(it.mails[-1])
    assert ("逾期 2 个工作日" in text, "逾期 1 个工作日" in text) == (True, True)
    assert "HRM1-CLOSED：已办结" in text
    assert it.mails[-1].recipients == ("deputy_leader@swj.example", "supervisor@zwfw.example")


async def test_the_notices_of_a_joined_mail_are_of_the_one_that_left(engine: Engine) -> None:
    async with relay() as it:
        planned_at(engine, "2026-11-19 14:00", OLD)
        planned_at(engine, "2026-11-20 09:00", case(1, item="HRM1-2"))
        await round_to(
            it, engine, moment("2026-11-20 10:00"), policy=LATE_LEADER, refresh=as_they_are(OLD, case(1, item="HRM1-2"))
        )
    gone = {found.key for found in rows(engine) if found.state == "sent"}
    with reading(engine) as connection:
        keys = {found.mail_key for found in connection.execute(NOTICE.select()) if not found.passed_over}
    assert keys <= gone


async def test_a_step_that_was_overtaken_while_it_waited_is_not_reported_as_fallen_away(engine: Engine) -> None:
    """The same item in both mails, yesterday at its yellow card and today at its red one: told once, at the latter."""
    now = case(5, item="HRM1-OLD")
    put(engine, digest_mail("yesterday", line(OLD)), at=YESTERDAY)
    put(engine, digest_mail("today", line(now, "promised-red"), level="red_card"), at=NOW)
    async with relay() as it:
        await round_to(it, engine, refresh=as_they_are(now))
    [mail] = it.mails
    assert text_of(mail).count("HRM1-OLD") == 1
    assert "复核" not in text_of(mail)


async def test_a_line_dropped_from_a_joined_mail_is_owed_again_unless_its_own_round_told_it(engine: Engine) -> None:
    """Of the two dropped lines one stands in the section heads' mail of the same round, which was sent."""
    told, untold = case(1, item="HRM1-TOLD"), case(1, item="HRM1-UNTOLD")
    gone = as_they_are(NEW)
    put(engine, digest_mail("heads", line(told), audience="principal"), at=YESTERDAY)
    put(engine, digest_mail("yesterday", line(told), line(untold)), today(), at=YESTERDAY)
    with writing(engine) as connection:
        marked(connection, "heads", state="sent", sent_at=YESTERDAY)
        marked(connection, "today", created_at=NOW)
        connection.execute(NOTICE.insert(), [notice_row(told), notice_row(untold)])
    async with relay() as it:
        await round_to(it, engine, refresh=gone)
    with reading(engine) as connection:
        standing = {found.item: found.reason for found in connection.execute(NOTICE.select())}
    assert standing == {"HRM1-TOLD": "step_reached", "HRM1-UNTOLD": "dropped"}


async def test_a_line_that_left_in_a_joined_mail_is_not_owed_again_when_another_audience_drops_it(
    engine: Engine,
) -> None:
    """The deputy's mail of the second round left within that of the first; the heads' own waits and finds it paused."""
    first, second = case(1, item="HRM1-1"), case(1, item="HRM1-2")
    both = as_they_are(first, second)
    planned_at(engine, "2026-11-19 14:00", first)
    planned_at(engine, "2026-11-20 09:00", second)
    heads = next(found for found in rows(engine) if found.audience == "section_head" and found.created_at == NEXT_DAY)
    with writing(engine) as connection:
        marked(connection, heads.key, next_try_at=moment("2026-11-20 10:30"), attempts=4)
    async with relay() as it:
        await round_to(it, engine, moment("2026-11-20 10:00"), policy=LATE_LEADER, refresh=both)
        paused = as_they_are(first, case(1, item="HRM1-2", paused=True))
        await round_to(it, engine, moment("2026-11-20 10:30"), policy=LATE_LEADER, refresh=paused)
    assert row(engine, heads.key).state == "dropped"
    with reading(engine) as connection:
        reasons = {found.item: found.reason for found in connection.execute(NOTICE.select()) if not found.passed_over}
    assert reasons["HRM1-2"] == "step_reached"


def notice_row(of: Case) -> dict[str, Any]:
    """A notice that waits in the mail of yesterday."""
    kept = json.loads(json.dumps(line(of).to_json()))
    return {
        "key": kept["key"],
        "item": of.item,
        "clock": of.clock,
        "step": "promised-yellow",
        "level": "yellow_card",
        "unit": of.unit,
        "passed_over": False,
        "mail_key": "yesterday",
        "reason": "step_reached",
        "decided_at": YESTERDAY,
    }
