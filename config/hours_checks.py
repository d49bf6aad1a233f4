"""Whether the hours fit together: when mail may leave, and what is due at an hour of its own."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from config.documents import Places
from config.policy import ANY_HOUR, Policy, Role, Span
from config.problems import Problem
from config.toml_lines import KeyPath

SHORTEST = timedelta(minutes=30)
"""A stretch shorter than this may fall between two rounds."""


def check_hours(policy: Policy, places: Places) -> Iterator[Problem]:
    """Everything wrong with the hours of policy.toml."""
    yield from _check_span(policy.hours, "发信时段", ("hours",), places)
    if policy.hours.start < policy.hours.end and not policy.hours.start <= policy.report.hour <= policy.hours.end:
        message = f"周报时刻 {policy.report.hour:%H:%M} 不在发信时段之内，会拖到时段开始才发出"
        yield places.warning("P009", ("report", "hour"), message, "改到 [hours] 的 start 与 end 之间")
    for role, span in policy.hours.audience.items():
        path = ("hours", "audience", role.value)
        if role in ANY_HOUR:
            message = f"{role.label}任何时候都收信，[hours.audience.{role.value}] 不起作用"
            yield places.warning("P021", path, message, "删去这一节")
        else:
            yield from _check_span(span, f"{role.label}的发信时段", path, places)
    yield from _check_overview(policy, places)


def _check_span(span: Span, what: str, path: KeyPath, places: Places) -> Iterator[Problem]:
    said = f"{what} {span.start:%H:%M} 至 {span.end:%H:%M}"
    if span.start >= span.end:
        hint = "start 写早的，end 写晚的；不支持跨夜"
        yield places.error("P007", (*path, "start"), f"{said} 的开始不早于结束，信永远发不出去", hint)
    elif datetime.combine(date.min, span.end) - datetime.combine(date.min, span.start) < SHORTEST:
        hint = f"至少留出 {SHORTEST // timedelta(minutes=1)} 分钟"
        yield places.warning("P022", (*path, "start"), f"{said} 太短，判断与发信可能一轮也赶不上", hint)


def _check_overview(policy: Policy, places: Places) -> Iterator[Problem]:
    span, hour = policy.hours.of(Role.SUPERVISOR), policy.overview.hour
    if span.start < span.end and not span.start <= hour < span.end:
        message = f"督办日报时刻 {hour:%H:%M} 不在督办专员的发信时段之内，会拖到下一时段才发出"
        hint = f"改到 {span.start:%H:%M} 与 {span.end:%H:%M} 之间"
        yield places.warning("P020", ("overview", "hour"), message, hint)
