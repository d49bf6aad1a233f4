"""What units answered, what is held and what was decided last, as ``explain`` and the commands show it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection

from alerts import answers, decisions, holds
from alerts.digest import CLOCK_NAMES
from alerts.holds import HoldNow
from alerts.hours import local
from alerts.rules import ANSWER, REASONS
from monitor.judge import Judged, Standards


def answers_of(
    connection: Connection, item: str | None, standards: Standards, unit: str | None = None
) -> list[dict[str, Any]]:
    """The answers about an item (None: all) by a unit (None: any) as JSON values, oldest first; moments local."""
    about: Collection[str] | None = None if item is None else [item]
    return [
        {
            "id": one["id"],
            "item": one["item"],
            "unit": one["unit"],
            "unit_name": standards.name_of(one["unit"], ""),
            "kind": one["kind"],
            "kind_text": answers.KINDS[one["kind"]],
            "text": one["text"],
            "by": one["by"],
            "via": one["via"],
            "via_text": answers.VIAS[one["via"]],
            "at": local(one["at"]).isoformat(),
            "recorded_at": local(one["recorded_at"]).isoformat(),
            "attachments": one["attachments"],
        }
        for one in answers.listed(connection, about, unit)
    ]


def holds_of(connection: Connection, judged: Judged) -> list[dict[str, Any]]:
    """The holds in force over an item or its unit, as JSON values."""
    today, targets = local(judged.now).date(), {("item", judged.facts.item), ("unit", judged.unit)}
    found = [one for one in holds.active(connection, today) if (one.scope, one.target) in targets]
    return [hold_as_json(one, judged.standards, today) for one in found]


def hold_as_json(one: HoldNow, standards: Standards, today: date) -> dict[str, Any]:
    """A hold as JSON values; moments local. ``state``: active, ended or lifted."""
    state = "lifted" if one.lifted_at else "active" if one.is_active(today) else "ended"
    return {
        "id": one.id,
        "scope": one.scope,
        "target": one.target,
        "target_text": standards.name_of(one.target, one.target) if one.scope == "unit" else one.target,
        "until": one.until.isoformat(),
        "why": one.why,
        "by": one.by,
        "at": local(one.at).isoformat(),
        "state": state,
        "lifted_at": local(one.lifted_at).isoformat() if one.lifted_at else None,
        "lifted_by": one.lifted_by,
        "lifted_why": one.lifted_why,
    }


def decisions_of(connection: Connection, judged: Judged) -> list[dict[str, Any]]:
    """The last decision of a planning round on each clock of an item that still runs, as JSON values; moments local."""
    running = {case.clock for case in judged.cases() if not case.closed}
    running |= {ANSWER} if running else set()
    return [
        {
            "clock": row.clock,
            "title": CLOCK_NAMES[row.clock],
            "reason": row.reason,
            "reason_text": REASONS.get(row.reason, row.reason),
            "since": local(row.at).isoformat(),
            "next_on": row.next_on.isoformat() if row.next_on else None,
        }
        for row in decisions.decisions_of(connection, judged.facts.item)
        if row.clock in running
    ]
