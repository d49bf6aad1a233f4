"""check-code."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.context import Exit

LONGEST_LINE = 1000


class Form(StrEnum):
    """How the verdicts are written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("check-code", help="核验项目代码")(check_code)


def check_code(
    codes: Annotated[list[str], typer.Argument(metavar="CODE…", help="一个或多个项目代码")],
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """The verdict on each project code; exit 1 if one is bad."""
    from config.problems import shown
    from monitor.project_code import judge

    verdicts = [judge(code) for code in codes]
    if form is Form.JSON:
        names = ("given", "ok", "style", "problem", "message", "repaired")
        rows = [{name: getattr(verdict, name) for name in names} for verdict in verdicts]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for verdict in verdicts:
            repaired = f"　应为 {verdict.repaired}" if verdict.repaired else ""
            verdict_line = f"{'正确' if verdict.ok else '有误'}  {shown(verdict.given)}  {verdict.message}{repaired}"
            typer.echo(shown(verdict_line, LONGEST_LINE))
    if not all(verdict.ok for verdict in verdicts):
        raise typer.Exit(Exit.FINDING)
