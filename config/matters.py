"""The owner's catalogue of matters: limits that the platform does not carry, such as the statutory ones."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from config.fields import Flag, Frozen, Int, Text

UnitOfLimit = Literal["working_day", "natural_day", "hour"]
UNIT_OF_LIMIT_LABELS: Mapping[UnitOfLimit, str] = {"working_day": "工作日", "natural_day": "自然日", "hour": "小时"}
LONGEST_LIMIT = 3650

Words = tuple[Text, ...]


class Matter(Frozen):
    """What the owner knows about one matter (审批事项). Limits written here are counted in ``unit_of_limit`` (the
    statutory one in ``statutory_unit`` if that is given), the platform's own in ``platform_unit``.
    """

    code: Text = Field(description="事项编码，与平台的 SPSXBM 一致")
    name: Text = Field(description="事项名称，只用于显示")
    promised: Int | None = Field(
        default=None, ge=1, le=LONGEST_LIMIT, description="承诺时限；只在平台的办件与事项目录都没有时限时使用"
    )
    statutory: Int | None = Field(default=None, ge=1, le=LONGEST_LIMIT, description="法定时限；不填 = 不计法定时限")
    unit_of_limit: UnitOfLimit = Field(
        default="working_day", description="本表所写时限的单位：working_day 工作日、natural_day 自然日、hour 小时"
    )
    statutory_unit: UnitOfLimit | None = Field(
        default=None, description="法定时限的单位与承诺时限不同时才填，可选值同上；不填 = 同 unit_of_limit"
    )
    platform_unit: UnitOfLimit = Field(
        default="working_day", description="平台给出的该事项时限数字的单位，可选值同上；一般是工作日，不用填"
    )
    instant: Flag = Field(
        default=False, description="即办件：平台写的时限 0 算时限（当天办结）；各处都没有时限时也按当天办结"
    )
    needs_code: Flag = Field(default=True, description="该事项是否必须使用项目代码；false = 台账不核验它的项目代码")

    @property
    def unit_of_statutory(self) -> UnitOfLimit:
        """What the statutory limit is counted in."""
        return self.statutory_unit or self.unit_of_limit


class Columns(Frozen):
    """The headings by which the columns of an exported catalogue are known; of several the first that is there."""

    code: Words = Field(
        default=("事项编码", "实施编码", "基本编码", "事项基本编码", "事项实施编码", "实施清单编码"),
        description="事项编码。有几列都像时，取与台账里的编码对得上最多的一列",
    )
    name: Words = Field(default=("事项名称", "实施事项名称", "事项"), description="事项名称")
    kind: Words = Field(default=("办件类型",), description="办件类型，用来认出即办件")
    promised: Words = Field(
        default=("承诺办结时限", "承诺时限", "承诺办理时限", "承诺期限"),
        description="承诺时限；列名后面可以带括号写单位，如“承诺办结时限（工作日）”",
    )
    promised_unit: Words = Field(
        default=("承诺办结时限单位", "承诺时限单位", "承诺办理时限单位", "承诺期限单位"), description="承诺时限的单位"
    )
    statutory: Words = Field(
        default=("法定办结时限", "法定时限", "法定办理时限", "法定期限"), description="法定时限，写法同上"
    )
    statutory_unit: Words = Field(
        default=("法定办结时限单位", "法定时限单位", "法定办理时限单位", "法定期限单位"), description="法定时限的单位"
    )
    needs_code: Words = Field(
        default=("是否需要项目代码", "是否使用项目代码", "是否应用项目代码", "是否需要投资项目代码", "需要项目代码"),
        description="是否必须使用项目代码",
    )
    department: Words = Field(
        default=("实施主体", "实施主体名称", "实施机构", "实施部门", "责任部门"),
        description="实施主体；同一编码有几行时，取本区单位的一行",
    )


class Workbook(Frozen):
    """How an exported catalogue of matters is written: its headings and the words in its cells."""

    columns: Columns = Field(default=Columns(), description="各列的列名，按先后取第一个找到的")
    working_day: Words = Field(default=("工作日", "个工作日"), description="哪些词是工作日")
    natural_day: Words = Field(default=("自然日", "个自然日", "日历日"), description="哪些词是自然日")
    hour: Words = Field(default=("小时", "个小时"), description="哪些词是小时")
    nothing: Words = Field(
        default=("无", "没有", "无时限", "无法定时限", "无承诺时限", "不限", "/", "-", "--", "—", "——"),
        description="哪些词表示没有时限；空白单元格表示没有说，保留现有的值",
    )
    instant: Words = Field(
        default=("即办", "即办件", "即时办结", "即时办理", "当场办结", "当场办理", "当场", "即时"),
        description="哪些词表示即办件",
    )
    yes: Words = Field(default=("是", "需要", "需", "有", "1", "true", "y", "yes", "√"), description="哪些词表示是")
    no: Words = Field(
        default=("否", "不需要", "不需", "无需", "无", "0", "false", "n", "no", "×", "x"), description="哪些词表示否"
    )


class MattersFile(Frozen):
    """The whole of matters.toml."""

    workbook: Workbook = Field(default=Workbook(), description="导入事项清单（matters import）时怎样认列名与取值")
    matter: tuple[Matter, ...] = Field(default=(), description="每个 [[matter]] 是一个事项")
