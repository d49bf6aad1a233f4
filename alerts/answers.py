"""What units answer, put on record: 签收 (it has been seen) and 情况说明 (why it is late, what is done, until when)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Table, select

from alerts.tables import Answer

ANSWER: Table = Answer.__table__  # type: ignore[attr-defined]
Kind = Literal["receipt", "explanation"]
KINDS: Mapping[str, str] = {"receipt": "签收", "explanation": "情况说明"}
VIAS: Mapping[str, str] = {"mail": "邮件", "command": "人工登记"}
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was given, about one item or several.

    ``unit`` is the answering unit's id (None: nobody knows which), ``at`` when it said so (UTC). ``mail_key`` is the
    mail it answers, ``received_id`` the message it came in; ``attachments``: name, size and digest of each file kept.
    """

    items: tuple[str, ...]
    unit: str | None
    kind: Kind
    text: str
    by: str
    via: Literal["mail", "command"]
    at: datetime
    mail_key: str | None = None
    received_id: int | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()


def record(connection: Connection, given: Given, now: datetime) -> int:
    """Puts an answer on record, one row an item, in the caller's transaction. Returns how many rows were written.

    The same answer recorded twice (same item, kind, by, text and moment) is one.
    """
    same = (ANSWER.c.kind == given.kind, ANSWER.c.by == given.by, ANSWER.c.text == given.text, ANSWER.c.at == given.at)
    items = list(dict.fromkeys(given.items))
    known: set[str] = set()
    for start in range(0, len(items), CHUNK):
        about = ANSWER.c.item.in_(items[start : start + CHUNK])
        known |= set(connection.scalars(select(ANSWER.c.item).where(about, *same)))
    rows = [_row(item, given, now) for item in items if item not in known]
    if rows:
        connection.execute(ANSWER.insert(), rows)
    return len(rows)


def listed(
    connection: Connection, items: Collection[str] | None = None, unit: str | None = None
) -> list[dict[str, Any]]:
    """The answers on record about ``items`` (None: all) by ``unit`` (None: any), in the order they were given."""
    found = select(ANSWER).order_by(ANSWER.c.at, ANSWER.c.id)
    if items is not None:
        found = found.where(ANSWER.c.item.in_(sorted(items)))
    if unit is not None:
        found = found.where(ANSWER.c.unit == unit)
    return [dict(row._mapping) for row in connection.execute(found)]


def any_at_all(connection: Connection) -> bool:
    """Whether any answer is on record; most ledgers have few, and most rounds need to look for none."""
    return connection.execute(select(ANSWER.c.id).limit(1)).first() is not None


def rows_about(connection: Connection, items: Sequence[str]) -> list[Any]:
    """(item, unit, kind, text, at) of every answer about these items, at most as many as a statement takes."""
    columns = (ANSWER.c.item, ANSWER.c.unit, ANSWER.c.kind, ANSWER.c.text, ANSWER.c.at)
    return list(connection.execute(select(*columns).where(ANSWER.c.item.in_(items))))


def _row(item: str, given: Given, now: datetime) -> dict[str, Any]:
    return {
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
        "attachments": [dict(one) for one in given.attachments],
    }
