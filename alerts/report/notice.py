"""The report as an official notice (通报): what its print and its office document say. Pure.

Both are given the same words, sections and rows; long lists are cut, the workbook has all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from alerts.report.columns import EFFORT, FLOW, TREND, table
from alerts.report.terms import reached
from alerts.wording import NOTHING, SYSTEM, clean, data_line, long_date, long_moment, moment, stale_warning

MOST = 60
"""How many lines of a list are printed: some pages, of which the first are read."""

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
LONGEST_OFFICE = 60
LONGEST_REASON = 100
"""How many characters of a reason are printed; the workbook has it whole."""


def view(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the templates show of a complete payload."""
    total, period = payload["total"], payload["period"]
    made = moment(payload["made_at"]).date()
    return {
        "head": f"审批时限{period['name']}",
        "title": f"关于{_when(period)}审批时限逾期情况的通报",
        "period": period["title"],
        "data_line": data_line(payload["data_as_of"]),
        "warning": stale_warning(payload["data_as_of"], payload["stale"], payload["made_at"]) or "",
        "summary": payload["summary"],
        "flow": {"heads": [f.short for f in FLOW], "rows": table(FLOW, payload["units"]), "total": _total(FLOW, total)},
        "effort": {
            "heads": [f.short for f in EFFORT],
            "rows": table(EFFORT, payload["units"]),
            "total": _total(EFFORT, total),
        },
        "trend": {"heads": [f.short for f in TREND], "rows": table(TREND, payload["trend"], "title")},
        "rules": payload["rules"],
        "lists": [one for one in _lists(payload) if one["rows"]],
        "nothing_overdue": not payload["overdue"],
        "codes": payload["codes"]["summary"] if payload["codes"] else [],
        "notes": _notes(payload),
        "made_on": long_date(made),
        "office": clean(payload.get("office", ""), LONGEST_OFFICE),
    }


def _when(period: Mapping[str, Any]) -> str:
    """The period as a title names it: without the days in brackets."""
    return str(period["title"]).partition("（")[0]


def _total(figures: Sequence[Any], total: Mapping[str, Any]) -> list[str]:
    return ["合计", *(figure.text(total) for figure in figures)]


def _lists(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lists: title, name of the sheet that has all, heads, widths as shares, rows of cells of lines."""
    ahead = f"{payload['period']['ahead']}到期"
    return [
        _list("逾期事项", "逾期清单", ("级别", "单位", "事项与项目", "期限", "原因与督促"), (10, 22, 46, 29, 26),
              payload["overdue"], lambda e: ([e["card"]], [e["unit"]], _what(e),
                                             [e["overdue_text"], f"{_day(e['due'])}到期", e["remark"]], _steps(e))),
        _list("督办未按期答复", "督办未答复", ("级别", "单位", "事项与项目", "督办日期", "应答复日期"),
              (10, 22, 46, 29, 26), payload["unanswered"],
              lambda e: ([e["level_text"]], [e["unit"]], _what(e), [_day(e["sent"])],
                         [_day(e["answer_by"]), e["days_late_text"]])),
        _list("环节超时", "环节超时", ("环节", "单位", "事项与项目", "环节期限"), (10, 26, 66, 32),
              payload["stage_late"], lambda e: ([e["clock_text"]], [e["unit"]], _what(e),
                                                [e["overdue_text"], f"{_day(e['due'])}到期"])),
        _list(ahead, ahead, ("到期日", "单位", "事项与项目", "备注"), (24, 26, 62, 22), payload["due_next"],
              lambda e: ([_day(e["due"])], [e["unit"]], _what(e), [e["remark"]])),
        _list("计时暂停", "计时暂停", ("单位", "事项与项目", "暂停"), (28, 70, 36), payload["paused"],
              lambda e: ([e["unit"]], _what(e), [e["paused_kind"], f"{e['paused_since_text']} 起"])),
        _list("暂缓督促", "暂缓督促", ("范围", "对象", "至", "理由与经手人"), (14, 52, 30, 38), payload["held"],
              lambda e: ([e["scope_text"]], [e["target"], e["name"]], [e["until_text"]], [e["why"], e["by"]])),
    ]  # fmt: skip


def _list(
    title: str,
    sheet: str,
    heads: Sequence[str],
    widths: Sequence[int],
    entries: Sequence[Mapping[str, Any]],
    cells: Any,
) -> dict[str, Any]:
    rows = [[[line for line in cell if line and line != NOTHING] for cell in cells(e)] for e in entries[:MOST]]
    more = len(entries) - len(rows)
    return {
        "title": title,
        "count": len(entries),
        "heads": list(heads),
        "widths": list(widths),
        "rows": rows,
        "more": f"另有 {more} 件，见工作簿“{sheet}”。" if more else "",
    }


def _what(entry: Mapping[str, Any]) -> list[str]:
    code = entry.get("project_code", NOTHING)
    return [entry["matter"], entry["project"], f"办件 {entry['item']}", f"代码 {code}" if code != NOTHING else ""]


def _steps(entry: Mapping[str, Any]) -> list[str]:
    return [clean(entry["reason_given"], LONGEST_REASON), entry["steps_sent"]]


def _day(iso: str | None) -> str:
    return long_date(date.fromisoformat(iso)) if iso else NOTHING


def _notes(payload: Mapping[str, Any]) -> list[str]:
    notes = [f"{one['name']} {one['count']} 件：{one['meaning']}" for one in payload["data_notes"] if one["count"]]
    notes += [f"平台 {name}：{sentence}" for name, _, sentence in reached(payload)]
    return [*notes, f"本通报由{SYSTEM}系统于 {long_moment(payload['made_at'])} 生成。"]
