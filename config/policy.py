"""What the owner decided about time: limits, lights, hours, the weekly report, answers and the ladder of reminders.

Pure declarations. Whether a step is owed is decided elsewhere; whether the declarations fit together is looked at in
``config.checks``.
"""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from config.fields import FilePath, Flag, Frozen, Int, LocalDate, Number, Text, TimeOfDay, fault
from config.ladder import CLOCK_LABELS as CLOCK_LABELS
from config.ladder import DEFAULT_LADDER as DEFAULT_LADDER
from config.ladder import LEVEL_LABELS as LEVEL_LABELS
from config.ladder import OFFICE_ROLES as OFFICE_ROLES
from config.ladder import ROLE_LABELS as ROLE_LABELS
from config.ladder import UNIT_ROLES as UNIT_ROLES
from config.ladder import Clock as Clock
from config.ladder import Level as Level
from config.ladder import Role as Role
from config.ladder import Step as Step
from config.letters import Letters as Letters
from config.regions import DEFAULT as DEFAULT_REGIONS

Outcome = Literal["leave", "send_again_once"]
AttachList = Literal["when_cut", "always", "never"]


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


class Span(Frozen):
    """A stretch of a working day, in local time; ``end`` is no longer in it."""

    start: TimeOfDay = Field(description="工作日几点起可以发给该岗位（北京时间）")
    end: TimeOfDay = Field(description="工作日几点后不再发给该岗位；压下的信下一时段重新判断后再发")


ANY_HOUR = frozenset({Role.OPERATOR, Role.INFORMATION_CENTRE})
"""Those who keep the system going hear of it at any hour of any day."""


class Hours(Span):
    """When mail may leave: for everyone, and for the roles that have hours of their own."""

    start: TimeOfDay = Field(default=time(9), description="工作日几点起可以发信（北京时间）")
    end: TimeOfDay = Field(default=time(17, 30), description="工作日几点后不再发信；压下的信次日重新判断后再发")
    audience: Mapping[Role, Span] = Field(
        default={},
        description="某些岗位另有的发信时段，例如 [hours.audience.principal]；没有写的岗位用上面的时段。"
        "operator、information_centre 任何时候都发，不必写",
    )

    def of(self, audience: Role | None) -> Span:
        """The hours of ``audience``; None: of a mail that goes to no single role."""
        return self.audience.get(audience, self) if audience else self


def _in_a_unit(role: Role) -> Role:
    if role not in UNIT_ROLES:
        raise fault("U006", f"岗位 {role.value}（{role.label}）不属于各单位", f"可写：{'、'.join(UNIT_ROLES)}")
    return role


UnitRole = Annotated[Role, AfterValidator(_in_a_unit)]
"""A role that exists in every unit."""


class Report(Frozen):
    """The weekly overdue report."""

    hour: TimeOfDay = Field(default=time(9), description="每周第一个工作日几点发出逾期周报（北京时间）")
    monthly: Flag = Field(
        default=False,
        description="true = 每月第一个工作日的这一时刻另发上月的月报；月中打开时当即补发上月的一期",
    )
    quarterly: Flag = Field(default=False, description="true = 每季度第一个工作日的这一时刻另发上季度的季报，补发同上")
    extracts: tuple[UnitRole, ...] = Field(
        default=(Role.SECTION_HEAD,),
        description="随每期通报给各单位哪些岗位各发一封本单位摘要（本单位一行、排名和清单），"
        "可选 handler、section_head、deputy_leader、principal；[] = 不发",
    )
    office: Text = Field(default="北京市怀柔区政务服务管理局", description="通报的发文机关，用于 PDF 和 DOCX 的落款")
    template: FilePath | None = Field(
        default=None,
        description="本局自己的通报 DOCX 模板；相对路径从配置目录算起，不填 = 用自带模板。PDF 版式固定，不用此模板",
    )


class Overview(Frozen):
    """The daily overview to the supervisor."""

    hour: TimeOfDay = Field(
        default=time(17), description="每个工作日几点把当天的发信、答复、退信等情况汇总给督办专员（北京时间）"
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


class Answers(Frozen):
    """By when a 督办 asks the unit for an answer in writing, per level."""

    yellow_card: Int = Field(default=3, ge=0, le=60, description="黄牌督办：发信后几个工作日内书面反馈；0 = 不要求反馈")
    red_card: Int = Field(default=2, ge=0, le=60, description="红牌督办：发信后几个工作日内书面反馈；0 = 不要求反馈")

    def of(self, level: Level) -> int:
        """Working days for the answer to a notice of ``level``; 0 where none is asked for."""
        return {"reminder": 0, "yellow_card": self.yellow_card, "red_card": self.red_card}[level]


class Holds(Frozen):
    """Silences by the supervisor."""

    max_workdays: Int = Field(default=60, ge=1, le=250, description="hold 一次最多暂停几个工作日；更长的会被拒绝")


class Policy(Frozen):
    """The whole of policy.toml."""

    min_fraction_of_limit: Number = Field(
        default=0.5,
        ge=0,
        le=1,
        description="到期前的步骤（at 为负）至少要等时限用去这个比例之后才发，"
        "免得时限只有两三天的事项一收件就催办；0 = 不设此限",
    )
    too_old_after: Int = Field(
        default=60,
        ge=0,
        le=2500,
        description="首次看到时已逾期超过这么多工作日的办件不再逐件发信，只列入周报，"
        "免得启用时旧件一次涌来；0 = 不设此限",
    )
    blind_after_hours: Int = Field(
        default=24,
        ge=1,
        le=720,
        description="连续多少小时没有成功取数即视为失明：告知运维，信件首行写明，督办暂缓（台账可能落后于实际）",
    )
    lines_per_mail: Int = Field(default=50, ge=1, le=500, description="一封信最多列几条，全部清单见附件工作簿")
    attach_list: AttachList = Field(
        default="when_cut",
        description="附件工作簿（XLSX，列出全部事项）：when_cut = 信中没有列全时才附；always = 每封都附；never = 不附",
    )
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
    overview: Overview = Field(default=Overview(), description="致督办专员的督办日报；当天没有事也发，并写明没有")
    project_codes: ProjectCodes = Field(
        default=ProjectCodes(), description="每个工作日致综合窗口的项目代码核验信；没有新发现就不发"
    )
    answers: Answers = Field(default=Answers(), description="督办要求单位书面反馈的期限")
    holds: Holds = Field(default=Holds(), description="暂停督促（hold）")
    unknown_outcome: UnknownOutcome = Field(
        default=UnknownOutcome(), description="信件已交给邮件服务器、却没有等到回音时怎么办；再发时 Message-ID 不变"
    )
    letters: Letters = Field(default=Letters(), description="随督办信件出的正式函件（督办通知单、督办函）")
    ladder: tuple[Step, ...] = Field(default=DEFAULT_LADDER, description="催办、督办的阶梯，每个 [[ladder]] 是一步")

    @property
    def audiences(self) -> frozenset[Role]:
        """The roles that a step can be told to: those the ladder names, and the supervisor for items of no unit."""
        return frozenset({Role.SUPERVISOR, *(role for step in self.ladder for role in step.to)})

    def limit_of(self, clock: Clock) -> int | None:
        """The limit of ``clock`` in working days (0: the clock is off); None where the item or matter supplies it.

        For answers it is the longest that any level gives.
        """
        own: dict[Clock, int] = {
            "acceptance": self.limits.acceptance,
            "review": self.limits.review,
            "delivery": self.limits.delivery,
            "answer": max(self.answers.yellow_card, self.answers.red_card),
        }
        return own.get(clock)
