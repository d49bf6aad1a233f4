"""replay."""

import json
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, app_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.app import App
    from monitor.replay.compared import Both, Compared
    from monitor.replay.figures import Replayed, Sum

BUSIEST = 5
MOST_DAYS = 3700


class Form(StrEnum):
    """How the outcome is written."""

    TABLE = "table"
    JSON = "json"
    XLSX = "xlsx"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("replay", help="回放：按现行配置，某段时间里本会发出哪些信")(replay)


def replay(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="D", help="第一天，如 2026-01-01")],
    last: Annotated[str, typer.Option("--to", metavar="D", help="最后一天（含）")],
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="只看该单位（编号或名称）")] = None,
    form: Annotated[Form, typer.Option("--format", help="table、json 或 xlsx")] = Form.TABLE,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="写入文件（xlsx 默认 回放.xlsx）")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="另一个配置目录：按它再走一遍，两者并列")
    ] = None,
) -> None:
    """What would have been sent over the recorded history by the present configuration. Sends and stores nothing."""
    from monitor.replay.compared import Compared
    from monitor.show import write_text

    app = app_of(context)
    begin, end = _span(app, first, last)
    if out is not None and form is Form.TABLE:
        raise CallError("--out 只用于写文件的格式：请加 --format xlsx 或 json。")
    chosen = _unit(app, unit)
    other = _by(app, against) if against is not None else None
    found: Replayed | Compared = _walked(app, begin, end, "回放")
    if other is not None and not isinstance(found, Compared):
        found = Compared(found, _walked(other, begin, end, "按对照配置回放"))
    if unit is not None:
        found = found.of_unit(chosen)
    if form is Form.XLSX:
        typer.echo(f"已写出 {_workbook(found, out or Path('回放.xlsx'))}")
    elif form is Form.JSON:
        from monitor.replay.words import as_json, compared_json

        figures = compared_json(found) if isinstance(found, Compared) else as_json(found)
        write_text(json.dumps(figures, ensure_ascii=False, indent=1), str(out) if out else None)
    elif isinstance(found, Compared):
        _print_both(found)
    else:
        _print(found)


def _walked(app: "App", begin: date, end: date, what: str) -> "Replayed":
    from monitor.cli.progress import shown
    from monitor.replay.walk import replay as walk

    return walk(app, begin, end, lambda days: shown(days, what))


def _by(app: "App", folder: Path) -> "App":
    """The same ledger by the configuration in another folder, which need not name it. Raises ConfigError."""
    from config.load import load
    from config.problems import ConfigError
    from monitor.app import build

    try:
        return build(load(folder, secrets=False), app.clock, engine=app.engine)
    except ConfigError:
        typer.echo(f"以下是对照配置 {folder} 的问题：", err=True)
        raise


def _span(app: "App", first: str, last: str) -> tuple[date, date]:
    from alerts.hours import local

    days = []
    for option, given in (("--from", first), ("--to", last)):
        try:
            days.append(date.fromisoformat(given.strip()))
        except ValueError:
            raise CallError(f"{option} 的“{given}”不是日期，应写成 2026-01-31 这样的形式。") from None
    begin, end = days
    if begin > end:
        raise CallError(f"--from {begin} 晚于 --to {end}，请对调。")
    if end > local(app.clock()).date():
        raise CallError(f"--to {end} 还没有到：回放只能走到今天。")
    if (end - begin).days > MOST_DAYS:
        raise CallError(f"--from {begin} 至 --to {end} 超过十年，请分段回放。")
    return begin, end


def _unit(app: "App", unit: str | None) -> str | None:
    from monitor.judge import UNASSIGNED

    if unit is None or unit == UNASSIGNED:
        return None
    found = app.config.units.match(unit, unit)
    if found is None:
        known = "、".join(f"{one.id} {one.name}" for one in app.config.units.units)
        raise CallError(f"没有“{unit}”这个单位。可用：{known}，或 {UNASSIGNED}（对不上名录的办件）")
    return found


def _workbook(found: "Replayed | Compared", out: Path) -> Path:
    from xlsxwriter.exceptions import FileCreateError

    from monitor.replay.book import write

    try:
        return write(out, found)
    except FileCreateError as error:
        # The library wraps what the file system said.
        raise next((cause for cause in error.args if isinstance(cause, OSError)), OSError(str(error))) from error


def _print(found: "Replayed") -> None:
    from monitor.replay.words import sentences

    for sentence in sentences(found):
        typer.echo(sentence)
    if not found.total.mails:
        return
    _table("按单位、岗位", ("审批单位", "岗位"), [(key, each) for key, each in found.by_audience.items()])
    _table("按周", ("周次",), [((week,), each) for week, each in found.by_whole_week.items()])
    busiest = sorted(found.by_day.items(), key=lambda one: (-one[1].mails, one[0]))[:BUSIEST]
    _table("信件最多的几天", ("日期",), [((day.isoformat(),), each) for day, each in busiest if each.mails])
    typer.echo("每个单位、岗位每一周的数字：--format xlsx 或 json。")


def _print_both(found: "Compared") -> None:
    from monitor.replay.words import compared_sentences

    for sentence in compared_sentences(found):
        typer.echo(sentence)
    if not (found.total.present.mails or found.total.other.mails):
        return
    _table_of_both("按单位、岗位", ("审批单位", "岗位"), [(key, both) for key, both in found.by_audience.items()])
    _table_of_both("按周", ("周次",), [((week,), both) for week, both in found.by_whole_week.items()])
    typer.echo("每个单位、岗位每一周的数字：--format xlsx 或 json。")


def _table_of_both(title: str, headings: "Sequence[str]", rows: "Sequence[tuple[Sequence[str], Both]]") -> None:
    counts = ("现行信件", "对照", "增减", "现行条目", "对照", "增减")
    _printed(
        title,
        headings,
        counts,
        [
            (
                *names,
                *map(str, (both.present.mails, both.other.mails)),
                _signed(both.more_mails),
                *map(str, (both.present.lines, both.other.lines)),
                _signed(both.more_lines),
            )
            for names, both in rows
        ],
    )


def _signed(number: int) -> str:
    return f"{number:+d}" if number else "0"


def _table(title: str, headings: "Sequence[str]", rows: "Sequence[tuple[Sequence[str], Sum]]") -> None:
    from alerts.digest import LEVELS
    from monitor.replay.words import LEVEL_HEADINGS

    counted = [
        (*names, *map(str, (found.mails, found.lines, *(found.levels[level] for level in LEVELS), len(found.items))))
        for names, found in rows
    ]
    _printed(title, headings, ("信件", "条目", *LEVEL_HEADINGS, "办件"), counted)


def _printed(title: str, headings: "Sequence[str]", counts: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for heading in counts:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console().print(table)
