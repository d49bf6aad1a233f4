"""An item judged: its facts and events in, its clocks, unit, light and next moment out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from alerts.case import Case
from alerts.hours import at
from config.matters import Matter
from config.policy import Policy
from config.units import UnitDirectory
from monitor import project_code
from monitor.cases import case_of
from monitor.clocks import (
    NATURAL_DAY,
    WORKING_DAY,
    Clock,
    Clocks,
    Light,
    Rules,
    State,
    Thresholds,
    compute,
    item_light,
)
from monitor.corrections import Applied, Correction, applied
from monitor.events import Version, local_date, settle_versions
from monitor.limits import limits_of, promised_limit
from monitor.moments import paused_time
from monitor.precedence import Order, Said, chosen_events, no_order, values_of
from monitor.side_by_side import Standing, conflicts, notes, standing
from monitor.side_by_side import values_of as platform_values
from monitor.workdays import ONE_DAY, Workdays

UNASSIGNED = "未匹配单位"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger holds of an item beside its events: the platform's rows, joined. Dates are local dates."""

    item: str
    works: str = ""
    matter: str = ""
    unit_code: str = ""
    unit_name: str = ""
    limit_days: int | None = None
    limit_given: str = ""
    project_code: str | None = None
    project: str | None = None
    matter_name: str | None = None
    matter_kind: int | None = None
    matter_limit: int | None = None
    delivered: date | None = None
    said: tuple[Said, ...] = ()
    """What each source says, where more than one speaks of the item, its project or its matter."""
    corrections: tuple[Correction, ...] = ()
    """What staff put on record beside it, in force, in the order in which it was recorded."""


class Standards:
    """What items are judged by: the owner's decisions and the calendar. One for the life of a configuration."""

    def __init__(
        self,
        policy: Policy,
        units: UnitDirectory,
        matters: Mapping[str, Matter],
        workdays: Workdays,
        *,
        documents_since: date | None = None,
        order: Order = no_order,
    ) -> None:
        self.policy, self.units, self.matters, self.workdays = policy, units, matters, workdays
        self.documents_since, self.order = documents_since, order
        self.thresholds = Thresholds(policy.lights.due_soon, policy.lights.deep_red_after)
        self._matched: dict[tuple[str, str, int | None], str | None] = {}
        self._rules = Rules(workdays, self.thresholds, datetime.min.replace(tzinfo=UTC))

    def with_matters(self, matters: Mapping[str, Matter]) -> "Standards":
        """The same standards with another catalogue of matters, to see what that would change."""
        other = copy(self)
        other.matters = matters
        return other

    def rules(self, now: datetime) -> Rules:
        """The clock rules at ``now`` (UTC); those of a round are one object."""
        known = self._rules
        if known.now is not now or known.workdays is not self.workdays or known.thresholds is not self.thresholds:
            self._rules = known = Rules(self.workdays, self.thresholds, now)
        return known

    def unit_of(self, code: str, name: str, on: date | None = None) -> str | None:
        """The unit that the platform's code and name mean, or None; remembered, as a few dozen pairs recur.

        ``on``: the local date that decides whose name it was, where a name went from one unit to another.
        """
        key = (code, name, self.units.period(on))
        if key not in self._matched:
            self._matched[key] = self.units.match(code, name, on)
        return self._matched[key]

    def needs_code(self, matter: str) -> bool:
        """Whether items of a matter must use a project code: they must unless the catalogue says otherwise."""
        catalogue = self.matters.get(matter)
        return catalogue is None or catalogue.needs_code

    def known_name(self, unit: str) -> str | None:
        """The name of a unit by its id; None for one that is not configured."""
        found = self.units.get(unit)
        return found.name if found else None

    def name_of(self, unit: str | None, given: str) -> str:
        """The name a unit is shown by; for an unassigned item the platform's own words."""
        found = self.units.get(unit) if unit else None
        return found.name if found else (given or UNASSIGNED)


