"""letters, letters show, letters template."""

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import CallError, app_of
from monitor.cli.given import unit_of, written


class Form(StrEnum):
    """How the register is written."""

    TABLE = "table"
    JSON = "json"
    XLSX = "xlsx"


def register(cli: typer.Typer) -> None:
    """Adds the group of commands."""
    group = typer.Typer(
        help="督办函登记簿；letters show 取出某一份，letters template 取出自带模板",
        invoke_without_command=True,
        callback=letters,
        rich_markup_mode=None,
    )
    group.command("show", help="把某一份函件的 DOCX、PDF 照原样再写出来")(show)
    group.command("template", help="写出自带的 DOCX 模板，供本局改用")(template)
    cli.add_typer(group, name="letters")


def letters(
    context: typer.Context,
    year: Annotated[int | None, typer.Option("--year", metavar="Y", help="只看该年编号的")] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="U", help="只看致该单位的（编号或名称）")] = None,
    form: Annotated[Form, typer.Option("--format", help="table、json 或 xlsx")] = Form.TABLE,
    out: Annotated[str | None, typer.Option("--out", metavar="FILE", help="写入文件（xlsx 默认 督办函.xlsx）")] = None,
) -> None:
    """The register: every letter with its number, whether it left, and whether it was answered and when."""
    if context.invoked_subcommand is not None:
        return
    if out is not None and form is Form.TABLE:
        raise CallError("--out 只用于写文件的格式：请加 --format xlsx 或 json。")
    from monitor import letters_register
    from monitor.show import write_text
    from monitor.warnings_ledger.table import print_letters

    app = app_of(context)
    found = letters_register.letters(app, year=year, unit=unit_of(app, unit))
    if form is Form.TABLE:
        print_letters(found, app.clock())
    elif form is Form.XLSX:
        from monitor.supervision_sheets import write

        path = Path(out or "督办函.xlsx")
        typer.echo(f"已写出 {written(lambda: write(path, app.clock(), None, found))}")
    else:
        write_text(letters_register.as_json(found), out)


def show(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="文号，如 怀政务督〔2026〕12号；括号可用 []")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="写到哪个目录，默认当前目录")] = Path(),
) -> None:
    """Writes a letter's documents again, byte for byte as they were issued."""
    from monitor.letters_register import find

    found = find(app_of(context), reference)
    if not found:
        raise CallError(f"登记簿里没有文号“{reference}”。现有文号见 approval-monitor letters。")
    out.mkdir(parents=True, exist_ok=True)
    for letter in found:
        for ending, content in (("pdf", letter.pdf), ("docx", letter.docx)):
            path = out / f"{letter.name}.{ending}"
            path.write_bytes(content)
            typer.echo(f"已写出 {path}（{letter.reference}）")


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="写到哪个文件，如 督办函模板.docx；已有的不覆盖")],
) -> None:
    """Writes the template that comes with the program, for the office to make its own of; never overwrites."""
    from alerts.letters.forms import TEMPLATE

    if file.exists():
        raise CallError(f"{file} 已经存在，没有覆盖。请换一个文件名。")
    shutil.copyfile(TEMPLATE, file)
    typer.echo(f"已写出 {file}。改好后在 policy.toml 的 [letters] 写 template，再运行 check-config。")
