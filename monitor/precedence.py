"""Which source counts where several speak of the same item, and what they disagree about. Pure.

For each field the first source in the owner's order that says anything; for each kind of status event the first that
has any. What the others say differently is named, never silently dropped.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from config.sources import Precedence
from monitor.events import CLOSING, TITLES, Version, local_date, settle_versions

Order = Callable[[str], tuple[str, ...]]
"""The sources in the order in which they count for a field."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of an item, its project and its matter; None where it says nothing."""

    source: str
    works: str | None = None
    matter: str | None = None
    unit_code: str | None = None
    unit_name: str | None = None
    limit_days: int | None = None
    limit_given: str | None = None
    project_code: str | None = None
    project: str | None = None
    matter_name: str | None = None
    matter_kind: int | None = None
    matter_limit: int | None = None


def no_order(_field: str) -> tuple[str, ...]:
    """Sources count by their names alone: what holds until the owner's order is known."""
    return ()


FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "works": ("工程代码", ("works",)),
    "matter": ("事项编码", ("matter",)),
    "unit": ("审批单位", ("unit_code", "unit_name")),
    "limit": ("办理时限", ("limit_days", "limit_given")),
    "project_code": ("项目代码", ("project_code",)),
    "project_name": ("项目名称", ("project",)),
    "matter_name": ("事项名称", ("matter_name",)),
    "matter_limit": ("事项目录时限", ("matter_kind", "matter_limit")),
}
"""Field of the order of precedence → its Chinese name and the values that go together."""

DECIDES = {"limit": "limit_days", "matter_limit": "matter_limit"}
"""The value by which a source says anything of a field, where that is not any of them."""

ABOUT = {"project_code": "works", "project_name": "works", "matter_name": "matter", "matter_limit": "matter"}
"""Field → the value that says whose it is: the name of another project is no name of this one."""

MILESTONES: Mapping[int, str] = {1: "接件", 3: "受理", 8: "部门开始办理"} | dict.fromkeys(CLOSING, "办结")


def order_of(precedence: Precedence, sources: Sequence[str]) -> Order:
    """The owner's order; sources that are not configured any more come last, by name."""
    known = tuple(sources)
    return lambda field: precedence.order(field, known)


def values_of(
    said: Sequence[Said], order: Order, unit_of: Callable[[str, str], str | None]
) -> tuple[dict[str, Any], list[str]]:
    """The values that count, by field of a fact sheet, and a sentence for each disagreement.

    ``unit_of``: code and name of a unit → its id; two ways of writing one unit are no disagreement.
    """
    values: dict[str, Any] = {}
    disagreements = []
    for field, speaking in _speaking(said, order):
        title, names = FIELDS[field]
        values.update({name: getattr(speaking[0], name) for name in names})
        shown = {one.source: _shown(one, field, names, unit_of) for one in speaking}
        if len(set(shown.values())) > 1:
            disagreements.append(_sentence(title, shown))
    return values, disagreements


def spoken(
    said: Sequence[Said], order: Order, unit_of: Callable[[str, str], str | None]
) -> list[tuple[str, dict[str, str]]]:
    """Each field that a source says anything of, and what each source says of it; the first is the one that counts."""
    return [
        (field, {one.source: _shown(one, field, FIELDS[field][1], unit_of) for one in speaking})
        for field, speaking in _speaking(said, order)
    ]


def _speaking(said: Sequence[Said], order: Order) -> Iterator[tuple[str, list[Said]]]:
    """Each field that anybody says anything of, with those who do, in their order."""
    values: dict[str, Any] = {}
    for field, (_, names) in FIELDS.items():
        meant = [one for one in said if _means(one, ABOUT.get(field), values)]
        speaking = [one for one in _ranked(meant, order(field)) if _says(one, field, names)]
        if speaking:
            values.update({name: getattr(speaking[0], name) for name in names})
            yield field, speaking


def chosen_events(versions: Sequence[Version], order: Order) -> tuple[list[Version], list[str]]:
    """The versions of the sources that count, each kind of event on its own, and a sentence for each disagreement.

    A source counts for a kind of event when one of that kind exists by what it says. All ways to close an item are one
    kind: an item has one end, and one source tells it.
    """
    by_source: defaultdict[str, list[Version]] = defaultdict(list)
    for version in versions:
        by_source[version.source].append(version)
    existing = {source: settle_versions(own) for source, own in by_source.items()}
    ranks = _ranks(order("events"))
    ranked = sorted(by_source, key=lambda source: (ranks.get(source, len(ranks)), source))
    chosen: dict[int, str] = {}
    for source in reversed(ranked):
        chosen.update(dict.fromkeys((_kind(event.code) for event in existing[source]), source))
    counting = [version for version in versions if chosen.get(_kind(version.code), version.source) == version.source]
    return counting, list(_differing_days(ranked, existing))


def _kind(code: int) -> int:
    return min(CLOSING) if code in CLOSING else code


def _differing_days(ranked: Sequence[str], existing: Mapping[str, Sequence[Any]]) -> Any:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for source in ranked:
        for event in existing[source]:
            if title := MILESTONES.get(event.code):
                words = f"{local_date(event.moment)}" + (f" {TITLES[event.code]}" if event.code in CLOSING else "")
                found[title].setdefault(source, words)
    for title, shown in found.items():
        if len(set(shown.values())) > 1:
            yield _sentence(title, shown)


def _means(one: Said, whose: str | None, values: Mapping[str, Any]) -> bool:
    """Whether a source speaks of the project or matter that counts, and not of another."""
    if whose is None or whose not in values:
        return True
    return getattr(one, whose) in (None, "", values[whose])


def _ranked(said: Sequence[Said], order: Sequence[str]) -> list[Said]:
    ranks = _ranks(order)
    return sorted(said, key=lambda one: (ranks.get(one.source, len(ranks)), one.source))


def _ranks(order: Sequence[str]) -> dict[str, int]:
    return {source: rank for rank, source in enumerate(order)}


def _says(one: Said, field: str, names: Sequence[str]) -> bool:
    deciding = (DECIDES[field],) if field in DECIDES else names
    return any(getattr(one, name) not in (None, "") for name in deciding)


def _shown(one: Said, field: str, names: Sequence[str], unit_of: Callable[[str, str], str | None]) -> str:
    if field == "unit":
        unit = unit_of(one.unit_code or "", one.unit_name or "")
        return unit or one.unit_name or one.unit_code or ""
    return str(getattr(one, DECIDES.get(field, names[0])))


def _sentence(title: str, shown: Mapping[str, str]) -> str:
    """“办理时限 city 20、district 15（采用 city）”: sources that say the same stand together, the chosen first."""
    first = next(iter(shown))
    pairs = sorted(shown.items(), key=lambda pair: (pair[1] != shown[first], pair[1]))
    parts = [
        f"{'、'.join(name for name, _ in same)} 为 {value}" for value, same in groupby(pairs, key=lambda pair: pair[1])
    ]
    return f"{title}：{'，'.join(parts)}（采用 {first}）"
