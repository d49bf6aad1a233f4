"""How the records of staff stand beside what the platform says now, in Chinese sentences. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.matters import UNIT_OF_LIMIT_LABELS
from monitor.clocks import NATURAL_DAY, WORKING_DAY, Limit
from monitor.corrections import (
    ACCEPTED,
    CLOSED,
    EXTENSION,
    LIMIT,
    RECEIVED,
    STATUTORY,
    TITLES,
    UNIT,
    Correction,
    Extension,
    When,
    parsed,
    text_of,
)

LIMITS = (LIMIT, STATUTORY)
NameOf = Callable[[str], str | None]
"""The id of a unit → its name; None for a unit that does not exist."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A record beside the platform's value of now (as text; None if it has none).

    ``void``: it says nothing that can be used, and does not count.
    """

    correction: Correction
    platform: str | None
    void: bool = False

    @property
    def agrees(self) -> bool:
        """The platform has come to say the same."""
        field, value = self.correction.field, self.correction.value
        return not self.void and field != EXTENSION and self.platform is not None and _plain(value) == self.platform

    @property
    def moved(self) -> bool:
        """The platform says something else than when the record was made, and not the same as the record."""
        extension = self.correction.field == EXTENSION
        return not (self.void or extension or self.agrees) and self.platform != self.correction.was


def standing(
    corrections: Sequence[Correction], platform: Mapping[str, str | None], name_of: NameOf
) -> tuple[Standing, ...]:
    """Each record in force beside the value of ``platform`` (field → text)."""
    return tuple(Standing(one, platform.get(one.field), _is_void(one, name_of)) for one in corrections)


def _is_void(one: Correction, name_of: NameOf) -> bool:
    value = parsed(one.field, one.value)
    return value is None or (one.field == UNIT and name_of(one.value) is None)


def _plain(value: str) -> str:
    """A value as the platform's is written: dates without a time of day."""
    return value.partition("T")[0]


def values_of(plain: Any) -> dict[str, str | None]:
    """What the platform says of the fields that can be corrected; ``plain``: the item judged without any record."""
    marks, facts = plain.clocks.milestones, plain.facts
    return {
        UNIT: plain.unit or facts.unit_name or facts.unit_code or None,
        LIMIT: text_of(plain.clocks.promised.limit),
        STATUTORY: text_of(plain.clocks.statutory.limit),
        RECEIVED: marks.received.day.isoformat() if marks.received else None,
        ACCEPTED: marks.accepted.day.isoformat() if marks.accepted else None,
        CLOSED: marks.closed.day.isoformat() if marks.closed else None,
    }


def words(field: str, value: str | None, name_of: NameOf) -> str:
    """A value in Chinese: 20个工作日, 延长10天（2026-03-20 批准）, 区水务局, 2026-03-03."""
    if value is None:
        return "没有"
    known = parsed(field, value)
    if isinstance(known, Limit):
        return limit_words(known)
    if isinstance(known, Extension):
        return f"{known.days} 天（{known.on} 批准{'，联合办理' if known.joint else ''}）"
    if isinstance(known, When):
        return value.replace("T", " ")
    return (name_of(value) if field == UNIT else None) or value


def limit_words(limit: Limit) -> str:
    """A limit in Chinese: 20 个工作日, 30 个自然日, 48 小时; 0 is 当日."""
    measure = "个" if limit.unit in (WORKING_DAY, NATURAL_DAY) else ""
    label = UNIT_OF_LIMIT_LABELS[limit.unit]  # type: ignore[index]
    return f"{limit.amount} {measure}{label}" + ("（当日办结）" if limit.amount == 0 else "")


def origin(field: str) -> str:
    """Whose a value is that no record touches: a limit can be the configuration's as well."""
    return "原定" if field in LIMITS else "平台"


def notes(found: Sequence[Standing], name_of: NameOf) -> Iterator[str]:
    """A sentence for each record that counts, with both values."""
    for one in found:
        record = one.correction
        if one.void:
            continue
        value = words(record.field, record.value, name_of)
        title = TITLES[record.field]
        if record.field == EXTENSION:
            yield f"{title} {value}，见更正 #{record.id}"
        elif one.agrees:
            yield f"{title}：平台现已为 {value}，与更正 #{record.id} 一致，可以撤销该更正"
        else:
            yield f"{title}按更正 #{record.id} 为 {value}（{origin(record.field)}{_given(one, name_of)}）"


def conflicts(found: Sequence[Standing], name_of: NameOf) -> Iterator[str]:
    """A sentence for each record that somebody must look at again."""
    for one in found:
        record = one.correction
        title, value = TITLES.get(record.field, record.field), words(record.field, record.value, name_of)
        if one.void:
            why = "该单位不在 units.toml" if record.field == UNIT else "内容无法识别"
            yield f"更正 #{record.id}（{title} {value}）未采用：{why}，请撤销或重新更正"
        elif one.moved:
            was = words(record.field, record.was, name_of)
            yield (
                f"{title}：{origin(record.field)}现{_given(one, name_of)}（更正时为 {was}），"
                f"更正 #{record.id} 仍按 {value}，请确认（重新更正）或撤销"
            )


def _given(one: Standing, name_of: NameOf) -> str:
    value = one.platform
    return "没有" if value is None else f"为 {words(one.correction.field, value, name_of)}"
