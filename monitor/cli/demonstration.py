"""demo."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.context import CallError, keep_to_owner


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("demo", help="演示：模拟平台与收信服务，走完两周，留下信件、周报和台账")(demo)


def demo(
    directory: Annotated[Path, typer.Option("--dir", metavar="D", help="结果目录")] = Path("demo-output"),
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=10, help="走几个工作日")] = 10,
    seed: Annotated[int, typer.Option("--seed", help="随机种子，同一种子结果相同")] = 1,
) -> None:
    """The main job with nothing else installed."""
    try:
        import aiosmtpd  # noqa: F401 - only to say in time that the extra is missing
    except ImportError as error:
        raise CallError("演示需要收信服务 aiosmtpd：请安装 approval-monitor[demo]。") from error
    from monitor import log
    from monitor.demo.walk import walk

    log.configure(level="warning")
    keep_to_owner()
    walk(directory, days, seed, typer.echo)
