"""The outbox: every mail is a row before it is sent, claimed under a lease, and marked after.

A claim is one conditional UPDATE; a row left "sending" by a dead process is sent again with the same Message-ID, so a
crash can make a twin that a reader recognises, and never loses a mail.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, or_, select, update

from alerts.recipients import Recipients
from alerts.tables import Mail

MAIL: Table = Mail.__table__  # type: ignore[attr-defined]
LEASE = timedelta(minutes=15)
CLOCK_TOLERANCE = timedelta(minutes=5)
LONGEST_WAITS = ((1, timedelta(minutes=10)), (2, timedelta(minutes=15)), (3, timedelta(minutes=30)))
"""Up to so many attempts a mail is put off for so long at the most; after more of them for ``LONGEST_WAIT``."""
LONGEST_WAIT = timedelta(hours=1)
LONGEST_QUEUED = timedelta(days=60)
WAITING = ("pending", "sending")
HOURS_ONLY = ("digest", "weekly", "monthly", "quarterly", "extract", "codes", "overview")
"""Kinds that leave in the working hours of their audience only; what the operator must know leaves at any hour."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to be: ``key`` makes it unique, ``payload`` (JSON) is what it is rendered from."""

    key: str
    kind: str
    level: str
    recipients: Recipients
    payload: Mapping[str, Any]
    unit: str | None = None
    audience: str | None = None

    @property
    def head(self) -> "Head":
        """What tells it from others."""
        return Head(self.key, self.level, self.unit, self.audience)


@dataclass(frozen=True, slots=True)
class Head:
    """What tells a queued mail from others, without what is in it."""

    key: str
    level: str
    unit: str | None
    audience: str | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of the outbox that is ours to send."""

    id: int
    key: str
    message_id: str
    kind: str
    level: str
    unit: str | None
    audience: str | None
    recipients: Mapping[str, Any]
    payload: Mapping[str, Any]
    attempts: int
    unknowns: int
    created_at: datetime


def message_id(key: str, domain: str) -> str:
    """The Message-ID of a key: the same for ever, so that a twin is known as one."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def add(connection: Connection, mail: Outgoing, domain: str, now: datetime) -> bool:
    """Puts a mail into the outbox, in the caller's transaction. False when its key is there already."""
    known = connection.scalar(select(MAIL.c.id).where(MAIL.c.key == mail.key))
    if known is not None:
        return False
    connection.execute(
        MAIL.insert().values(
            key=mail.key,
            message_id=message_id(mail.key, domain),
            kind=mail.kind,
            unit=mail.unit,
            audience=mail.audience,
            level=mail.level,
            recipients=mail.recipients.to_json(),
            payload=dict(mail.payload),
            state="pending",
            attempts=0,
            unknowns=0,
            created_at=now,
            next_try_at=now,
        )
    )
    return True


def claim(connection: Connection, owner: str, now: datetime, *, closed: Collection[str | None] = ()) -> Claimed | None:
    """The next mail that is due, claimed for ``owner``; None when there is none. Gravest first, then the oldest.

    Mails to a ``closed`` audience (None: to no single one) wait, but for what the operator must know.
    """
    rank = case({"red_card": 0, "yellow_card": 1}, value=MAIL.c.level, else_=2)
    due = or_(MAIL.c.next_try_at <= now, _of_a_later_clock(now))
    waiting = select(MAIL.c.id).where(MAIL.c.state == "pending", due)
    if closed:
        waiting = waiting.where(or_(MAIL.c.kind.not_in(HOURS_ONLY), _to_no_one_of(closed)))
    # The payloads of all that wait are not to be carried through the sort.
    first = connection.scalar(waiting.order_by(rank, MAIL.c.id).limit(1))
    for row in connection.execute(select(MAIL).where(MAIL.c.id == first)):
        mine = (
            update(MAIL)
            .where(MAIL.c.id == row.id, MAIL.c.state == "pending")
            .values(state="sending", owner=owner, lease_until=now + LEASE, attempts=MAIL.c.attempts + 1)
        )
        if connection.execute(mine).rowcount == 1:
            return Claimed(
                row.id, row.key, row.message_id, row.kind, row.level, row.unit, row.audience, row.recipients,
                row.payload, row.attempts + 1, row.unknowns, row.created_at,
            )  # fmt: skip
    return None


def _of_a_later_clock(now: datetime) -> ColumnElement[bool]:
    """Mails that seem to be put off for longer than any is: they were before the clock was set back, and are due."""
    latest = now + CLOCK_TOLERANCE
    few = (and_(MAIL.c.attempts <= most, MAIL.c.next_try_at > latest + wait) for most, wait in LONGEST_WAITS)
    return or_(MAIL.c.next_try_at > latest + LONGEST_WAIT, *few)


