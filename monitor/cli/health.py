"""health."""

import typer

from monitor.cli.context import Exit, app_of


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("health", help="守护进程是否在正常工作")(health)


def health(context: typer.Context) -> None:
    """Exit 0 only if polls, plans and deliveries are as recent as they should be and no mail waits for too long."""
    from monitor.health import findings

    found = findings(app_of(context))
    for finding in found:
        typer.echo(f"{'正常' if finding.good else '异常'}  {finding.sentence}")
    if not all(finding.good for finding in found):
        raise typer.Exit(Exit.FINDING)
