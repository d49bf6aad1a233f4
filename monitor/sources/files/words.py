"""What columns are called in the files that staff export: heading → column. Pure.

Columns bear the names of the national exchange standard where it has them; a flat listing's further ones are named the
same way (initials of the Chinese name): SLSJ 受理时间, BJSJ 办结时间 and so on.
"""

import re
import unicodedata
from collections.abc import Mapping

from monitor.events import CLOSING
from monitor.personal import folded, is_personal
from monitor.records import TABLES

HEADINGS: Mapping[str, str] = {
    "SPSXSLBM": "办件编号 审批事项实例编码 事项实例编码 办件编码 办件号 办理编号 受理编号 受理号 收件编号 收件号"
    " 业务编号 办件流水号 业务流水号 申办流水号 申请编号 实例编码",
    "GCDM": "工程代码 工程编码 单项工程代码",
    "XMDM": "项目代码 投资项目代码 投资项目统一代码 项目统一代码 项目赋码 国家编码 项目编码 项目编号",
    "XMMC": "项目名称 投资项目名称 建设项目名称 工程项目名称 工程名称 项目",
    "SPSXBM": "事项编码 审批事项编码 事项代码 审批事项代码 事项编号",
    "SPSXMC": "事项名称 审批事项名称 办理事项名称 审批事项 办理事项 许可事项 事项",
    "SPBMBM": "单位编码 审批部门编码 审批单位编码 部门编码 部门代码 单位编号 单位代码",
    "SPBMMC": "单位原名 审批部门名称 审批单位名称 审批部门 审批单位 办理部门 办理单位 承办部门 承办单位 实施机构"
    " 实施主体 主管部门 责任单位 受理部门 部门名称 单位名称 部门 单位",
    "SXBLSX": "办件时限 事项办理时限 承诺时限 承诺办理时限 承诺办结时限 承诺期限 办理时限 办理期限 承诺工作日 时限",
    "SPSXBLSX": "事项时限 目录时限",
    "BJLX": "办件类型",
    "BLZT": "办理状态 办件状态 当前状态 审批状态 状态",
    "BLJG": "办理结果 办结结果 审批结果 办结类型 办结方式",
    "BLSJ": "办理时间 状态时间 操作时间 处理时间",
    "BLCS": "办理处室 办理科室 办理处(科)室 承办处室 承办科室",
    "BLR": "办理人 办理人员",
    "TBCX": "特别程序类型 特别程序种类",
    "TBCXMC": "特别程序名称",
    "PFRQ": "批复日期 批复时间 批文日期",
    "PFWH": "批复文号 批文号 批文文号",
    "PFWJBT": "批复文件标题 批复标题 批复文件名称",
    "LSH": "流水号",
    "GXSJ": "更新时间 数据更新时间",
    "SJYXBS": "数据有效标识 有效标识",
    "SJSJ": "收件时间 收件日期 接件时间 接件日期 接收时间 收件登记时间 窗口收件时间 收件 接件",
    "BZKSSJ": "补正开始时间 补正开始日期 补正告知时间 补正告知日期 补正通知时间 补正时间 补正开始",
    "BZJSSJ": "补正结束时间 补正结束日期 补正完成时间 补正完成日期 补正结束",
    "SLSJ": "受理时间 受理日期 准予受理时间 正式受理时间 受理",
    "KSSJ": "部门开始办理时间 开始办理时间 开始办理日期 审查开始时间 审批开始时间 部门接收时间 开始办理",
    "TBCXKSSJ": "特别程序开始时间 特别程序开始日期 特殊环节开始时间 特别程序开始",
    "TBCXJSSJ": "特别程序结束时间 特别程序结束日期 特殊环节结束时间 特别程序结束",
    "CJSJ": "撤件时间 撤件日期",
    "BSLSJ": "不受理时间 不受理日期",
    "BYSLSJ": "不予受理时间 不予受理日期",
    "BJSJ": "办结时间 办结日期 实际办结时间 实际办结日期 审批办结时间 办理完成时间 审批完成时间 审批决定时间"
    " 审批决定日期 决定时间 决定日期 完成时间 办结",
    "CHSJ": "撤回时间 撤回日期",
    "CXSJ": "撤销时间 撤销日期",
    "BLGC": "办理过程",
    "TBCXQD": "特别程序清单",
    "PFWJQD": "批复文件清单",
}
"""Column → its headings, separated by spaces; where a sheet has several of them, the first in this order counts."""

MOMENTS: Mapping[str, int] = {
    "SJSJ": 1, "BZKSSJ": 6, "BZJSSJ": 7, "SLSJ": 3, "KSSJ": 8, "TBCXKSSJ": 9, "TBCXJSSJ": 10,
    "CJSJ": 2, "BSLSJ": 4, "BYSLSJ": 5, "BJSJ": 11, "CHSJ": 14, "CXSJ": 15,
}  # fmt: skip
"""Columns of times of a flat listing → the event that is meant, in the order in which they happen on one day."""

CLOSED = "BJSJ"
"""The column of the end, whatever the end was; a word of status says which."""

ALIKE: Mapping[str, frozenset[int]] = {"SLSJ": frozenset({3, 8}), CLOSED: CLOSING}
"""Events that a column's time can be the time of, where that is more than one."""

EXACT_LIMIT = "办件时限"
"""The heading under which a limit is kept letter by letter, as the ledger's own exports do."""

REAL = frozenset(
    str(field.alias) for kind in TABLES.values() for field in kind.model_fields.values() if field.alias is not None
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MARKS = "*·:•# "


def plain(heading: object) -> str:
    """A heading as it is compared: one width and case, no spaces, no stars and colons."""
    return folded(heading).strip(_MARKS)


def without_brackets(heading: str) -> str:
    """A plain heading without additions in brackets, such as the unit of a limit."""
    return _BRACKETED.sub("", heading.replace("【", "[").replace("】", "]")).strip(_MARKS)


class Vocabulary:
    """Heading → column: the built-in words, and before them a source's own (``own``: heading → column)."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._known = {plain(column): (column, 0) for column in (*REAL, *HEADINGS)}
        for column, words in HEADINGS.items():
            for rank, word in enumerate(words.split(), start=1):
                self._known.setdefault(plain(word), (column, rank))
        for heading, column in (own or {}).items():
            self._known[plain(heading)] = (column.upper(), -1)

    def column(self, heading: str) -> tuple[str, int] | None:
        """The column and how far down its list of words the heading stands; None for what is not read, or personal."""
        full = plain(heading)
        if not full or is_personal(full):
            return None
        found = self._known.get(full)
        if found is None and (short := without_brackets(full)):
            found = self._known.get(short)
            return (found[0], found[1] + 50) if found else None
        return found


def printable(text: str) -> str:
    """A heading for a sentence: one line, at most 30 characters."""
    return " ".join(unicodedata.normalize("NFKC", text).split())[:30]
