"""The figures of a unit in the order and words in which every form shows them, so that no form can differ. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from alerts.wording import NOTHING


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a unit: its head in workbooks, its short head on pages, the key of the payload.

    ``total``: how a workbook comes to the figure of all units: by adding, by the largest, or not by the rows above.
    ``share``: the keys whose quotient it is. ``phone``: whether a small screen has room for it.
    """

    head: str
    short: str
    key: str
    kind: Literal["number", "percent", "days", "change", "word"] = "number"
    total: Literal["sum", "max", "own"] = "sum"
    share: tuple[str, str] | None = None
    phone: bool = False

    def text(self, row: Mapping[str, Any]) -> str:
        """What a page shows of ``row``, a unit of the payload or its total."""
        if self.kind == "percent":
            return str(row[f"{self.key}_text"])
        value = row[self.key]
        if value is None:
            return NOTHING
        if self.kind == "change":
            return f"↑{value}" if value > 0 else f"↓{-value}" if value < 0 else "平"
        return f"{value:g}" if self.kind == "days" else str(value)


FLOW = (
    Figure("期初在办", "期初在办", "before"),
    Figure("新收", "新收", "received", phone=True),
    Figure("受理", "受理", "accepted"),
    Figure("办结", "办结", "finished", phone=True),
    Figure("有时限办结", "有限办结", "finished_judged"),
    Figure("按时办结", "按时办结", "finished_on_time"),
    Figure("按时办结率", "按时率", "on_time_rate", "percent", share=("finished_on_time", "finished_judged")),
    Figure("调整", "调整", "adjusted"),
    Figure("期末在办", "期末在办", "in_hand", phone=True),
    Figure("计时暂停", "计时暂停", "paused"),
    Figure("临期", "临期", "near"),
    Figure("黄牌", "黄牌", "yellow_cards"),
    Figure("红牌", "红牌", "red_cards"),
    Figure("期初逾期", "期初逾期", "overdue_before"),
    Figure("新增逾期", "新增逾期", "overdue_new"),
    Figure("逾期", "逾期", "overdue", phone=True),
    Figure("逾期率", "逾期率", "overdue_rate", "percent", share=("overdue", "in_hand"), phone=True),
)
"""办理情况: what came, went and is late."""
EFFORT = (
    Figure("排名", "排名", "rank_text", "word", "own", phone=True),
    Figure("排名变化", "排名变化", "rank_change", "change", "own"),
    Figure("办理用时中位（工作日）", "用时中位", "median_used", "days", "own", phone=True),
    Figure("办理用时最长（工作日）", "用时最长", "longest_used", "days", "max"),
    Figure("催办（封）", "催办", "reminders"),
    Figure("督办（封）", "督办", "supervised", phone=True),
    Figure("应答复", "应答复", "answers_due"),
    Figure("已答复", "已答复", "answered"),
    Figure("未答复", "未答复", "unanswered", phone=True),
    Figure("答复率", "答复率", "answer_rate", "percent", share=("answered", "answers_due"), phone=True),
    Figure("应用码", "应用码", "code_need"),
    Figure("已填码", "已填码", "code_entered"),
    Figure("用码率", "用码率", "code_use_rate", "percent", share=("code_entered", "code_need")),
    Figure("核验通过", "核验通过", "code_right"),
    Figure("正确率", "正确率", "code_right_rate", "percent", share=("code_right", "code_need")),
)
"""排名、用时、督办与用码."""
ADJUSTED = (
    Figure("转入", "转入", "moved_in"),
    Figure("转出", "转出", "moved_out"),
    Figure("补记", "补记", "booked_late"),
    Figure("核减", "核减", "taken_off"),
)
"""What the adjustment is made of; in the workbook alone."""
TREND = (
    Figure("新收", "新收", "received", phone=True),
    Figure("办结", "办结", "finished", phone=True),
    Figure("按时办结率", "按时率", "on_time_rate", "percent"),
    Figure("期末在办", "期末在办", "in_hand", phone=True),
    Figure("新增逾期", "新增逾期", "overdue_new", phone=True),
    Figure("期末逾期", "期末逾期", "overdue", phone=True),
    Figure("逾期率", "逾期率", "overdue_rate", "percent", phone=True),
)
"""近八周走势, a row a week."""


def table(figures: tuple[Figure, ...], rows: list[Mapping[str, Any]], name: str = "name") -> list[list[str]]:
    """The rows as a page shows them: each with its name and then its figures in words."""
    return [[str(row[name]), *(figure.text(row) for figure in figures)] for row in rows]
