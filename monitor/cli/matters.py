"""matters, matters import."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, Exit, app_of

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.catalogue.importing import Proposal, Written


class Form(StrEnum):
    """How the catalogue or the proposal is written."""

    TEXT = "text"
    JSON = "json"


Format = Annotated[Form, typer.Option("--format", help="text 或 json")]


def register(cli: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(
        help="事项目录：各事项现用的时限从哪里来；matters import 导入事项清单",
        invoke_without_command=True,
        callback=matters,
        rich_markup_mode=None,
    )
    group.command("import", help="把导出的事项清单（XLSX、XLS、CSV）写进 matters.toml，先看变化和影响")(import_file)
    cli.add_typer(group, name="matters")


def matters(context: typer.Context, form: Format = Form.TEXT) -> None:
    """The limits in force for every matter on record, those without any first, and where each comes from."""
    if context.invoked_subcommand is not None:
        return
    from monitor.catalogue.listing import in_force
    from monitor.catalogue.telling import listing_lines

    found = in_force(app_of(context))
    if form is Form.JSON:
        typer.echo(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
        return
    for line in listing_lines(found):
        typer.echo(line)


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="事项清单：XLSX、XLS 或 CSV")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看变化和影响，不写入")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不询问，直接写入")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="文件里没有的事项从 matters.toml 删去（转为注释）")
    ] = False,
    form: Format = Form.TEXT,
) -> None:
    """Reads an exported catalogue, shows what it changes and which items that moves, and writes it when told to.

    Exit 1 when something in the file was not taken, 2 when it cannot be read as a catalogue.
    """
    if not (dry_run or yes) and (form is Form.JSON or not sys.stdin.isatty()):
        raise CallError("这里不能询问是否写入：请加 --dry-run 只看变化，或加 --yes 直接写入。")
    app = app_of(context)
    with _told(file):
        proposal = _proposal(app, file, replace)
        if form is Form.TEXT:
            _show(proposal)
        written = _written(app, proposal) if _wanted(proposal, dry_run, yes) else None
    if form is Form.JSON:
        from monitor.catalogue.importing import as_json

        typer.echo(json.dumps(as_json(proposal, written), ensure_ascii=False, indent=1))
    elif written is not None:
        from monitor.catalogue.telling import written_lines

        for line in written_lines(written):
            typer.echo(line)
    else:
        typer.echo("没有写入。" if proposal.comparison.differs else "没有要写入的变化。")
    if proposal.reading.troubles:
        raise typer.Exit(Exit.FINDING)


def _proposal(app: "App", file: Path, replace: bool) -> "Proposal":
    from monitor.catalogue.importing import propose

    proposal = propose(app, file, replace=replace)
    if not proposal.reading.sheets:
        columns = app.config.workbook.columns
        wanted = "、".join((*columns.code[:3], *columns.promised[:2], *columns.statutory[:2]))
        raise CallError(
            f"{file} 里没有找到列名（要有事项编码和至少一项内容，如{wanted}）。"
            "列名不同的，请写进 matters.toml 的 [workbook.columns]。"
        )
    lost = sum(1 for one in proposal.reading.troubles if one.whole_row)
    if replace and lost:
        raise CallError(
            f"{file} 有 {lost} 行的事项编码没有读出来，此时用 --replace 会误删事项。"
            "请先改正这些行（去掉 --replace 可以看到是哪些）。"
        )
    return proposal


def _show(proposal: "Proposal") -> None:
    from monitor.catalogue.telling import proposal_lines

    for line in proposal_lines(proposal):
        typer.echo(line)


def _wanted(proposal: "Proposal", dry_run: bool, yes: bool) -> bool:
    if dry_run or not proposal.comparison.differs:
        return False
    return yes or typer.confirm("写入 matters.toml 吗？")


def _written(app: "App", proposal: "Proposal") -> "Written":
    from monitor.catalogue.importing import write

    return write(app, proposal)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """What goes wrong with the two files, as a sentence."""
    from config.matters_text import ShapeError
    from config.rewrite import RewriteError
    from monitor.sources.files import FileError

    try:
        yield
    except FileError as error:
        raise CallError(f"{file} 不能导入：{error.message}") from error
    except (ShapeError, RewriteError) as error:
        raise CallError(str(error)) from error
