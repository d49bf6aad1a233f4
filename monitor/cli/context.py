"""What every command shares: the options before the command, the app, exit codes, and how errors are told."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.jobs.rounds import Outcome

YEARS = range(2001, 2061)
"""To which the clock can be moved: the years of the records, a year within those of the working-day calendar."""


class Exit(IntEnum):
    """Done; the command's finding is bad; the call or the configuration is wrong; an outside part failed."""

    DONE = 0
    FINDING = 1
    CALL = 2
    OUTSIDE = 3


class CallError(Exception):
    """The command was called with something that cannot be; the message is a sentence for the caller."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options before the command."""

    folder: Path
    now: datetime | None
    debug: bool


def options_of(context: typer.Context) -> Options:
    """The options of this call."""
    found = context.obj
    if not isinstance(found, Options):
        raise TypeError("the command was not called through the main command")
    return found


def read_now(text: str) -> datetime:
    """A local moment "YYYY-MM-DD HH:MM[:SS]" as an aware one. Raises CallError."""
    from alerts.hours import SHANGHAI

    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            moment = datetime.strptime(text.strip(), form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
        if moment.year not in YEARS:
            raise CallError(f"--now 的“{text}”不在 {YEARS[0]}—{YEARS[-1]} 年之间，没有那一年的工作日历。")
        return moment
    raise CallError(f"--now 的“{text}”不是有效的时间，应写成 “2026-11-23 09:00” 或 “2026-11-23 09:00:00”（北京时间）。")


def app_of(context: typer.Context, *, secrets: bool = False) -> "App":
    """The app for this call, its clock stopped at ``--now`` if that is given.

    ``secrets``: the command reads the platform or sends mail, so it needs the token and the password.
    """
    from config.load import load
    from monitor import log
    from monitor.app import build
    from monitor.clock import stopped_at, wall_clock

    options = options_of(context)
    config = load(options.folder, secrets=secrets)
    log.configure(config.settings.log.format, "debug" if options.debug else config.settings.log.level)
    keep_to_owner()
    app = build(config, stopped_at(options.now) if options.now else wall_clock)
    context.call_on_close(app.engine.dispose)
    return app


def keep_to_owner() -> None:
    """What the program writes from now on (ledger, mails, reports) can be read by its owner alone."""
    os.umask(0o077)


def refuse_moved_clock(context: typer.Context, app: "App", dry_run: bool) -> None:
    """A moved clock must not send real mail: with ``--now`` mails leave for a relay on loopback alone."""
    delivery = app.config.settings.delivery
    if options_of(context).now and delivery.enabled and not dry_run and not delivery.is_loopback:
        raise CallError(
            f"带 --now 时不能向 {delivery.host} 发信：请加 --dry-run，"
            "或把 [delivery] host 改为本机（127.0.0.1）的测试邮箱服务。"
        )


@contextmanager
def dry_or_real(app: "App", dry_run: bool) -> Iterator["App"]:
    """The app as it is, or one of which nothing is kept but the mails, in a folder that is named at the end."""
    if not dry_run:
        yield app
        return
    import tempfile

    from monitor.app import rehearsed
    from monitor.clock import stopped_at

    folder = Path(tempfile.mkdtemp(prefix="approval-monitor-"))
    try:
        with rehearsed(replace(app, clock=stopped_at(app.clock())), folder) as rehearsal:
            yield rehearsal
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()


def tell(outcome: "Outcome") -> None:
    """A round's sentences to standard output, what failed to standard error; ends with 3 when it was not good."""
    for sentence in (outcome.sentence, *outcome.lines):
        typer.echo(sentence)
    for problem in outcome.problems:
        typer.echo(problem, err=True)
    if not outcome.good:
        raise typer.Exit(Exit.OUTSIDE)


def fail(message: str, code: Exit) -> NoReturn:
    """Ends the command with a sentence on standard error."""
    print(message, file=sys.stderr)  # noqa: T201 - the one place where errors reach people
    raise SystemExit(int(code))
