"""The ladder of reminders and escalations: on which day of which clock, at which level, who hears of it. Pure.

Whether a step is owed is decided elsewhere; whether the steps fit together is looked at in ``config.ladder_checks``.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from config.fields import Frozen, Int, Number, Text


class Role(StrEnum):
    """Who a mail is for. The first four exist in every unit, the others once in the office."""

    HANDLER = "handler"
    SECTION_HEAD = "section_head"
    DEPUTY_LEADER = "deputy_leader"
    PRINCIPAL = "principal"
    SUPERVISOR = "supervisor"
    BUREAU_LEADER = "bureau_leader"
    DISTRICT_LEADER = "district_leader"
    INFORMATION_CENTRE = "information_centre"
    OPERATOR = "operator"
    COUNTER = "counter"

    @property
    def label(self) -> str:
        """The role in Chinese."""
        return ROLE_LABELS[self]


ROLE_LABELS: Mapping[Role, str] = {
    Role.HANDLER: "经办人",
    Role.SECTION_HEAD: "科室负责人",
    Role.DEPUTY_LEADER: "分管领导",
    Role.PRINCIPAL: "主要领导",
    Role.SUPERVISOR: "督办专员",
    Role.BUREAU_LEADER: "政务服务管理局领导",
    Role.DISTRICT_LEADER: "区领导",
    Role.INFORMATION_CENTRE: "市信息中心",
    Role.OPERATOR: "系统运维",
    Role.COUNTER: "综合窗口",
}
UNIT_ROLES = (Role.HANDLER, Role.SECTION_HEAD, Role.DEPUTY_LEADER, Role.PRINCIPAL)
OFFICE_ROLES = tuple(role for role in Role if role not in UNIT_ROLES)

Clock = Literal["acceptance", "review", "promised", "statutory", "delivery", "answer"]
CLOCK_LABELS: Mapping[Clock, str] = {
    "acceptance": "接件（收件至受理）",
    "review": "受理（受理至部门开始办理）",
    "promised": "审批·承诺时限",
    "statutory": "审批·法定时限",
    "delivery": "决定（办结至送达批复）",
    "answer": "答复（督办至书面反馈）",
}

Level = Literal["reminder", "yellow_card", "red_card"]
LEVEL_LABELS: Mapping[Level, str] = {"reminder": "催办", "yellow_card": "督办·黄牌", "red_card": "督办·红牌"}
"""The levels, from the mildest to the gravest."""


class Step(Frozen):
    """One rung of the ladder: on which day, on which clock, at which level, who hears of it."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        description="步骤的固定名称，用来记“这一步发过没有”，全表唯一；小写字母、数字、连字符。上线后不要改名，改名等于新的一步"
    )
    clock: Clock = Field(
        description="看哪个时限：acceptance 接件、review 受理、promised 承诺、statutory 法定、delivery 决定、"
        "answer 督办要求的书面答复"
    )
    at: Int = Field(ge=-60, le=250, description="相对到期日的工作日数：-3 = 到期前 3 日，0 = 到期当天，1 = 逾期第 1 日")
    level: Level = Field(description="级别：reminder 催办、yellow_card 督办·黄牌、red_card 督办·红牌")
    to: tuple[Role, ...] = Field(
        description="收件岗位：handler 经办人、section_head 科室负责人、deputy_leader 分管领导、principal 主要领导；"
        "supervisor 督办专员、bureau_leader 政务局领导、district_leader 区领导、"
        "information_centre 信息中心、operator 运维、counter 综合窗口"
    )
    cc: tuple[Role, ...] = Field(default=(), description="抄送岗位，可选值同 to")
    past_statutory: bool = Field(
        default=False, strict=True, description="true = 法定时限一过，不等 at 的天数，立即走到这一步（只用于 promised）"
    )
    matters: tuple[Text, ...] = Field(default=(), description="只用于这些事项编码（SPSXBM）；不填 = 所有事项")
    except_matters: tuple[Text, ...] = Field(
        default=(), description="不用于这些事项编码；给它们另设步骤时，在通用的步骤里写上"
    )
    limit_from: Int | None = Field(
        default=None, ge=0, le=3650, description="只用于时限不短于这么多日的办件（小时时限每 24 小时算一日）"
    )
    limit_to: Int | None = Field(default=None, ge=0, le=3650, description="只用于时限不长于这么多日的办件")
    min_fraction_of_limit: Number | None = Field(
        default=None, ge=0, le=1, description="本步骤自己的比例，代替全局的 min_fraction_of_limit；0 = 不设此限"
    )
    repeat_every: Int = Field(default=0, ge=0, le=60, description="此后每隔几个工作日再发一次，0 = 不重复")
    repeat_max: Int = Field(default=0, ge=0, le=60, description="最多重复几次；之后只出现在周报里")

    def suits(self, matter: str, limit: float | None, fraction: float) -> bool:
        """Whether the step is one for items of ``matter`` (code) whose clock has a limit of so many days.

        ``fraction``: how much of the limit must be used before a step ahead of the due date, unless the step has a
        value of its own. A limit that is not known suits every length.
        """
        if matter in self.except_matters or (self.matters and matter not in self.matters):
            return False
        if limit is None:
            return True
        if not (self.limit_from or 0) <= limit <= (self.limit_to if self.limit_to is not None else limit):
            return False
        least = fraction if self.min_fraction_of_limit is None else self.min_fraction_of_limit
        return self.at >= 0 or limit + self.at >= limit * least

    def overlaps(self, other: "Step") -> bool:
        """Whether an item can be a case of both steps: the same clock, and filters that have something in common."""
        if self.clock != other.clock:
            return False
        lowest = max(self.limit_from or 0, other.limit_from or 0)
        if any(step.limit_to is not None and step.limit_to < lowest for step in (self, other)):
            return False
        left_out = {*self.except_matters, *other.except_matters}
        named = [set(step.matters) for step in (self, other) if step.matters]
        return not named or bool(set.intersection(*named) - left_out)


