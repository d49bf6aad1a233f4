"""Progress of long work, on a terminal; nothing at all where nobody looks."""

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

One = TypeVar("One")
SHORT = 200
"""What has fewer parts is done before a bar could be read."""


def shown(parts: Sequence[One], title: str) -> Iterable[One]:
    """``parts`` one by one, with a bar on standard error while they are worked through."""
    if len(parts) < SHORT or not sys.stderr.isatty():
        return parts
    from rich.console import Console
    from rich.progress import track

    return track(parts, description=title, console=Console(stderr=True), transient=True)
