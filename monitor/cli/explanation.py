"""explain."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import typer

from monitor.cli.context import CallError, app_of


class Form(StrEnum):
    """How the account is written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("explain", help="某办件的到期日是怎么算出来的，发过哪些信，接下来会怎样")(explain)


def explain(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="办件编号")],
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """How each clock of the item comes about, each pause, which mails went out and why, and what comes next."""
    from monitor.account import account_of, stranger
    from monitor.cli.corrections import near_to, number_of
    from monitor.explain_text import as_text

    app, number = app_of(context), number_of(item)
    account = account_of(app, number)
    if account is None and (known := stranger(app, number)) is not None:
        lines, account = list(_of_stranger(known)), known
    elif account is None:
        raise CallError(f"台账里没有办件“{number}”。{near_to(app, number)}")
    else:
        lines = as_text(account)
    typer.echo(json.dumps(account, ensure_ascii=False, indent=1) if form is Form.JSON else "\n".join(lines))


def _of_stranger(known: dict[str, Any]) -> Iterator[str]:
    """An item that cannot be judged: what is known of it."""
    from monitor.columns import wrapped

    yield from wrapped(f"办件 {known['item']}", 0, 5)
    yield from wrapped(known["sentence"])
    for event in known["events"]:
        yield f"  {event['date']}  {event['title']}"
    for one in known["aside"]:
        yield from wrapped(f"留存待查（{one['source']}，{one['table']}）：{one['reason']}", 2, 4)
