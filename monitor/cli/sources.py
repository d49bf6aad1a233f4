"""source check."""

import json
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, Exit, options_of

if TYPE_CHECKING:
    from config.load import Config
    from config.sources import Source
    from monitor.preview import Fault, Part, Preview

MOST_FAULTS = 10


class Form(StrEnum):
    """How the preview is written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    group = typer.Typer(help="数据来源", no_args_is_help=True)
    group.callback()(_group)
    group.command("check", help="试读一个来源：各表前几行读成什么样，哪些列、哪些词还没有对应；什么也不保存")(check)
    cli.add_typer(group, name="source")


def _group() -> None:
    """What concerns one source."""


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="来源的 name")],
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """The first rows of each table as they would be read. Exit 1 when a record fails, 3 when a part cannot be read."""
    from config.load import load

    config = load(options_of(context).folder, secrets=True)
    settings = next((source for source in config.settings.sources if source.name == name), None)
    if settings is None:
        known = "、".join(source.name for source in config.settings.sources) or "（没有）"
        raise CallError(f"没有叫“{name}”的来源。monitor.toml 里有：{known}。")
    preview = _preview(context, config, settings)
    if form is Form.JSON:
        typer.echo(json.dumps(preview.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in _lines(preview):
            typer.echo(line)
    if not preview.readable:
        raise typer.Exit(Exit.OUTSIDE)
    if not preview.good:
        raise typer.Exit(Exit.FINDING)


def _preview(context: typer.Context, config: "Config", settings: "Source") -> "Preview":
    """Nothing is kept, so the ledger of this call is one in memory."""
    if settings.kind != "folder":
        from monitor.preview import of_tables

        return of_tables(settings, time.sleep)
    from monitor.app import build
    from monitor.clock import stopped_at, wall_clock
    from monitor.ledger.database import open_database
    from monitor.preview_folder import of_folder

    now = options_of(context).now
    app = build(config, stopped_at(now) if now else wall_clock, engine=open_database("sqlite://"))
    context.call_on_close(app.engine.dispose)
    return of_folder(app, settings)


def _lines(preview: "Preview") -> Iterator[str]:
    for part in preview.parts:
        yield from _part(part)
    if not preview.parts:
        yield "目录里现在没有可读的文件，没有可以试读的。"
    elif not preview.readable:
        yield "结论：有读不到的部分，见上文。"
    elif preview.good:
        yield "结论：试读的记录都能读。以上只是试读，什么也没有保存。"
    else:
        yield "结论：有读不成的记录，见上文的“问题”。正式取数时它们会留存待查，不影响其他记录。"


def _part(part: "Part") -> Iterator[str]:
    if part.error is not None:
        yield f"【{part.name}】{part.theirs}：没有读到"
        yield f"  {part.error}"
        return
    yield f"【{part.name}】{part.theirs}：试读 {part.read} 行，能读成 {part.good} 行"
    for row in part.rows:
        yield "  " + "  ".join(f"{column}={value}" for column, value in row.items())
    for fault in part.faults[:MOST_FAULTS]:
        yield from _fault(fault)
    if len(part.faults) > MOST_FAULTS:
        yield f"  …… 另有 {len(part.faults) - MOST_FAULTS} 种问题，用 --format json 看全部"
    if part.missing:
        yield f"  对方没有给的标准列：{'、'.join(part.missing)}"
    if part.unmapped:
        yield f"  没有对应的列（不读）：{'、'.join(part.unmapped)}"
    if part.words:
        told = "、".join(f"{column} 的“{word}”" for column, word in part.words)
        yield f"  没有对应的词：{told}。在该来源的 [sources.words.列名] 里写明"


def _fault(fault: "Fault") -> Iterator[str]:
    value = f"（值“{fault.value}”）" if fault.value and fault.value not in fault.wrong else ""
    where = f"{fault.first}" + (f" 等 {fault.rows} 行" if fault.rows > 1 else "")
    yield f"  问题：{fault.column} {fault.wrong}{value}，{where}"
    yield f"    处理：{fault.todo}"
