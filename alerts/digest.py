"""One mail per unit and audience: the notices of a round gathered, worst first. Pure.

An audience is a role: whoever holds it gets one mail a round with everything that is theirs to know. A step's copies
(``cc``) go on the mail of its highest role, the last named in ``to``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from sys import intern
from typing import Any

from alerts.case import Case
from alerts.notice import Notice
from config.policy import Role

LEVELS = ("reminder", "yellow_card", "red_card")
LEVEL_NAMES = {"reminder": "催办", "yellow_card": "督办·黄牌", "red_card": "督办·红牌"}
CLOCK_NAMES = {
    "acceptance": "接件",
    "review": "受理",
    "promised": "审批",
    "statutory": "审批（法定）",
    "delivery": "决定",
    "answer": "答复",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a mail: which step brought it there (``key``, ``step``, ``level``) and why, in Chinese.

    ``answer_by``: the local date by which the unit is asked to answer in writing; None where it is not asked.
    """

    case: Case
    key: str
    step: str
    level: str
    why: str
    answer_by: date | None = None

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        plain = {"case": self.case.to_json(), "key": self.key, "step": self.step, "level": self.level, "why": self.why}
        return plain | {"answer_by": self.answer_by.isoformat() if self.answer_by else None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Line":
        """The inverse of ``to_json``."""
        by = date.fromisoformat(data["answer_by"]) if data.get("answer_by") else None
        return cls(**{**data, "case": Case.from_json(data["case"]), "answer_by": by})


def is_overdue(case: Case) -> bool:
    """Past its due date and still open."""
    return case.overdue_days > 0 or (case.countdown or 0) < 0 or case.state in ("overdue", "paused_overdue")


def counts(lines: Sequence[Line]) -> tuple[int, int]:
    """(overdue, near) items; an item with several clocks in the mail counts once, as its worst."""
    overdue = {line.case.item for line in lines if is_overdue(line.case)}
    return len(overdue), len({line.case.item for line in lines} - overdue)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one audience of one unit is told in one round. ``unit`` None: items whose unit cannot be told."""

    unit: str | None
    unit_name: str
    audience: Role
    cc: tuple[Role, ...]
    lines: tuple[Line, ...]

    @property
    def level(self) -> str:
        """The worst level among the lines."""
        return max((line.level for line in self.lines), key=LEVELS.index)

    def key(self, now: datetime) -> str:
        """The mail's key: one a unit, audience and round; other lines decided at the same moment are another mail."""
        lines = sha256("\n".join(line.key for line in self.lines).encode()).hexdigest()[:12]
        return f"digest|{self.unit or 'unassigned'}|{self.audience.value}|{now.isoformat()}|{lines}"


def audiences(case: Case, notice: Notice) -> tuple[Role, ...]:
    """Who is told of a step: the roles it names, or the supervisor where nobody knows the unit."""
    return notice.step.to if case.unit else (Role.SUPERVISOR,)


def why(case: Case, notice: Notice) -> str:
    """Why this line is in the mail, as a sentence part in Chinese; with what staff put on record, if anything."""
    # There are few of these sentences, and a line each of many thousand items.
    return intern(_reached(case, notice) + (f"（{case.note}）" if case.note else ""))


def _reached(case: Case, notice: Notice) -> str:
    clock = CLOCK_NAMES[case.clock]
    if case.clock == "answer" and notice.step.at > 0:
        return "督办后未在要求的期限内收到书面反馈" + (f"（第 {notice.repeat + 1} 次）" if notice.repeat else "")
    if case.clock == "acceptance" and notice.step.at > 0:
        return "未在期限内作出受理答复，依《行政许可法》第三十二条自收到材料之日起视为受理"
    if notice.step.past_statutory and case.past_statutory:
        return "已超过法定办理时限"
    at = notice.step.at + notice.repeat * notice.step.repeat_every
    if at < 0:
        return f"已到“距{clock}时限届满 {-at} 个工作日”提醒节点"
    if at == 0:
        return f"今日为{clock}时限最后一日"
    again = f"（第 {notice.repeat + 1} 次）" if notice.repeat else ""
    return f"已到“超过{clock}时限 {at} 个工作日”督办节点{again}"


def severity(line: Line) -> tuple[int, int, str]:
    """Sort key: worst level first, then the longest overdue, then the item number."""
    return (-LEVELS.index(line.level), line.case.countdown or 0, line.case.item)


def gather(decided: Iterable[tuple[Case, Notice]]) -> list[Digest]:
    """The digests of a round, one per (unit, audience), in a stable order.

    Cases without a unit go to the supervisor, whatever the step says.
    """
    lines: dict[tuple[str | None, Role], list[Line]] = {}
    copies: dict[tuple[str | None, Role], set[Role]] = {}
    names: dict[str | None, str] = {None: "未匹配单位"}
    for case, notice in decided:
        line = Line(case, notice.key, notice.step.name, notice.step.level, why(case, notice), notice.answer_by)
        told = audiences(case, notice)
        if case.unit:
            names[case.unit] = case.unit_name
            copies.setdefault((case.unit, told[-1]), set()).update(notice.step.cc)
        for audience in told:
            lines.setdefault((case.unit, audience), []).append(line)
    return [
        Digest(
            unit,
            names[unit],
            audience,
            tuple(sorted(copies.get((unit, audience), ()), key=lambda role: role.value)),
            tuple(sorted(lines[unit, audience], key=severity)),
        )
        for unit, audience in sorted(lines, key=lambda key: (key[0] or "", key[1].value))
    ]
