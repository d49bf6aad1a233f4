"""A warning as a row of the ledger of warnings: for the terminal, JSON, CSV and the workbook. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from alerts.digest import CLOCK_NAMES
from alerts.hours import local
from alerts.report.sheets import Column
from alerts.wording import clean
from config.policy import ROLE_LABELS, Role
from monitor.csv_text import csv_text
from monitor.warnings_ledger.handling import Handling, Warned

LEVEL_WORDS = {"reminder": "催办", "yellow_card": "黄牌", "red_card": "红牌"}
COLUMNS = (
    Column("序号", "#", 6, "serial"),
    Column("办件编号", "item", 17),
    Column("事项", "matter", 25),
    Column("项目", "project", 26),
    Column("单位", "unit", 17),
    Column("种类", "kind", 12),
    Column("级别", "level", 7, "word"),
    Column("时间", "time", 13),
    Column("原因", "reason", 27),
    Column("到期日", "due", 12, "date"),
    Column("剩余", "remaining", 7, "number"),
    Column("办理情况", "state", 12, "word"),
    Column("办理时间", "handled_on", 12, "date"),
    Column("办理人", "handled_by", 17),
    Column("备注", "remark", 28),
)
"""Columns of the sheet, which are those of the CSV too: heading, name of the field, width in characters, kind."""
LONGEST = {"item": 60, "matter": 80, "project": 100, "unit_name": 40, "why": 160}


def row(warned: Warned, handling: Handling) -> dict[str, Any]:
    """The row of a warning: JSON values, dates as ISO strings, times local."""
    return {
        "time": f"{local(warned.at):%Y-%m-%d %H:%M}",
        "level": LEVEL_WORDS[warned.level],
        "kind": CLOCK_NAMES.get(warned.clock, warned.clock),
        "item": clean(warned.item, LONGEST["item"]),
        "matter": clean(warned.matter, LONGEST["matter"]),
        "project": clean(warned.project, LONGEST["project"]),
        "unit": clean(warned.unit_name, LONGEST["unit_name"]),
        "unit_id": warned.unit,
        "reason": clean(warned.why, LONGEST["why"]),
        "due": warned.due.isoformat() if warned.due else None,
        "remaining": warned.remaining,
        "to": [ROLE_LABELS[Role(one)] for one in warned.to],
        "reference": warned.reference or None,
        "answer_by": warned.answer_by.isoformat() if warned.answer_by else None,
        "state": handling.state,
        "handled_on": handling.on.isoformat() if handling.on else None,
        "handled_by": clean(handling.by, 60) if handling.by else "",
        "remark": "；".join(handling.remarks),
    }


def as_json(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a JSON list."""
    return json.dumps(rows, ensure_ascii=False, indent=1)


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV for a spreadsheet."""
    shown = [column for column in COLUMNS if column.kind != "serial"]
    return csv_text([column.head for column in shown], [[one[column.key] for column in shown] for one in rows])
