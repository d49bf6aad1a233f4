"""A whole report as plain JSON, of any size: what the forms are given, with figures that reconcile."""

import json
from datetime import date, timedelta
from random import Random
from typing import Any

from alerts.wording import due_date, overdue_by, percent, rounded

UNITS = (
    "区发展改革委",
    "市规划自然资源委怀柔分局",
    "区住房城乡建设委",
    "区生态环境局",
    "区水务局",
    "区园林绿化局",
    "区城市管理委",
    "区交通局",
    "区国动办（人防办）",
    "区经济和信息化局",
    "区文化和旅游局（文物局）",
    "区应急管理局",
    "区卫生健康委",
    "区气象局",
    "公安交通支队",
    "区消防救援支队",
)
MATTER, PROJECT = "生产建设项目水土保持方案审批", "北房镇河道治理工程"
LONGEST = {
    "unit": "北京市怀柔区人民政府雁栖湖生态发展示范区管理委员会规划建设与自然资源综合协调管理办公室（行政审批专班）",
    "matter": "建设项目使用林地及在森林和野生动物类型国家级自然保护区建设审批" * 3,
    "project": "怀柔科学城雁栖河生态廊道及周边基础设施配套工程（二期）设计施工总承包—𠮷野家段" * 4,
    "item": "HRM1-" + "9876543210" * 5,
    "project_code": "2201-110116-04-01-466702" + "ABCDEFGHIJ" * 3,
}
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 22)


def payload(late: int = 12, units: int = 16, seed: int = 1, longest: bool = False, **changes: Any) -> dict[str, Any]:
    """The payload of the report on 2026-W47 with ``late`` overdue items of ``units`` units.

    ``longest``: with the longest names there can be. ``changes``: keys to be replaced.
    """
    random = Random(seed)
    names = list(UNITS[:units])
    if longest and names:
        names[0] = LONGEST["unit"]
    overdue = [_entry(random, names, number, longest) for number in range(late)] if names else []
    overdue.sort(key=lambda entry: (-entry["overdue_days"], entry["item"]))
    rows = [_unit(random, number, name, overdue) for number, name in enumerate(names)]
    rows.sort(key=lambda row: (-row["overdue"], -(row["overdue_rate"] or 0), row["name"]))
    total = _total(rows)
    whole = {
        "period": {
            "label": "2026-W47",
            "title": "2026年第47周（11月16日—11月22日）",
            "first": FIRST.isoformat(),
            "last": LAST.isoformat(),
            "kind": "week",
            "name": "逾期周报",
            "this": "本周",
            "ahead": "下周",
        },
        "known_at": "2026-11-23T01:05:00+00:00",
        "made_at": "2026-11-23T01:05:00+00:00",
        "data_as_of": "2026-11-23T01:00:00+00:00",
        "stale": False,
        "availability": {
            "polls": 1009,
            "failed": 12,
            "sources": [
                {"name": "city", "polls": 1009, "failed": 12, "longest_gap_hours": 2.5, "longest_gap_text": "2.5 小时"}
            ],
        },
        "provisional": 3,
        "summary": _summary(total, rows),
        "stock": {key: total[key] for key in ("before", "received", "finished", "adjusted", "in_hand")},
        "units": rows,
        "total": total,
        "trend": _trend(random, total),
        "overdue": overdue,
        "stage_late": [
            {
                **_entry(random, names, 7000 + n, longest),
                "stage": "受理",
                "clock": "acceptance",
                "clock_text": "受理时限",
                "card": "—",
            }
            for n in range(3)
        ]
        if names
        else [],
        "unanswered": [_unanswered(entry) for entry in overdue[:4]],
        "due_next": [_entry(random, names, 8000 + n, longest, late=False) for n in range(5)] if names else [],
        "paused": [_paused(_entry(random, names, 9000 + n, longest, late=False)) for n in range(2)] if names else [],
        "held": [
            {
                "scope": "item",
                "scope_text": "办件",
                "unit_id": "U1",
                "until": "2026-12-01",
                "target": "HRM1-3009001",
                "name": PROJECT,
                "until_text": "2026年12月1日 周二",
                "why": "等待上级部门批复",
                "by": "督办专员",
            }
        ],
        "data_notes": [
            {"name": "暂存待核的平台记录", "count": 3, "meaning": "平台给出的记录有误或不全，补正后自动计入。"},
            {"name": "没有时限的事项", "count": 0, "meaning": "平台和事项目录都没有给出承诺时限。"},
        ],
        "codes": _codes(rows, total),
        "rules": ["排名按逾期率从低到高，相同的并列；期末在办不足 5 件的单位不排名。"],
    }
    made: dict[str, Any] = json.loads(json.dumps(whole | changes))
    return made


