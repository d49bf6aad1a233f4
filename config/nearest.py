"""Which unit a name that no unit bears may mean: a suggestion for a person, never a decision. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from config.fields import LONGEST_TEXT
from config.toml_text import written
from config.units import Alias, Unit, UnitDirectory, names_of

ENDINGS = re.compile(r"(?:委|局|办|支队|大队|中心|分局|处|科|站|所|公司)+$")
"""What nearly all names end in, so that it says nothing: 商务局 is not near 水务局."""
OTHER_DISTRICT = re.compile(r"[\u4e00-\u9fff]{2,3}[区县旗].")
CONTAINED, LEAST = 0.8, 0.6
SHORTEST = 2


def nearest_unit(directory: UnitDirectory, name: str) -> Unit | None:
    """The unit whose names come nearest to ``name``; None where none comes near.

    A name that says it is the city's is only compared with the city's, and one of another district with none.
    """
    owner, rest = directory.own_key(name)
    if OTHER_DISTRICT.match(rest):
        return None
    best, found = LEAST, None
    for unit in directory.units:
        for score in _scores(directory, unit, owner, _stem(rest)):
            if score > best:
                best, found = score, unit
    return found


def _scores(directory: UnitDirectory, unit: Unit, owner: str, stem: str) -> Iterator[float]:
    for alias in names_of(unit):
        whose, rest = directory.own_key(alias.name)
        other = _stem(rest)
        if whose != owner or min(len(stem), len(other)) < SHORTEST:
            continue
        contained = stem in other or other in stem
        yield max(CONTAINED if contained else 0.0, SequenceMatcher(None, stem, other, autojunk=False).ratio())


def _stem(rest: str) -> str:
    return ENDINGS.sub("", rest.partition("(")[0])


def as_alias(name: str) -> str | None:
    """``name`` as it can stand in units.toml: without what is invisible, which matching ignores; None if it cannot."""
    line = "".join(char for char in name if char.isprintable()).strip()
    return line if 0 < len(line) <= LONGEST_TEXT else None


def aliases_with(name: str, unit: Unit | None = None) -> str:
    """The ``aliases`` line of units.toml that ``unit`` (one without aliases) has when it learns ``name``."""
    known = unit.aliases if unit else ()
    return f"aliases = [{', '.join([*map(_alias, known), written(name)])}]"


def _alias(alias: Alias) -> str:
    dates = {"since": alias.since, "until": alias.until}
    told = "".join(f", {key} = {written(day)}" for key, day in dates.items() if day)
    return f"{{ name = {written(alias.name)}{told} }}" if told else written(alias.name)
