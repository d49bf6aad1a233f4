"""What is kept of an item judged, and what makes two items alike. Pure.

Among the items of a district most are alike: the same events on the same days under the same limits. To the rules they
are one item, as everything is counted in days; only their units and project codes are looked at one by one.
"""

from typing import Any

from config.matters import Matter
from monitor.clocks import HOUR
from monitor.judge import Judged

JUDGED = ("unit", "stage", "light", "state", "received_on", "accepted_on", "closed_on", "due", "paused", "deemed",
          "needs_code", "code_problem", "disagreement")  # fmt: skip
"""The columns that the judge fills and whose changes are kept."""
UNIT, NEEDS_CODE, CODE_PROBLEM = (JUDGED.index(name) for name in ("unit", "needs_code", "code_problem"))


def is_exact(matter: Matter) -> bool:
    """Whether items of a matter are alike only to the moment: a limit in hours counts from moment to moment."""
    return HOUR in (matter.platform_unit, matter.unit_of_limit, matter.unit_of_statutory)


def columns_of(judged: Judged) -> tuple[Any, ...]:
    """The judged columns of an item, in the order of JUDGED."""
    marks, promised = judged.clocks.milestones, judged.clocks.promised
    return (
        judged.unit,
        judged.clocks.stage,
        judged.light.value,
        promised.state.value,
        marks.received.day if marks.received else None,
        marks.accepted.day if marks.accepted else None,
        judged.closed_on,
        promised.due,
        promised.paused,
        judged.clocks.deemed is not None,
        judged.needs_code,
        judged.code_problem,
        "；".join((*judged.disagreements, *judged.conflicts)) or None,
    )
