"""A bounce put where it belongs: at the addresses of the mail that came back, and told to those who run the system."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from alerts import handed
from alerts.handed import HANDED
from alerts.inbox.bounces import Bounce
from alerts.inbox.incoming import Incoming
from alerts.inbox.received import Outcome
from alerts.operator import tell_operator
from alerts.outbox import MAIL
from config.units import UnitDirectory

RECENT = timedelta(days=7)
"""How old a mail may be that came back without saying which it is."""
QUIET = timedelta(days=90)
"""An address that bounced is told once, and again only after so long without a bounce."""


def place_bounce(
    connection: Connection, units: UnitDirectory, domain: str, bounce: Bounce, incoming: Incoming, now: datetime
) -> Outcome:
    """Marks the addresses of the mail that came back, in the caller's transaction.

    Addresses that the mail was not handed to mean nothing: anybody can send what looks like a bounce.
    """
    returned = _mail(connection, bounce, incoming, now)
    if returned is None:
        return Outcome("bounce", "退信，对不上本系统发出的任何一封信")
    addresses = {row.address.lower(): row.address for row in _rows(connection, returned)}
    for address in (*returned.recipients.get("to", ()), *returned.recipients.get("cc", ())):
        addresses.setdefault(address.lower(), address)
    failed = {addresses[low]: words for low, words in bounce.permanent.items() if low in addresses}
    later = {addresses[low]: words for low, words in bounce.temporary.items() if low in addresses}
    fresh = [address for address in failed if not _bounced_before(connection, address, now)]
    handed.record(connection, returned.id, {address: ("bounced", words) for address, words in failed.items()}, now)
    for address in fresh:
        _tell(connection, units, domain, returned, address, failed, now)
    if failed:
        return Outcome("bounce", f"退信：{'、'.join(failed)}（{next(iter(failed.values()))}）", returned.key)
    if later:
        return Outcome("bounce", f"暂未送达，对方服务器仍在尝试：{'、'.join(later)}", returned.key)
    return Outcome("bounce", "退信，所列地址不是这封信的收件人", returned.key)


def _mail(connection: Connection, bounce: Bounce, incoming: Incoming, now: datetime) -> Any | None:
    """The mail that came back: by its Message-ID, else the newest one that went to the address."""
    named = [each for each in (bounce.message_id, *incoming.answers_to) if each]
    found = connection.execute(select(MAIL).where(MAIL.c.message_id.in_(named))).first() if named else None
    if found is not None:
        return found
    for address in bounce.permanent:
        newest = handed.last_of(connection, address, now - RECENT)
        if newest is not None:
            return connection.execute(select(MAIL).where(MAIL.c.id == newest)).first()
    return None


def _rows(connection: Connection, mail: Any) -> list[Any]:
    return list(connection.execute(select(HANDED).where(HANDED.c.mail_id == mail.id)))


def _bounced_before(connection: Connection, address: str, now: datetime) -> bool:
    same = (HANDED.c.address == address, HANDED.c.result == "bounced", HANDED.c.at >= now - QUIET)
    return connection.execute(select(HANDED.c.mail_id).where(*same).limit(1)).first() is not None


def _tell(
    connection: Connection,
    units: UnitDirectory,
    domain: str,
    mail: Any,
    address: str,
    failed: dict[str, str],
    now: datetime,
) -> None:
    said = f"信件“{mail.subject or mail.kind}”发往 {address} 后被退回：{failed[address] or '对方没有说明原因'}。"
    advice = (
        "请向收信人或其单位核实，并更新 units.toml 中的地址。"
        "这个地址再被退信时不再告知；用 approval-monitor mails 查看各地址的送达情况。"
    )
    key = f"bounced|{address}|{mail.id}"
    tell_operator(connection, units, domain, key, "有收件地址退信", [said, advice], now, avoid=tuple(failed))
