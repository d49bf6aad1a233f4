"""The account of one item as a page for a terminal of 80 columns. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from monitor.clocks import HOUR, Limit
from monitor.columns import padded, wrapped
from monitor.prospect import words as prospect_words
from monitor.recorded import lines_of, minute
from monitor.replies_text import answer_words, hold_words
from monitor.side_by_side import limit_words

TITLES = {
    "acceptance": "接件时限（收到材料 → 受理答复）",
    "review": "受理时限（受理 → 部门开始办理）",
    "promised": "承诺时限（受理 → 办结）",
    "statutory": "法定时限（受理 → 办结）",
    "delivery": "送达时限（办结 → 送达批复文件）",
}
UNITS = {"working_day": "个工作日", "natural_day": "个自然日", "hour": "小时"}
MAIL_STATES = {
    "pending": "待发",
    "sending": "发送中",
    "sent": "已发",
    "kept": "存为文件",
    "unknown": "结果不明",
    "failed": "发送失败",
    "dropped": "发前已不需要",
    "merged": "并入另一封",
}
LEVELS = {"reminder": "催办", "yellow_card": "督办·黄牌", "red_card": "督办·红牌"}
MOST_CHANGES = MOST_NOTICES = 6
"""How many changes and notices the page has room for; JSON has all."""
_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff])(\d+)(?=[\u4e00-\u9fff])")


def as_text(account: dict[str, Any]) -> list[str]:
    """The account as lines of at most 80 columns."""
    sections: list[tuple[str, Iterable[str]]] = [
        ("", _head(account)),
        ("延长与更正", (line for one in account["corrections"] for line in lines_of(one))),
        ("注意", _problems(account)),
        ("留存待查", (line for one in account["aside"] for line in wrapped(f"{one['table']}：{one['reason']}", 2, 2))),
        ("来源", _sources(account)),
        ("办理状态", _events(account)),
        ("暂停", _pauses(account)),
        *(("", _clock(clock, account)) for clock in account["clocks"]),
        ("到期日的变化", _changes(account["changes"])),
        ("提醒记录", _mails(account["mails"])),
        ("单位答复", (line for one in account["answers"] for line in answer_words(one))),
        ("暂停督促", (line for one in account["holds"] for line in hold_words(one))),
        ("上次判断", _decisions(account)),
        ("接下来", _prospects(account)),
    ]
    lines: list[str] = []
    for title, content in sections:
        found = list(content)
        if found:
            lines += ["", *([title] if title else []), *found] if lines else found
    return lines


def _head(account: dict[str, Any]) -> Iterator[str]:
    yield from wrapped(f"办件 {account['item']}　{account['unit_name']}　{account['matter'] or ''}", 0, 5)
    yield from wrapped(account["summary"])
    yield from wrapped(f"项目 {account['project'] or '—'}　{account['project_code'] or '（无项目代码）'}", 0, 5)
    yield from wrapped(f"日历 {calendar_words(account['calendar'], account['provisional_years'])}", 0, 5)
    source = f"　来源 {account['source']}" if account["source"] and not account["sources"] else ""
    if account["code_message"]:
        yield from wrapped(f"代码 {account['code_message']}", 0, 5)
    yield from wrapped(f"截至 {minute(account['now'])}{source}", 0, 5)


def calendar_words(calendar: dict[str, Any], provisional: list[int]) -> str:
    """Which calendar the dates rest on: 第3版，2026-11-06 起，2027 年放假通知."""
    version = calendar["version"]
    if version:
        said = f"第 {version['id']} 版，{version['since']} 起，{version['why']}"
    else:
        said = f"国务院办公厅放假通知 {calendar['first']}–{calendar['last']} 年"
        said += f"，本地日历 {'、'.join(map(str, calendar['overlay']))} 年" if calendar["overlay"] else ""
    unknown = "、".join(map(str, provisional))
    return said + (f"；{unknown} 年放假安排尚未公布，有关到期日为暂算" if unknown else "")


def _problems(account: dict[str, Any]) -> Iterator[str]:
    """What keeps the item from being judged in full; what sources say differently stands under 来源 and the events."""
    known = {f"来源说法不一，{sentence}" for sentence in account["disagreements"]}
    for problem in account["problems"]:
        if problem not in known:
            yield from wrapped(problem, 2, 2)


def _sources(account: dict[str, Any]) -> Iterator[str]:
    alike: dict[str, list[str]] = {}
    for one in account["sources"]:
        values = one["values"]
        if len(values) > 1 and len(set(values.values())) == 1:
            alike.setdefault("、".join(values), []).append(one["title"])
            continue
        first, *others = values.items()
        used = "，采用" if others else ""
        said = [f"{first[1]}（{first[0]}{used}）", *(f"{value}（{source}）" for source, value in others)]
        yield from wrapped(f"{padded(one['title'], 14)}{'；'.join(said)}", 2, 16)
    for sources, titles in alike.items():
        yield from wrapped(f"{padded('一致', 14)}{'、'.join(titles)}（{sources}）", 2, 16)


def _events(account: dict[str, Any]) -> Iterator[str]:
    exact = _by_hours(account)
    several = len({event["source"] for event in account["events"] if not event["by_staff"]}) > 1
    counted = {(event["code"], event["date"]) for event in account["events"] if event["counts"]}
    for event in account["events"]:
        if event["aside"] and (event["code"], event["date"]) in counted:
            continue
        remarks = [event["source"]] if event["by_staff"] or (several and event["source"]) else []
        remarks += [event["aside"]] if event["aside"] else []
        if not event["aside"] and not event["counts"]:
            remarks.append("尚未到时间，暂不计")
        remark = f"（{'，'.join(remarks)}）" if remarks else ""
        day = minute(event["moment"]) if exact else event["date"]
        yield from wrapped(f"{day}  {event['title']}{remark}", 2, 14)


def _pauses(account: dict[str, Any]) -> Iterator[str]:
    exact = _by_hours(account)
    for pause in account["pauses"]:
        start, end = pause["start"], pause["end"]
        if exact:
            start, end = minute(pause["start_at"]), minute(pause["end_at"] or "")
        span = f"{start} 起，{f'{end} 止' if end else '至今未结束'}"
        yield from wrapped(f"{span}　{pause['name']}　{pause['basis']}", 2, 4)


def _by_hours(account: dict[str, Any]) -> bool:
    """Whether the time of day matters."""
    return any(clock["unit_of_limit"] == HOUR for clock in account["clocks"])


def _clock(clock: dict[str, Any], account: dict[str, Any]) -> Iterator[str]:
    limit = limit_words(Limit(clock["limit"], clock["unit_of_limit"]))
    yield from wrapped(f"{TITLES[clock['clock']]}　{limit}　← {clock['origin']}", 0, 4)
    yield from wrapped(f"依据  {clock['basis']}", 2, 8)
    yield from _count(clock, account)
    yield from wrapped(_ending(clock), 2, 8)


def _count(clock: dict[str, Any], account: dict[str, Any]) -> Iterator[str]:
    """The days in runs; those of the statutory limit are the promised one's where both count alike."""
    promised = next((one for one in account["clocks"] if one["clock"] == "promised"), None)
    alike = ("start", "unit_of_limit", "end")
    if clock["unit_of_limit"] == HOUR:
        paused = "，扣除暂停的时间" if account["pauses"] else ""
        yield f"  {minute(clock['start_at'])} 起算，按小时连续计{paused}"
        return
    if clock["clock"] == "statutory" and promised and all(clock[name] == promised[name] for name in alike):
        yield f"  {clock['start']} 起算，逐日同承诺时限"
        return
    yield f"  {clock['start']} 起算，当日不计"
    counted = {False: 0, True: 0}
    year = clock["start"][:4]
    for run in clock["runs"]:
        before = counted[run["overdue"]]
        counted[run["overdue"]] = before + run["counted"]
        span, year = _span(run["first"], run["last"], year)
        yield from wrapped(f"{padded(span, 24)}{padded(_counted(run, before), 18)}{run['reason']}", 2, 26)


