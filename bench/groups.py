"""The groups of benchmarks, by name."""

import tempfile
from importlib import import_module
from pathlib import Path

from bench.figures import Figure
from bench.sizes import Sizes

GROUPS = (
    "ingest",
    "clocks",
    "tick",
    "settle",
    "mails",
    "report",
    "report_forms",
    "audit",
    "reminders",
    "smtp",
    "growth",
)


def measure(group: str, sizes: Sizes) -> list[Figure]:
    """The figures of one group, measured in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found: list[Figure] = import_module(f"bench.{group}").measure(sizes, Path(folder))
        return found
