"""answer, answers: what a unit said about an item (签收, 情况说明), put on record and listed."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import CallError, app_of, dry_or_real

if TYPE_CHECKING:
    from alerts.answers import Given
    from config.units import Unit
    from monitor.app import App


class Form(StrEnum):
    """How the outcome is written."""

    TEXT = "text"
    JSON = "json"


class Kind(StrEnum):
    """What kind of answer it is."""

    RECEIPT = "receipt"
    EXPLANATION = "explanation"


FormOption = Annotated[Form, typer.Option("--format", help="text 或 json")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("answer", help="登记单位对某办件的答复：情况说明或签收")(answer)
    cli.command("answers", help="列出单位的答复")(answers)


def answer(
    context: typer.Context,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="办件编号")],
    unit: Annotated[str, typer.Option("--unit", metavar="U", help="哪个单位答复的：编号、名称或别名")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="答复内容；签收可以写空文字")],
    kind: Annotated[
        Kind, typer.Option("--kind", help="explanation 情况说明（答复督办）、receipt 签收（灯色变化前不再催办）")
    ] = Kind.EXPLANATION,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO", help="谁代表单位答复，默认单位名称")] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="何时答复，默认现在；如 2026-11-23 14:30")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="不是该办件的审批单位也照样存档")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看有什么影响，什么也不保存")] = False,
    form: FormOption = Form.TEXT,
) -> None:
    """An answer that came on paper, by telephone or by a mail that the mailbox did not understand."""
    from monitor.account import account_of
    from monitor.admission import RefusedError
    from monitor.cli.corrections import near_to, number_of
    from monitor.ledger import replies
    from monitor.ledger.office import NotOnLedgerError

    number = number_of(item)
    with dry_or_real(app_of(context), dry_run) as app:
        try:
            given = _given(app, number, unit_of(app, unit), text, kind, by, at)
            with app.transactions.write() as connection:
                _, written = replies.answer(connection, number, given, app.standards, app.clock(), force=force)
        except NotOnLedgerError as error:
            raise CallError(f"{error}{near_to(app, error.item)}") from error
        except RefusedError as error:
            raise CallError(f"没有登记：{error}") from error
        account = account_of(app, number) or {}
        same = {"kind": given.kind, "text": given.text, "by": given.by}
    outcome = {
        "item": number,
        "dry_run": dry_run,
        "written": 0 if dry_run else written,
        "known": not written,
        "answer": next(one for one in reversed(account["answers"]) if same.items() <= one.items()),
        "prospects": account["prospects"],
    }
    typer.echo(json.dumps(outcome, ensure_ascii=False, indent=1) if form is Form.JSON else "\n".join(_told(outcome)))


def _given(app: "App", number: str, unit: "Unit", text: str, kind: Kind, by: str | None, at: str | None) -> "Given":
    from alerts.answers import Given
    from monitor.admission import RefusedError, day_of, paper
    from monitor.ledger.replies import answer_text

    now = app.clock()
    moment = day_of(at, "--at ", now).moment if at else now
    if moment > now:
        raise RefusedError(f"--at {at} 还没有到，不能先登记。")
    who = paper(by if by is not None else unit.name, "答复", None).by
    plain = answer_text(text, kind.value)
    return Given((number,), unit.id, kind.value, plain, who, "command", moment)


def unit_of(app: "App", given: str) -> "Unit":
    """The unit with this id, name or alias. Raises CallError."""
    from alerts.hours import local
    from config.nearest import nearest_unit

    units = app.config.units
    found = units.get(units.match(given, given, local(app.clock()).date()))
    if found is None:
        near = nearest_unit(units, given)
        advice = f"是否想写 {near.id}（{near.name}）？" if near else ""
        raise CallError(f"没有“{given}”这个单位。{advice}全部单位用 approval-monitor units 查看。")
    return found


def _told(outcome: dict[str, Any]) -> Iterator[str]:
    from monitor.columns import wrapped
    from monitor.prospect import words
    from monitor.replies_text import answer_words

    begun = "此前已登记过，没有重复登记" if outcome["known"] else "已登记"
    yield f"{'试算（什么也没有保存）' if outcome['dry_run'] else begun}　办件 {outcome['item']}"
    yield from answer_words(outcome["answer"])
    for one in outcome["prospects"]:
        if (one["clock"], one["reason"]) != ("statutory", "no_steps"):
            first, *rest = words(one)
            yield from wrapped(first, 2, 4)
            for line in rest:
                yield from wrapped(line, 4, 6)


def answers(
    context: typer.Context,
    item: Annotated[str | None, typer.Argument(metavar="ITEM", help="只看该办件")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="只看该单位：编号、名称或别名")] = None,
    form: FormOption = Form.TEXT,
) -> None:
    """Every answer on record, oldest first."""
    from monitor.cli.corrections import number_of
    from monitor.replies import answers_of
    from monitor.replies_text import answer_words

    app = app_of(context)
    chosen = unit_of(app, unit).id if unit is not None else None
    with app.transactions.read() as connection:
        found = answers_of(connection, number_of(item) if item else None, app.standards, chosen)
    if form is Form.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    if not found:
        typer.echo("没有登记过单位的答复。")
    for one in found:
        for line in answer_words(one, named=True):
            typer.echo(line)
