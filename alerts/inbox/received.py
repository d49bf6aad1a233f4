"""The table of messages read: what was made of each, so that none is read twice and none disappears."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.inbox.incoming import Incoming
from alerts.tables import Received
from alerts.wording import clean

RECEIVED: Table = Received.__table__  # type: ignore[attr-defined]
CHUNK = 500
KINDS = {"answer": "答复", "bounce": "退信", "out_of_office": "自动回复", "other": "其他"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was made of a message: its kind, in words (Chinese), and which mail it is about.

    ``tell``: the supervisor is to look at it.
    """

    kind: str
    text: str
    mail_key: str | None = None
    tell: bool = False


def keep(connection: Connection, mailbox: str, incoming: Incoming, outcome: Outcome, now: datetime) -> int:
    """Puts a message on record; returns its id. Of its content no more than sender and subject is kept."""
    at = incoming.at or now
    return insert(connection, mailbox, incoming.message_id, incoming.sender, incoming.subject, at, outcome, now)


def insert(
    connection: Connection,
    mailbox: str,
    message_id: str,
    sender: str,
    subject: str,
    at: datetime,
    outcome: Outcome,
    now: datetime,
) -> int:
    """Puts on record what is known of a message."""
    row = {
        "mailbox": mailbox,
        "message_id": clean(message_id, 1000),
        "sender": clean(sender, 254) if sender else "",
        "subject": clean(subject, 250) if subject else "",
        "kind": outcome.kind,
        "at": at,
        "read_at": now,
        "mail_key": outcome.mail_key,
        "outcome": clean(outcome.text, 500),
    }
    made = connection.execute(RECEIVED.insert().values(row).returning(RECEIVED.c.id))
    return int(made.scalar_one())


def known(connection: Connection, mailbox: str, message_ids: Collection[str]) -> set[str]:
    """Those of ``message_ids`` that have been read from ``mailbox``."""
    found: set[str] = set()
    listed = sorted({clean(each, 1000) for each in message_ids})
    for start in range(0, len(listed), CHUNK):
        some = RECEIVED.c.message_id.in_(listed[start : start + CHUNK])
        found |= set(connection.scalars(select(RECEIVED.c.message_id).where(RECEIVED.c.mailbox == mailbox, some)))
    return found


def between(connection: Connection, first: datetime, last: datetime) -> list[Any]:
    """The messages read in [first, last), oldest first: for overviews."""
    span = (RECEIVED.c.read_at >= first, RECEIVED.c.read_at < last)
    return list(connection.execute(select(RECEIVED).where(*span).order_by(RECEIVED.c.id)))
