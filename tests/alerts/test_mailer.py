"""Handing over one message to a real SMTP server: who took it, who did not, and what is not known."""

import ssl
from contextlib import AbstractAsyncContextManager
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from alerts.mailer import Folder, Receipt, SendError, SmtpConnection, TooLargeError
from alerts.mime import build
from alerts.render import Rendered
from config.settings import Delivery
from tests.alerts.office import moment
from tests.alerts.relay import OK, PUT_OFF, REFUSED, Relay, hang_up, nowhere, relay, say_nothing

SENDER, ONE, TWO = "monitor@zwfw.example", "handler@swj.example", "principal@swj.example"
PASSWORD = "right-password"


def letter(number: int = 1, to: tuple[str, ...] = (ONE,)) -> EmailMessage:
    """A message with a line that begins with a dot."""
    return build(
        Rendered(f"催办 {number}", "第一行\r\n.第二行", "<p>正文</p>"),
        sender=SENDER,
        sender_name="审批时限监测",
        to=to,
        message_id=f"<{number}@zwfw.example>",
        date=moment("2026-11-19 09:00"),
    )


async def sent(settings: Delivery, *to: str, context: ssl.SSLContext | None = None) -> Receipt:
    """One letter over a connection of its own."""
    async with SmtpConnection(settings, context) as connection:
        return await connection.send(letter(to=to or (ONE,)), SENDER, to or (ONE,))


async def failure(settings: Delivery, *to: str, context: ssl.SSLContext | None = None) -> SendError:
    """The failure that sending one letter comes to."""
    with pytest.raises(SendError) as caught:
        await sent(settings, *to, context=context)
    return caught.value


def kind(error: SendError) -> dict[str, bool]:
    """What a failure means, less what it does not."""
    flags = {"permanent": error.permanent, "unknown": error.unknown, "relay": error.relay}
    return {name: flag for name, flag in flags.items() if flag}


async def test_a_message_is_taken_byte_by_byte() -> None:
    async with relay() as it:
        assert await sent(it.settings(), ONE, TWO) == Receipt((ONE, TWO), {}, {})
    [mail] = it.mails
    assert (mail.sender, mail.recipients) == (SENDER, (ONE, TWO))
    assert mail.raw == letter(to=(ONE, TWO)).as_bytes()
    assert mail.message["Subject"] == "催办 1"


async def test_a_refused_recipient_does_not_block_the_others() -> None:
    async with relay(refuse={ONE: REFUSED}) as it:
        receipt = await sent(it.settings(), ONE, TWO)
    assert receipt == Receipt((TWO,), {ONE: "550 5.1.1 no such user"}, {})
    assert it.recipients == [(TWO,)]


async def test_a_recipient_put_off_is_told_apart_from_one_refused() -> None:
    async with relay(refuse={ONE: PUT_OFF}) as it:
        receipt = await sent(it.settings(), ONE, TWO)
    assert receipt == Receipt((TWO,), {}, {ONE: "450 4.2.0 greylisted, try again later"})


async def test_with_all_recipients_refused_no_text_is_handed_over_and_the_connection_is_of_use() -> None:
    async with relay(refuse={ONE: REFUSED}) as it, SmtpConnection(it.settings()) as connection:
        assert (await connection.send(letter(1), SENDER, (ONE,))).accepted == ()
        assert (await connection.send(letter(2), SENDER, (TWO,))).accepted == (TWO,)
    assert (it.recipients, it.sessions) == ([(TWO,)], 1)


@pytest.mark.parametrize(
    ("answers", "means", "words"),
    [
        pytest.param({"on_data": ["554 5.7.1 spam"]}, {"permanent": True}, "拒收信件内容：554", id="a text refused"),
        pytest.param({"on_data": ["452 4.3.1 disk full"]}, {}, "拒收信件内容：452", id="a text put off"),
        pytest.param({"on_sender": ["550 5.7.1 go away"]}, {"relay": True}, "不接受发件人", id="a sender refused"),
        pytest.param({"on_sender": ["451 4.3.0 not now"]}, {"relay": True}, "不接受发件人", id="a sender put off"),
        pytest.param({"on_data": [hang_up]}, {"unknown": True}, "没有答复", id="the relay is gone after the text"),
        pytest.param({"on_sender": [hang_up, hang_up]}, {"relay": True}, "连接中断", id="the relay is gone before it"),
    ],
)
async def test_what_a_failure_means(answers: dict[str, Any], means: dict[str, bool], words: str) -> None:
    async with relay(**answers) as it:
        error = await failure(it.settings())
    assert kind(error) == means
    assert words in error.message
    assert not it.mails or error.unknown


