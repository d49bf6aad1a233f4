"""The forms of a report with thousands of overdue items: its workbook beside the same cells written bare, its files."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from alerts.report.example import example
from alerts.report.files import report_files
from alerts.report.xlsx import workbook
from bench.figures import Figure, best, per_second
from bench.sizes import Sizes

GROUP = "report_forms"
Sheets = list[tuple[str, list[list[Any]]]]


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """The workbook, and all files of the report, from a payload that is there."""
    payload = _payload(sizes.overdue)
    seconds = best(lambda: workbook(payload), sizes.times)
    sheets = _cells(workbook(payload))
    limit = best(lambda: _bare(sheets), sizes.times)
    count = sum(len(row) for _, rows in sheets for row in rows)
    words = f"xlsxwriter, constant_memory, the same {count:,} cells with a format each"
    files = best(lambda: report_files(payload))
    return [
        Figure(
            GROUP, f"workbook of {sizes.overdue:,} overdue items", seconds, "s", limit, words, most_ratio=1.3,
            rate=per_second(count, seconds, "cells"),
        ),
        Figure(GROUP, "page, text, workbook, PDF and Word document of it", files, "s"),
    ]  # fmt: skip


def _payload(overdue: int) -> dict[str, Any]:
    """A report on sixteen units with as many overdue items, no two alike."""
    made = example()
    [unit], [entry] = made["units"], made["overdue"]
    names = [f"第{number}审批局" for number in range(16)]
    entries = [
        {**entry, "item": f"HRM1-{2_000_000 + number}", "project": f"北房镇河道治理工程第{number}标段",
         "unit": names[number % 16], "overdue_days": number % 90}
        for number in range(overdue)
    ]  # fmt: skip
    units = [{**unit, "unit": name, "name": name, "overdue": overdue // 16} for name in names]
    return {**made, "units": units, "overdue": entries, "codes": None}


def _cells(content: bytes) -> Sheets:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]


def _bare(sheets: Sheets) -> bytes:
    made = BytesIO()
    with Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        text, number = book.add_format({"text_wrap": True}), book.add_format({"num_format": "0"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, str):
                        sheet.write_string(row, column, value, text)
                    elif isinstance(value, date | datetime):
                        sheet.write_datetime(row, column, value, day)
                    else:
                        sheet.write_number(row, column, value, number)
    return made.getvalue()
