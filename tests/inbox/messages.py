"""Messages as the clients and servers of the units write them, byte by byte."""

from base64 import b64encode
from email.message import EmailMessage

from tests.alerts.office import DOMAIN

HEAD = "section_head@swj.example"
OURS = "<0123456789abcdef0123456789abcdef01234567@zwfw.example>"
SUBJECT = "【督办·黄牌】区水务局 逾期1件（2026-11-19）"
DATE = "Thu, 19 Nov 2026 10:30:00 +0800"
QUOTED = """发件人： 工程建设项目审批时限监测
发送时间： 2026-11-19 09:00
收件人： section_head@swj.example
主题： 【督办·黄牌】区水务局 逾期1件（2026-11-19）

数据截至 2026年11月19日 08:00
1. 逾期 1 个工作日（红灯）
   办件编号：HRM1-2760925
"""


def encoded(text: str, charset: str) -> str:
    """A header as clients encode it: =?gb18030?B?…?=."""
    return f"=?{charset}?B?{b64encode(text.encode(charset, 'replace')).decode()}?="


def plain(
    text: str,
    *,
    sender: str = HEAD,
    subject: str = f"回复: {SUBJECT}",
    charset: str = "utf-8",
    label: str | None = None,
    answers: str | None = OURS,
    message_id: str | None = "<reply-1@swj.example>",
    date: str = DATE,
    **headers: str,
) -> bytes:
    """A message of plain text; ``label`` is what it says its charset is, ``headers`` with _ for -."""
    lines = [
        f"From: {encoded('审批科', 'gb18030')} <{sender}>",
        "To: monitor@zwfw.example",
        f"Subject: {encoded(subject, charset)}",
        f"Date: {date}",
        *([f"Message-ID: {message_id}"] if message_id else []),
        *([f"In-Reply-To: {answers}"] if answers else []),
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        "MIME-Version: 1.0",
        f'Content-Type: text/plain; charset="{label or charset}"',
        "Content-Transfer-Encoding: base64",
    ]
    return "\r\n".join([*lines, "", b64encode(text.encode(charset, "replace")).decode(), ""]).encode()


def with_files(text: str, *files: tuple[str, bytes], answers: str = OURS) -> bytes:
    """A message with attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = HEAD, "monitor@zwfw.example", f"Re: {SUBJECT}"
    message["Date"], message["Message-ID"], message["In-Reply-To"] = DATE, "<files@swj.example>", answers
    message.set_content(text, cte="base64")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def foxmail() -> bytes:
    """Foxmail 7: alternatives in GB2312 that hold more than GB2312 (镕), a rule above the signature."""
    own = "因申请人补正材料未齐，已于11月18日电话告知，预计11月25日前办结。朱镕 经办。"
    text = f"{own}\r\n\r\n\r\n\r\n张三\r\n北京市怀柔区水务局\r\n\r\n{QUOTED}"
    page = (
        f"<html><head><style>body{{line-height:1.5}}</style></head><body><div>{own}</div><div><br></div>"
        '<hr style="WIDTH: 210px; HEIGHT: 1px" color="#b5c4df" size="1" align="left">'
        "<div><span>张三<br>北京市怀柔区水务局<br>010-69600000</span></div><blockquote><div>&nbsp;</div>"
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt"><b>发件人：</b>审批时限监测</div>'
        "</blockquote></body></html>"
    )
    return _alternatives(text, page, "gb18030", "gb2312", {"X-mailer": "Foxmail 7.2.25.331[cn]"})


def outlook() -> bytes:
    """Outlook: HTML alone, a header block below a line."""
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm;} -->'
        "</style></head><body lang=ZH-CN><div class=WordSection1><p class=MsoNormal>"
        "<span lang=EN-US>HRM1-2760925</span>"
        "已转专家评审，评审不计入时限，<b>请核对</b>。<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>"
        "<b>发件人<span lang=EN-US>:</span></b> 审批时限监测 &lt;monitor@zwfw.example&gt; <br><b>发送时间:</b> "
        "2026年11月19日 9:00<br><b>收件人:</b> 审批科<br><b>主题:</b> 【督办】</p></div><p>办件编号：HRM1-2760925</p>"
        "</div></body></html>"
    )
    headers = [
        f"From: <{HEAD}>", f"Subject: {encoded(f'答复: {SUBJECT}', 'utf-8')}", f"Date: {DATE}",
        "Message-ID: <outlook@swj.example>", f"References: <other@x.example>\r\n {OURS}",
        'Content-Type: text/html; charset="utf-8"', "Content-Transfer-Encoding: base64",
    ]  # fmt: skip
    return "\r\n".join([*headers, "", b64encode(page.encode()).decode(), ""]).encode()


def qq() -> bytes:
    """QQ mail: no reference to the mail at all, its subject and a quoted block."""
    own = "收到，已安排今天下午现场核查。"
    page = (
        f'<div>{own}</div><div><br></div><div><!--emptysign--></div><div style="font-size: 12px;">'
        '------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef;padding:8px;">'
        '<div><b>发件人:</b>&nbsp;"审批时限监测"&lt;monitor@zwfw.example&gt;;</div><div><b>主题:</b>&nbsp;督办</div></div>'
        "<div>办件编号：HRM1-2760925</div>"
    )
    headers = [
        f"From: {encoded('审批科', 'gb18030')} <{HEAD}>", f"Subject: {encoded(f'回复：{SUBJECT}', 'gb18030')}",
        f"Date: {DATE}", "Message-ID: <tencent_4711@qq.example>", "X-QQ-mid: webmail1",
        'Content-Type: text/html; charset="gb18030"', "Content-Transfer-Encoding: base64",
    ]  # fmt: skip
    return "\r\n".join([*headers, "", b64encode(page.encode("gb18030")).decode(), ""]).encode()


def _alternatives(text: str, page: str, charset: str, label: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"From: {HEAD}", f"Subject: {encoded(f'回复: {SUBJECT}', charset)}", f"Date: {DATE}",
        "Message-ID: <foxmail@swj.example>", f"In-Reply-To: {OURS}",
        *(f"{name}: {value}" for name, value in headers.items()),
        "Mime-Version: 1.0", 'Content-Type: multipart/alternative; boundary="----=_001"', "",
    ]  # fmt: skip
    for kind, content in (("plain", text), ("html", page)):
        lines += [
            "------=_001", f'Content-Type: text/{kind}; charset="{label}"', "Content-Transfer-Encoding: base64", "",
            b64encode(content.encode(charset)).decode(), "",
        ]  # fmt: skip
    return "\r\n".join([*lines, "------=_001--", ""]).encode()


def postfix_bounce(address: str = HEAD, status: str = "5.1.1", action: str = "failed", of: str = OURS) -> bytes:
    """Postfix: a delivery status notification with the headers of the mail that came back."""
    said = "550 5.1.1 <section_head@swj.example>: Recipient address rejected: User unknown"
    return f"""Return-Path: <>