@pytest.mark.parametrize(
    ("answers", "means"),
    [
        pytest.param({"on_sender": [say_nothing]}, {"relay": True}, id="silence before the text"),
        pytest.param({"on_data": [say_nothing]}, {"unknown": True}, id="silence after the text"),
    ],
)
async def test_a_relay_that_hangs_is_left_after_the_time_set(answers: dict[str, Any], means: dict[str, bool]) -> None:
    async with relay(**answers) as it:
        assert kind(await failure(it.settings(timeout_seconds=0.2))) == means


async def test_after_each_failure_the_connection_sends_again() -> None:
    answers: list[Any] = ["452 4.3.1 disk full", "554 5.7.1 spam", hang_up, OK]
    async with relay(on_data=answers) as it, SmtpConnection(it.settings()) as connection:
        for number in range(3):
            with pytest.raises(SendError):
                await connection.send(letter(number), SENDER, (ONE,))
        await connection.send(letter(3), SENDER, (ONE,))
    assert [mail.message["Subject"] for mail in it.mails] == ["催办 2", "催办 3"]  # of the first nobody knows
    assert it.sessions == 2


async def test_one_connection_carries_many_mails() -> None:
    async with relay() as it, SmtpConnection(it.settings()) as connection:
        for number in range(20):
            await connection.send(letter(number), SENDER, (ONE,))
    assert (len(it.mails), it.sessions) == (20, 1)


async def test_a_relay_that_hangs_up_after_each_mail_is_called_again_for_the_next() -> None:
    async with relay(one_mail_a_connection=True) as it, SmtpConnection(it.settings()) as connection:
        for number in range(5):
            await connection.send(letter(number), SENDER, (ONE,))
    assert (len(it.mails), it.sessions) == (5, 5)


async def test_a_relay_that_says_goodbye_to_a_kept_connection_is_called_again() -> None:
    async with relay(on_sender=[OK, "421 4.4.2 idle for too long"]) as it, SmtpConnection(it.settings()) as connection:
        for number in range(3):
            await connection.send(letter(number), SENDER, (ONE,))
    assert (len(it.mails), it.sessions) == (3, 2)


async def test_without_a_relay_the_sentence_says_where_none_is() -> None:
    port = await nowhere()
    error = await failure(Delivery(port=port))
    assert kind(error) == {"relay": True}
    assert error.message == f"邮件服务器 127.0.0.1:{port} 连接不上（该端口没有服务），稍后自动重试"


async def test_a_relay_that_speaks_no_tls_on_the_port_set_is_said_in_a_sentence() -> None:
    async with relay() as it:
        error = await failure(it.settings(security="tls"))
    assert kind(error) == {"relay": True}
    assert "加密握手失败，请核对 [delivery] 的 security 与 port" in error.message


@cache
def authority() -> trustme.CA:
    """A certificate authority of the tests' own."""
    return trustme.CA()


def server_context() -> ssl.SSLContext:
    """What a relay on 127.0.0.1 shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """What a machine with the authority's certificate trusts."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def secured(security: str) -> AbstractAsyncContextManager[Relay]:
    """A relay that is encrypted the one way or the other."""
    return relay(tls=server_context()) if security == "tls" else relay(starttls=server_context())


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_over_tls_a_trusted_relay_takes_the_mail(security: str, trusting: ssl.SSLContext) -> None:
    async with secured(security) as it:
        assert (await sent(it.settings(security=security), context=trusting)).accepted == (ONE,)
    assert len(it.mails) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_relay_whose_certificate_is_of_the_owners_own_authority_is_trusted_by_its_file(
    security: str, tmp_path: Path
) -> None:
    authority().cert_pem.write_to_path(tmp_path / "ca.pem")
    async with secured(security) as it:
        assert (await sent(it.settings(security=security, ca_file=tmp_path / "ca.pem"))).accepted == (ONE,)