def _to_no_one_of(closed: Collection[str | None]) -> ColumnElement[bool]:
    return func.coalesce(MAIL.c.audience, "").not_in([str(audience or "") for audience in closed])


def release_abandoned(connection: Connection, now: datetime, is_dead: Callable[[str], bool]) -> int:
    """Frees the claims of dead owners and those whose lease has run out. Returns how many.

    A lease that lies further ahead than any lease can is one of a clock that has been set back.
    """
    claims = select(MAIL.c.id, MAIL.c.owner, MAIL.c.lease_until).where(MAIL.c.state == "sending")
    freed = [
        row.id
        for row in connection.execute(claims)
        if row.lease_until <= now or row.lease_until > now + LEASE + CLOCK_TOLERANCE or is_dead(row.owner or "")
    ]
    for identifier in freed:
        connection.execute(
            update(MAIL)
            .where(MAIL.c.id == identifier, MAIL.c.state == "sending")
            .values(state="pending", owner=None, lease_until=None, outcome="上次发送中断，原信重发")
        )
    return len(freed)


def mark(
    connection: Connection, identifier: int, state: str, outcome: str, *, owner: str | None = None, **values: Any
) -> None:
    """Records what came of a claimed mail; the claim ends. With ``owner`` only if the claim is still that one's."""
    mine = update(MAIL).where(MAIL.c.id == identifier)
    if owner is not None:
        mine = mine.where(MAIL.c.owner == owner)
    connection.execute(mine.values(state=state, outcome=outcome[:1000], owner=None, lease_until=None, **values))


def others_of_round(connection: Connection, mail: "Claimed") -> list[Any]:
    """The payloads of the other mails of the same round, or of the rounds of its lines, that went out or still may.

    One whose lines left in another mail is that one.
    """
    alive = (MAIL.c.state.in_((*WAITING, "sent", "kept", "unknown")), MAIL.c.id != mail.id)
    rounds = [mail.created_at, *map(datetime.fromisoformat, mail.payload.get("rounds", ()))]
    same = (MAIL.c.created_at.in_(rounds), MAIL.c.kind == mail.kind)
    found = list(connection.scalars(select(MAIL.c.payload).where(*same, *alive)))
    merged = connection.scalars(select(MAIL.c.payload).where(*same, MAIL.c.state == "merged"))
    into = {payload["into"] for payload in merged}
    return (
        found + list(connection.scalars(select(MAIL.c.payload).where(MAIL.c.key.in_(into), *alive))) if into else found
    )


def waiting_lines(connection: Connection) -> set[str]:
    """The keys of the notices that mails which still wait, or are being sent, are about."""
    waiting = select(MAIL.c.payload).where(MAIL.c.kind == "digest", MAIL.c.state.in_(WAITING))
    return {line["key"] for payload in connection.scalars(waiting) for line in payload.get("lines", ())}


@dataclass(frozen=True, slots=True)
class QueueState:
    """How the outbox stands: mails by state, and since when the oldest one to each audience waits (UTC)."""

    by_state: Mapping[str, int]
    waiting_since: Mapping[str | None, datetime]

    @property
    def oldest_waiting(self) -> datetime | None:
        """Since when the oldest one of all waits (UTC)."""
        return min(self.waiting_since.values(), default=None)


def queue_state(connection: Connection) -> QueueState:
    """The figures of the outbox."""
    counted = connection.execute(select(MAIL.c.state, func.count()).group_by(MAIL.c.state))
    oldest = select(MAIL.c.audience, func.min(MAIL.c.created_at)).where(MAIL.c.state.in_(WAITING))
    since = connection.execute(oldest.group_by(MAIL.c.audience))
    return QueueState({row[0]: row[1] for row in counted}, {row[0]: row[1] for row in since})


def sent_between(connection: Connection, first: datetime, last: datetime) -> dict[tuple[str, bool], int]:
    """Digests sent in [first, last) per (unit, is it a 督办?)."""
    went = or_(MAIL.c.state == "sent", MAIL.c.state == "kept", MAIL.c.state == "unknown")
    # No mail waits so long; by the moment they were made the mails of a time are found by an index.
    made = (MAIL.c.created_at >= first - LONGEST_QUEUED, MAIL.c.created_at < last)
    rows = connection.execute(
        select(MAIL.c.unit, MAIL.c.level).where(
            *made, MAIL.c.kind == "digest", went, MAIL.c.sent_at >= first, MAIL.c.sent_at < last
        )
    )
    counts: dict[tuple[str, bool], int] = {}
    for unit, level in rows:
        key = (unit or "unassigned", level != "reminder")
        counts[key] = counts.get(key, 0) + 1
    return counts


def mails_about(connection: Connection, keys: Sequence[str]) -> list[Any]:
    """The rows with these keys, oldest first."""
    return list(connection.execute(select(MAIL).where(MAIL.c.key.in_(keys)).order_by(MAIL.c.id)))
