"""The approval units, their names past and present, and whom to write to in each."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from config.fields import Address, Frozen, LocalDate, Text, fault
from config.policy import OFFICE_ROLES, UNIT_ROLES, Role

Contacts = Mapping[Role, tuple[Address, ...]]

FOLDED = (("委员会", "委"), ("办公室", "办"), ("和", ""), ("与", ""), ("、", ""))
"""Ways of writing the same name longer or shorter: 住房和城乡建设委员会 is 住房城乡建设委."""

BRACKETS = str.maketrans("【】〔〕[]〖〗「」{}<>《》", "()" * 8)
"""Ways of bracketing an addition, besides (…)."""

EXAMPLE_SUFFIXES = ("com", "org", "net")


def _only(allowed: Sequence[Role], place: str, elsewhere: str) -> AfterValidator:
    def check(contacts: Contacts) -> Contacts:
        for role in contacts:
            if role not in allowed:
                hint = f"{role.value} 是{elsewhere}的岗位；{place}可写：{'、'.join(allowed)}"
                raise fault("U006", f"岗位 {role.value}（{role.label}）不属于{place}", hint)
        return MappingProxyType(dict(contacts))

    return AfterValidator(check)


def _alias(given: Any) -> Any:
    return {"name": given} if isinstance(given, str) else given


class Alias(Frozen):
    """Another name of a unit, old or short, with the local dates it was in use if known."""

    name: Text = Field(description="别名或旧名")
    since: LocalDate | None = Field(default=None, description="从哪天起用这个名称（含），不填 = 不详")
    until: LocalDate | None = Field(default=None, description="用到哪天为止（含），不填 = 仍在用或不详")

    def held_on(self, day: date) -> bool:
        """Whether the name was in use on the local date ``day``."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Unit(Frozen):
    """One approval unit."""

    id: Text = Field(description="单位编号，与平台的 SPBMBM 一致；台账以它为准，上线后不要改")
    name: Text = Field(description="简称，用于信件与报表，如“区水务局”")
    full_name: Text = Field(description="全称，如“北京市怀柔区水务局”")
    codes: tuple[Text, ...] = Field(default=(), description="该单位的其他部门编码（平台上的旧码、下属单位编码）")
    aliases: tuple[Annotated[Alias, BeforeValidator(_alias)], ...] = Field(
        default=(), description='别名与旧名：写文字，或写 { name = "…", since = 日期, until = 日期 }'
    )
    contacts: Annotated[Contacts, _only(UNIT_ROLES, "单位", "[office]"), PlainSerializer(dict)] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="联系人邮箱，每个岗位一个列表：handler 经办人、section_head 科室负责人、"
        "deputy_leader 分管领导、principal 主要领导",
    )


class Region(Frozen):
    """How the names of city and district are written in front of a unit's name."""

    city: Text = Field(default="北京市", description="市名。“北京市水务局”是市级单位，不会当成本区单位")
    district: Text = Field(default="怀柔区", description="区名。“区水务局”“怀柔区水务局”“水务局”视为同一单位的写法")


class UnitsFile(Frozen):
    """The whole of units.toml."""

    region: Region = Field(default=Region(), description="市名与区名，用来辨认单位名称的长短写法")
    office: Annotated[Contacts, _only(OFFICE_ROLES, "[office]", "各单位"), PlainSerializer(dict)] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="全局联系人邮箱：supervisor 督办专员、bureau_leader 政务局领导、district_leader 区领导、"
        "information_centre 市信息中心、operator 系统运维、counter 综合窗口（项目代码问题发给它）",
    )
    unit: tuple[Unit, ...] = Field(default=(), description="每个 [[unit]] 是一个审批单位")


Key = tuple[str, str]
"""A name as it is compared: whose it says it is ("city", "district" or "" where it does not say), and the rest."""


