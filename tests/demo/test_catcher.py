"""The catcher of mails: what is sent to it is kept, and can be read in a browser."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from monitor.demo.catcher import Catcher

IMAGE = b"\x89PNG\r\n\x1a\n not much of a picture"


def mail(**headers: str) -> EmailMessage:
    """A Chinese mail with an HTML part; ``headers`` with _ for -."""
    message = EmailMessage()
    message["From"] = "项目审批监督 <monitor@gov.example>"
    message["To"] = "handler@water.example"
    message["Subject"] = "【督办·黄牌】区水务局：3 件办件已逾期"
    message["Date"] = "Sat, 10 Oct 2026 09:00:00 +0800"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content("建设项目水影响评价审查已逾期，请尽快办结。", cte="base64")
    message.add_alternative("<html><head><title>督办</title></head><body>已逾期</body></html>", subtype="html")
    return message


def send(catcher: Catcher, *messages: EmailMessage, to: list[str] | None = None) -> None:
    with smtplib.SMTP(catcher.host, catcher.port, local_hostname="client.example") as client:
        for message in messages:
            client.send_message(message, to_addrs=to)


def test_a_chinese_mail_is_kept_whole_with_its_envelope(tmp_path: Path) -> None:
    with Catcher(tmp_path) as catcher:
        send(catcher, mail(), to=["handler@water.example", "head@water.example"])
    (caught,) = catcher.mails
    assert caught.sender == "monitor@gov.example"
    assert caught.recipients == ("handler@water.example", "head@water.example")
    assert caught.message["Subject"] == "【督办·黄牌】区水务局：3 件办件已逾期"
    text = caught.message.get_body(preferencelist=("plain",))
    assert text is not None
    assert text.get_content().strip() == "建设项目水影响评价审查已逾期，请尽快办结。"
    assert caught.eml.read_bytes() == caught.raw


def test_files_are_named_after_the_day_of_the_mail_its_unit_audience_and_number(tmp_path: Path) -> None:
    labels = {"X_Approval_Unit": "区水务局", "X_Approval_Audience": "经办"}
    with Catcher(tmp_path / "mails") as catcher:
        send(catcher, mail(**labels), mail(**labels))
    assert sorted(path.name for path in (tmp_path / "mails").iterdir()) == [
        "2026-10-10_区水务局_经办_001.eml",
        "2026-10-10_区水务局_经办_001.html",
        "2026-10-10_区水务局_经办_002.eml",
        "2026-10-10_区水务局_经办_002.html",
    ]


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        pytest.param({}, "2026-10-10_handler_邮件_001.eml", id="no headers: whom it is addressed to"),
        pytest.param({"To": "张 <a@x.example>"}, "2026-10-10_张_邮件_001.eml", id="a display name"),
        pytest.param({"Date": "whenever"}, "无日期_handler_邮件_001.eml", id="a date that is none"),
        pytest.param({"Date": "Fri, 09 Oct 2026 20:00:00 +0000"}, "2026-10-10_handler_邮件_001.eml", id="a UTC date"),
        pytest.param(
            {"X_Approval_Unit": "../../etc/x", "X_Approval_Audience": "a/b"},
            "2026-10-10_etc-x_a-b_001.eml",
            id="a name that would leave the folder",
        ),
    ],
)
def test_a_file_name_is_always_readable_and_within_the_folder(
    tmp_path: Path, headers: dict[str, str], name: str
) -> None:
    with Catcher(tmp_path) as catcher:
        send(catcher, mail(**headers))
    assert catcher.mails[0].eml == tmp_path / name


def test_who_joins_the_parts_can_say_how_mails_are_labelled(tmp_path: Path) -> None:
    with Catcher(tmp_path, label=lambda message: ("全区", str(message["Subject"])[1:3])) as catcher:
        send(catcher, mail())
    assert catcher.mails[0].eml.name == "2026-10-10_全区_督办_001.eml"


def test_the_page_beside_a_mail_carries_its_inline_images(tmp_path: Path) -> None:
    message = mail()
    html = message.get_body(preferencelist=("html",))
    assert html is not None
    html.set_content('<img src="cid:chart@x"><img src="cid:chart@x2"><img src="cid:none">', subtype="html")
    for cid in ("<chart@x>", "<chart@x2>"):
        html.add_related(IMAGE, maintype="image", subtype="png", cid=cid)
    with Catcher(tmp_path) as catcher:
        send(catcher, message)
    page = catcher.mails[0].html
    assert page is not None
    text = page.read_text(encoding="utf-8")
    data = "data:image/png;base64,iVBORw0KGgogbm90IG11Y2ggb2YgYSBwaWN0dXJl"
    assert text.strip() == (f'<meta charset="utf-8"><img src="{data}"><img src="{data}"><img src="cid:none">')


def test_a_browser_is_told_that_the_page_is_utf8(tmp_path: Path) -> None:
    with Catcher(tmp_path) as catcher:
        send(catcher, mail())
    page = catcher.mails[0].html
    assert page is not None
    assert '<head><meta charset="utf-8"><title>督办</title>' in page.read_text(encoding="utf-8")


def test_a_mail_without_html_is_kept_without_a_page(tmp_path: Path) -> None:
    plain = EmailMessage()
    plain["From"], plain["To"], plain["Subject"] = "a@x.example", "b@x.example", "只有正文"
    plain.set_content("正文")
    with Catcher(tmp_path) as catcher:
        send(catcher, plain)
    assert catcher.mails[0].html is None
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_the_catcher_stops_though_a_client_keeps_its_connection(tmp_path: Path) -> None:
    with Catcher(tmp_path) as catcher:
        client = smtplib.SMTP(catcher.host, catcher.port, local_hostname="client.example", timeout=5)
        client.send_message(mail())
    with pytest.raises(smtplib.SMTPException):
        client.noop()
    client.close()
    assert len(catcher.mails) == 1


def test_two_catchers_listen_at_once(tmp_path: Path) -> None:
    with Catcher(tmp_path / "one") as one, Catcher(tmp_path / "two") as two:
        send(two, mail())
    assert (len(one.mails), len(two.mails)) == (0, 1)
