"""Headers by which mail programs show the mails to one audience of one unit as one conversation. Pure."""

from hashlib import sha256

from config.policy import Role

NOWHERE = "approval-monitor.invalid"
TOPICS = {"digest": "办理时限提醒与督办", "weekly": "逾期周报", "codes": "项目代码核验", "overview": "督办日报"}
"""The kinds of mail that come again and again, and what their conversation is about."""


def root_id(kind: str, unit: str | None, audience: str | None) -> str:
    """The Message-ID that a conversation hangs on: no mail of its own, the same for ever, whoever the sender is.

    Short enough for one line of a header: a longer one would be sent encoded, and no program would know it again.
    """
    digest = sha256(f"thread|{kind}|{unit or ''}|{audience or ''}".encode()).hexdigest()[:24]
    return f"<thread-{digest}@{NOWHERE}>"


def thread_headers(kind: str, unit: str | None, unit_name: str, audience: str | None) -> dict[str, str]:
    """The headers of a mail of ``kind``; none for kinds whose mails have nothing to do with each other.

    References and In-Reply-To are what most programs go by; Outlook goes by Thread-Topic while subjects differ.
    """
    if kind not in TOPICS:
        return {}
    root = root_id(kind, unit, audience)
    role = Role(audience).label if audience in set(Role) else ""
    topic = " ".join(part for part in (TOPICS[kind], unit_name, role) if part)
    return {"In-Reply-To": root, "References": root, "Thread-Topic": topic}
