"""The clocks of an item: due, used, remaining, overdue. A pure function of events, limits, calendar and now.

Nothing is ever decremented: after a new event, a corrected event, a changed limit or a changed calendar the clocks are
computed again from the start. The date of an event is its local date (Asia/Shanghai); the first day is not counted
(民法典 201) and work done on the due date is on time, so overdue starts the day after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from monitor.counting import Span
from monitor.events import (
    ENDS_ACCEPTANCE,
    GRANTING,
    SHANGHAI,
    Code,
    Event,
    Milestones,
    Pauses,
    Version,
    local_date,
    milestones,
    pauses,
    settle_versions,
)
from monitor.moments import moment_due, paused_time
from monitor.rules import HOUR as HOUR
from monitor.rules import NATURAL_DAY as NATURAL_DAY
from monitor.rules import WORKING_DAY as WORKING_DAY
from monitor.rules import Limit as Limit
from monitor.rules import Limits as Limits
from monitor.rules import Rules as Rules
from monitor.rules import Thresholds as Thresholds
from monitor.workdays import ONE_DAY


class State(StrEnum):
    """Where a clock stands."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    PAUSED = "paused"
    PAUSED_OVERDUE = "paused_overdue"
    DONE_ON_TIME = "done_on_time"
    DONE_LATE = "done_late"
    NO_LIMIT = "no_limit"


class Light(StrEnum):
    """灯色, from harmless to worst."""

    GREEN = "green"
    GREY = "grey"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    DEEP_RED = "deep_red"