DEFAULT_LADDER: tuple[Step, ...] = (
    Step(name="promised-in-3", clock="promised", at=-3, level="reminder", to=(Role.HANDLER,)),
    Step(name="promised-in-1", clock="promised", at=-1, level="reminder", to=(Role.HANDLER,)),
    Step(name="promised-today", clock="promised", at=0, level="reminder", to=(Role.HANDLER, Role.SECTION_HEAD)),
    Step(
        name="promised-yellow",
        clock="promised",
        at=1,
        level="yellow_card",
        to=(Role.SECTION_HEAD, Role.DEPUTY_LEADER),
        cc=(Role.SUPERVISOR,),
    ),
    Step(
        name="promised-red",
        clock="promised",
        at=5,
        level="red_card",
        to=(Role.PRINCIPAL,),
        cc=(Role.BUREAU_LEADER,),
        past_statutory=True,
        repeat_every=5,
        repeat_max=6,
    ),
    Step(name="acceptance-in-1", clock="acceptance", at=-1, level="reminder", to=(Role.HANDLER,)),
    Step(name="acceptance-today", clock="acceptance", at=0, level="reminder", to=(Role.HANDLER, Role.SECTION_HEAD)),
    Step(
        name="acceptance-deemed",
        clock="acceptance",
        at=1,
        level="yellow_card",
        to=(Role.SECTION_HEAD, Role.DEPUTY_LEADER),
        cc=(Role.SUPERVISOR,),
    ),
    Step(name="delivery-in-1", clock="delivery", at=-1, level="reminder", to=(Role.HANDLER,)),
    Step(name="delivery-yellow", clock="delivery", at=1, level="yellow_card", to=(Role.SECTION_HEAD,)),
    Step(
        name="answer-missing",
        clock="answer",
        at=1,
        level="yellow_card",
        to=(Role.PRINCIPAL,),
        cc=(Role.SUPERVISOR, Role.BUREAU_LEADER),
    ),
)
"""The ladder of the default policy.toml; a policy.toml without any ``[[ladder]]`` keeps it."""
