"""A mail judged again just before it leaves: which of its lines still hold, with the numbers of now. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple, Protocol

from alerts.case import Case
from alerts.digest import Line, severity, why
from alerts.hours import Workdays
from alerts.rules import ANSWER, Ladder, decide
from alerts.wording import long_date

Cases = Mapping[tuple[str, str], Case]


class Refresh(Protocol):
    """Judges items again."""

    def __call__(self, items: Collection[str], *, answers: bool = True) -> Cases:
        """The cases of these items as they are now, by (item, clock); ``answers``: with those of the answers owed."""


class Told(NamedTuple):
    """What a mail says of a clock, as far as judging it again rests on it. Dates are local."""

    item: str
    clock: str
    due: date | None
    key: str
    step: str
    level: str
    moved_from: date | None = None
    moved_why: str = ""

    @classmethod
    def of(cls, line: Mapping[str, Any]) -> "Told":
        """Of a line as the outbox keeps it. Raises KeyError, TypeError or ValueError for one that is none."""
        case = line["case"]
        due, moved = (date.fromisoformat(day) if (day := case.get(name)) else None for name in ("due", "moved_from"))
        told = (line["key"], line["step"], line["level"])
        return cls(case["item"], case["clock"], due, *told, moved, case.get("moved_why", ""))


@dataclass(frozen=True, slots=True)
class Again:
    """The lines that still hold, worst first, and those that do not, each with what has changed (Chinese)."""

    kept: tuple[Line, ...]
    dropped: tuple[tuple[Told, str], ...]


def judge_again(
    lines: Sequence[Told], cases: Cases, unit: str | None, today: date, ladder: Ladder, workdays: Workdays
) -> Again:
    """Judges the lines of a mail to ``unit`` by the ``cases`` as they are now.

    A line holds if its case is still the unit's and its step is the very one owed for it today: a line that has moved
    on to a later step is that step's, and is told by the mail of that step. The days for an answer begin today.
    """
    kept: list[Line] = []
    dropped: list[tuple[Told, str]] = []
    for line in lines:
        current = cases.get((line.item, line.clock))
        notice = decide(current, (), today, ladder, workdays).notice if current else None
        if current is not None and current.unit == unit and notice is not None and notice.key == line.key:
            told = current
            if line.moved_from:
                told = replace(current, moved_from=line.moved_from, moved_why=line.moved_why)
            kept.append(Line(told, line.key, line.step, line.level, why(told, notice), notice.answer_by))
        else:
            dropped.append((line, changed(line, current, unit, today)))
    return Again(tuple(sorted(kept, key=severity)), tuple(dropped))


def changed(was: Told, now: Case | None, unit: str | None, today: date) -> str:
    """Why a line does not hold any more, in Chinese."""
    if now is None:
        return "记录已失效"
    if now.closed:
        return "单位已书面答复" if now.clock == ANSWER and now.state == "answered" else "已办结"
    if now.unit != unit:
        return f"承办单位变更为{now.unit_name}"
    if now.paused:
        return "计时已暂停"
    if now.due == was.due or now.clock == ANSWER:
        if now.held_until is not None and today <= now.held_until:
            return f"督办专员已登记暂停督促至{long_date(now.held_until)}"
        return "单位已签收" if now.acknowledged else "提醒节点已变化"
    return f"期限变更为{long_date(now.due)}" if now.due else "期限变更"
