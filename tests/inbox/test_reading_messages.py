"""Messages as clients write them: sender, references, text, files; and what kind of message each is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.inbox.bounces import bounce_of
from alerts.inbox.cutting import own_text
from alerts.inbox.incoming import read
from alerts.inbox.placing import understood
from alerts.inbox.received import Outcome
from tests.alerts.letters import naughty_strings
from tests.inbox.messages import (
    HEAD,
    OURS,
    SUBJECT,
    exchange_bounce,
    foxmail,
    netease_bounce,
    out_of_office,
    outlook,
    plain,
    postfix_bounce,
    qq,
    qq_bounce,
    spam,
    with_files,
)


def test_a_reply_of_foxmail() -> None:
    found = read(foxmail())
    assert (found.sender, found.subject, found.answers_to) == (HEAD, f"回复: {SUBJECT}", (OURS,))
    assert own_text(found.text).startswith(
        "因申请人补正材料未齐，已于11月18日电话告知，预计11月25日前办结。朱镕 经办。"
    )
    assert "HRM1-2760925" not in own_text(found.text)
    assert understood(found) is None


def test_a_reply_of_outlook_in_html_alone() -> None:
    found = read(outlook())
    assert own_text(found.text) == "HRM1-2760925已转专家评审，评审不计入时限，请核对。"
    assert found.answers_to == (OURS, "<other@x.example>"), "the nearest first"


def test_a_reply_of_qq_without_any_reference() -> None:
    found = read(qq())
    assert (own_text(found.text), found.answers_to) == ("收到，已安排今天下午现场核查。", ())


def test_a_message_without_an_id_gets_one_of_its_content() -> None:
    raw = plain("收到", message_id=None)
    assert read(raw).message_id == read(raw).message_id
    assert read(raw).message_id != read(plain("已阅", message_id=None)).message_id
    assert read(raw).message_id.startswith("<sha256.")


def test_files_are_there_with_their_names() -> None:
    found = read(with_files("见附件", ("情况说明.pdf", b"%PDF-1"), ("../../etc/passwd", b"x")))
    assert [(file.name, file.content, file.inline) for file in found.files] == [
        ("情况说明.pdf", b"%PDF-1", False),
        ("../../etc/passwd", b"x", False),
    ]
    assert own_text(found.text) == "见附件"


def test_a_message_attached_is_a_file_and_not_the_senders_text() -> None:
    raw = (
        f"From: {HEAD}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n见转发\n--b\n"
        "Content-Type: message/rfc822\n\nSubject: old\n\n旧信的内容\n--b--\n"
    ).encode()
    found = read(raw)
    assert found.text.strip() == "见转发"
    assert [file.name for file in found.files] == ["message.eml"]


def test_a_picture_within_the_page_is_inline() -> None:
    raw = (
        f"From: {HEAD}\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x</p>\n--b\n"
        "Content-Type: image/png\nContent-ID: <1>\nContent-Transfer-Encoding: base64\n\niVBORw0=\n--b--\n"
    ).encode()
    assert [(file.name, file.inline) for file in read(raw).files] == [("part.png", True)]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"no header at all", "no header at all", id="no header"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhalf", "half", id="no last boundary"),
        pytest.param(b"Content-Type: multipart/mixed\n\nno boundary", "", id="no boundary"),
        pytest.param(b"Content-Type: text/plain; charset=x-none\n\nabc", "abc", id="unknown charset"),
        pytest.param(b"Content-Transfer-Encoding: base64\n\n!!!", "", id="no base64"),
        pytest.param("Subject: 裸的\nFrom: 张三 <a@b.example>\n\n正文".encode("gbk"), "正文", id="naked gbk"),
    ],
)
def test_broken_mime_gives_what_there_is(raw: bytes, text: str) -> None:
    assert text in read(raw).text


def test_naked_bytes_in_headers_are_read() -> None:
    found = read("Subject: 督办回复\nFrom: 张三 <a@b.example>\n\n正文".encode("gbk"))
    assert (found.subject, found.sender) == ("督办回复", "a@b.example")


@pytest.mark.parametrize(
    "date",
    ["yesterday", "Thu, 99 Nov 2026", "Thu, 19 Nov 9999 10:30:00 +0800", "Thu, 19 Nov 2026 10:30:00", "", "=?x?Q?=?="],
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(plain("收到", date=date)).at is None


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw: bytes) -> None:
    found = read(raw)
    understood(found)
    found.text.encode()
    found.subject.encode()


def test_naughty_strings_pass_through_text_and_subject() -> None:
    strings = naughty_strings()
    if strings is None:
        pytest.skip("the list of naughty strings is not here")
    for text in strings:
        found = read(plain(text, subject=text))
        understood(found)
        own_text(found.text).encode()


@pytest.mark.parametrize(
    ("raw", "address", "words", "of"),
    [
        pytest.param(postfix_bounce(), HEAD, "Recipient address rejected", OURS, id="Postfix"),
        pytest.param(exchange_bounce(), HEAD, "Recipient not found", OURS, id="Exchange in Chinese"),
        pytest.param(qq_bounce(), HEAD, "不存在", None, id="QQ in Chinese"),
        pytest.param(netease_bounce(), HEAD, "已满", OURS, id="163 in Chinese"),
    ],
)
def test_a_bounce_says_which_address_why_and_of_which_mail(
    raw: bytes, address: str, words: str, of: str | None
) -> None:
    found = bounce_of(read(raw))
    assert found is not None
    assert words in found.permanent[address]
    assert (found.temporary, found.message_id) == ({}, of)


def test_a_delay_is_for_now_and_a_success_is_no_bounce() -> None:
    late = bounce_of(read(postfix_bounce(status="4.4.1", action="delayed")))
    assert late is not None
    assert (late.permanent, list(late.temporary)) == ({}, [HEAD])
    arrived = understood(read(postfix_bounce(status="2.0.0", action="delivered")))
    assert isinstance(arrived, Outcome)
    assert arrived.text == "送达回执，不算答复"


def test_a_person_who_quotes_a_bounce_is_no_bounce() -> None:
    text = "你们的信我昨天收到系统退信：550 5.1.1 <x@swj.example> User unknown，请核对地址。"
    assert bounce_of(read(plain(text))) is None
    assert bounce_of(read(plain(text, subject="回复: 退信"))) is None


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(out_of_office(), "out_of_office", id="a subject in Chinese"),
        pytest.param(plain("x", Auto_Submitted="auto-replied (vacation)"), "out_of_office", id="RFC 3834"),
        pytest.param(plain("x", X_Autoreply="yes"), "out_of_office", id="X-Autoreply"),
        pytest.param(plain("x", Precedence="auto_reply"), "out_of_office", id="Precedence"),
        pytest.param(plain("x", X_Auto_Response_Suppress="All"), "out_of_office", id="Exchange"),
        pytest.param(plain("x", subject="自动答复：外出"), "out_of_office", id="another word"),
        pytest.param(plain("x", subject="Automatic reply: x"), "out_of_office", id="in English"),
        pytest.param(plain("x", subject="外出期间请联系李四"), "out_of_office", id="away"),
        pytest.param(plain("x", Precedence="bulk"), "other", id="sent to many"),
        pytest.param(plain("x", List_Id="<a.b>"), "other", id="a list"),
    ],
)
def test_what_is_no_answer(raw: bytes, kind: str) -> None:
    found = understood(read(raw))
    assert isinstance(found, Outcome)
    assert found.kind == kind


@pytest.mark.parametrize(
    "raw",
    [
        plain("x", Auto_Submitted="no"),
        plain("x", subject="答复：自行整改情况的回复"),
        plain("收到外出检查通知"),
        spam(),
    ],
)
def test_what_may_be_one(raw: bytes) -> None:
    assert understood(read(raw)) is None


def test_a_receipt_of_reading_is_no_answer() -> None:
    kind = b"multipart/report; report-type=disposition-notification; boundary=b"
    raw = b"From: a@b.example\nContent-Type: " + kind + b"\n\n--b--\n"
    found = understood(read(raw))
    assert isinstance(found, Outcome)
    assert found.text == "已读回执，不算答复"
