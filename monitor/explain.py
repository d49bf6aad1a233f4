"""How each clock of an item comes about, day by day in runs. Pure.

A run is a stretch of days that are all counted or all not, for one reason. Ordinary weekends inside a stretch of
working days do not break it: what the reader looks for are holidays, moved working days and pauses.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from monitor.clocks import HOUR, NATURAL_DAY, Clock
from monitor.counting import merge
from monitor.events import TITLES, Event, Pause, local_date, settle_versions
from monitor.judge import UNITS_OF_LIMIT, Judged, state_word
from monitor.workdays import ONE_DAY, Workdays

TITLE_OF = {
    "acceptance": "接件（收到材料 → 受理答复）",
    "review": "受理（受理 → 部门开始办理）",
    "promised": "审批（受理 → 办结，承诺时限）",
    "statutory": "审批（受理 → 办结，法定时限）",
    "delivery": "决定（办结 → 送达批复文件）",
}
LAW_OF = {
    "acceptance": "行政许可法第三十二条：五日内一次告知补正；逾期不告知的，自收到申请材料之日起即为受理",
    "review": "本地政策 limits.review",
    "promised": "承诺时限；行政许可法第八十二条：按工作日计，不含法定节假日；民法典第二百零一条：开始当日不计",
    "statutory": "行政许可法第四十二条",
    "delivery": "行政许可法第四十四条：作出决定之日起十日内颁发、送达",
}
PAUSE_WORDS = {
    "correction": ("补正", "补正材料所需时间不计入办理时限"),
    "special": ("特别程序", "行政许可法第四十五条：听证、招标、检验、鉴定、专家评审等所需时间不计入"),
}
MAIL_STATES = {
    "pending": "待发",
    "sending": "发送中",
    "sent": "已发",
    "kept": "发信未开启，已存为文件",
    "unknown": "结果不明",
    "failed": "发送失败",
    "dropped": "发前已不需要",
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
        "now": judged.now.isoformat(),
        "stage": clocks.stage,
        "light": judged.light.value,
        "deemed_accepted": clocks.deemed.isoformat() if clocks.deemed else None,
        "limit_sources": {"item": facts.limit_days, "matter": facts.matter_limit},
        "pauses": [_pause(pause, special_names) for pause in clocks.pauses.spans],
        "clocks": [
            _clock(judged, clock) for clock in clocks.all if clock.start is not None and clock.limit is not None
        ],
        "problems": judged.data_problems,
    }


def events_of(versions: Any, judged: Judged) -> list[dict[str, Any]]:
    """The events that exist, in order; ``counts`` is false for one that lies in the future."""
    return [_event(event, judged) for event in settle_versions(versions)]


def _event(event: Event, judged: Judged) -> dict[str, Any]:
    return {
        "date": event.day.isoformat(),
        "moment": event.moment.isoformat(),
        "code": int(event.code),
        "title": TITLES[event.code],
        "counts": event.moment <= judged.now,
    }


def _pause(pause: Pause, special_names: dict[Any, str]) -> dict[str, Any]:
    word, basis = PAUSE_WORDS[pause.kind]
    name = special_names.get(pause.start)
    return {
        "kind": pause.kind,
        "name": f"{word}（{name}）" if name else word,
        "start": local_date(pause.start).isoformat(),
        "end": local_date(pause.end).isoformat() if pause.end else None,
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
        "basis": LAW_OF[clock.name],
        "start": start.isoformat(),
        "end": local_date(clock.end).isoformat() if clock.end else None,
        "limit": clock.limit.amount,
        "unit_of_limit": clock.limit.unit,
        "due": clock.due.isoformat() if clock.due else None,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "provisional": clock.provisional,
        "used": clock.used,
        "remaining": clock.remaining,
        "overdue_days": clock.overdue_days,
        "state": clock.state.value,
        "status": state_word(clock),
        "runs": [{**asdict(run), "first": run.first.isoformat(), "last": run.last.isoformat()} for run in days],
    }


def as_text(account: dict[str, Any]) -> list[str]:
    """The account as lines for a terminal of 80 columns."""
    lines = [
        f"办件 {account['item']}　{account['unit_name']}　{account['stage']}阶段",
        f"事项 {account['matter']}",
        f"项目 {account['project'] or '—'}　{account['project_code'] or '（无项目代码）'}",
    ]
    lines += [f"注意 {problem}" for problem in account["problems"]]
    lines += ["", "办理状态"]
    for event in account["events"]:
        lines.append(f"  {event['date']}　{event['title']}" + ("" if event["counts"] else "（尚未到时间，暂不计）"))
    if account["pauses"]:
        lines += ["", "暂停"]
        for pause in account["pauses"]:
            lines.append(f"  {pause['start']} 起 {pause['end'] or '至今'} 止　{pause['name']}")
            lines.append(f"    {pause['basis']}")
    for clock in account["clocks"]:
        lines += ["", *_clock_text(clock)]
    lines += ["", "提醒"] + ([_mail_text(mail) for mail in account["mails"]] or ["  尚未产生提醒"])
    lines += ["", f"下次判断　{_minute(account['next_at']) if account['next_at'] else '没有新记录就不再变化'}"]
    return lines


def _clock_text(clock: dict[str, Any]) -> list[str]:
    unit = UNITS_OF_LIMIT[clock["unit_of_limit"]]
    due = clock["due_at"] or clock["due"]
    lines = [
        f"{clock['title']}　时限 {clock['limit']}{unit}",
        f"  依据 {clock['basis']}",
        f"  起算 {clock['start']}（当日不计）",
    ]
    numbers = {False: 0, True: 0}
    for run in clock["runs"]:
        span = run["first"] if run["first"] == run["last"] else f"{run['first']} … {run['last']}"
        before = numbers[run["overdue"]]
        numbers[run["overdue"]] = before + run["counted"]
        lines.append(f"  {span:<25} {_counted(run, before)}　{run['reason']}")
    ending = f"到期 {due}{'（暂算）' if clock['provisional'] else ''}" if due else "暂停中，没有到期日"
    lines.append(f"  {ending}　{clock['status']}" + (f"　{clock['end']} 结束" if clock["end"] else ""))
    return lines


def _counted(run: dict[str, Any], before: int) -> str:
    if not run["counted"]:
        return "不计"
    first, last = before + 1, before + run["counted"]
    word = "逾期第" if run["overdue"] else "第"
    return f"{word} {first}—{last} 天" if last > first else f"{word} {last} 天"


def _mail_text(mail: dict[str, Any]) -> str:
    what = "已越过，按当时级别另发" if mail["passed_over"] else mail["subject"] or "信件"
    state = f"（{MAIL_STATES[mail['state']]}）" if mail["state"] else ""
    return f"  {_minute(mail['decided_at'])}　{mail['step']}　{what}{state}"


def _minute(iso: str) -> str:
    return iso[:16].replace("T", " ")
