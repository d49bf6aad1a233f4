"""How each clock of an item comes about, day by day in runs. Pure.

A run is a stretch of days that are all counted or all not, for one reason. Ordinary weekends inside a stretch of
working days do not break it: what the reader looks for are holidays, moved working days and pauses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from alerts.hours import local
from monitor.clocks import HOUR, NATURAL_DAY, WORKING_DAY, Clock
from monitor.counting import merge
from monitor.events import Pause, local_date
from monitor.judge import Judged, state_word
from monitor.origins import limit_origin
from monitor.recorded import as_json
from monitor.summary import summary
from monitor.workdays import ONE_DAY, Workdays

TITLE_OF = {
    "acceptance": "接件（收到材料 → 受理答复）",
    "review": "受理（受理 → 部门开始办理）",
    "promised": "审批（受理 → 办结，承诺时限）",
    "statutory": "审批（受理 → 办结，法定时限）",
    "delivery": "决定（办结 → 送达批复文件）",
}
LAW_OF = {
    "acceptance": "行政许可法第三十二条：五日内不告知补正的，自收到材料之日起即为受理",
    "review": "本地政策，法律没有规定",
    "statutory": "行政许可法第四十二条或专门法的规定",
    "delivery": "行政许可法第四十四条：作出决定之日起十日内颁发、送达",
}
COUNTED_IN = {
    WORKING_DAY: "首日不计（民法典第二百零一条），只计工作日（行政许可法第八十二条）",
    NATURAL_DAY: "首日不计，末日是休息日的顺延（民法典第二百零一、二百零三条）",
    HOUR: "小时时限自起算时刻连续计（民法典第二百零一条）",
}
"""How a promised limit is counted, by its unit."""
PAUSE_WORDS = {
    "correction": ("补正", "补正材料所需时间不计入办理时限"),
    "special": ("特别程序", "行政许可法第四十五条：听证、招标、检验、鉴定、专家评审等所需时间不计入"),
}
ORDINARY, WEEKEND = "工作日", "周末"
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Run:
    """Days ``first`` … ``last`` (local dates): how many of them are counted, and why they are or are not.

    ``overdue``: they lie after the due date, and what is counted is the delay.
    """

    first: date
    last: date
    counted: int
    reason: str
    overdue: bool


def runs(start: date, end: date, clock: Clock, pauses: Sequence[Pause], workdays: Workdays) -> list[Run]:
    """The days d with start < d ≤ end of a clock, in runs."""
    spans = merge((pause.start, pause.end) for pause in pauses)
    natural = clock.limit is not None and clock.limit.unit == NATURAL_DAY
    found: list[Run] = []
    for day in _days(start, min(end, start + LONGEST)):
        paused = any(s < day and (e is None or day <= e) for s, e in spans)
        reason, counts = _judge_day(day, paused, natural, workdays)
        overdue = clock.due is not None and day > clock.due
        if found and _joins(found[-1], reason, overdue):
            found[-1] = replace(found[-1], last=day, counted=found[-1].counted + counts)
        else:
            found.append(Run(day, day, int(counts), reason, overdue))
    return found


def _joins(run: Run, reason: str, overdue: bool) -> bool:
    return run.overdue == overdue and (run.reason == reason or (reason == WEEKEND and run.reason == ORDINARY))


def _days(start: date, end: date) -> Iterator[date]:
    while start < end:
        start += ONE_DAY
        yield start


def _judge_day(day: date, paused: bool, natural: bool, workdays: Workdays) -> tuple[str, bool]:
    if paused:
        return "暂停", False
    if natural:
        return "自然日", True
    known = workdays.day(day)
    return known.reason + ("" if known.published else "（推算）"), known.working


def explain(judged: Judged, special_names: dict[Any, str]) -> dict[str, Any]:
    """The whole account of an item as JSON values. ``special_names``: start (UTC) of a special procedure → its name."""
    clocks, facts = judged.clocks, judged.facts
    return {
        "item": facts.item,
        "project": facts.project,
        "project_code": facts.project_code,
        "matter": facts.matter_name or facts.matter,
        "unit": judged.unit,
        "unit_name": judged.unit_name,
        "now": local(judged.now).isoformat(),
        "summary": summary(judged),
        "stage": clocks.stage,
        "light": judged.light.value,
        "deemed_accepted": clocks.deemed.isoformat() if clocks.deemed else None,
        "limit_sources": {"item": facts.limit_days, "matter": facts.matter_limit},
        "pauses": [_pause(pause, special_names) for pause in clocks.pauses.spans],
        "clocks": [
            _clock(judged, clock) for clock in clocks.all if clock.start is not None and clock.limit is not None
        ],
        "corrections": [as_json(one, judged.standards.known_name) for one in judged.standing],
        "code_problem": judged.code_problem,
        "code_message": judged.code_verdict.message if judged.code_problem else None,
        "disagreements": list(judged.disagreements),
        "problems": judged.data_problems,
        "provisional_years": _provisional_years(judged),
    }


def _pause(pause: Pause, special_names: dict[Any, str]) -> dict[str, Any]:
    word, basis = PAUSE_WORDS[pause.kind]
    name = special_names.get(pause.start)
    return {
        "kind": pause.kind,
        "name": f"{word}（{name}）" if name else word,
        "start": local_date(pause.start).isoformat(),
        "end": local_date(pause.end).isoformat() if pause.end else None,
        "start_at": local(pause.start).isoformat(),
        "end_at": local(pause.end).isoformat() if pause.end else None,
        "basis": basis,
    }


def _clock(judged: Judged, clock: Clock) -> dict[str, Any]:
    if clock.start is None or clock.limit is None:
        raise ValueError("a clock that has no start or no limit cannot be explained")
    start, at = local_date(clock.start), local_date(clock.end or judged.now)
    deciding = clock.name in ("promised", "statutory")
    pauses = judged.clocks.pauses.spans if deciding else ()
    last = max(at, clock.due) if clock.due else at
    days = [] if clock.limit.unit == HOUR else runs(start, last, clock, pauses, judged.standards.workdays)
    return {
        "clock": clock.name,
        "title": TITLE_OF[clock.name],
        "basis": LAW_OF.get(clock.name) or COUNTED_IN[clock.limit.unit],
        "origin": limit_origin(judged, clock),
        "start": start.isoformat(),
        "start_at": local(clock.start).isoformat(),
        "end": local_date(clock.end).isoformat() if clock.end else None,
        "limit": clock.limit.amount,
        "unit_of_limit": clock.limit.unit,
        "due": clock.due.isoformat() if clock.due else None,
        "due_at": local(clock.due_at).isoformat() if clock.due_at else None,
        "provisional": clock.provisional,
        "used": clock.used,
        "remaining": clock.remaining,
        "overdue_days": clock.overdue_days,
        "state": clock.state.value,
        "status": state_word(clock),
        "runs": [{**asdict(run), "first": run.first.isoformat(), "last": run.last.isoformat()} for run in days],
    }


def _provisional_years(judged: Judged) -> list[int]:
    """The years without a notice that a due date of the item rests on."""
    workdays = judged.standards.workdays
    spans = [(clock.start, clock.due) for clock in judged.clocks.all if clock.provisional]
    years = {year for start, due in spans if start and due for year in range(local_date(start).year, due.year + 1)}
    return sorted(year for year in years if not workdays.published(year))
