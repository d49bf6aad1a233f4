"""A replay in words: the sentences above the tables, and all of it as JSON."""

from typing import Any

from alerts.deliver import KINDS
from alerts.digest import LEVEL_NAMES, LEVELS
from monitor.replay.compared import Both, Compared
from monitor.replay.figures import Replayed, Sum

PRESENT, OTHER = "现行配置", "对照配置"
LEVEL_HEADINGS = tuple(LEVEL_NAMES[level] for level in LEVELS)


def sentences(replayed: Replayed, by: str = PRESENT) -> list[str]:
    """What was walked, ``by`` what and how it was known, the total, the first day, the busiest day, the other mails."""
    total = replayed.total
    found = [
        f"回放 {replayed.first} 至 {replayed.last}，{len(replayed.days)} 个工作日，按{by}；不发出、不保存任何东西。"
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


def compared_sentences(compared: Compared) -> list[str]:
    """What was walked and how it was known, what each of the two came to, and what differs."""
    total, present, other = compared.total, compared.present, compared.other
    days = f"，{len(present.days)} 个工作日" if present.days == other.days else ""
    found = [
        f"回放 {present.first} 至 {present.last}{days}，按{PRESENT}和{OTHER}各走一遍；不发出、不保存任何东西。"
        + _known(present),
        f"{PRESENT}：催办、督办信件共 {_words(total.present)}，涉及办件 {len(total.present.items)} 件。",
        f"{OTHER}：催办、督办信件共 {_words(total.other)}，涉及办件 {len(total.other.items)} 件。",
        f"{OTHER}与{PRESENT}相比：信件{_more(total.more_mails, '封')}，条目{_more(total.more_lines, '条')}；"
        f"只按{PRESENT}会提醒的办件 {len(compared.only_present)} 件，"
        f"只按{OTHER}会提醒的 {len(compared.only_other)} 件。",
    ]
    for name, one in ((PRESENT, present), (OTHER, other)):
        if one.busiest is not None:
            found.append(f"{name}第一天以外最忙的一天是 {one.busiest[0]}，{_words(one.busiest[1])}。")
    return found


def _more(number: int, unit: str) -> str:
    return f"{'增加' if number > 0 else '减少'} {abs(number)} {unit}" if number else "一样多"


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


def compared_json(compared: Compared) -> dict[str, Any]:
    """All figures of both as JSON values, and side by side."""
    return {
        "sentences": compared_sentences(compared),
        "present": as_json(compared.present),
        "other": as_json(compared.other, OTHER),
        "total": _both_json(compared.total),
        "only_present": sorted(compared.only_present),
        "only_other": sorted(compared.only_other),
        "weeks": [
            {"unit": unit, "audience": audience, "week": week, **_both_json(both)}
            for (unit, audience, week), both in compared.by_week.items()
        ],
        "days": [{"day": day.isoformat(), **_both_json(both)} for day, both in compared.by_day.items()],
    }


def _both_json(both: Both) -> dict[str, Any]:
    return {"present": both.present.to_json(), "other": both.other.to_json()}


def as_json(replayed: Replayed, by: str = PRESENT) -> dict[str, Any]:
    """All figures as JSON values; ``by``: which configuration they are of."""
    busiest = replayed.busiest
    return {
        "from": replayed.first.isoformat(),
        "to": replayed.last.isoformat(),
        "recorded_from": replayed.recorded_from.isoformat() if replayed.recorded_from else None,
        "sentences": sentences(replayed, by),
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
