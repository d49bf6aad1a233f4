"""The rows of units and of the trend as plain JSON: numbers, and the words that every form shows for them. Pure."""

from typing import Any

from alerts.report import code_rows
from alerts.report.codes import Count
from alerts.report.figures import UnitFigures
from alerts.report.trend import Week
from alerts.wording import NOTHING, amount, clean, percent, rounded

COUNTS = (
    "before",
    "received",
    "accepted",
    "finished",
    "finished_judged",
    "finished_on_time",
    "in_hand",
    "near",
    "yellow_cards",
    "red_cards",
    "overdue",
    "overdue_new",
    "overdue_before",
    "paused",
    "reminders",
    "supervised",
    "moved_in",
    "moved_out",
    "booked_late",
    "taken_off",
    "adjusted",
    "answers_due",
    "answered",
    "unanswered",
)
RATES = ("overdue_rate", "on_time_rate", "answer_rate")
WEEK_COUNTS = ("received", "finished", "in_hand", "overdue", "overdue_new")
WEEK_RATES = ("overdue_rate", "on_time_rate")


def unit_row(unit: UnitFigures, codes: Count) -> dict[str, Any]:
    """A unit's row, or that of all."""
    row: dict[str, Any] = {"unit": unit.unit, "name": clean(unit.name, 60)}
    row |= {name: getattr(unit, name) for name in COUNTS}
    for name in RATES:
        row |= rate(name, getattr(unit, name))
    row |= {
        "median_used": unit.median_used,
        "median_used_text": days(unit.median_used),
        "longest_used": unit.longest_used,
        "longest_used_text": days(unit.longest_used),
        "rank": unit.rank,
        "rank_text": str(unit.rank) if unit.rank else NOTHING,
        "rank_change": unit.rank_change,
        "rank_change_text": change(unit.rank_change),
    }
    return row | {f"code_{name}": value for name, value in code_rows.count(codes).items()}


def week_row(week: Week) -> dict[str, Any]:
    """A week of the trend."""
    number = int(week.period.label.partition("-W")[2])
    row: dict[str, Any] = {"label": week.period.label, "title": f"第{number}周"}
    row |= {name: getattr(week, name) for name in WEEK_COUNTS}
    for name in WEEK_RATES:
        row |= rate(name, getattr(week, name))
    return row


def rate(name: str, share: float | None) -> dict[str, Any]:
    """A rate as value, rounded to a tenth of a percent, and words."""
    return {name: None if share is None else rounded(share), f"{name}_text": percent(share)}


def days(number: float | None) -> str:
    """7.5 个工作日; "—" without a number."""
    return NOTHING if number is None else amount(int(number) if number == int(number) else number, "working_day")


def change(places: int | None) -> str:
    """By how many places a unit has come up or down."""
    if places is None:
        return NOTHING
    return f"上升 {places} 位" if places > 0 else f"下降 {-places} 位" if places < 0 else "持平"