def _span(first: str, last: str, year: str) -> tuple[str, str]:
    """The days of a run, the year only where it is another than before; and the year it ends in."""
    begin = first[5:] if first[:4] == year else first
    end = last[5:] if last[:4] == first[:4] else last
    return (begin if first == last else f"{begin} ~ {end}"), last[:4]


def _counted(run: dict[str, Any], before: int) -> str:
    if not run["counted"]:
        return "不计"
    first, last = before + 1, before + run["counted"]
    word = "逾期第" if run["overdue"] else "第"
    return f"{word} {first}~{last} 天" if last > first else f"{word} {last} 天"


def _ending(clock: dict[str, Any]) -> str:
    unit = UNITS[clock["unit_of_limit"]]
    due = minute(clock["due_at"]) if clock["due_at"] else clock["due"]
    said = f"到期  {due}{'（暂算）' if clock['provisional'] else ''}" if due else "到期  暂停中，恢复后才能确定"
    used = "" if clock["end"] or clock["overdue_days"] else f"　已用 {clock['used']} {unit}"
    ended = f"　{clock['end']} 结束" if clock["end"] else ""
    status = _NUMBER.sub(r" \1 ", clock["status"])
    return f"{said}{used}{ended}　{status}"


def _changes(changes: list[dict[str, Any]]) -> Iterator[str]:
    if len(changes) < 2 and not any(one["before"] for one in changes):
        return
    left_out = len(changes) - MOST_CHANGES
    if left_out > 0:
        yield f"  更早的 {left_out} 次见 --format json"
    for one in changes[-MOST_CHANGES:]:
        step = f"{one['before'] or '未定'} → {one['after'] or '未定'}"
        yield from wrapped(f"{minute(one['at'])}  {step}　{one['why']}", 2, 20)


