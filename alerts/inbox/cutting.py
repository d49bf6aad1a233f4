"""What somebody wrote in a reply, without the mail it answers and with little of the signature. Pure.

Chinese clients mark the mail they answer in ways of their own; each pattern below names whose it is.
"""

import re
from collections.abc import Sequence

LONGEST = 8000
SIGNATURE_LINES = 2
"""How much of a signature is kept: a name and an office, no telephone numbers."""
HEADER_BLOCK = 7
"""Within so many lines a header block names more than the sender."""

_RULE = r"[-—_=*~─━ ]"
# QQ: ------- 原始邮件 ------- · Coremail, Outlook: -----原始邮件----- · 163: ---- 回复的原邮件 ----
_DIVIDER = re.compile(
    rf"{_RULE}{{2,}}\s*(?:原始邮件|原始信件|原邮件|原信|回复的原?邮件|转发的?邮件(?:信息)?|Original(?: Message)?|"
    rf"Replied Message|Forwarded [Mm]essage)\s*{_RULE}{{2,}}",
    re.IGNORECASE,
)
# Outlook, Foxmail, WeCom: a block of headers; 163 draws it as a table with bars.
_SENDER = re.compile(r"[|*\s]*(?:发件人|发 件 人|寄件者|寄件人|From)[*\s]*[:：|]", re.IGNORECASE)
_MORE_HEADERS = re.compile(
    r"[|*\s]*(?:发送时间|发送日期|已发送|日期|时间|收件人|抄送人?|主题|Sent|Date|To|Cc|Subject)[*\s]*[:：|]",
    re.IGNORECASE,
)
# 163, Thunderbird, iPhone: 在 2026-11-23 09:00:00，"…" <…> 写道： · At 2026-11-23 09:00:00, … wrote:
_WROTE = re.compile(r"(?:在|于|On|At|\d{4}[-年/]).{4,300}?(?:写道|写到|wrote)\s*[:：]?", re.IGNORECASE)
_QUOTED = re.compile(r"\s*[>＞]")
_SIGNATURE = re.compile(r"\s*--\s*")
_SENT_FROM = re.compile(
    r"\s*(?:发自我?的?\s*\S{0,20}|发送自\s?.{1,30}|从\s?.{0,12}版邮件发送|获取\s?Outlook\s?for.{0,12}|"
    r"Sent from (?:my )?.{1,40}|Get Outlook for .{1,12})\s*",
    re.IGNORECASE,
)

_FILLER = re.compile(r"[^\w\u4e00-\u9fff]+|_+")
# Possessive, so that no text can make it try every way of taking itself apart.
_RECEIPT = re.compile(
    r"(?>您好|你好|领导|各位|老师|此?(?:邮|来|信)件|来信|通知|提醒|督办单|催办单|已经?|均|我(?:局|委|处|科|单位|队|们)?|单位|科室|"
    r"收到|收悉|收|查收|知悉|获悉|知晓|知道|悉|阅知|阅|签收|确认|回复|好的|好|明白|了解|谢谢您?|感谢|辛苦|您|了|的|啦|吧|"
    r"ok|okay|roger|received|noted|thankyou|thanks?|copy|1|嗯|是)++",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"收|悉|知|阅|确认|好|明白|了解|谢|感谢|辛苦|ok|roger|received|noted|thank|copy|1|嗯|是", re.IGNORECASE
)
# A line of a signature: a name, an office and a name, a number, an address, a date, a courtesy.
_SIGNED = re.compile(
    r"[\u4e00-\u9fff·]{2,4}|[A-Za-z .]{2,30}|此致|敬礼|祝好|顺祝商祺|以上|"
    r"[^，。；已将拟请转报]{0,24}(?:局|委|委员会|科|处|室|办|中心|大队|支队|站|院|队|窗口)(?:\s+[\u4e00-\u9fff·]{2,4})?|"
    r"[^，。；]{0,12}[\d() +-]{7,24}|[^，。；\s]{0,8}[\w.+-]{1,64}@[\w.-]{3,80}|\d{4}[-年./]\d{1,2}[-月./]\d{1,2}日?"
)
SIGNATURE_MOST = 8
LONGEST_MARK = 400
"""A line longer than this is text, and no mark of a mail program."""


def own_text(text: str) -> str:
    """What the sender wrote: quoted text cut, a signature shortened; "" when nothing is left.

    1. From the first divider, header block or "… 写道：" on all is the mail that is answered.
    2. Lines with > before them are quoted wherever they stand; answers between them stay.
    3. Of a signature after "--" two lines stay; "发自我的 iPhone" and its like go.
    """
    lines = text.split("\n")
    lines = lines[: _quote_begins(lines)]
    lines = [line.rstrip() for line in lines if not _QUOTED.match(line) and not _SENT_FROM.fullmatch(line)]
    lines = _signed_shortly(lines)
    own = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return own if len(own) <= LONGEST else own[: LONGEST - 5] + "……（略）"


def is_receipt(own: str) -> bool:
    """Whether a text says no more than that the mail was received: 收到, 已阅, OK; a signature may follow."""
    blocks = [line.strip() for line in own.split("\n") if line.strip()]
    for count in range(1, len(blocks) + 1):
        words = _FILLER.sub("", "".join(blocks[:count]))
        if _RECEIPT.fullmatch(words) and _CONTENT.search(words) and _looks_signed(blocks[count:]):
            return True
    return False


def _quote_begins(lines: Sequence[str]) -> int:
    for place, line in enumerate(lines):
        if len(line) > LONGEST_MARK or _QUOTED.match(line):
            continue  # quoted lines go one by one: there may be answers between them
        if _DIVIDER.fullmatch(line.strip()) or _is_header_block(lines, place) or _says_who_wrote(lines, place):
            return place
    return len(lines)


def _is_header_block(lines: Sequence[str], place: int) -> bool:
    following = lines[place + 1 : place + HEADER_BLOCK]
    return bool(_SENDER.match(lines[place])) and any(_MORE_HEADERS.match(line) for line in following)


def _says_who_wrote(lines: Sequence[str], place: int) -> bool:
    """A line "… 写道：", which mail programs also break in two."""
    here = lines[place].strip()
    following = lines[place + 1].strip() if place + 1 < len(lines) else ""
    if _WROTE.fullmatch(here):
        return here.endswith((":", "：")) or _QUOTED.match(following) is not None
    joined = f"{here} {following[:LONGEST_MARK]}"
    begins = re.match(r"(?:在|于|On|At|\d{4}[-年/])", here, re.IGNORECASE) is not None and "@" in joined
    return begins and following.endswith((":", "：")) and _WROTE.fullmatch(joined) is not None


def _signed_shortly(lines: Sequence[str]) -> list[str]:
    for place, line in enumerate(lines):
        if _SIGNATURE.fullmatch(line):
            signature = [each for each in lines[place + 1 :] if each.strip()]
            if len(signature) <= SIGNATURE_MOST:
                return [*lines[:place], *signature[:SIGNATURE_LINES]]
    return list(lines)


def _looks_signed(rest: Sequence[str]) -> bool:
    """Whether what follows is a signature and nothing else."""
    return len(rest) <= SIGNATURE_MOST and all(_SIGNED.fullmatch(line) for line in rest)
