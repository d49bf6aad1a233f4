"""Item numbers like one that is not on the ledger: for a person who has mistyped it."""

import unicodedata
from difflib import SequenceMatcher

from sqlalchemy import Connection, or_, select

from monitor.ledger.store import ITEM

MOST_COMPARED, LEAST = 400, 0.7
TAIL = 5


def near_items(connection: Connection, given: str, most: int = 3) -> list[str]:
    """The numbers on the ledger nearest to ``given``, the nearest first: of its neighbours and those that end alike."""
    wanted = "".join(unicodedata.normalize("NFKC", given).split())
    if not wanted:
        return []
    number, valid = ITEM.c.item, ITEM.c.valid
    found = set(connection.scalars(select(number).where(number == wanted, valid)))
    for start in {wanted, wanted.upper(), wanted[: max(1, len(wanted) - TAIL)]}:
        found |= set(
            connection.scalars(select(number).where(number >= start, valid).order_by(number).limit(MOST_COMPARED))
        )
        before = select(number).where(number < start, valid).order_by(number.desc()).limit(MOST_COMPARED // 4)
        found |= set(connection.scalars(before))
    like = or_(number.endswith(wanted[-TAIL:], autoescape=True), number.contains(wanted, autoescape=True))
    found |= set(connection.scalars(select(number).where(like, valid).limit(MOST_COMPARED)))
    scored = sorted((-_likeness(wanted, one), one) for one in found)
    return [one for score, one in scored[:most] if -score >= LEAST]


def _likeness(wanted: str, item: str) -> float:
    mine, other = wanted.casefold(), item.casefold()
    if mine in other:
        return 1.0
    return SequenceMatcher(None, mine, other, autojunk=False).ratio()
