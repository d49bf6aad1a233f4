"""What a digest mail says: its counts, its sentences and its lines in words. Pure; the templates only set it out.

催办 asks a person kindly (请您…); 督办 is written to the unit (请贵单位…); the office's own people are told, not urged.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from alerts.case import Case
from alerts.digest import CLOCK_NAMES, LEVEL_NAMES, LEVELS, Line, counts, is_overdue
from alerts.wording import (
    FOOTER,
    LIGHTS,
    amount,
    clean,
    data_line,
    due_date,
    long_date,
    long_moment,
    moment,
    overdue_by,
    stale_warning,
)
from config.policy import UNIT_ROLES, Role

TITLES = {"reminder": "办理时限提醒（催办）", "yellow_card": "督办通知（黄牌）", "red_card": "督办通知（红牌）"}
OFFICE_TITLES = {"reminder": "临期事项情况", "yellow_card": "督办情况（黄牌）", "red_card": "督办情况（红牌）"}
NOBODYS_TITLE = "待核实单位的事项"

ANSWER = "并书面说明逾期原因、办理措施和预计办结日期（直接回复本邮件即可）。"
TO_HANDLER = (
    "感谢您的辛勤办理。以下事项时限将近，请您合理安排，在到期前办结。"
    "需要补正材料或进入特别程序的，请您及时在平台登记，登记后计时相应暂停。"
)
TO_UNIT = {
    "reminder": "以下事项时限将近，请您予以关注，帮助经办人在到期前办结。",
    "yellow_card": f"经核对平台办理记录，贵单位以下事项已超过办理时限，现予黄牌督办。请贵单位尽快办结，{ANSWER}",
    "red_card": "经核对平台办理记录，贵单位以下事项逾期较久或已超过法定时限，现予红牌督办。"
    f"请贵单位立即研究办理，明确责任人和办结日期，{ANSWER}",
}
TO_OFFICE = {
    "reminder": "{unit}以下事项时限将近，请您知悉。",
    "yellow_card": "{unit}以下事项已超过办理时限，现予黄牌督办，请您跟进办理和答复情况。",
    "red_card": "{unit}以下事项逾期较久或已超过法定时限，现予红牌督办，请您跟进办理和答复情况。",
}
TO_NOBODYS = (
    "以下事项的审批部门与已登记的单位对不上，尚未通知任何单位。请您核实责任单位并转办，"
    "同时请运维人员在单位名录中补上该部门的编码或名称。"
)
DEEMED = (
    "视为受理",
    "未在法定期限内作出受理答复的，自收到申请材料之日起即为受理（《行政许可法》第三十二条），时限自该日起算。",
)
PROVISIONAL = ("暂算", "到期日涉及尚未公布放假安排的年份，公布后会重新计算。")

CODE_WRONG = "（项目代码待核）"

LONGEST = {"matter": 80, "project": 100, "item": 60, "project_code": 60, "stage": 20, "why": 120, "unit_name": 40}
LONGEST_ANSWER = 120


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


def tallies(payload: Mapping[str, Any], lines: Sequence[Line]) -> list[str]:
    """The counts of a subject, such as 逾期3件, 临期2件; counts of zero are left out.

    The payload's own ``overdue`` and ``near`` count also what was cut from a long mail; without them the lines that
    are there are counted, and a cut mail says how many lines there are in all.
    """
    overdue, near = payload.get("overdue"), payload.get("near")
    known = overdue is not None and near is not None
    if not known:
        overdue, near = counts(lines)
    parts = [f"{word}{number}件" for word, number in (("逾期", overdue), ("临期", near)) if number]
    if payload.get("more") and not known:
        parts.append(f"共{len(lines) + payload['more']}条")
    return parts


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """All that the digest templates show.

    1. The lines by level, the worst first, each level with what is asked.
    2. The legend only for marks that occur.
    """
    lines = [Line.from_json(line) for line in payload["lines"]]
    lines.sort(key=lambda line: -LEVELS.index(line.level))
    marks = [mark for mark in (DEEMED, PROVISIONAL) if any(_marked(line.case, mark) for line in lines)]
    return {
        "level_name": LEVEL_NAMES[payload["level"]],
        "unit": _unit(payload),
        "tallies": tallies(payload, lines),
        "day": moment(payload["made_at"]).date().isoformat(),
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]),
        "level": payload["level"],
        "title": title(payload),
        "salutation": salutation(payload),
        "summary": _summary(lines, payload.get("more", 0)),
        "groups": _groups(payload, lines),
        "more": f"另有 {payload['more']} 条未在此列出，请见预警事项电子台账。" if payload.get("more") else None,
        "dropped": [clean(sentence) for sentence in payload.get("dropped", ())],
        "legend": marks,
        "footer": FOOTER,
        "made_at": long_moment(payload["made_at"]),
    }


def title(payload: Mapping[str, Any]) -> str:
    """What kind of mail it is: a notice to the unit, or word of it to the office."""
    if payload["unit"] is None:
        return NOBODYS_TITLE
    return (TITLES if Role(payload["audience"]) in UNIT_ROLES else OFFICE_TITLES)[payload["level"]]


def salutation(payload: Mapping[str, Any]) -> str:
    """Whom the mail speaks to: the person for 催办, the unit for 督办, the office by its role."""
    role = Role(payload["audience"])
    if role not in UNIT_ROLES:
        return f"{role.label}："
    if payload["level"] == "reminder":
        return f"{_unit(payload)} {role.label}，您好！"
    return f"{_unit(payload)}（送{role.label}）："


def request(payload: Mapping[str, Any], level: str) -> str:
    """What a group of lines of ``level`` asks of the reader."""
    role = Role(payload["audience"])
    if payload["unit"] is None:
        return TO_NOBODYS
    if role not in UNIT_ROLES:
        return TO_OFFICE[level].format(unit=_unit(payload))
    return TO_HANDLER if role is Role.HANDLER and level == "reminder" else TO_UNIT[level]


def _unit(payload: Mapping[str, Any]) -> str:
    return clean(payload["unit_name"], LONGEST["unit_name"])


def _summary(lines: Sequence[Line], more: int) -> str:
    if not lines:
        return "发送前按最新数据复核，目前没有需要提醒的事项。"
    overdue, near = counts(lines)
    alike = ("已逾期", "临期") if overdue + near == 1 else ("均已逾期", "均为临期")
    words = f"已逾期 {overdue} 件，临期 {near} 件" if overdue and near else alike[0] if overdue else alike[1]
    if more:
        return f"本函列出 {overdue + near} 件：{words}；另有 {more} 条未列出。"
    return f"共 {overdue + near} 件：{words}。"


def _groups(payload: Mapping[str, Any], lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "level": level,
            "name": LEVEL_NAMES[level],
            "request": request(payload, level),
            "lines": [_line(line, payload) for line in members],
        }
        for level, members in ((level, list(found)) for level, found in groupby(lines, key=lambda line: line.level))
    ]


def _line(line: Line, payload: Mapping[str, Any]) -> dict[str, Any]:
    case = line.case
    limit = amount(case.limit, case.unit_of_limit) if case.limit is not None else "没有时限"
    return {
        "light": case.light if case.light in LIGHTS else "grey",
        "light_name": LIGHTS.get(case.light, LIGHTS["grey"]),
        "standing": standing(case),
        "item": clean(case.item, LONGEST["item"]),
        "matter": clean(case.matter, LONGEST["matter"]),
        "project": clean(case.project, LONGEST["project"]),
        "project_code": clean(case.project_code, LONGEST["project_code"]) + (CODE_WRONG if case.code_wrong else ""),
        "stage": clean(case.stage, LONGEST["stage"]),
        "clock": f"{CLOCK_NAMES[case.clock]}时限 {limit}",
        "due": due_date(case.due),
        "why": clean(line.why, LONGEST["why"]),
        "remarks": remarks(line, payload),
        "marks": [mark[0] for mark in (DEEMED, PROVISIONAL) if _marked(case, mark)],
        "department": clean(case.unit_name) if payload["unit"] is None else None,
    }


def remarks(line: Line, payload: Mapping[str, Any]) -> list[str]:
    """What else the reader of a line must know: a moved due date, what the unit has answered, until when it is to."""
    case, said = line.case, []
    if case.moved_from is not None and case.due is not None:
        why = f"（{clean(case.moved_why, LONGEST['why'])}）" if case.moved_why else ""
        said.append(f"期限变更：原 {long_date(case.moved_from)} → 现 {long_date(case.due)}{why}")
    if case.answered_on is not None:
        said.append(f"单位答复（{long_date(case.answered_on)}）：{clean(case.answer, LONGEST_ANSWER)}")
    if line.answer_by is not None:
        ours = Role(payload["audience"]) in UNIT_ROLES
        said.append(f"{'请' if ours else '已请该单位'}于 {due_date(line.answer_by)} 前书面反馈")
    return said


def _marked(case: Case, mark: tuple[str, str]) -> bool:
    return case.deemed if mark is DEEMED else case.provisional
