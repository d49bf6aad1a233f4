"""The report on a period, made from the ledger alone, as it was known at a moment.

candidates by index | told from their judged columns, or judged | what was in hand before | what stands beside | figures
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts import outbox
from alerts.report import trend
from alerts.report.codes import weeks_before
from alerts.report.entries import Beside, DataState, Entry, Flow, Stood
from alerts.report.figures import Report, report
from monitor.app import App
from monitor.codes import counters_of
from monitor.configured import Configured
from monitor.judge import Judged, judge
from monitor.ledger import reported, store
from monitor.ledger.freshness import complete_until
from monitor.ledger.read import load
from monitor.ledger.reported import Row
from monitor.reporting import beside
from monitor.reporting.beside import Frame
from monitor.reporting.entries import Telling, code_of, entry_of, stood, stood_judged
from monitor.reporting.moments import Making, in_force, making_before
from monitor.reporting.periods import end_of


def make(app: App, connection: Connection, making: Making) -> Report:
    """The report on a period: items as they stood at its end, by what was on record at ``making.known`` (UTC).

    Made again later it has the same figures whatever has happened since: rows, events, records of staff, calendar and
    configuration are those of that moment. Most items are told from the columns that they were judged to have; those
    that stand in a list, and those that anything has happened to since the period's end, are judged.
    """
    frame = _frame(in_force(app, connection, making.known), making)
    earlier = making_before(app, connection, making)
    before = _frame(in_force(app, connection, earlier.known), earlier) if earlier else None
    told = _tell(connection, frame, before)
    flows = told.flows
    by_item = {flow.item: flow for flow in flows}
    overdue = [flow for flow in flows if isinstance(flow, Entry) and flow.overdue and flow.closed is None]
    return report(
        flows,
        making.period,
        {unit.id: unit.name for unit in frame.configured.standards.units.units},
        _data(connection, flows, frame),
        making.made_at,
        Beside(
            before=told.before,
            mails=outbox.sent_between(connection, frame.first, frame.end + timedelta.resolution),
            steps=beside.steps_of(connection, [entry.item for entry in overdue], frame),
            reasons=beside.reasons_of(connection, overdue, frame),
            asked=beside.asked_of(connection, by_item, frame),
            held=beside.held_of(connection, by_item, frame),
            polled=beside.polled_of(connection, frame),
        ),
        frame.configured.standards.policy.report.office,
    )


def _frame(configured: Configured, making: Making) -> Frame:
    return Frame(making.period, min(end_of(making.period), making.known), making.known, configured)


@dataclass(frozen=True, slots=True)
class _Items:
    """All items of a report, and by item what was in hand at the end of the period before (None: not known)."""

    flows: list[Flow]
    before: Mapping[str, Stood] | None


def _tell(connection: Connection, frame: Frame, before: Frame | None) -> _Items:
    standards, period = frame.configured.standards, frame.period
    codes_since = weeks_before(period.last)[0]
    first = min(period.first, codes_since, trend.since(period.last))
    since = min(frame.known, before.known) if before else frame.known
    ids = reported.concerned(connection, first, since, standards.documents_since)
    dirty = reported.dirty(connection, ids)
    telling = Telling(period, standards, frame.end, frame.known)
    exact = telling.exact
    flows: list[Flow] = []
    to_judge: list[str] = []
    counted: list[tuple[Row, Flow]] = []
    finished: dict[str, tuple[Row, Flow]] = {}
    was = _Before(before, exact)
    for row in reported.rows(connection, ids, min(frame.end, before.end) if before else frame.end):
        was.look(row)
        if row.entered is None or row.entered > frame.known:
            continue
        flow = None if row.item in dirty else telling.flow(row, exact)
        if flow is None:
            to_judge.append(row.item)
        elif period.holds(flow.closed):
            finished[flow.item] = (row, flow)
        elif flow.arrived is not None and flow.arrived >= codes_since:
            counted.append((row, flow))
        else:
            flows.append(flow)
    paused = reported.ever_paused(connection, sorted(finished), frame.known)
    to_judge += paused
    for row, flow in (finished[item] for item in finished.keys() - paused):
        counted.append((row, replace(flow, used=telling.used(flow))))
    flows += _with_codes(connection, counted, frame)
    flows += _entries(connection, to_judge, frame)
    return _Items(flows, was.found(connection))


def _with_codes(connection: Connection, counted: Sequence[tuple[Row, Flow]], frame: Frame) -> Iterator[Flow]:
    """Items that came in lately, with how they use their project codes."""
    counters = counters_of(connection, [flow.item for _, flow in counted], frame.known)
    for row, flow in counted:
        yield replace(flow, code=code_of(row, flow, counters.get(flow.item, "")))


def _entries(connection: Connection, ids: Sequence[str], frame: Frame) -> Iterator[Entry]:
    counters = counters_of(connection, ids, frame.known)
    for judged in _judged(connection, ids, frame):
        yield entry_of(judged, counters.get(judged.facts.item, ""))


def _judged(connection: Connection, ids: Iterable[str], frame: Frame) -> Iterator[Judged]:
    """These items judged at the end of a period; none that had no event or was not valid by what was known."""
    for row in load(connection, sorted(ids), seen_by=frame.known):
        if row.valid and row.versions:
            judged = judge(row.facts, row.versions, frame.configured.standards, frame.end)
            if judged.arrived_on is not None:
                yield judged


class _Before:
    """What was in hand at the end of the period before, gathered while items are looked at for this one."""

    def __init__(self, frame: Frame | None, exact: frozenset[str]) -> None:
        self._frame, self._exact = frame, exact
        self._stood: dict[str, Stood] = {}
        self._unsettled: list[str] = []

    def look(self, row: Row) -> None:
        """Tells from an item's columns; one of which they do not tell is judged at the end."""
        frame = self._frame
        if frame is None or row.entered is None or row.entered > frame.known:
            return
        if row.unsettled(frame.end, frame.known):
            self._unsettled.append(row.item)
        elif (found := stood(row, frame.period.last, frame.known, self._exact)) is not None:
            self._stood[row.item] = found

    def found(self, connection: Connection) -> Mapping[str, Stood] | None:
        """By item what was in hand then; None where nothing was known."""
        if self._frame is None:
            return None
        judged = _judged(connection, self._unsettled, self._frame)
        both = ((one.facts.item, stood_judged(one)) for one in judged)
        return self._stood | {item: found for item, found in both if found is not None}


def _data(connection: Connection, flows: Sequence[Flow], frame: Frame) -> DataState:
    as_of = complete_until(connection, frame.configured.sources, before=frame.known)
    still = [flow for flow in flows if flow.closed is None]
    return DataState(
        as_of=as_of,
        stale=_is_stale(as_of, frame),
        set_aside=store.count_set_aside(connection, at=frame.known),
        waiting=store.count_waiting(connection, at=frame.known),
        unassigned=sum(1 for flow in still if flow.unit is None),
        no_limit=sum(1 for flow in still if flow.no_limit),
        provisional=sum(1 for flow in still if flow.provisional),
        known=frame.known,
    )


def _is_stale(as_of: datetime | None, frame: Frame) -> bool:
    hours = frame.configured.standards.policy.blind_after_hours
    return as_of is None or (frame.known - as_of).total_seconds() > hours * beside.HOUR
