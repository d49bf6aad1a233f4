"""What is kept of an item judged, and what makes two items alike. Pure.

Among the items of a district most are alike: the same events on the same days under the same limits. To the rules they
are one item, as everything is counted in days; only their units and project codes are looked at one by one.
"""

from datetime import datetime
from typing import Any

from config.matters import Matter
from monitor.clocks import HOUR, Clocks, Light, item_light
from monitor.events import local_date
from monitor.judge import Judged, Standards

JUDGED = ("unit", "stage", "light", "state", "received_on", "accepted_on", "closed_on", "due", "paused", "deemed",
          "needs_code", "code_problem", "disagreement")  # fmt: skip
"""The columns that the judge fills and whose changes are kept."""
UNIT, NEEDS_CODE, CODE_PROBLEM = (JUDGED.index(name) for name in ("unit", "needs_code", "code_problem"))


def is_exact(matter: Matter) -> bool:
    """Whether items of a matter are alike only to the moment: a limit in hours counts from moment to moment."""
    return HOUR in (matter.platform_unit, matter.unit_of_limit, matter.unit_of_statutory)


def columns_of(judged: Judged) -> tuple[Any, ...]:
    """The judged columns of an item, in the order of JUDGED."""
    disagreement = "；".join((*judged.disagreements, *judged.conflicts)) or None
    own = (judged.unit, judged.code_problem, disagreement)
    return _columns(judged.clocks, judged.light, needs_code=judged.needs_code, own=own)


def columns_in_short(clocks: Clocks, matter: str, standards: Standards, now: datetime) -> tuple[Any, ...] | None:
    """The judged columns of an open item but for what is its own; None where more must be known of it.

    That is so of a closed item. Raises CalendarError where its next moment could not be told either.
    """
    if clocks.milestones.closed is not None:
        return None
    last = max((clock.due for clock in clocks.all if clock.active and clock.due), default=local_date(now))
    standards.workdays.add(max(last, local_date(now)), standards.thresholds.deep_red_after)
    light = item_light(clocks, standards.thresholds)
    return _columns(clocks, light, needs_code=standards.needs_code(matter), own=(None, None, None))


def _columns(clocks: Clocks, light: Light, *, needs_code: bool, own: tuple[str | None, ...]) -> tuple[Any, ...]:
    marks, promised = clocks.milestones, clocks.promised
    unit, code_problem, disagreement = own
    return (
        unit,
        clocks.stage,
        light.value,
        promised.state.value,
        marks.received.day if marks.received else None,
        marks.accepted.day if marks.accepted else None,
        marks.closed.day if marks.closed else None,
        promised.due,
        promised.paused,
        clocks.deemed is not None,
        needs_code,
        code_problem,
        disagreement,
    )