async def test_another_authority_than_the_one_in_the_file_is_not_trusted(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    async with secured("tls") as it:
        error = await failure(it.settings(security="tls", ca_file=tmp_path / "ca.pem"))
    assert "证书不被信任" in error.message
    assert it.mails == []


async def test_a_file_of_the_authority_that_has_gone_is_a_sentence(tmp_path: Path) -> None:
    async with secured("tls") as it:
        error = await failure(it.settings(security="tls", ca_file=tmp_path / "gone.pem"))
    assert kind(error) == {"relay": True}
    assert "ca_file" in error.message


async def test_a_certificate_for_another_host_is_not_trusted(trusting: ssl.SSLContext) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert("relay.elsewhere.example").configure_cert(context)
    async with relay(tls=context) as it:
        error = await failure(it.settings(security="tls"), context=trusting)
    assert ("证书不被信任" in error.message, it.mails) == (True, [])


async def test_a_message_larger_than_the_relay_says_it_takes_is_not_handed_over() -> None:
    async with relay(size=200) as it:
        with pytest.raises(TooLargeError, match="信件太大：1 KiB，上限 0 KiB"):
            await sent(it.settings())
    assert (it.mails, it.tries) == ([], [])


async def test_a_relay_is_told_the_size_of_a_message_and_a_smaller_one_still_goes() -> None:
    async with relay(size=5000) as it, SmtpConnection(it.settings()) as connection:
        big = build(
            Rendered("大", "长" * 5000, "<p></p>"),
            sender=SENDER, sender_name="", to=(ONE,), message_id="<big@zwfw.example>", date=moment("2026-11-19 09:00"),
        )  # fmt: skip
        with pytest.raises(TooLargeError):
            await connection.send(big, SENDER, (ONE,))
        await connection.send(letter(2), SENDER, (ONE,))
    assert (len(it.mails), it.sessions) == (1, 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_that_is_not_trusted_is_said_in_a_sentence_and_nothing_is_handed_over(
    security: str,
) -> None:
    async with secured(security) as it:
        error = await failure(it.settings(security=security))
    assert kind(error) == {"relay": True}
    assert "证书不被信任" in error.message
    assert "SSL" not in error.message
    assert it.mails == []


async def test_a_relay_without_starttls_gets_nothing_when_encryption_is_asked_for() -> None:
    async with relay() as it:
        error = await failure(it.settings(security="starttls"))
    assert kind(error) == {"relay": True}
    assert it.tries == []


def login(it: Relay, password: str) -> Delivery:
    """The settings with an account."""
    return it.settings(security="starttls", username="monitor", password=SecretStr(password))


async def test_with_the_right_password_the_relay_takes_the_mail(trusting: ssl.SSLContext) -> None:
    async with relay(starttls=server_context(), login=True) as it:
        assert (await sent(login(it, PASSWORD), context=trusting)).accepted == (ONE,)
    assert it.logins == [("monitor", PASSWORD)]


async def test_a_wrong_password_is_a_sentence_that_does_not_contain_it(
    trusting: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "n0t-the-passw0rd"
    with caplog.at_level("DEBUG"):
        async with relay(starttls=server_context(), login=True) as it:
            settings = login(it, secret)
            error = await failure(settings, context=trusting)
    assert ("monitor", secret) in it.logins
    assert kind(error) == {"relay": True}
    assert "不接受账号或密码，请核对 [delivery] 的 username 与密码文件" in error.message
    ours = [record for record in caplog.records if not record.name.startswith("mail.")]  # aiosmtpd is the other side
    said = [error.message, str(error), repr(error), repr(settings), str(settings.model_dump()), *map(str, ours)]
    assert not [text for text in said if secret in text]


async def test_an_account_without_a_password_file_does_not_log_in(trusting: ssl.SSLContext) -> None:
    async with relay(starttls=server_context()) as it:
        settings = it.settings(security="starttls", password=SecretStr(PASSWORD))
        assert (await sent(settings, context=trusting)).accepted == (ONE,)
    assert it.logins == []


async def test_while_delivery_is_off_a_letter_is_kept_as_a_file_once_per_message_id(tmp_path: Path) -> None:
    folder = tmp_path / "kept-mails"
    keeper = Folder(folder)
    for number in (1, 2, 1):
        assert await keeper.send(letter(number), SENDER, (ONE, TWO)) == Receipt((ONE, TWO), {}, {})
    await keeper.close()
    assert sorted(path.name for path in folder.iterdir()) == ["1.eml", "2.eml"]
    assert (folder / "1.eml").read_bytes() == letter(1).as_bytes()
    assert folder.stat().st_mode & 0o077 == 0


async def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "kept-mails").write_text("in the way")
    with pytest.raises(SendError, match="信件存不进") as caught:
        await Folder(tmp_path / "kept-mails").send(letter(), SENDER, (ONE,))
    assert kind(caught.value) == {"relay": True}
