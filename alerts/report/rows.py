"""A report as plain JSON: every number and word that the mail and the workbook show, made once so that they agree."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from alerts.report import code_rows
from alerts.report.codes import Count
from alerts.report.figures import UNASSIGNED, DataState, Entry, Report, UnitFigures
from alerts.wording import LIGHTS, NOTHING, clean, due_date, overdue_by, percent, rounded

COUNTS = (
    "before",
    "received",
    "accepted",
    "finished",
    "finished_judged",
    "finished_on_time",
    "in_hand",
    "near",
    "yellow_cards",
    "red_cards",
    "overdue",
    "overdue_new",
    "paused",
    "reminders",
    "supervised",
)
RATES = ("overdue_rate", "on_time_rate")
CARDS = {False: "黄牌", True: "红牌"}
NAMED = 5
"""How many units a sentence names before it says 等."""


def payload(report: Report) -> dict[str, Any]:
    """``report`` as JSON values: ISO dates and moments, rates rounded to a tenth of a percent with their words."""
    period, of_unit = report.period, {use.key: use.period for use in report.codes.units}
    return {
        "period": {
            "label": period.label,
            "title": period.title,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "made_at": report.made_at.isoformat(),
        "data_as_of": report.data.as_of.isoformat() if report.data.as_of else None,
        "stale": report.data.stale,
        "summary": summary(report),
        "units": [_unit(unit, of_unit.get(unit.unit, Count())) for unit in report.units],
        "total": _unit(report.total, report.codes.total.period),
        "overdue": [_entry(entry) for entry in report.overdue],
        "due_next": [_entry(entry) for entry in report.due_next],
        "data_notes": data_notes(report.data),
        "codes": code_rows.payload(report.codes),
    }


def summary(report: Report) -> list[str]:
    """The report in sentences: the flow, the overdue, who did well and who did not, the week to come."""
    total = report.total
    on_time = f"（按时办结率 {percent(total.on_time_rate)}）" if total.finished_judged else ""
    flow = (
        f"本周新收 {total.received} 件，受理 {total.accepted} 件，办结 {total.finished} 件{on_time}；"
        f"期末在办 {total.in_hand} 件，其中临期 {total.near} 件、计时暂停 {total.paused} 件。"
    )
    ahead = f"下周到期 {len(report.due_next)} 件，请各单位提前安排。" if report.due_next else "下周没有到期事项。"
    sent = f"本周发出催办邮件 {total.reminders} 封、督办邮件 {total.supervised} 封。"
    return [flow, *_late(report), sent + ahead]


def _late(report: Report) -> list[str]:
    total = report.total
    named = [unit for unit in report.units if unit.unit != UNASSIGNED[0]]
    clear = [unit for unit in named if not unit.overdue]
    if not total.overdue:
        return [f"本周末 {len(named)} 家单位均没有逾期事项，感谢各单位的努力。"]
    longest = max(report.overdue, key=lambda entry: entry.overdue_days, default=None)
    late = (
        f"逾期 {total.overdue} 件，占在办的 {percent(total.overdue_rate)}，其中黄牌 {total.yellow_cards} 件、"
        f"红牌 {total.red_cards} 件；本周新增逾期 {total.overdue_new} 件。"
    )
    if longest and longest.overdue_days > 0:
        by = overdue_by(longest.overdue_days, longest.unit_of_limit)
        late += f"逾期最久的是{clean(longest.unit_name, 40)}办件 {clean(longest.item, 60)}，已{by}。"
    worst = [f"{clean(unit.name, 40)} {unit.overdue} 件" for unit in named if unit.overdue]
    units = f"有逾期的单位 {len(worst)} 家：{_list(worst, NAMED)}。" if worst else ""
    if clear:
        units += f"没有逾期的单位 {len(clear)} 家：{_list([clean(unit.name, 40) for unit in clear], len(clear))}。"
    return [late, units] if units else [late]


def data_notes(data: DataState) -> list[dict[str, Any]]:
    """What the reader should know of the data: name, number of items or rows, what it means."""
    notes = (
        ("暂存待核的平台记录", data.set_aside, "平台给出的记录有误或不全，未计入本报告，补正后自动计入。"),
        ("等待关联数据的记录", data.waiting, "所属办件尚未收到，收到后自动计入。"),
        ("单位未匹配的事项", data.unassigned, f"列在“{UNASSIGNED[1]}”，由督办专员核实责任单位。"),
        ("没有时限的事项", data.no_limit, "平台和事项目录都没有给出承诺时限，无法判断是否逾期。"),
        ("到期日暂算的事项", data.provisional, "涉及尚未公布放假安排的年份，公布后重新计算。"),
    )
    return [{"name": name, "count": count, "meaning": meaning} for name, count, meaning in notes]


def _unit(unit: UnitFigures, codes: Count) -> dict[str, Any]:
    row: dict[str, Any] = {"unit": unit.unit, "name": clean(unit.name, 60)}
    row |= {name: getattr(unit, name) for name in COUNTS}
    for name in RATES:
        share = getattr(unit, name)
        row |= {name: None if share is None else rounded(share), f"{name}_text": percent(share)}
    return row | {f"code_{name}": value for name, value in code_rows.count(codes).items()}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "unit": clean(entry.unit_name, 60) if entry.unit else UNASSIGNED[1],
        "item": clean(entry.item, 60),
        "matter": clean(entry.matter, 120),
        "project": clean(entry.project, 200),
        "project_code": clean(entry.project_code, 60),
        "stage": clean(entry.stage, 20),
        "light": entry.light if entry.light in LIGHTS else "grey",
        "light_name": LIGHTS.get(entry.light, LIGHTS["grey"]),
        "card": CARDS[entry.red_card] if entry.overdue else NOTHING,
        "received": _iso(entry.received),
        "accepted": _iso(entry.accepted),
        "due": _iso(entry.due),
        "due_text": due_date(entry.due),
        "overdue_days": entry.overdue_days,
        "overdue_text": overdue_by(entry.overdue_days, entry.unit_of_limit),
        "became_overdue": _iso(entry.became_overdue),
        "remark": "；".join(_remarks(entry)),
    }


def _remarks(entry: Entry) -> list[str]:
    wrong_code = entry.code is not None and not entry.code.right
    remarks = [
        ("暂算", entry.provisional),
        ("计时暂停", entry.paused),
        ("审批部门未匹配", entry.unit is None),
        ("项目代码待核", wrong_code),
    ]
    return [words for words, holds in remarks if holds]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _list(names: Sequence[str], most: int) -> str:
    return "、".join(names[:most]) + (" 等" if len(names) > most else "")
