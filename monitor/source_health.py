"""How each source fares, for ``health`` and for the mails to those who run the system."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from alerts.hours import local
from monitor.app import App
from monitor.ledger.source_state import State, newest_update, states
from monitor.source_clock import TOLERANCE


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about a source that the operator is to know; told once per ``key``."""

    key: str
    title: str
    paragraphs: list[str]


def sentences(app: App, connection: Connection, now: datetime) -> Iterator[tuple[bool, str]]:
    """Of each source that was ever asked, whether it is well, and a sentence (Chinese).

    It is not well when no round was good for longer than ``health.max_poll_minutes`` allows.
    """
    most = timedelta(minutes=app.config.settings.health.max_poll_minutes)
    for state in _states(app, connection):
        failing = state.failing_since
        told = [failing_words(state)] if failing else ["上一轮取数正常"]
        told += [words for words in (clock_words(state), quiet_words(app, connection, state.source, now)) if words]
        yield failing is None or now - failing <= most, f"来源 {state.source}：{'；'.join(told)}"


def troubles(app: App, connection: Connection, now: datetime) -> Iterator[Trouble]:
    """What the operator is to know of the sources at ``now`` (UTC), apart from failures (see ``about_failure``)."""
    for state in _states(app, connection):
        name, today = state.source, local(now).date()
        if words := clock_words(state):
            week = "{}-W{:02}".format(*today.isocalendar()[:2])
            yield Trouble(f"clock|{name}|{week}", f"来源 {name} 的时钟不准", _about_clock(name, words))
        if words := quiet_words(app, connection, name, now):
            newest = newest_update(connection, name)
            yield Trouble(f"quiet|{name}|{newest}", f"来源 {name} 长时间没有更新", _about_quiet(name, words))


def about_failure(state: State, *, each_message: bool) -> Trouble:
    """A failure that does not pass by itself: told once for as long as the source fails in this way.

    ``each_message``: every new message is a trouble of its own.
    """
    parts = ["source", state.source, str(state.kind), str(state.failing_since)]
    if each_message:
        parts.append(hashlib.sha256(state.message.encode()).hexdigest()[:16])
    paragraphs = [
        f"来源 {state.source} {failing_words(state)}",
        "这类问题不会自行恢复，请按上文处理。其他表和其他来源照常读取；台账保持原样，没有读到的部分不会当作已办结。",
        f"处理后可运行 approval-monitor source check {state.source} 核对，再运行 approval-monitor poll 立即取数。",
    ]
    return Trouble("|".join(parts), f"来源 {state.source} 取数出错，需要处理", paragraphs)


def failing_words(state: State) -> str:
    """Since when and why a source fails, and when it is asked again."""
    since = f"{local(state.failing_since):%m-%d %H:%M} 起" if state.failing_since else ""
    failed = f"连续 {state.failures} 轮没有读成" if state.failures else "有的表没有读完"
    again = f"，{local(state.retry_at):%m-%d %H:%M} 之后再试" if state.retry_at else ""
    return f"{since}{failed}{again}，原因：{state.message}"


def clock_words(state: State) -> str:
    """How wrong the source's clock is; empty when it is not, as far as is known."""
    ahead = timedelta(seconds=state.clock_ahead_seconds or 0)
    if abs(ahead) <= TOLERANCE:
        return ""
    return f"时钟比本机{'快' if ahead > timedelta(0) else '慢'} {_length(abs(ahead))}"


def quiet_words(app: App, connection: Connection, source: str, now: datetime) -> str:
    """For how many working days nothing was updated, when that is longer than the owner finds usual; else empty."""
    most = app.config.settings.health.quiet_workdays
    newest = _day(newest_update(connection, source))
    today = local(now).date()
    if not most or newest is None or newest >= today:
        return ""
    days = app.workdays.count(newest, today)
    return f"自 {newest:%Y年%m月%d日} 起 {days} 个工作日没有任何更新" if days > most else ""


def _states(app: App, connection: Connection) -> list[State]:
    known = states(connection)
    return [known[source.name] for source in app.config.settings.sources if source.name in known]


def _about_clock(name: str, words: str) -> list[str]:
    return [
        f"来源 {name} 的{words}（按其回答的时间或记录的更新时间推断）。",
        "更新时间不准，可能使新的记录排在已读位置之前而取不到，或使记录的先后判断有误。",
        "请先核对本机时间（timedatectl），本机无误的，请告知平台方校准。",
    ]


def _about_quiet(name: str, words: str) -> list[str]:
    return [
        f"来源 {name} {words}，而取数没有报错。",
        "这可能是确实没有新的办理记录，也可能是平台停止了推送、账号的权限变了，或更新时间没有改。",
        "在核实之前，台账保持原样，没有办结记录的办件仍按在办计时。"
        "属于正常情况的，可调大 monitor.toml 里的 quiet_workdays。",
    ]


def _day(text: str | None) -> date | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", text or "", re.ASCII)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _length(difference: timedelta) -> str:
    minutes = round(difference / timedelta(minutes=1))
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes} 分" if hours else f"{minutes} 分"
