"""What the owner decided about the formal letters (督办通知单, 督办函). Pure declarations."""

from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from config.fields import FilePath, Flag, Frozen, Int, Text, fault

CardLevel = Literal["yellow_card", "red_card"]
"""The levels of a 督办, which a formal letter goes with."""


def _reference_pattern(pattern: str) -> str:
    """``pattern`` with {year} and {number} once each, and no other field."""
    try:
        fields = [part[1:] for part in Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        fields = []
    if sorted(fields) != [("number", "", None), ("year", "", None)]:
        message = "文号的写法里要有 {year} 和 {number} 各一个，此外不能有花括号"
        raise fault("P031", message, "写成“怀政务督〔{year}〕{number}号”的样子")
    return pattern


class Letters(Frozen):
    """The formal letters (督办通知单, 督办函) that go with a 督办."""

    enabled: Flag = Field(
        default=True,
        description="督办信件是否附正式函件（DOCX 和 PDF）。只有真正发出的信才占用文号；没有打开发信时附的是样张",
    )
    levels: tuple[CardLevel, ...] = Field(
        default=("yellow_card", "red_card"), description="哪些级别出函：yellow_card 黄牌、red_card 红牌"
    )
    yellow_card: Text = Field(default="督办通知单", description="黄牌督办的函件名称")
    red_card: Text = Field(default="督办函", description="红牌督办的函件名称")
    office: Text = Field(default="北京市怀柔区政务服务管理局", description="发函机关，用于函头与落款")
    pattern: Annotated[Text, AfterValidator(_reference_pattern)] = Field(
        default="怀政务督〔{year}〕{number}号",
        description="文号的写法：{year} 年份、{number} 顺序号。每种写法每年各自从 1 起连续编号，不重号、不跳号",
    )
    first_number: Int = Field(
        default=1,
        ge=1,
        le=99_999,
        description="启用当年的第一个顺序号：接着手工登记的往下编。只用于这种写法的第一份函件，以后每年从 1 起",
    )
    template: FilePath | None = Field(
        default=None,
        description="本局自己的 DOCX 模板；相对路径从配置目录算起，不填 = 用自带模板。PDF 版式固定，不用此模板",
    )

    def title_of(self, level: str) -> str:
        """What a letter of ``level`` is called. Raises KeyError for a level without letters."""
        return {"yellow_card": self.yellow_card, "red_card": self.red_card}[level]