class UnitDirectory:
    """The units in the order of the file, found by code or by any way of writing their names. Immutable."""

    def __init__(self, units: Sequence[Unit], office: Contacts | None = None, region: Region | None = None) -> None:
        self.units = tuple(units)
        self.office: Contacts = MappingProxyType(dict(office or {}))
        self.region = region or Region()
        self._prefixes = _prefixes(self.region)
        self._by_id = {unit.id: unit for unit in self.units}
        self._codes: dict[str, set[str]] = {}
        self._names: dict[Key, dict[str, list[Alias]]] = {}
        for unit in self.units:
            for code in (unit.id, *unit.codes):
                self._codes.setdefault(_code(code), set()).add(unit.id)
            for alias in names_of(unit):
                for key in self._claimed(alias.name):
                    self._names.setdefault(key, {}).setdefault(unit.id, []).append(alias)
        self._turns = _turns(self.units)

    def get(self, unit_id: str | None) -> Unit | None:
        """The unit with this id."""
        return self._by_id.get(unit_id or "")

    def match(self, code: str | None, name: str | None, on: date | None = None) -> str | None:
        """The id of the unit that a record names by ``code`` and ``name``; None if none or more than one fits.

        1. The code, where exactly one unit has it.
        2. The name as written: full, short or alias, with or without city and district, however spaced; 原 (formerly)
           may stand before it.
        3. The name without a bracketed addition at its end, unless the addition names another unit.

        ``on`` (local date, of an item the day it was received) decides between units that bore the same name at
        different times. A name that only one unit ever bore is that unit's whatever the date: producers go on writing
        old names for years.
        """
        if len(holders := self._codes.get(_code(code or ""), set())) == 1:
            return next(iter(holders))
        plain = _plain(name or "")
        if found := self._holders(plain, on):
            return found[0] if len(found) == 1 else None
        outer, addition = _split_addition(plain)
        found = self._holders(outer, on)
        others = set(self._holders(addition, on)) - set(found)
        return found[0] if len(found) == 1 and not others else None

    def period(self, on: date | None) -> int | None:
        """A number of the local date ``on``: dates with the same one lie between the same renamings.

        ``match`` gives the same answer for all dates of a period, so what it said can be remembered by this number.
        """
        return None if on is None else bisect_right(self._turns, on)

    def addresses(self, role: Role, unit_id: str | None = None) -> tuple[str, ...]:
        """Whom to write to as ``role``: in the unit for a unit's role, in the office for the others; () if unknown."""
        if role in OFFICE_ROLES:
            return self.office.get(role, ())
        unit = self.get(unit_id)
        return unit.contacts.get(role, ()) if unit else ()

    @cached_property
    def has_placeholders(self) -> bool:
        """Whether any address is one of the sample configuration."""
        everybody = (self.office, *(unit.contacts for unit in self.units))
        return any(self.is_placeholder(one) for each in everybody for found in each.values() for one in found)

    @staticmethod
    def is_placeholder(address: str) -> bool:
        """Whether ``address`` is of a domain reserved for examples (RFC 2606), where no mail can arrive."""
        labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
        return labels[-1] == "example" or (
            len(labels) > 1 and labels[-2] == "example" and labels[-1] in EXAMPLE_SUFFIXES
        )

    def _claimed(self, name: str) -> Iterator[Key]:
        """The keys under which a unit of this district is found by ``name``.

        A name that says it is the city's is also found without saying so, but never as the district's; a name of the
        district or one that does not say is found either way, but never as the city's.
        """
        own = self.own_key(name)
        if own[1]:
            yield "", own[1]
            yield own

    def own_key(self, name: str) -> Key:
        """The key of ``name`` with an owner: the district, unless it says that it is the city's."""
        owner, rest = self._key(_plain(name))
        return owner or "district", rest

    def _holders(self, plain: str, on: date | None) -> list[str]:
        holders = self._names.get(self._key(plain)) or self._names.get(self._key(plain.removeprefix("原")), {})
        if len(holders) > 1 and on is not None:
            return [unit for unit, aliases in holders.items() if any(alias.held_on(on) for alias in aliases)]
        return list(holders)

    def _key(self, plain: str) -> Key:
        for owner, prefix in self._prefixes:
            if found := prefix.fullmatch(plain):
                return owner, found[1]
        return "", plain


def _prefixes(region: Region) -> tuple[tuple[str, re.Pattern[str]], ...]:
    city, district = _plain(region.city), _plain(region.district)
    # 市场监管, 市政 and the like begin with 市 without meaning the city.
    cities = f"(?:{re.escape(city)}|{re.escape(city.removesuffix('市'))}|市(?!场|政|容|民))"
    districts = f"(?:{re.escape(district)}|{re.escape(district.removesuffix('区'))}|区)"
    return ("district", re.compile(f"{cities}?{districts}(.+)")), ("city", re.compile(f"{cities}(.+)"))


def _turns(units: Sequence[Unit]) -> list[date]:
    """The local dates on which some name comes into use, or is no longer in use."""
    dated = [alias for unit in units for alias in unit.aliases]
    starts = {alias.since for alias in dated if alias.since}
    ends = {alias.until for alias in dated if alias.until and alias.until < date.max}
    return sorted(starts | {last + timedelta(days=1) for last in ends})


def names_of(unit: Unit) -> tuple[Alias, ...]:
    """Every name of ``unit``: full, short, and the aliases."""
    return (Alias(name=unit.full_name), Alias(name=unit.name), *unit.aliases)


def _code(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def _plain(name: str) -> str:
    """``name`` without spaces and invisible characters, full-width forms made plain, long forms made short."""
    text = unicodedata.normalize("NFKC", name).translate(BRACKETS)
    text = "".join(char for char in text if char.isprintable() and not char.isspace())
    for long, short in FOLDED:
        text = text.replace(long, short)
    return text.casefold()


def _split_addition(plain: str) -> tuple[str, str]:
    """("区国动办", "人防办") from 区国动办(人防办); the addition is "" where there is none."""
    found = re.fullmatch(r"(.+?)\((.+)\)", plain)
    return (found[1], found[2]) if found else (plain, "")
