"""The main command: options before the command, and errors told as sentences."""

import errno
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from monitor.cli import (
    answers,
    aside,
    audit,
    calendar,
    codes,
    configuration,
    corrections,
    demonstration,
    explanation,
    health,
    holds,
    importing,
    inbox,
    ledger,
    letters,
    mails,
    matters,
    replay,
    reports,
    rounds,
    sources,
    units,
)
from monitor.cli.context import CallError, Exit, Options, fail, read_now
from monitor.cli.folders import default_folder
from monitor.cli.usage import sentence
from monitor.collecting import collect_seldom

cli = typer.Typer(
    name="approval-monitor",
    help="工程建设项目审批时限监测：取数、台账、催办督办、逾期周报。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (
    demonstration,
    configuration,
    reports,
    rounds,
    inbox,
    mails,
    replay,
    importing,
    ledger,
    letters,
    explanation,
    corrections,
    answers,
    holds,
    aside,
    codes,
    calendar,
    units,
    matters,
    sources,
    health,
    audit,
):
    part.register(cli)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"approval-monitor {version('approval-monitor')}")
        raise typer.Exit


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
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help="显示版本")] = False,
) -> None:
    """Options that every command takes."""
    context.obj = Options(config or default_folder(), None if now is None else read_now(now), debug)


def main(argv: Sequence[str] | None = None) -> None:
    """The console script. Errors end as a sentence and an exit code, never as a traceback unless ``--debug``."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _steady_streams()
    collect_seldom()
    try:
        code = cli(arguments, standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        fail(sentence(error) if arguments else error.format_message(), Exit.CALL)
    except (typer.Abort, KeyboardInterrupt):
        fail("已中断。", Exit.OUTSIDE)
    except (BrokenPipeError, SystemExit) as ended:
        # Typer and Rich make an exit of their own of a reader who has seen enough; here that is no error.
        if not isinstance(ended, BrokenPipeError) and not isinstance(ended.__context__, BrokenPipeError):
            raise
        _let_go_of_output()
        raise SystemExit(int(Exit.DONE)) from None
    except Exception as error:  # noqa: BLE001 - the last resort: a sentence instead of a traceback
        if "--debug" in arguments:
            traceback.print_exc()
        _let_go_of_output()
        fail(*_told(error))
    raise SystemExit(code if isinstance(code, int) else 0)


def _steady_streams() -> None:
    """Output that is closed, or has no character for a letter, is no reason to fail."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _let_go_of_output() -> None:
    """What could not be written is not tried again at the end of the process, where it would be a traceback."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_REASONS = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "文件系统是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EFBIG: "文件大小超出限制",
    errno.EISDIR: "这是一个目录",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENAMETOOLONG: "名称过长",
}


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
        reason = _REASONS.get(error.errno or 0) or error.strerror or error
        where = f" {error.filename}" if error.filename else ""
        return f"读写文件出错{where}：{reason}。请检查路径、权限与磁盘空间。", Exit.OUTSIDE
    return f"程序内部错误（{type(error).__name__}: {error}）。请加 --debug 重试，并把输出交给开发者。", Exit.OUTSIDE
