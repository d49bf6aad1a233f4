"""Bounces: shown at the address of the mail that came back, told to those who run the system once."""

from datetime import timedelta

import pytest

from alerts import handed
from monitor.ledger.database import writing
from tests.alerts.delivery import NOW
from tests.alerts.office import (
    digest_mail,
    operator_mail,
    put,
)  # fmt: skip
from tests.inbox.desk import Office, sent
from tests.inbox.messages import (
    HEAD,
    exchange_bounce,
    netease_bounce,
    postfix_bounce,
    qq_bounce,
)  # fmt: skip


@pytest.mark.parametrize("raw", [postfix_bounce(), exchange_bounce(), netease_bounce(), qq_bounce()])
def test_a_bounce_shows_at_its_address_and_the_operator_is_told_once(office: Office, raw: bytes) -> None:
    office.look(raw)
    assert office.results() == {HEAD: "bounced"}
    assert office.told == [("operator@zwfw.example", "有收件地址退信")]
    assert [(one.kind, one.mail_key) for one in office.received] == [("bounce", "one")]
    office.look(raw, raw, validity=2)
    assert len(office.told) == 1


def test_an_address_that_bounces_again_is_told_again_only_after_a_long_time(office: Office) -> None:
    put(office.engine, digest_mail("two"), digest_mail("three"))
    with writing(office.engine) as connection:
        sent(connection, "two", "<two@zwfw.example>")
        sent(connection, "three", "<three@zwfw.example>")
    office.look(postfix_bounce(), postfix_bounce(status="5.1.2", of="<two@zwfw.example>"))
    assert (office.results("two"), len(office.told)) == ({HEAD: "bounced"}, 1)
    with writing(office.engine) as connection:
        connection.execute(handed.HANDED.update().values(at=NOW - timedelta(days=100)))
    office.look(postfix_bounce(status="5.1.3", of="<three@zwfw.example>"), validity=2)
    assert len(office.told) == 2


def test_an_operator_whose_address_bounces_is_stood_in_for_by_the_supervisor(office: Office) -> None:
    put(office.engine, operator_mail("word"))
    with writing(office.engine) as connection:
        sent(connection, "word", "<word@zwfw.example>")
    office.look(postfix_bounce("operator@zwfw.example", of="<word@zwfw.example>"))
    assert office.told[-1] == ("supervisor@zwfw.example", "有收件地址退信")


def test_a_bounce_of_an_address_that_the_mail_did_not_go_to_means_nothing(office: Office) -> None:
    office.look(postfix_bounce("principal@swj.example"), qq_bounce("elsewhere@x.example"))
    assert (office.results(), office.told) == ({HEAD: "accepted"}, [])
    assert [one.outcome for one in office.received] == [
        "退信，所列地址不是这封信的收件人",
        "退信，对不上本系统发出的任何一封信",
    ]


def test_a_delay_is_on_record_and_no_bounce(office: Office) -> None:
    office.look(postfix_bounce(status="4.4.1", action="delayed"))
    assert office.results() == {HEAD: "accepted"}
    assert office.received[0].outcome == f"暂未送达，对方服务器仍在尝试：{HEAD}"