def _mails(notices: list[dict[str, Any]]) -> Iterator[str]:
    passed = [one["step"] for one in notices if one["passed_over"]]
    decided = [one for one in notices if not one["passed_over"]]
    if len(decided) > MOST_NOTICES:
        yield f"  更早的 {len(decided) - MOST_NOTICES} 条见 --format json"
    for one in decided[-MOST_NOTICES:]:
        yield from wrapped(f"{minute(one['decided_at'])}  {LEVELS[one['level']]}  {_why(one)}", 2, 20)
        for mail in one["mails"]:
            yield from wrapped(_mail(mail, one["decided_at"]), 20, 22)
    if passed:
        yield from wrapped(f"越过、未单独发送：{'、'.join(passed)}", 2, 4)


def _why(notice: dict[str, Any]) -> str:
    ended = "" if notice["reason"] == "step_reached" else f"（{notice['reason_text']}）"
    return f"{notice['why']}{ended}" if notice["why"] else str(notice["reason_text"])


def _mail(mail: dict[str, Any], decided_at: str) -> str:
    state = MAIL_STATES.get(mail["state"], mail["state"])
    sent = mail["sent_at"]
    when = "" if not sent else f" {sent[11:16]}" if sent[:10] == decided_at[:10] else f" {minute(sent)}"
    to = "、".join(mail["to"]) or "（没有邮箱）"
    copies = f"，抄送 {'、'.join(mail['cc'])}" if mail["cc"] else ""
    instead = "（该岗位没有邮箱，由上一级代收）" if mail["stands_for"] else ""
    trouble = f"：{mail['outcome']}" if mail["outcome"] and mail["state"] in ("failed", "unknown") else ""
    return f"{mail['audience_text']}　{state}{when}{trouble}　{to}{copies}{instead}"


def _decisions(account: dict[str, Any]) -> Iterator[str]:
    """The decisions on record that are not those of now; since when these are so stands with what is owed now."""
    now = {(one["clock"], one["reason"]) for one in account["prospects"]} | {("statutory", "no_steps")}
    for one in account["decisions"]:
        if (one["clock"], one["reason"]) not in now:
            again = f"，{one['next_on']} 起再判断" if one["next_on"] else ""
            yield from wrapped(f"{one['title']}　{one['reason_text']}（{minute(one['since'])}）{again}", 2, 4)


def _prospects(account: dict[str, Any]) -> Iterator[str]:
    # That the ladder has no steps for the statutory limit is how it is meant; the promised one's steps tell of it.
    since = {(one["clock"], one["reason"]): one["since"] for one in account["decisions"]}
    for one in (one for one in account["prospects"] if (one["clock"], one["reason"]) != ("statutory", "no_steps")):
        first, *rest = prospect_words(one)
        begun = since.get((one["clock"], one["reason"]))
        yield from wrapped(f"{first}（{minute(begun)} 起）" if begun and not one["owed"] else first, 2, 4)
        for line in rest:
            yield from wrapped(line, 4, 6)
    if not account["prospects"]:
        yield f"  {account['idle']}"
    if account["prospects"]:
        yield f"  下次判断  {_later(account['next_at'], account['now'])}"


def _later(next_at: str | None, now: str) -> str:
    if next_at is None:
        return "没有新记录就不再变化"
    return "下一轮" if next_at <= now else minute(next_at)
