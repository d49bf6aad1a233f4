"""Which step of the ladder is owed for a case, and why or why not. Pure: the same answer for the same arguments."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from alerts.case import Case
from alerts.hours import Workdays
from alerts.notice import Notice
from config.policy import Step

REASONS = {
    "closed": "已办结，不再提醒",
    "not_started": "尚未起算",
    "no_limit": "没有办理时限，无法判断（数据问题，见台账）",
    "paused": "计时暂停（补正或特别程序）",
    "no_steps": "督办阶梯对该时限没有设步骤",
    "not_near": "尚未临期",
    "step_reached": "到达提醒节点",
    "already_sent": "本节点已发送",
    "repeats_used_up": "重复提醒已达上限，只列入每周通报",
    "held_blind": "平台数据已过期，督办暂缓，待数据恢复后重新判断",
    "out_of_hours": "收件岗位都不在发信时段，到时重新判断",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What is owed now: a named reason, at most one notice, the steps passed over, the date to look again.

    ``opens_at``: the moment (UTC) to look again of what waits only for working hours.
    """

    reason: str
    notice: Notice | None = None
    passed_over: tuple[Notice, ...] = field(default=())
    next_on: date | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of the policy and when they apply."""

    steps: tuple[Step, ...]
    min_fraction_of_limit: float = 0.5

    def of(self, case: Case) -> list[Step]:
        """The steps for the case's clock, earliest first, without those too early for so short a limit."""
        clock = "promised" if case.stands_in else case.clock
        steps = [step for step in self.steps if step.clock == clock and self._suits(step, _limit_in_days(case))]
        return sorted(steps, key=lambda step: step.at)

    def _suits(self, step: Step, limit: float | None) -> bool:
        return step.at >= 0 or limit is None or limit + step.at >= limit * self.min_fraction_of_limit


def _limit_in_days(case: Case) -> float | None:
    return case.limit / 24 if case.limit is not None and case.unit_of_limit == "hour" else case.limit


def decide(
    case: Case, sent: Collection[str], today: date, ladder: Ladder, workdays: Workdays, *, blind: bool = False
) -> Decision:
    """The one step owed for ``case`` at its present level.

    1. A case that is closed, paused, without start or limit is owed nothing.
    2. Of the steps reached the last one counts: after a stand-still there is one mail, at the present level, and the
       steps passed over are named in the decision.
    3. A step whose key is in ``sent`` is not owed again; the last step repeats every ``repeat_every`` working days,
       ``repeat_max`` times at the most.
    4. While the daemon is ``blind`` (no good poll for long) an escalation is held: it is judged again with good data.
    """
    if (idle := _idle(case)) is not None or case.due is None or case.countdown is None:
        return Decision(idle or "no_limit")
    steps = ladder.of(case)
    if not steps:
        return Decision("no_steps")
    reached = [step for step in steps if _reached(step, case)]
    if not reached:
        return Decision("not_near", next_on=_next(steps, None, case, today, workdays))
    step = reached[-1]
    repeat = _repeat(step, case)
    notice = Notice(case.item, case.clock, case.due, step, repeat)
    following = _next(steps, notice, case, today, workdays)
    if notice.key in sent:
        used_up = step.repeat_every and repeat >= step.repeat_max and following is None
        return Decision("repeats_used_up" if used_up else "already_sent", next_on=following)
    if blind and step.level != "reminder":
        return Decision("held_blind", next_on=today)
    earlier = [Notice(case.item, case.clock, case.due, lower) for lower in reached[:-1]]
    return Decision("step_reached", notice, tuple(n for n in earlier if n.key not in sent), following)


def _idle(case: Case) -> str | None:
    if case.closed:
        return "closed"
    if case.start is None:
        return "not_started"
    if case.limit is None:
        return "no_limit"
    return "paused" if case.paused else None


def _reached(step: Step, case: Case) -> bool:
    return -(case.countdown or 0) >= step.at or (step.past_statutory and case.past_statutory)


def _repeat(step: Step, case: Case) -> int:
    if not step.repeat_every:
        return 0
    beyond = max(0, -(case.countdown or 0) - step.at)
    return min(beyond // step.repeat_every, step.repeat_max)


def _next(steps: Sequence[Step], notice: Notice | None, case: Case, today: date, workdays: Workdays) -> date | None:
    """The first date on which a later step, or the next repetition, is reached if nothing else happens."""
    countdown = case.countdown or 0
    marks = [step.at for step in steps if not _reached(step, case)]
    if notice and notice.step.repeat_every and notice.repeat < notice.step.repeat_max:
        marks.append(notice.step.at + (notice.repeat + 1) * notice.step.repeat_every)
    later = min((mark for mark in marks if mark > -countdown), default=None)
    dates = [day for day in (_lawful_until(steps, case, today, workdays),) if day]
    if later is not None and case.due is not None:
        dates.append(workdays.back(case.due, -later) if later <= 0 else workdays.add(today, later + countdown))
    return min(dates, default=None)


def _lawful_until(steps: Sequence[Step], case: Case, today: date, workdays: Workdays) -> date | None:
    """The first working day on which the statutory limit is passed, if a step waits for that."""
    if case.past_statutory or case.statutory_due is None or not any(step.past_statutory for step in steps):
        return None
    return max(workdays.add(case.statutory_due, 1), today)
