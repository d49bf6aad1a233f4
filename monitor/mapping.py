"""A source's row under the platform's standard names: columns renamed, words turned into codes, times in one form.

Pure. What is not recognised stays as it was given, so that it is refused with its own words further on.
"""

import re
from collections.abc import Mapping, Sequence

from config.sources import TABLES as NAMES
from config.sources import Source
from monitor.personal import folded, is_personal
from monitor.records import TABLES
from monitor.times import is_normal
from monitor.times import normal_time as normal_time

TIMES = frozenset({"GXSJ", "BLSJ", "TBCXKSSJ", "PFRQ", "SBSJ"})
"""The standard columns that hold a time."""

_CURSOR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)?")
_NUMBERED = re.compile(r"(?P<number>[0-9]{1,2})(?:\.0+)?(?P<mark>[-_:.、|/])?(?P<word>[^0-9]+)?")
_MOST_NAMES = 1000

_STATUS = {
    1: "接件 收件 已接件 已收件 窗口接件 窗口收件 接收",
    2: "撤件 已撤件",
    3: "受理 已受理 予以受理 准予受理 正式受理",
    4: "不受理",
    5: "不予受理 已不予受理 决定不予受理",
    6: "补正 补正开始 补正(开始) 补正告知 补正通知 补正中 待补正 补齐补正 一次性告知 一次性补正告知",
    7: "补正结束 补正(结束) 补正完成 补正完毕 已补正",
    8: "部门开始办理 开始办理 办理中 正在办理 在办 审查 审查中 审核 审核中 审批 审批中",
    9: "特别程序 特别程序开始 特别程序(开始) 特别程序中 特殊环节开始",
    10: "特别程序结束 特别程序(结束) 特别程序完成 特殊环节结束",
    11: "办结 已办结 办结(通过) 办结通过 通过 审批通过 准予许可 予以许可 许可 予以批准 准予行政许可",
    12: "办结(容缺通过) 办结容缺通过 容缺通过 容缺办结",
    13: "办结(不通过) 办结不通过 不通过 审批不通过 不予许可 不予批准 不予行政许可 不准予许可 不予通过",
    14: "撤回 已撤回",
    15: "撤销 已撤销",
}
_SPECIAL = {
    1: "听证 听证会",
    2: "招标 招投标",
    3: "拍卖",
    4: "检验 检测 检疫 检验检测检疫 检验检测 检验、检测、检疫",
    5: "鉴定",
    6: "专家评审 专家评审会 专家论证 专家审查",
    7: "公示",
    8: "其他 其它",
}
_VALID = {1: "有效 是 正常", 0: "无效 否 作废 已作废 删除 已删除"}


def _by_word(table: Mapping[int, str]) -> dict[str, object]:
    return {folded(word): code for code, words in table.items() for word in words.split()}


WORDS: Mapping[str, Mapping[str, object]] = {
    "BLZT": _by_word(_STATUS),
    "TBCX": _by_word(_SPECIAL),
    "SJYXBS": _by_word(_VALID),
}
"""Standard column → words of everyday use → the code that the national exchange standard gives them. A source's own
words come first."""

COLUMNS: Mapping[str, frozenset[str]] = {
    table: frozenset(str(field.alias) for field in kind.model_fields.values()) for table, kind in TABLES.items()
}
"""Standard table → the columns that are read of it."""

UNREAD = frozenset(
    {
        "DFSJZJ", "XZQHDM", "SJWXYY", "LXLX", "SPLCLX", "SPLCBM", "JSDD", "ZTZE", "SBSJ", "SPSXBBH", "SLFS", "BLYJ",
        "TBCXSXLX", "TBCXSX",
    }
)  # fmt: skip
"""Standard columns that nothing here needs."""


