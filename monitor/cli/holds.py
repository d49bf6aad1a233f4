"""hold, holds, lift: silences by the supervisor over an item or a unit, up to a date and never beyond."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from monitor.cli.context import CallError, app_of, dry_or_real


class Form(StrEnum):
    """How the outcome is written."""

    TEXT = "text"
    JSON = "json"


By = Annotated[str, typer.Option("--by", metavar="WHO", help="谁决定的")]
Why = Annotated[str, typer.Option("--why", metavar="WHY", help="理由")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看结果，什么也不保存")]
FormOption = Annotated[Form, typer.Option("--format", help="text 或 json")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("hold", help="暂停督促某一办件或单位，到期自行恢复")(hold)
    cli.command("holds", help="列出暂停督促：有效的、已到期的和已解除的")(holds)
    cli.command("lift", help="提前解除一条暂停督促")(lift)


def hold(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="ITEM|UNIT", help="办件编号，或单位的编号、名称、别名")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="暂停到哪一天（含）")],
    why: Why,
    by: By,
    dry_run: DryRun = False,
    form: FormOption = Form.TEXT,
) -> None:
    """Nothing is mailed about it meanwhile, and no step is used up; the day after it is judged at its present level."""
    from monitor.admission import RefusedError, paper
    from monitor.cli.corrections import near_to, number_of
    from monitor.ledger import replies
    from monitor.ledger.office import NotOnLedgerError

    with dry_or_real(app_of(context), dry_run) as app:
        try:
            with app.transactions.write() as connection:
                found = replies.target_of(connection, number_of(target), app.config.units, app.clock())
                words = paper(by, why, None)
                number = replies.hold(connection, found, until, words, app.standards, app.clock())
        except NotOnLedgerError as error:
            raise CallError(
                f"“{target}”既不是台账里的办件，也不是单位名录里的单位。{near_to(app, error.item)}"
            ) from error
        except RefusedError as error:
            raise CallError(str(error)) from error
    day = replies.until_day(until).isoformat()
    outcome = {"id": None if dry_run else number, "dry_run": dry_run, "scope": found.scope, "target": found.id}
    if form is Form.JSON:
        typer.echo(json.dumps(outcome | {"until": day}, ensure_ascii=False, indent=1))
        return
    begun = "试算（什么也没有保存）" if dry_run else f"已登记 #{number}"
    typer.echo(f"{begun}　暂停督促 {found.name}，至 {day}（含）；此后按当时情况重新判断。")
    if not dry_run:
        typer.echo(f"  提前解除用 approval-monitor lift {number} --by … --why …")


def holds(context: typer.Context, form: FormOption = Form.TEXT) -> None:
    """Every hold on record; those in force first."""
    from alerts.holds import listed
    from alerts.hours import local
    from monitor.replies import hold_as_json
    from monitor.replies_text import STATES, hold_words

    app = app_of(context)
    today = local(app.clock()).date()
    with app.transactions.read() as connection:
        found = [hold_as_json(one, app.standards, today) for one in listed(connection)]
    if form is Form.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("没有登记过暂停督促。")
    for state, title in STATES.items():
        members = [one for one in found if one["state"] == state]
        if members:
            typer.echo(f"{title} {len(members)} 条")
            for one in members:
                for line in hold_words(one):
                    typer.echo(line)


def lift(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="编号，见 holds")],
    by: By,
    why: Why,
    dry_run: DryRun = False,
) -> None:
    """What the hold kept back is judged again by the next round, at its present level."""
    from monitor.admission import RefusedError, paper
    from monitor.ledger import replies

    with dry_or_real(app_of(context), dry_run) as app:
        try:
            with app.transactions.write() as connection:
                replies.lift(connection, number, paper(by, why, None), app.clock())
        except RefusedError as error:
            raise CallError(str(error)) from error
    begun = "试算（什么也没有保存）：可以解除" if dry_run else "已解除"
    typer.echo(f"{begun} #{number}，下一轮判断时按当时情况重新判断。")
