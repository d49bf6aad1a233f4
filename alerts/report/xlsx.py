"""The report as a workbook, from the same rows as the mail. The same rows give the same bytes."""

from collections.abc import Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet

from alerts.report import code_sheets, lists
from alerts.report.code_rows import DEFINITIONS as CODE_DEFINITIONS
from alerts.report.earlier import completed
from alerts.report.overview import OVERVIEW, efforts, overview, place_of, total_row, trend
from alerts.report.sheets import FIRST_ROW, Pen, book_of
from alerts.report.terms import reached
from alerts.wording import long_moment

OVERDUE = "逾期清单"
DEFINITIONS = (
    ("期末在办", "期初在办 + 新收 − 办结 + 调整。"),
    ("按时办结率", "按时办结 ÷ 有时限办结；没有的以“—”表示。"),
    ("临期", "未逾期、剩余天数已在预警线以内的在办事项。"),
    ("黄牌", "已过到期日、尚未列入红牌的在办事项。"),
    ("红牌", "逾期较久或已超过法定时限的在办事项。"),
    ("逾期、逾期率", "逾期 = 黄牌 + 红牌；逾期率 = 逾期 ÷ 期末在办。"),
    ("逾期天数", "按该事项时限的计算单位计，多为工作日；到期后尚未过一个工作日的计为 0。"),
    ("办理用时", "本期办结的事项从受理到办结的工作日，不含补正和特别程序期间。"),
    ("答复率", "已答复 ÷ 应答复；没有应答复的以“—”表示。"),
    (
        "到期日",
        "起算当日不计；补正和特别程序期间不计；末日为休息日的顺延（《行政许可法》第八十二条、《民法典》第二百零三条）。",
    ),
)


def workbook(payload: Mapping[str, Any]) -> bytes:
    """The workbook of ``rows.payload``: figures of the units, the weeks, a sheet a list, notes on the data."""
    whole = completed(payload)
    title = f"审批时限{whole['period']['name']} {whole['period']['title']}"
    rows = sum(len(whole[name]) for name in ("overdue", "stage_late", "unanswered", "due_next", "paused", "held"))
    return book_of(title, whole, lambda pen: _fill(pen, whole), rows)


def _fill(pen: Pen, payload: Mapping[str, Any]) -> None:
    period, ahead = payload["period"]["title"], payload["period"]["ahead"]
    overview(pen, payload)
    efforts(pen, payload)
    trend(pen, payload)
    pen.table(OVERDUE, f"{OVERDUE}　{period}", lists.OVERDUE, payload["overdue"], "没有逾期事项。")
    pen.table("环节超时", "环节超时、全程未逾期的事项", lists.STAGE_LATE, payload["stage_late"], "没有环节超时的事项。")
    pen.table("督办未答复", "督办未按期答复", lists.UNANSWERED, payload["unanswered"], "没有未按期答复的督办。")
    pen.table(f"{ahead}到期", f"{ahead}到期事项", lists.DUE, payload["due_next"], f"{ahead}没有到期事项。")
    pen.table("计时暂停", "期末计时暂停的事项", lists.PAUSED, payload["paused"], "没有计时暂停的事项。")
    pen.table("暂缓督促", "经批准暂缓督促的范围", lists.HELD, payload["held"], "没有暂缓督促的范围。")
    if codes := payload["codes"]:
        code_sheets.use(pen, codes, period)
        code_sheets.findings(pen, "项目代码问题", "期末待更正的项目代码", codes["findings"], "没有待更正的项目代码。")
    _notes(pen, payload)


def _notes(pen: Pen, payload: Mapping[str, Any]) -> None:
    """数据说明: what is wrong with the data, whether the figures agree, what they mean, how sources answered."""
    known = DEFINITIONS + (CODE_DEFINITIONS if payload["codes"] else ())
    rows = [
        *payload["data_notes"],
        *({"name": "排名规则", "count": None, "meaning": rule} for rule in payload["rules"]),
        *({"name": name, "count": None, "meaning": meaning} for name, meaning in known),
        {"name": "生成时间", "count": None, "meaning": long_moment(payload["made_at"])},
    ]
    sheet = pen.sheet("数据说明", "数据说明", lists.NOTES)
    row = FIRST_ROW
    for values in rows:
        pen.row(sheet, row, lists.NOTES, values, 0)
        row += 1
    row = _checks(pen, sheet, row + 1, payload)
    _sources(pen, sheet, row + 1, payload)


def _checks(pen: Pen, sheet: Worksheet, row: int, payload: Mapping[str, Any]) -> int:
    """Formulas over the other sheets that tell whether the figures agree; returns the row after them."""
    total, overdue = payload["total"], payload["overdue"]
    cells = {key: f"{OVERVIEW}!{place_of(key)}{total_row(payload) + 1}" for key in CHECKED}
    last = FIRST_ROW + max(1, len(overdue))
    serials, cards = (f"{OVERDUE}!{letter}{FIRST_ROW + 1}:{letter}{last}" for letter in "AB")
    reds = sum(entry["card"] == "红牌" for entry in overdue)
    checks = (
        ("期初在办 + 新收 − 办结 + 调整 = 期末在办", "{before}+{received}-{finished}+{adjusted}={in_hand}",
         total["before"] + total["received"] - total["finished"] + total["adjusted"] == total["in_hand"]),
        ("黄牌 + 红牌 = 逾期", "{yellow_cards}+{red_cards}={overdue}",
         total["yellow_cards"] + total["red_cards"] == total["overdue"]),
        ("逾期清单的件数 = 逾期", f"COUNT({serials})={{overdue}}", len(overdue) == total["overdue"]),
        ("逾期清单中的红牌 = 红牌", f'COUNTIF({cards},"红牌")={{red_cards}}', reds == total["red_cards"]),
    )  # fmt: skip
    _section(pen, sheet, row, "核对")
    for number, (meaning, condition, holds) in enumerate(checks, start=row + 1):
        sheet.write_string(number, 0, "各表数字", pen.looks["text"])
        formula = f'=IF({condition.format(**cells)},"相符","不符")'
        sheet.write_formula(number, 1, formula, pen.looks["word"], "相符" if holds else "不符")
        sheet.write_string(number, 2, meaning, pen.looks["text"])
    return row + 1 + len(checks)


CHECKED = ("before", "received", "finished", "adjusted", "in_hand", "yellow_cards", "red_cards", "overdue")
"""Figures of 概览 that formulas compare."""


def _sources(pen: Pen, sheet: Worksheet, row: int, payload: Mapping[str, Any]) -> None:
    """How often each source was asked and did not answer."""
    if not (told := reached(payload)):
        return
    _section(pen, sheet, row, "平台可用情况")
    for number, (name, polls, sentence) in enumerate(told, start=row + 1):
        pen.row(sheet, number, lists.NOTES, {"name": name, "count": polls, "meaning": sentence}, 0)


def _section(pen: Pen, sheet: Worksheet, row: int, title: str) -> None:
    sheet.set_row(row, 24)
    sheet.write_string(row, 0, title, pen.looks["section"])
