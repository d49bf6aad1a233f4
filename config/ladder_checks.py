"""Whether the policy fits together: the ladder step by step, the lights."""

from collections.abc import Iterator, Sequence

from config.documents import Places
from config.hours_checks import check_hours
from config.ladder import CLOCK_LABELS, LEVEL_LABELS, Clock, Step
from config.matters import Matter
from config.policy import Policy
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
    yield from _check_repeats(policy.ladder, places)
    yield from _check_order(policy.ladder, places)
    yield from _check_too_old(policy, places)
    yield from _check_deep_red(policy, places)


def check_reach(policy: Policy, matters: Sequence[Matter], places: Places) -> Iterator[Problem]:
    """The steps that no item can ever reach, as far as the limits and matters are known here."""
    known = {matter.code for matter in matters}
    for index, step in enumerate(policy.ladder):
        yield from _check_limit(index, step, policy, matters, places)
        unknown = [code for code in (*step.matters, *step.except_matters) if known and code not in known]
        if unknown:
            message = f"步骤 {step.name} 所写的事项编码 {'、'.join(unknown)} 不在 matters.toml 中"
            hint = "核对编码；平台另有该事项、本表没有列出的，可以不管"
            yield places.warning("P016", ("ladder", index), message, hint)


def _check_limit(
    index: int, step: Step, policy: Policy, matters: Sequence[Matter], places: Places
) -> Iterator[Problem]:
    path, label = ("ladder", index, "at"), CLOCK_LABELS[step.clock]
    longest = _longest_limit(step.clock, policy, matters)
    if longest == 0:
        where = (
            "policy.toml 的 [answers]" if step.clock == "answer" else "policy.toml 的 [limits]，法定时限在 matters.toml"
        )
        hint = f"给该时限设上天数（{where}），或删去这一步"
        yield places.warning("P006", path, f"步骤 {step.name} 永远不会触发：{label}没有设时限", hint)
        return
    empty = step.limit_to is not None and step.limit_to < (step.limit_from or 0)
    if empty or (longest is None and step.limit_to is None):
        return
    most = min(limit for limit in (longest, step.limit_to) if limit is not None)
    if most < (step.limit_from or 0):
        hint = "改小 limit_from，或删去这一步"
        message = f"{label}最长 {most} 个工作日，不到 limit_from 的 {step.limit_from} 日"
    elif step.suits(next(iter(step.matters), ""), most, policy.min_fraction_of_limit):
        return
    elif -step.at >= most:
        message = f"{label}最长 {most} 个工作日，没有到期前 {-step.at} 日这一天"
        hint = f"at 改为 {1 - most} 至 0，或删去这一步"
    else:
        message = f"{label}最长 {most} 个工作日，到期前 {-step.at} 日时用去的还不到 min_fraction_of_limit"
        hint = "把 at 写得离到期日近一些，或给这一步写上自己的 min_fraction_of_limit"
    yield places.warning("P006", path, f"步骤 {step.name} 永远不会触发：{message}", hint)


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
    if step.limit_from is not None and step.limit_to is not None and step.limit_from > step.limit_to:
        message = f"步骤 {step.name} 的 limit_from {step.limit_from} 大于 limit_to {step.limit_to}，没有办件符合"
        yield places.error("P015", (*path, "limit_from"), message, "limit_from 写小的，limit_to 写大的")
    if step.matters and set(step.matters) <= set(step.except_matters):
        message = f"步骤 {step.name} 的 matters 全都写在 except_matters 里，没有办件符合"
        yield places.error("P015", (*path, "except_matters"), message, "两个键只写一个")


def _check_twins(ladder: Sequence[Step], places: Places) -> Iterator[Problem]:
    names: set[str] = set()
    for index, step in enumerate(ladder):
        if step.name in names:
            message = f"有两个步骤都叫 {step.name}，后一个会被当成已经发过"
            yield places.error("P001", ("ladder", index, "name"), message, "换一个没有用过的名称")
        names.add(step.name)
        if other := next((one for one in ladder[:index] if one.at == step.at and one.overlaps(step)), None):
            filtered = _is_filtered(step, other)
            shared = "clock 和 at 都相同" + ("，符合条件的办件又有重叠" if filtered else "")
            message = f"步骤 {step.name} 与 {other.name} 的 {shared}"
            hint = "合成一步，把收件岗位写在一起" + ("；或让两步的 matters、limit 各管一部分" if filtered else "")
            yield places.error("P002", ("ladder", index, "at"), message, hint)


def _is_filtered(*steps: Step) -> bool:
    return any((*one.matters, *one.except_matters, one.limit_from, one.limit_to) for one in steps)


def _check_repeats(ladder: Sequence[Step], places: Places) -> Iterator[Problem]:
    """Repetitions that come no more, since a later step is reached before: of the steps reached the last one counts."""
    for index, step in enumerate(ladder):
        last = step.at + step.repeat_every * step.repeat_max
        later = [one for one in ladder if step.at < one.at <= last and one.overlaps(step)]
        if step.repeat_every and later:
            first = min(later, key=lambda one: one.at)
            left = (first.at - 1 - step.at) // step.repeat_every
            same_day = "，其中一次与它同一天" if (first.at - step.at) % step.repeat_every == 0 else ""
            message = (
                f"步骤 {step.name} 写了重复 {step.repeat_max} 次，但逾期第 {first.at} 日起由 {first.name} 接替，"
                f"最多只会重复 {left} 次{same_day}"
            )
            yield places.warning(
                "P014", ("ladder", index, "repeat_max"), message, f"repeat_max 改为 {left}，或调整两步的 at"
            )


def _check_too_old(policy: Policy, places: Places) -> Iterator[Problem]:
    for index, step in enumerate(policy.ladder):
        if policy.too_old_after and step.at > policy.too_old_after:
            message = (
                f"步骤 {step.name} 在逾期第 {step.at} 日，而 too_old_after 是 {policy.too_old_after}："
                "此前没有提醒过的办件走不到这一步"
            )
            yield places.warning("P017", ("ladder", index, "at"), message, "把 too_old_after 写大，或把 at 写小")


def _check_order(ladder: Sequence[Step], places: Places) -> Iterator[Problem]:
    for index, step in enumerate(ladder):
        before = [other for other in ladder if other.at < step.at and other.overlaps(step)]
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
