"""A replay as a workbook: altogether, per unit, audience and week, and per day; fit to filter and to print."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from alerts.digest import LEVELS
from alerts.wording import clean
from monitor.replay.compared import Both, Compared
from monitor.replay.figures import Replayed, Sum
from monitor.replay.words import LEVEL_HEADINGS, compared_sentences, sentences

COUNTS = ("信件（封）", "条目", *LEVEL_HEADINGS, "办件（件）")
BOTH = ("现行信件", "对照信件", "信件增减", "现行条目", "对照条目", "条目增减")
WIDTHS = {"审批单位": 24, "岗位": 16, "周次": 12, "日期": 12}
HEAD = {"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1, "align": "center"}


def write(path: Path, found: Replayed | Compared) -> Path:
    """Writes the workbook to ``path`` and returns it. Raises OSError, or xlsxwriter's FileCreateError."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    compared = isinstance(found, Compared)
    last = found.present.last if isinstance(found, Compared) else found.last
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "回放", "created": datetime.combine(last, time())})
        _summary(book, compared_sentences(found) if isinstance(found, Compared) else sentences(found))
        counts = BOTH if compared else COUNTS
        weekly = [(*key, *_counts(each)) for key, each in found.by_week.items()]
        _table(book, "按单位岗位周", ("审批单位", "岗位", "周次", *counts), weekly)
        _table(book, "按日", ("日期", *counts), [(day, *_counts(each)) for day, each in found.by_day.items()])
    return path


def _summary(book: Any, told: Sequence[str]) -> None:
    sheet = book.add_worksheet("合计")
    sheet.set_column(0, 0, 110)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, sentence in enumerate(told):
        sheet.write_string(row, 0, sentence, wrapped)


def _counts(found: Sum | Both) -> Iterator[int]:
    if isinstance(found, Both):
        yield from (found.present.mails, found.other.mails, found.more_mails)
        yield from (found.present.lines, found.other.lines, found.more_lines)
        return
    yield found.mails
    yield found.lines
    yield from (found.levels[level] for level in LEVELS)
    yield len(found.items)


def _table(book: Any, name: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name)
    head, day = book.add_format(HEAD), book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    for column, heading in enumerate(headings):
        sheet.set_column(column, column, WIDTHS.get(heading, 11))
        sheet.write_string(0, column, heading, head)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, datetime.combine(value, time()), day)
            elif isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, clean(str(value)))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(headings) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
