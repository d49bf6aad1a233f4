"""One round of each job. Each reads the clock once and hands that moment down; each says in counts what it did."""

import asyncio

from sqlalchemy import Connection

from alerts import deliver as delivery
from alerts.case import Case
from alerts.plan import plan
from alerts.rules import REASONS
from config.policy import Role
from monitor.app import App
from monitor.codes import plan_code_mail
from monitor.jobs.looking import Looked, keep_until, look
from monitor.jobs.outcome import Outcome as Outcome
from monitor.jobs.polling import poll_round as poll_round
from monitor.jobs.polling import settle_all
from monitor.jobs.warnings import warn
from monitor.ledger.verdicts import Verdict, still_so


def plan_round(app: App) -> Outcome:
    """Decides what is owed now and queues it.

    A step is decided when one of its audiences at least may be written to, so none is burned by a night, a weekend or
    a holiday: what has come due meanwhile is judged at its present level when the hours begin.
    """
    now = app.clock()
    settle_all(app, now)
    warn(app, now)
    if not app.timetable.any_open(now, {*app.config.policy.audiences, Role.COUNTER}):
        return Outcome("plan", True, "判断：不在发信时段，到时再判断", {"open": 0})
    looked = look(app, now)
    with app.transactions.write() as connection:
        verdicts, cases = _current(connection, looked)
        planned = plan(connection, cases, app.round(connection, now))
        keep_until(connection, verdicts, planned.next_at, now)
    counted = looked.reasons + planned.reasons
    reasons = "，".join(f"{REASONS[reason]} {count}" for reason, count in counted.most_common())
    sentence = f"判断：看了 {looked.items} 件，产生信件 {len(planned.mails)} 封" + (f"（{reasons}）" if reasons else "")
    codes = plan_code_mail(app, now)
    if codes["code_mails"]:
        sentence += f"；项目代码新发现 {codes['code_findings']} 件，产生致综合窗口的信 1 封"
    counts = {"items": looked.items, "mails": len(planned.mails), **counted, **codes}
    return Outcome("plan", True, sentence, counts)


def _current(connection: Connection, looked: Looked) -> tuple[list[Verdict], list[Case]]:
    """What was looked at and is so still: verdicts and cases of what a mail is owed for."""
    verdicts = still_so(connection, looked.verdicts)
    same = {one.item for one in verdicts}
    return verdicts, [case for case in looked.cases if case.item in same]


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
