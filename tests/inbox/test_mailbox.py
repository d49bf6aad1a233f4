"""The mailbox over real IMAP, and the job that reads it, from the message that arrives to the answer on record."""

import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlalchemy import Engine, select

from alerts.answers import ANSWER
from alerts.inbox.mailbox import ImapMailbox, MailboxError
from alerts.inbox.received import RECEIVED
from config.load import init, load
from config.settings import Inbox
from monitor.app import App, build
from monitor.jobs.inbox import inbox_round
from monitor.jobs.slots import run_by_hand
from monitor.jobs.specs import jobs_of
from monitor.ledger.database import reading, writing
from tests.alerts.delivery import NOW
from tests.alerts.office import DIRECTORY, digest_mail, marked, put, rows
from tests.inbox.imap import PASSWORD, Imap, imap_server
from tests.inbox.messages import OURS, SUBJECT, foxmail, plain, postfix_bounce

TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


@pytest.fixture
def server() -> Iterator[Imap]:
    """A mailbox that is empty."""
    with imap_server() as it:
        yield it


def test_messages_are_listed_and_read_and_their_marks_left_alone(server: Imap) -> None:
    server.put(plain("一", message_id="<1@x.example>"), plain("二", message_id=None))
    with ImapMailbox(server.settings()) as box:
        listed = box.listed(0, date(2020, 1, 1))
        assert [(one.message_id, one.sender) for one in listed] == [
            ("<1@x.example>", "section_head@swj.example"),
            (None, "section_head@swj.example"),
        ]
        assert all(one.size > 100 for one in listed)
        assert box.whole(listed[0].uid) == plain("一", message_id="<1@x.example>")
        assert box.listed(listed[0].uid, None) == listed[1:]
        assert box.listed(listed[1].uid, None) == []
        assert box.whole(4711) is None
        box.done(listed[0].uid)
        assert box.validity > 0
    assert server.flags() == [(), ()]
    assert len(server.subjects()) == 2


def test_messages_that_were_read_are_moved_to_a_folder_that_is_made(server: Imap) -> None:
    server.put(plain("一", subject="甲"), plain("二", subject="乙", message_id="<2@x.example>"))
    with ImapMailbox(server.settings(processed_folder="已读取")) as box:
        for one in box.listed(0, date(2020, 1, 1))[:1]:
            box.done(one.uid)
    assert (server.subjects(), server.subjects("已读取")) == (["乙"], ["甲"])


def failure(inbox: Inbox) -> str:
    """The sentence that opening the mailbox comes to."""
    with pytest.raises(MailboxError) as caught, ImapMailbox(inbox):
        pass
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_a_wrong_password_is_a_sentence_that_does_not_repeat_it(server: Imap) -> None:
    said = failure(server.settings(password="n0t-it"))
    assert "不接受账号或密码，请核对 [inbox] 的 username 与密码" in said
    assert "n0t-it" not in said


def test_a_password_in_chinese_is_a_password(server: Imap) -> None:
    assert "不接受账号或密码" in failure(server.settings(password="密码"))


def test_a_folder_that_is_not_there_is_a_sentence(server: Imap) -> None:
    assert "文件夹 没有 打不开，请核对 [inbox] 的 folder" in failure(server.settings(folder="没有"))


def test_without_a_server_the_sentence_says_where_none_is(server: Imap) -> None:
    said = failure(server.settings(port=1))
    assert said == "收件箱 127.0.0.1:1 连接不上（该端口没有服务），下次再试"


def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server shows, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return context, tmp_path / "ca.pem"


def secured(security: str, context: ssl.SSLContext) -> AbstractContextManager[Imap]:
    """A server that is encrypted the one way or the other."""
    return imap_server(tls=context) if security == "tls" else imap_server(starttls=context)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_over_tls_a_server_of_the_owners_authority_is_trusted_and_another_is_not(security: str, tmp_path: Path) -> None:
    context, ca_file = contexts(tmp_path)
    with secured(security, context) as it:
        with ImapMailbox(it.settings(security=security, ca_file=ca_file)) as box:
            assert box.listed(0, None) == []
        assert "证书不被信任" in failure(it.settings(security=security))


