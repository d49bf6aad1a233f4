"""A report that an earlier release put into the outbox: what it could not yet say is filled in as not known. Pure."""

from collections.abc import Mapping
from typing import Any

from alerts.wording import NOTHING

UNIT: Mapping[str, Any] = {
    "answers_due": 0,
    "answered": 0,
    "unanswered": 0,
    "answer_rate": None,
    "answer_rate_text": NOTHING,
    "median_used": None,
    "median_used_text": NOTHING,
    "longest_used": None,
    "longest_used_text": NOTHING,
    "overdue_before": None,
    "moved_in": 0,
    "moved_out": 0,
    "booked_late": 0,
    "taken_off": 0,
    "adjusted": 0,
    "rank": None,
    "rank_text": NOTHING,
    "rank_change": None,
    "rank_change_text": NOTHING,
    "code_need": 0,
    "code_entered": 0,
    "code_right": 0,
    "code_use_rate": None,
    "code_use_rate_text": NOTHING,
    "code_right_rate": None,
    "code_right_rate_text": NOTHING,
}
ENTRY: Mapping[str, Any] = {
    "clock_text": NOTHING,
    "overdue_working_days": None,
    "reason_given": NOTHING,
    "steps_sent": NOTHING,
}
PERIOD: Mapping[str, Any] = {"kind": "week", "name": "逾期周报", "this": "本周", "ahead": "下周"}
REPORT: Mapping[str, Any] = {
    "stock": None,
    "trend": [],
    "stage_late": [],
    "unanswered": [],
    "paused": [],
    "held": [],
    "rules": [],
    "availability": None,
    "provisional": 0,
    "codes": None,
}


def completed(payload: Mapping[str, Any]) -> dict[str, Any]:
    """``payload`` with every key that this release's forms show; one made by this release is as it was."""
    return {
        **REPORT,
        **payload,
        "period": {**PERIOD, **payload["period"]},
        "units": [{**UNIT, **unit} for unit in payload["units"]],
        "total": {**UNIT, **payload["total"]},
        "overdue": [{**ENTRY, **entry} for entry in payload["overdue"]],
    }
