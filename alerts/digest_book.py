"""The workbook that goes with a digest: every line of the mail, also those that it does not list."""

from collections.abc import Mapping
from typing import Any

from alerts.digest import Line
from alerts.digest_lines import department, words, worst_first
from alerts.digest_words import title
from alerts.report.sheets import Column, book_of
from alerts.wording import clean, long_moment

SHEET = "事项清单"
COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("灯色", "light_name", 7, "word"),
    Column("级别", "level_name", 11, "word"),
    Column("现状", "standing", 17),
    Column("到期日", "due_day", 12, "date"),
    Column("单位", "department", 17),
    Column("办件编号", "item", 16),
    Column("事项", "matter", 24),
    Column("项目", "project", 26),
    Column("项目代码", "project_code", 27),
    Column("阶段", "stage", 7, "word"),
    Column("时限", "clock", 20),
    Column("缘由", "why", 30),
)


def workbook(payload: Mapping[str, Any]) -> bytes:
    """The workbook of the payload of a digest mail; worst first, as in the mail."""
    lines = worst_first([Line.from_json(line) for line in payload["lines"]])
    rows = [_row(line, payload) for line in lines]
    head = f"{clean(payload['unit_name'], 40)}　{title(payload)}　{long_moment(payload['made_at'])}　共 {len(rows)} 条"
    return book_of(head, payload, lambda pen: pen.table(SHEET, head, COLUMNS, rows, "没有需要提醒的事项。"))


def _row(line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    due = line.case.due.isoformat() if line.case.due else None
    return {**words(line), "due_day": due, "department": department(line, payload)}
