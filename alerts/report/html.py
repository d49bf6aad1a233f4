"""The report as a mail: what its templates show of the report's rows."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from alerts.report.charts import Chart
from alerts.report.code_rows import RULES
from alerts.report.columns import EFFORT, FLOW, TREND, Figure
from alerts.report.terms import reached, stem
from alerts.wording import FOOTER, data_line, long_moment, stale_warning

SHOWN = {"overdue": 20, "due_next": 10, "unanswered": 10, "stage_late": 10, "paused": 10, "held": 10}
"""How many lines of each list the mail has."""
FINDINGS_SHOWN, COUNTERS_SHOWN = 10, 10
LATE = ("overdue", "overdue_rate", "unanswered")
"""Figures that are shown in red when they are not 0."""


class Cell(NamedTuple):
    """A figure in a table: its text, whether small screens have room for it, whether it is bad."""

    text: str
    phone: bool
    late: bool = False


def view(payload: Mapping[str, Any], charts: Sequence[Chart]) -> dict[str, Any]:
    """The values of the weekly templates from a complete payload; long lists cut, the workbook has all of them."""
    lists = {name: payload[name][:most] for name, most in SHOWN.items()}
    more = {f"{name}_more": max(0, len(payload[name]) - most) for name, most in SHOWN.items()}
    return {
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "period": payload["period"],
        "summary": payload["summary"],
        "total": payload["total"],
        "units": payload["units"],
        "flow": figures(FLOW, payload["units"], payload["total"]),
        "effort": figures(EFFORT, payload["units"], payload["total"]),
        "trend": figures(TREND, payload["trend"], None, "title"),
        "charts": [{"cid": cid(payload, chart), "told": chart.told} for chart in charts],
        **lists,
        **more,
        "rules": payload["rules"],
        "codes": _codes(payload["codes"]),
        "data_notes": [note for note in payload["data_notes"] if note["count"]],
        "reached": reached(payload),
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def cid(payload: Mapping[str, Any], chart: Chart) -> str:
    """The Content-ID of a chart, the same whenever the report is made."""
    return f"{chart.name}.{stem(payload)}@approval-monitor"


def figures(
    shown: Sequence[Figure], rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any] | None, name: str = "name"
) -> dict[str, Any]:
    """A table of figures: heads, and rows with a name and cells; ``total`` is None of one that has no sum."""
    return {
        "heads": [Cell(figure.short, figure.phone) for figure in shown],
        "rows": [{"name": row[name], "cells": _cells(shown, row)} for row in rows],
        "total": _cells(shown, total) if total else None,
    }


def _cells(shown: Sequence[Figure], row: Mapping[str, Any]) -> list[Cell]:
    return [Cell(f.text(row), f.phone, f.key in LATE and bool(row[f.key])) for f in shown]


def _codes(codes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The part on project codes; None of a report that was queued by an earlier release."""
    if codes is None:
        return None
    counters, findings = codes["counters"], codes["findings"]
    return {
        "summary": codes["summary"],
        "units": [unit for unit in codes["units"] if unit["recent_need"]],
        "total": codes["total"],
        "counters": counters[:COUNTERS_SHOWN],
        "counters_more": max(0, len(counters) - COUNTERS_SHOWN),
        "findings": findings[:FINDINGS_SHOWN],
        "findings_count": len(findings),
        "findings_more": max(0, len(findings) - FINDINGS_SHOWN),
        "rules": RULES,
    }
