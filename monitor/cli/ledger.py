"""ledger."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, app_of

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.judge import Judged


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
) -> None:
    """The ledger as of now: open items, with --all closed ones too."""
    from monitor import show
    from monitor.judge import UNASSIGNED

    app = app_of(context)
    chosen = UNASSIGNED if unit == UNASSIGNED else None
    if unit is not None and chosen is None and (chosen := app.config.units.match(unit, unit)) is None:
        known = "、".join(f"{one.id} {one.name}" for one in app.config.units.units)
        raise CallError(f"没有“{unit}”这个单位。可用：{known}，或 {UNASSIGNED}（对不上名录的办件）")
    if out is not None and form is Form.TABLE:
        raise CallError("--out 只用于写文件的格式：请加 --format xlsx、csv 或 json。")
    if state is not None and state not in show.STATES:
        raise CallError(f"没有“{state}”这个状态。可用：{'、'.join(show.STATES)}")
    judged = show.select_items(app, unit=chosen, state=state, every=every, codes=codes)
    if form is Form.TABLE:
        show.print_table(app, judged, codes=codes)
    elif form is Form.XLSX:
        typer.echo(f"已写出 {_workbook(app, judged, out or '台账.xlsx')}")
    else:
        show.write_text(show.as_json(judged) if form is Form.JSON else show.as_csv(app, judged), out)


def _workbook(app: "App", judged: Sequence["Judged"], out: str) -> Path:
    from xlsxwriter.exceptions import FileCreateError

    from monitor import show

    try:
        return show.write_xlsx(app, judged, out)
    except FileCreateError as error:
        # The library wraps what the file system said.
        raise next((cause for cause in error.args if isinstance(cause, OSError)), OSError(str(error))) from error
