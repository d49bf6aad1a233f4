"""What a leader is told first: the figures of the mail, and which of its cases need a leader. Pure."""

from collections.abc import Sequence
from typing import Any

from alerts.digest import Line, is_overdue
from alerts.rules import ANSWER
from alerts.wording import UNITS_OF_TIME
from config.policy import Role

LEADERS = frozenset({Role.DEPUTY_LEADER, Role.PRINCIPAL, Role.BUREAU_LEADER, Role.DISTRICT_LEADER})


def cases(lines: Sequence[Line]) -> list[Line]:
    """The lines that were escalated; all of a mail of nothing but reminders, which is about those."""
    return [line for line in lines if line.level != "reminder"] or list(lines)


def figures(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The figures at the head of the mail, each with its name: escalated, longest overdue, unanswered, reminders."""
    escalated = {line.case.item for line in lines if line.level != "reminder"}
    reminders = {line.case.item for line in lines} - escalated
    found = [{"figure": str(len(escalated)), "name": "督办事项（件）", "bad": bool(escalated)}]
    late = (line.case for line in lines if is_overdue(line.case) and line.case.clock != ANSWER)
    if longest := max(late, key=_lateness, default=None):
        unit = UNITS_OF_TIME[longest.unit_of_limit].removeprefix("个")
        days = str(longest.overdue_days) if longest.overdue_days else "不足 1"
        found.append({"figure": days, "name": f"最久逾期{unit}", "bad": True})
    asked = {line.case.item for line in lines if line.answer_by is not None or line.case.clock == ANSWER}
    if asked:
        silent = asked & {line.case.item for line in lines if line.case.answered_on is None}
        found.append({"figure": str(len(silent)), "name": "尚未答复（件）", "bad": bool(silent)})
    if reminders:
        found.append({"figure": str(len(reminders)), "name": "时限将近（件）", "bad": False})
    return found


def _lateness(case: Any) -> tuple[int, int]:
    return (-(case.countdown or 0), case.overdue_days)
