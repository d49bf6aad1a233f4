"""run, and one round of each job: poll, plan, deliver."""

from typing import Annotated

import typer

from monitor.cli.context import CallError, app_of, dry_or_real, options_of, refuse_moved_clock, tell
from monitor.cli.reports import preview

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


def plan(context: typer.Context, dry_run: DryRun = False) -> None:
    """One planning round; with --dry-run the mails are listed and written to a folder by the path that sends."""
    from monitor.jobs.rounds import plan_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context)
    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        tell(run_by_hand(chosen, "plan", plan_round))
        if dry_run:
            preview(chosen)


def deliver(context: typer.Context, dry_run: DryRun = False) -> None:
    """One delivery round."""
    from monitor.jobs.rounds import deliver_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context, secrets=True)
    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        tell(run_by_hand(chosen, "deliver", deliver_round))
