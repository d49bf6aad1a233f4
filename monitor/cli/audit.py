"""audit."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import Exit, app_of
from monitor.cli.health import Form

if TYPE_CHECKING:
    from alerts.audit import Audited


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("audit", help="自查：到此刻该发的是否都发了")(audit)


def audit(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
    mend: Annotated[bool, typer.Option("--mend", help="使不符的重新判断、重新排队，由下一轮任务补发")] = False,
) -> None:
    """Compares what ought to have gone out with what did; exit 1 on a difference. Sends nothing."""
    from monitor.jobs.auditing import audited
    from monitor.jobs.auditing import mend as put_right

    app = app_of(context)
    now = app.clock()
    found = audited(app, now)
    mended = put_right(app, found, now) if mend else 0
    if form is Form.JSON:
        typer.echo(json.dumps(_as_json(found, mended), ensure_ascii=False, indent=1))
    else:
        for sentence in _sentences(found, in_hours=app.is_open(now)):
            typer.echo(sentence)
        if mend:
            typer.echo(f"已使其中 {mended} 处重新判断或重新排队，下一轮判断、发信时补发；之后请再运行一次 audit 核对。")
    if not found.agrees:
        raise typer.Exit(Exit.FINDING)


def _sentences(found: "Audited", *, in_hours: bool) -> list[str]:
    looked = f"核对在办 {found.items} 件" if in_hours else "不在发信时段，只核对信件"
    if found.agrees:
        return [f"相符：{looked}，该发的都已发出或在排队。"]
    return [f"不符 {found.counts.total()} 处：{looked}。", *found.listed(len(found.first)), *found.advice()]


def _as_json(found: "Audited", mended: int) -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "items": found.items,
        "counts": dict(found.counts),
        "mended": mended,
        "differences": [
            {"kind": one.kind, "subject": one.subject, "item": one.item, "sentence": one.sentence}
            for one in found.first
        ],
    }
