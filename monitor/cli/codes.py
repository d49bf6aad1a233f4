"""check-code."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import CallError, Exit, options_of
from monitor.cli.verdicts import Asked, as_json, as_text, judged

if TYPE_CHECKING:
    from monitor.sources.files import Cell, Row, Sheet

MOST_HEADER_ROWS = 20
COLUMN_NAMES = ("项目代码", "XMDM")


class Form(StrEnum):
    """How the verdicts are written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("check-code", help="核验项目代码")(check_code)


def check_code(
    context: typer.Context,
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE…", help="一个或多个项目代码")] = None,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE", help="核验文件里的代码：一行一个，或表格中“项目代码”一列；- 为标准输入"),
    ] = None,
) -> None:
    """The verdict on each project code; exit 1 if one is bad."""
    from config.regions import regions_of

    if not codes and file is None:
        raise CallError(
            "缺少 CODE：请给出要核验的项目代码，或用 --file 指定文件（- 为标准输入）。\n用法见 approval-monitor --help"
        )
    asked = [Asked(code) for code in codes or ()]
    if file is not None:
        asked += from_file(file)
    verdicts = judged(asked, regions_of(options_of(context).folder))
    typer.echo((as_json if form is Form.JSON else as_text)(verdicts))
    if not all(verdict.ok for _, verdict in verdicts):
        raise typer.Exit(Exit.FINDING)


def from_file(name: str) -> list[Asked]:
    """The codes of a file, each with its place. Raises CallError when it has none or cannot be read."""
    from monitor.sources.files import FileError
    from monitor.sources.files.sheets import content_of, sheets_of

    try:
        content = sys.stdin.buffer.read() if name == "-" else content_of(Path(name))
        sheets, _ = sheets_of(content)
    except FileError as error:
        raise CallError(f"{'标准输入' if name == '-' else name}：{error.message}") from error
    several = sum(bool(sheet.rows) for sheet in sheets) > 1
    found = [one for sheet in sheets for one in _of_sheet(sheet, f"{sheet.name} " if several else "")]
    if not found:
        raise CallError(f"{'标准输入' if name == '-' else name}：没有可以核验的内容。")
    return found


def _of_sheet(sheet: "Sheet", before: str) -> Iterator[Asked]:
    """The cells of the column that is headed 项目代码; of a sheet without one every line."""
    head = next((row for row in sheet.rows[:MOST_HEADER_ROWS] if _column(row) is not None), None)
    column = _column(head) if head else None
    for row in sheet.rows:
        if head is None or column is None:
            yield Asked(" ".join(_text(cell) for cell in row.cells if cell is not None), f"{before}第 {row.number} 行")
        elif row.number > head.number:
            cell = row.cells[column] if column < len(row.cells) else None
            yield Asked(_text(cell), f"{before}第 {row.number} 行")


def _column(row: "Row") -> int | None:
    """The place of the column of project codes, if the row is the head of one."""
    texts = ["".join(_text(cell).split()).upper() for cell in row.cells]
    exact = [place for place, text in enumerate(texts) if text in COLUMN_NAMES]
    named = [place for place, text in enumerate(texts) if text.endswith(COLUMN_NAMES[0])]
    return next(iter(exact + named), None)


def _text(cell: "Cell") -> str:
    return "" if cell is None else str(cell)
