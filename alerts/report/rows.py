"""A report as plain JSON: every number and word that mail, workbook and document show, made once so that they agree."""

from collections.abc import Sequence
from typing import Any

from alerts.report import code_rows, list_rows
from alerts.report.codes import Count
from alerts.report.figures import UNASSIGNED, DataState, Report
from alerts.report.periods import NAMES
from alerts.report.ranks import LEAST_TO_RANK
from alerts.report.trend import WEEKS
from alerts.report.unit_rows import unit_row, week_row
from alerts.wording import clean, overdue_by, percent

NAMED = 5
"""How many units a sentence names before it says 等."""
RULES = (
    f"排名按期末逾期率（逾期 ÷ 期末在办）从低到高，逾期率相同的并列；期末在办不足 {LEAST_TO_RANK} 件的单位列出而"
    "不排名，因为差一件名次就会大变；未匹配单位不排名。",
    "排名升降与上一期比较，任一期未排名的以“—”表示。",
    "期末在办 = 期初在办 + 新收 − 办结 + 调整；期初在办即上一期通报的期末在办。"
    "调整 = 转入 − 转出 + 补记 − 核减：办件改由别的单位办理的计转入、转出，上一期以前收件而本期才登记的计补记，"
    "上一期计入在办、后经更正或迟报在上一期末以前已不在办的计核减。",
    "办结用时按受理至办结的工作日计，补正和特别程序期间不计；没有受理记录的不计。",
    "督办答复率 = 已答复 ÷ 本期到期应答复的督办；未答复清单列本期到期的，以及以前到期、办件仍在办的。",
    f"近 {WEEKS} 周趋势按本期掌握的记录统一重算，迟报和更正的记录计入其实际日期，与以往各期通报可能略有出入。",
)
"""How the figures are counted, in the words of the report."""


def payload(report: Report) -> dict[str, Any]:
    """``report`` as JSON values: ISO dates and moments, rates rounded to a tenth of a percent with their words."""
    period, of_unit = report.period, {use.key: use.period for use in report.codes.units}
    names, total, data = {unit.unit: unit.name for unit in report.units}, report.total, report.data
    return {
        "period": {
            "label": period.label,
            "title": period.title,
            "name": NAMES[period.kind],
            "this": period.this,
            "ahead": period.ahead,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "kind": period.kind,
        },
        "made_at": report.made_at.isoformat(),
        "office": report.office,
        "known_at": (data.known or report.made_at).isoformat(),
        "data_as_of": data.as_of.isoformat() if data.as_of else None,
        "stale": data.stale,
        "provisional": data.provisional,
        "availability": list_rows.availability(report.beside.polled),
        "summary": summary(report),
        "stock": {
            "before": total.before,
            "received": total.received,
            "finished": total.finished,
            "adjusted": total.adjusted,
            "in_hand": total.in_hand,
        },
        "units": [unit_row(unit, of_unit.get(unit.unit, Count())) for unit in report.units],
        "total": unit_row(total, report.codes.total.period),
        "trend": [week_row(week) for week in report.trend],
        "overdue": [list_rows.overdue(one, report.beside, period) for one in report.overdue],
        "stage_late": [row for one in report.stage_late for row in list_rows.stage_late(one)],
        "unanswered": [list_rows.unanswered(one, names) for one in report.unanswered],
        "due_next": [list_rows.entry(one) for one in report.due_next],
        "paused": [list_rows.paused(one) for one in report.paused],
        "held": [list_rows.held(one) for one in report.beside.held],
        "data_notes": data_notes(data, len(report.codes.findings)),
        "codes": code_rows.payload(report.codes, period.this),
        "rules": list(RULES),
    }


def summary(report: Report) -> list[str]:
    """The report in sentences: the flow, the overdue, who did well and who did not, answers, the time to come."""
    total, this, ahead = report.total, report.period.this, report.period.ahead
    on_time = f"（按时办结率 {percent(total.on_time_rate)}）" if total.finished_judged else ""
    adjusted = f"，以前各期记录调整 {total.adjusted:+d} 件" if total.adjusted else ""
    flow = (
        f"{this}新收 {total.received} 件，受理 {total.accepted} 件，办结 {total.finished} 件{on_time}{adjusted}；"
        f"期末在办 {total.in_hand} 件，其中临期 {total.near} 件、计时暂停 {total.paused} 件。"
    )
    due = f"{ahead}到期 {len(report.due_next)} 件，请各单位提前安排。" if report.due_next else f"{ahead}没有到期事项。"
    sent = f"{this}发出催办邮件 {total.reminders} 封、督办邮件 {total.supervised} 封。"
    if total.answers_due:
        sent += (
            f"{this}应答复的督办 {total.answers_due} 件，已答复 {total.answered} 件"
            f"（答复率 {percent(total.answer_rate)}）。"
        )
    return [flow, *_late(report), sent + due]


def _late(report: Report) -> list[str]:
    total, this = report.total, report.period.this
    named = [unit for unit in report.units if unit.unit != UNASSIGNED[0]]
    clear = [unit for unit in named if not unit.overdue]
    if not total.overdue:
        return [f"{this}末 {len(named)} 家单位均没有逾期事项，感谢各单位的努力。"]
    longest = max(report.overdue, key=lambda entry: entry.overdue_days, default=None)
    late = (
        f"逾期 {total.overdue} 件，占在办的 {percent(total.overdue_rate)}，其中黄牌 {total.yellow_cards} 件、"
        f"红牌 {total.red_cards} 件；{this}新增逾期 {total.overdue_new} 件。"
    )
    if longest and longest.overdue_days > 0:
        by = overdue_by(longest.overdue_days, longest.unit_of_limit)
        late += f"逾期最久的是{clean(longest.unit_name, 40)}办件 {clean(longest.item, 60)}，已{by}。"
    worst = [f"{clean(unit.name, 40)} {unit.overdue} 件" for unit in named if unit.overdue]
    units = f"有逾期的单位 {len(worst)} 家：{_list(worst, NAMED)}。" if worst else ""
    if clear:
        units += f"没有逾期的单位 {len(clear)} 家：{_list([clean(unit.name, 40) for unit in clear], len(clear))}。"
    return [late, units] if units else [late]


def data_notes(data: DataState, wrong_codes: int = 0) -> list[dict[str, Any]]:
    """What the reader should know of the data: name, number of items or rows, what it means."""
    notes = (
        ("暂存待核的平台记录", data.set_aside, "平台给出的记录有误或不全，未计入本报告，补正后自动计入。"),
        ("等待关联数据的记录", data.waiting, "所属办件尚未收到，收到后自动计入。"),
        ("单位未匹配的事项", data.unassigned, f"列在“{UNASSIGNED[1]}”，由督办专员核实责任单位。"),
        ("没有时限的事项", data.no_limit, "平台和事项目录都没有给出承诺时限，无法判断是否逾期。"),
        ("到期日暂算的事项", data.provisional, "涉及尚未公布放假安排的年份，公布后重新计算。"),
        ("项目代码待更正的事项", wrong_codes, "没有填写或核验不通过，由综合窗口更正；核验通过之前不得受理。"),
    )
    return [{"name": name, "count": count, "meaning": meaning} for name, count, meaning in notes]


def _list(names: Sequence[str], most: int) -> str:
    return "、".join(names[:most]) + (" 等" if len(names) > most else "")
