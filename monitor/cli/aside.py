"""set-aside and retry-set-aside."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import CallError, Exit, app_of

if TYPE_CHECKING:
    from monitor.ledger.aside import Row

LONGEST_VALUE = 40
SourceOption = Annotated[str | None, typer.Option("--source", metavar="S", help="只看该来源的")]


class Form(StrEnum):
    """How the rows are written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("set-aside", help="未能识别、留存待查的记录：原文、原因、位置")(set_aside)
    cli.command("retry-set-aside", help="按现在的配置重新识别留存的记录")(retry_set_aside)


def set_aside(
    context: typer.Context,
    source: SourceOption = None,
    every: Annotated[bool, typer.Option("--all", help="连同后来已识别的")] = False,
    most: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多列几行")] = 50,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """Rows that could not be read: as given, why, where they stand at the source."""
    from monitor.ledger import aside

    app = app_of(context)
    with app.transactions.read() as connection:
        found = aside.rows(connection, source=source, resolved=every)
    if form is Form.JSON:
        typer.echo(json.dumps([_object(row) for row in found], ensure_ascii=False, indent=1))
        return
    for row in found[:most]:
        for line in _lines(row):
            typer.echo(line)
    typer.echo(_total(found, most))


def _total(found: Sequence["Row"], most: int) -> str:
    if not found:
        return "没有留存待查的记录。"
    by_source = "，".join(f"{name} {count} 行" for name, count in Counter(row.source for row in found).most_common())
    more = f"，以上是前 {most} 行（--limit 可多列）" if len(found) > most else ""
    advice = "。配置改好后运行 retry-set-aside 重新识别；守护进程每轮取数也会再试"
    return f"共 {len(found)} 行：{by_source}{more}{advice}。"


def _lines(row: "Row") -> Iterable[str]:
    from alerts.hours import local

    settled = f"，{local(row.resolved_at):%Y-%m-%d %H:%M} 已识别" if row.resolved_at else ""
    since = f"{local(row.first_at):%Y-%m-%d %H:%M} 起，已试 {row.tries} 次{settled}"
    yield f"#{row.id}　来源 {row.source}　{_place(row)}　{since}"
    yield f"  原因　{row.reason}"
    shown = "　".join(f"{name}={_clipped(value)}" for name, value in row.row.items() if value not in (None, ""))
    yield f"  原文　{shown or '（空）'}"


def _place(row: "Row") -> str:
    if row.file:
        sheet = f"“{row.sheet}”" if row.sheet else ""
        return f"{row.file}{sheet} 第 {row.row_number} 行"
    after = f"，位于（{row.before.since}，{row.before.after}）之后" if row.before.since else ""
    return f"表 {row.table}{after}"


def _clipped(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _object(row: "Row") -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "table": row.table,
        "since": row.before.since,
        "after": row.before.after,
        "file": row.file,
        "sheet": row.sheet,
        "row_number": row.row_number,
        "reason": row.reason,
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "tries": row.tries,
        "resolved_at": row.resolved_at.isoformat() if row.resolved_at else None,
        "row": row.row,
    }


def retry_set_aside(
    context: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID]…", help="只试这些编号；不写 = 全部")] = None,
    source: SourceOption = None,
) -> None:
    """Reads rows set aside again, by the present configuration; what they were waiting for may have come."""
    from monitor.cli.progress import shown
    from monitor.retry import retry_all

    app = app_of(context)
    if ids and source is not None:
        raise CallError("编号与 --source 只能给一种：编号已经指明了是哪一行。")
    result = retry_all(
        app,
        ids=tuple(ids or ()),
        sources=None if source is None else {source},
        progress=lambda rows: shown(rows, "重新识别"),
    )
    if ids and result.tried < len(set(ids)):
        raise CallError(f"{len(set(ids)) - result.tried} 个编号不是留存待查的行（可能已识别）。用 set-aside 查看编号。")
    left = result.tried - result.read
    typer.echo(f"重新识别 {result.tried} 行：{result.read} 行已入台账，{left} 行仍留存待查。")
    if left:
        raise typer.Exit(Exit.FINDING)
