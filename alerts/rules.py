"""Which step of the ladder is owed for a case, and why or why not. Pure: the same answer for the same arguments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerts.case import Case
from alerts.hours import Workdays
from alerts.notice import Notice
from config.ladder import UNIT_ROLES, Level, Step
from config.policy import Policy

ONE_DAY = timedelta(days=1)
ANSWER = "answer"
"""The clock of the answer that a 督办 asks for."""
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
    "too_old": "首次看到时逾期已久，不再逐件发信，只列入每周通报",
    "held": "督办专员已登记暂停督促",
    "acknowledged": "单位已签收，灯色变化前不再催办",
    "awaited": "已要求书面反馈，等待单位答复",
    "answered": "单位已书面答复",
    "ended": "该时限已结束，不再提醒",
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
    """The steps of the policy and when they apply.

    ``answers``: per level how many working days a unit has for its answer; ``too_old_after``: so many working days past
    the due date nothing is mailed about what was not known before (0: however long).
    """

    steps: tuple[Step, ...]
    min_fraction_of_limit: float = 0.5
    answers: Mapping[Level, int] = field(default_factory=dict)
    too_old_after: int = 0
    _known: dict[tuple[str, str, float | None], Sequence[Step]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of_policy(cls, policy: Policy) -> "Ladder":
        """The ladder as the owner has decided it."""
        answers = {step.level: policy.answers.of(step.level) for step in policy.ladder}
        return cls(policy.ladder, policy.min_fraction_of_limit, answers, policy.too_old_after)

    def of(self, case: Case) -> Sequence[Step]:
        """The steps for the case's clock, matter and length of limit, earliest first."""
        return self._suiting("promised" if case.stands_in else case.clock, case.matter_code, _limit_in_days(case))

    def answer_missing_on(self, matter: str, on: date, by: date, workdays: Workdays) -> date | None:
        """The first local date that is a step of the answer asked for on a day by another; None without such steps."""
        steps = self._suiting(ANSWER, matter, workdays.count(on, by))
        if not steps:
            return None
        mark = steps[0].at
        return workdays.add(by, mark) if mark > 0 else max(workdays.back(by, -mark), on + ONE_DAY)

    def _suiting(self, clock: str, matter: str, limit: float | None) -> Sequence[Step]:
        shape = (clock, matter, limit)
        if (found := self._known.get(shape)) is None:
            suiting = (step for step in self.steps if step.suits(matter, limit, self.min_fraction_of_limit))
            found = sorted((step for step in suiting if step.clock == clock), key=lambda step: step.at)
            self._known[shape] = found
        return found

    def answer_by(self, step: Step, case: Case, today: date, workdays: Workdays) -> date | None:
        """By when a unit that is told of ``step`` today is to answer (local date); None if no answer is asked for."""
        days = self.answers.get(step.level, 0)
        if not days or case.unit is None or case.clock == ANSWER:
            return None
        return workdays.add(today, days) if any(role in UNIT_ROLES for role in step.to) else None

    def is_too_old(self, case: Case) -> bool:
        """Whether a case that nobody was told of before is so long overdue that it is left to the weekly report."""
        return 0 < self.too_old_after < -(case.countdown or 0) and not case.told


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
    4. What was already long overdue when it was first seen is left to the weekly report.
    5. While the supervisor holds it, nothing is owed, and no step is used up; it is judged again the day after.
    6. A reminder is not owed to a unit that has acknowledged the item since its light is what it is; a card is.
    7. While the daemon is ``blind`` (no good poll for long) an escalation is held: it is judged again with good data.
    """
    if (idle := _idle(case)) is not None or case.due is None or case.countdown is None:
        return Decision(idle or "no_limit")
    steps = ladder.of(case)
    if not steps:
        return Decision("no_steps")
    reached = [step for step in steps if _reached(step, case)]
    if not reached:
        why = "awaited" if case.clock == ANSWER else "not_near"
        return Decision(why, next_on=_next(steps, None, case, today, workdays))
    step = reached[-1]
    repeat = _repeat(step, case)
    answer_by = ladder.answer_by(step, case, today, workdays)
    notice = Notice(case.item, case.clock, case.due, step, repeat, answer_by)
    following = _next(steps, notice, case, today, workdays)
    if sent and notice.key in sent:
        used_up = step.repeat_every and repeat >= step.repeat_max and following is None
        return Decision("repeats_used_up" if used_up else "already_sent", next_on=following)
    if (kept_back := _kept_back(case, step, following, today, ladder, blind)) is not None:
        return kept_back
    earlier = [Notice(case.item, case.clock, case.due, lower) for lower in reached[:-1]]
    untold = (n for n in earlier if n.key not in sent) if sent else earlier
    return Decision("step_reached", notice, tuple(untold), following)


def _kept_back(
    case: Case, step: Step, following: date | None, today: date, ladder: Ladder, blind: bool
) -> Decision | None:
    """Why a step that is reached and was not told is not owed all the same; None if it is."""
    if ladder.is_too_old(case):
        return Decision("too_old")
    if case.held_until is not None and today <= case.held_until:
        return Decision("held", next_on=case.held_until + ONE_DAY)
    if case.acknowledged and step.level == "reminder":
        return Decision("acknowledged", next_on=following)
    return Decision("held_blind", next_on=today) if blind and step.level != "reminder" else None


def _idle(case: Case) -> str | None:
    if case.closed:
        return "answered" if case.clock == ANSWER and case.state == "answered" else "closed"
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
