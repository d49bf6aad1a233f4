"""inbox."""

import typer

from monitor.cli.context import CallError, app_of, dry_or_real, tell
from monitor.cli.rounds import DryRun


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("inbox", help="读一次收件箱：答复记入台账，退信记到地址")(inbox)


def inbox(context: typer.Context, dry_run: DryRun = False) -> None:
    """One look into the mailbox; with --dry-run it is read, and nothing is moved, marked or kept."""
    from dataclasses import replace

    from monitor.jobs.inbox import inbox_round
    from monitor.jobs.slots import run_by_hand

    app = app_of(context, secrets=True)
    if app.config.settings.inbox.host is None:
        raise CallError("没有配置收件箱：在 monitor.toml 的 [inbox] 里写上 host、username 和密码文件。")
    with dry_or_real(app, dry_run) as chosen:
        if dry_run:
            settings = chosen.config.settings
            untouched = settings.model_copy(
                update={"inbox": settings.inbox.model_copy(update={"processed_folder": None})}
            )
            chosen = replace(chosen, config=replace(chosen.config, settings=untouched))
        tell(run_by_hand(chosen, "inbox", inbox_round))