LIGHTS = {
    State.DUE_SOON: Light.YELLOW,
    State.DUE_TODAY: Light.ORANGE,
    State.PAUSED: Light.GREY,
    State.NO_LIMIT: Light.GREY,
}
"""Of the states that have a light of their own; overdue ones shine by how long they have been so."""
SEVERITY = {light: rank for rank, light in enumerate(Light)}


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock at one moment. Dates are local; ``due_at`` is set only for a limit in hours.

    ``used``, ``remaining``, ``overdue_days`` are in the limit's unit; they and ``due`` are None where the clock has not
    started, has no limit, or (``due`` alone) stands paused with its limit not used up.
    """

    name: str
    state: State
    start: datetime | None = None
    end: datetime | None = None
    limit: Limit | None = None
    due: date | None = None
    due_at: datetime | None = None
    used: int | None = None
    remaining: int | None = None
    overdue_days: int | None = None
    on_time: bool | None = None
    paused: bool = False
    provisional: bool = False

    @property
    def active(self) -> bool:
        """Started and not ended."""
        return self.start is not None and self.end is None

    @property
    def overdue(self) -> bool:
        """Past its due date and still open."""
        return self.state in (State.OVERDUE, State.PAUSED_OVERDUE)


@dataclass(frozen=True, slots=True)
class Clocks:
    """All that the rules say of one item at one moment.

    ``deemed`` is the local date from which the item counts as accepted for want of an answer (行政许可法 32), while no
    acceptance is on record; ``legal_acceptance`` is what the statutory clock runs from. ``recheck`` is the next moment
    (UTC) at which time alone changes more than the countdown: an event or a document dated later than now, or the day
    after acceptance runs out.
    """

    milestones: Milestones
    pauses: Pauses
    acceptance: Clock
    review: Clock
    promised: Clock
    statutory: Clock
    delivery: Clock
    deemed: date | None
    legal_acceptance: date | None
    recheck: datetime | None

    @property
    def all(self) -> tuple[Clock, ...]:
        """The five clocks in the order of the stages."""
        return (self.acceptance, self.review, self.promised, self.statutory, self.delivery)

    @property
    def stage(self) -> str:
        """接件, 受理, 审批 or 决定: the stage the item is in."""
        if self.milestones.closed:
            return "决定"
        if self.milestones.review_begun:
            return "审批"
        return "受理" if self.milestones.accepted or self.deemed else "接件"


ANSWERS = ENDS_ACCEPTANCE - {Code.CORRECTION_START}

NOT_STARTED = {
    name: Clock(name, State.NOT_STARTED) for name in ("acceptance", "review", "promised", "statutory", "delivery")
}


def compute(
    versions: Iterable[Version],
    limits: Limits,
    rules: Rules,
    *,
    delivered: date | None = None,
    documents_since: date | None = None,
) -> Clocks:
    """The clocks of one item.

    1. Versions become events; those later than ``now`` are kept for ``recheck`` but do not count yet.
    2. Milestones, pauses, the last run of the acceptance clock.
    3. Promised clock from acceptance, or provisionally from the start of an acceptance clock that ran out.
    4. Statutory clock from the legal acceptance; delivery clock from the decision until ``delivered`` (local date), for
       items closed since the source supplies decision documents (``documents_since``; None: it does not).
    """
    events = settle_versions(versions)
    future = next((event.moment for event in events if event.moment > rules.now), None)
    if future is not None:
        events = [event for event in events if event.moment <= rules.now]
    marks = milestones(events)
    paused = pauses(events, marks.accepted, marks.closed)
    acceptance = _acceptance(events, marks, limits, rules)
    deemed = _deemed(acceptance, marks, rules)
    began = marks.accepted.moment if marks.accepted else (acceptance.start if deemed else None)
    legal = _legal_start(acceptance, began)
    closed = marks.closed.moment if marks.closed else None
    return Clocks(
        milestones=marks,
        pauses=paused,
        acceptance=acceptance,
        review=_review(marks, limits, rules),
        promised=_clock("promised", began, closed, limits.extended(limits.promised), rules, paused),
        statutory=_clock("statutory", legal, closed, limits.extended(limits.statutory), rules, paused),
        delivery=_delivery(marks, limits, rules, delivered, documents_since),
        deemed=deemed,
        legal_acceptance=local_date(legal) if legal else None,
        recheck=_recheck(acceptance, future, delivered, rules),
    )


def _acceptance(events: Sequence[Event], marks: Milestones, limits: Limits, rules: Rules) -> Clock:
    """The last run of the acceptance clock: from receipt, and again from each 7 (补正结束) before acceptance."""
    if not limits.acceptance:
        return NOT_STARTED["acceptance"]
    stop = marks.accepted or marks.closed
    start = marks.received
    for event in events:
        if event.code == Code.CORRECTION_END and (stop is None or event < stop) and (start is None or event > start):
            start = event
    if start is None:
        return NOT_STARTED["acceptance"]
    end = next((event.moment for event in events if event > start and event.code in ENDS_ACCEPTANCE), None)
    if start is marks.received and any(event < start for event in events if event.code in ANSWERS):
        # Dates without a time of day tie: a 3 written before the 1 of the same day is an acceptance all the same.
        end = start.moment
    return _clock("acceptance", start.moment, end, Limit(limits.acceptance), rules)


def _deemed(acceptance: Clock, marks: Milestones, rules: Rules) -> date | None:
    """行政许可法 32: without an answer in time the application counts as accepted from the day it was received."""
    if marks.accepted or not acceptance.active or acceptance.start is None or acceptance.due is None:
        return None
    return local_date(acceptance.start) if rules.today > acceptance.due else None


def _legal_start(acceptance: Clock, began: datetime | None) -> datetime | None:
    """The deemed day if acceptance came late, else the day it came."""
    late = acceptance.state is State.DONE_LATE
    return acceptance.start if began is not None and late else began


def _review(marks: Milestones, limits: Limits, rules: Rules) -> Clock:
    if not limits.review or marks.accepted is None:
        return NOT_STARTED["review"]
    ends = [event.moment for event in (marks.review_begun, marks.closed) if event]
    return _clock("review", marks.accepted.moment, min(ends, default=None), Limit(limits.review), rules)


def _delivery(marks: Milestones, limits: Limits, rules: Rules, delivered: date | None, since: date | None) -> Clock:
    closed = marks.closed
    if closed is None or closed.code not in GRANTING or not limits.delivery or since is None or closed.day < since:
        return NOT_STARTED["delivery"]
    end = datetime.combine(delivered, time(), SHANGHAI) if delivered and delivered <= rules.today else None
    return _clock("delivery", closed.moment, end, Limit(limits.delivery), rules)


def _recheck(acceptance: Clock, future: datetime | None, delivered: date | None, rules: Rules) -> datetime | None:
    moments = [future] if future else []
    if acceptance.active and acceptance.due and rules.today <= acceptance.due:
        moments.append(datetime.combine(acceptance.due + ONE_DAY, time(), SHANGHAI))
    if delivered and delivered > rules.today:
        moments.append(datetime.combine(delivered, time(), SHANGHAI))
    return min(moments, default=None)


def _clock(
    name: str,
    start: datetime | None,
    end: datetime | None,
    limit: Limit | None,
    rules: Rules,
    paused: Pauses | None = None,
) -> Clock:
    """One clock judged at ``now``, or at its end when it has ended."""
    if start is None:
        return Clock(name, State.NOT_STARTED, limit=limit)
    open_pause = end is None and paused is not None and paused.open is not None
    if limit is None:
        return Clock(name, State.NO_LIMIT, start, end, paused=open_pause)
    spans: Sequence[Span] = [(p.start, p.end) for p in paused.spans] if paused else ()
    if limit.unit == HOUR:
        return _hour_clock(name, start, end, limit, rules, spans, open_pause)
    first, at = local_date(start), local_date(end) if end else rules.today
    due, used, overdue, remaining, provisional = rules.count(first, at, limit, spans)
    late = due is not None and at > due
    return Clock(
        name=name,
        state=_state(late, end is not None, open_pause, overdue, remaining, rules.thresholds),
        start=start,
        end=end,
        limit=limit,
        due=due,
        used=used,
        remaining=remaining,
        overdue_days=overdue,
        on_time=None if end is None else not late,
        paused=open_pause,
        provisional=provisional,
    )


def _hour_clock(
    name: str, start: datetime, end: datetime | None, limit: Limit, rules: Rules, spans: Sequence[Span], paused: bool
) -> Clock:
    """A limit in hours is a moment: start + N hours + the hours paused."""
    at = end or rules.now
    due = moment_due(start, timedelta(hours=limit.amount), spans)
    used = (at - start - paused_time(start, at, spans)) // timedelta(hours=1) if at > start else 0
    late = due is not None and at > due
    overdue = -((due - at + paused_time(due, at, spans)) // timedelta(hours=1)) if due is not None and late else 0
    remaining = -overdue if late else limit.amount - used
    return Clock(
        name=name,
        state=_state(late, end is not None, paused, overdue, remaining, rules.thresholds),
        start=start,
        end=end,
        limit=limit,
        due=local_date(due) if due else None,
        due_at=due,
        used=used,
        remaining=remaining,
        overdue_days=overdue,
        on_time=None if end is None else not late,
        paused=paused,
    )


def _state(late: bool, ended: bool, paused: bool, overdue: int, remaining: int, thresholds: Thresholds) -> State:
    if ended:
        return State.DONE_LATE if late else State.DONE_ON_TIME
    if paused:
        return State.PAUSED_OVERDUE if overdue else State.PAUSED
    if late:
        return State.OVERDUE
    if remaining == 0:
        return State.DUE_TODAY
    return State.DUE_SOON if remaining <= thresholds.due_soon else State.RUNNING


def light(clock: Clock, thresholds: Thresholds, *, past_statutory: bool = False) -> Light:
    """The light of a clock: 黄牌 is red, 红牌 (past the second threshold or the statutory limit) deep red."""
    if clock.overdue or clock.state is State.DONE_LATE:
        far = past_statutory or (clock.overdue_days or 0) >= thresholds.deep_red_after
        return Light.DEEP_RED if far else Light.RED
    return LIGHTS.get(clock.state, Light.GREEN)


def past_statutory(clocks: Clocks) -> bool:
    """Whether the statutory limit has been passed: unlawful, and the worst light."""
    return clocks.statutory.overdue or clocks.statutory.state is State.DONE_LATE


def item_light(clocks: Clocks, thresholds: Thresholds) -> Light:
    """The worst light among the item's open clocks; of a closed item that of its promised clock.

    A delivery clock that still runs keeps a closed item alight.
    """
    beyond = past_statutory(clocks)
    promised = light(clocks.promised, thresholds, past_statutory=beyond)
    others = (clocks.acceptance, clocks.review, clocks.delivery)
    lights = [light(clock, thresholds) for clock in others if clock.active]
    if clocks.statutory.overdue and not clocks.milestones.closed:
        lights.append(Light.DEEP_RED)
    return max([promised, *lights], key=SEVERITY.__getitem__) if lights else promised
