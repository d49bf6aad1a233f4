"""The weekly report as a mail: what its templates show of the report's rows."""

from collections.abc import Mapping
from typing import Any

from alerts.report.code_rows import RULES
from alerts.wording import FOOTER, data_line, long_moment, stale_warning

OVERDUE_SHOWN, DUE_NEXT_SHOWN = 20, 10
FINDINGS_SHOWN, COUNTERS_SHOWN = 10, 10


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the weekly templates from ``rows.payload``; long lists cut, the workbook has all of them."""
    overdue, due_next = payload["overdue"], payload["due_next"]
    return {
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "period": payload["period"],
        "summary": payload["summary"],
        "units": payload["units"],
        "total": payload["total"],
        "overdue": overdue[:OVERDUE_SHOWN],
        "overdue_more": max(0, len(overdue) - OVERDUE_SHOWN),
        "due_next": due_next[:DUE_NEXT_SHOWN],
        "due_next_more": max(0, len(due_next) - DUE_NEXT_SHOWN),
        "codes": _codes(payload.get("codes")),
        "data_notes": [note for note in payload["data_notes"] if note["count"]],
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


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
