"""Items as a report counts and lists them: from a judged item, or from its judged columns where those tell enough."""

from dataclasses import dataclass
from datetime import date, datetime

from alerts.codes.finding import NO_COUNTER, Coded
from alerts.report.entries import Entry, Flow, Late, Stood
from alerts.report.periods import ONE_DAY, Period
from monitor.alike import is_exact
from monitor.clocks import HOUR, WORKING_DAY, Clock, Light, State, past_statutory
from monitor.codes import coded
from monitor.counting import Counter
from monitor.events import local_date
from monitor.judge import Judged, Standards
from monitor.ledger.reported import Row, as_day

NEAR = (State.DUE_SOON, State.DUE_TODAY)
CLOSED_ON_TIME = {State.DONE_ON_TIME.value: True, State.DONE_LATE.value: False}
WITHOUT_LIMIT = (State.NO_LIMIT.value, State.NOT_STARTED.value)
LIT = (Light.RED.value, Light.DEEP_RED.value)


def entry_of(judged: Judged, counter: str = "") -> Entry:
    """A judged item as the report shows it; ``counter`` is the office that took it in."""
    facts, clocks, promised = judged.facts, judged.clocks, judged.clocks.promised
    marks, pause = clocks.milestones, clocks.pauses.open if promised.paused else None
    since = late_from(promised.due, hours=promised.limit is not None and promised.limit.unit == HOUR)
    if promised.state is State.PAUSED:
        # Paused on the weekend after its due date it is not a working day late, and stands in no list as overdue.
        since = None
    return Entry(
        item=facts.item,
        unit=judged.unit,
        unit_name=judged.unit_name,
        matter=facts.matter_name or facts.matter,
        project=facts.project or "",
        project_code=facts.project_code or "",
        stage=clocks.stage,
        light=judged.light.value,
        received=marks.received.day if marks.received else None,
        accepted=marks.accepted.day if marks.accepted else None,
        closed=judged.closed_on,
        on_time=promised.on_time,
        due=promised.due,
        overdue_days=promised.overdue_days or 0,
        unit_of_limit=promised.limit.unit if promised.limit else WORKING_DAY,
        overdue=promised.overdue,
        near=promised.state in NEAR,
        red_card=judged.light is Light.DEEP_RED,
        paused=promised.paused,
        provisional=promised.provisional,
        no_limit=promised.limit is None,
        became_overdue=promised.due + ONE_DAY if promised.overdue and promised.due else None,
        late_from=since,
        arrived=judged.arrived_on,
        used=_worked(judged, promised.start, promised.end) if promised.end else None,
        code=coded(judged, counter),
        overdue_workdays=_overdue_workdays(judged) if promised.overdue else 0,
        past_statutory=past_statutory(clocks),
        paused_since=local_date(pause.start) if pause else None,
        paused_kind=pause.kind if pause else "",
        late_stages=tuple(
            _late(clock) for clock in (clocks.acceptance, clocks.review, clocks.delivery) if clock.overdue
        ),
    )


def late_from(due: date | None, *, hours: bool) -> date | None:
    """From which date on an item counts as overdue at the end of a day: the day after it was due.

    A limit in hours runs out within the day itself.
    """
    return None if due is None else due if hours else due + ONE_DAY


def _late(clock: Clock) -> Late:
    due = clock.due or local_date(clock.start) if clock.start else clock.due
    return Late(clock.name, due or date.min, clock.overdue_days or 0, clock.limit.unit if clock.limit else WORKING_DAY)


def _worked(judged: Judged, start: datetime | None, end: datetime | None) -> int | None:
    """Working days from one moment to another, less those that were paused."""
    if start is None or end is None:
        return None
    spans = [(pause.start, pause.end) for pause in judged.clocks.pauses.spans]
    return Counter(judged.standards.workdays, True, spans).count(local_date(start), local_date(end))


def _overdue_workdays(judged: Judged) -> int:
    promised = judged.clocks.promised
    if promised.limit is None or promised.due is None or promised.limit.unit == WORKING_DAY:
        return promised.overdue_days or 0
    spans = [(pause.start, pause.end) for pause in judged.clocks.pauses.spans]
    return Counter(judged.standards.workdays, True, spans).count(promised.due, local_date(judged.now))


