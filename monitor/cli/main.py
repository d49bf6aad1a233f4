"""The main command: options before the command, and errors told as sentences."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from monitor.cli import calendar, codes, configuration, demonstration, explanation, health, ledger, rounds
from monitor.cli.context import CallError, Exit, Options, default_folder, fail, read_now

cli = typer.Typer(
    name="approval-monitor",
    help="工程建设项目审批时限监测：取数、台账、催办督办、逾期周报。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (demonstration, configuration, rounds, ledger, explanation, codes, calendar, health):
    part.register(cli)


@cli.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="DIR", help="配置目录；默认 ./config 或 /etc/approval-monitor"),
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="把时钟拨到该时刻（北京时间，2026-11-23 09:00）")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="出错时显示技术细节")] = False,
) -> None:
    """Options that every command takes."""
    context.obj = Options(config or default_folder(), read_now(now) if now else None, debug)


def main() -> None:
    """The console script. Errors end as a sentence and an exit code, never as a traceback unless ``--debug``."""
    debug = "--debug" in sys.argv
    try:
        code = cli(standalone_mode=False)
    except TyperException as error:
        fail(f"命令写得不对：{getattr(error, 'message', error)}\n用法见 approval-monitor --help", Exit.CALL)
    except (typer.Abort, KeyboardInterrupt):
        fail("已中断。", Exit.OUTSIDE)
    except Exception as error:
        if debug:
            raise
        fail(*_told(error))
    raise SystemExit(code if isinstance(code, int) else 0)


def _told(error: Exception) -> tuple[str, Exit]:
    from config.problems import ConfigError

    if isinstance(error, CallError):
        return str(error), Exit.CALL
    if isinstance(error, ConfigError):
        return f"{error}\n配置有误，未做任何事。", Exit.CALL
    from monitor.ledger.database import DatabaseError

    if isinstance(error, DatabaseError):
        return str(error), Exit.OUTSIDE
    if isinstance(error, OSError):
        return (
            f"读写文件出错：{error.filename or ''} {error.strerror or error}。请检查路径、权限与磁盘空间。",
            Exit.OUTSIDE,
        )
    return f"程序内部错误（{type(error).__name__}: {error}）。请加 --debug 重试，并把输出交给开发者。", Exit.OUTSIDE
