"""What is owed for each clock of an item now, or why nothing is, and which step comes next and when. Pure.

The next step is found by judging the item again at the moment it would be reached, on the path that sends: it is what
happens if nothing else does.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from alerts.case import Case
from alerts.digest import CLOCK_NAMES, LEVEL_NAMES
from alerts.hours import Timetable, local
from alerts.notice import Notice
from alerts.past import Past, informed
from alerts.rules import REASONS, Decision, Ladder, decide
from monitor.judge import Judged, Standards

JudgeAt = Callable[[datetime], Judged]


def prospects(judged: Judged, judge_at: JudgeAt, past: Past, *, blind: bool) -> list[dict[str, Any]]:
    """For each open clock, the answer's included, the decision of now and the next step, as JSON values.

    ``past``: what is on record about the item.
    """
    standards = judged.standards
    ladder, today = Ladder.of_policy(standards.policy), local(judged.now).date()
    found = []
    for case in _cases(judged, past):
        if case.closed:
            continue
        decision = decide(case, past.sent(case), today, ladder, standards.workdays, blind=blind)
        found.append(
            {
                "clock": case.clock,
                "title": CLOCK_NAMES[case.clock],
                "reason": decision.reason,
                "reason_text": REASONS[decision.reason],
                "owed": _step(decision.notice, today, case) if decision.notice else None,
                "next": _following(case, decision, judge_at, past, ladder, standards),
            }
        )
    return found


def _cases(judged: Judged, past: Past) -> list[Case]:
    standards = judged.standards
    return informed(judged.cases(), past, local(judged.now).date(), standards.policy, standards.workdays)


def _following(
    case: Case, decision: Decision, judge_at: JudgeAt, past: Past, ladder: Ladder, standards: Standards
) -> dict[str, Any] | None:
    """The step reached on the date to look again; that date alone where none is."""
    if decision.next_on is None or decision.reason == "held_blind":
        return None
    told = past.sent(case) | ({decision.notice.key} if decision.notice else set())
    timetable = Timetable(standards.policy.hours, standards.workdays)
    at = timetable.first_open(decision.next_on, standards.policy.audiences)
    then = {one.key: one for one in _cases(judge_at(at), past)}.get(case.key)
    day = local(at).date()
    notice = decide(then, told, day, ladder, standards.workdays).notice if then else None
    return _step(notice, day, case) if notice else {"on": day.isoformat(), "step": None}


def _step(notice: Notice, on: date, case: Case) -> dict[str, Any]:
    step = notice.step
    return {
        "on": on.isoformat(),
        "step": step.name,
        "repeat": notice.repeat,
        "level": step.level,
        "level_text": LEVEL_NAMES[step.level],
        "to": [role.label for role in step.to] if case.unit else ["督办专员"],
        "cc": [role.label for role in step.cc] if case.unit else [],
    }


def words(prospect: dict[str, Any]) -> Iterator[str]:
    """A prospect in sentences: what is so now, and what comes next."""
    now = prospect["owed"]
    said = f"应发{step_words(now)}，下一轮判断时（发信时段内）发出" if now else prospect["reason_text"]
    yield f"{prospect['title']}　{said}"
    if following := prospect["next"]:
        what = step_words(following) if following["step"] else "再判断一次"
        yield f"{following['on']} {what}"


def step_words(step: dict[str, Any]) -> str:
    """督办·黄牌（promised-yellow）→ 科室负责人、分管领导，抄送 督办专员."""
    again = f"，第 {step['repeat'] + 1} 次" if step["repeat"] else ""
    copies = f"，抄送 {'、'.join(step['cc'])}" if step["cc"] else ""
    return f"{step['level_text']}（{step['step']}{again}）→ {'、'.join(step['to'])}{copies}"
