"""Items that are alike are judged once. Pure.

Among the items of a district most are alike: the same events on the same days under the same limits. To the rules they
are one item, as everything is counted in days; only their units and project codes are looked at one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from monitor import project_code
from monitor.clocks import HOUR
from monitor.events import Version, local_date, settle_versions
from monitor.judge import Facts, Judged, Standards, judge, named_on

JUDGED = ("unit", "stage", "light", "state", "received_on", "accepted_on", "closed_on", "due", "paused", "deemed",
          "needs_code", "code_problem", "disagreement")  # fmt: skip
"""The columns that the judge fills and whose changes are kept."""
UNIT, NEEDS_CODE, CODE_PROBLEM = (JUDGED.index(name) for name in ("unit", "needs_code", "code_problem"))
MOST_SHAPES = 150_000
"""How many shapes are remembered, so that the memory stays flat however many there are."""

Shape = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of judging an item: the values of JUDGED, its next moment (UTC), whether nothing more is awaited."""

    values: tuple[Any, ...]
    next_moment: datetime | None
    finished: bool


class Alike:
    """Judges items by one set of standards at one moment (UTC)."""

    def __init__(self, standards: Standards, now: datetime) -> None:
        self._standards, self._now = standards, now
        self._known: dict[Shape, tuple[Finding, date | None]] = {}
        self._problems: dict[str | None, str | None] = {}

    def find(self, facts: Facts, versions: Sequence[Version]) -> Finding:
        """The same as ``finding_of`` the item judged by itself."""
        shape = shape_of(facts, versions, self._standards, self._now)
        if shape is None:
            return finding_of(judge(facts, versions, self._standards, self._now))
        if (known := self._known.get(shape)) is not None:
            return self._own(facts, *known)
        judged = judge(facts, versions, self._standards, self._now)
        found = finding_of(judged)
        if len(self._known) >= MOST_SHAPES:
            self._known.clear()
        self._known[shape] = found, named_on(judged.clocks, versions)
        return found

    def _own(self, facts: Facts, common: Finding, on: date | None) -> Finding:
        """``common`` with what is the item's own in it: its unit, and what is wrong with its project code."""
        values = common.values
        unit = self._standards.unit_of(facts.unit_code, facts.unit_name, on)
        problem = self._problem(facts.project_code) if values[NEEDS_CODE] else None
        if values[UNIT] == unit and values[CODE_PROBLEM] == problem:
            return common
        own = (unit, *values[1:CODE_PROBLEM], problem, *values[CODE_PROBLEM + 1 :])
        return Finding(own, common.next_moment, common.finished)

    def _problem(self, code: str | None) -> str | None:
        if code not in self._problems:
            if len(self._problems) >= MOST_SHAPES:
                self._problems.clear()
            self._problems[code] = project_code.judge(code, self._standards.policy.region_codes).problem
        return self._problems[code]


def shape_of(facts: Facts, versions: Sequence[Version], standards: Standards, now: datetime) -> Shape | None:
    """All that the judged columns of an item rest on, its unit and project code apart; None for one of its own kind.

    1. Events that count are told apart by day and order. To the moment only those that are still to come, and all
       where a limit is in hours.
    2. An item that several sources speak of, or with a record of the staff's own, is of its own kind.
    """
    if facts.said or facts.corrections:
        return None
    catalogue = standards.matters.get(facts.matter)
    exact = catalogue is not None and HOUR in (
        catalogue.platform_unit, catalogue.unit_of_limit, catalogue.unit_of_statutory
    )  # fmt: skip
    if len({version.source for version in versions}) > 1:
        return None
    events = settle_versions(versions)
    limits = (facts.limit_days, facts.matter_limit, facts.matter_kind, facts.matter if catalogue else None)
    return (
        *limits,
        facts.delivered,
        *[
            (moment, code) if exact or moment > now else (local_date(moment), code)
            for moment, _, code in events
        ],
    )  # fmt: skip


def finding_of(judged: Judged) -> Finding:
    """What is kept of an item judged."""
    return Finding(columns_of(judged), judged.next_moment(), judged.finished)


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
