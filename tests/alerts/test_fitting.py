"""Mails that are too large lose their largest attachment, and say so."""

from alerts.fitting import lighter
from alerts.render import Attachment, Rendered

SMALL, LARGE = Attachment("a.xlsx", "a/b", b"1" * 10), Attachment("b.pdf", "a/b", b"2" * 3000)


def test_the_largest_attachment_goes_first_and_text_and_page_say_which() -> None:
    found = lighter(Rendered("s", "正文\n", "<html><body><p>正文</p></body></html>", (SMALL, LARGE)))
    assert found is not None
    mail, dropped = found
    said = "附件 b.pdf（3 KiB）超过邮件大小的上限，没有随信发送；需要时请回信索取。"
    assert (mail.attachments, dropped) == ((SMALL,), LARGE)
    assert mail.text == f"正文\n\n{said}\n"
    assert mail.html == f'<html><body><p>正文</p><p style="margin:16px">{said}</p></body></html>'


def test_one_by_one_until_nothing_is_attached() -> None:
    first = lighter(Rendered("s", "t", "h", (SMALL, LARGE)))
    assert first is not None
    second = lighter(first[0])
    assert second is not None
    assert (second[0].attachments, second[1]) == ((), SMALL)
    assert "b.pdf" in second[0].html
    assert lighter(second[0]) is None


def test_pictures_of_the_page_stay_as_long_as_there_is_a_file_to_leave_out() -> None:
    chart = Attachment("units.png", "image/png", b"3" * 9000, "units@approval-monitor")
    first = lighter(Rendered("s", "t", "h", (chart, SMALL)))
    assert first is not None
    assert (first[0].attachments, first[1]) == ((chart,), SMALL)
    second = lighter(first[0])
    assert second is not None
    assert second[1] == chart
