"""calendar."""

import json
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, options_of
from monitor.cli.learn import WEEKDAYS, learn

if TYPE_CHECKING:
    from datetime import date

    from monitor.workdays import Day, Workdays

SOURCES = {
    "notice": "国务院办公厅通知",
    "overlay": "本地日历文件",
    "correction": "程序内置更正",
    "law": "法定节假日（推算）",
}
ORDINARY = ("周末", "工作日")
HELP = "用法见 approval-monitor --help"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("calendar", help="某年的放假与调休；calendar learn FILE 读入放假通知")(calendar)


def calendar(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="YEAR|learn", help="年份；或 learn，从通知原文学习")],
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="learn 的通知文本，- 为标准输入")] = None,
    form: Annotated[str, typer.Option("--format", metavar="text|json", help="某年日历的输出格式")] = "text",
    year: Annotated[int | None, typer.Option("--year", metavar="YEAR", help="learn：通知没有写明的年份")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="learn：不再询问，直接写入")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="learn：只显示，不写入")] = False,
) -> None:
    """A year's days off and moved working days, their source, and whether it is published; or ``learn FILE``."""
    if form not in ("text", "json"):
        raise CallError(f"--format 没有“{form}”这一种，只有 text、json。")
    if what == "learn":
        if file is None:
            raise CallError(f"calendar learn 后面缺少 FILE：放假通知的文本文件，或 - 表示从标准输入读。\n{HELP}")
        learn(context, file, year=year, yes=yes, dry_run=dry_run)
        return
    if file is not None:
        raise CallError(f"calendar 后面多了“{file}”：查看某年写 calendar 2027，读通知写 calendar learn {file}。")
    if not what.isascii() or not what.isdecimal():
        raise CallError(f"参数 YEAR 的值不对：应为整数的年份（如 2027）或 learn，给的是“{what}”。\n{HELP}")
    _show(context, int(what), form)


def _show(context: typer.Context, year: int, form: str) -> None:
    from config.load import load
    from monitor.workdays import CalendarError, Workdays

    folder = options_of(context).folder
    config = load(folder, secrets=False) if folder.is_dir() else None
    workdays = Workdays({day: (rule.working, rule.name) for day, rule in config.overlay.items()} if config else {})
    try:
        days = workdays.of_year(year)
    except (CalendarError, ValueError, OverflowError) as error:
        raise CallError(f"没有 {year} 年的日历：程序支持 2000—2070 年。") from error
    basis = {day: rule.source for day, rule in config.overlay.items()} if config else {}
    if form == "json":
        _as_json(year, days, workdays, basis)
    else:
        _as_text(year, days, workdays)


def _as_json(year: int, days: "list[Day]", workdays: "Workdays", basis: "dict[date, str]") -> None:
    told = [
        {
            "date": day.date.isoformat(),
            "weekday": f"星期{WEEKDAYS[day.date.weekday()]}",
            "working": day.working,
            "name": day.reason,
            "source": day.source,
            "basis": basis.get(day.date, SOURCES[day.source]),
        }
        for day in days
        if _arranged(day)
    ]
    whole = {
        "year": year,
        "published": workdays.published(year),
        "working_days": sum(day.working for day in days),
        "days": told,
    }
    typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))


def _arranged(day: "Day") -> bool:
    return day.working != (day.date.weekday() < 5) or day.reason not in ORDINARY


def _as_text(year: int, days: "list[Day]", workdays: "Workdays") -> None:
    published = workdays.published(year)
    typer.echo(
        f"{year} 年：{'通知已公布' if published else '通知尚未公布，以下为法定节假日推算，据此得出的到期日均标“暂算”'}"
    )

    def special(day: "Day") -> tuple[bool, str, str]:
        return (day.working, day.reason if _arranged(day) else "", day.source)

    for (working, reason, source), group in groupby(days, key=special):
        run = list(group)
        if reason:
            span = f"{run[0].date:%m-%d}" + (f"…{run[-1].date:%m-%d}" if len(run) > 1 else "")
            typer.echo(f"  {span:<12} {'上班' if working else '放假'}  {reason}（{SOURCES[source]}）")
    typer.echo(f"全年工作日 {sum(day.working for day in days)} 天。")
