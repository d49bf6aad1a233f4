"""What became of a mail at each address: on record beside the mail, in the transaction that marks it."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts import handed
from alerts.deliver import deliver
from alerts.mailer import Folder, SmtpConnection, Transport
from alerts.outbox import Outgoing
from alerts.outcome import MOST_ATTEMPTS
from alerts.pace import Pace
from alerts.recipients import Recipients
from alerts.report.rows import payload
from config.settings import Delivery
from monitor.ledger.database import reading, writing
from tests.alerts.delivery import HEAD, LEADER, MINUTES, NOW, TWO_HEADS, as_they_are, became, post, round_to, told
from tests.alerts.letters import weekly
from tests.alerts.office import case, digest_mail, line, marked, operator_mail, put, row, rows
from tests.alerts.relay import OK, PUT_OFF, REFUSED, Relay, hang_up, relay


def results(engine: Engine, key: str = "one") -> dict[str, tuple[str, str]]:
    """Address → what became of the mail there, with the relay's words."""
    with reading(engine) as connection:
        [found] = handed.of_mails(connection, [row(engine, key).id]).values() or [[]]
    return {one.address: (one.result, one.words) for one in found}


async def test_every_address_has_a_result(engine: Engine) -> None:
    put(engine, digest_mail("one", copies=("supervisor",)))
    async with relay(refuse={HEAD: REFUSED}) as it:
        await round_to(it, engine, units=TWO_HEADS)
    assert results(engine) == {
        HEAD: ("refused", "550 5.1.1 no such user"),
        LEADER: ("accepted", ""),
        "supervisor@zwfw.example": ("accepted", ""),
    }


