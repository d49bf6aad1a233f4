"""calendar."""

from itertools import groupby
from typing import Annotated

import typer

from monitor.cli.context import CallError, options_of

SOURCES = {
    "notice": "国务院办公厅通知",
    "overlay": "本地日历文件",
    "correction": "程序内置更正",
    "law": "法定节假日（推算）",
}


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("calendar", help="某年的放假与调休")(calendar)


def calendar(context: typer.Context, year: Annotated[int, typer.Argument(metavar="YEAR", help="年份")]) -> None:
    """The year's days off and moved working days, their source, and whether the notice is published."""
    from config.load import load
    from monitor.workdays import CalendarError, Day, Workdays

    folder = options_of(context).folder
    overlay = {day: (rule.working, rule.name) for day, rule in load(folder).overlay.items()} if folder.is_dir() else {}
    workdays = Workdays(overlay)
    try:
        days = workdays.of_year(year)
    except (CalendarError, ValueError, OverflowError) as error:
        raise CallError(f"没有 {year} 年的日历：程序支持 2000—2070 年。") from error
    published = workdays.published(year)
    typer.echo(
        f"{year} 年：{'通知已公布' if published else '通知尚未公布，以下为法定节假日推算，据此得出的到期日均标“暂算”'}"
    )

    def special(day: Day) -> tuple[bool, str, str]:
        ordinary = day.working == (day.date.weekday() < 5)
        return (day.working, "" if ordinary and day.reason in ("周末", "工作日") else day.reason, day.source)

    for (working, reason, source), group in groupby(days, key=special):
        run = list(group)
        if reason:
            span = f"{run[0].date:%m-%d}" + (f"…{run[-1].date:%m-%d}" if len(run) > 1 else "")
            typer.echo(f"  {span:<12} {'上班' if working else '放假'}  {reason}（{SOURCES[source]}）")
    typer.echo(f"全年工作日 {sum(day.working for day in days)} 天。")
