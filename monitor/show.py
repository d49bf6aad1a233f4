"""The ledger and the reports as people are given them: table, JSON, CSV, XLSX, files of a week."""

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select, true

from alerts.codes.finding import PROBLEMS
from alerts.hours import local
from alerts.report import rows
from alerts.report.files import report_files
from alerts.report.periods import Period
from alerts.wording import clean
from monitor.app import App
from monitor.clocks import Light
from monitor.csv_text import csv_text
from monitor.entry import LIGHT_WORDS, entry
from monitor.judge import UNASSIGNED, Judged, judge, worst_first
from monitor.ledger import exact
from monitor.ledger.read import ids_where, load
from monitor.ledger.store import DIRTY, ITEM
from monitor.reporting.making import make
from monitor.reporting.moments import making_of

STATES = (
    "running", "due_soon", "due_today", "overdue", "paused", "paused_overdue", "no_limit", "not_started",
    "done_on_time", "done_late", *(light.value for light in Light),
)  # fmt: skip
RICH_COLOURS = {
    "green": "green", "grey": "bright_black", "yellow": "yellow", "orange": "dark_orange", "red": "red",
    "deep_red": "bold white on red",
}  # fmt: skip
COLUMNS: tuple[tuple[str, str], ...] = (
    ("light", "灯"), ("item", "办件编号"), ("unit_name", "审批单位"), ("matter", "事项"),
    ("project", "项目"), ("project_code", "项目代码"), ("stage", "阶段"), ("received", "接件"),
    ("accepted", "受理"), ("limit", "时限"), ("due", "到期日"), ("status", "现状"),
    ("remaining", "剩余"), ("overdue_days", "逾期"), ("closed", "办结"), ("on_time", "按期"),
    ("code_problem", "项目代码问题"), ("problems", "数据问题"),
)  # fmt: skip
"""Columns of the CSV: name of the JSON field, heading. After them come those that reading it back needs."""
TERMINAL: tuple[tuple[str, str, int], ...] = (
    ("light", "灯", 0), ("item", "办件编号", 0), ("unit_name", "审批单位", 0), ("due", "到期日", 0),
    ("status", "现状", 0), ("matter", "事项", 100), ("project", "项目", 130),
)  # fmt: skip
"""Columns of the terminal: name, heading, and the width of the terminal from which there is room for it."""
TERMINAL_CODES: tuple[tuple[str, str, int], ...] = (
    ("item", "办件编号", 0), ("project_code", "项目代码", 0), ("code_problem", "问题", 0), ("stage", "阶段", 100),
    ("unit_name", "审批单位", 120), ("received", "接件", 140), ("project", "项目", 160),
)  # fmt: skip
NAMES = ("matter", "project", "unit_name")
"""What may be cut to fit the terminal; the unit only where there is no room for all columns."""
STATUS_WIDTH, ROOMY = 24, 150
"""How much of a long status is shown on a terminal narrower than ``ROOMY``; ``explain`` tells the rest."""
ITEM_WIDTH, UNIT_WIDTH = 24, 32
"""How much of an item's number is shown in one line, and how much of the name of a unit, which may be anything."""


def select_items(
    app: App, *, unit: str | None = None, state: str | None = None, every: bool = False, codes: bool = False
) -> list[Judged]:
    """Items as of now, worst first: open ones, or all; of one unit, of one state or light, with a wrong code.

    ``unit``: the id of a unit, or UNASSIGNED for the items of units that nobody knows.
    """
    now = app.clock()
    wanted = None if unit == UNASSIGNED else unit
    with app.transactions.read() as connection:
        found = [
            judge(row.facts, row.versions, app.standards, now)
            for row in load(connection, ids_where(connection, or_(*_looked_at(unit, wanted, now, every=every))))
        ]
    return worst_first(
        [
            one
            for one in found
            if (every or one.closed_on is None)
            and (unit is None or one.unit == wanted)
            and (state is None or state in (one.clocks.promised.state.value, one.light.value))
            and not (codes and one.code_problem is None)
        ]
    )


def _looked_at(unit: str | None, wanted: str | None, now: datetime, *, every: bool) -> list[Any]:
    """Which items can be among those asked for: conditions of which one must hold, each with an index of its own.

    Items not judged yet have no unit so far and are looked at as well.
    """
    today = local(now).date()
    # What was judged in what is now the future may be open again.
    ahead = and_(ITEM.c.closed_on >= today, ITEM.c.judged_at > now)
    still = [true()] if every else [ITEM.c.closed_on.is_(None), ahead]
    if unit is None:
        return still
    return [*(and_(one, ITEM.c.unit == wanted) for one in still), ITEM.c.item.in_(select(DIRTY.c.item))]


def as_json(judged: Sequence[Judged]) -> str:
    """The ledger as a JSON list."""
    return json.dumps([entry(one) for one in judged], ensure_ascii=False, indent=1)


def as_csv(app: App, judged: Sequence[Judged]) -> str:
    """The ledger as CSV for a spreadsheet. ``import`` reads it back."""
    headings = [heading for _, heading in COLUMNS]
    headings += [heading for _, heading, _ in exact.COLUMNS] + [heading for _, heading in exact.LISTS]
    held = held_of(app, judged)
    return csv_text(headings, ([*_cells(one), *_exact_cells(held[one.facts.item])] for one in judged))


