"""extend, correct, corrections, withdraw: what staff put on record beside the platform's own value."""

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import CallError, app_of, dry_or_real

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.app import App
    from monitor.ledger.office import Recorded


class Form(StrEnum):
    """How the outcome is written."""

    TEXT = "text"
    JSON = "json"


Item = Annotated[str, typer.Argument(metavar="ITEM", help="办件编号")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="谁批准或经办")]
Why = Annotated[str, typer.Option("--why", metavar="WHY", help="理由")]
Document = Annotated[str | None, typer.Option("--document", metavar="NO", help="文号")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看前后变化，什么也不保存")]
FormOption = Annotated[Form, typer.Option("--format", help="text 或 json")]
Step = Callable[["App", "Connection"], "Recorded"]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("extend", help="登记延长办理期限（行政许可法第四十二条）")(extend)
    cli.command("correct", help="更正平台记错的事实，如 correct 办件编号 accepted=2026-03-03 …")(correct)
    cli.command("corrections", help="列出延长与更正：有效的和已撤销的")(corrections)
    cli.command("withdraw", help="撤销一条延长或更正")(withdraw)


def extend(
    context: typer.Context,
    item: Item,
    days: Annotated[int, typer.Option("--days", metavar="N", help="延长几天，与时限同一种天；小时时限每天 24 小时")],
    by: By,
    document: Annotated[str, typer.Option("--document", metavar="NO", help="批准延长的文号")],
    why: Why,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="批准日期，默认今天")] = None,
    joint: Annotated[bool, typer.Option("--joint", help="统一办理、联合办理或集中办理，最多 15 天")] = False,
    force: Annotated[bool, typer.Option("--force", help="批准晚于期限届满也照样登记，台账会注明")] = False,
    dry_run: DryRun = False,
    form: FormOption = Form.TEXT,
) -> None:
    """An extension: adds to the promised and the statutory limit."""
    from monitor import admission
    from monitor.events import local_date
    from monitor.ledger.office import Judging, record

    def wanted(judged: Any, judge_at: Judging) -> list[admission.Wish]:
        day = admission.day_of(on, "批准日期", judged.now).day if on else local_date(judged.now)
        return [admission.extension(days, day, joint=joint, force=force, judged=judged, judge_at=judge_at)]

    def step(app: "App", connection: "Connection") -> "Recorded":
        paper = admission.paper(by, why, document)
        return record(connection, number_of(item), wanted, paper, app.standards, app.clock())

    _do(context, step, "登记", dry_run=dry_run, form=form)


def correct(
    context: typer.Context,
    item: Item,
    facts: Annotated[
        list[str],
        typer.Argument(metavar="项=值…", help="unit、limit、statutory_limit、received、accepted、closed，可写几项"),
    ],
    by: By,
    why: Why,
    document: Document = None,
    dry_run: DryRun = False,
    form: FormOption = Form.TEXT,
) -> None:
    """Facts that the platform has wrong; its own values are kept beside them."""
    from monitor import admission
    from monitor.ledger.office import record

    def step(app: "App", connection: "Connection") -> "Recorded":
        paper = admission.paper(by, why, document)
        return record(
            connection,
            number_of(item),
            lambda judged, _: admission.corrections(facts, judged),
            paper,
            app.standards,
            app.clock(),
        )

    _do(context, step, "登记", dry_run=dry_run, form=form)


def withdraw(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="更正的编号，见 corrections")],
    by: By,
    why: Why,
    document: Document = None,
    dry_run: DryRun = False,
    form: FormOption = Form.TEXT,
) -> None:
    """Takes a record out of force: what the platform says counts again."""
    from monitor import admission
    from monitor.ledger import office

    def step(app: "App", connection: "Connection") -> "Recorded":
        return office.withdraw(connection, number, admission.paper(by, why, document), app.standards, app.clock())

    _do(context, step, "撤销", dry_run=dry_run, form=form)


def _do(context: typer.Context, step: Step, word: str, *, dry_run: bool, form: Form) -> None:
    """Does ``step`` in one transaction, of a copy of the ledger in a dry run, and tells what it came to."""
    from monitor.admission import RefusedError
    from monitor.entry import entry
    from monitor.ledger.office import NotOnLedgerError

    with dry_or_real(app_of(context), dry_run) as app:
        try:
            with app.transactions.write() as connection:
                done = step(app, connection)
        except NotOnLedgerError as error:
            raise CallError(f"{error}{near_to(app, error.item)}") from error
        except RefusedError as error:
            raise CallError(f"没有{word}：{error}") from error
    outcome = {
        "item": done.after.facts.item,
        "dry_run": dry_run,
        "ids": [] if dry_run else list(done.ids),
        "replaced": list(done.replaced),
        "warnings": list(done.warnings),
        "before": entry(done.before),
        "after": entry(done.after),
    }
    if form is Form.JSON:
        typer.echo(json.dumps(outcome, ensure_ascii=False, indent=1))
        return
    for line in _told(outcome, word, done.ids):
        typer.echo(line)


def _told(outcome: dict[str, Any], word: str, ids: tuple[int, ...]) -> Iterator[str]:
    from monitor.columns import wrapped
    from monitor.recorded import differences

    numbers = "、".join(f"#{number}" for number in ids)
    begun = "试算（什么也没有保存）" if outcome["dry_run"] else f"已{word} {numbers}"
    yield f"{begun}　办件 {outcome['item']}　{outcome['after']['unit_name']}"
    for warning in outcome["warnings"]:
        yield from wrapped(f"注意　{warning}", 2, 8)
    changed = list(differences(outcome["before"], outcome["after"]))
    yield from changed or ["  各个时限没有变化。"]
    if outcome["replaced"]:
        yield f"  取代了 {'、'.join(f'#{number}' for number in outcome['replaced'])}"
    if word == "登记" and not outcome["dry_run"]:
        yield f"  取消用 approval-monitor withdraw {ids[-1]} --by … --why …"


def corrections(
    context: typer.Context,
    item: Annotated[str | None, typer.Argument(metavar="ITEM", help="只看该办件")] = None,
    form: FormOption = Form.TEXT,
) -> None:
    """What is in force, each record beside what the platform says now, and what was withdrawn."""
    from monitor.recorded import lines_of
    from monitor.records_list import records

    app = app_of(context)
    number = number_of(item) if item else None
    found = records(app, number)
    if number and not found and not _known(app, number):
        raise CallError(f"台账里没有办件“{number}”。{near_to(app, number)}")
    if form is Form.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    in_force = [one for one in found if one["state"] != "withdrawn"]
    ended = [one for one in found if one["state"] == "withdrawn"]
    if not found:
        typer.echo("没有登记过延长或更正。")
    for title, listed in (("有效", in_force), ("已撤销", ended)):
        if listed:
            typer.echo(f"{title} {len(listed)} 条")
            for one in listed:
                for line in lines_of(one, one["item"]):
                    typer.echo(line)


def number_of(given: str) -> str:
    """An item's number as it was typed; bytes of a terminal that are no text cannot even be asked for."""
    return given.encode("utf-8", "replace").decode().strip()


def _known(app: "App", number: str) -> bool:
    from monitor.ledger.read import load

    with app.transactions.read() as connection:
        return next(load(connection, [number]), None) is not None


def near_to(app: "App", number: str) -> str:
    """Which numbers of the ledger may have been meant, as a sentence."""
    from monitor.ledger.nearby import near_items

    with app.transactions.read() as connection:
        near = near_items(connection, number)
    return f"是否想写 {'、'.join(near)}？" if near else "请核对编号，或先运行 approval-monitor poll。"
