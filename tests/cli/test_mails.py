"""mails: the outbox with what became of each mail at each address; resend and settle for those nobody knows of."""

from typing import Any

import pytest
from sqlalchemy import URL

from alerts import handed
from alerts.outbox import MAIL
from monitor.ledger.database import open_database, writing
from tests.cli.office import Desk

HEAD = "section_head@swj.example"


@pytest.fixture
def sent(office: Desk) -> Desk:
    """A desk whose mails have been made and kept; the first one is then as a test wants it."""
    assert office.call("plan").code == 0
    assert office.call("deliver").code == 0
    return office


def change(desk: Desk, results: dict[str, tuple[str, str]] | None = None, **values: Any) -> int:
    """Sets columns of the first mail and its results at addresses, as a round would have left them; returns its id."""
    engine = open_database(URL.create("sqlite", database=str(desk.ledger)))
    with writing(engine) as connection:
        found = connection.execute(MAIL.select().order_by(MAIL.c.id)).first()
        assert found is not None
        if values:
            connection.execute(MAIL.update().where(MAIL.c.id == found.id).values(values))
        handed.record(connection, found.id, results or {}, found.created_at)
    engine.dispose()
    return int(found.id)


def one(desk: Desk, number: int) -> Any:
    """A mail as JSON tells of it."""
    return next(mail for mail in desk.call("mails", "--format", "json").json if mail["id"] == number)


def test_every_mail_is_listed_with_its_addresses_newest_first(sent: Desk) -> None:
    called = sent.call("mails")
    listed = sent.call("mails", "--format", "json").json
    assert (called.code, called.err) == (0, "")
    assert called.out.endswith(f"共 {len(listed)} 封。\n")
    assert [mail["id"] for mail in listed] == sorted((mail["id"] for mail in listed), reverse=True)
    assert all(f"#{mail['id']}　2026-03-20 10:00　存为文件　{mail['subject']}" in called.out for mail in listed)
    assert all(mail["addresses"] and mail["addresses"][0]["result"] is None for mail in listed)


def test_results_are_shown_at_the_address_with_the_words_of_the_server(sent: Desk) -> None:
    number = change(sent, {HEAD: ("bounced", "550 no such user\nInjected: header")}, state="sent")
    assert f"  {HEAD}　退信（550 no such user Injected: header）\n" in sent.call("mails").out
    [mail] = sent.call("mails", "--state", "bounced", "--format", "json").json
    assert mail["id"] == number
    assert {each["address"]: each["result"] for each in mail["addresses"]}[HEAD] == "bounced"
    assert sent.call("mails", "--state", "refused").out == "没有这样的信件。\n"


def test_mails_are_chosen_by_state_unit_and_day(sent: Desk) -> None:
    number = change(sent, state="unknown")
    assert [mail["id"] for mail in sent.call("mails", "--state", "unknown", "--format", "json").json] == [number]
    of_unit = sent.call("mails", "--unit", "区水务局", "--format", "json").json
    assert of_unit
    assert {mail["unit"] for mail in of_unit} == {"110116SWJ"}
    assert len(sent.call("mails", "--day", "2026-03-20", "--format", "json").json) >= len(of_unit)
    assert sent.call("mails", "--day", "2026-03-19").out == "没有这样的信件。\n"
    assert "只列最新的 1 封" in sent.call("mails", "--limit", "1").out


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_a_mail_sent_again_waits_with_its_message_id_and_leaves(sent: Desk, state: str) -> None:
    number = change(sent, {HEAD: ("unknown", "")}, state=state, unknowns=2, attempts=60)
    before = one(sent, number)
    called = sent.call("mails", "resend", str(number))
    assert (called.code, "已放回待发队列" in called.out) == (0, True)
    assert (one(sent, number)["state"], one(sent, number)["message_id"]) == ("pending", before["message_id"])
    assert sent.call("deliver").code == 0
    assert one(sent, number)["state"] == "kept"


def test_a_mail_that_every_address_returned_can_be_sent_again_and_one_that_somebody_got_cannot(sent: Desk) -> None:
    number = change(sent, {HEAD: ("bounced", "x"), "principal@swj.example": ("accepted", "")}, state="sent")
    called = sent.call("mails", "resend", str(number))
    assert (called.code, called.is_told) == (2, True)
    assert "至少一个收件地址已接收" in called.err
    change(sent, {"principal@swj.example": ("refused", "y")})
    assert sent.call("mails", "resend", str(number)).code == 0


@pytest.mark.parametrize(("as_", "words"), [("sent", "人工核实为已送达"), ("failed", "人工核实为没有送达")])
def test_what_a_person_found_out_is_put_on_record(sent: Desk, as_: str, words: str) -> None:
    number = change(sent, {HEAD: ("unknown", "")}, state="unknown")
    why = ("--why", "中继日志 10:00 已投递", "--by", "督办专员")
    called = sent.call("mails", "settle", str(number), "--as", as_, *why)
    assert called.code == 0, called.err
    mail = one(sent, number)
    assert (mail["state"], mail["outcome"]) == (as_, f"{words}（督办专员）：中继日志 10:00 已投递")
    result = {each["address"]: each["result"] for each in mail["addresses"]}[HEAD]
    assert result == ("accepted" if as_ == "sent" else "unknown")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--state", "lost"], "没有“lost”这个状态"),
        (["--unit", "某某局"], "没有“某某局”这个单位"),
        (["--day", "today"], "不是日期"),
        (["resend", "4711"], "没有编号为 4711 的信件"),
        (["settle", "4711", "--as", "sent", "--why", "x"], "没有编号为 4711 的信件"),
        (["settle", "1", "--as", "sent", "--why", " "], "--why 是空的"),
        (["settle", "1", "--as", "sent", "--why", "x"], "状态是“存为文件”，不用核实"),
        (["resend", "1"], "状态是“存为文件”"),
        (["settle", "1", "--as", "lost", "--why", "x"], "sent, failed"),
    ],
)
def test_what_cannot_be_is_a_sentence(sent: Desk, arguments: list[str], words: str) -> None:
    before = sent.dump()
    called = sent.call("mails", *arguments)
    assert (called.code, called.out, called.is_told) == (2, "", True)
    assert words in called.err
    assert sent.dump() == before
