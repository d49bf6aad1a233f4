"""health."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.context import Exit, app_of


class Form(StrEnum):
    """How an outcome is written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("health", help="守护进程是否在正常工作")(health)


def health(
    context: typer.Context, form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT
) -> None:
    """Exit 0 only if polls, plans, deliveries and the audit are as recent as they should be and no mail is stuck."""
    from monitor.health import findings

    found = findings(app_of(context))
    if form is Form.JSON:
        typer.echo(json.dumps([finding.to_json() for finding in found], ensure_ascii=False, indent=1))
    else:
        for finding in found:
            typer.echo(f"{'正常' if finding.good else '异常'}  {finding.sentence}")
    if not all(finding.good for finding in found):
        raise typer.Exit(Exit.FINDING)
