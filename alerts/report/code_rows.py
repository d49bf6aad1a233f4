"""The use of project codes as plain JSON: what the weekly mail and its workbook both show. Pure."""

from typing import Any

from alerts.codes.finding import NO_COUNTER, PROBLEMS, STANDINGS, Coded
from alerts.report.codes import LEAST_TO_RANK, CodeReport, Count, Use
from alerts.report.entries import UNASSIGNED
from alerts.wording import NOTHING, clean, due_date, percent, rounded

COLUMNS = ("need", "entered", "right")
DEFINITIONS = (
    ("应用码", "本期接件的办件中，事项必须使用项目代码的件数；按接件日期计入，没有接件记录的按最早的办理记录。"),
    ("已填", "应用码办件中填写了项目代码的件数；留空，或只填“无”、“/”、全 0 等占位内容的不算。"),
    ("核验通过", "应用码办件中项目代码经核验无误的件数：格式正确，新式代码的校验码相符。"),
    ("用码率", "已填 ÷ 应用码；没有应用码办件的以“—”表示。"),
    ("正确率", "核验通过 ÷ 应用码，与用码率同一分母，没有填写的也算未通过。"),
    ("近四周", "截至期末的四个自然周（周一至周日）内接件的办件。"),
    (
        "排名",
        f"按近四周正确率从高到低，相同的并列；近四周应用码不足 {LEAST_TO_RANK} 件的单位不排名，"
        "因为差一件名次就会大变。",
    ),
    ("窗口", f"接件时登记的办理处（科）室，名称相同的合并统计；没有登记的列为“{NO_COUNTER}”。"),
    ("项目代码问题", "期末时项目代码没有填写或核验不通过的办件：本期接件的，以及以前接件尚未办结的。"),
)
"""What the figures mean, in the words of the report."""
RULES = (
    "用码率 = 已填 ÷ 应用码，正确率 = 核验通过 ÷ 应用码，按接件日期统计；"
    f"排名按近四周正确率，近四周应用码不足 {LEAST_TO_RANK} 件的不排名。"
)


def payload(report: CodeReport, this: str = "本周") -> dict[str, Any]:
    """``report`` as JSON values; rates rounded to a tenth of a percent with their words. ``this``: 本周, 本月 …"""
    return {
        "summary": summary(report, this),
        "units": [use(one) for one in report.units],
        "counters": [use(one) for one in report.counters],
        "total": use(report.total),
        "weeks": [
            {"label": f"第{int(week.label.partition('-W')[2])}周", "monday": week.monday.isoformat()}
            | count(week.count)
            for week in report.weeks
        ],
        "findings": [finding(one) for one in report.findings],
    }


def summary(report: CodeReport, this: str = "本周") -> list[str]:
    """The use of codes in sentences: the period, the trend, what is open, and the units that had nothing."""
    total, recent = report.total.period, report.total.recent
    if not recent.need and not report.findings:
        return ["近四周没有接到应当使用项目代码的办件。"]
    sentences = [_period(total, this)] if total.need else [f"{this}没有接到应当使用项目代码的办件。"]
    trend = "、".join(
        f"第{int(week.label.partition('-W')[2])}周 {percent(week.count.right_rate)}" for week in report.weeks
    )
    if recent.need:
        sentences[0] += f"近四周正确率：{trend}。"
    if report.findings:
        waiting = sum(one.standing == "received" for one in report.findings)
        words = f"其中尚未受理 {waiting} 件，核验通过之前不得受理" if waiting else "均已受理或办结，应尽快更正"
        sentences.append(f"期末尚待更正的项目代码 {len(report.findings)} 件，{words}。")
    idle = [clean(one.name, 40) for one in report.units if not one.recent.need]
    if idle:
        sentences.append(f"近四周没有应用码办件的单位 {len(idle)} 家：{'、'.join(idle)}。")
    return sentences


def _period(count: Count, this: str) -> str:
    return (
        f"{this}接件应当使用项目代码的 {count.need} 件，已填 {count.entered} 件（用码率 {percent(count.use_rate)}），"
        f"核验通过 {count.right} 件（正确率 {percent(count.right_rate)}）。"
    )


def use(one: Use) -> dict[str, Any]:
    """A unit's or a counter's row."""
    row: dict[str, Any] = {"key": one.key, "name": clean(one.name, 60), "rank": one.rank}
    row["rank_text"] = str(one.rank) if one.rank else NOTHING
    return row | count(one.period) | {f"recent_{name}": value for name, value in count(one.recent).items()}


def count(of: Count) -> dict[str, Any]:
    """Counts and rates as values and words."""
    row: dict[str, Any] = {name: getattr(of, name) for name in COLUMNS}
    for name in ("use_rate", "right_rate"):
        share = getattr(of, name)
        row |= {name: None if share is None else rounded(share), f"{name}_text": percent(share)}
    return row


def finding(one: Coded) -> dict[str, Any]:
    """A code that is missing or wrong, as mails and workbooks show it."""
    return {
        "item": clean(one.item, 60),
        "unit": clean(one.unit_name, 60),
        "unit_id": one.unit or UNASSIGNED[0],
        "counter": clean(one.counter, 60),
        "matter": clean(one.matter, 120),
        "project": clean(one.project, 200),
        "given": clean(one.given, 80) if one.given.strip() else "（空）",
        "problem": PROBLEMS.get(one.problem or "", one.problem or NOTHING),
        "reason": clean(one.reason, 200),
        "repaired": one.repaired or NOTHING,
        "standing": STANDINGS[one.standing],
        "received": one.received.isoformat(),
        "received_text": due_date(one.received),
        "advice": advice(one),
        "mend": "" if one.repaired else f"{_mend(one)}。",
        "stop": "核验通过之前不得受理。" if one.standing == "received" else "",
    }


def advice(one: Coded) -> str:
    """What to do about a finding, in Chinese; an item that is not accepted yet must not be until the code is right."""
    ends = {
        "received": "；核验通过之前不得受理。",
        "accepted": "；该件已受理，须尽快更正。",
        "closed": "；该件已办结，请更正平台记录。",
    }
    return _mend(one) + ends[one.standing]


def _mend(one: Coded) -> str:
    if not one.known:
        return "请核对工程代码，或补登项目信息"
    if one.repaired:
        return "请按“应为”更正"
    return "请对照立项文件逐位核对后重新录入" if one.entered else "请向申请人索取国家统一的项目代码后录入"
