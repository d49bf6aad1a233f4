"""What a message is: a bounce, the reply of an absent person's mailbox, something of no interest, or maybe an answer.

Pure. That a message *is* an answer shows only when it is matched to a mail (alerts.inbox.placing).
"""

import re

from alerts.inbox.incoming import Incoming

# 自动回复 may follow a prefix, but a subject that quotes it far behind is a person's.
_AUTOMATIC = re.compile(
    r".{0,12}自动(?:回复|答复|应答)|(?:外出|休假|不在办公室|出差)(?:通知|期间|中|[:：])|"
    r"(?:automatic|auto)[- ]?(?:reply|response)|out of (?:the )?office|ooo\b",
    re.IGNORECASE,
)
SENT_TO_MANY = ("bulk", "junk", "list")


def automatic(incoming: Incoming) -> bool:
    """Whether a machine wrote it in somebody's stead: RFC 3834, the headers before it, and the words of subjects."""
    submitted = incoming.head("Auto-Submitted").partition(";")[0].strip()
    # Parts of it stand on mails of persons, too; "All" is what Exchange puts on a reply in somebody's absence.
    suppressed = [word.strip() for word in incoming.head("X-Auto-Response-Suppress").split(",")]
    return bool(
        submitted not in ("", "no")
        or incoming.head("Precedence") in ("auto_reply", "auto-reply")
        or any(incoming.head(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-AutoReply-From"))
        or "all" in suppressed
        or incoming.head("Return-Path") == "<>"
        or _AUTOMATIC.match(incoming.subject)
    )


def of_no_interest(incoming: Incoming) -> str | None:
    """Why a message is surely no answer (Chinese), though it is no bounce and not automatic; None if it may be one."""
    if "disposition-notification" in incoming.head("Content-Type"):
        return "已读回执，不算答复"
    if "delivery-status" in incoming.head("Content-Type"):
        return "送达回执，不算答复"
    if incoming.head("Precedence") in SENT_TO_MANY or incoming.head("List-Id"):
        return "群发邮件"
    return None
