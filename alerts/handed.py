"""The table of what became of each mail at each address: accepted, refused, put off, unknown, or bounced later."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from alerts.mailer import Receipt
from alerts.tables import Handed

HANDED: Table = Handed.__table__  # type: ignore[attr-defined]
RESULTS = {
    "accepted": "已接收",
    "refused": "拒收",
    "put_off": "暂缓",
    "unknown": "结果不明",
    "bounced": "退信",
}
BAD = ("refused", "bounced")
Results = Mapping[str, tuple[str, str]]
"""Address → result, and the relay's words."""
CHUNK = 500
LONGEST_WORDS = 300


def of_receipt(receipt: Receipt, accepted: str = "accepted") -> dict[str, tuple[str, str]]:
    """The results of a receipt; ``accepted`` is what became of those the relay took the mail for."""
    return {
        **dict.fromkeys(receipt.accepted, (accepted, "")),
        **{address: ("refused", words) for address, words in receipt.refused.items()},
        **{address: ("put_off", words) for address, words in receipt.put_off.items()},
    }


def record(connection: Connection, mail_id: int, results: Results, at: datetime, *, again: bool = True) -> None:
    """Keeps the results of a mail, in the caller's transaction.

    ``again`` false: nothing is known of this mail yet, so nothing has to give way.
    """
    if not results:
        return
    if again:
        mine = (HANDED.c.mail_id == mail_id, HANDED.c.address.in_(list(results)))
        connection.execute(HANDED.delete().where(*mine))
    rows = [
        {"mail_id": mail_id, "address": address, "result": result, "words": words[:LONGEST_WORDS], "at": at}
        for address, (result, words) in results.items()
    ]
    connection.execute(HANDED.insert(), rows)


def of_mails(connection: Connection, mail_ids: Collection[int]) -> dict[int, list[Any]]:
    """The rows of these mails, by mail."""
    found: dict[int, list[Any]] = {}
    listed = sorted(mail_ids)
    for start in range(0, len(listed), CHUNK):
        some = select(HANDED).where(HANDED.c.mail_id.in_(listed[start : start + CHUNK]))
        for row in connection.execute(some.order_by(HANDED.c.mail_id, HANDED.c.address)):
            found.setdefault(row.mail_id, []).append(row)
    return found


def last_of(connection: Connection, address: str, since: datetime) -> int | None:
    """The newest mail that the relay took for ``address`` (any case of letters) since a moment."""
    taken = select(HANDED.c.mail_id).where(
        func.lower(HANDED.c.address) == address.lower(), HANDED.c.result == "accepted", HANDED.c.at >= since
    )
    found: int | None = connection.scalar(taken.order_by(HANDED.c.at.desc(), HANDED.c.mail_id.desc()).limit(1))
    return found


def refusing(connection: Connection, addresses: Collection[str], since: datetime) -> set[str]:
    """Those of ``addresses`` at which a mail was refused, or from which one bounced, since a moment (UTC)."""
    bad = (HANDED.c.result.in_(BAD), HANDED.c.at >= since)
    return set(connection.scalars(select(HANDED.c.address).where(HANDED.c.address.in_(list(addresses)), *bad)))


@dataclass(frozen=True, slots=True)
class Bouncing:
    """An address from which mails came back: how many, when last (UTC), and the words of the last one."""

    address: str
    mails: int
    last_at: datetime
    words: str


def bouncing(connection: Connection, since: datetime) -> list[Bouncing]:
    """The addresses from which mails have come back for good since a moment (UTC), or to which one was refused."""
    bad = select(HANDED).where(HANDED.c.result.in_(BAD), HANDED.c.at >= since)
    found: dict[str, Bouncing] = {}
    for row in connection.execute(bad.order_by(HANDED.c.at)):
        known = found.get(row.address)
        found[row.address] = Bouncing(row.address, known.mails + 1 if known else 1, row.at, row.words)
    return sorted(found.values(), key=lambda one: one.address)
