"""The owner's catalogue of matters: limits that the platform does not carry, such as the statutory ones."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from config.fields import Flag, Frozen, Int, Text

UnitOfLimit = Literal["working_day", "natural_day", "hour"]
UNIT_OF_LIMIT_LABELS: Mapping[UnitOfLimit, str] = {"working_day": "工作日", "natural_day": "自然日", "hour": "小时"}


class Matter(Frozen):
    """What the owner knows about one matter (审批事项). Limits written here are counted in ``unit_of_limit``,
    the platform's own in ``platform_unit``.
    """

    code: Text = Field(description="事项编码，与平台的 SPSXBM 一致")
    name: Text = Field(description="事项名称，只用于显示")
    promised: Int | None = Field(
        default=None, ge=1, le=3650, description="承诺时限；只在平台的办件与事项目录都没有时限时使用"
    )
    statutory: Int | None = Field(default=None, ge=1, le=3650, description="法定时限；不填 = 不计法定时限")
    unit_of_limit: UnitOfLimit = Field(
        default="working_day", description="本表所写时限的单位：working_day 工作日、natural_day 自然日、hour 小时"
    )
    platform_unit: UnitOfLimit = Field(
        default="working_day", description="平台给出的该事项时限数字的单位，可选值同上；一般是工作日，不用填"
    )
    needs_code: Flag = Field(default=True, description="该事项是否必须使用项目代码；false = 台账不核验它的项目代码")


class MattersFile(Frozen):
    """The whole of matters.toml."""

    matter: tuple[Matter, ...] = Field(default=(), description="每个 [[matter]] 是一个事项")
