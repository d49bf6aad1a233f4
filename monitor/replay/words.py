"""A replay in words: the sentences above the tables, and all of it as JSON."""

from typing import Any

from alerts.deliver import KINDS
from alerts.digest import LEVEL_NAMES, LEVELS
from monitor.replay.figures import Replayed, Sum

LEVEL_HEADINGS = tuple(LEVEL_NAMES[level] for level in LEVELS)


def sentences(replayed: Replayed) -> list[str]:
    """What was walked and how it was known, the total, the first day, the busiest day, and the other mails."""
    total = replayed.total
    found = [
        f"回放 {replayed.first} 至 {replayed.last}，{len(replayed.days)} 个工作日，按现行配置；不发出、不保存任何东西。"
        + _known(replayed),
        f"催办、督办信件共 {_words(total)}，涉及办件 {len(total.items)} 件。",
    ]
    if replayed.days:
        first = replayed.by_day[replayed.days[0]]
        found.append(f"第一天（{replayed.days[0]}）{_words(first)}：此前没有发过信，所有存量都在这一天提醒。")
    if replayed.busiest is not None:
        day, most = replayed.busiest
        found.append(f"第一天以外最忙的一天是 {day}，{_words(most)}。")
    if replayed.dropped:
        found.append(f"另有 {replayed.dropped} 封在发出前重新判断时已不再需要。")
    if replayed.others:
        others = "，".join(f"{KINDS.get(kind, kind)} {count} 封" for kind, count in sorted(replayed.others.items()))
        found.append(f"此外：{others}。逾期周报每周一封，与阶梯无关，不计在内。")
    return found


def _known(replayed: Replayed) -> str:
    since = replayed.recorded_from
    if since is None or replayed.last < since:
        return "这段时间没有取数记录，一律按事件发生的时间计，不按当时是否已取到。"
    if replayed.first < since:
        return f"{since} 起才有取数记录，此前按事件发生的时间计，此后按实际取到的时间计。"
    return "按当时已取到的记录判断。"


def _words(found: Sum) -> str:
    levels = "、".join(f"{LEVEL_NAMES[level]} {found.levels[level]} 条" for level in LEVELS if found.levels[level])
    return f"{found.mails} 封" + (f"（{levels}）" if levels else "")


def as_json(replayed: Replayed) -> dict[str, Any]:
    """All figures as JSON values."""
    busiest = replayed.busiest
    return {
        "from": replayed.first.isoformat(),
        "to": replayed.last.isoformat(),
        "recorded_from": replayed.recorded_from.isoformat() if replayed.recorded_from else None,
        "sentences": sentences(replayed),
        "total": replayed.total.to_json(),
        "busiest": {"day": busiest[0].isoformat(), **busiest[1].to_json()} if busiest else None,
        "dropped": replayed.dropped,
        "others": dict(sorted(replayed.others.items())),
        "weeks": [
            {"unit": unit, "audience": audience, "week": week, **found.to_json()}
            for (unit, audience, week), found in replayed.by_week.items()
        ],
        "days": [{"day": day.isoformat(), **found.to_json()} for day, found in replayed.by_day.items()],
    }
