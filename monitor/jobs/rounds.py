"""One round of each job. Each reads the clock once and hands that moment down; each says in counts what it did."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts import deliver as delivery
from alerts.case import Case
from alerts.hours import next_open
from alerts.plan import Planned, plan
from alerts.rules import REASONS
from monitor.app import App, standard_names
from monitor.jobs.warnings import warn
from monitor.ledger.read import dirty_ids, due_ids, load
from monitor.ledger.settle import Verdict, keep, rejudge_if_set_back, settle, verdict
from monitor.poll import PollResult, poll


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round came to: good or not, a sentence (Chinese), counts for the log, and what failed."""

    job: str
    good: bool
    sentence: str
    counts: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def poll_round(app: App) -> Outcome:
    """Reads every source. One that fails never holds up another."""
    _settle_all(app, app.clock())
    results = [_poll_one(app, name) for name in (source.name for source in app.config.settings.sources)]
    totals: Counter[str] = Counter()
    for result in results:
        totals.update({name: count for name, count in result.counts.items() if name != "set_aside"})
    totals["set_aside"] = max((result.counts["set_aside"] for result in results), default=0)
    sentence = (
        f"取数：读到 {totals['rows']} 行，重新判断 {totals['judged']} 件，未能识别 {totals['refused']} 行"
        f"（留存待查共 {totals['set_aside']} 行）"
    )
    problems = tuple(f"来源 {result.source}：{result.message}" for result in results if result.errors)
    return Outcome("poll", not problems, sentence, dict(totals), problems)


def _poll_one(app: App, name: str) -> PollResult:
    settings = next(source for source in app.config.settings.sources if source.name == name)
    tables = tuple(standard_names(settings))
    with app.source(settings) as source:
        return poll(
            app.transactions, source, name, tables, app.standards, app.clock(), finished=app.clock, stop=app.stop.is_set
        )


def plan_round(app: App) -> Outcome:
    """Decides what is owed now and queues it.

    Outside the working hours nothing is decided, so no step is burned by a night, a weekend or a holiday: what has
    come due meanwhile is judged at its present level when the hours begin.
    """
    now = app.clock()
    _settle_all(app, now)
    warn(app, now)
    if not app.is_open(now):
        return Outcome("plan", True, "判断：不在发信时段，到时再判断", {"open": 0})
    # Judging reads and may take long; only what came of it is written, in one short transaction.
    verdicts, cases = _judged_now(app, now)
    with app.transactions.write() as connection:
        changed = set(dirty_ids(connection))
        planned = plan(connection, [case for case in cases if case.item not in changed], app.round(connection, now))
        _keep(connection, [one for one in verdicts if one.item not in changed], planned, app, now)
    reasons = "，".join(f"{REASONS[reason]} {count}" for reason, count in planned.reasons.most_common())
    sentence = f"判断：看了 {len(verdicts)} 件，产生信件 {len(planned.mails)} 封" + (
        f"（{reasons}）" if reasons else ""
    )
    counts = {"items": len(verdicts), "mails": len(planned.mails), **planned.reasons}
    return Outcome("plan", True, sentence, counts)


def _settle_all(app: App, now: datetime) -> int:
    """Judges what has changed; all items, if calendar, policy, units or matters are not what they were."""
    why = "时钟拨回" if rejudge_if_set_back(app.transactions, now) else "取数"
    why = "配置或日历变更" if app.prepare() else why
    return settle(app.transactions, app.standards, now, why)


def _judged_now(app: App, now: datetime) -> tuple[list[Verdict], list[Case]]:
    """The items whose next moment has come: what they are judged to be, and the cases that a step can be owed for."""
    verdicts: list[Verdict] = []
    cases: list[Case] = []
    with app.transactions.read() as connection:
        for row in load(connection, due_ids(connection, now)):
            one, judged = verdict(row, app.standards, now)
            verdicts.append(one)
            if judged is not None:
                cases.extend(case for case in judged.cases() if not case.closed)
    return verdicts, cases


def _keep(connection: Connection, verdicts: list[Verdict], planned: Planned, app: App, now: datetime) -> None:
    """Stores the verdicts with the next moment: the item's own turning point or the next step, what comes first."""

    def next_at(one: Verdict) -> datetime | None:
        moments = [one.next_moment]
        if (day := planned.next_on.get(one.item)) is not None:
            moments.append(next_open(day, app.config.policy.hours, app.workdays))
        return min((moment for moment in moments if moment is not None), default=None)

    keep(connection, verdicts, now, "时间推移", next_at)


def deliver_round(app: App) -> Outcome:
    """Sends what is queued and due, or keeps it as files while delivery is off."""
    result = asyncio.run(delivery.deliver(app.post(app.clock()), app.transports(), app.stop.is_set))
    counts = result.counts
    where = "" if app.mails_leave else f"（{app.why_kept}，信件存于 {app.keep_in or app.kept_mails}）"
    sentence = (
        f"发信：发出 {counts['sent']} 封，存为文件 {counts['kept']} 封，暂缓 {counts['pending']} 封，"
        f"不再需要 {counts['dropped']} 封，结果不明 {counts['unknown']} 封，失败 {counts['failed']} 封{where}"
    )
    return Outcome("deliver", not result.relay_down, sentence, dict(counts), tuple(result.problems))
