"""audit."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import Exit, app_of, refuse_moved_clock
from monitor.cli.health import Form
from monitor.cli.rounds import DryRun

if TYPE_CHECKING:
    from alerts.audit import Audited


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("audit", help="自查：到此刻该发的是否都发了")(audit)


def audit(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
    mend: Annotated[bool, typer.Option("--mend", help="使不符的重新判断、重新排队，由下一轮任务补发")] = False,
    dry_run: DryRun = False,
) -> None:
    """One audit; exit 1 on a difference. Like the daemon's own it tells the operator and gives the heartbeat."""
    from monitor.jobs.auditing import audited, concluded
    from monitor.jobs.auditing import mend as put_right
    from monitor.jobs.slots import run_by_hand

    app = app_of(context)
    refuse_moved_clock(context, app, dry_run)
    now = app.clock()
    found = audited(app, now)
    if not dry_run:
        outcome = run_by_hand(app, "audit", lambda chosen: concluded(chosen, found, now))
        for problem in outcome.problems:
            typer.echo(problem, err=True)
    mended = put_right(app, found, now) if mend and not dry_run else 0
    if form is Form.JSON:
        typer.echo(json.dumps(_as_json(found, mended), ensure_ascii=False, indent=1))
    else:
        _print(found, mended)
    if not found.agrees:
        raise typer.Exit(Exit.FINDING)


def _print(found: "Audited", mended: int) -> None:
    for sentence in _sentences(found):
        typer.echo(sentence)
    if mended:
        typer.echo(f"已使其中 {mended} 处重新判断或重新排队，下一轮判断、发信时补发；之后请再运行一次 audit 核对。")


def _sentences(found: "Audited") -> list[str]:
    if found.agrees:
        return [f"相符：{found.looked}，该发的都已发出或在排队。"]
    return [f"不符 {found.counts.total()} 处：{found.looked}。", *found.listed(len(found.first)), *found.advice()]


def _as_json(found: "Audited", mended: int) -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "items": found.items,
        "remark": found.remark or None,
        "counts": dict(found.counts),
        "mended": mended,
        "differences": [
            {"kind": one.kind, "subject": one.subject, "item": one.item, "sentence": one.sentence}
            for one in found.first
        ],
    }
