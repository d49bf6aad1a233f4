"""The figures of a period, per unit and in all. Pure: the same items give the same figures.

The stock reconciles: see ``stock``. Every number that a form of the report shows is made here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from statistics import median

from alerts.hours import local
from alerts.report.codes import NOTHING as NO_CODES
from alerts.report.codes import CodeReport, code_report
from alerts.report.entries import UNASSIGNED as UNASSIGNED
from alerts.report.entries import Asked, Beside, Flow
from alerts.report.entries import DataState as DataState
from alerts.report.entries import Entry as Entry
from alerts.report.periods import Period as Period
from alerts.report.ranks import ranks
from alerts.report.stock import Moves, moves
from alerts.report.trend import Week, trend


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The figures of one unit, or of all (``unit`` "total"). Rates are shares of 1, None with nothing to divide by.

    ``median_used``, ``longest_used``: working days that items finished in the period took. ``rank_change``: by how many
    places it has come up (+) or down since the period before, None where it was or is not ranked.
    """

    unit: str
    name: str
    before: int
    received: int
    accepted: int
    finished: int
    finished_judged: int
    finished_on_time: int
    in_hand: int
    near: int
    yellow_cards: int
    red_cards: int
    overdue_new: int
    paused: int
    reminders: int
    supervised: int
    moved_in: int = 0
    moved_out: int = 0
    booked_late: int = 0
    taken_off: int = 0
    overdue_before: int = 0
    answers_due: int = 0
    answered: int = 0
    median_used: float | None = None
    longest_used: int | None = None
    rank: int | None = None
    rank_change: int | None = None

    @property
    def overdue(self) -> int:
        """Open items past their due date at the end of the period."""
        return self.yellow_cards + self.red_cards

    @property
    def overdue_rate(self) -> float | None:
        """Overdue items as a share of those in hand."""
        return self.overdue / self.in_hand if self.in_hand else None

    @property
    def on_time_rate(self) -> float | None:
        """Items finished on time as a share of those finished that ran under a limit: not what was withdrawn before."""
        return self.finished_on_time / self.finished_judged if self.finished_judged else None

    @property
    def adjusted(self) -> int:
        """What came to the stock unlike new items, less what left it unlike finished ones."""
        return self.moved_in + self.booked_late - self.moved_out - self.taken_off

    @property
    def unanswered(self) -> int:
        """督办 whose answer fell due in the period and has not come."""
        return self.answers_due - self.answered

    @property
    def answer_rate(self) -> float | None:
        """Answers that came as a share of those that fell due."""
        return self.answered / self.answers_due if self.answers_due else None


@dataclass(frozen=True, slots=True)
class Report:
    """A period's report: its figures, its lists and the state of the data.

    Overdue items come the longest overdue first; ``stage_late`` are items late in a stage though not in all.
    ``office`` is whom it is issued by.
    """

    period: Period
    made_at: datetime
    data: DataState
    units: tuple[UnitFigures, ...]
    total: UnitFigures
    overdue: tuple[Entry, ...]
    due_next: tuple[Entry, ...]
    codes: CodeReport = NO_CODES
    stage_late: tuple[Entry, ...] = ()
    paused: tuple[Entry, ...] = ()
    unanswered: tuple[Asked, ...] = ()
    trend: tuple[Week, ...] = ()
    beside: Beside = Beside()  # noqa: RUF009 - frozen, and with nothing in it
    office: str = ""


def report(
    items: Sequence[Flow],
    period: Period,
    names: Mapping[str, str],
    data: DataState,
    made_at: datetime,
    beside: Beside = Beside(),  # noqa: B008 - as above
    office: str = "",
) -> Report:
    """The report on ``period`` from all items known at its end that were in hand in it or in the weeks of the trend.

    ``names``: unit id → name, every unit that is to be named, also with nothing overdue. Items that can stand in a list
    are entries, the others flows. Units come worst first: more overdue, then the higher rate, then the name.
    """
    units = _units(items, period, names, beside)
    entries = [item for item in items if isinstance(item, Entry)]
    still = [entry for entry in entries if entry.closed is None and entry.arrived is not None]
    overdue = [entry for entry in still if entry.overdue]
    due_next = [entry for entry in still if not entry.overdue and period.following.holds(entry.due)]
    stage_late = [entry for entry in entries if entry.late_stages and not entry.overdue]
    return Report(
        period,
        made_at,
        data,
        tuple(sorted(units, key=lambda unit: (-unit.overdue, -(unit.overdue_rate or 0.0), unit.name))),
        _total(units, items, period),
        tuple(sorted(overdue, key=lambda e: (-e.overdue_days, e.due or period.last, e.item))),
        tuple(sorted(due_next, key=lambda e: (e.due or period.last, e.item))),
        code_report([item.code for item in items if item.code], period.first, period.last, names, UNASSIGNED),
        tuple(sorted(stage_late, key=lambda e: (e.late_stages[0].due, e.item))),
        tuple(sorted((e for e in still if e.paused), key=lambda e: (e.paused_since or date.min, e.item))),
        tuple(sorted(_missing(beside.asked, period), key=lambda one: (one.answer_by, one.item, one.sent, one.level))),
        trend(items, period.last, local(data.known or made_at).date()),
        beside,
        office,
    )


