"""The catalogue in force beside the one that is proposed: what is added, changed, gone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.matters import UNIT_OF_LIMIT_LABELS, Matter, UnitOfLimit

Catalogue = Mapping[str, Matter]


@dataclass(frozen=True, slots=True)
class Changed:
    """A matter that is stated otherwise: what it was and what it will be."""

    before: Matter
    after: Matter

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """What differs, in words: name of the field, before, after."""
        old, new = in_words(self.before), in_words(self.after)
        return [(name, old[name], new[name]) for name in old if old[name] != new[name]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What importing comes to. ``gone``: entries that the file does not have; they stay unless ``removes``."""

    added: tuple[Matter, ...]
    changed: tuple[Changed, ...]
    gone: tuple[Matter, ...]
    same: int
    removes: bool
    catalogue: Catalogue

    @property
    def differs(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.added or self.changed or (self.removes and self.gone))

    @property
    def codes(self) -> list[str]:
        """The matters whose items may be judged otherwise."""
        gone = self.gone if self.removes else ()
        return sorted({one.code for one in (*self.added, *gone)} | {one.after.code for one in self.changed})


def compare(old: Catalogue, stated: Mapping[str, Mapping[str, Any]], *, replace: bool = False) -> Comparison:
    """The catalogue ``old`` with what a file states of each matter (by code) put on top.

    What the file says nothing of stays as it is. ``replace``: entries that the file does not have are taken out.
    """
    added, changed, catalogue = [], [], dict(old)
    for code, fields in stated.items():
        before = old.get(code)
        catalogue[code] = after = merged(before, code, fields)
        if before is None:
            added.append(after)
        elif (change := Changed(before, after)).fields:
            changed.append(change)
        else:
            catalogue[code] = before
    gone = tuple(matter for code, matter in old.items() if code not in stated)
    if replace:
        catalogue = {code: matter for code, matter in catalogue.items() if code in stated}
    same = len(stated) - len(added) - len(changed)
    return Comparison(tuple(added), tuple(changed), gone, same, replace, catalogue)


def merged(before: Matter | None, code: str, stated: Mapping[str, Any]) -> Matter:
    """A matter with what is stated of it put on top of what was known."""
    known = before or Matter(code=code, name=stated.get("name") or code)
    promised = stated.get("promised", known.promised)
    statutory = stated.get("statutory", known.statutory)
    unit: UnitOfLimit = stated.get("promised_unit", known.unit_of_limit)
    lawful: UnitOfLimit = stated.get("statutory_unit", known.unit_of_statutory)
    if promised is None and statutory is not None:
        unit = lawful
    return Matter(
        code=known.code,
        name=stated.get("name") or known.name,
        promised=promised,
        statutory=statutory,
        unit_of_limit=unit,
        statutory_unit=lawful if statutory is not None and lawful != unit else None,
        platform_unit=known.platform_unit,
        instant=stated.get("instant", known.instant),
        needs_code=stated.get("needs_code", known.needs_code),
    )


def in_words(matter: Matter) -> dict[str, str]:
    """A matter as people read it."""
    return {
        "名称": matter.name,
        "承诺时限": limit_words(matter.promised, matter.unit_of_limit),
        "法定时限": limit_words(matter.statutory, matter.unit_of_statutory),
        "即办件": "是" if matter.instant else "否",
        "项目代码": "需要" if matter.needs_code else "不需要",
    }


def limit_words(amount: int | None, unit: str) -> str:
    """5 个工作日; 当天办结; 无."""
    if not amount:
        return "无" if amount is None else "当天办结"
    label = next((word for key, word in UNIT_OF_LIMIT_LABELS.items() if key == unit), unit)
    return f"{amount} {'' if unit == 'hour' else '个'}{label}"
