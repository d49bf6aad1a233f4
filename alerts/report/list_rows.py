"""The lists of a report as plain JSON: overdue items, late stages, missing answers, paused and held ones. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from alerts.report.entries import UNASSIGNED, Asked, Beside, Entry, Held, Polled, Steps
from alerts.report.periods import Period
from alerts.wording import LIGHTS, NOTHING, amount, clean, due_date, overdue_by
from config.policy import CLOCK_LABELS, LEVEL_LABELS

CARDS = {False: "黄牌", True: "红牌"}
PAUSES = {"correction": "补正", "special": "特别程序"}
SCOPES = {"item": "办件", "unit": "单位"}
CLOCKS: Mapping[str, str] = {str(clock): label for clock, label in CLOCK_LABELS.items()}
LEVELS: Mapping[str, str] = {str(level): label for level, label in LEVEL_LABELS.items()}
REASON = 80
"""How much of what a unit explained a list shows; the whole stands in the ledger."""


def entry(one: Entry) -> dict[str, Any]:
    """An item as every list shows it."""
    return {
        "unit": unit_name(one.unit, one.unit_name),
        "unit_id": one.key,
        "item": clean(one.item, 60),
        "matter": clean(one.matter, 120),
        "project": clean(one.project, 200),
        "project_code": clean(one.project_code, 60),
        "stage": clean(one.stage, 20),
        "light": one.light if one.light in LIGHTS else "grey",
        "light_name": LIGHTS.get(one.light, LIGHTS["grey"]),
        "card": CARDS[one.red_card] if one.overdue else NOTHING,
        "received": iso(one.received),
        "accepted": iso(one.accepted),
        "due": iso(one.due),
        "due_text": due_date(one.due),
        "overdue_days": one.overdue_days,
        "overdue_text": overdue_by(one.overdue_days, one.unit_of_limit),
        "became_overdue": iso(one.became_overdue),
        "remark": "；".join(_remarks(one)),
    }


def overdue(one: Entry, beside: Beside, period: Period) -> dict[str, Any]:
    """An overdue item with the clock that ran out, the reason its unit gave, and what was sent about it."""
    clock = "statutory" if one.past_statutory else "promised"
    reason = beside.reasons.get(one.item)
    return entry(one) | {
        "clock": clock,
        "clock_text": CLOCKS[clock],
        "overdue_working_days": one.overdue_workdays,
        "overdue_working_days_text": overdue_by(one.overdue_workdays, "working_day"),
        "reason_given": clean(reason, REASON) if reason else NOTHING,
        "steps_sent": steps(beside.steps.get(one.item, Steps()), period),
    }


def steps(sent: Steps, period: Period) -> str:
    """What was sent about an item, in words: 催办 2 次；黄牌 11-05；红牌 11-12."""
    parts = [f"催办 {sent.reminders} 次"] if sent.reminders else []
    for name, days in (("黄牌", sent.yellow_cards), ("红牌", sent.red_cards)):
        if days:
            parts.append(f"{name} " + "、".join(_short(day, period) for day in days))
    return "；".join(parts) or NOTHING


def _short(day: date, period: Period) -> str:
    return f"{day:%m-%d}" if day.year == period.last.year else day.isoformat()


def stage_late(one: Entry) -> Iterable[dict[str, Any]]:
    """An item for each stage in which it is late; dates and days are those of the stage."""
    for late in one.late_stages:
        yield entry(one) | {
            "clock": late.clock,
            "clock_text": CLOCKS.get(late.clock, late.clock),
            "card": NOTHING,
            "due": iso(late.due),
            "due_text": due_date(late.due),
            "overdue_days": late.days,
            "overdue_text": overdue_by(late.days, late.unit_of_limit),
        }


def unanswered(one: Asked, names: Mapping[str, str]) -> dict[str, Any]:
    """A 督办 without an answer."""
    return {
        "unit": clean(names.get(one.unit or "", one.unit or UNASSIGNED[1]), 60),
        "unit_id": one.unit or UNASSIGNED[0],
        "item": clean(one.item, 60),
        "matter": clean(one.matter, 120),
        "project": clean(one.project, 200),
        "level": one.level,
        "level_text": LEVELS.get(one.level, one.level),
        "sent": one.sent.isoformat(),
        "sent_text": due_date(one.sent),
        "answer_by": one.answer_by.isoformat(),
        "answer_by_text": due_date(one.answer_by),
        "days_late": one.days_late,
        "days_late_text": overdue_by(one.days_late, "working_day"),
    }


def paused(one: Entry) -> dict[str, Any]:
    """An item whose clock stands still."""
    return entry(one) | {
        "paused_since": iso(one.paused_since),
        "paused_since_text": due_date(one.paused_since),
        "paused_kind": PAUSES.get(one.paused_kind, one.paused_kind or NOTHING),
    }


def held(one: Held) -> dict[str, Any]:
    """A silence by the supervisor."""
    return {
        "scope": one.scope,
        "scope_text": SCOPES.get(one.scope, one.scope),
        "target": clean(one.target, 60),
        "name": clean(one.name, 120),
        "unit_id": one.unit or UNASSIGNED[0],
        "until": one.until.isoformat(),
        "until_text": due_date(one.until),
        "why": clean(one.why, 200),
        "by": clean(one.by, 60),
    }


def availability(sources: Iterable[Polled]) -> dict[str, Any]:
    """How the platform itself could be read."""
    rows = [
        {
            "name": clean(one.name, 60),
            "polls": one.polls,
            "failed": one.failed,
            "longest_gap_hours": one.longest_gap_hours,
            "longest_gap_text": NOTHING if one.longest_gap_hours is None else amount(one.longest_gap_hours, "hour"),
        }
        for one in sources
    ]
    return {
        "polls": sum(one["polls"] for one in rows),
        "failed": sum(one["failed"] for one in rows),
        "sources": rows,
    }


def unit_name(unit: str | None, name: str) -> str:
    """The name under which an item's unit is shown."""
    return clean(name, 60) if unit else UNASSIGNED[1]


def iso(day: date | None) -> str | None:
    """A date as text."""
    return day.isoformat() if day else None


def _remarks(one: Entry) -> list[str]:
    wrong_code = one.code is not None and not one.code.right
    remarks = [
        ("暂算", one.provisional),
        ("计时暂停", one.paused),
        ("审批部门未匹配", one.unit is None),
        ("项目代码待核", wrong_code),
    ]
    return [words for words, holds in remarks if holds]
