"""The ledger of warnings and the register of letters on a terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from alerts.hours import local

COLOURS = {"催办": "cyan", "黄牌": "yellow", "红牌": "bold white on red", "未答复": "red", "未办结": "red"}
WARNINGS: tuple[tuple[str, str, int], ...] = (
    ("time", "时间", 0), ("level", "级别", 0), ("item", "办件编号", 0), ("unit", "单位", 0), ("state", "办理情况", 0),
    ("handled_on", "办理时间", 100), ("reason", "原因", 120), ("remark", "备注", 150),
)  # fmt: skip
LETTERS: tuple[tuple[str, str, int], ...] = (
    ("reference", "文号", 0), ("kind", "函件", 0), ("unit", "单位", 0), ("count", "件数", 0), ("state", "答复情况", 0),
    ("made_on", "发函日期", 90), ("answer_by", "答复期限", 100), ("sent", "发出情况", 120),
    ("answered_on", "答复时间", 140),
)  # fmt: skip
"""Columns: name, heading, and the width of the terminal from which there is room for it."""
Rows = Sequence[Mapping[str, Any]]


def print_warnings(rows: Rows, now: datetime) -> None:
    """The warnings, a line each, and how many stand how."""
    _print(f"预警台账　截至 {local(now):%Y年%m月%d日 %H:%M}", WARNINGS, rows, "条", "没有发出过预警。")


def print_letters(rows: Rows, now: datetime) -> None:
    """The letters, a line each, and how many stand how."""
    _print(f"督办函登记簿　截至 {local(now):%Y年%m月%d日 %H:%M}", LETTERS, rows, "份", "没有发出过函件。")


def _print(title: str, columns: Sequence[tuple[str, str, int]], rows: Rows, counted: str, empty: str) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    if not rows:
        console.print(empty)
        return
    shown = [(name, heading) for name, heading, room in columns if console.width >= room]
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    for name, heading in shown:
        table.add_column(heading, overflow="fold", no_wrap=name in ("level", "kind", "state"))
    for row in rows:
        cells = ("" if row[name] is None else str(row[name]) for name, _ in shown)
        table.add_row(*(Text(cell, COLOURS.get(cell, "")) for cell in cells))
    console.print(table)
    states = Counter(row["state"] for row in rows)
    said = "，".join(f"{word} {count}" for word, count in states.most_common())
    console.print(f"共 {len(rows)} {counted}：{said}")
