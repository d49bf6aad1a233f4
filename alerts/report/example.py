"""Made-up reports to try an office's own template with: one that has something of everything, one with nothing."""

from pathlib import Path
from typing import Any

from alerts.report import docx
from alerts.report.charts import charts
from alerts.report.columns import EFFORT, FLOW, TREND, Figure
from alerts.report.earlier import completed

DAY, DAY_TEXT, MOMENT = "2026-11-18", "2026年11月18日 周三", "2026-11-23T01:05:00+00:00"
WHAT = {
    "unit": "区水务局",
    "item": "HRM1-2760925",
    "matter": "取水许可",
    "project": "北房镇河道治理工程",
    "project_code": "2201-110116-04-01-466702",
}
ENTRY = WHAT | {
    "stage": "审批",
    "clock_text": "承诺时限",
    "light": "red",
    "light_name": "红灯",
    "card": "黄牌",
    "received": DAY,
    "accepted": DAY,
    "due": DAY,
    "due_text": DAY_TEXT,
    "overdue_days": 3,
    "overdue_text": "逾期 3 个工作日",
    "became_overdue": DAY,
    "overdue_working_days": 3,
    "overdue_working_days_text": "逾期 3 个工作日",
    "remark": "暂算",
    "reason_given": "等待专家评审",
    "steps_sent": "催办 2 次",
}
LISTS: dict[str, list[dict[str, Any]]] = {
    "overdue": [ENTRY],
    "stage_late": [ENTRY],
    "due_next": [ENTRY],
    "paused": [ENTRY | {"paused_since": DAY, "paused_since_text": DAY_TEXT, "paused_kind": "专家评审"}],
    "unanswered": [
        WHAT
        | {
            "level": "yellow_card",
            "level_text": "督办·黄牌",
            "sent": DAY,
            "sent_text": DAY_TEXT,
            "answer_by": DAY,
            "answer_by_text": DAY_TEXT,
            "days_late": 3,
            "days_late_text": "逾期 3 个工作日",
        }
    ],
    "held": [
        {
            "scope": "item",
            "scope_text": "办件",
            "target": "HRM1-2760925",
            "name": "河道治理",
            "until": DAY,
            "until_text": DAY_TEXT,
            "why": "待批复",
            "by": "督办专员",
        }
    ],
}


def template_fault(template: Path) -> str | None:
    """Why the notice cannot be set from ``template``, in Chinese; None if it can, with much to say and with nothing."""
    for payload in (example(), example(empty=True)):
        if fault := docx.document(payload, charts(payload), template).fault:
            return fault
    return None


def example(*, empty: bool = False) -> dict[str, Any]:
    """A complete payload with one of everything, or ``empty``."""
    unit = {"unit": "U1", "name": "区水务局", **_row(FLOW), **_row(EFFORT)}
    return completed(
        {
            "period": {"label": "2026-W47", "title": "2026年第47周", "first": DAY, "last": DAY},
            "made_at": MOMENT,
            "data_as_of": MOMENT,
            "stale": not empty,
            "summary": ["本周办理情况如下。"],
            "units": [] if empty else [unit],
            "total": {**unit, "unit": "total", "name": "合计"},
            "trend": [] if empty else [{"label": "2026-W47", "title": "第47周", **_row(TREND)}],
            **{name: [] if empty else entries for name, entries in LISTS.items()},
            "codes": None if empty else {"summary": ["项目代码均已核验。"]},
            "data_notes": [] if empty else [{"name": "暂存待核的平台记录", "count": 1, "meaning": "未计入。"}],
            "rules": [] if empty else ["排名按逾期率从低到高。"],
        }
    )


def _row(figures: tuple[Figure, ...]) -> dict[str, Any]:
    """Values for each figure."""
    row: dict[str, Any] = {}
    for figure in figures:
        row[figure.key] = "1" if figure.kind == "word" else 1
        row[f"{figure.key}_text"] = "100.0%"
    return row
