"""The command line. Each command imports what it needs, so that ``--help`` and ``check-code`` start at once."""

from monitor.cli.main import main

__all__ = ["main"]
