"""Which mail a message answers, and which items it names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.outbox import MAIL
from alerts.tables import Letter, NoticeRow
from config.units import UnitDirectory

NOTICE: Table = NoticeRow.__table__  # type: ignore[attr-defined]
LETTER: Table = Letter.__table__  # type: ignore[attr-defined]
MOST_NAMES = 400
_PREFIX = re.compile(
    r"^(?:\s*(?:re|fw|fwd|回复|答复|转发|回覆|回|答)\s*(?:\[\d+\]|[（(]\d+[)）])?\s*[:：])+\s*", re.IGNORECASE
)
# What an item number may look like at all; whether it is one, the notices know.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.\-/]{2,58}[A-Za-z0-9])")
_REFERENCE = re.compile(r"[\u4e00-\u9fff]{1,14}\s*[〔\[［(（]\s*\d{4}\s*[〕\]］)）]\s*\d{1,5}\s*号")
_OPEN, _CLOSE = re.compile(r"[\[［(（]"), re.compile(r"[\]］)）]")


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail of ours that may have been answered: what of it matters here."""

    key: str
    kind: str
    unit: str | None
    created_at: datetime
    items: tuple[str, ...]


def mailed(row: Any) -> Mailed:
    """Of a row of the outbox. A payload that cannot be read lists no items."""
    return Mailed(row.key, row.kind, row.unit, row.created_at, tuple(_items(row.payload)))


def _items(payload: Mapping[str, Any]) -> Iterable[str]:
    for line in payload.get("lines") or ():
        if isinstance(line, Mapping) and isinstance(case := line.get("case"), Mapping) and case.get("item"):
            yield str(case["item"])


def by_message_id(connection: Connection, identifiers: Sequence[str]) -> Mailed | None:
    """The mail that one of ``identifiers`` names, the first of them that does."""
    found = {row.message_id: row for row in connection.execute(select(MAIL).where(MAIL.c.message_id.in_(identifiers)))}
    return next((mailed(found[each]) for each in identifiers if each in found), None)


def by_subject(connection: Connection, subject: str, units: Collection[str], since: datetime) -> Mailed | None:
    """The newest mail to one of ``units``, made ``since`` a moment (UTC), with the subject that is answered.

    Some clients send no reference at all.
    """
    plain = _PREFIX.sub("", subject).strip()
    if not plain or plain == subject.strip():
        return None
    same = select(MAIL).where(MAIL.c.subject == plain, MAIL.c.unit.in_(units), MAIL.c.kind == "digest")
    same = same.where(MAIL.c.created_at >= since)
    row = connection.execute(same.order_by(MAIL.c.id.desc()).limit(1)).first()
    return mailed(row) if row else None


def by_reference(connection: Connection, text: str, units: Collection[str]) -> Mailed | None:
    """The mail to one of ``units`` that carried a letter whose 文号 stands in ``text``."""
    written = {_CLOSE.sub("〕", _OPEN.sub("〔", "".join(each.split()))) for each in _REFERENCE.findall(text)}
    tails = {each[start:] for each in written for start in range(len(each.partition("〔")[0]))}
    if not tails:
        return None
    known = select(MAIL).join(LETTER, LETTER.c.mail_key == MAIL.c.key)
    row = connection.execute(
        known.where(LETTER.c.reference.in_(tails), LETTER.c.unit.in_(units)).order_by(MAIL.c.id.desc()).limit(1)
    ).first()
    return mailed(row) if row else None


def items_named(connection: Connection, text: str, units: Collection[str]) -> tuple[str, ...]:
    """The items that stand in ``text`` and about which one of ``units`` was told, in the order of the text."""
    names = list(dict.fromkeys(_NAME.findall(text)))[:MOST_NAMES]
    if not names:
        return ()
    told = select(NOTICE.c.item).distinct().where(NOTICE.c.item.in_(names), NOTICE.c.unit.in_(units))
    known = set(connection.scalars(told))
    return tuple(name for name in names if name in known)


def named_of(text: str, items: Sequence[str]) -> tuple[str, ...]:
    """Those of ``items`` that stand in ``text`` as a whole: HRM1-12 does not name HRM1-1."""
    return tuple(item for item in items if _stands_in(item, text))


def _stands_in(item: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9-]){re.escape(item)}(?![A-Za-z0-9-])", text) is not None


def units_of(directory: UnitDirectory, address: str) -> frozenset[str]:
    """The units that have ``address`` (any case of letters) among their contacts."""
    low = address.lower()
    return frozenset(
        unit.id
        for unit in directory.units
        if any(one.lower() == low for addresses in unit.contacts.values() for one in addresses)
    )


def is_of_office(directory: UnitDirectory, address: str) -> bool:
    """Whether ``address`` is one of the office's own."""
    return any(one.lower() == address.lower() for addresses in directory.office.values() for one in addresses)
