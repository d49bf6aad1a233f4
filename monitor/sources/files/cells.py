"""The cells of one row, by column, in the form in which they are used. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.mapping import Mapper
from monitor.records import FIRST_YEAR, LAST_YEAR
from monitor.sources.files import Cell, Problem, Row
from monitor.sources.files.header import Header
from monitor.sources.files.lines import is_blank, kept, shown

KEYS: Mapping[str, str] = {"SPSXSLBM": "办件编号", "SPSXBM": "事项编码", "GCDM": "工程代码", "XMDM": "项目代码"}
LONGEST_KEY = 100

_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{2}", re.IGNORECASE)
_NORMAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?: [0-9]{2}:[0-9]{2}:[0-9]{2})?")
_LARGEST_EXACT = 10**15


class RefusedRow(Exception):  # noqa: N818 - it is no error of the program: the row goes to the list
    """The row cannot be taken; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.wrong)
        self.problem = problem


class Cells:
    """The cells of a row by column."""

    def __init__(self, header: Header, row: Row, mapper: Mapper) -> None:
        self._header, self._row, self._mapper = header, row, mapper

    def __contains__(self, column: str) -> bool:
        return column in self._header.columns

    def cell(self, column: str) -> Cell:
        """The cell as it is; None where there is none."""
        place = self._header.columns.get(column)
        return None if place is None or place >= len(self._row.cells) else self._row.cells[place]

    def raw(self, column: str) -> Cell:
        """The cell as it is; None also for one that says nothing, such as “-” or “无”."""
        value = self.cell(column)
        return None if is_blank(value) else value

    def text(self, column: str) -> str:
        """The cell as text, whatever it says."""
        value = self.cell(column)
        return "" if value is None else str(value).strip()

    def key(self, column: str) -> str:
        """A number that identifies something. Raises RefusedRow when the spreadsheet has lost digits of it."""
        value = self.raw(column)
        lost = isinstance(value, float) or (isinstance(value, int) and abs(value) >= _LARGEST_EXACT)
        if lost or (isinstance(value, str) and _ROUNDED.fullmatch(value.strip())):
            todo = "请在导出时把该列设为文本格式，再重新导入"
            raise self.refusal(column, f"{KEYS.get(column, '编号')}被表格当成数字，末几位已丢失", todo)
        text = "" if value is None else str(value).strip()
        if "\ufffd" in text:
            raise self.refusal(column, "含有无法识别的字符", "请核对文件编码，另存为 UTF-8 后重新导入")
        if len(text) > LONGEST_KEY:
            raise self.refusal(column, f"超过 {LONGEST_KEY} 个字符，不像编号", "请核对该列是否对应正确")
        return text

    def time(self, column: str) -> str | None:
        """A time in normal form, None for a blank. Raises RefusedRow for what is no time of these years."""
        value = self.raw(column)
        if value is None:
            return None
        normal = self.moment(value)
        if normal is None:
            raise self.refusal(column, "不是有效的时间", "请改成“2026-03-20”或“2026-03-20 09:30”的写法")
        if not FIRST_YEAR <= int(normal[:4]) <= LAST_YEAR:
            raise self.refusal(column, f"不是 {FIRST_YEAR}—{LAST_YEAR} 年之间的日期", "请核对年月日")
        return normal

    def moment(self, value: Cell) -> str | None:
        """A value as a time in normal form; None if it is not a time."""
        found = self._mapper.value("BLSJ", value, excel=True)
        if not isinstance(found, str) or _NORMAL.fullmatch(found) is None:
            return None
        try:
            datetime.fromisoformat(found)
        except ValueError:
            return None
        return found

    def coded(self, column: str, value: Cell) -> Any:
        """A word as the code of a standard column, or as it is when it is not known."""
        return self._mapper.value(column, value)

    def heading(self, column: str) -> str:
        """The heading that a column has in the file."""
        return self._header.headings.get(column, KEYS.get(column, column))

    def problem(self, column: str, wrong: str, todo: str) -> Problem:
        """A problem with one of the cells."""
        return Problem(self.heading(column), shown(self.cell(column)), wrong, todo)

    def refusal(self, column: str, wrong: str, todo: str) -> RefusedRow:
        """The row cannot be taken because of one of the cells."""
        return RefusedRow(self.problem(column, wrong, todo))

    def given(self) -> dict[str, str]:
        """The columns that are read, under their standard names, as texts to be kept with a row set aside."""
        return {name: kept(self.cell(name)) for name in self._header.columns}