From: MAILER-DAEMON@relay.example (Mail Delivery System)
To: monitor@zwfw.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <bounce-{status}-{action}@relay.example>
Date: {DATE}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="9B095B5ADSN/relay.example"

--9B095B5ADSN/relay.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.example.

<{address}>: host mx.swj.example said: {said}

--9B095B5ADSN/relay.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
X-Postfix-Queue-ID: 9B095B5A

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.swj.example
Diagnostic-Code: smtp; {said}

--9B095B5ADSN/relay.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: monitor@zwfw.example
To: {address}
Message-ID: {of}
Subject: whatever

--9B095B5ADSN/relay.example--
""".encode()


def exchange_bounce(address: str = HEAD, of: str = OURS) -> bytes:
    """Exchange in Chinese: a report with the whole mail attached."""
    text = f"{address}\n您输入的电子邮件地址找不到。请检查收件人的电子邮件地址，然后尝试重新发送邮件。"
    return f"""From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@swj.example>
To: monitor@zwfw.example
Subject: {encoded("未传递: 【督办】", "utf-8")}
Date: {DATE}
Message-ID: <exchange@swj.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"
MIME-Version: 1.0

--b1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

{b64encode(text.encode()).decode()}
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.swj.example

Final-recipient: RFC822;{address.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--b1
Content-Type: message/rfc822

Message-ID: {of}
From: monitor@zwfw.example
Subject: whatever

text
--b1--
""".encode()


def qq_bounce(address: str = HEAD) -> bytes:
    """QQ mail in Chinese: a page for people, nothing for machines."""
    page = (
        "<p>抱歉，您的邮件被退回来了……</p><p>退信原因：收件人（"
        f"{address}）邮箱账号不存在，邮件无法送达。</p><p>host mx.swj.example said: 550 Mailbox not found</p>"
    )
    return f"""From: {encoded("系统退信", "gb18030")} <PostMaster@qq.example>
To: monitor@zwfw.example
Subject: {encoded("来自qq.example的退信", "gb18030")}
Date: {DATE}
Message-ID: <qq-bounce@qq.example>
Content-Type: text/html; charset="gb18030"
Content-Transfer-Encoding: base64

{b64encode(page.encode("gb18030")).decode()}
""".encode()


def netease_bounce(address: str = HEAD) -> bytes:
    """163 in Chinese: the mail that came back is attached."""
    text = f"您的邮件发送失败！\n收件人: {address}\n失败原因: 对方邮箱已满，MI:MBX_FULL 552 mailbox is full"
    return f"""From: Postmaster@163.example
To: monitor@zwfw.example
Subject: {encoded("系统退信/Systems bounce", "utf-8")}
Date: {DATE}
Message-ID: <163-bounce@163.example>
Content-Type: multipart/mixed; boundary="b2"
MIME-Version: 1.0

--b2
Content-Type: text/plain; charset="gbk"
Content-Transfer-Encoding: base64

{b64encode(text.encode("gbk")).decode()}
--b2
Content-Type: message/rfc822

Message-ID: {OURS}
From: monitor@{DOMAIN}

text
--b2--
""".encode()


def out_of_office() -> bytes:
    """Somebody is away; there is no header that says so."""
    text = "您好，我本周休假，紧急事项请联系李四。"
    return plain(text, subject=f"自动回复: {SUBJECT}", message_id="<away@swj.example>")


def spam() -> bytes:
    """What nobody asked for."""
    text = "代开发票，联系电话……"
    return plain(
        text, sender="win@prize.example", subject="恭喜中奖", answers=None, message_id="<spam@prize.example>"
    )  # fmt: skip
