"""import."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, Exit, app_of, dry_or_real

if TYPE_CHECKING:
    from monitor.importing import Imported
    from monitor.stating import Progress

LONG = 2000
"""From how many rows on the progress is shown."""
MOST_SHOWN = 10


class Form(StrEnum):
    """How the result is written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("import", help="导入平台页面导出的文件（XLSX、XLS、CSV）")(import_files)


def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="一个或多个文件")],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", help="算作哪个来源说的；配置了的来源用它的列名与状态词")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="TIME", help="文件反映哪个时刻的情况；不给则取标题里的导出时间，没有就是现在"),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="内容相同的文件也重新导入一遍（改了列名对应之后用）")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会导入什么，什么也不保存")] = False,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """Records from files. Exit 1 when a row or a file could not be taken, 2 when a file is not there."""
    from config.sources import IMPORTED
    from monitor.importing import Wish, import_file
    from monitor.ledger.settle import settle

    name = source or IMPORTED
    if not name.isascii() or not name.replace("_", "").isalnum() or not name[0].isalpha() or not name.islower():
        raise CallError(f"来源名称“{name}”写法不对：只用小写字母、数字、下划线，以字母开头。")
    moment = _moment(as_of)
    missing = [path for path in files if not path.exists()]
    with dry_or_real(app_of(context), dry_run) as app, _bar(form is Form.TEXT) as bar:
        wish = Wish(name, moment, again, lists=not dry_run)
        results = [import_file(app, path, wish, bar) for path in files if path not in missing]
        judged = settle(app.transactions, app.standards, app.clock(), "导入")
    _tell(results, judged, form, dry_run)
    for path in missing:
        typer.echo(f"{path}：没有这个文件。请核对路径。", err=True)
    if missing:
        raise typer.Exit(Exit.CALL)
    if not all(result.good for result in results):
        raise typer.Exit(Exit.FINDING)


def _moment(as_of: str | None) -> str | None:
    """The moment of ``--as-of`` in normal form. Raises CallError."""
    if as_of is None:
        return None
    from monitor.times import normal_time

    found = normal_time(as_of)
    if found is None or not 2000 <= int(found[:4]) <= 2060:
        raise CallError(f"--as-of 的“{as_of}”不是有效的时间，应写成 “2026-03-20 17:00”。")
    return found


@contextmanager
def _bar(wanted: bool) -> Iterator["Callable[[], Progress] | None"]:
    """Makes a bar for each long file, on standard error and on a terminal alone."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:

        def begin() -> "Callable[[int, int], None]":
            task = shown.add_task("录入", visible=False)
            return lambda done, total: shown.update(task, completed=done, total=total, visible=total >= LONG)

        yield begin


def _tell(results: "list[Imported]", judged: int, form: Form, dry_run: bool) -> None:
    if form is Form.JSON:
        typer.echo(json.dumps([one.as_json() for one in results], ensure_ascii=False, indent=1))
        return
    for result in results:
        typer.echo(f"{result.file.name}：{result.message}", err=result.state == "failed")
        for said in result.sheets:
            typer.echo(f"  {said}")
        if result.as_of:
            typer.echo(f"  反映 {result.as_of[:16]} 的情况{'（试运行，未保存）' if dry_run else ''}")
        if result.list:
            typer.echo(f"  问题清单 {result.list}")
        elif dry_run:
            _tell_problems(result)
    if any(result.state == "imported" for result in results):
        typer.echo(f"重新判断 {judged} 件。")


def _tell_problems(result: "Imported") -> None:
    from monitor import problem_list

    rows = problem_list.rows_of(result.lines)
    for sheet, number, column, value, wrong, todo, fate in rows[:MOST_SHOWN]:
        place = f"{sheet} " if sheet else ""
        typer.echo(f"  {place}第 {number} 行 {column}“{value}”：{wrong}（{fate}）。{todo}。")
    if len(rows) > MOST_SHOWN:
        typer.echo(f"  ……共 {len(rows)} 处，正式导入时全部写入问题清单。")
