"""run, and one round of each job: poll, plan, deliver, report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, app_of, dry_or_real, options_of, refuse_moved_clock, tell

if TYPE_CHECKING:
    from monitor.app import App

DryRun = Annotated[bool, typer.Option("--dry-run", help="走一遍同样的流程，什么也不保存、不发送")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("run", help="守护进程：按间隔取数、判断、发信、出周报")(run)
    cli.command("poll", help="取数一轮")(poll)
    cli.command("plan", help="判断一轮：现在该提醒谁")(plan)
    cli.command("deliver", help="发信一轮")(deliver)
    cli.command("report", help="逾期周报：发出应发的一期，或用 --week 重做往期")(report)


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
            _preview(chosen)


def _preview(app: "App") -> None:
    """Delivers the rehearsed mails into a folder and lists them, still within the rehearsal."""
    from monitor.jobs.rounds import deliver_round
    from monitor.show import mails_of_now

    tell(deliver_round(app))
    for line in mails_of_now(app):
        typer.echo(line)


def deliver(context: typer.Context, dry_run: DryRun = False) -> None:
    """One delivery round."""
    from monitor.jobs.rounds import deliver_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context, secrets=True)
    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        tell(run_by_hand(chosen, "deliver", deliver_round))


def report(
    context: typer.Context,
    dry_run: DryRun = False,
    week: Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="重做该周的周报，只写文件")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="周报文件的目录，默认当前目录")] = None,
    template: Annotated[
        Path | None, typer.Option("--template", metavar="FILE", help="写出自带的通报 Word 模板，供本局修改")
    ] = None,
) -> None:
    """Queues the report that is owed; with --week writes the files of any past week."""
    if template is not None:
        write_template(template)
        return
    app = app_of(context)
    if week is None:
        from monitor.jobs.slots import run_by_hand
        from monitor.weekly import report_round

        refuse_moved_clock(context, app, dry_run)
        with dry_or_real(app, dry_run) as chosen:
            tell(run_by_hand(chosen, "report", report_round))
        return
    from monitor.show import write_report
    from monitor.weekly import period_of

    try:
        period = period_of(week, app.workdays)
    except ValueError as error:
        raise CallError(str(error)) from error
    written = write_report(app, period, out or Path())
    for path in written.paths:
        typer.echo(f"已写出 {path}")
    for fault in written.faults:
        typer.echo(fault, err=True)


def write_template(path: Path) -> None:
    """Writes the notice's template that comes with the program; never over a file that is there."""
    from alerts.report.docx import TEMPLATE

    try:
        with path.open("xb") as file:
            file.write(TEMPLATE.read_bytes())
    except FileExistsError as error:
        raise CallError(f"{path} 已存在，不会覆盖。处理：换一个文件名。") from error
    except OSError as error:
        raise CallError(f"{path} 写不进去（{error.strerror}）。处理：检查目录是否存在、能否写入。") from error
    typer.echo(f"已写出 {path}。改好后放进配置目录，在 policy.toml 的 [report] 写 template，再运行 check-config。")