def _entry(random: Random, names: list[str], number: int, longest: bool, late: bool = True) -> dict[str, Any]:
    days = random.randint(0, 30) if late else 0
    due = LAST - timedelta(days=days + 2) if late else LAST + timedelta(days=1 + number % 5)
    entry = {
        "unit": random.choice(names),
        "item": f"HRM1-3{number:06d}",
        "matter": MATTER,
        "project": f"{PROJECT}（{number}号）",
        "project_code": "2201-110116-04-01-466702",
        "stage": "审批",
        "light": "red" if late else "yellow",
        "light_name": "红灯" if late else "黄灯",
        "card": ("红牌" if days > 5 else "黄牌") if late else "—",
        "received": "2026-10-08",
        "accepted": "2026-10-12",
        "due": due.isoformat(),
        "due_text": due_date(due),
        "unit_id": "",
        "clock": "promised",
        "clock_text": "承诺时限",
        "overdue_working_days": days,
        "overdue_working_days_text": overdue_by(days, "working_day"),
        "overdue_days": days,
        "overdue_text": overdue_by(days, "working_day") if late else "—",
        "became_overdue": (due + timedelta(days=1)).isoformat() if late else None,
        "remark": "暂算" if number % 5 == 0 else "",
        "reason_given": "需补充专家评审意见" if number % 3 == 0 else "—",
        "steps_sent": f"催办 {1 + number % 3}、督办 1",
    }
    if longest and number % 2 == 0:
        entry |= {key: value for key, value in LONGEST.items() if key != "unit"}
        entry["reason_given"] = "申请人提交的材料需要会同多个部门核实，" * 8
    return entry


def _unit(random: Random, number: int, name: str, overdue: list[dict[str, Any]]) -> dict[str, Any]:
    mine = [entry for entry in overdue if entry["unit"] == name]
    received, finished, judged = random.randint(0, 40), random.randint(0, 30), random.randint(0, 20)
    finished = max(finished, judged)
    in_hand = len(mine) + received + random.randint(0, 60)
    due, need = random.randint(0, 6), random.randint(0, 12)
    row: dict[str, Any] = {
        "unit": f"U{number}",
        "name": name,
        "received": received,
        "accepted": random.randint(0, 40),
        "finished": finished,
        "finished_judged": judged,
        "finished_on_time": random.randint(0, judged),
        "in_hand": in_hand,
        "before": in_hand + finished - received - (moved := random.randint(0, 1)),
        "moved_in": moved,
        "moved_out": 0,
        "booked_late": 0,
        "taken_off": 0,
        "adjusted": moved,
        "near": random.randint(0, 5),
        "yellow_cards": sum(entry["card"] == "黄牌" for entry in mine),
        "red_cards": sum(entry["card"] == "红牌" for entry in mine),
        "overdue": len(mine),
        "overdue_new": random.randint(0, len(mine)),
        "overdue_before": random.randint(0, 9),
        "paused": random.randint(0, 3),
        "reminders": random.randint(0, 9),
        "supervised": due,
        "answers_due": due,
        "answered": (answered := random.randint(0, due)),
        "unanswered": due - answered,
        "code_need": need,
        "code_entered": (entered := random.randint(0, need)),
        "code_right": random.randint(0, entered),
        "median_used": random.choice([None, 6, 7.5, 12]),
        "longest_used": random.randint(12, 45),
        "rank": number + 1,
        "rank_text": str(number + 1),
        "rank_change": [1, -2, 0, None][number % 4],
        "rank_change_text": "↑1",
    }
    return _with_rates(row)


def _with_rates(row: dict[str, Any]) -> dict[str, Any]:
    for name, part, whole in (
        ("overdue_rate", "overdue", "in_hand"),
        ("on_time_rate", "finished_on_time", "finished_judged"),
        ("answer_rate", "answered", "answers_due"),
        ("code_use_rate", "code_entered", "code_need"),
        ("code_right_rate", "code_right", "code_need"),
    ):
        share = row[part] / row[whole] if row[whole] else None
        row |= {name: None if share is None else rounded(share), f"{name}_text": percent(share)}
    for name in ("median_used", "longest_used"):
        row[f"{name}_text"] = "—" if row[name] is None else f"{row[name]:g} 个工作日"
    return row