class Mapper:
    """How one source's rows become standard ones.

    ``fields``: standard table → the source's column → standard column. ``words``: standard column → the source's word
    → value. ``time_formats``: further forms of times (see ``normal_time``). Names and words are compared in one width,
    without spaces and without regard to case.
    """

    def __init__(
        self,
        fields: Mapping[str, Mapping[str, str]] | None = None,
        words: Mapping[str, Mapping[str, object]] | None = None,
        time_formats: Sequence[str] = (),
    ) -> None:
        self.plain = not (fields or words or time_formats)
        self._formats = tuple(time_formats)
        own = {folded(column): {folded(w): v for w, v in table.items()} for column, table in (words or {}).items()}
        self._words = {column: {**WORDS.get(column, {}), **own.get(column, {})} for column in {*WORDS, *own}}
        self._own = {
            table: {folded(theirs): standard for theirs, standard in (fields or {}).get(table, {}).items()}
            for table in TABLES
        }
        self._known: dict[str, dict[str, str | None]] = {table: {} for table in TABLES}
        self._judged = TIMES.union(self._words)

    def map(self, table: str, row: Mapping[str, object], *, excel: bool = False) -> dict[str, object]:
        """``row`` of a standard table as a standard row; without columns of personal data.

        A column that is mapped wins over one that bears the standard name itself, and of two the one that is not empty.
        ``excel``: numbers in columns of times are a spreadsheet's day numbers.
        """
        known = self._known.setdefault(table, {})
        if not row.keys() <= known.keys():
            known = {name: self.target(table, name) for name in row}
        found = {target: value for name, value in row.items() if (target := known[name]) is not None}
        if len(found) < len(row):
            found = self._chosen(table, row)
        for column in self._judged & found.keys():
            found[column] = self.value(column, found[column], excel=excel)
        return found

    def _chosen(self, table: str, row: Mapping[str, object]) -> dict[str, object]:
        """The columns under their standard names where several may stand for one."""
        columns = [(target, name, row[name]) for name in row if (target := self.target(table, name)) is not None]
        # The last one of a name stays in the result, and the sort keeps the order of equals.
        if len({target for target, _, _ in columns}) < len(columns):
            columns.reverse()
            columns.sort(key=lambda one: (not _is_empty(one[2]), folded(one[1]) in self._own.get(table, {})))
        return {target: value for target, _, value in columns}

    def given(self, table: str, row: Mapping[str, object]) -> dict[str, object]:
        """``row`` as the source gives it, without columns of personal data."""
        return {name: value for name, value in row.items() if self.target(table, name) is not None}

    def target(self, table: str, name: str) -> str | None:
        """The standard column that the source's column ``name`` stands for: its own name when nothing maps it, None
        when it holds personal data."""
        known = self._known.setdefault(table, {})
        if name not in known:
            if len(known) >= _MOST_NAMES:
                known.clear()
            known[name] = self._target(table, name)
        return known[name]

    def _target(self, table: str, name: str) -> str | None:
        plain = folded(name)
        target = self._own.get(table, {}).get(plain)
        if target is None:
            target = plain if plain in COLUMNS.get(table, ()) else name
        return None if is_personal(target) or is_personal(name) else target

    def knows(self, table: str, name: str) -> bool:
        """Whether the source's column ``name`` is read: it is mapped, or bears the name of a column that is read."""
        return folded(name) in self._own.get(table, {}) or folded(name) in COLUMNS.get(table, ())

    def value(self, column: str, value: object, *, excel: bool = False) -> object:
        """A value of a standard column in the standard's form; as it was given when it is not recognised."""
        if column in self._words:
            return self._coded(column, value)
        if column not in TIMES or is_normal(value):
            return value
        # The platform's own update time goes back to it letter by letter, as long as it can serve as a cursor.
        if column == "GXSJ" and isinstance(value, str) and _CURSOR.fullmatch(value):
            return value
        found = normal_time(value, self._formats, excel=excel)
        return value if found is None else found

    def _coded(self, column: str, value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return value
        words = self._words[column]
        whole = isinstance(value, float) and value.is_integer()
        word = folded(value) if isinstance(value, str) else str(int(value) if whole else value)
        if (code := words.get(word)) is not None:
            return code
        if column == "BLZT" and isinstance(value, str) and (found := _NUMBERED.fullmatch(word)):
            # "3-受理" says the same twice; when the two differ, neither is to be believed.
            number, said = int(found["number"]), words.get(found["word"] or "")
            if said == number or not found["word"] or (said is None and found["mark"]):
                return number
        return value


def mapper_of(source: Source) -> Mapper:
    """The mapping that the owner has declared for ``source``."""
    return Mapper(
        {NAMES[table]: columns for table, columns in source.fields.items()}, source.words, source.time_formats
    )


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
