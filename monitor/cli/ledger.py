"""ledger."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, app_of
from monitor.cli.given import day_of, unit_of, written

if TYPE_CHECKING:
    from datetime import date

    from monitor.app import App


class Form(StrEnum):
    """How the ledger is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("ledger", help="预警事项电子台账")(ledger)


def ledger(
    context: typer.Context,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="只看该单位（编号或名称）")] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="S", help="只看该状态或灯色，如 overdue、due_soon、red")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="连同已办结的")] = False,
    codes: Annotated[bool, typer.Option("--codes", help="只看项目代码没有填写或核验不通过的")] = False,
    form: Annotated[Form, typer.Option("--format", help="table、json、csv 或 xlsx")] = Form.TABLE,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="写入文件（xlsx 默认 台账.xlsx）")] = None,
    warned: Annotated[bool, typer.Option("--warnings", help="预警台账：每次催办、督办一行，连同办理情况")] = False,
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help="与 --warnings 同用：从这一天起发出的，默认一年以来")
    ] = None,
) -> None:
    """The ledger as of now: open items, with --all closed ones too; or the warnings that were sent."""
    from monitor import show

    if out is not None and form is Form.TABLE:
        raise CallError("--out 只用于写文件的格式：请加 --format xlsx、csv 或 json。")
    if warned and (state or every or codes):
        raise CallError("--warnings 只与 --unit、--since、--format、--out 同用。")
    if since is not None and not warned:
        raise CallError("--since 只与 --warnings 同用。")
    first = day_of(since, "--since") if since is not None else None
    app = app_of(context)
    chosen = unit_of(app, unit, unassigned=True)
    if warned:
        _warnings(app, chosen, first, form, out)
        return
    if state is not None and state not in show.STATES:
        raise CallError(f"没有“{state}”这个状态。可用：{'、'.join(show.STATES)}")
    judged = show.select_items(app, unit=chosen, state=state, every=every, codes=codes)
    if form is Form.TABLE:
        show.print_table(app, judged, codes=codes)
    elif form is Form.XLSX:
        items = {one.facts.item for one in judged} if state or codes else None
        path = written(lambda: show.write_xlsx(app, judged, out or "台账.xlsx", unit=chosen, items=items))
        typer.echo(f"已写出 {path}")
    else:
        show.write_text(show.as_json(judged) if form is Form.JSON else show.as_csv(app, judged), out)


def _warnings(app: "App", unit: str | None, since: "date | None", form: Form, out: str | None) -> None:
    """The ledger of warnings in the form asked for."""
    from monitor import letters_register, show
    from monitor.warnings_ledger import rows, table
    from monitor.warnings_ledger.gather import warnings

    found = [rows.row(*line) for line in warnings(app, since=since, unit=unit)]
    if form is Form.TABLE:
        table.print_warnings(found, app.clock())
    elif form is Form.XLSX:
        from monitor.supervision_sheets import write

        letters = letters_register.letters(app, unit=unit)
        path = Path(out or "预警台账.xlsx")
        typer.echo(f"已写出 {written(lambda: write(path, app.clock(), found, letters))}")
    else:
        show.write_text(rows.as_json(found) if form is Form.JSON else rows.as_csv(found), out)
