"""The report as an official notice (通报) in a Word document, which the office may amend before it is issued."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from alerts.report import notice
from alerts.report.charts import Chart
from alerts.report.columns import EFFORT, FLOW, TREND, Figure
from alerts.typesetting import DOCUMENTS, docx, of_the_office
from alerts.wording import NOTHING, clean

TEMPLATE = DOCUMENTS / "weekly.docx"
CHART_WIDTH = 130
"""Millimetres."""
CHARTS = ("chart_units", "chart_weeks")
"""The fields of the charts, empty where there is nothing to draw."""


class Document(NamedTuple):
    """The document, and in Chinese why the office's own template was not used; None if it was, or there is none."""

    content: bytes
    fault: str | None = None


def document(payload: Mapping[str, Any], charts: Sequence[Chart], template: Path | None = None) -> Document:
    """The document of a complete payload; the same rows give the same bytes.

    A ``template`` of the office that cannot be filled in is passed over: the one that comes with the program is used.
    """
    fields = {**dict.fromkeys(CHARTS, ""), **view(payload)}
    pictures = {f"chart_{chart.name}": (chart.png(), CHART_WIDTH) for chart in charts}
    fault = None
    if template is not None:
        content, fault = of_the_office(template, fields, pictures)
        if fault is None:
            return Document(content)
    return Document(docx(TEMPLATE, fields, pictures), fault)


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a template may show: words, units with their figures in words, lists with their counts."""
    lists = {name: [_words(entry) for entry in payload[name][: notice.MOST]] for name in SHEETS}
    sheets = {**SHEETS, "due_next": f"{payload['period']['ahead']}到期"}
    more = {name: len(payload[name]) - len(lists[name]) for name in lists}
    return {
        **{
            key: value for key, value in notice.view(payload).items() if key not in ("flow", "effort", "trend", "lists")
        },
        "units": [_figures((*FLOW, *EFFORT), unit, "name") for unit in payload["units"]],
        "total": _figures((*FLOW, *EFFORT), payload["total"], "name"),
        "weeks": [_figures(TREND, week, "title") for week in payload["trend"]],
        "numbers": _numbers(payload),
        "ahead": f"{payload['period']['ahead']}到期",
        "lists": lists,
        "counts": {name: len(payload[name]) for name in lists},
        "more": {name: f"另有 {count} 件，见工作簿“{sheets[name]}”。" if count else "" for name, count in more.items()},
    }


def _numbers(payload: Mapping[str, Any]) -> dict[str, str]:
    """The section of each part that has something to say → its number."""
    there = [name for name in SHEETS if payload[name]]
    parts = ["flow", "effort", *(["trend"] if payload["trend"] else []), *there]
    parts += ["codes"] if payload["codes"] else []
    return dict(zip([*parts, "notes"], notice.NUMERALS, strict=False))


SHEETS = {
    "overdue": "逾期清单", "unanswered": "督办未答复", "stage_late": "环节超时", "due_next": "", "paused": "计时暂停",
    "held": "暂缓督促",
}  # fmt: skip
"""Each list with the sheet of the workbook that has all of it."""


def _figures(figures: Sequence[Figure], row: Mapping[str, Any], name: str) -> dict[str, str]:
    return {"name": row[name], **{figure.key: figure.text(row) for figure in figures}}


def _words(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry with a long reason cut, and nothing where there is nothing to say."""
    words = {**entry}
    if "reason_given" in entry:
        words["reason_given"] = clean(entry["reason_given"], notice.LONGEST_REASON)
    return {
        key: "" if key in ("reason_given", "steps_sent") and value == NOTHING else value for key, value in words.items()
    }