async def test_one_that_was_put_off_is_taken_later_and_the_others_stay_as_they_were(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    async with relay(refuse={HEAD: PUT_OFF}) as it:
        await round_to(it, engine, units=TWO_HEADS)
        assert results(engine)[HEAD] == ("put_off", "450 4.2.0 greylisted, try again later")
        it.refuse.clear()
        await round_to(it, engine, NOW + MINUTES, units=TWO_HEADS)
    assert {address: result for address, (result, _) in results(engine).items()} == {
        HEAD: "accepted",
        LEADER: "accepted",
    }


async def test_of_a_mail_put_off_for_days_the_results_stay(engine: Engine) -> None:
    put(engine, digest_mail("one"))
    with writing(engine) as connection:
        marked(connection, "one", attempts=MOST_ATTEMPTS - 1)
    async with relay(refuse={HEAD: PUT_OFF}) as it:
        await round_to(it, engine)
    assert (became(engine), results(engine)[HEAD][0]) == ({"one": "failed"}, "put_off")


async def test_an_outcome_unknown_is_unknown_at_those_it_was_taken_for(engine: Engine) -> None:
    put(engine, digest_mail("one", level="reminder"))
    async with relay(refuse={LEADER: REFUSED}, on_data=[hang_up]) as it:
        await round_to(it, engine, units=TWO_HEADS)
    assert {address: result for address, (result, _) in results(engine).items()} == {
        HEAD: "unknown",
        LEADER: "refused",
    }


async def test_a_mail_kept_as_a_file_was_handed_to_nobody(engine: Engine, tmp_path: Any) -> None:
    put(engine, digest_mail("one"))
    keepers: list[Transport] = [Folder(tmp_path)]
    await deliver(post(engine, Delivery(sender="monitor@zwfw.example")), keepers)
    with reading(engine) as connection:
        assert handed.of_mails(connection, [row(engine, "one").id]) == {}


async def test_a_refusal_of_every_operator_and_supervisor_reaches_the_next_in_line(engine: Engine) -> None:
    put(engine, operator_mail("word"))
    refused = {f"{role}@zwfw.example": REFUSED for role in ("operator", "supervisor")}
    async with relay(refuse=refused) as it:
        for minutes in range(0, 60, 10):
            await round_to(it, engine, NOW + minutes * MINUTES)
    assert it.recipients == [("bureau_leader@zwfw.example",)]


WORKBOOK = "approval-weekly-2026-W47.xlsx"


def attached(message: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in message.iter_attachments()]


@pytest.fixture
async def narrow() -> AsyncIterator[Relay]:
    """A relay that takes nothing above 120 KiB, which is less than a print has, and says so."""
    async with relay(size=120 * 1024) as it:
        yield it


def report(key: str = "week") -> Outgoing:
    """A weekly report, with its workbook and its print."""
    to = Recipients(("supervisor@zwfw.example",))
    return Outgoing(key, "weekly", "reminder", to, payload(weekly()))


async def test_a_mail_too_large_for_the_relay_goes_without_its_largest_attachment_and_says_so(
    engine: Engine, narrow: Relay
) -> None:
    put(engine, report())
    result = await round_to(narrow, engine)
    [mail] = [mail for mail in narrow.mails if mail.recipients == ("supervisor@zwfw.example",)]
    assert attached(mail.message) == [WORKBOOK]
    for kind in ("plain", "html"):
        assert "没有随信发送" in mail.message.get_body((kind,)).get_content()  # type: ignore[union-attr]
    assert row(engine, "week").outcome.startswith("已发送；附件过大未随信：approval-weekly-")
    assert result.counts["sent"] >= 1
    assert [found.payload["title"] for found in rows(engine)[1:]] == ["有附件过大未能发送"]


async def test_a_mail_larger_than_the_setting_allows_is_made_lighter_before_anything_is_handed_over(
    engine: Engine,
) -> None:
    put(engine, report())
    async with relay() as it:
        delivery = it.settings()
        await round_to(it, engine, delivery=delivery.model_copy(update={"max_mail_kib": 120}))
    assert attached(it.mails[0].message) == [WORKBOOK]
    assert it.tries.count("monitor@zwfw.example") == len(it.mails)


async def test_a_mail_too_large_with_nothing_attached_fails_visibly_and_stops_no_other(engine: Engine) -> None:
    put(engine, digest_mail("huge", *(line(case(1, item=f"HRM1-{n}")) for n in range(100))), operator_mail("fine"))
    async with relay(size=24 * 1024) as it:
        every = as_they_are(*(case(1, item=f"HRM1-{n}") for n in range(100)))
        result = await round_to(it, engine, refresh=every)
    assert became(engine) == {"fine": "sent", "huge": "failed"}
    assert "信件太大" in row(engine, "huge").outcome
    assert told(engine) == ["有信件发送失败"]
    assert any("信件太大" in problem for problem in result.problems)


@pytest.mark.parametrize("answer", ["552 5.3.4 message too big", "552 too much mail data"])
async def test_a_relay_that_says_so_only_after_the_text_is_believed(engine: Engine, answer: str) -> None:
    put(engine, report())
    async with relay(on_data=[answer, OK]) as it:
        await round_to(it, engine)
    assert (row(engine, "week").state, attached(it.mails[0].message)) == ("sent", [WORKBOOK])


async def test_a_full_mailbox_is_no_mail_too_large(engine: Engine) -> None:
    put(engine, report())
    async with relay(on_data=["552 5.2.2 mailbox full"]) as it:
        await round_to(it, engine)
    assert row(engine, "week").outcome.startswith("邮件服务器拒收信件内容：552 5.2.2")


async def test_no_more_mails_leave_in_a_minute_than_the_relay_bears(engine: Engine) -> None:
    put(engine, *(digest_mail(f"mail {n}") for n in range(7)))
    time, most_after = [0.0], {0: 0, 1: 0}

    async with relay() as it:

        async def pause(seconds: float) -> None:
            most_after[int(time[0] // 60)] = len(it.mails)
            time[0] += seconds

        delivery = it.settings()
        paced = post(engine, delivery, pace=Pace(3), ticks=lambda: time[0], pause=pause)
        await deliver(paced, [SmtpConnection(delivery)])
    assert (len(it.mails), most_after, time[0]) == (7, {0: 3, 1: 6}, 120.0)


async def test_a_round_that_is_told_to_stop_does_not_wait_for_its_pace(engine: Engine) -> None:
    put(engine, digest_mail("one"), digest_mail("two"))
    stopped: list[bool] = []

    async def pause(_seconds: float) -> None:
        stopped.append(True)

    async with relay() as it:
        delivery = it.settings()
        paced = post(engine, delivery, pace=Pace(1), ticks=lambda: 0.0, pause=pause)
        await deliver(paced, [SmtpConnection(delivery)], stop=lambda: bool(stopped))
    assert len(it.mails) == 1


async def test_addresses_that_take_no_mail_are_listed_with_their_last_words(engine: Engine) -> None:
    put(engine, digest_mail("one"), digest_mail("two"))
    async with relay(refuse={HEAD: REFUSED}) as it:
        await round_to(it, engine, units=TWO_HEADS)
    with reading(engine) as connection:
        [found] = handed.bouncing(connection, NOW - 60 * MINUTES)
        assert handed.bouncing(connection, NOW + MINUTES) == []
    assert (found.address, found.mails, found.words) == (HEAD, 2, "550 5.1.1 no such user")
