"""One round of each job. Each reads the clock once and hands that moment down; each says in counts what it did."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import deliver as delivery
from alerts.deliver import domain_of, tell_operator
from alerts.hours import local, next_open
from alerts.plan import Planned, plan
from alerts.rules import REASONS
from config.policy import Role
from monitor.app import App, standard_names
from monitor.judge import Judged, judge
from monitor.ledger.read import Loaded, due_ids, load
from monitor.ledger.settle import keep, settle
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
    settle(app.transactions, app.standards, now)
    _warn_if_blind(app, now)
    if not app.is_open(now):
        return Outcome("plan", True, "判断：不在发信时段，到时再判断", {"open": 0})
    with app.transactions.write() as connection:
        this = app.round(connection, now)
        rows = list(load(connection, due_ids(connection, now)))
        judged = [(row, judge(row.facts, row.versions, app.standards, now) if row.valid else None) for row in rows]
        cases = [case for _, one in judged if one for case in one.cases() if not case.closed]
        planned = plan(connection, cases, this)
        _keep(connection, judged, planned, app, now)
    reasons = "，".join(f"{REASONS[reason]} {count}" for reason, count in planned.reasons.most_common())
    sentence = f"判断：看了 {len(rows)} 件，产生信件 {len(planned.mails)} 封" + (f"（{reasons}）" if reasons else "")
    counts = {"items": len(rows), "mails": len(planned.mails), **planned.reasons}
    return Outcome("plan", True, sentence, counts)


def _keep(
    connection: Connection,
    judged: list[tuple[Loaded, Judged | None]],
    planned: Planned,
    app: App,
    now: datetime,
) -> None:
    """Stores the judgements with the next moment: the item's own turning point or the next step, what comes first."""

    def next_at(one: Judged) -> datetime | None:
        moments = [one.next_moment()]
        if (day := planned.next_on.get(one.facts.item)) is not None:
            moments.append(next_open(day, app.config.policy.hours, app.workdays))
        return min((moment for moment in moments if moment is not None), default=None)

    keep(connection, judged, now, "时间推移", next_at)


def _warn_if_blind(app: App, now: datetime) -> None:
    """Tells operator and information centre, once for each time the data has stopped coming."""
    with app.transactions.read() as connection:
        as_of = app.data_as_of(connection)
    if as_of is None or not app.is_blind(as_of, now):
        return
    hours = int((now - as_of) / timedelta(hours=1))
    paragraphs = [
        f"平台数据自 {local(as_of):%Y年%m月%d日 %H:%M} 起未能完整取得，已 {hours} 小时。",
        "在此期间：催办照常，每封信首行注明数据截至时间；督办暂缓，待数据恢复后重新判断。",
        "请检查 approval-monitor poll 的报错、网络与访问令牌；确属平台故障的，请告知市信息中心。",
    ]
    with app.transactions.write() as connection:
        tell_operator(
            connection, app.config.units, domain_of(app.config.settings.delivery), f"blind|{as_of.isoformat()}",
            "平台数据中断，督办暂缓", paragraphs, now, (Role.OPERATOR, Role.INFORMATION_CENTRE),
        )  # fmt: skip


def deliver_round(app: App) -> Outcome:
    """Sends what is queued and due, or keeps it as files while delivery is off."""
    result = asyncio.run(delivery.deliver(app.post(app.clock()), app.transports(), app.stop.is_set))
    counts = result.counts
    where = "" if app.mails_leave else f"（发信未开启，信件存于 {app.keep_in or app.kept_mails}）"
    sentence = (
        f"发信：发出 {counts['sent']} 封，存为文件 {counts['kept']} 封，暂缓 {counts['pending']} 封，"
        f"不再需要 {counts['dropped']} 封，结果不明 {counts['unknown']} 封，失败 {counts['failed']} 封{where}"
    )
    return Outcome("deliver", not result.relay_down, sentence, dict(counts), tuple(result.problems))
