"""The lines of a digest mail in words: how each clock stands, grouped by light, with what their marks mean. Pure."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from alerts.case import Case
from alerts.digest import CLOCK_NAMES, LEVEL_NAMES, Line, is_overdue, severity
from alerts.wording import LIGHTS, amount, clean, due_date, long_date, overdue_by
from config.policy import UNIT_ROLES, Role

DEEMED = (
    "视为受理",
    "未在法定期限内作出受理答复的，自收到申请材料之日起即为受理（《行政许可法》第三十二条），时限自该日起算。",
)
PROVISIONAL = ("暂算", "到期日涉及尚未公布放假安排的年份，公布后会重新计算。")
CODE_WRONG = "（项目代码待核）"
LONGEST = {
    "matter": 80,
    "project": 100,
    "item": 60,
    "project_code": 60,
    "stage": 20,
    "why": 120,
    "unit_name": 40,
    "answer": 120,
    "letter": 80,
}
MEANINGS = {
    "deep_red": "逾期较久，或已超过法定时限",
    "red": "已逾期",
    "orange": "今日到期",
    "yellow": "即将到期",
    "green": "尚未临期",
    "grey": "计时暂停，或没有时限",
}
"""What a light says of the items under it, from the worst light to none."""
_RANKS = {light: rank for rank, light in enumerate(MEANINGS)}


def light_of(case: Case) -> str:
    """The light of a case; grey for a word that is none."""
    return case.light if case.light in LIGHTS else "grey"


def worst_first(lines: Sequence[Line]) -> list[Line]:
    """By light, under each light by level, then the longest overdue."""
    return sorted(lines, key=lambda line: (_RANKS[light_of(line.case)], *severity(line)))


def per_light(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """How many items stand under each light that occurs, the worst first; an item counts once, as its worst."""
    worst: dict[str, str] = {}
    for line in worst_first(lines):
        worst.setdefault(line.case.item, light_of(line.case))
    found = list(worst.values())
    return [
        {"light": light, "name": LIGHTS[light], "meaning": meaning, "count": found.count(light)}
        for light, meaning in MEANINGS.items()
        if light in found
    ]


def groups(shown: Sequence[Line], of: Sequence[Line], payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines ``shown`` by light, numbered through; each group with the count of all lines ``of`` the mail.

    Where nobody knows the unit, each line names the department that the platform gives.
    """
    number, found = 0, []
    for light, members in groupby(shown, key=lambda line: light_of(line.case)):
        rows = []
        for line in members:
            number += 1
            named = department(line) if payload["unit"] is None else None
            rows.append({"number": number, **words(line), "remarks": remarks(line, payload), "department": named})
        count = sum(light_of(line.case) == light for line in of)
        listed = f"，列出 {len(rows)} 条" if len(rows) < count else ""
        head = {"light": light, "name": LIGHTS[light], "meaning": MEANINGS[light]}
        found.append({**head, "count": count, "listed": listed, "lines": rows})
    return found


def words(line: Line) -> dict[str, Any]:
    """A line as the templates and the workbook show it."""
    case, light = line.case, light_of(line.case)
    limit = amount(case.limit, case.unit_of_limit) if case.limit is not None else "没有时限"
    return {
        "light": light,
        "light_name": LIGHTS[light],
        "level": line.level,
        "level_name": LEVEL_NAMES[line.level],
        "standing": standing(case),
        "item": clean(case.item, LONGEST["item"]),
        "matter": clean(case.matter, LONGEST["matter"]),
        "project": clean(case.project, LONGEST["project"]),
        "project_code": clean(case.project_code, LONGEST["project_code"]) + (CODE_WRONG if case.code_wrong else ""),
        "stage": clean(case.stage, LONGEST["stage"]),
        "clock": f"{CLOCK_NAMES[case.clock]}时限 {limit}",
        "due": due_date(case.due),
        "why": clean(line.why, LONGEST["why"]),
        "marks": [mark[0] for mark in (DEEMED, PROVISIONAL) if _marked(case, mark)],
    }


def standing(case: Case) -> str:
    """How the clock stands, in words: 剩余 2 个工作日, 今日到期, 逾期 3 个工作日, 计时暂停, 没有到期日."""
    if is_overdue(case):
        return overdue_by(case.overdue_days, case.unit_of_limit)
    if case.paused:
        return "计时暂停"
    if case.due is None:
        return "没有到期日"
    if case.remaining == 0 or case.countdown == 0:
        hours_left = case.unit_of_limit == "hour" and case.remaining
        return f"今日到期，剩余 {amount(hours_left, 'hour')}" if hours_left else "今日到期"
    return f"剩余 {amount(case.remaining, case.unit_of_limit)}" if case.remaining is not None else "未到期"


def remarks(line: Line, payload: Mapping[str, Any]) -> list[str]:
    """What else the reader of a line must know: a moved due date, what the unit has answered, until when it is to."""
    case, said = line.case, []
    if case.moved_from is not None and case.due is not None:
        why = f"（{clean(case.moved_why, LONGEST['why'])}）" if case.moved_why else ""
        said.append(f"期限变更：原 {long_date(case.moved_from)} → 现 {long_date(case.due)}{why}")
    if case.answered_on is not None:
        said.append(f"单位答复（{long_date(case.answered_on)}）：{clean(case.answer, LONGEST['answer'])}")
    if line.answer_by is not None:
        ours = Role(payload["audience"]) in UNIT_ROLES
        said.append(f"{'请' if ours else '已请该单位'}于 {due_date(line.answer_by)} 前书面反馈")
    return said


def legend(shown: Sequence[Line]) -> list[tuple[str, str]]:
    """The marks that occur, each with its meaning."""
    return [mark for mark in (DEEMED, PROVISIONAL) if any(_marked(line.case, mark) for line in shown)]


def _marked(case: Case, mark: tuple[str, str]) -> bool:
    return case.deemed if mark is DEEMED else case.provisional


def department(line: Line) -> str:
    """The department that the platform gives for an item."""
    return clean(line.case.unit_name)
