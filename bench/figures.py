"""What a benchmark hands back: measured figures, each with its limit and its aim; and how they are shown and kept."""

import json
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``value`` in ``unit``, beside ``limit``, the same work done bare (``bare`` says how) in the same run.

    An aim is the most that the ratio (``most_ratio``) or the value (``most``) may be. ``rate`` is the same said as
    things a second, where that is how people think of it.
    """

    group: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    bare: str = ""
    most_ratio: float | None = None
    most: float | None = None
    rate: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the limit."""
        return self.value / self.limit if self.limit else None

    @property
    def held(self) -> bool | None:
        """Whether the aim is met; None without an aim."""
        if self.most_ratio is not None and self.ratio is not None:
            return self.ratio <= self.most_ratio
        return None if self.most is None else self.value <= self.most

    @property
    def aim(self) -> str:
        """The aim in words."""
        if self.most_ratio is not None:
            return f"≤ {self.most_ratio:g} ×"
        return "" if self.most is None else f"≤ {self.most:g} {self.unit}"

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return {
            "group": self.group, "name": self.name, "value": self.value, "unit": self.unit, "limit": self.limit,
            "bare": self.bare, "ratio": self.ratio, "aim": self.aim, "held": self.held, "rate": self.rate,
        }  # fmt: skip


def best(work: Callable[[], object], times: int = 1, before: Callable[[], object] | None = None) -> float:
    """The seconds that ``work`` takes, the best of ``times``; ``before`` runs before each and is not counted."""
    taken = []
    for _ in range(times):
        if before is not None:
            before()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def per_second(count: int, seconds: float, things: str) -> str:
    """A rate in words."""
    return f"{count / seconds:,.0f} {things}/s"


def machine() -> dict[str, Any]:
    """What the figures were measured on, as far as it matters."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.system(),
    }


def show(figures: Iterable[Figure], console: Console) -> None:
    """Prints the table."""
    table = Table(title="Benchmarks: each figure next to its limit in the same run")
    for heading in ("", "measured", "limit (bare)", "ratio", "aim", "met", "rate"):
        table.add_column(heading, justify="left" if heading in ("", "aim", "rate") else "right")
    for figure in figures:
        table.add_row(
            f"{figure.group}: {figure.name}",
            f"{figure.value:,.4g} {figure.unit}",
            "" if figure.limit is None else f"{figure.limit:,.4g} {figure.unit}",
            "" if figure.ratio is None else f"{figure.ratio:.2f} ×",
            figure.aim,
            {True: "yes", False: "NO", None: ""}[figure.held],
            figure.rate,
        )
    console.print(table)


def keep(figures: Sequence[Figure], sizes: Mapping[str, int], path: Path) -> None:
    """Writes figures, sizes and machine as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {"machine": machine(), "sizes": dict(sizes), "figures": [figure.to_json() for figure in figures]}
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
