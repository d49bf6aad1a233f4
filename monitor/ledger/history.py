"""What is on record about one item: its notices and mails, its changes, rows set aside; and the calendar's version."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, cast, select

from alerts.hours import local
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from alerts.rules import REASONS
from config.policy import Role
from monitor.events import Version
from monitor.ledger.store import ASIDE, EVENT, ITEM, parts, table_of
from monitor.ledger.tables import CalendarVersion, Change

CHUNK = 500
AFTER_BAR = chr(ord("|") + 1)
CHANGE, VERSION = table_of(Change), table_of(CalendarVersion)
ENDED = {
    "dropped": "发前已不需要",
    "decided again": "后来重新判断",
    "mended": "已更正",
    "code_found": "项目代码有问题，告知综合窗口",
}
"""Why a notice is a thing of the past → the same in Chinese."""


def notices_of(connection: Connection, item: str) -> list[dict[str, Any]]:
    """The steps decided for an item, oldest first, each with the mails that carried it; moments local."""
    order = (NOTICE.c.decided_at, NOTICE.c.passed_over.desc(), NOTICE.c.key)
    rows = list(connection.execute(select(NOTICE).where(NOTICE.c.item == item).order_by(*order)))
    mails = _mails(connection, {row.mail_key for row in rows if row.mail_key})
    return [_notice(row, mails) for row in rows]


def _mails(connection: Connection, keys: Collection[str]) -> list[Any]:
    """The mails with these keys and, of digests, those to the other audiences of the same unit and round."""
    found = {mail.key: mail for mail in connection.execute(select(MAIL).where(MAIL.c.key.in_(sorted(keys))))}
    rounds = {tuple(key.rsplit("|", 3)[::2]) for key in keys if key.startswith("digest|")}
    for unit, moment in sorted(rounds):
        for role in Role:
            # By ranges of the key: the moment a mail was made is in no index, and lies behind its payload.
            begin = f"{unit}|{role.value}|{moment}|"
            same = select(MAIL).where(MAIL.c.key > begin, MAIL.c.key < begin[:-1] + AFTER_BAR)
            found |= {mail.key: mail for mail in connection.execute(same)}
    return sorted(found.values(), key=lambda mail: mail.id)


def _notice(row: Any, mails: Sequence[Any]) -> dict[str, Any]:
    carried = [] if row.passed_over else [(mail, line) for mail in mails if (line := _line(mail, row)) is not None]
    return {
        "key": row.key,
        "clock": row.clock,
        "step": row.step,
        "level": row.level,
        "decided_at": local(row.decided_at).isoformat(),
        "reason": row.reason,
        "reason_text": REASONS.get(row.reason) or next((t for w, t in ENDED.items() if w in row.reason), row.reason),
        "passed_over": row.passed_over,
        "why": next((line["why"] for _, line in carried if line), None),
        "mails": [_mail(mail) for mail, _ in carried],
    }


def _line(mail: Any, row: Any) -> Mapping[str, Any] | None:
    """The line of ``mail`` that the notice is; {} where the mail is known to have carried it and does no more."""
    ours = mail.kind == "digest" and mail.unit == row.unit and mail.created_at == row.decided_at
    for line in mail.payload.get("lines", ()) if ours else ():
        if row.key == line["key"] or row.key.startswith(f"{line['key']}|"):
            return dict(line)
    return {} if mail.key == row.mail_key else None


def _mail(mail: Any) -> dict[str, Any]:
    audience = Role(mail.audience).label if mail.audience in {role.value for role in Role} else mail.audience
    return {
        "audience": mail.audience,
        "audience_text": audience,
        "stands_for": mail.recipients.get("stands_for"),
        "to": list(mail.recipients.get("to", ())),
        "cc": list(mail.recipients.get("cc", ())),
        "subject": mail.subject,
        "state": mail.state,
        "outcome": mail.outcome,
        "sent_at": local(mail.sent_at).isoformat() if mail.sent_at else None,
    }


def changes_of(connection: Connection, item: str, what: str) -> list[dict[str, Any]]:
    """The changes of one column of an item, oldest first; moments local."""
    rows = select(CHANGE).where(CHANGE.c.item == item, CHANGE.c.what == what).order_by(CHANGE.c.id)
    return [
        {"at": local(row.at).isoformat(), "before": row.before, "after": row.after, "why": row.why}
        for row in connection.execute(rows)
    ]


WHY_MOVED = {"取数": "平台记录有更新", "导入": "导入的记录有更新", "补录留存行": "平台记录有更新", "时间推移": ""}
"""Why an item was judged anew → how a unit is told of it."""


def why_due_moved(connection: Connection, items: Collection[str]) -> dict[str, str]:
    """By item why its promised due date was last changed, in words for its unit; without items that have no change."""
    found: dict[str, str] = {}
    for chunk in parts(sorted(items), CHUNK):
        changes = select(CHANGE.c.item, CHANGE.c.why).where(CHANGE.c.item.in_(chunk), CHANGE.c.what == "due")
        for item, why in connection.execute(changes.order_by(CHANGE.c.id)):
            found[item] = WHY_MOVED.get(why, why)
    return found


def calendar_version(connection: Connection, now: datetime) -> dict[str, Any] | None:
    """The newest version of the calendar on record by ``now`` (UTC): its number, since when, and why; None if none."""
    columns = (VERSION.c.id, VERSION.c.at, VERSION.c.why)
    newest = select(*columns).where(VERSION.c.at <= now).order_by(VERSION.c.id.desc()).limit(1)
    row = connection.execute(newest).first()
    return {"id": row.id, "since": local(row.at).date().isoformat(), "why": row.why} if row else None


def aside_of(connection: Connection, item: str) -> list[dict[str, Any]]:
    """Rows about an item that are set aside still: table and reason; whatever its source calls the item's number."""
    about = cast(ASIDE.c.row, String).contains(json.dumps(item), autoescape=True)
    rows = select(ASIDE.c.source, ASIDE.c.table_name, ASIDE.c.reason).where(ASIDE.c.resolved_at.is_(None), about)
    return [
        {"source": row.source, "table": row.table_name, "reason": row.reason}
        for row in connection.execute(rows.order_by(ASIDE.c.id))
    ]


def source_of(connection: Connection, item: str) -> str | None:
    """The source that holds the item's row; None for an item that has none."""
    found: str | None = connection.scalar(select(ITEM.c.source).where(ITEM.c.item == item))
    return found


def versions_of(connection: Connection, item: str) -> list[Version]:
    """The versions of an item's events, whether its own row has come or not."""
    columns = (EVENT.c[name] for name in Version._fields)
    return [Version(*row) for row in connection.execute(select(*columns).where(EVENT.c.item == item))]