def _missing(asked: Iterable[Asked], period: Period) -> list[Asked]:
    """What has not been answered: of the period, and of before where the item is still in hand."""
    due = [one for one in asked if one.answered is None and one.answer_by <= period.last]
    return [one for one in due if one.in_hand or period.holds(one.answer_by)]


def _units(items: Sequence[Flow], period: Period, names: Mapping[str, str], beside: Beside) -> list[UnitFigures]:
    rows: dict[str, list[Flow]] = {unit: [] for unit in names}
    for item in items:
        if item.arrived is not None and (item.closed is None or item.closed >= period.first):
            rows.setdefault(item.key, []).append(item)
    moved = moves(items, period, beside.before)
    asked: defaultdict[str, list[Asked]] = defaultdict(list)
    for one in beside.asked:
        asked[one.unit or UNASSIGNED[0]].append(one)
    for unit in (*moved, *asked):
        rows.setdefault(unit, [])
    titles = {UNASSIGNED[0]: UNASSIGNED[1], **names}
    figures = [
        _figures(unit, titles.get(unit, unit), rows[unit], period, beside.mails, moved.get(unit, Moves()), asked[unit])
        for unit in rows
    ]
    return _ranked(figures)


def _figures(
    unit: str,
    name: str,
    items: Sequence[Flow],
    period: Period,
    mails: Mapping[tuple[str, bool], int],
    moved: Moves,
    asked: Sequence[Asked],
) -> UnitFigures:
    open_now = [item for item in items if item.closed is None]
    finished = [item for item in items if period.holds(item.closed)]
    overdue = [item for item in open_now if item.overdue]
    due = [one for one in asked if period.holds(one.answer_by)]
    used = [item.used for item in finished if item.used is not None]
    return UnitFigures(
        unit=unit,
        name=name,
        before=moved.before,
        received=sum(1 for item in items if period.holds(item.arrived)),
        accepted=sum(1 for item in items if period.holds(item.accepted)),
        finished=len(finished),
        finished_judged=sum(1 for item in finished if item.on_time is not None),
        finished_on_time=sum(1 for item in finished if item.on_time),
        in_hand=len(open_now),
        near=sum(1 for item in open_now if item.near),
        yellow_cards=sum(1 for item in overdue if not item.red_card),
        red_cards=sum(1 for item in overdue if item.red_card),
        overdue_new=sum(1 for item in overdue if period.holds(item.became_overdue)),
        paused=sum(1 for item in open_now if item.paused),
        reminders=mails.get((unit, False), 0),
        supervised=mails.get((unit, True), 0),
        moved_in=moved.moved_in,
        moved_out=moved.moved_out,
        booked_late=moved.booked_late,
        taken_off=moved.taken_off,
        overdue_before=moved.overdue_before,
        answers_due=len(due),
        answered=sum(1 for one in due if one.answered is not None),
        median_used=median(used) if used else None,
        longest_used=max(used, default=None),
    )


def _ranked(units: Sequence[UnitFigures]) -> list[UnitFigures]:
    """The units with their places, and by how many places each has moved since the period before."""
    able = [unit for unit in units if unit.unit != UNASSIGNED[0]]
    now = ranks({unit.unit: (unit.in_hand, unit.overdue) for unit in able})
    then = ranks({unit.unit: (unit.before, unit.overdue_before) for unit in able})
    return [
        replace(
            unit,
            rank=now.get(unit.unit),
            rank_change=then[unit.unit] - now[unit.unit] if unit.unit in now and unit.unit in then else None,
        )
        for unit in units
    ]


def _total(units: Iterable[UnitFigures], items: Iterable[Flow], period: Period) -> UnitFigures:
    units = list(units)
    own = ("unit", "name", "median_used", "longest_used", "rank", "rank_change")
    sums = {
        name: sum(getattr(unit, name) for unit in units) for name in UnitFigures.__dataclass_fields__ if name not in own
    }
    used = [item.used for item in items if period.holds(item.closed) and item.used is not None]
    return UnitFigures(
        unit="total",
        name="合计",
        median_used=median(used) if used else None,
        longest_used=max(used, default=None),
        **sums,
    )
