"""Mails to those who run the system: queued like any other, once per key."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.outbox import Outgoing, add
from alerts.recipients import Recipients
from config.policy import Role
from config.units import UnitDirectory


def tell_operator(
    connection: Connection,
    units: UnitDirectory,
    domain: str,
    key: str,
    title: str,
    paragraphs: list[str],
    now: datetime,
    roles: Sequence[Role] = (Role.OPERATOR,),
) -> bool:
    """Queues a mail to those who run the system, once per ``key``; False when it was queued before."""
    to = tuple(dict.fromkeys(address for role in roles for address in units.addresses(role)))
    payload = {"title": title, "paragraphs": paragraphs, "made_at": now.isoformat()}
    return add(connection, Outgoing(key, "operator", "reminder", Recipients(to), payload), domain, now)
