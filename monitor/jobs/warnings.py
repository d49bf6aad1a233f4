"""What those who run the system must be told in time: data that stopped coming, a calendar that will end."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.deliver import domain_of
from alerts.hours import local
from alerts.operator import tell_operator
from config.policy import Role
from monitor.app import App
from monitor.ledger import store
from monitor.ledger.freshness import of_source
from monitor.ledger.source_state import states
from monitor.source_health import failing_words, troubles
from monitor.unmatched import tell_supervisor

CALENDAR_MONTH = 11
"""The State Council's notice for the next year usually comes in this month; from then on its absence is told."""


def warn(app: App, now: datetime) -> None:
    """Queues the warnings that are due at ``now`` (UTC), each once."""
    with app.transactions.read() as connection:
        silent = _silent_sources(app, connection, now)
        last = {name: failing_words(state) for name, state in states(connection).items() if state.failing_since}
        wrong = list(troubles(app, connection, now))
    for name, since, ever in silent:
        _tell_of_silence(app, name, since, ever, last.get(name, ""), now)
    for one in wrong:
        _tell(app, one.key, one.title, one.paragraphs, now, (Role.OPERATOR,))
    _tell_of_calendar(app, now)
    tell_supervisor(app, now)


def _silent_sources(app: App, connection: Connection, now: datetime) -> list[tuple[str, datetime, bool]]:
    """Sources not read in full for too long: name, since when (UTC), and whether they ever were.

    One that never was counts from when it was first asked: it too holds every escalation, so it must not be silent.
    """
    found = []
    for source in app.config.settings.sources:
        good = of_source(connection, source)
        since = good or store.first_poll(connection, source.name)
        if since is not None and app.is_blind(since, now):
            found.append((source.name, since, good is not None))
    return found


def _tell_of_silence(app: App, name: str, since: datetime, ever: bool, last: str, now: datetime) -> None:
    hours = int((now - since) / timedelta(hours=1))
    what = "起未能完整取得" if ever else "首次取数以来从未完整取得"
    paragraphs = [
        f"来源 {name} 的数据自 {local(since):%Y年%m月%d日 %H:%M} {what}，已 {hours} 小时。",
        *([f"最近的情况：{last}"] if last else []),
        "在此期间：催办照常，每封信首行注明数据截至时间；督办暂缓，待数据恢复后重新判断。",
        "请检查 approval-monitor poll 的报错、网络与访问令牌；确属平台故障的，请告知市信息中心。",
    ]
    roles = (Role.OPERATOR, Role.INFORMATION_CENTRE)
    _tell(app, f"blind|{name}|{since.isoformat()}", "平台数据中断，督办暂缓", paragraphs, now, roles)


def _tell_of_calendar(app: App, now: datetime) -> None:
    """From 1 November on, once a month, while the next year's working days are not known; in that year itself too."""
    here = local(now)
    year = here.year + 1 if here.month >= CALENDAR_MONTH else here.year
    if app.workdays.published(year):
        return
    paragraphs = [
        f"{year} 年的放假安排还没有装入本系统。落在 {year} 年的到期日按法定节假日推算，均标“暂算”。",
        "国务院办公厅公布通知后，请把通知全文存为文本文件，运行 approval-monitor calendar learn 文件名，核对后写入，"
        "再重启服务；或安装带有该年日历的新版本。受影响的到期日会全部重新计算，前后变化留有记录。",
    ]
    _tell(app, f"calendar|{year}|{here:%Y-%m}", f"{year} 年工作日历尚缺", paragraphs, now, (Role.OPERATOR,))


def _tell(app: App, key: str, title: str, paragraphs: list[str], now: datetime, roles: tuple[Role, ...]) -> None:
    domain = domain_of(app.config.settings.delivery)
    with app.transactions.write() as connection:
        tell_operator(connection, app.config.units, domain, key, title, paragraphs, now, roles)
