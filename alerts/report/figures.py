"""The figures of a period, per unit and in all. Pure: the same entries give the same figures.

The stock reconciles: in hand at the end = in hand at the beginning + received − finished.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.codes.finding import Coded
from alerts.report.codes import NOTHING as NO_CODES
from alerts.report.codes import CodeReport, code_report


@dataclass(frozen=True, slots=True)
class Period:
    """A span of local dates, both ends included; ``label`` is its name, such as 2026-W47."""

    label: str
    first: date
    last: date

    @classmethod
    def week(cls, day: date) -> "Period":
        """The ISO week (Monday to Sunday) that ``day`` lies in."""
        monday = day - timedelta(days=day.weekday())
        year, number, _ = day.isocalendar()
        return cls(f"{year}-W{number:02d}", monday, monday + timedelta(days=6))

    @property
    def title(self) -> str:
        """The period in Chinese, such as 2026年第47周（11月16日—11月22日）."""
        year, number = self.label.split("-W")
        return (
            f"{year}年第{int(number)}周（{self.first.month}月{self.first.day}日—{self.last.month}月{self.last.day}日）"
        )

    def holds(self, day: date | None) -> bool:
        """Whether ``day`` lies in the period."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it stood at the end of the period (local dates; days are those of the promised clock's unit)."""

    item: str
    unit: str | None
    unit_name: str
    matter: str
    project: str
    project_code: str
    stage: str
    light: str
    received: date | None
    accepted: date | None
    closed: date | None
    on_time: bool | None
    due: date | None
    overdue_days: int
    unit_of_limit: str
    overdue: bool
    near: bool
    red_card: bool
    paused: bool
    provisional: bool
    no_limit: bool
    became_overdue: date | None
    arrived: date | None
    """The first date the item is known by: received, or else its first event."""
    code: Coded | None = None
    """How the item uses its project code; None if it needs none."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """The figures of one unit, or of all (``unit`` "total"). Rates are shares of 1, None with nothing to divide by."""

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


@dataclass(frozen=True, slots=True)
class DataState:
    """How far the data can be trusted: line 1 of every report.

    ``as_of``: moment (UTC) of the last good poll, None if there never was one.
    """

    as_of: datetime | None
    stale: bool
    set_aside: int = 0
    waiting: int = 0
    unassigned: int = 0
    no_limit: int = 0
    provisional: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A period's report: its figures, the overdue items (longest first) and the state of the data."""

    period: Period
    made_at: datetime
    data: DataState
    units: tuple[UnitFigures, ...]
    total: UnitFigures
    overdue: tuple[Entry, ...]
    due_next: tuple[Entry, ...]
    codes: CodeReport = NO_CODES


UNASSIGNED = ("unassigned", "未匹配单位")


def report(
    entries: Sequence[Entry],
    period: Period,
    names: Mapping[str, str],
    mails: Mapping[tuple[str, bool], int],
    data: DataState,
    made_at: datetime,
) -> Report:
    """The report on ``period`` from all items known at its end.

    ``names``: unit id → name, every unit that is to be named, also with nothing overdue. ``mails``: (unit, is it a
    督办?) → mails sent in the period. Units come worst first: more overdue, then the higher rate, then the name.
    """
    rows: dict[str, list[Entry]] = {unit: [] for unit in names}
    for entry in entries:
        # Items that were gone before the period are here for the use of project codes alone.
        if entry.closed is None or entry.closed >= period.first:
            rows.setdefault(entry.unit or UNASSIGNED[0], []).append(entry)
    titles = {UNASSIGNED[0]: UNASSIGNED[1], **names}
    units = [_figures(unit, titles.get(unit, unit), rows[unit], period, mails) for unit in rows]
    overdue = [entry for entry in entries if entry.overdue and entry.closed is None]
    following = Period("", period.last + timedelta(days=1), period.last + timedelta(days=7))
    due_next = [e for e in entries if e.closed is None and not e.overdue and following.holds(e.due)]
    return Report(
        period,
        made_at,
        data,
        tuple(sorted(units, key=lambda unit: (-unit.overdue, -(unit.overdue_rate or 0.0), unit.name))),
        _total(units),
        tuple(sorted(overdue, key=lambda e: (-e.overdue_days, e.due or period.last, e.item))),
        tuple(sorted(due_next, key=lambda e: (e.due or period.last, e.item))),
        code_report([e.code for e in entries if e.code], period.first, period.last, names, UNASSIGNED),
    )


def _figures(
    unit: str, name: str, entries: Sequence[Entry], period: Period, mails: Mapping[tuple[str, bool], int]
) -> UnitFigures:
    open_now = [entry for entry in entries if entry.closed is None]
    finished = [entry for entry in entries if period.holds(entry.closed)]
    received = sum(1 for entry in entries if period.holds(entry.arrived))
    overdue = [entry for entry in open_now if entry.overdue]
    return UnitFigures(
        unit=unit,
        name=name,
        before=len(open_now) + len(finished) - received,
        received=received,
        accepted=sum(1 for entry in entries if period.holds(entry.accepted)),
        finished=len(finished),
        finished_judged=sum(1 for entry in finished if entry.on_time is not None),
        finished_on_time=sum(1 for entry in finished if entry.on_time),
        in_hand=len(open_now),
        near=sum(1 for entry in open_now if entry.near),
        yellow_cards=sum(1 for entry in overdue if not entry.red_card),
        red_cards=sum(1 for entry in overdue if entry.red_card),
        overdue_new=sum(1 for entry in overdue if period.holds(entry.became_overdue)),
        paused=sum(1 for entry in open_now if entry.paused),
        reminders=mails.get((unit, False), 0),
        supervised=mails.get((unit, True), 0),
    )


def _total(units: Iterable[UnitFigures]) -> UnitFigures:
    units = list(units)
    sums = {
        name: sum(getattr(unit, name) for unit in units)
        for name in UnitFigures.__dataclass_fields__
        if name not in ("unit", "name")
    }
    return UnitFigures(unit="total", name="合计", **sums)