def held_of(app: App, judged: Sequence[Judged]) -> dict[str, exact.Exact]:
    """What the ledger holds of the items, exactly."""
    with app.transactions.read() as connection:
        return exact.exact_of(connection, judged)


def _exact_cells(held: exact.Exact) -> list[Any]:
    values = {**held.columns, **held.lists()}
    names = [name for name, _, _ in exact.COLUMNS] + [name for name, _ in exact.LISTS]
    return ["" if values[name] is None else values[name] for name in names]


def _cells(judged: Judged) -> Iterator[Any]:
    values = entry(judged)
    for name, _ in COLUMNS:
        value = values[name]
        if name == "light":
            value = LIGHT_WORDS[value]
        elif name == "problems":
            value = "；".join(value)
        elif name == "code_problem" and value:
            value = judged.code_verdict.message
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif name == "due" and values["provisional"]:
            value = f"{value}（暂算）"
        yield "" if value is None else value


def write_text(text: str, out: str | None) -> None:
    """To the file, or to standard output."""
    if out:
        Path(out).write_text(text, encoding="utf-8", newline="")
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def write_xlsx(
    app: App, judged: Sequence[Judged], out: str, *, unit: str | None = None, items: Collection[str] | None = None
) -> Path:
    """The ledger as a workbook, with the warnings and letters of ``unit`` (None: of all); returns its path.

    ``items``: only warnings about these.
    """
    from monitor import letters_register, workbook
    from monitor.warnings_ledger.gather import warnings
    from monitor.warnings_ledger.rows import row

    warned = [row(*line) for line in warnings(app, unit=unit, items=items)]
    letters = letters_register.letters(app, unit=unit)
    return workbook.write(Path(out), judged, app.clock(), held_of(app, judged), warned, letters)


def print_table(app: App, judged: Sequence[Judged], *, codes: bool = False) -> None:
    """The ledger as a table for the terminal, a line an item, with the totals below it.

    ``codes``: it is about project codes, so their column and what is wrong stand in place of the due date.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    chosen = TERMINAL_CODES if codes else TERMINAL
    columns = [(name, heading) for name, heading, room in chosen if console.width >= room]
    title = f"预警事项电子台账　截至 {local(app.clock()):%Y年%m月%d日 %H:%M}"
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0)
    )
    cut = NAMES[:2] if len(columns) == len(chosen) else NAMES
    for name, heading in columns:
        if name == "item":
            # Never cut, as explain asks for it; a very long one goes on in the next line.
            table.add_column(heading, overflow="fold", width=_width_of_numbers(judged, heading))
            continue
        narrow = name == "status" and console.width < ROOMY
        most = STATUS_WIDTH if narrow else UNIT_WIDTH if name == "unit_name" else None
        table.add_column(heading, no_wrap=name not in cut, max_width=most)
    for one in judged:
        table.add_row(*(Text(*_terminal_cell(one, name)) for name, _ in columns))
    console.print(table)
    counts = {word: sum(1 for one in judged if one.light.value == name) for name, word in LIGHT_WORDS.items()}
    by_light = "，".join(f"{word} {count}" for word, count in counts.items() if count)
    console.print(f"共 {len(judged)} 件：{by_light}" if judged else "没有符合条件的办件。")
    if any(one.clocks.promised.provisional for one in judged):
        console.print("* 暂算：到期日所在年份的放假安排尚未公布。")
    if recorded := sum(1 for one in judged if one.standing):
        console.print(f"# 有延长或人工更正 {recorded} 件，平台的原值见 approval-monitor corrections。")
    if again := sum(1 for one in judged if one.conflicts):
        console.print(f"! 其中 {again} 件的更正须重新确认：平台的值后来变了，或更正不能采用。")


def _width_of_numbers(judged: Sequence[Judged], heading: str) -> int:
    from rich.cells import cell_len

    return min(ITEM_WIDTH, max(map(cell_len, (heading, *(one.facts.item for one in judged)))))


def _marks(judged: Judged) -> str:
    """What is to be known of a due date: * provisional, # with a record of staff, ! with one to be looked at again."""
    provisional = "*" if judged.clocks.promised.provisional else ""
    return provisional + ("#" if judged.standing else "") + ("!" if judged.conflicts else "")


def _terminal_cell(judged: Judged, name: str) -> tuple[str, str]:
    """The text of a cell and its style."""
    values = entry(judged)
    if name == "light":
        return LIGHT_WORDS[values["light"]], RICH_COLOURS[values["light"]]
    if name == "due":
        due = values["due"] or (values["acceptance_due"] if judged.clocks.acceptance.active else None) or "—"
        return due + _marks(judged), ""
    if name == "unit_name" and judged.unit is None and judged.unit_name != UNASSIGNED:
        return f"{UNASSIGNED}：{clean(judged.unit_name)}", ""
    if name == "code_problem":
        return PROBLEMS.get(values[name], values[name] or "—"), ""
    return clean(str(values[name] or "")), ""


class Written(NamedTuple):
    """The files of a report, and in Chinese what could not be done as it should."""

    paths: list[Path]
    faults: list[str]


def write_report(app: App, period: Period, folder: Path) -> Written:
    """The files of a period's report: page, text, workbook, print and Word document."""
    with app.transactions.read() as connection:
        payload = rows.payload(make(app, connection, making_of(app, connection, period)))
    files, fault = report_files(payload, app.config.report_template)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, content in files.items():
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    return Written(paths, [f"通报模板不能用，已改用自带模板：{fault}"] if fault else [])
