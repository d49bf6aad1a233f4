"""What the owner decided about time: limits, lights, hours, the weekly report and the ladder of reminders.

Pure declarations. Whether a step is owed is decided elsewhere; whether the declarations fit together is looked at in
``config.checks``.
"""

from collections.abc import Mapping
from datetime import time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from config.fields import FilePath, Frozen, Int, LocalDate, Number, TimeOfDay
from config.regions import DEFAULT as DEFAULT_REGIONS


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

Clock = Literal["acceptance", "review", "promised", "statutory", "delivery"]
CLOCK_LABELS: Mapping[Clock, str] = {
    "acceptance": "接件（收件至受理）",
    "review": "受理（受理至部门开始办理）",
    "promised": "审批·承诺时限",
    "statutory": "审批·法定时限",
    "delivery": "决定（办结至送达批复）",
}

Level = Literal["reminder", "yellow_card", "red_card"]
LEVEL_LABELS: Mapping[Level, str] = {"reminder": "催办", "yellow_card": "督办·黄牌", "red_card": "督办·红牌"}
"""The levels, from the mildest to the gravest."""

Outcome = Literal["leave", "send_again_once"]


class Limits(Frozen):
    """Limits that the platform does not supply, in working days; 0 turns the clock off."""

    acceptance: Int = Field(
        default=5,
        ge=0,
        le=250,
        description="接件时限（工作日）：收件后须决定是否受理。行政许可法第 32 条为 5 日；0 = 不计",
    )
    review: Int = Field(
        default=0, ge=0, le=250, description="受理时限（工作日）：受理后部门须开始办理。法律未作规定；0 = 不计"
    )
    delivery: Int = Field(
        default=10,
        ge=0,
        le=250,
        description="决定时限（工作日）：准予许可后须颁发、送达批复文件。行政许可法第 44 条为 10 日；0 = 不计",
    )


class Lights(Frozen):
    """Where the colours of the ledger change, in working days."""

    due_soon: Int = Field(default=3, ge=0, le=60, description="剩余工作日不多于该值时亮黄灯（临期）")
    deep_red_after: Int = Field(
        default=5,
        ge=1,
        le=250,
        description="逾期达到该工作日数时由红灯转深红灯（红牌）；超过法定时限时立即转深红，与该值无关",
    )


class Hours(Frozen):
    """When mail may leave, in local time on working days."""

    start: TimeOfDay = Field(default=time(9), description="工作日几点起可以发信（北京时间）")
    end: TimeOfDay = Field(default=time(17, 30), description="工作日几点后不再发信；压下的信次日重新判断后再发")


class Report(Frozen):
    """The weekly overdue report."""

    hour: TimeOfDay = Field(default=time(9), description="每周第一个工作日几点发出逾期周报（北京时间）")
    template: FilePath | None = Field(
        default=None,
        description="本局自己的通报 DOCX 模板；相对路径从配置目录算起，不填 = 用自带模板。PDF 版式固定，不用此模板",
    )


class ProjectCodes(Frozen):
    """The daily mail to the counter on project codes that are missing or wrong."""

    since: LocalDate | None = Field(
        default=None, description="只通知这一天（含）起接件的办件，一般填启用日期；不填 = 按 within_days"
    )
    within_days: Int = Field(
        default=30,
        ge=1,
        le=3650,
        description="只通知近多少天（自然日）内接件的办件，免得旧件一次涌来；填了 since 则不用",
    )


class UnknownOutcome(Frozen):
    """What to do with a mail when the relay took the text but gave no answer, per level."""

    reminder: Outcome = Field(default="leave", description="催办：leave = 留待人工核实；send_again_once = 原信再发一次")
    yellow_card: Outcome = Field(default="send_again_once", description="黄牌督办：可选值同上")
    red_card: Outcome = Field(default="send_again_once", description="红牌督办：可选值同上")

    def of(self, level: Level) -> Outcome:
        """The rule for ``level``."""
        return {"reminder": self.reminder, "yellow_card": self.yellow_card, "red_card": self.red_card}[level]


class Step(Frozen):
    """One rung of the ladder: on which day, on which clock, at which level, who hears of it."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")] = Field(
        description="步骤的固定名称，用来记“这一步发过没有”，全表唯一；小写字母、数字、连字符。上线后不要改名，改名等于新的一步"
    )
    clock: Clock = Field(
        description="看哪个时限：acceptance 接件、review 受理、promised 承诺、statutory 法定、delivery 决定"
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
    repeat_every: Int = Field(default=0, ge=0, le=60, description="此后每隔几个工作日再发一次，0 = 不重复")
    repeat_max: Int = Field(default=0, ge=0, le=60, description="最多重复几次；之后只出现在周报里")


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
)
"""The ladder of the default policy.toml; a policy.toml without any ``[[ladder]]`` keeps it."""


class Policy(Frozen):
    """The whole of policy.toml."""

    min_fraction_of_limit: Number = Field(
        default=0.5,
        ge=0,
        le=1,
        description="到期前的步骤（at 为负）至少要等时限用去这个比例之后才发，"
        "免得时限只有两三天的事项一收件就催办；0 = 不设此限",
    )
    blind_after_hours: Int = Field(
        default=24,
        ge=1,
        le=720,
        description="连续多少小时没有成功取数即视为失明：告知运维，信件首行写明，督办暂缓（台账可能落后于实际）",
    )
    lines_per_mail: Int = Field(default=50, ge=1, le=500, description="一封信最多列几件，其余只给件数，明细见台账")
    region_codes: tuple[Annotated[str, StringConstraints(pattern=r"^\d{6}$")], ...] = Field(
        default=DEFAULT_REGIONS, description="本辖区的行政区划代码（6 位）；项目代码属于其他区划的只作备注，不退回"
    )
    instant_kinds: tuple[Int, ...] = Field(
        default=(1,),
        description="事项目录里哪些 BJLX 办件类型是即办件；只有即办件的时限 0 才算时限，其余按没有时限处理",
    )
    limits: Limits = Field(default=Limits(), description="平台不提供的时限")
    lights: Lights = Field(default=Lights(), description="台账灯色")
    hours: Hours = Field(default=Hours(), description="发信时段")
    report: Report = Field(default=Report(), description="逾期周报")
    project_codes: ProjectCodes = Field(
        default=ProjectCodes(), description="每个工作日致综合窗口的项目代码核验信；没有新发现就不发"
    )
    unknown_outcome: UnknownOutcome = Field(
        default=UnknownOutcome(), description="信件已交给邮件服务器、却没有等到回音时怎么办；再发时 Message-ID 不变"
    )
    ladder: tuple[Step, ...] = Field(default=DEFAULT_LADDER, description="催办、督办的阶梯，每个 [[ladder]] 是一步")

    def limit_of(self, clock: Clock) -> int | None:
        """The limit of ``clock`` in working days (0: the clock is off); None where the item or matter supplies it."""
        own: dict[Clock, int] = {
            "acceptance": self.limits.acceptance,
            "review": self.limits.review,
            "delivery": self.limits.delivery,
        }
        return own.get(clock)
