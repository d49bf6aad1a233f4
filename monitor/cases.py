"""The fact sheet of a clock that the alert side is handed. Pure."""

from datetime import date
from typing import TYPE_CHECKING

from alerts.case import Case
from monitor.clocks import WORKING_DAY, Clock, light, past_statutory
from monitor.events import local_date
from monitor.workdays import Workdays

if TYPE_CHECKING:
    from monitor.judge import Judged


def case_of(judged: "Judged", clock: Clock) -> Case:
    """What the alert side is told of ``clock``, one of the item's."""
    facts, clocks = judged.facts, judged.clocks
    beyond = past_statutory(clocks)
    return Case(
        item=facts.item,
        clock=clock.name,
        unit=judged.unit,
        unit_name=judged.unit_name,
        matter=facts.matter_name or facts.matter,
        project=facts.project or "",
        project_code=facts.project_code or "",
        stage=clocks.stage,
        state=clock.state.value,
        light=light(clock, judged.standards.thresholds, past_statutory=beyond).value,
        start=local_date(clock.start) if clock.start else None,
        due=clock.due,
        limit=clock.limit.amount if clock.limit else None,
        unit_of_limit=clock.limit.unit if clock.limit else WORKING_DAY,
        used=clock.used,
        remaining=clock.remaining,
        overdue_days=clock.overdue_days or 0,
        countdown=countdown(clock, judged.standards.workdays, local_date(judged.now)),
        paused=clock.paused,
        closed=clock.end is not None,
        provisional=clock.provisional,
        deemed=clocks.deemed is not None,
        past_statutory=beyond,
        statutory_due=clocks.statutory.due,
        stands_in=clock.name == "statutory" and clocks.promised.limit is None,
        code_wrong=judged.code_problem is not None,
        note="；".join(judged.remarks),
        matter_code=facts.matter,
    )


def countdown(clock: Clock, workdays: Workdays, today: date) -> int | None:
    """Working days to the due date; past it minus the overdue days, at least −1 as soon as a limit in hours ran out."""
    if clock.due is None or clock.limit is None:
        return None
    if clock.limit.unit == WORKING_DAY:
        return clock.remaining
    late = -max(1, workdays.count(clock.due, today)) if clock.overdue else 0
    return late or workdays.count(today, clock.due)
