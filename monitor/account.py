"""The account of one item, gathered from the ledger and the outbox for ``explain``."""

from typing import Any

from sqlalchemy import Connection, select

from alerts.hours import local
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from monitor.app import App
from monitor.explain import events_of, explain
from monitor.judge import judge
from monitor.ledger.read import load
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import Special

SPECIAL = table_of(Special)


def account_of(app: App, item: str) -> dict[str, Any] | None:
    """Everything ``explain`` shows of an item as of now; None when the ledger does not hold it."""
    with app.transactions.read() as connection:
        rows = [row for row in load(connection, [item]) if row.valid]
        if not rows:
            return None
        judged = judge(rows[0].facts, rows[0].versions, app.standards, app.clock())
        procedures = connection.execute(select(SPECIAL.c.started, SPECIAL.c.name).where(SPECIAL.c.item == item))
        names = {row.started: row.name for row in procedures}
        next_at = connection.scalar(select(ITEM.c.next_at).where(ITEM.c.item == item))
        return {
            **explain(judged, names),
            "events": events_of(rows[0].versions, judged),
            "mails": _mails(connection, item),
            "next_at": local(next_at).isoformat() if next_at else None,
        }


def _mails(connection: Connection, item: str) -> list[dict[str, Any]]:
    statement = (
        select(NOTICE, MAIL.c.subject, MAIL.c.state, MAIL.c.sent_at)
        .outerjoin(MAIL, MAIL.c.key == NOTICE.c.mail_key)
        .where(NOTICE.c.item == item)
        .order_by(NOTICE.c.decided_at, NOTICE.c.passed_over.desc(), NOTICE.c.key)
    )
    return [
        {
            "key": row.key,
            "step": row.step,
            "level": row.level,
            "decided_at": local(row.decided_at).isoformat(),
            "reason": row.reason,
            "passed_over": row.passed_over,
            "subject": row.subject,
            "state": row.state,
            "sent_at": local(row.sent_at).isoformat() if row.sent_at else None,
        }
        for row in connection.execute(statement)
    ]