@dataclass(frozen=True)
class Judged:
    """An item at one moment: its facts, its clocks and what follows from them."""

    facts: Facts
    clocks: Clocks
    unit: str | None
    unit_name: str
    standards: Standards
    now: datetime
    disagreements: tuple[str, ...] = ()
    platform: "Judged | None" = None
    """The same item without what staff put on record, where there is anything on record."""

    @cached_property
    def standing(self) -> tuple[Standing, ...]:
        """What staff put on record, each beside what the platform says now."""
        if self.platform is None:
            return ()
        return standing(self.facts.corrections, platform_values(self.platform), self.standards.known_name)

    @property
    def remarks(self) -> list[str]:
        """What counts by the records of staff, in Chinese, with both values."""
        return list(notes(self.standing, self.standards.known_name))

    @property
    def conflicts(self) -> list[str]:
        """Records of staff that have to be looked at again, in Chinese."""
        if self.platform is None:
            return []
        return list(conflicts(self.standing, self.standards.known_name))

    @property
    def light(self) -> Light:
        """The item's light: the worst of its open clocks."""
        return item_light(self.clocks, self.standards.thresholds)

    @property
    def closed_on(self) -> date | None:
        """The local date of the close."""
        return self.clocks.milestones.closed.day if self.clocks.milestones.closed else None

    @property
    def arrived_on(self) -> date | None:
        """The first local date the item is known by: its receipt, or else its acceptance or close."""
        marks = self.clocks.milestones
        return min((event.day for event in (marks.received, marks.accepted, marks.closed) if event), default=None)

    @property
    def finished(self) -> bool:
        """Closed, and no decision document awaited."""
        return self.closed_on is not None and not self.clocks.delivery.active

    @cached_property
    def code_verdict(self) -> project_code.Verdict:
        """The verdict on the item's project code."""
        return project_code.judge(self.facts.project_code, self.standards.policy.region_codes)

    @property
    def needs_code(self) -> bool:
        """Whether the item must use a project code."""
        return self.standards.needs_code(self.facts.matter)

    @property
    def code_problem(self) -> str | None:
        """What is wrong with the project code, as one of the words of ``check-code``; None if it needs none."""
        return self.code_verdict.problem if self.needs_code else None

    @property
    def data_problems(self) -> list[str]:
        """What keeps the item from being judged in full, in Chinese."""
        problems = []
        if self.facts.limit_given and self.facts.limit_days is None:
            problems.append(f"办理时限“{self.facts.limit_given}”不是天数，未采用")
        if self.clocks.promised.limit is None:
            problems.append("没有办理时限（平台办件、事项目录和本地配置均未给出）")
        if self.unit is None:
            problems.append(f"审批单位“{self.facts.unit_name or self.facts.unit_code or '空'}”不能识别")
        problems += [f"来源说法不一，{sentence}" for sentence in self.disagreements]
        problems += self.conflicts
        return problems + list(self.clocks.pauses.anomalies)

    def cases(self) -> list[Case]:
        """A fact sheet for the alert side of every clock that was started.

        A promised clock without a limit is among them, as it is a data problem; the others then simply do not exist.
        """
        started = (clock for clock in self.clocks.all if clock.start is not None)
        return [case_of(self, clock) for clock in started if clock.limit is not None or clock.name == "promised"]

    def next_moment(self) -> datetime | None:
        """The next moment (UTC) at which time alone changes the item's state or light; None if it never will.

        The light changes when the countdown reaches the warning threshold, when it reaches nothing, right after that,
        and at the second threshold: at midnight for a limit in days, at those very moments for one in hours.
        """
        moments = [self.clocks.recheck] if self.clocks.recheck else []
        today = local_date(self.now)
        for clock in self.clocks.all:
            if clock.active and not clock.paused and clock.due is not None:
                if clock.due_at is not None:
                    moments.extend(self._turning_hours(clock.due_at))
                else:
                    day = min((day for day in self._turning_days(clock, clock.due) if day > today), default=None)
                    moments += [at(day, time())] if day else []
        return min((moment for moment in moments if moment > self.now), default=None)

    def _turning_days(self, clock: Clock, due: date) -> Iterable[date]:
        workdays, thresholds = self.standards.workdays, self.standards.thresholds
        working = clock.limit is not None and clock.limit.unit == WORKING_DAY
        yield workdays.back(due, thresholds.due_soon) if working else due - thresholds.due_soon * ONE_DAY
        yield due
        yield due + ONE_DAY
        left = thresholds.deep_red_after - (clock.overdue_days or 0)
        if left > 0:
            known = max(due, local_date(self.now))
            yield workdays.add(known, left) if working else known + left * ONE_DAY

    def _turning_hours(self, due: datetime) -> Iterable[datetime]:
        thresholds, after = self.standards.thresholds, timedelta.resolution
        paused = paused_time(due, self.now, [(pause.start, pause.end) for pause in self.clocks.pauses.spans])
        yield due - timedelta(hours=thresholds.due_soon)
        yield due
        yield due + after
        yield due + paused + timedelta(hours=thresholds.deep_red_after - 1) + after


