"""mails, mails resend, mails settle."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import CallError, app_of

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.by_hand import Listed


class Form(StrEnum):
    """How the mails are written."""

    TEXT = "text"
    JSON = "json"


class As(StrEnum):
    """What a person found out."""

    SENT = "sent"
    FAILED = "failed"


Number = Annotated[int, typer.Argument(metavar="ID", help="信件编号，见 mails")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="信件与各收件地址的送达情况；mails resend、mails settle 处理结果不明和失败的信")
    group.callback(invoke_without_command=True)(mails)
    group.command("resend", help="重发一封结果不明、发送失败或全部被退的信，Message-ID 不变")(resend)
    group.command("settle", help="记下人工核实的结果")(settle)
    cli.add_typer(group, name="mails")


def mails(
    context: typer.Context,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="S", help="只看该状态，如 unknown、failed；bounced 退信、refused 拒收"),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="只看发给该单位的（编号或名称）")] = None,
    day: Annotated[str | None, typer.Option("--day", metavar="D", help="只看该日生成的，如 2026-11-23")] = None,
    most: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多列几封，新的在前")] = 50,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """The mails of the outbox, newest first, each with what became of it at each address."""
    if context.invoked_subcommand is not None:
        return
    from alerts.by_hand import STATES, listed
    from alerts.handed import BAD

    if state is not None and state not in (*STATES, *BAD):
        raise CallError(f"没有“{state}”这个状态。可用：{'、'.join((*STATES, *BAD))}")
    span = _span(day)
    app = app_of(context)
    chosen = app.config.units.match(unit, unit) if unit is not None else None
    if unit is not None and chosen is None:
        raise CallError(f"没有“{unit}”这个单位。全部单位用 approval-monitor units 查看。")
    with app.transactions.read() as connection:
        found = listed(connection, state=state, unit=chosen, span=span, most=most)
    if form is Form.JSON:
        typer.echo(json.dumps([_object(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        for line in _lines(one):
            typer.echo(line)
    typer.echo(_total(found, most))


def _span(day: str | None) -> "tuple[datetime, datetime] | None":
    if day is None:
        return None
    from datetime import date, time, timedelta

    from alerts.hours import at

    try:
        chosen = date.fromisoformat(day)
        return at(chosen, time()), at(chosen + timedelta(days=1), time())
    except (ValueError, OverflowError) as error:
        raise CallError(f"--day 的“{day}”不是日期，应写成 2026-11-23 的样子。") from error


def _lines(one: "Listed") -> Iterator[str]:
    from alerts.by_hand import STATES
    from alerts.handed import RESULTS
    from alerts.hours import local
    from alerts.wording import clean

    row = one.row
    yield f"#{row.id}　{local(row.created_at):%Y-%m-%d %H:%M}　{STATES[row.state]}　{_name(row)}"
    for each in one.results:
        words = f"（{clean(each.words, 160)}）" if each.words else ""
        yield f"  {each.address}　{RESULTS[each.result] + words if each.result else '—'}"
    if row.outcome and row.outcome != STATES[row.state]:
        yield f"  {clean(row.outcome, 240)}"


def _name(row: Any) -> str:
    from alerts.deliver import KINDS
    from alerts.digest import LEVEL_NAMES

    unit = row.payload.get("unit_name") or row.payload.get("title") or ""
    return row.subject or f"{KINDS.get(row.kind) or LEVEL_NAMES.get(row.level, row.kind)}　{unit}".rstrip()


def _total(found: "Sequence[Listed]", most: int) -> str:
    if not found:
        return "没有这样的信件。"
    more = f"，只列最新的 {most} 封（--limit 可多列）" if len(found) == most else ""
    return f"共 {len(found)} 封{more}。"


def _object(one: "Listed") -> dict[str, Any]:
    row = one.row
    plain = ("id", "key", "message_id", "kind", "state", "level", "unit", "audience", "subject", "attempts", "outcome")
    moments = ("created_at", "next_try_at", "sent_at")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: moment.isoformat() if (moment := getattr(row, name)) else None for name in moments},
        "addresses": [
            {
                "address": each.address,
                "result": each.result,
                "words": each.words,
                "at": each.at.isoformat() if each.at else None,
            }
            for each in one.results
        ],
    }


def resend(context: typer.Context, number: Number) -> None:
    """Puts a mail back into the queue; what it lists is judged again when it leaves."""
    from alerts.by_hand import RefusedError, send_again

    app = app_of(context)
    try:
        with app.transactions.write() as connection:
            row = send_again(connection, number, app.clock())
    except RefusedError as error:
        raise CallError(str(error)) from error
    hours = "发信时段内" if row.kind != "operator" else "下一轮"
    typer.echo(f"信件 {number}（{_name(row)}）已放回待发队列，{hours}发出；发出前按最新数据复核，已不需要的不再发。")


def settle(
    context: typer.Context,
    number: Number,
    found: Annotated[As, typer.Option("--as", help="sent 已送达，failed 没有送达")],
    why: Annotated[str, typer.Option("--why", metavar="WHY", help="依据，如中继日志里查到的")],
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="谁核实的")] = None,
) -> None:
    """Records what a person found out about a mail whose outcome is unknown, or which failed."""
    from alerts import by_hand
    from alerts.wording import NOTHING, clean

    reason = clean(why, 300)
    if reason == NOTHING:
        raise CallError("--why 是空的：请写明依据，如“中继日志 09:00 已投递”。")
    app = app_of(context)
    try:
        with app.transactions.write() as connection:
            who = clean(by, 60) if by else None
            row = by_hand.settle(connection, number, found.value, reason, who, app.clock())
    except by_hand.RefusedError as error:
        raise CallError(str(error)) from error
    typer.echo(f"信件 {number}（{_name(row)}）已记为{'已送达' if found is As.SENT else '没有送达'}：{reason}。")
