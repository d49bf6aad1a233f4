"""Whether the policy fits together: the ladder step by step, the lights."""

from collections.abc import Iterator, Sequence

from config.documents import Places
from config.hours_checks import check_hours
from config.matters import Matter
from config.policy import CLOCK_LABELS, LEVEL_LABELS, Clock, Policy, Step
from config.problems import Problem

GRAVITY = {level: rank for rank, level in enumerate(LEVEL_LABELS)}


def check_policy(policy: Policy, places: Places) -> Iterator[Problem]:
    """Everything wrong in policy.toml by itself."""
    yield from check_hours(policy, places)
    if not policy.ladder:
        hint = "写上 [[ladder]]，或删去 ladder 这一行以采用默认阶梯；只是不想发信时用 delivery.enabled = false"
        yield places.error("P010", ("ladder",), "督办阶梯是空的，任何办件都不会有催办", hint)
    for index, step in enumerate(policy.ladder):
        yield from _check_step(index, step, places)
    yield from _check_twins(policy.ladder, places)
    yield from _check_order(policy.ladder, places)
    yield from _check_deep_red(policy, places)


def check_reach(policy: Policy, matters: Sequence[Matter], places: Places) -> Iterator[Problem]:
    """The steps that no item can ever reach, as far as the limits are known here."""
    for index, step in enumerate(policy.ladder):
        path, label = ("ladder", index, "at"), CLOCK_LABELS[step.clock]
        limit = _longest_limit(step.clock, policy, matters)
        if limit == 0:
            hint = "给该时限设上天数（policy.toml 的 [limits]，法定时限在 matters.toml），或删去这一步"
            yield places.warning("P006", path, f"步骤 {step.name} 永远不会触发：{label}没有设时限", hint)
        elif limit is not None and -step.at >= limit:
            message = f"步骤 {step.name} 永远不会触发：{label}最长 {limit} 个工作日，没有到期前 {-step.at} 日这一天"
            yield places.warning("P006", path, message, f"at 改为 {1 - limit} 至 0，或删去这一步")


def _longest_limit(clock: Clock, policy: Policy, matters: Sequence[Matter]) -> int | None:
    """The longest limit that ``clock`` can have, in working days; None where the platform decides."""
    if clock != "statutory":
        return policy.limit_of(clock)
    known = [matter for matter in matters if matter.statutory]
    if any(matter.unit_of_statutory != "working_day" for matter in known):
        return None
    return max((matter.statutory or 0 for matter in known), default=0)


def _check_step(index: int, step: Step, places: Places) -> Iterator[Problem]:
    path = ("ladder", index)
    if not step.to:
        yield places.error("P003", (*path, "to"), f"步骤 {step.name} 没有收件岗位", '写上岗位，例如 to = ["handler"]')
    if both := [role.value for role in step.to if role in step.cc]:
        message = f"步骤 {step.name} 的 {'、'.join(both)} 既是收件又是抄送"
        yield places.warning("P011", (*path, "cc"), message, "从 cc 里删去")
    if bool(step.repeat_every) != bool(step.repeat_max):
        message = f"步骤 {step.name} 的 repeat_every 与 repeat_max 只写了一个"
        yield places.error("P004", path, message, "两个都写（每隔几日、最多几次），或都不写")
    if step.repeat_every and step.at <= 0:
        message = f"步骤 {step.name} 在到期前或到期当天，却要重复"
        yield places.error("P005", (*path, "repeat_every"), message, "只有 at 不小于 1 的步骤可以重复")
    if step.past_statutory and step.clock != "promised":
        message = f"步骤 {step.name} 看的是{CLOCK_LABELS[step.clock]}，past_statutory 不起作用"
        yield places.error("P013", (*path, "past_statutory"), message, '删去，或改用 clock = "promised"')


def _check_twins(ladder: Sequence[Step], places: Places) -> Iterator[Problem]:
    names: set[str] = set()
    days: dict[tuple[Clock, int], str] = {}
    for index, step in enumerate(ladder):
        if step.name in names:
            message = f"有两个步骤都叫 {step.name}，后一个会被当成已经发过"
            yield places.error("P001", ("ladder", index, "name"), message, "换一个没有用过的名称")
        if other := days.get((step.clock, step.at)):
            message = f"步骤 {step.name} 与 {other} 的 clock 和 at 都相同"
            yield places.error("P002", ("ladder", index, "at"), message, "合成一步，把收件岗位写在一起")
        names.add(step.name)
        days.setdefault((step.clock, step.at), step.name)


def _check_order(ladder: Sequence[Step], places: Places) -> Iterator[Problem]:
    for index, step in enumerate(ladder):
        before = [other for other in ladder if other.clock == step.clock and other.at < step.at]
        if graver := next((other for other in before if GRAVITY[other.level] > GRAVITY[step.level]), None):
            milder, worse = LEVEL_LABELS[step.level], LEVEL_LABELS[graver.level]
            message = f"步骤 {step.name}（{milder}）比更早的 {graver.name}（{worse}）还轻"
            yield places.warning("P012", ("ladder", index, "level"), message, "核对两步的 at 与 level")


def _check_deep_red(policy: Policy, places: Places) -> Iterator[Problem]:
    reds = [step.at for step in policy.ladder if step.clock == "promised" and step.level == "red_card"]
    if reds and min(reds) != policy.lights.deep_red_after:
        message = f"深红灯从逾期 {policy.lights.deep_red_after} 日起，承诺时限的红牌却在逾期 {min(reds)} 日"
        hint = "把 lights.deep_red_after 与红牌步骤的 at 改成同一天数，台账灯色才与督办一致"
        yield places.warning("P008", ("lights", "deep_red_after"), message, hint)
