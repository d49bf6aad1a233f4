"""Mails to those who run the system: queued like any other, once per key."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.outbox import Outgoing, add
from alerts.recipients import Recipients
from config.policy import Role
from config.units import UnitDirectory

INSTEAD = (Role.SUPERVISOR, Role.BUREAU_LEADER)
"""Who is told when none of the addresses that should be is of use."""


def tell_operator(
    connection: Connection,
    units: UnitDirectory,
    domain: str,
    key: str,
    title: str,
    paragraphs: list[str],
    now: datetime,
    roles: Sequence[Role] = (Role.OPERATOR,),
    *,
    avoid: Collection[str] = (),
) -> bool:
    """Queues a mail to those who run the system, once per ``key``; False when it was queued before.

    ``avoid``: addresses that take no mail, which is what is to be told. If those of ``roles`` are all among them, the
    supervisor is told instead.
    """
    payload = {"title": title, "paragraphs": paragraphs, "made_at": now.isoformat()}
    to = Recipients(_reachable(units, roles, {address.lower() for address in avoid}))
    return add(connection, Outgoing(key, "operator", "reminder", to, payload), domain, now)


def _reachable(units: UnitDirectory, roles: Sequence[Role], avoid: set[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(address for role in roles for address in units.addresses(role)))
    if not avoid:
        return wanted
    of_roles = (wanted, *(units.addresses(role) for role in INSTEAD))
    usable = (tuple(address for address in found if address.lower() not in avoid) for found in of_roles)
    # With nobody left the mail is at least on record, where health counts it.
    return next((found for found in usable if found), wanted)
