"""A line of the ledger, as people and programs are given it. Pure."""

from datetime import date
from typing import Any

from monitor.clocks import WORKING_DAY
from monitor.events import TITLES
from monitor.judge import Judged, state_word
from monitor.recorded import as_json

LIGHT_WORDS = {"green": "绿", "grey": "灰", "yellow": "黄", "orange": "橙", "red": "红", "deep_red": "深红"}


def entry(judged: Judged) -> dict[str, Any]:
    """The ledger's JSON object of one item: dates as ISO strings, None where the rules give none.

    ``due``, ``used``, ``remaining``, ``overdue_days`` and ``on_time`` are those of the promised clock. All are the
    values in force; what the platform says where staff put something on record stands in ``corrections``.
    """
    facts, clocks, promised = judged.facts, judged.clocks, judged.clocks.promised
    marks = clocks.milestones
    return {
        "item": facts.item,
        "project_code": facts.project_code,
        "project": facts.project,
        "matter": facts.matter_name or facts.matter or None,
        "unit": judged.unit,
        "unit_name": judged.unit_name,
        "stage": clocks.stage,
        "light": judged.light.value,
        "state": promised.state.value,
        "received": _iso(marks.received.day if marks.received else None),
        "accepted": _iso(marks.accepted.day if marks.accepted else None),
        "deemed_accepted": clocks.deemed is not None,
        "legal_acceptance": _iso(clocks.legal_acceptance),
        "closed": _iso(judged.closed_on),
        "closed_by": int(marks.closed.code) if marks.closed else None,
        "limit": promised.limit.amount if promised.limit else None,
        "unit_of_limit": promised.limit.unit if promised.limit else WORKING_DAY,
        "due": _iso(promised.due),
        "provisional": promised.provisional,
        "used": promised.used,
        "remaining": promised.remaining,
        "overdue_days": promised.overdue_days,
        "paused": promised.paused,
        "statutory_due": _iso(clocks.statutory.due),
        "on_time": promised.on_time,
        "acceptance_due": _iso(clocks.acceptance.due),
        "delivery_due": _iso(clocks.delivery.due),
        "code_problem": judged.code_problem,
        "problems": [*judged.remarks, *judged.data_problems],
        "corrections": [as_json(one, judged.standards.known_name) for one in judged.standing],
        "status": status(judged),
    }


def status(judged: Judged) -> str:
    """Where the item stands, in a few Chinese words: its promised clock, or what it waits for before that runs."""
    clocks, closed = judged.clocks, judged.clocks.milestones.closed
    if closed is not None:
        ending = "" if clocks.promised.on_time is None else f"，{state_word(clocks.promised)}"
        waits = f"，送达{state_word(clocks.delivery)}" if clocks.delivery.active else ""
        return TITLES[closed.code] + ending + waits
    if clocks.promised.start is not None:
        # Of an item deemed accepted it is the acceptance, still owed, that makes the worse light.
        deemed = f"接件{state_word(clocks.acceptance)}（视为受理），" if clocks.deemed else ""
        return deemed + state_word(clocks.promised)
    if clocks.acceptance.active:
        return f"待受理，{state_word(clocks.acceptance)}"
    return "待接件" if clocks.acceptance.start is None else "材料补正中"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