def _total(rows: list[dict[str, Any]]) -> dict[str, Any]:
    total: dict[str, Any] = {
        "unit": "total",
        "name": "合计",
        "rank": None,
        "rank_text": "",
        "rank_change": None,
        "rank_change_text": "",
        "median_used": 9,
    }
    total["longest_used"] = max((row["longest_used"] for row in rows), default=None)
    summed = set(_unit(Random(), 0, "", [])) - set(total)
    for name in sorted(summed):
        if not name.endswith(("_rate", "_text")):
            total[name] = sum(row[name] for row in rows)
    return _with_rates(total)


def _summary(total: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    clear = [row["name"] for row in rows if not row["overdue"]]
    first = (
        f"本周新收 {total['received']} 件，受理 {total['accepted']} 件，办结 {total['finished']} 件；"
        f"期末在办 {total['in_hand']} 件，其中临期 {total['near']} 件、计时暂停 {total['paused']} 件。"
    )
    late = (
        f"逾期 {total['overdue']} 件，其中黄牌 {total['yellow_cards']} 件、红牌 {total['red_cards']} 件。"
        if total["overdue"]
        else f"本周末 {len(rows)} 家单位均没有逾期事项，感谢各单位的努力。"
    )
    return [first, late, f"没有逾期的单位 {len(clear)} 家：{'、'.join(clear)}。"] if clear and late else [first, late]


def _trend(random: Random, total: dict[str, Any]) -> list[dict[str, Any]]:
    weeks = []
    for back in reversed(range(8)):
        monday = FIRST - timedelta(weeks=back)
        row = {
            key: random.randint(0, max(2, total[key])) if back else total[key]
            for key in ("received", "finished", "overdue", "overdue_new")
        }
        row["in_hand"] = row["overdue"] + 60 if back else total["in_hand"]
        for name, share in (("overdue_rate", row["overdue"] / (row["in_hand"] or 1)), ("on_time_rate", 0.875)):
            row |= {name: rounded(share), f"{name}_text": percent(share)}
        label = f"第{monday.isocalendar().week}周"
        weeks.append({"label": f"{monday.year}-W{monday.isocalendar().week}", "title": label, **row})
    return weeks


def _unanswered(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in ("unit", "item", "matter", "project")} | {
        "level": "red_card",
        "level_text": f"督办·{entry['card']}",
        "sent": "2026-11-12",
        "sent_text": "2026年11月12日 周四",
        "answer_by": "2026-11-17",
        "answer_by_text": "2026年11月17日 周二",
        "days_late": 3,
        "days_late_text": "逾期 3 个工作日",
    }


def _paused(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "paused_since": "2026-11-09", "paused_since_text": "2026年11月9日 周一", "paused_kind": "专家评审"}


def _codes(rows: list[dict[str, Any]], total: dict[str, Any]) -> dict[str, Any]:
    counts = ("need", "entered", "right", "use_rate", "use_rate_text", "right_rate", "right_rate_text")

    def use(row: dict[str, Any], place: int | None) -> dict[str, Any]:
        found = {name: row[f"code_{name}"] for name in counts}
        recent = {f"recent_{name}": value for name, value in found.items()}
        return {
            "key": row["unit"],
            "name": row["name"],
            "rank": place,
            "rank_text": str(place or "—"),
            **found,
            **recent,
        }

    week = {name: total[f"code_{name}"] for name in counts}
    return {
        "summary": ["本周接件应当使用项目代码的办件见下表。"],
        "units": [use(row, place) for place, row in enumerate(rows, start=1)],
        "counters": [use({**total, "unit": "综合窗口", "name": "综合窗口"}, None)],
        "total": use(total, None),
        "weeks": [
            {"label": f"第{44 + n}周", "monday": (FIRST - timedelta(weeks=3 - n)).isoformat(), **week} for n in range(4)
        ],
        "findings": [
            {
                "item": "HRM1-3000001",
                "unit": rows[0]["name"],
                "counter": "综合窗口",
                "matter": MATTER,
                "project": PROJECT,
                "given": "2201-110116-04-01-46670",
                "problem": "校验码不符",
                "reason": "项目代码的校验码不符",
                "repaired": "—",
                "standing": "未受理",
                "received": "2026-11-18",
                "received_text": "2026年11月18日 周三",
                "advice": "请对照立项文件逐位核对后重新录入；核验通过之前不得受理。",
                "mend": "请对照立项文件逐位核对后重新录入。",
                "stop": "核验通过之前不得受理。",
            }
        ]
        if rows
        else [],
    }
