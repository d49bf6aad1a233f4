"""What an audit compares with: open items with what is stored of them, notices, and mails; and what was told of it.

Reading is done in parts, so that the memory is the same however large the ledger.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, case, exists, false, func, or_, select

from alerts.audit import Told
from alerts.bulk import insert_missing, update_by_key
from alerts.by_hand import send_again
from alerts.handed import BAD, HANDED
from alerts.notices import CARRIED, LIT_AGAIN, NOTICE, retire
from alerts.outbox import MAIL
from monitor.ledger.read import CHUNK, DOCUMENT
from monitor.ledger.store import DIRTY, ITEM, mark_dirty, parts, table_of
from monitor.ledger.tables import Setting

SETTING = table_of(Setting)
TOLD = "audit.told"
MENDED = "not told"
PAST = ("decided again", "dropped", "mended", LIT_AGAIN, MENDED)
"""Why notices were made a thing of the past: they count as told no more."""


@dataclass(frozen=True, slots=True)
class Stored:
    """When an item is to be looked at next, and when it was judged last (UTC)."""

    next_at: datetime | None
    judged_at: datetime | None

    def is_fresh(self, then: datetime) -> bool:
        """Judged anew since ``then``, and not waiting to be looked at for that long."""
        since = self.judged_at is None or self.judged_at > then
        return since and (self.next_at is None or self.next_at > then)


def open_items(
    connection: Connection, after: str, most: int, documents_since: date | None
) -> tuple[dict[str, Stored], str | None]:
    """The next ``most`` open items after the item ``after``, less those that are to be judged again anyway.

    Closed ones whose decision document is awaited are open. Beside them the item to go on after; None at the end.
    """
    is_open: Any = ITEM.c.closed_on.is_(None)
    if documents_since is not None:
        arrived = exists().where(DOCUMENT.c.item == ITEM.c.item, DOCUMENT.c.valid)
        is_open = or_(is_open, and_(ITEM.c.closed_on >= documents_since, ~arrived))
    # By the key alone: by the index of closing dates all open items would be sorted for each part.
    by_key = case((is_open, 1), else_=0) == 1
    changed = exists().where(DIRTY.c.item == ITEM.c.item)
    columns = select(ITEM.c.item, ITEM.c.next_at, ITEM.c.judged_at, changed)
    found = connection.execute(
        columns.where(ITEM.c.item > after, ITEM.c.valid, by_key).order_by(ITEM.c.item).limit(most)
    ).all()
    last = found[-1].item if len(found) == most else None
    return {item: Stored(next_at, judged_at) for item, next_at, judged_at, dirty in found if not dirty}, last


def fresh_of(connection: Connection, items: Collection[str], then: datetime) -> set[str]:
    """Those of ``items`` that were judged anew since ``then`` (UTC), or are to be."""
    found: set[str] = set()
    for chunk in parts(sorted(items), CHUNK):
        dirty = exists().where(DIRTY.c.item == ITEM.c.item)
        since = or_(ITEM.c.judged_at.is_(None), ITEM.c.judged_at > then, dirty)
        found.update(connection.scalars(select(ITEM.c.item).where(ITEM.c.item.in_(chunk), since)))
    return found


def without_mail(connection: Connection) -> list[Told]:
    """Notices of open items that count as told and have no mail."""
    live = (NOTICE.c.passed_over.is_(false()), NOTICE.c.reason.not_in(PAST))
    is_open = exists().where(ITEM.c.item == NOTICE.c.item, ITEM.c.valid, ITEM.c.closed_on.is_(None))
    # Each key once, out of an index: there are many notices to a mail.
    named = select(NOTICE.c.mail_key).where(NOTICE.c.mail_key.is_not(None)).distinct().subquery()
    gone = connection.scalars(select(named.c.mail_key).where(~exists().where(MAIL.c.key == named.c.mail_key))).all()
    columns = select(NOTICE.c.key, NOTICE.c.item, NOTICE.c.mail_key)
    nameless = connection.execute(columns.where(NOTICE.c.mail_key.is_(None), *live, is_open))
    found = [Told(*row) for row in nameless]
    for key in gone:
        found += [Told(*row) for row in connection.execute(columns.where(NOTICE.c.mail_key == key, *live, is_open))]
    return found


def rounds_since(connection: Connection, since: datetime) -> list[datetime]:
    """The moments (UTC) after ``since`` at which digests were planned."""
    made = select(MAIL.c.created_at).where(MAIL.c.kind == "digest", MAIL.c.created_at > since).distinct()
    return list(connection.scalars(made.order_by(MAIL.c.created_at)))


def told_in_round(connection: Connection, moment: datetime) -> tuple[list[Told], set[str]]:
    """The notices of a planning round that are to be in a digest, and the keys of the lines in its mails."""
    digest = exists().where(MAIL.c.key == NOTICE.c.mail_key, MAIL.c.kind == "digest")
    live = (NOTICE.c.passed_over.is_(false()), NOTICE.c.reason.not_in((*PAST, CARRIED)))
    columns = select(NOTICE.c.key, NOTICE.c.item, NOTICE.c.mail_key)
    notices = connection.execute(columns.where(NOTICE.c.decided_at == moment, *live, digest))
    return [Told(*row) for row in notices], lines_of(connection, MAIL.c.created_at == moment)


def lines_of(connection: Connection, which: Any) -> set[str]:
    """The keys of the lines of digests that were not dropped, of those for which ``which`` holds."""
    payloads = select(MAIL.c.payload).where(MAIL.c.kind == "digest", MAIL.c.state != "dropped", which)
    return {line["key"] for payload in connection.scalars(payloads) for line in payload.get("lines", ())}


def said_elsewhere(connection: Connection, keys: Collection[str], since: datetime) -> set[str]:
    """Those of ``keys`` that stand in a mail of another round after ``since`` (UTC): mails that wait can be joined."""
    return lines_of(connection, MAIL.c.created_at > since) & set(keys) if keys else set()


def mails_in(connection: Connection, states: Sequence[str], since: datetime | None = None) -> Iterator[Any]:
    """Mails in these states, made after ``since`` (UTC) if that is given, without what is in them."""
    columns = (MAIL.c.key, MAIL.c.kind, MAIL.c.level, MAIL.c.unit, MAIL.c.audience, MAIL.c.created_at, MAIL.c.outcome)
    wanted = select(*columns).where(MAIL.c.state.in_(states)).order_by(MAIL.c.id)
    return iter(connection.execute(wanted if since is None else wanted.where(MAIL.c.created_at > since)))


def unheard_mails(connection: Connection, since: datetime) -> list[Any]:
    """Mails made after ``since`` (UTC) that failed for good, or came back from every address: with their payloads."""
    lost_at = func.sum(case((HANDED.c.result.in_(BAD), 1), else_=0))
    nobody = select(HANDED.c.mail_id).group_by(HANDED.c.mail_id).having(lost_at == func.count())
    sent_in_vain = and_(MAIL.c.state == "sent", MAIL.c.id.in_(nobody))
    wanted = select(MAIL).where(MAIL.c.created_at > since, or_(MAIL.c.state == "failed", sent_in_vain))
    return list(connection.execute(wanted.order_by(MAIL.c.id)))


def told_before(connection: Connection) -> frozenset[str]:
    """The marks of the differences that the operator was told of and that lasted at the last audit."""
    kept = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == TOLD))
    return frozenset(json.loads(kept)) if kept else frozenset()


def keep_told(connection: Connection, marks: Collection[str]) -> None:
    """Stores which differences last: the operator has been told of them."""
    value = json.dumps(sorted(marks))
    insert_missing(SETTING, ("name", "value"), connection.dialect).run(connection, [(TOLD, value)])
    update_by_key(SETTING, ("value",), connection.dialect).run(connection, [(value, TOLD)])


def tell_again(connection: Connection, keys: Collection[str], items: Collection[str], now: datetime) -> None:
    """Notices that were never told are a thing of the past, and their items are judged again by the next plan."""
    retire(connection, keys, MENDED, now)
    mark_dirty(connection, items)


def queue_again(connection: Connection, keys: Collection[str], now: datetime) -> None:
    """Mails that reached nobody wait to be sent again, under the Message-ID that they have."""
    for key in keys:
        send_again(connection, connection.execute(select(MAIL.c.id).where(MAIL.c.key == key)).scalar_one(), now)
