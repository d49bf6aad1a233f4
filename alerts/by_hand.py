"""Mails as a person looks at them: listed with what became of them at each address, sent again, settled by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from alerts import handed, outbox
from alerts.handed import BAD, HANDED
from alerts.outbox import MAIL

STATES: Mapping[str, str] = {
    "pending": "待发",
    "sending": "发送中",
    "sent": "已发送",
    "kept": "存为文件",
    "dropped": "不再需要",
    "merged": "并入另一封",
    "unknown": "结果不明",
    "failed": "发送失败",
}
OPEN_TO_HAND = ("unknown", "failed")


class RefusedError(Exception):
    """It cannot be done; the message is a sentence for the caller."""


@dataclass(frozen=True, slots=True)
class At:
    """What became of a mail at an address; ``result`` None: nothing yet."""

    address: str
    result: str | None
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail of the outbox with its results."""

    row: Any
    results: tuple[At, ...]


def listed(
    connection: Connection,
    *,
    state: str | None = None,
    unit: str | None = None,
    span: tuple[datetime, datetime] | None = None,
    most: int | None = None,
) -> list[Listed]:
    """The newest ``most`` mails, newest first.

    ``state``: one of STATES, or refused or bounced: mails that came to that at some address. ``span``: made in
    [first, last), UTC.
    """
    chosen = select(MAIL)
    if state in BAD:
        chosen = chosen.where(MAIL.c.id.in_(select(HANDED.c.mail_id).where(HANDED.c.result == state)))
    elif state is not None:
        chosen = chosen.where(MAIL.c.state == state)
    if unit is not None:
        chosen = chosen.where(MAIL.c.unit == unit)
    if span is not None:
        chosen = chosen.where(MAIL.c.created_at >= span[0], MAIL.c.created_at < span[1])
    rows = list(connection.execute(chosen.order_by(MAIL.c.id.desc()).limit(most)))
    known = handed.of_mails(connection, [row.id for row in rows])
    return [Listed(row, _results(row, known.get(row.id, ()))) for row in rows]


def _results(row: Any, known: Sequence[Any]) -> tuple[At, ...]:
    found = {one.address: At(one.address, one.result, one.words, one.at) for one in known}
    addressed = (*row.recipients.get("to", ()), *row.recipients.get("cc", ()))
    return tuple(found.get(each) or At(each, None, "", None) for each in dict.fromkeys((*addressed, *found)))


def send_again(connection: Connection, identifier: int, now: datetime) -> Any:
    """Puts a mail back into the queue with its Message-ID, in the caller's transaction; returns its row as it was.

    Only one whose outcome is unknown, that failed, or that nobody got because every address refused or returned it:
    then the addresses are looked up anew. Raises RefusedError.
    """
    row = _row(connection, identifier)
    reached = row.state == "sent" and not _nobody_got_it(connection, row)
    if row.state not in (*OPEN_TO_HAND, "sent") or reached:
        why = "至少一个收件地址已接收" if reached else f"它的状态是“{STATES[row.state]}”"
        raise RefusedError(f"信件 {identifier} 不能重发：{why}。只有结果不明、发送失败或全部被退的信可以重发。")
    values: dict[str, Any] = {"next_try_at": now, "unknowns": 0, "sent_at": None}
    if row.state == "sent":
        values["recipients"] = {name: value for name, value in row.recipients.items() if name != "left"}
    # Not zero: what is known of its addresses has to give way to what comes of it now.
    outbox.mark(connection, identifier, "pending", "人工重发，等待发送", attempts=1, **values)
    return row


def settle(
    connection: Connection, identifier: int, as_: Literal["sent", "failed"], why: str, by: str | None, now: datetime
) -> Any:
    """Records what a person found out about a mail, in the caller's transaction; returns its row as it was.

    Only one whose outcome is unknown, or that failed. Raises RefusedError.
    """
    row = _row(connection, identifier)
    if row.state not in OPEN_TO_HAND:
        state = STATES[row.state]
        raise RefusedError(f"信件 {identifier} 的状态是“{state}”，不用核实；只有结果不明或发送失败的信可以人工核实。")
    whose = f"（{by}）" if by else ""
    outcome = f"人工核实为{'已送达' if as_ == 'sent' else '没有送达'}{whose}：{why}"
    values: dict[str, Any] = {"sent_at": row.sent_at or now} if as_ == "sent" else {}
    outbox.mark(connection, identifier, as_, outcome, **values)
    if as_ == "sent":
        left_open = (HANDED.c.mail_id == identifier, HANDED.c.result == "unknown")
        connection.execute(HANDED.update().where(*left_open).values(result="accepted", words="人工核实", at=now))
    return row


def _nobody_got_it(connection: Connection, row: Any) -> bool:
    known = handed.of_mails(connection, [row.id]).get(row.id, [])
    return bool(known) and all(one.result in BAD for one in known)


def _row(connection: Connection, identifier: int) -> Any:
    row = connection.execute(select(MAIL).where(MAIL.c.id == identifier)).first()
    if row is None:
        raise RefusedError(f"没有编号为 {identifier} 的信件。用 approval-monitor mails 查看编号。")
    return row
