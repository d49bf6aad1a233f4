"""ledger."""

from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.context import CallError, app_of


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
    form: Annotated[Form, typer.Option("--format", help="table、json、csv 或 xlsx")] = Form.TABLE,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="写入文件（xlsx 默认 台账.xlsx）")] = None,
) -> None:
    """The ledger as of now: open items, with --all closed ones too."""
    from monitor import show

    app = app_of(context)
    chosen = None
    if unit is not None and (chosen := app.config.units.match(unit, unit)) is None:
        known = "、".join(f"{one.id} {one.name}" for one in app.config.units.units)
        raise CallError(f"没有“{unit}”这个单位。可用：{known}")
    if state is not None and state not in show.STATES:
        raise CallError(f"没有“{state}”这个状态。可用：{'、'.join(show.STATES)}")
    judged = show.select_items(app, unit=chosen, state=state, every=every)
    if form is Form.TABLE:
        show.print_table(app, judged)
    elif form is Form.XLSX:
        typer.echo(f"已写出 {show.write_xlsx(app, judged, out or '台账.xlsx')}")
    else:
        show.write_text(show.as_json(judged) if form is Form.JSON else show.as_csv(judged), out)
