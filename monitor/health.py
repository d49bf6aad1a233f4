"""Whether the daemon does its work: how old is each job's last good run, how long does the oldest mail wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.hours import local
from alerts.outbox import queue_state
from config.policy import Role
from monitor.app import App
from monitor.jobs.slots import last_good_run
from monitor.source_health import sentences

MAIL_WAITS = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: good or not, and a sentence (Chinese)."""

    good: bool
    sentence: str


def findings(app: App) -> list[Finding]:
    """Every thing that is looked at."""
    now, limits = app.clock(), app.config.settings.health
    with app.transactions.read() as connection:
        polled = app.data_as_of(connection)
        queue = queue_state(connection)
        sources = [Finding(good, sentence) for good, sentence in sentences(app, connection, now)]
    found = [
        _recent("完整取数", polled, now, limits.max_poll_minutes),
        *sources,
        _recent("判断", last_good_run(app, "plan"), now, limits.max_plan_minutes),
        _recent("发信", last_good_run(app, "deliver"), now, limits.max_deliver_minutes),
    ]
    oldest = queue.oldest_waiting
    late = any(_waits_too_long(app, audience, since, now) for audience, since in queue.waiting_since.items())
    waiting = queue.by_state.get("pending", 0) + queue.by_state.get("sending", 0)
    since = f"，最早一封 {local(oldest):%m-%d %H:%M} 起等待" if oldest else ""
    found.append(Finding(not late, f"待发信件 {waiting} 封{since}"))
    unknown, failed = queue.by_state.get("unknown", 0), queue.by_state.get("failed", 0)
    found.append(Finding(True, f"结果不明 {unknown} 封，发送失败 {failed} 封"))
    return found


def _waits_too_long(app: App, audience: str | None, since: datetime, now: datetime) -> bool:
    """Whether a mail to ``audience`` has waited for long while it could have left."""
    role = Role(audience) if audience in set(Role) else None
    return app.is_open(now, role) and now - max(since, app.timetable.opened(now, role)) > MAIL_WAITS


def _recent(what: str, last: datetime | None, now: datetime, most_minutes: int) -> Finding:
    if last is None:
        return Finding(False, f"{what}：从未成功")
    age = int((now - last) / timedelta(minutes=1))
    return Finding(
        age <= most_minutes, f"{what}：上次成功 {local(last):%m-%d %H:%M}（{age} 分钟前，允许 {most_minutes} 分钟）"
    )
