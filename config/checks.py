"""Cross-checks: what each value allows but the whole does not.

Each check looks at finished declarations and says what is wrong, where, and what to do; none of them reads a file.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby

from config.documents import Places
from config.ladder_checks import check_policy, check_reach
from config.loaded import MATTERS, POLICY, SETTINGS, UNITS, Config
from config.mail_checks import check_inbox
from config.matters import Matter
from config.policy import OFFICE_ROLES, UNIT_ROLES, Policy, Role
from config.problems import Problem, Severity
from config.settings import Settings
from config.sources import IMPORTED, OWN_KEYS
from config.toml_lines import KeyPath
from config.units import Alias, Contacts, Key, Unit, UnitDirectory

Gap = tuple[KeyPath, str, Role]
"""Where an address is missing: the path and name of the owner, and the role."""

ALWAYS_NEEDED = (Role.SUPERVISOR, Role.OPERATOR)
"""The supervisor gets what belongs to no unit, the operator hears when the daemon is blind."""


def check(config: Config) -> tuple[Problem, ...]:
    """Everything the cross-checks find in ``config``, in the order of the files."""
    settings, policy, units, matters = (config.places_of(name) for name in (SETTINGS, POLICY, UNITS, MATTERS))
    catalogue = tuple(config.matters.values())
    return tuple(
        chain(
            check_settings(config.settings, settings),
            check_policy(config.policy, policy),
            check_reach(config.policy, catalogue, policy),
            check_units(config.units, units),
            check_contacts(config.settings, config.policy, config.units, units),
            check_matters(catalogue, matters),
        )
    )


def letter_template_problem(config: Config, why: str) -> Problem:
    """What to say of a template of letters that cannot be filled in; found after loading, by whoever fills it in."""
    message = f"函件模板 {config.policy.letters.template} 不能用：{why}"
    hint = "对照自带模板改正，或删去 template 这一行；改正以前函件用自带模板"
    return config.places_of(POLICY).error("P032", ("letters", "template"), message, hint)


def report_template_problem(config: Config, why: str) -> Problem:
    """What to say of a template of the notice that cannot be filled in; found after loading, by whoever fills it in."""
    message = f"通报模板 {config.policy.report.template} 不能用：{why}"
    hint = "对照自带模板改正，或删去 template 这一行；改正以前用自带模板"
    return config.places_of(POLICY).error("P033", ("report", "template"), message, hint)


def check_settings(settings: Settings, places: Places) -> Iterator[Problem]:
    """Everything wrong in monitor.toml by itself, the secrets apart."""
    names: set[str] = set()
    for index, source in enumerate(settings.sources):
        if source.name in names:
            message = f"有两个来源都叫 {source.name}"
            yield places.error("S002", ("sources", index, "name"), message, "换一个名称；游标按名称记录")
        names.add(source.name)
    if not settings.sources:
        hint = "写上 [[sources]]"
        yield places.warning("S004", (), "没有数据来源，不会自动取数", hint)
    yield from _check_kinds(settings, places)
    yield from _check_precedence(settings, names, places)
    yield from _check_health(settings, places)
    yield from _check_audit(settings, places)
    yield from _check_delivery(settings, places)
    yield from check_inbox(settings, places)


def _check_kinds(settings: Settings, places: Places) -> Iterator[Problem]:
    for index, source in enumerate(settings.sources):
        for kind, keys in OWN_KEYS.items():
            for key in sorted(keys & source.model_fields_set) if kind != source.kind else ():
                message = f"来源 {source.name} 是 kind = {source.kind}，{key} 只对 kind = {kind} 有用，不起作用"
                yield places.warning("S008", ("sources", index, key), message, "删去这一行，或改 kind")


def _check_precedence(settings: Settings, names: set[str], places: Places) -> Iterator[Problem]:
    for field in type(settings.precedence).model_fields:
        for name in getattr(settings.precedence, field):
            if name not in (*names, IMPORTED):
                message = f"precedence.{field} 里的 {name} 不是任何来源的名称"
                hint = f"写 [[sources]] 里的 name，现有：{'、'.join(sorted(names))}；导入的文件写 {IMPORTED}"
                yield places.error("S007", ("precedence", field), message, hint)


def _check_health(settings: Settings, places: Places) -> Iterator[Problem]:
    schedule, health = settings.schedule, settings.health
    for job, interval, oldest in (
        ("poll", schedule.poll_minutes, health.max_poll_minutes),
        ("plan", schedule.plan_minutes, health.max_plan_minutes),
        ("deliver", schedule.deliver_minutes, health.max_deliver_minutes),
        ("audit", schedule.audit_minutes, health.max_audit_minutes),
    ):
        if oldest <= interval:
            message = f"max_{job}_minutes（{oldest}）不长于任务间隔 {job}_minutes（{interval}），健康检查会时好时坏"
            hint = f"改为 {job}_minutes 的 2 倍以上"
            yield places.error("S003", ("health", f"max_{job}_minutes"), message, hint)


def _check_audit(settings: Settings, places: Places) -> Iterator[Problem]:
    url = settings.audit.ping_url
    # What was given is not repeated: whoever knows the address can give a heartbeat in our place.
    if url is not None and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url.get_secret_value(), re.ASCII):
        hint = "写心跳服务给出的完整网址，以 http:// 或 https:// 开头"
        yield places.error("S015", ("audit", "ping_url"), "心跳网址不是 http 或 https 网址", hint)


def _check_delivery(settings: Settings, places: Places) -> Iterator[Problem]:
    delivery = settings.delivery
    if delivery.enabled and delivery.sender is None:
        hint = '在 [delivery] 里写 sender = "邮箱地址"'
        yield places.error("S005", ("delivery", "enabled"), "发信已打开，却没有发件人 sender", hint)
    if delivery.password is not None and delivery.username is None:
        hint = "补上 username，或删去密码"
        yield places.error("S005", ("delivery",), "给了 SMTP 密码，却没有账号 username", hint)
    if delivery.username is not None and delivery.security == "none" and not delivery.is_loopback:
        message = 'SMTP 账号与密码会以明文经过网络（security = "none"，且不是本机）'
        hint = 'security 改为 "starttls" 或 "tls"'
        yield places.warning("S006", ("delivery", "security"), message, hint)
    for key, address in (("sender", delivery.sender), ("reply_to", delivery.reply_to)):
        if address and UnitDirectory.is_placeholder(address):
            yield _placeholder(settings, places, ("delivery", key), f"delivery.{key} 仍是示例邮箱地址")


def check_units(units: UnitDirectory, places: Places) -> Iterator[Problem]:
    """Everything wrong in units.toml by itself."""
    if not units.units:
        hint = "对照默认文件写上 [[unit]]；没有单位时所有办件都归不到单位"
        yield places.error("U008", (), "没有任何单位", hint)
    yield from _check_codes(units, places)
    yield from _check_names(units, places)
    for index, unit in enumerate(units.units):
        for nth, alias in enumerate(unit.aliases):
            if alias.since and alias.until and alias.since > alias.until:
                message = f"{unit.name}的别名“{alias.name}”起用日 {alias.since} 晚于停用日 {alias.until}"
                yield places.error("U007", ("unit", index, "aliases", nth), message, "since 写早的，until 写晚的")


def _check_codes(units: UnitDirectory, places: Places) -> Iterator[Problem]:
    holders: dict[str, Unit] = {}
    for index, unit in enumerate(units.units):
        for path, code in (((), unit.id), *((("codes", nth), code) for nth, code in enumerate(unit.codes))):
            key = code.upper()
            if key in holders:
                message = f"单位编码 {code} 同时属于{holders[key].name}和{unit.name}"
                yield places.error("U001", ("unit", index, *(path or ("id",))), message, "一个编码只能属于一个单位")
            holders.setdefault(key, unit)


def _check_names(units: UnitDirectory, places: Places) -> Iterator[Problem]:
    """Two units that bear one name at one time; the shorter forms made from a name need not be unique."""
    bearers: dict[Key, list[tuple[int, Alias]]] = {}
    for index, unit in enumerate(units.units):
        for path, alias in _named(unit):
            others = bearers.setdefault(units.own_key(alias.name), [])
            rival = next((other for other, older in others if other != index and _overlap(alias, older)), None)
            if rival is not None:
                message = (
                    f"名称“{alias.name}”同时属于{units.units[rival].name}和{unit.name}，只写名称的办件将归不到单位"
                )
                hint = "从其中一个单位删去；名称先后换过单位时，两边都写 since、until"
                yield places.error("U002", ("unit", index, *path), message, hint)
            others.append((index, alias))


def _named(unit: Unit) -> Iterator[tuple[KeyPath, Alias]]:
    yield ("full_name",), Alias(name=unit.full_name)
    yield ("name",), Alias(name=unit.name)
    for nth, alias in enumerate(unit.aliases):
        yield ("aliases", nth), alias


def _overlap(one: Alias, other: Alias) -> bool:
    starts = [alias.since for alias in (one, other) if alias.since]
    ends = [alias.until for alias in (one, other) if alias.until]
    return not (starts and ends and max(starts) > min(ends))


def check_contacts(settings: Settings, policy: Policy, units: UnitDirectory, places: Places) -> Iterator[Problem]:
    """Whether everyone the ladder writes to can be reached: errors once mail may leave, warnings before."""
    used = {role for step in policy.ladder for role in (*step.to, *step.cc)}
    needed = {*ALWAYS_NEEDED, *used}
    gaps: list[Gap] = [
        (("office",), "[office]", role) for role in OFFICE_ROLES if role in needed and not units.addresses(role)
    ]
    gaps += [
        (("unit", index), unit.name, role)
        for index, unit in enumerate(units.units)
        for role in UNIT_ROLES
        if role in used and not units.addresses(role, unit.id)
    ]
    yield from _missing(settings, gaps, places)
    yield from _placeholders(settings, units, places)


def _missing(settings: Settings, gaps: Sequence[Gap], places: Places) -> Iterator[Problem]:
    for (path, owner), group in groupby(gaps, key=lambda gap: gap[:2]):
        roles = [role for _, _, role in group]
        message = f"{owner} 没有{'、'.join(role.label for role in roles)}的邮箱，阶梯或告警却要发给他们"
        hint = f'补上 {"、".join(role.value for role in roles)} = ["邮箱"]'
        yield places.problem("U004", _severity(settings), path, message, hint)


def _placeholders(settings: Settings, units: UnitDirectory, places: Places) -> Iterator[Problem]:
    owners: list[tuple[KeyPath, str, Contacts]] = [(("office",), "[office]", units.office)]
    owners += [(("unit", index), unit.name, unit.contacts) for index, unit in enumerate(units.units)]
    found = [
        (path, owner)
        for path, owner, contacts in owners
        if any(units.is_placeholder(address) for addresses in contacts.values() for address in addresses)
    ]
    if settings.delivery.enabled:
        for path, owner in found:
            yield _placeholder(settings, places, path, f"{owner} 仍有示例邮箱地址")
    elif found:
        owners_text = "、".join(owner for _, owner in found)
        yield _placeholder(settings, places, found[0][0], f"{len(found)} 处仍有示例邮箱地址：{owners_text}")


def _placeholder(settings: Settings, places: Places, path: KeyPath, message: str) -> Problem:
    if settings.delivery.enabled:
        message += "，所以信件都只存成文件，不会发出"
    hint = "换成真实邮箱" + ("" if settings.delivery.enabled else "，再打开 delivery.enabled")
    return places.problem("U005", "warning", path, message, hint)


def _severity(settings: Settings) -> Severity:
    return "error" if settings.delivery.enabled else "warning"


def check_matters(matters: Sequence[Matter], places: Places) -> Iterator[Problem]:
    """Everything wrong in matters.toml by itself."""
    codes: set[str] = set()
    for index, matter in enumerate(matters):
        if matter.code in codes:
            message = f"事项编码 {matter.code} 写了两次"
            yield places.error("M001", ("matter", index, "code"), message, "合成一个 [[matter]]")
        codes.add(matter.code)
        same_unit = matter.unit_of_limit == matter.unit_of_statutory
        if same_unit and matter.promised and matter.statutory and matter.promised > matter.statutory:
            message = f"{matter.name}的承诺时限 {matter.promised} 长于法定时限 {matter.statutory}"
            yield places.warning("M002", ("matter", index, "promised"), message, "核对两个时限，承诺时限不应更长")
        if matter.promised is None and matter.statutory is None and matter.needs_code and not matter.instant:
            message = f"{matter.name}既没有承诺时限，也没有法定时限"
            hint = "补上 promised 或 statutory，或删去这个 [[matter]]"
            yield places.warning("M003", ("matter", index), message, hint)
