"""report: what is owed into the outbox, or the files of any period."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, app_of, dry_or_real, refuse_moved_clock, tell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from alerts.report.periods import Period
    from monitor.app import App

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="列出本应发出的信（领导的通报和各单位摘要），什么也不保存、不发送")
]
Week = Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="重做该周的周报，只写文件")]
Month = Annotated[str | None, typer.Option("--month", metavar="2026-11", help="做该月的月报，只写文件")]
Quarter = Annotated[str | None, typer.Option("--quarter", metavar="2026-Q4", help="做该季度的季报，只写文件")]
First = Annotated[str | None, typer.Option("--from", metavar="DATE", help="自定时段的第一天，与 --to 同用，只写文件")]
Last = Annotated[str | None, typer.Option("--to", metavar="DATE", help="自定时段的最后一天（含）")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="文件的目录，默认当前目录")]

Template = Annotated[
    Path | None, typer.Option("--template", metavar="FILE", help="写出自带的通报 Word 模板，供本局改用；已有的不覆盖")
]


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("report", help="逾期通报：发出应发的各期，或重做任一周、月、季度、时段")(report)


def report(
    context: typer.Context,
    dry_run: DryRun = False,
    week: Week = None,
    month: Month = None,
    quarter: Quarter = None,
    first: First = None,
    last: Last = None,
    out: Out = None,
    template: Template = None,
) -> None:
    """Queues the reports that are owed; with a period writes the files of that one, as it was known then."""
    if template is not None:
        _write_template(template)
        return
    if (first is None) != (last is None):
        raise CallError("--from 与 --to 要一起写，如 --from 2026-11-01 --to 2026-11-20。")
    asked = [
        name
        for name, value in (("--week", week), ("--month", month), ("--quarter", quarter), ("--from", first))
        if value
    ]
    if len(asked) > 1:
        raise CallError(f"{'、'.join(asked)} 只能写一个：一次做一期。")
    app = app_of(context)
    if asked:
        _write(app, week, month, quarter, first, last, out or Path())
        return
    from monitor.jobs.slots import run_by_hand
    from monitor.reporting.sending import report_round

    refuse_moved_clock(context, app, dry_run)
    with dry_or_real(app, dry_run) as chosen:
        tell(run_by_hand(chosen, "report", report_round))
        if dry_run:
            preview(chosen)


def preview(app: "App") -> None:
    """Delivers the rehearsed mails into a folder and lists them, still within the rehearsal."""
    from monitor.jobs.rounds import deliver_round
    from monitor.rehearsal import previews

    tell(deliver_round(app))
    for mail in previews(app):
        for line in mail.text():
            typer.echo(line)


def _write(
    app: "App",
    week: str | None,
    month: str | None,
    quarter: str | None,
    first: str | None,
    last: str | None,
    folder: Path,
) -> None:
    from monitor.show import write_report

    try:
        with app.transactions.read() as connection:
            period = _period(app, connection, week, month, quarter, first, last)
    except ValueError as error:
        raise CallError(str(error)) from error
    written = write_report(app, period, folder)
    for path in written.paths:
        typer.echo(f"已写出 {path}")
    for fault in written.faults:
        typer.echo(fault, err=True)


def _write_template(file: Path) -> None:
    """Writes the notice's template that comes with the program; never over a file that is there."""
    from alerts.report.docx import TEMPLATE

    if file.exists():
        raise CallError(f"{file} 已存在，没有覆盖。请换一个文件名。")
    shutil.copyfile(TEMPLATE, file)
    typer.echo(f"已写出 {file}。改好后放进配置目录，在 policy.toml 的 [report] 写 template，再运行 check-config。")


def _period(
    app: "App",
    connection: "Connection",
    week: str | None,
    month: str | None,
    quarter: str | None,
    first: str | None,
    last: str | None,
) -> "Period":
    """The period that was asked for. Raises ValueError with a sentence."""
    from alerts.report.periods import month_of, quarter_of, span_of
    from monitor.reporting.moments import of_week
    from monitor.reporting.periods import in_years

    if week is not None:
        return of_week(app, connection, week)
    if month is not None:
        return in_years(month_of(month))
    if quarter is not None:
        return in_years(quarter_of(quarter))
    return in_years(span_of(first or "", last or ""))
