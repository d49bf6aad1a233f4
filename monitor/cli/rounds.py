"""run, and one round of each job: poll, plan, deliver."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, Exit, app_of, dry_or_real, options_of, refuse_moved_clock, tell
from monitor.cli.health import Form

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.jobs.outcome import Outcome

DryRun = Annotated[bool, typer.Option("--dry-run", help="走一遍同样的流程，什么也不保存、不发送")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("run", help="守护进程：按间隔取数、判断、发信、出周报")(run)
    cli.command("poll", help="取数一轮")(poll)
    cli.command("plan", help="判断一轮：现在该提醒谁")(plan)
    cli.command("deliver", help="发信一轮")(deliver)


def run(context: typer.Context) -> None:
    """The daemon."""
    if options_of(context).now:
        raise CallError("run 不能与 --now 同用：守护进程只按真实时间运行。要试运行某一时刻，请用 poll、plan、deliver。")
    from monitor.jobs.daemon import run as run_daemon

    run_daemon(app_of(context, secrets=True))


def poll(context: typer.Context, dry_run: DryRun = False) -> None:
    """One poll of every source."""
    from monitor.jobs.rounds import poll_round
    from monitor.jobs.slots import run_by_hand

    with dry_or_real(app_of(context, secrets=True), dry_run) as app:
        tell(run_by_hand(app, "poll", lambda chosen: poll_round(chosen, by_hand=True)))


def plan(
    context: typer.Context,
    dry_run: DryRun = False,
    form: Annotated[Form, typer.Option("--format", help="试运行的结果：text 或 json")] = Form.TEXT,
) -> None:
    """One planning round; with --dry-run the mails are listed and written to a folder by the path that sends."""
    from monitor.jobs.rounds import plan_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context)
    if form is Form.JSON and not dry_run:
        raise CallError("--format json 只用于试运行：请加 --dry-run。")
    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        planned = run_by_hand(chosen, "plan", plan_round)
        if form is Form.TEXT:
            tell(planned)
        if dry_run:
            _preview(chosen, planned, form)


def _preview(app: "App", planned: "Outcome", form: Form) -> None:
    """Delivers the rehearsed mails into a folder and lists them, still within the rehearsal."""
    from monitor.jobs.rounds import deliver_round
    from monitor.rehearsal import previews, reasons

    delivered = deliver_round(app)
    mails = previews(app)
    if form is Form.JSON:
        found = {
            "sentences": [planned.sentence, delivered.sentence],
            "problems": [*planned.problems, *delivered.problems],
            "reasons": reasons(planned),
            "mails": [mail.to_json() for mail in mails],
        }
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        if not (planned.good and delivered.good):
            raise typer.Exit(Exit.OUTSIDE)
        return
    tell(delivered)
    for mail in mails:
        for line in mail.text():
            typer.echo(line)


def deliver(context: typer.Context, dry_run: DryRun = False) -> None:
    """One delivery round."""
    from monitor.jobs.rounds import deliver_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context, secrets=True)
    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        tell(run_by_hand(chosen, "deliver", deliver_round))
