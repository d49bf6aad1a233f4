"""The ledger and the reports as people are given them: table, JSON, CSV, XLSX, files of a week."""

import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select

from alerts.digest import LEVEL_NAMES
from alerts.hours import local
from alerts.outbox import MAIL
from alerts.render import render_weekly
from alerts.report import rows
from alerts.report.figures import Period
from monitor.app import App
from monitor.clocks import Light
from monitor.entry import LIGHT_WORDS, entry
from monitor.judge import Judged, judge, worst_first
from monitor.ledger.read import ids_where, load
from monitor.ledger.store import ITEM
from monitor.weekly import known_at, make

STATES = (
    "running", "due_soon", "due_today", "overdue", "paused", "paused_overdue", "no_limit", "not_started",
    "done_on_time", "done_late", *(light.value for light in Light),
)  # fmt: skip
RICH_COLOURS = {
    "green": "green", "grey": "bright_black", "yellow": "yellow", "orange": "dark_orange", "red": "red",
    "deep_red": "bold white on red",
}  # fmt: skip
COLUMNS: tuple[tuple[str, str, int], ...] = (
    ("light", "灯", 6), ("item", "办件编号", 18), ("unit_name", "审批单位", 18), ("matter", "事项", 34),
    ("project", "项目", 34), ("project_code", "项目代码", 27), ("stage", "阶段", 7), ("received", "接件", 12),
    ("accepted", "受理", 12), ("limit", "时限", 7), ("due", "到期日", 12), ("status", "现状", 22),
    ("remaining", "剩余", 7), ("overdue_days", "逾期", 7), ("closed", "办结", 12), ("on_time", "按期", 7),
    ("code_problem", "项目代码问题", 14), ("problems", "数据问题", 40),
)  # fmt: skip
"""Columns of the workbook and the CSV: name of the JSON field, heading, width in characters."""


def select_items(app: App, *, unit: str | None = None, state: str | None = None, every: bool = False) -> list[Judged]:
    """Items as of now, worst first: open ones, or all; of one unit, of one state or light."""
    now = app.clock()
    today = local(now).date()
    conditions: list[Any] = [] if every else [or_(ITEM.c.closed_on.is_(None), ITEM.c.closed_on >= today)]
    if unit is not None:
        # Items not judged yet have no unit so far and are looked at as well.
        conditions.append(or_(ITEM.c.unit == unit, ITEM.c.dirty == 1))
    with app.transactions.read() as connection:
        found = [
            judge(row.facts, row.versions, app.standards, now)
            for row in load(connection, ids_where(connection, *conditions))
        ]
    return worst_first(
        [
            one
            for one in found
            if (every or one.closed_on is None)
            and (unit is None or one.unit == unit)
            and (state is None or state in (one.clocks.promised.state.value, one.light.value))
        ]
    )


def as_json(judged: Sequence[Judged]) -> str:
    """The ledger as a JSON list."""
    return json.dumps([entry(one) for one in judged], ensure_ascii=False, indent=1)


