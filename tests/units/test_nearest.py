"""Which unit an unknown name may mean: a suggestion where one comes near, silence where none does."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from config.load import load
from config.nearest import aliases_with, as_alias, nearest_unit
from config.units import Alias, Unit, UnitDirectory

NEAREST = {
    "区住建局": "区住房城乡建设委",
    "怀柔区水务管理局": "区水务局",
    "区水务局行政审批科": "区水务局",
    "区城管局": "区城市管理委",
    "区交通委": "区交通局",
    "怀柔区消防大队": "区消防救援支队",
    "区环保": "区生态环境局",
    "市规划自然资源委": "市规划自然资源委怀柔分局",
    "区商务局": None,
    "区卫计委": None,
    "区教委": None,
    "区财政局": None,
    "密云区水务局": None,
    "北京市水务局": None,
    "开发区管委会": None,
    "某某部门": None,
    "局": None,
    "": None,
}


@pytest.fixture(scope="module")
def sixteen() -> UnitDirectory:
    """The units of the default file."""
    return load(Path(config.__file__).parent / "defaults", {"APPROVAL_MONITOR_CITY_TOKEN": "t"}).units


@pytest.mark.parametrize("name", NEAREST, ids=str)
def test_the_nearest_unit(sixteen: UnitDirectory, name: str) -> None:
    found = nearest_unit(sixteen, name)
    assert (found.name if found else None) == NEAREST[name]


def test_the_line_to_paste_keeps_the_aliases_there_are_with_their_dates() -> None:
    unit = Unit(
        id="A", name="甲局", full_name="甲局", aliases=(Alias(name="旧", until=date(2020, 6, 30)), Alias(name="又"))
    )
    assert aliases_with('新"名', unit) == 'aliases = [{ name = "旧", until = 2020-06-30 }, "又", "新\\"名"]'
    assert aliases_with("新名") == 'aliases = ["新名"]'


@given(st.text(max_size=300))
def test_a_line_to_paste_loads_and_then_the_name_is_known(name: str) -> None:
    alias = as_alias(name)
    assert alias is None or 0 < len(alias) <= 200
    if alias is not None:
        known = tomllib.loads(aliases_with(alias))["aliases"]
        units = UnitDirectory([Unit.model_validate({"id": "A", "name": "甲", "full_name": "甲", "aliases": known})])
        found = {units.match("", name), units.match("", alias)}
        assert found == {"A"} or not units.own_key(alias)[1]
