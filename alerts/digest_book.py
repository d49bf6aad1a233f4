"""The workbook that goes with a digest: every line of the mail, also those that it does not list."""

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.digest import Line
from alerts.digest_lines import department, remarks, words, worst_first
from alerts.digest_words import title
from alerts.report.sheets import Column, book_of
from alerts.wording import NOTHING, clean, long_moment

SHEET = "事项清单"
COLUMNS = (
    Column("序号", "#", 5, "serial"),
    Column("灯色", "light_name", 7, "word"),
    Column("级别", "level_name", 11, "word"),
    Column("现状", "standing", 16),
    Column("到期日", "due_day", 12, "date"),
    Column("办件编号", "item", 16),
    Column("事项", "matter", 22),
    Column("项目", "project", 24),
    Column("项目代码", "project_code", 27),
    Column("阶段", "stage", 6, "word"),
    Column("时限", "clock", 20),
    Column("缘由", "why", 28),
    Column("备注", "remark", 28),
)
DEPARTMENT = Column("平台所载部门", "department", 20)
"""Only of items whose unit nobody knows: else the title names the unit."""


def workbook(payload: Mapping[str, Any], lines: Sequence[Line]) -> bytes:
    """The workbook of the payload of a digest mail with these lines; worst first, as in the mail."""
    rows = [_row(line, payload) for line in worst_first(lines)]
    head = f"{clean(payload['unit_name'], 40)}　{title(payload)}　{long_moment(payload['made_at'])}　共 {len(rows)} 条"
    columns = COLUMNS if payload["unit"] else (*COLUMNS, DEPARTMENT)
    return book_of(head, payload, lambda pen: pen.table(SHEET, head, columns, rows, "没有需要提醒的事项。"))


def _row(line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    due = line.case.due.isoformat() if line.case.due else None
    remark = "；".join(remarks(line, payload)) or NOTHING
    return {**words(line), "due_day": due, "remark": remark, "department": department(line)}
