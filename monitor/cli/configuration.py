"""init, check-config."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import Exit, options_of

if TYPE_CHECKING:
    from config.load import Config
    from config.problems import Problem


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command("init", help="写出一套带注释的默认配置")(init)
    cli.command("check-config", help="检查配置，逐条指出文件、行号与改法")(check_config)


def init(directory: Annotated[Path, typer.Argument(metavar="DIR", help="新配置的目录")]) -> None:
    """Writes a commented configuration folder; never overwrites."""
    from config.load import init as write

    for path in write(directory):
        typer.echo(f"已写出 {path}")
    typer.echo(f"下一步：按注释修改，然后运行 approval-monitor --config {directory} check-config")


def check_config(context: typer.Context) -> None:
    """The loader and every cross-check; exit 2 when the configuration cannot be used."""
    from config.load import load
    from config.problems import ConfigError

    folder = options_of(context).folder
    try:
        config = load(folder)
        problems = config.warnings
        if found := _templates(config):
            raise ConfigError([*problems, *found])
    except ConfigError as error:
        for problem in error.problems:
            typer.echo(f"{'错误' if problem.severity == 'error' else '提醒'}  {problem}", err=True)
        errors = sum(1 for problem in error.problems if problem.severity == "error")
        typer.echo(f"配置 {folder}：{errors} 处错误，不能使用。", err=True)
        raise typer.Exit(Exit.CALL) from error
    for problem in problems:
        typer.echo(f"提醒  {problem}")
    typer.echo(f"配置 {folder}：没有错误，{len(problems)} 处提醒。")


def _templates(config: "Config") -> "list[Problem]":
    """What is wrong with the office's own templates of documents, found by filling them in."""
    from config.checks import letter_template_problem, report_template_problem

    found = []
    if (template := config.letter_template) is not None:
        from alerts.letters.forms import template_fault as letter_fault

        if fault := letter_fault(template):
            found.append(letter_template_problem(config, fault))
    if (template := config.report_template) is not None:
        from alerts.report.example import template_fault as report_fault

        if fault := report_fault(template):
            found.append(report_template_problem(config, fault))
    return found
