"""The register of formal letters (督办函登记簿): each with what it was about, whether it left, and what came back."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from alerts.answers import ANSWER
from alerts.hours import local
from alerts.letters.facts import keys_of
from alerts.letters.numbering import same_reference
from alerts.letters.register import LETTER, Issued, issued
from alerts.outbox import MAIL, WAITING
from alerts.report.sheets import Column
from monitor.app import App
from monitor.ledger.store import ITEM

SENT, WAITS, KEPT, VOID = "已发出", "待发出", "存为文件", "未发出（作废）"
ANSWERED, PARTLY, SEEN, AWAITED, LATE, NOT_ASKED = "已答复", "部分答复", "已签收", "待答复", "未答复", "未限期答复"
LEVEL_WORDS = {"yellow_card": "黄牌", "red_card": "红牌"}
COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("文号", "reference", 23),
    Column("函件", "kind", 13),
    Column("级别", "level", 7, "word"),
    Column("单位", "unit", 22),
    Column("发函日期", "made_on", 12, "date"),
    Column("件数", "count", 7, "number"),
    Column("已办结", "closed", 8, "number"),
    Column("发出情况", "sent", 16, "word"),
    Column("答复期限", "answer_by", 12, "date"),
    Column("答复情况", "state", 12, "word"),
    Column("答复时间", "answered_on", 12, "date"),
    Column("办件编号", "listed", 40),
)
"""Columns of the sheet: heading, name of the field, width in characters, kind."""
CHUNK = 500


def letters(app: App, *, year: int | None = None, unit: str | None = None) -> list[dict[str, Any]]:
    """The letters of ``year`` (None: of all years) and ``unit`` (None: of all), the newest first, as JSON values.

    ``answered_on``: the local date of the last answer, once every item has one.
    """
    now = app.clock()
    columns = [column for column in LETTER.c if column.name not in ("docx", "pdf")]
    wanted = [*([LETTER.c.year == year] if year is not None else []), *([LETTER.c.unit == unit] if unit else [])]
    with app.transactions.read() as connection:
        rows = list(connection.execute(select(*columns).where(*wanted).order_by(LETTER.c.id.desc())))
        items = sorted({item["item"] for row in rows for item in row.facts["items"]})
        answers, closed = _answers(connection, items), _closed(connection, items)
        return [_row(row, _sent(connection, row), answers, closed, local(now).date()) for row in rows]


def find(app: App, reference: str) -> tuple[Issued, ...]:
    """The letters with this reference, whatever brackets it is typed with: one, but for patterns that look alike."""
    with app.transactions.read() as connection:
        known = connection.execute(select(LETTER.c.id, LETTER.c.reference))
        ids = [row.id for row in known if same_reference(row.reference, reference)]
        return tuple(issued(row) for row in connection.execute(select(LETTER).where(LETTER.c.id.in_(ids))))


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    """The register as a JSON list."""
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _row(
    row: Row[Any], sent: str, answers: Mapping[str, Sequence[Row[Any]]], closed: set[str], today: date
) -> dict[str, Any]:  # fmt: skip
    items = list(dict.fromkeys(item["item"] for item in row.facts["items"]))
    state, answered_on = reply_state(items, answers, row.unit, row.made_at, row.answer_by, today)
    return {
        "reference": row.reference,
        "year": row.year,
        "number": row.number,
        "kind": row.kind,
        "level": LEVEL_WORDS[row.level],
        "unit": row.facts["unit_name"],
        "unit_id": row.unit,
        "made_on": local(row.made_at).date().isoformat(),
        "items": items,
        "listed": "、".join(items),
        "count": len(items),
        "closed": sum(1 for item in items if item in closed),
        "sent": sent,
        "answer_by": row.answer_by.isoformat() if row.answer_by else None,
        "state": state,
        "answered_on": answered_on.isoformat() if answered_on else None,
    }


def reply_state(
    items: Sequence[str], answers: Mapping[str, Sequence[Any]], unit: str | None, made_at: datetime,
    answer_by: date | None, today: date,
) -> tuple[str, date | None]:  # fmt: skip
    """How a letter stands answered, and when the last item was. Pure.

    An item is answered by the first explanation of the unit since the letter; a receipt says that it was seen.
    """
    mine = {
        item: [one for one in answers.get(item, ()) if one.unit in (None, unit) and one.at >= made_at] for item in items
    }
    told = [min((one.at for one in found if one.kind == "explanation"), default=None) for found in mine.values()]
    days = [local(at).date() for at in told if at is not None]
    if len(days) == len(items) and days:
        return ANSWERED, max(days)
    if days:
        return f"{PARTLY}（{len(days)}/{len(items)}）", None
    if answer_by is not None and answer_by < today:
        return LATE, None
    if any(found for found in mine.values()):
        return SEEN, None
    return (AWAITED if answer_by else NOT_ASKED), None


def _sent(connection: Connection, row: Row[Any]) -> str:
    """What became of the mails of the round that bring the letter along."""
    issuing = connection.execute(select(MAIL.c.created_at, MAIL.c.payload).where(MAIL.c.key == row.mail_key)).first()
    if issuing is None:
        return VOID
    rounds = [issuing.created_at, *map(datetime.fromisoformat, issuing.payload.get("rounds", ()))]
    of_round = (MAIL.c.created_at.in_(rounds), MAIL.c.kind == "digest", MAIL.c.unit == row.unit)
    keys = keys_of(row.facts)
    states = {
        mail.state
        for mail in connection.execute(select(MAIL.c.state, MAIL.c.payload).where(*of_round))
        if any(line["key"] in keys for line in mail.payload["lines"])
    }
    if states & {"sent", "unknown"}:
        return SENT
    if states & set(WAITING):
        return WAITS
    return KEPT if "kept" in states else VOID


def _answers(connection: Connection, items: Sequence[str]) -> dict[str, list[Row[Any]]]:
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for start in range(0, len(items), CHUNK):
        for row in connection.execute(select(ANSWER).where(ANSWER.c.item.in_(items[start : start + CHUNK]))):
            found[row.item].append(row)
    return found


def _closed(connection: Connection, items: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(items), CHUNK):
        wanted = (ITEM.c.item.in_(items[start : start + CHUNK]), ITEM.c.closed_on.is_not(None))
        found.update(connection.scalars(select(ITEM.c.item).where(*wanted)))
    return found