def as_csv(judged: Sequence[Judged]) -> str:
    """The ledger as CSV, with a byte-order mark so that spreadsheets read it as UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading for _, heading, _ in COLUMNS])
    writer.writerows([_no_formula(value) for value in _cells(one)] for one in judged)
    return "\ufeff" + text.getvalue()


def _no_formula(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _cells(judged: Judged) -> Iterator[Any]:
    values = entry(judged)
    for name, _, _ in COLUMNS:
        value = values[name]
        if name == "light":
            value = LIGHT_WORDS[value]
        elif name == "problems":
            value = "；".join(value)
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


def write_xlsx(app: App, judged: Sequence[Judged], out: str) -> Path:
    """The ledger as a workbook; returns its path. Texts are texts: nothing in a record becomes a formula or a link."""
    import xlsxwriter

    path = Path(out)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("预警事项电子台账")
        title = book.add_format({"bold": True, "font_size": 16})
        head = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1})
        cell = book.add_format({"border": 1, "border_color": "#D0D0D0", "valign": "top", "text_wrap": True})
        lights = {
            name: book.add_format({"border": 1, "bg_color": colour, "font_color": font, "bold": True})
            for name, colour, font in (
                ("green", "#C6E0B4", "#000000"), ("grey", "#D9D9D9", "#000000"), ("yellow", "#FFE699", "#000000"),
                ("orange", "#F4B183", "#000000"), ("red", "#FF0000", "#FFFFFF"), ("deep_red", "#A50021", "#FFFFFF"),
            )
        }  # fmt: skip
        sheet.write_string(0, 0, "预警事项电子台账", title)
        sheet.write_string(1, 0, f"截至 {local(app.clock()):%Y年%m月%d日 %H:%M}，共 {len(judged)} 件")
        for column, (_, heading, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(2, column, heading, head)
        for row, one in enumerate(judged, start=3):
            for column, value in enumerate(_cells(one)):
                form = lights[one.light.value] if column == 0 else cell
                write = sheet.write_number if isinstance(value, int) else sheet.write_string
                write(row, column, value, form)
        sheet.freeze_panes(3, 2)
        sheet.autofilter(2, 0, max(3, len(judged) + 2), len(COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)
        sheet.set_footer("&C第 &P 页，共 &N 页")
    return path


def print_table(app: App, judged: Sequence[Judged]) -> None:
    """The ledger as a table for the terminal, with the totals below it."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    wide = console.width >= 110
    table = Table(title=f"预警事项电子台账　截至 {local(app.clock()):%Y年%m月%d日 %H:%M}", expand=False, pad_edge=False)
    for heading in ("灯", "办件编号", "审批单位", "事项", "到期日", "现状"):
        table.add_column(heading, no_wrap=heading in ("灯", "办件编号", "到期日"))
    if wide:
        table.add_column("项目")
    for one in judged:
        values = entry(one)
        due = (values["due"] or (values["acceptance_due"] if one.clocks.acceptance.active else None)) or "—"
        due += "*" if values["provisional"] else ""
        mark = Text(LIGHT_WORDS[values["light"]], style=RICH_COLOURS[values["light"]])
        cells = [Text(str(values[name] or "—")) for name in ("item", "unit_name", "matter")]
        project = [Text(str(values["project"] or "—"))] if wide else []
        table.add_row(mark, *cells, Text(due), Text(values["status"]), *project)
    console.print(table)
    counts = {word: sum(1 for one in judged if one.light.value == name) for name, word in LIGHT_WORDS.items()}
    console.print(f"共 {len(judged)} 件：" + "，".join(f"{word} {count}" for word, count in counts.items() if count))
    if any(one.clocks.promised.provisional for one in judged):
        console.print("* 暂算：到期日所在年份的放假安排尚未公布。")


def write_report(app: App, period: Period, folder: Path) -> list[Path]:
    """The files of a period's report (HTML page and workbook); returns their paths."""
    with app.transactions.read() as connection:
        rendered = render_weekly(rows.payload(make(app, connection, period, known_at(app, connection, period))))
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"weekly-{period.label}.html"
    page.write_text(rendered.html, encoding="utf-8")
    paths = [page]
    for attachment in rendered.attachments:
        path = folder / attachment.name
        path.write_bytes(attachment.content)
        paths.append(path)
    return paths


def mails_of_now(app: App) -> list[str]:
    """The mails queued at this very moment, a line each: whom to, subject, how many items, where it went."""
    with app.transactions.read() as connection:
        found = list(connection.execute(select(MAIL).where(MAIL.c.created_at == app.clock()).order_by(MAIL.c.id)))
    lines = []
    for mail in found:
        to = "、".join(mail.recipients["to"]) or "（无收件人）"
        cc = f"，抄送 {'、'.join(mail.recipients['cc'])}" if mail.recipients["cc"] else ""
        size = f"，{len(mail.payload['lines']) + mail.payload['more']} 件" if mail.kind == "digest" else ""
        name = mail.subject or LEVEL_NAMES.get(mail.level, mail.kind)
        lines.append(f"  {name}　→ {to}{cc}{size}　[{mail.state}]")
    return lines
