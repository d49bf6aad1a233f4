"""What units answered: 签收 or 情况说明, item by item, kept as it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table

from alerts.tables import Answer

ANSWER: Table = Answer.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer about ``items``, said ``at`` a moment (UTC) by somebody of ``unit``."""

    items: tuple[str, ...]
    unit: str | None
    kind: Literal["receipt", "explanation"]
    text: str
    by: str
    via: Literal["mail", "command"]
    at: datetime
    mail_key: str | None = None
    received_id: int | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()


def record(connection: Connection, given: Given, now: datetime) -> int:
    """Puts an answer on record for each of its items, in the caller's transaction. Returns how many rows."""
    rows = [
        {
            "item": item,
            "unit": given.unit,
            "kind": given.kind,
            "text": given.text,
            "by": given.by,
            "via": given.via,
            "at": given.at,
            "recorded_at": now,
            "mail_key": given.mail_key,
            "received_id": given.received_id,
            "attachments": [dict(each) for each in given.attachments],
        }
        for item in given.items
    ]
    if rows:
        connection.execute(ANSWER.insert(), rows)
    return len(rows)
