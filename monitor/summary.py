"""Where an item stands, in one plain Chinese sentence. Pure."""

from alerts.hours import local
from monitor.clocks import HOUR, NATURAL_DAY, Clock, State
from monitor.events import TITLES
from monitor.judge import Judged
from monitor.side_by_side import limit_words


def summary(judged: Judged) -> str:
    """The stage, the limit that matters now, when it runs out, and how much is left or overdue."""
    clocks, closed = judged.clocks, judged.clocks.milestones.closed
    if closed is not None:
        return _closed(judged, f"{closed.day} {TITLES[closed.code]}")
    if clocks.promised.start is not None:
        deemed = f"未在期限内作出受理答复，自 {clocks.deemed} 起视为受理；" if clocks.deemed else ""
        return deemed + f"{clocks.stage}阶段，{_running(clocks.promised, '承诺时限')}{_unlawful(judged)}。"
    if clocks.acceptance.active:
        return f"接件阶段，等待受理答复，{_running(clocks.acceptance, '接件时限')}。"
    if clocks.acceptance.start is not None:
        return "接件阶段，材料补正中；补正结束后重新起算接件时限。"
    return "没有接件、受理的记录，没有起算的时限。"


def _closed(judged: Judged, ending: str) -> str:
    promised, delivery = judged.clocks.promised, judged.clocks.delivery
    if promised.start is None:
        said = "，办结前没有受理记录，不计办理时限"
    elif promised.limit is None:
        said = "，没有办理时限，无法判断是否按期"
    elif promised.on_time:
        said = f"，承诺时限 {limit_words(promised.limit)}，{_due(promised)} 到期，按期"
    else:
        said = f"，承诺时限 {limit_words(promised.limit)}，{_due(promised)} 到期，{_overdue(promised, '逾期')}办结"
    waits = f"；批复文件尚未送达，{_running(delivery, '送达时限')}" if delivery.active else ""
    return f"{ending}{said}{waits}。"


def _running(clock: Clock, title: str) -> str:
    if clock.limit is None:
        return "没有办理时限，无法判断是否逾期"
    unit = unit_of(clock)
    limit = f"{title} {limit_words(clock.limit)}"
    due = f"，{_due(clock)} 到期{'（暂算）' if clock.provisional else ''}" if clock.due else ""
    if clock.state is State.PAUSED:
        return f"{limit}，暂停中，已用 {clock.used} {unit}，剩余 {clock.remaining} {unit}{due and due + '前恢复则不变'}"
    if clock.overdue:
        return f"{limit}{due}，{_overdue(clock, '已逾期')}" + ("，现暂停" if clock.paused else "")
    left = "今日到期" if clock.state is State.DUE_TODAY else f"剩余 {clock.remaining} {unit}"
    return f"{limit}{due}，{left}"


def _due(clock: Clock) -> str:
    return f"{local(clock.due_at):%Y-%m-%d %H:%M}" if clock.due_at else f"{clock.due}"


def _overdue(clock: Clock, word: str) -> str:
    return f"{word} {clock.overdue_days} {unit_of(clock)}" if clock.overdue_days else f"{word}不足 1 {unit_of(clock)}"


def _unlawful(judged: Judged) -> str:
    statutory = judged.clocks.statutory
    return f"，并已超过法定时限（{_due(statutory)}）" if statutory.overdue else ""


def unit_of(clock: Clock) -> str:
    """What a clock counts in, in Chinese."""
    unit = clock.limit.unit if clock.limit else ""
    return "小时" if unit == HOUR else "个自然日" if unit == NATURAL_DAY else "个工作日"