def test_a_server_that_speaks_no_tls_gets_no_password(server: Imap) -> None:
    assert "加密握手失败" in failure(server.settings(security="tls"))
    assert "连接不上" in failure(server.settings(security="starttls"))


@pytest.fixture
def app(server: Imap, tmp_path: Path) -> Iterator[App]:
    """An office whose mailbox is on the server, and which has sent one mail about two items."""
    init(tmp_path / "etc")
    config = load(tmp_path / "etc", TOKEN)
    settings = config.settings.model_copy(update={"inbox": server.settings()})
    made = build(replace(config, settings=settings, units=DIRECTORY), lambda: NOW)
    put(made.engine, digest_mail("one"))
    with writing(made.engine) as connection:
        marked(connection, "one", state="sent", message_id=OURS, subject=SUBJECT, sent_at=NOW)
    yield made
    made.engine.dispose()


def with_inbox(app: App, **changes: Any) -> App:
    """The office with another mailbox."""
    inbox = app.config.settings.inbox.model_copy(update=changes)
    return replace(app, config=replace(app.config, settings=app.config.settings.model_copy(update={"inbox": inbox})))


def on_record(engine: Engine) -> list[tuple[str, str]]:
    """Kind and sender of every message on record."""
    with reading(engine) as connection:
        return [(one.kind, one.outcome) for one in connection.execute(select(RECEIVED).order_by(RECEIVED.c.id))]


def test_a_round_reads_what_came_and_the_next_only_what_is_new(server: Imap, app: App) -> None:
    server.put(foxmail(), postfix_bounce())
    first = run_by_hand(app, "inbox", inbox_round)
    assert (first.good, first.sentence) == (True, "收件箱：答复 1 封，退信 1 封，自动回复 0 封，其他 0 封")
    server.put(plain("收到", message_id="<later@swj.example>"))
    assert inbox_round(app).counts == {"answer": 1}
    assert inbox_round(app).counts == {}
    assert [kind for kind, _ in on_record(app.engine)] == ["answer", "bounce", "answer"]
    with reading(app.engine) as connection:
        assert [one.kind for one in connection.execute(select(ANSWER))] == ["explanation", "receipt"]


def test_with_a_folder_for_what_was_read_the_mailbox_is_empty_afterwards(server: Imap, app: App) -> None:
    server.put(foxmail(), plain("收到", message_id="<later@swj.example>"))
    moving = with_inbox(app, processed_folder="已读取")
    assert inbox_round(moving).counts == {"answer": 2}
    assert (server.subjects(), len(server.subjects("已读取"))) == ([], 2)
    assert inbox_round(moving).counts == {}


def test_what_was_read_before_a_crash_and_not_moved_is_moved_and_not_read_again(server: Imap, app: App) -> None:
    server.put(foxmail())
    inbox_round(app)
    assert inbox_round(with_inbox(app, processed_folder="已读取")).counts == {}
    assert server.subjects("已读取") == [f"回复: {SUBJECT}"]


def test_messages_older_than_our_first_mail_are_left_alone(server: Imap, app: App) -> None:
    with writing(app.engine) as connection:
        marked(connection, "one", created_at=NOW.replace(year=2999))
    server.put(foxmail())
    assert (inbox_round(app).counts, on_record(app.engine)) == ({}, [])


def test_a_mailbox_that_cannot_be_read_is_a_bad_round_and_told_once_a_day(server: Imap, app: App) -> None:
    broken = with_inbox(app, port=1)
    for _ in range(3):
        outcome = run_by_hand(broken, "inbox", inbox_round)
        assert not outcome.good
        assert "该端口没有服务" in outcome.sentence
    assert [mail.payload["title"] for mail in rows(app.engine)[1:]] == ["收件箱读不出来"]


def test_a_mailbox_that_was_just_read_may_fail_once_without_a_word(server: Imap, app: App) -> None:
    run_by_hand(app, "inbox", inbox_round)
    run_by_hand(with_inbox(app, port=1), "inbox", inbox_round)
    assert len(rows(app.engine)) == 1


def test_the_daemon_reads_a_mailbox_only_where_there_is_one(app: App) -> None:
    assert [job.name for job in jobs_of(app)][:3] == ["poll", "inbox", "plan"]
    assert "inbox" not in [job.name for job in jobs_of(with_inbox(app, host=None))]