def judge(facts: Facts, versions: Sequence[Version], standards: Standards, now: datetime) -> Judged:
    """Judges one item at ``now`` (UTC) by all that is known of it.

    1. Where several sources speak, the owner's order decides.
    2. What staff put on record takes the place of what the platform says, or adds to it.
    """
    facts, versions, disagreements = by_precedence(facts, versions, standards)
    plain = _judged(facts, Applied(versions), standards, now, disagreements)
    if not facts.corrections:
        return plain
    corrected = applied(versions, facts.corrections, now)
    return replace(_judged(facts, corrected, standards, now, disagreements), platform=plain)


def _judged(
    facts: Facts, given: Applied, standards: Standards, now: datetime, disagreements: tuple[str, ...]
) -> Judged:
    catalogue = standards.matters.get(facts.matter)
    if catalogue and not facts.matter_name:
        facts = replace(facts, matter_name=catalogue.name)
    clocks = _clocks(facts, given, standards, now)
    unit = given.unit if given.unit and standards.known_name(given.unit) else None
    unit = unit or standards.unit_of(facts.unit_code, facts.unit_name, named_on(clocks, given.versions))
    return Judged(facts, clocks, unit, standards.name_of(unit, facts.unit_name), standards, now, disagreements)


def clocks_of(facts: Facts, versions: Sequence[Version], standards: Standards, now: datetime) -> Clocks:
    """The clocks of an item at ``now`` (UTC) and nothing else, by the steps of ``judge``."""
    facts, versions, _ = by_precedence(facts, versions, standards)
    given = applied(versions, facts.corrections, now) if facts.corrections else Applied(versions)
    return _clocks(facts, given, standards, now)


def _clocks(facts: Facts, given: Applied, standards: Standards, now: datetime) -> Clocks:
    catalogue = standards.matters.get(facts.matter)
    promised = promised_limit(
        facts.limit_days, facts.matter_limit, facts.matter_kind, catalogue, standards.policy.instant_kinds
    )
    return compute(
        given.versions,
        given.limits(limits_of(promised, catalogue, standards.policy.limits)),
        standards.rules(now),
        delivered=facts.delivered,
        documents_since=standards.documents_since,
    )


def by_precedence(
    facts: Facts, versions: Sequence[Version], standards: Standards
) -> tuple[Facts, Sequence[Version], tuple[str, ...]]:
    """What counts where several sources speak of the item, and what they disagree about, in Chinese."""
    said: list[str] = []
    if facts.said:
        values, said = values_of(facts.said, standards.order, standards.unit_of)
        facts = replace(facts, **values)
    if len({version.source for version in versions}) > 1:
        versions, differing = chosen_events(versions, standards.order)
        said += differing
    return facts, versions, tuple(said)


def named_on(clocks: Clocks, versions: Sequence[Version]) -> date | None:
    """The local date that a unit's name on the item is of: the day of receipt, else of the first event there is."""
    if received := clocks.milestones.received:
        return received.day
    return min((event.day for event in settle_versions(versions)), default=None)


def worst_first(judged: Sequence[Judged]) -> list[Judged]:
    """The order of the ledger: worst light, then longest overdue, then soonest due, then the item number."""
    ranks = {name: rank for rank, name in enumerate(reversed(Light))}
    return sorted(
        judged,
        key=lambda one: (
            one.closed_on is not None,
            ranks[one.light],
            -(one.clocks.promised.overdue_days or 0),
            one.clocks.promised.due or date.max,
            one.facts.item,
        ),
    )


UNITS_OF_LIMIT = {WORKING_DAY: "个工作日", NATURAL_DAY: "天", "hour": "小时"}


def state_word(clock: Clock) -> str:
    """Where a clock stands, in Chinese: 剩余3个工作日, 逾期2个工作日, 今日到期, 暂停…"""
    unit = UNITS_OF_LIMIT[clock.limit.unit if clock.limit else WORKING_DAY]
    return {
        State.NOT_STARTED: "未起算",
        State.NO_LIMIT: "无时限",
        State.RUNNING: f"剩余{clock.remaining}{unit}",
        State.DUE_SOON: f"剩余{clock.remaining}{unit}",
        State.DUE_TODAY: "今日到期",
        State.OVERDUE: f"逾期{clock.overdue_days}{unit}" if clock.overdue_days else "已逾期",
        State.PAUSED: f"暂停（剩余{clock.remaining}{unit}）",
        State.PAUSED_OVERDUE: f"暂停（已逾期{clock.overdue_days}{unit}）",
        State.DONE_ON_TIME: "按期",
        State.DONE_LATE: f"逾期{clock.overdue_days}{unit}" if clock.overdue_days else "逾期",
    }[clock.state]
