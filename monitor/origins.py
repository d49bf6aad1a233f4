"""Where the limits and values of an item come from, in Chinese words. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from alerts.hours import local
from config.problems import shown
from monitor.clocks import Clock, Limit
from monitor.corrections import DATES, EXTENSION, LIMIT, STAFF, STATUTORY, TITLES, Correction, extensions
from monitor.events import CLOSING, Event, Version, settle_versions
from monitor.events import TITLES as STATUS
from monitor.judge import Facts, Judged
from monitor.precedence import FIELDS, Order, spoken
from monitor.side_by_side import limit_words

OWN = {"acceptance": "limits.acceptance", "review": "limits.review", "delivery": "limits.delivery"}
OF_FIELD = {"promised": LIMIT, "statutory": STATUTORY}


def limit_origin(judged: Judged, clock: Clock) -> str:
    """How the limit of ``clock`` comes about: what the platform and the configuration say, and what staff recorded."""
    if clock.name in OWN:
        return f"policy.toml {OWN[clock.name]}"
    plain = _promised_origin(judged) if clock.name == "promised" else "matters.toml statutory"
    before = getattr((judged.platform or judged).clocks, clock.name).limit
    field = OF_FIELD[clock.name]
    corrected = next((one for one in reversed(judged.facts.corrections) if one.field == field), None)
    said = [plain]
    if corrected:
        original = f"{plain}，即 {limit_words(before)}" if before else "没有"
        said = [f"更正 #{corrected.id}（原定：{original}）"]
    if longer := [one for one in judged.facts.corrections if one.field == EXTENSION]:
        said.append(_extension_origin(longer, clock.limit))
    return "；".join(said)


def _extension_origin(records: Sequence[Correction], limit: Limit | None) -> str:
    days = sum(one.days for one in extensions(records))
    numbers = "、".join(f"#{one.id}" for one in records)
    total = f"，共 {limit_words(limit)}" if limit else ""
    return f"延长 {days} 天（更正 {numbers}）{total}"


def _promised_origin(judged: Judged) -> str:
    """The rule: the smaller of the item's and the matter's, else the configuration's."""
    facts, standards = judged.facts, judged.standards
    catalogue = standards.matters.get(facts.matter)
    instant = facts.matter_kind in standards.policy.instant_kinds or bool(catalogue and catalogue.instant)
    given = {"办件": facts.limit_days, "平台目录": facts.matter_limit}
    used = {name: days for name, days in given.items() if days is not None and (days > 0 or instant)}
    said = list(_refused(facts, given, used))
    if len(used) == len(given):
        both = "、".join(f"{name} {days}" for name, days in used.items())
        smaller = min(used.values())
        said.append(f"{both} → 取小 {smaller}" if len(set(used.values())) > 1 else f"办件与平台目录均为 {smaller}")
    elif used:
        said.append("、".join(f"{name} {days}" for name, days in used.items()))
    elif catalogue and catalogue.promised is not None:
        said.append(f"平台未给出 → matters.toml {catalogue.promised}")
    elif catalogue and catalogue.instant:
        said.append("平台未给出 → matters.toml 即办件，当日")
    else:
        said.append("办件、平台目录和 matters.toml 均未给出")
    return "，".join(said)


def _refused(facts: Facts, given: dict[str, int | None], used: dict[str, int]) -> Iterator[str]:
    if facts.limit_days is None and facts.limit_given:
        yield f"办件写“{shown(facts.limit_given, 20)}”不是天数、不采用"
    yield from (f"{name}写 0、不是即办件、不采用" for name, days in given.items() if days == 0 and name not in used)


def sources_of(facts: Facts, order: Order, unit_of: Any) -> list[dict[str, Any]]:
    """What each source says of each value, where more than one speaks; the first named is the one that counts."""
    return [
        {"field": field, "title": FIELDS[field][0], "source": next(iter(said)), "values": said}
        for field, said in spoken(facts.said, order, unit_of)
    ]


def events_of(given: Sequence[Version], counting: Sequence[Version], judged: Judged) -> list[dict[str, Any]]:
    """The events that exist, in order, and those that were put aside for another source's or a record of staff.

    ``given``: all versions; ``counting``: those that are left by precedence and corrections. ``counts`` is false for an
    event that lies in the future or was put aside; ``aside`` says why.
    """
    sources = {(version.code, version.moment): version.source for version in counting}
    found = [
        _event(event, judged, sources.get((event.code, event.moment), ""), None) for event in settle_versions(counting)
    ]
    known = {(event["code"], event["moment"]) for event in found}
    for source in sorted({version.source for version in given}):
        own = settle_versions(version for version in given if version.source == source)
        aside = [event for event in own if (int(event.code), local(event.moment).isoformat()) not in known]
        found += [_event(event, judged, source, _why_aside(event, judged)) for event in aside]
    return sorted(found, key=lambda event: event["moment"])


def _event(event: Event, judged: Judged, source: str, aside: str | None) -> dict[str, Any]:
    return {
        "date": event.day.isoformat(),
        "moment": local(event.moment).isoformat(),
        "code": int(event.code),
        "title": STATUS[event.code],
        "source": source,
        "counts": event.moment <= judged.now and aside is None,
        "aside": aside,
        "by_staff": source == STAFF,
    }


def _why_aside(event: Event, judged: Judged) -> str:
    for record in reversed(judged.facts.corrections):
        if record.field in DATES and event.code in _codes(record.field):
            return f"不采用，{TITLES[record.field]}以更正 #{record.id} 为准"
    return "不采用，以另一来源为准"


def _codes(field: str) -> frozenset[int]:
    return CLOSING if field == "closed" else frozenset({1 if field == "received" else 3})
