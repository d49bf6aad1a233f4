"""Whether the daemon does its work: how old is each job's last good run, does the relay take mail, did the audit agree.

What is found here decides whether a heartbeat is given, so whatever keeps mails from leaving must be among it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from alerts.hours import local
from alerts.outbox import MAIL, WAITING, QueueState, queue_state
from config.policy import Role
from monitor.app import App
from monitor.jobs.slots import JOB_RUN, last_good_run
from monitor.source_health import sentences

MAIL_WAITS = timedelta(hours=2)
AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its ``name`` for machines, good or not, a sentence (Chinese), and the figure behind it.

    ``value``: minutes for what has an age, else a count; None where there is none.
    """

    name: str
    good: bool
    sentence: str
    value: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return {"name": self.name, "good": self.good, "sentence": self.sentence, "value": self.value}


def findings(app: App) -> list[Finding]:
    """Every thing that is looked at."""
    return [*work_findings(app), _audited(app)]


def work_findings(app: App) -> list[Finding]:
    """All of it but the audit, which is itself given a heartbeat for only when this is good."""
    now, limits = app.clock(), app.config.settings.health
    with app.transactions.read() as connection:
        polled = app.data_as_of(connection)
        queue = queue_state(connection)
        sources = [Finding("source", good, sentence) for good, sentence in sentences(app, connection, now)]
        down = relay_down_since(connection)
    return [
        _recent("data", "完整取数", polled, now, limits.max_poll_minutes),
        *sources,
        _recent("plan", "判断", last_good_run(app, "plan"), now, limits.max_plan_minutes),
        _recent("deliver", "发信", last_good_run(app, "deliver"), now, limits.max_deliver_minutes),
        _relay(down, now, limits.max_relay_minutes),
        *_queue(app, queue, now),
    ]


def relay_down_since(connection: Connection) -> datetime | None:
    """Since when (UTC) the relay has taken nothing though it was tried; None when it takes mail, or nothing waits.

    A delivery round that finds nothing due goes well whatever the relay is like, so the rounds are asked for the last
    mail that was handed over: the relay is down from the first round after it that could not reach the relay.
    """
    tried = select(MAIL.c.id).where(MAIL.c.state.in_(WAITING), MAIL.c.attempts > 0).limit(1)
    if connection.scalar(tried) is None:
        return None
    runs = (
        select(JOB_RUN.c.finished_at, JOB_RUN.c.outcome, JOB_RUN.c.counts)
        .where(JOB_RUN.c.job == "deliver", JOB_RUN.c.finished_at.is_not(None))
        .order_by(JOB_RUN.c.finished_at.desc())
    )
    return _first_failure(connection.execute(runs))


def _first_failure(newest_first: Iterable[Any]) -> datetime | None:
    since: datetime | None = None
    for run in newest_first:
        if any(run.counts.get(name) for name in ("sent", "kept")):
            break
        if run.outcome == "bad":
            since = run.finished_at
    return since


def _relay(since: datetime | None, now: datetime, most_minutes: int) -> Finding:
    if since is None:
        return Finding("relay", True, "邮件服务器：没有发不出去的信", 0)
    age = max(0, int((now - since) / timedelta(minutes=1)))
    sentence = f"邮件服务器：{local(since):%m-%d %H:%M} 起不可用（{age} 分钟，允许 {most_minutes} 分钟），有信发不出去"
    return Finding("relay", age <= most_minutes, sentence, age)


def _queue(app: App, queue: QueueState, now: datetime) -> list[Finding]:
    oldest = queue.oldest_waiting
    late = any(_waits_too_long(app, audience, since, now) for audience, since in queue.waiting_since.items())
    waiting = queue.by_state.get("pending", 0) + queue.by_state.get("sending", 0)
    since = f"，最早一封 {local(oldest):%m-%d %H:%M} 起等待" if oldest else ""
    unknown, failed = queue.by_state.get("unknown", 0), queue.by_state.get("failed", 0)
    return [
        Finding("queue", not late, f"待发信件 {waiting} 封{since}", waiting),
        Finding("outcomes", True, f"结果不明 {unknown} 封，发送失败 {failed} 封", unknown + failed),
    ]


def _waits_too_long(app: App, audience: str | None, since: datetime, now: datetime) -> bool:
    """Whether a mail to ``audience`` has waited for long while it could have left."""
    role = Role(audience) if audience in set(Role) else None
    return app.is_open(now, role) and now - max(since, app.timetable.opened(now, role)) > MAIL_WAITS


def _audited(app: App) -> Finding:
    """The last audit must have agreed, and must not be too old."""
    now, most = app.clock(), app.config.settings.health.max_audit_minutes
    ended = (JOB_RUN.c.job == AUDIT, JOB_RUN.c.outcome.in_(("good", "bad")), JOB_RUN.c.finished_at <= now)
    newest = select(JOB_RUN.c.outcome, JOB_RUN.c.finished_at, JOB_RUN.c.counts).where(*ended)
    with app.transactions.read() as connection:
        # Of two at one moment, by a clock that stands, the one that found something counts.
        order = (JOB_RUN.c.finished_at.desc(), JOB_RUN.c.outcome)
        last = connection.execute(newest.order_by(*order).limit(1)).first()
    if last is not None and last.outcome == "bad":
        count = int(last.counts.get("differences", 0))
        when = f"{local(last.finished_at):%m-%d %H:%M}"
        return Finding(AUDIT, False, f"自查：{when} 发现 {count} 处不符，详见 approval-monitor audit", count)
    return _recent(AUDIT, "自查", last.finished_at if last else None, now, most)


def _recent(name: str, what: str, last: datetime | None, now: datetime, most_minutes: int) -> Finding:
    if last is None:
        return Finding(name, False, f"{what}：从未成功")
    age = int((now - last) / timedelta(minutes=1))
    sentence = f"{what}：上次成功 {local(last):%m-%d %H:%M}（{age} 分钟前，允许 {most_minutes} 分钟）"
    return Finding(name, age <= most_minutes, sentence, age)