@dataclass(frozen=True, slots=True)
class Telling:
    """Tells from an item's judged columns how it stood at the end of a period, where they tell enough."""

    period: Period
    standards: Standards
    end: datetime
    known: datetime

    @property
    def exact(self) -> frozenset[str]:
        """The matters with a limit in hours, whose items are judged to the moment."""
        return frozenset(code for code, matter in self.standards.matters.items() if is_exact(matter))

    def flow(self, row: Row, exact: frozenset[str]) -> Flow | None:
        """The item as it is counted; None if it has to be judged, because it stands in a list or is not that plain.

        What changed after the end of the period, whenever it became known, makes an item one to be judged.
        """
        moved = row.moved_after(self.end) or (row.next_at is not None and row.next_at <= self.known)
        columns = row.columns
        if moved or not row.valid or columns["stage"] is None or row.matter in exact or columns["deemed"]:
            return None
        days = [day for name in ("received_on", "accepted_on", "closed_on") if (day := row.day(name))]
        if not days or max(days) > self.period.last:
            return None
        closed = row.day("closed_on")
        told = self._open(row) if closed is None else self._closed(row, closed)
        return None if told is None else self._counted(row, min(days), closed, *told)

    def used(self, flow: Flow) -> int | None:
        """Working days from acceptance to the close of an item that was never paused."""
        if flow.accepted is None or flow.closed is None:
            return None
        return self.standards.workdays.count(flow.accepted, flow.closed)

    def _closed(self, row: Row, closed: date) -> tuple[bool | None, date | None, bool] | None:
        """Of a closed item: on time, overdue from when on, provisional. Not of one that is to be listed."""
        state, waits = row.columns["state"], self.standards.documents_since
        if waits is not None and closed >= waits and row.columns["light"] in LIT:
            return None
        if closed >= self.period.first and self._wrong_code(row):
            return None
        if state in WITHOUT_LIMIT:
            return None, None, False
        if state not in CLOSED_ON_TIME:
            return None
        on_time = CLOSED_ON_TIME[state]
        return on_time, None if on_time else late_from(row.day("due"), hours=False), False

    def _open(self, row: Row) -> tuple[bool | None, date | None, bool] | None:
        """Of an item that runs and is not near its due date, and whose code is right: the same."""
        columns, due, accepted = row.columns, row.day("due"), row.day("accepted_on")
        plain = columns["state"] == State.RUNNING.value and columns["light"] == Light.GREEN.value
        if not plain or columns["paused"] or self._wrong_code(row) or due is None or accepted is None:
            return None
        if due <= self.period.following.last:
            return None
        return None, None, self.standards.workdays.provisional(accepted, due)

    def _wrong_code(self, row: Row) -> bool:
        return bool(row.columns["needs_code"]) and row.columns["code_problem"] is not None

    def _counted(
        self, row: Row, arrived: date, closed: date | None, on_time: bool | None, since: date | None, provisional: bool
    ) -> Flow:
        return Flow(
            item=row.item,
            unit=row.columns["unit"],
            arrived=arrived,
            accepted=row.day("accepted_on"),
            closed=closed,
            on_time=on_time,
            late_from=since,
            provisional=provisional,
        )


def code_of(row: Row, flow: Flow, counter: str) -> Coded | None:
    """How an item that was told from its columns uses its project code, as far as that is counted."""
    if not row.columns["needs_code"] or flow.arrived is None:
        return None
    standing = "closed" if flow.closed else "accepted" if flow.accepted else "received"
    problem = row.columns["code_problem"]
    return Coded(flow.item, flow.unit, "", counter or NO_COUNTER, flow.arrived, "", "", "", problem, "", None, standing)


def stood(row: Row, last: date, moment: datetime, exact: frozenset[str]) -> Stood | None:
    """Whether an item was in hand at the end of the local date ``last``, by its columns at a later ``moment`` (UTC)."""
    columns = row.columns_at(moment)
    days = [day for name in ("received_on", "accepted_on", "closed_on") if (day := as_day(columns[name]))]
    closed = as_day(columns["closed_on"])
    if columns["stage"] is None or not days or min(days) > last or (closed is not None and closed <= last):
        return None
    since = late_from(as_day(columns["due"]), hours=row.matter in exact)
    if columns["state"] == State.PAUSED.value:
        since = None
    return Stood(columns["unit"], since is not None and since <= last)


def stood_judged(judged: Judged) -> Stood | None:
    """The same of an item judged at the end of that day."""
    if judged.arrived_on is None or judged.closed_on is not None:
        return None
    return Stood(judged.unit, judged.clocks.promised.overdue)
