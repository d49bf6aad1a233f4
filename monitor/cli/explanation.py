"""explain."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.context import CallError, app_of


class Form(StrEnum):
    """How the account is written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("explain", help="某办件的到期日是怎么算出来的")(explain)


def explain(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="办件编号")],
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """How each clock of the item comes about, each pause, and which mails went out and why."""
    from monitor.account import account_of
    from monitor.explain import as_text

    # Bytes of a terminal that are no text cannot even be asked for.
    account = account_of(app_of(context), item.encode("utf-8", "replace").decode())
    if account is None:
        raise CallError(f"台账里没有办件“{item}”。请核对编号，或先运行 approval-monitor poll。")
    if form is Form.JSON:
        typer.echo(json.dumps(account, ensure_ascii=False, indent=1))
    else:
        for line in as_text(account):
            typer.echo(line)
