"""The sheets 预警台账 and 督办函: what was sent and what became of it, to be filtered, printed and kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from alerts.hours import local
from alerts.report.sheets import FIRST_ROW, Pen
from monitor import letters_register
from monitor.sources.files.titles import NO_RECORDS
from monitor.warnings_ledger import rows as warning_rows

Rows = Sequence[Mapping[str, Any]]
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WARNINGS, LETTERS = "预警台账", "督办函"
FONT = {"font_name": "宋体", "font_size": 10}
GOOD, WAITING = ("#DFF2E3", "#14562A"), ("#FFF0B8", "#5C4700")
BAD, CALM = ("#FBDCDC", "#9B1015"), ("#E6E8EB", "#3F4854")
LOOKS: Mapping[str, tuple[str, str]] = {
    "催办": ("#DCE8F7", "#1F3F6E"),
    **dict.fromkeys(("已答复", "已签收", "未到期", "已发出"), GOOD),
    **dict.fromkeys(("待答复", "待发出"), WAITING),
    **dict.fromkeys(("未答复", "未办结", "未发出（作废）"), BAD),
    **dict.fromkeys(
        ("已办结", "已答复受理", "已开始办理", "已送达", "暂停督促", "计时暂停", "记录已失效", "存为文件"), CALM
    ),
}
"""Word → (background, ink) beside those of the reports: a colour never stands without its word."""


def add(book: Any, now: datetime, warnings: Rows | None, letters: Rows, span: str = "") -> None:
    """Adds both sheets to ``book``, or the register alone where ``warnings`` is None.

    ``span``: of which time the warnings are, in words.
    """
    pen = Pen(book, {"data_as_of": None, "stale": False, "made_at": now.isoformat()})
    pen.word_looks |= {
        word: book.add_format({"bg_color": background, "font_color": ink}) for word, (background, ink) in LOOKS.items()
    }
    as_of = f"截至 {local(now):%Y年%m月%d日 %H:%M}"
    if warnings is not None:
        said = f"{span}共 {len(warnings)} 条，每条是一次已发出的预警　剩余为负数即逾期天数"
        pen.line_1 = f"{as_of}　{said}（{NO_RECORDS}）"
        sheet = pen.table(WARNINGS, "预警事项电子台账（逐次预警）", warning_rows.COLUMNS, warnings, "没有发出过预警。")
        sheet.freeze_panes(FIRST_ROW, 2)
    pen.line_1 = f"{as_of}　共 {len(letters)} 份（{NO_RECORDS}）"
    sheet = pen.table(LETTERS, "督办函登记簿", letters_register.COLUMNS, letters, "没有发出过函件。")
    sheet.freeze_panes(FIRST_ROW, 2)


def write(path: Path, now: datetime, warnings: Rows | None, letters: Rows, span: str = "") -> Path:
    """A workbook of what ``add`` adds; returns its path."""
    with xlsxwriter.Workbook(str(path), {**OPTIONS, "default_format_properties": FONT}) as book:
        title = LETTERS if warnings is None else WARNINGS
        book.set_properties({"title": title, "created": local(now).replace(tzinfo=None)})
        add(book, now, warnings, letters, span)
    return path
