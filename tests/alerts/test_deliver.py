"""A delivery round over a real SMTP server and a real database: what becomes of each mail, whatever the relay does."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from alerts.case import Case
from alerts.deliver import deliver
from alerts.mailer import Folder, SmtpConnection, Transport
from alerts.operator import tell_operator
from alerts.outbox import LEASE, message_id
from alerts.outcome import MOST_ATTEMPTS
from config.policy import Policy, UnknownOutcome
from config.settings import Delivery
from config.units import UnitDirectory
from monitor.ledger.database import DatabaseError, writing
from tests.alerts.delivery import (
    FAILED_TITLE,
    HEAD,
    LEADER,
    MINUTES,
    NOW,
    REFUSED_TITLE,
    TWO_HEADS,
    UNKNOWN_TITLE,
    as_they_are,
    became,
    heads,
    post,
    round_to,
    told,
)
from tests.alerts.office import (
    DIRECTORY,
    DOMAIN,
    case,
    digest_mail,
    line,
    marked,
    moment,
    operator_mail,
    put,
    row,
    rows,
    states,
)
from tests.alerts.relay import OK, PUT_OFF, REFUSED, hang_up, nowhere, relay, say_nothing


async def test_a_mail_that_is_due_is_sent_and_marked(engine: Engine) -> None:
    put(engine, digest_mail("one", copies=("supervisor",)))
    async with relay() as it:
        result = await round_to(it, engine)
    [mail], found = it.mails, row(engine, "one")
    assert mail.recipients == (HEAD, "supervisor@zwfw.example")
    assert mail.message["Message-ID"] == found.message_id == message_id("one", DOMAIN)
    assert mail.message["Subject"] == found.subject == "【督办·黄牌】区水务局 逾期1件（2026-11-19）"
    assert (found.state, found.sent_at, found.outcome, found.owner) == ("sent", NOW, "已发送", None)
    assert (result.counts["sent"], result.problems, result.relay_down) == (1, [], False)


async def test_a_long_mail_lists_the_first_lines_and_says_how_many_more_there_are(engine: Engine) -> None:
    cases = [case(1, item=f"HRM1-{number}") for number in range(10)]
    put(engine, digest_mail("long", *(line(each) for each in cases)))
    few = Policy(lines_per_mail=3)
    async with relay() as it:
        await round_to(it, engine, policy=few, refresh=as_they_are(*cases))
    [mail] = it.mails
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert ("HRM1-2" in body.get_content(), "HRM1-3" in body.get_content()) == (True, False)
    assert "另有 7 条" in body.get_content()
    assert "逾期10件" in str(mail.message["Subject"])


async def test_a_second_round_sends_nothing_again(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay() as it:
        await round_to(it, engine)
        await round_to(it, engine, NOW + 60 * MINUTES)
    assert len(it.mails) == 1


async def test_with_one_recipient_refused_the_others_get_it_and_the_operator_is_told_once(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(refuse={HEAD: REFUSED}) as it:
        result = await round_to(it, engine, units=TWO_HEADS)
        await round_to(it, engine, NOW + MINUTES, units=TWO_HEADS)
    assert (LEADER,) in it.recipients
    assert became(engine) == {"one": "sent"}
    assert told(engine) == [REFUSED_TITLE]
    assert HEAD in rows(engine)[-1].payload["paragraphs"][0]
    assert row(engine, "one").outcome == f"已发送；拒收：{HEAD}（550 5.1.1 no such user）"
    assert len(result.problems) == 1


async def test_with_every_recipient_refused_the_mail_waits_and_goes_out_once_the_addresses_are_mended(
    engine: Engine,
) -> None:
    put(engine, digest_mail("one"))
    async with relay(refuse={HEAD: REFUSED, LEADER: REFUSED}) as it:
        await round_to(it, engine, units=TWO_HEADS)
        assert (became(engine), told(engine)) == ({"one": "pending"}, [REFUSED_TITLE, REFUSED_TITLE])
        await round_to(it, engine, NOW + MINUTES, units=heads("new-head@swj.example"))
    assert ("new-head@swj.example",) in it.recipients
    assert became(engine) == {"one": "sent"}


async def test_an_operator_whose_own_address_is_refused_is_stood_in_for_by_the_supervisor_once_a_day(
    engine: Engine,
) -> None:
    put(engine, operator_mail("word"))
    async with relay(refuse={"operator@zwfw.example": REFUSED}) as it:
        for minutes in range(0, 600, 10):
            await round_to(it, engine, NOW + minutes * MINUTES)
    assert (became(engine), told(engine), it.recipients) == (
        {"word": "pending"},
        [REFUSED_TITLE],
        [("supervisor@zwfw.example",)],
    )
    text = it.mails[0].message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "operator@zwfw.example" in text
    assert "说明。" in text, "what the operator should have read"


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"on_data": ["452 disk full"] * 6}, id="the text is put off"),
        pytest.param({"on_sender": ["451 not now"] * 6}, id="the sender is put off"),
    ],
)
async def test_a_mail_put_off_waits_longer_each_time_and_then_goes_out(engine: Engine, trouble: Any) -> None:
    put(engine, digest_mail("one"))
    now, waits = NOW, []
    async with relay(**trouble) as it:
        while row(engine, "one").state == "pending":
            await round_to(it, engine, now)
            nothing_yet = row(engine, "one").next_try_at
            waits.append((nothing_yet - now) // MINUTES)
            await round_to(it, engine, nothing_yet - MINUTES / 60)
            now = nothing_yet
    assert waits[:-1] == [1, 5, 15, 30, 60, 60]
    assert (len(it.mails), row(engine, "one").attempts, told(engine)) == (1, 7, [])


async def test_recipients_who_are_all_put_off_get_it_when_the_relay_takes_them(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(refuse={HEAD: PUT_OFF}) as it:
        await round_to(it, engine)
        assert states(engine) == {"one": "pending"}
        it.refuse.clear()
        await round_to(it, engine, NOW + MINUTES)
    assert states(engine) == {"one": "sent"}


async def test_who_was_put_off_gets_the_mail_later_and_the_others_not_twice(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(refuse={HEAD: PUT_OFF}) as it:
        await round_to(it, engine, units=TWO_HEADS)
        assert states(engine) == {"one": "pending"}
        it.refuse.clear()
        await round_to(it, engine, NOW + MINUTES)
    assert (it.recipients, states(engine), told(engine)) == ([(LEADER,), (HEAD,)], {"one": "sent"}, [])
    assert it.mails[0].raw == it.mails[1].raw


async def test_a_mail_put_off_for_days_is_given_up_and_the_operator_is_told(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    with writing(engine) as connection:
        marked(connection, "one", attempts=MOST_ATTEMPTS - 1)
    async with relay(on_data=["452 disk full"]) as it:
        await round_to(it, engine)
    assert row(engine, "one").outcome.startswith(f"已试 {MOST_ATTEMPTS} 次：")
    assert (became(engine), told(engine)) == ({"one": "failed"}, [FAILED_TITLE])


async def test_a_text_that_is_refused_for_good_is_given_up_and_the_next_mail_goes_out(engine: Engine) -> None:
    put(engine, digest_mail("spam"), digest_mail("fine"))
    async with relay(on_data=["554 5.7.1 spam", OK]) as it:
        await round_to(it, engine)
    assert (became(engine), told(engine)) == ({"spam": "failed", "fine": "sent"}, [FAILED_TITLE])


@pytest.mark.parametrize("fault", [pytest.param(hang_up, id="hangs up"), pytest.param(say_nothing, id="says nothing")])
async def test_a_reminder_whose_outcome_is_unknown_is_left_and_visible(engine: Engine, fault: Any) -> None:
    put(engine, digest_mail("one", level="reminder"))
    async with relay(on_data=[fault]) as it:
        delivery = it.settings(timeout_seconds=0.2)
        await round_to(it, engine, delivery=delivery)
        await round_to(it, engine, NOW + 60 * MINUTES, delivery=delivery)
    assert [mail for mail in it.recipients if mail == (HEAD,)] in ([], [(HEAD,)])
    assert (row(engine, "one").state, row(engine, "one").sent_at, row(engine, "one").attempts) == ("unknown", NOW, 1)
    assert told(engine) == [UNKNOWN_TITLE]


@pytest.mark.parametrize("level", ["yellow_card", "red_card"])
async def test_a_card_whose_outcome_is_unknown_is_sent_once_more_with_the_same_message_id(
    engine: Engine, level: str
) -> None:
    put(engine, digest_mail("one", level=level))
    async with relay(on_data=[hang_up]) as it:
        await round_to(it, engine)
        await round_to(it, engine, NOW + 4 * MINUTES)
        assert (row(engine, "one").state, len(it.tries)) == ("pending", 1)
        await round_to(it, engine, NOW + 5 * MINUTES)
    first, twin = it.mails
    assert first.message["Message-ID"] == twin.message["Message-ID"]
    assert first.message["Subject"] == twin.message["Subject"]
    assert row(engine, "one").state == "sent"


async def test_a_card_unknown_twice_is_left_and_visible(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(on_data=[hang_up, hang_up]) as it:
        for minutes in (0, 5, 60, 600):
            await round_to(it, engine, NOW + minutes * MINUTES)
    assert (row(engine, "one").state, row(engine, "one").unknowns, row(engine, "one").attempts) == ("unknown", 2, 2)
    assert told(engine) == [UNKNOWN_TITLE]


async def test_the_policy_says_what_becomes_of_an_unknown_outcome(engine: Engine) -> None:
    other = Policy(unknown_outcome=UnknownOutcome(reminder="send_again_once", yellow_card="leave"))
    put(engine, digest_mail("card"), digest_mail("reminder", level="reminder"))
    async with relay(on_data=[hang_up, hang_up]) as it:
        await round_to(it, engine, policy=other)
    assert became(engine) == {"card": "unknown", "reminder": "pending"}


async def test_a_hanging_relay_holds_a_mail_up_no_longer_than_the_time_set(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(on_sender=[say_nothing]) as it:
        result = await round_to(it, engine, delivery=it.settings(timeout_seconds=0.2))
    assert (states(engine), result.relay_down) == ({"one": "pending"}, True)


async def test_without_a_relay_one_mail_is_tried_and_all_stay(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(5)))
    delivery = Delivery(port=await nowhere(), sender="monitor@zwfw.example")
    result = await deliver(post(engine, delivery), [SmtpConnection(delivery)])
    assert set(states(engine).values()) == {"pending"}
    assert sorted(found.attempts for found in rows(engine)) == [0, 0, 0, 0, 1]
    assert result.relay_down
    assert len(result.problems) == 1
    async with relay() as it:
        await round_to(it, engine, NOW + MINUTES)
    assert (len(it.mails), told(engine)) == (5, [])


async def test_several_connections_share_the_queue_and_are_kept(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(30)))
    async with relay() as it:
        result = await round_to(it, engine, lines=3)
    assert result.counts["sent"] == 30
    assert len({mail.message["Message-ID"] for mail in it.mails}) == 30
    assert it.sessions <= 3


async def test_a_relay_that_takes_one_mail_a_connection_gets_them_all(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(6)))
    async with relay(one_mail_a_connection=True) as it:
        result = await round_to(it, engine)
    assert (len(it.mails), it.sessions, result.relay_down) == (6, 6, False)


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param({"lines": "no list"}, id="lines that are no list"),
        pytest.param({"lines": [{"case": {}, "key": "k", "step": "s", "level": "reminder", "why": "w"}]}, id="no case"),
        pytest.param({"audience": "nobody"}, id="an audience that is none"),
    ],
)
async def test_a_mail_that_cannot_be_made_stops_no_other_and_the_operator_is_told(
    engine: Engine, spoilt: dict[str, Any]
) -> None:
    put(engine, digest_mail("poison", level="red_card", **spoilt), digest_mail("fine"))
    async with relay() as it:
        await round_to(it, engine)
    assert (became(engine), told(engine)) == ({"poison": "failed", "fine": "sent"}, [FAILED_TITLE])
    assert row(engine, "poison").outcome.startswith("信件无法生成")


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"more": 1}, id="a line"),
        pytest.param({"case": {**case(1).to_json(), "later": 1}}, id="a case"),
    ],
)
async def test_what_another_release_has_queued_is_told_as_it_is_now(engine: Engine, more: dict[str, Any]) -> None:
    put(engine, digest_mail("mail", lines=[{**line(case(1)).to_json(), **more}]))
    async with relay() as it:
        await round_to(it, engine)
    assert (became(engine), told(engine)) == ({"mail": "sent"}, [])


async def test_an_address_that_is_none_stops_no_other_mail(engine: Engine) -> None:
    put(engine, replace(digest_mail("poison", to=("not an address",)), audience=None), digest_mail("fine"))
    async with relay() as it:
        await round_to(it, engine)
    assert (became(engine), told(engine)) == ({"poison": "failed", "fine": "sent"}, [FAILED_TITLE])


async def test_a_ledger_that_cannot_be_asked_gives_up_no_mail(engine: Engine) -> None:
    def locked(_items: Collection[str], *, answers: bool = True) -> Mapping[tuple[str, str], Case]:
        raise DatabaseError("台账数据库 ledger.db 被别的程序占用。")

    put(engine, digest_mail("one"))
    async with relay() as it:
        with pytest.raises(DatabaseError):
            await round_to(it, engine, refresh=locked)
        assert states(engine) == {"one": "sending"}
        await round_to(it, engine, NOW + LEASE)
    assert (states(engine), len(it.mails)) == ({"one": "sent"}, 1)


async def test_out_of_hours_only_the_operators_mail_leaves(engine: Engine) -> None:
    put(engine, digest_mail("card"), operator_mail("word"))
    async with relay() as it:
        await round_to(it, engine, moment("2026-11-19 17:30"))
    assert states(engine) == {"card": "pending", "word": "sent"}


async def test_the_mail_of_a_process_that_died_is_sent_with_the_same_message_id(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    with writing(engine) as connection:
        marked(connection, "one", state="sending", owner="the dead one", lease_until=NOW + LEASE)
    async with relay() as it:
        assert (await round_to(it, engine)).counts["released"] == 0
        result = await round_to(it, engine, is_dead=lambda owner: owner == "the dead one")
    assert (result.counts["released"], result.counts["sent"]) == (1, 1)
    assert it.mails[0].message["Message-ID"] == message_id("one", DOMAIN)


async def test_a_round_that_is_told_to_stop_leaves_the_rest_for_the_next(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(5)))
    async with relay() as it:
        delivery = it.settings()
        await deliver(post(engine, delivery), [SmtpConnection(delivery)], stop=lambda: len(it.mails) >= 2)
    assert sorted(states(engine).values()) == ["pending"] * 3 + ["sent"] * 2


async def test_while_delivery_is_off_mails_are_kept_as_files_and_marked_so(engine: Engine, tmp_path: Path) -> None:
    put(engine, digest_mail("one"), digest_mail("two"))
    keepers: list[Transport] = [Folder(tmp_path / "kept")]
    for minutes in (0, 60):
        await deliver(post(engine, Delivery(sender="monitor@zwfw.example"), now=NOW + minutes * MINUTES), keepers)
    assert states(engine) == {"one": "kept", "two": "kept"}
    names = {message_id(key, DOMAIN).strip("<>").partition("@")[0] + ".eml" for key in ("one", "two")}
    assert {path.name for path in (tmp_path / "kept").iterdir()} == names
    assert row(engine, "one").outcome == "未开启发信，已存为文件"


async def test_the_operator_is_told_a_thing_once(engine: Engine) -> None:
    for expected in (True, False):
        with writing(engine) as connection:
            assert tell_operator(connection, DIRECTORY, DOMAIN, "same", FAILED_TITLE, ["段落"], NOW) is expected
    assert told(engine) == [FAILED_TITLE]


async def test_without_any_address_at_all_it_is_on_record_where_to_enter_one(engine: Engine) -> None:
    put(engine, digest_mail("one", to=()))
    async with relay() as it:
        await round_to(it, engine, units=UnitDirectory(()))
    assert set(states(engine).values()) == {"failed"}
    assert row(engine, "one").outcome == "没有任何收件地址，请在 units.toml 中填写"
    assert it.tries == []


async def test_no_word_that_is_kept_contains_the_password(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    secret = "n0t-the-passw0rd"
    put(engine, digest_mail("one"))
    with caplog.at_level("DEBUG"):
        async with relay() as it:
            delivery = it.settings(username="monitor", password=SecretStr(secret))
            result = await round_to(it, engine, delivery=delivery)
    assert result.relay_down
    said = [*result.problems, repr(result), repr(post(engine, delivery)), row(engine, "one").outcome, caplog.text]
    assert not [text for text in said if secret in text]
