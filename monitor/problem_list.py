"""The list of what is wrong with the rows of a file, written beside it for those who can mend it."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from monitor.sources.files.lines import Line

SUFFIX = ".问题清单.csv"
HEADINGS = ("工作表", "行号", "列", "值", "问题", "怎么办", "处理")
_FORMULAS = ("=", "+", "-", "@", "\t", "'")


def rows_of(lines: Iterable[Line]) -> list[tuple[str, int, str, str, str, str, str]]:
    """A row of the list for each problem."""
    return [
        (line.sheet, line.number, *problem, "已录入，仅提醒" if line.kept else "未录入")
        for line in lines
        for problem in line.problems
    ]


def write(file: Path, lines: Iterable[Line], *, elsewhere: Path) -> Path | None:
    """Writes the list beside ``file``, or into ``elsewhere`` where that cannot be; None if nothing is wrong.

    A list of an earlier import of the same file is replaced, and removed when nothing is wrong any more.
    """
    rows = rows_of(lines)
    path = file.with_name(file.name + SUFFIX)
    if not rows:
        path.unlink(missing_ok=True) if os.access(path.parent, os.W_OK) else None
        return None
    try:
        return _write(path, rows)
    except OSError:
        elsewhere.mkdir(parents=True, exist_ok=True)
        return _write(elsewhere / path.name, rows)


def _write(path: Path, rows: Iterable[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(HEADINGS)
        writer.writerows([_guarded(value) for value in row] for row in rows)
    return path


def _guarded(value: object) -> object:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
