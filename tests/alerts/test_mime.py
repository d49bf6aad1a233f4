"""A rendered mail as a message: what a mail server and a mail program get to see."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import default
from typing import Any

import pytest

from alerts.mime import as_bytes, build
from alerts.render import Attachment, Rendered
from tests.alerts.letters import naughty_strings

MAIL = Rendered("【催办】区水务局 临期2件（2026-11-23）", "您好，𠮷野家\n", "<p>您好，𠮷野家</p>\n")
BOOK = Attachment("approval-weekly-2026-W47.xlsx", "application/vnd.ms-excel", bytes(range(256)))
MESSAGE_ID = "<" + "k" * 90 + "@approval-monitor.example>"


def built(rendered: Rendered = MAIL, **changes: Any) -> EmailMessage:
    arguments: dict[str, Any] = {
        "sender": "monitor@gov.example",
        "sender_name": "审批时限监测",
        "to": ["a@water.example", "b@water.example"],
        "cc": ["head@gov.example"],
        "message_id": MESSAGE_ID,
        "date": datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
        "reply_to": "desk@gov.example",
        "headers": {"X-Approval-Key": "digest|110116SWJ"},
    }
    return build(rendered, **(arguments | changes))


def arrived(message: EmailMessage) -> EmailMessage:
    """The message as its reader gets it."""
    parsed = message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def local_lines(part: Message) -> str:
    """The text of a part with the line ends of this side of the wire."""
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Subject", MAIL.subject),
        ("From", "审批时限监测 <monitor@gov.example>"),
        ("To", "a@water.example, b@water.example"),
        ("Cc", "head@gov.example"),
        ("Reply-To", "desk@gov.example"),
        ("Date", "Mon, 23 Nov 2026 09:05:00 +0800"),
        ("Message-ID", MESSAGE_ID),
        ("Auto-Submitted", "auto-generated"),
        ("X-Approval-Key", "digest|110116SWJ"),
        ("MIME-Version", "1.0"),
    ],
)
def test_headers_arrive_as_they_were_meant(header: str, value: str) -> None:
    assert str(arrived(built())[header]) == value


def test_the_wire_form_is_plain_ascii_in_short_lines() -> None:
    wire = built(Rendered(MAIL.subject, "水" * 5000, MAIL.html, (BOOK,))).as_bytes()
    assert wire.isascii()
    lines = wire.split(b"\r\n")
    assert not any(b"\n" in line for line in lines)
    assert max(len(line) for line in lines if not line.startswith(b"Message-ID")) <= 78


def test_the_message_id_is_on_one_line_exactly_as_given() -> None:
    assert f"Message-ID: {MESSAGE_ID}\r\n".encode() in built().as_bytes()


def test_text_and_page_are_alternatives_the_page_last() -> None:
    message = arrived(built())
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in message.iter_parts()] == ["base64", "base64"]
    assert [local_lines(part) for part in message.iter_parts()] == [MAIL.text, MAIL.html]


def test_attachments_stand_beside_the_alternatives_unharmed() -> None:
    message = arrived(built(Rendered(MAIL.subject, MAIL.text, MAIL.html, (BOOK,))))
    assert message.get_content_type() == "multipart/mixed"
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == BOOK.name
    assert attachment.get_content() == BOOK.content
    body = message.get_body(("html",))
    assert body is not None
    assert local_lines(body) == MAIL.html


def test_a_mail_built_again_is_the_same_to_the_byte() -> None:
    mail = Rendered(MAIL.subject, MAIL.text, MAIL.html, (BOOK,))
    assert built(mail).as_bytes() == built(mail).as_bytes()


def test_without_copies_and_reply_address_there_are_no_such_headers() -> None:
    message = built(cc=[], reply_to=None, headers={})
    assert message["Cc"] is None
    assert message["Reply-To"] is None


def test_no_text_can_add_a_header() -> None:
    if (strings := naughty_strings()) is None:
        pytest.skip("the list of naughty strings is not there")
    names = sorted(built().keys())
    for text in strings:
        mail = Rendered(text, text.encode("utf-8", "replace").decode(), "<p></p>")
        wire = built(mail, sender_name=text, headers={"X-Approval-Key": text}).as_bytes()
        message = BytesHeaderParser(policy=default).parsebytes(wire)
        assert sorted(message.keys()) == names, text
        assert [address.addr_spec for address in message["From"].addresses] == ["monitor@gov.example"], text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"to": []}, "没有收件人", id="nobody to send to"),
        pytest.param({"to": ["water.example"]}, "不是有效的邮件地址", id="an address without @"),
        pytest.param({"to": ["a@b.example, c@d.example"]}, "不是有效的邮件地址", id="two addresses in one"),
        pytest.param(
            {"cc": ["a@b.example\r\nBcc: c@d.example"]}, "不是有效的邮件地址", id="an address with a line break"
        ),
        pytest.param({"sender": "水务@gov.example"}, "不是有效的邮件地址", id="an address that is not ASCII"),
        pytest.param({"reply_to": "desk"}, "不是有效的邮件地址", id="a bad address for replies"),
        pytest.param({"message_id": "key@host.example"}, "Message-ID", id="a Message-ID without brackets"),
        pytest.param({"message_id": "<a b@host.example>"}, "Message-ID", id="a Message-ID with a space"),
        pytest.param({"date": datetime(2026, 11, 23, 9)}, "没有时区", id="a naive date"),  # noqa: DTZ001
        pytest.param({"headers": {"Subject": "x"}}, "不能使用", id="a header written twice"),
        pytest.param({"headers": {"X A": "x"}}, "不能使用", id="a header name with a space"),
        pytest.param({"headers": {"Content-Type": "x"}}, "不能使用", id="a header of the body"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        built(**changes)


def test_an_attachment_name_has_to_be_ascii() -> None:
    mail = Rendered("s", "t", "h", (Attachment("周报.xlsx", "application/vnd.ms-excel", b""),))
    with pytest.raises(ValueError, match="附件名"):
        built(mail)


CHART = Attachment("units.png", "image/png", b"\x89PNG chart", "units.weekly-2026-W47@approval-monitor")


def test_a_picture_of_the_page_stands_beside_it_and_not_among_the_attachments() -> None:
    page = Rendered("s", "t\n", f'<img src="cid:{CHART.cid}">\n', (CHART, BOOK))
    message = arrived(built(page))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/vnd.ms-excel",
    ]
    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert picture["Content-ID"] == f"<{CHART.cid}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == CHART.content
    assert [part.get_filename() for part in message.iter_attachments()] == [BOOK.name]


def test_a_mail_with_pictures_built_again_is_the_same() -> None:
    page = Rendered("s", "t\n", f'<img src="cid:{CHART.cid}">\n', (CHART, BOOK))
    assert built(page).as_bytes() == built(page).as_bytes()


def test_a_content_id_that_no_header_can_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        built(Rendered("s", "t\n", "<p></p>\n", (Attachment("a.png", "image/png", b"", "a b"),)))


def test_the_page_as_a_file_has_its_pictures_in_it() -> None:
    page = Rendered("s", "t\n", f'<img src="cid:{CHART.cid}">', (CHART, BOOK)).page
    assert page == '<img src="data:image/png;base64,iVBORyBjaGFydA==">'


@pytest.mark.parametrize(
    "rendered",
    [MAIL, Rendered("=body-0=", "=body-0=\n" * 50, "<p></p>", (BOOK, BOOK)), Rendered("空", "", "", (BOOK,))],
    ids=["text and page", "with books, and words that look like marks", "with nothing in it"],
)
def test_written_at_once_a_mail_is_the_one_that_is_written_line_by_line(rendered: Rendered) -> None:
    message = built(rendered)
    before = message.as_bytes()
    assert as_bytes(message) == before
    assert message.as_bytes() == before


def test_a_mail_is_the_same_whatever_was_built_before() -> None:
    encoded, plain = "=?utf-8?b?5o+Q6YaS?=", "提醒"
    first = as_bytes(built(headers={"X-Approval-Unit": plain}))
    as_bytes(built(replace(MAIL, subject=encoded), headers={"X-Approval-Unit": encoded}))
    as_bytes(built(sender_name="另一个名称"))
    assert as_bytes(built(headers={"X-Approval-Unit": plain})) == first
