"""Which unit a record means, whatever way its name is written, and never by a guess."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from config.load import init, load
from config.policy import Role
from config.units import Alias, Region, Unit, UnitDirectory

RECORDS = Path(__file__).parents[3] / "shared" / "data" / "platform" / "XMSPSXBLXXB.jsonl.gz"


@pytest.fixture(scope="module")
def sixteen(tmp_path_factory: pytest.TempPathFactory) -> UnitDirectory:
    """The units of the default file."""
    folder = tmp_path_factory.mktemp("units") / "etc"
    init(folder)
    return load(folder, {"APPROVAL_MONITOR_CITY_TOKEN": "t"}).units


def unit(id: str, name: str, full_name: str, *aliases: Alias | str, codes: tuple[str, ...] = ()) -> Unit:  # noqa: A002
    named = tuple(Alias(name=alias) if isinstance(alias, str) else alias for alias in aliases)
    return Unit(id=id, name=name, full_name=full_name, aliases=named, codes=codes)


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        pytest.param("110116SWJ", "北京市怀柔区水务局", "SWJ", id="code and full name"),
        pytest.param("110116SWJ", "北京市怀柔区交通局", "SWJ", id="the code goes before the name"),
        pytest.param(" 110116ｓｗｊ", None, "SWJ", id="a code in full width and small letters"),
        pytest.param("999999XXX", "怀柔区水务局", "SWJ", id="an unknown code, a known name"),
        pytest.param("", "北京市怀柔区水务局", "SWJ", id="the full name alone"),
        pytest.param(None, "怀柔区水务局", "SWJ", id="without the city"),
        pytest.param("", "怀柔水务局", "SWJ", id="without 区"),
        pytest.param("", "区水务局", "SWJ", id="short"),
        pytest.param("", "水务局", "SWJ", id="bare"),
        pytest.param("", " 北京市 怀柔区\u3000水务局\u200b", "SWJ", id="with blanks and invisible characters"),
        pytest.param("", "区住房城乡建设委", "ZJW", id="委 for 委员会, without 和"),
        pytest.param("", "北京市怀柔区住房和城乡建设委员会", "ZJW", id="委员会 written out"),
        pytest.param("", "怀柔区住建委", "ZJW", id="an alias with more in front of it"),
        pytest.param("", "规划和自然资源委员会怀柔分局", "GZW", id="a branch of the city without the city"),
        pytest.param("", "市规划自然资源委怀柔分局", "GZW", id="a branch of the city, short"),
        pytest.param("", "公安局怀柔分局交通支队", "JGZ", id="the traffic police without the city"),
        pytest.param("", "人防办", "GDB", id="a name before the renaming"),
        pytest.param("", "北京市怀柔区人民防空办公室", "GDB", id="the full name before the renaming"),
        pytest.param("", "区国动办（人防办）", "GDB", id="two names of one unit"),
        pytest.param("", "区文化和旅游局(文物局)", "WLJ", id="two names of one unit, half width"),
        pytest.param("", "区水务局（怀柔镇所）", "SWJ", id="an addition that names no unit"),
        pytest.param("", "区水务局（交通局）", None, id="an addition that names another unit"),
        pytest.param("", "北京市水务局", None, id="the city's bureau is not the district's"),
        pytest.param("", "市水务局", None, id="the city's bureau, short"),
        pytest.param("", "密云区水务局", None, id="another district's bureau"),
        pytest.param("", "北京市规划和自然资源委员会", None, id="the commission whose branch is ours"),
        pytest.param("", "水务", None, id="part of a name"),
        pytest.param("", "怀柔区", None, id="the district alone"),
        pytest.param("", "()", None, id="brackets alone"),
        pytest.param("", "", None, id="nothing"),
        pytest.param(None, None, None, id="nothing at all"),
    ],
)
def test_a_record_is_told_to_a_unit(sixteen, code: str | None, name: str | None, expected: str | None) -> None:
    assert sixteen.match(code, name) == (expected and f"110116{expected}")


def test_every_unit_of_the_platform_s_data_is_told_by_code_and_by_name_alone(sixteen) -> None:
    if not RECORDS.is_file():
        pytest.skip(f"the platform's data is not there: {RECORDS}")
    with gzip.open(RECORDS, "rt", encoding="utf-8") as file:
        pairs = {(row["SPBMBM"], row["SPBMMC"]) for row in map(json.loads, file)}
    by_name = {name: code for code, name in pairs if code}
    assert len({code for code, _ in pairs if code}) == 16
    for code, name in pairs:
        assert sixteen.match(code, name) == (code or by_name[name])
        assert sixteen.match("", name) == by_name[name]


def test_a_name_that_two_units_may_mean_is_nobody_s() -> None:
    units = UnitDirectory([unit("A", "区交通局", "怀柔区交通局"), unit("B", "市交通局", "北京市交通局")])
    assert units.match("", "交通局") is None
    assert (units.match("", "区交通局"), units.match("", "北京市交通局")) == ("A", "B")


def test_a_code_that_two_units_claim_is_nobody_s() -> None:
    units = UnitDirectory([unit("A", "甲局", "甲局", codes=("X",)), unit("B", "乙局", "乙局", codes=("X",))])
    assert units.match("X", None) is None
    assert units.match("X", "乙局") == "B"


def test_a_name_that_went_from_one_unit_to_another_is_told_by_the_date() -> None:
    old = unit("A", "甲局", "甲局", Alias(name="执法队", until=date(2020, 6, 30)))
    new = unit("B", "乙局", "乙局", Alias(name="执法队", since=date(2020, 7, 1)))
    units = UnitDirectory([old, new])
    assert units.match("", "执法队") is None
    assert units.match("", "执法队", on=date(2020, 6, 30)) == "A"
    assert units.match("", "区执法队", on=date(2020, 7, 1)) == "B"


def test_an_old_name_is_still_understood_long_after_the_renaming() -> None:
    units = UnitDirectory([unit("A", "区国动办", "区国动办", Alias(name="人防办", until=date(2020, 1, 1)))])
    assert units.match("", "区人防办", on=date(2026, 1, 1)) == "A"


def test_a_name_that_begins_with_the_character_of_the_city_is_not_the_city_s() -> None:
    units = UnitDirectory([unit("A", "区市场监管局", "北京市怀柔区市场监督管理局", "市场监管局")])
    assert units.match("", "市场监督管理局") == units.match("", "怀柔区市场监管局") == "A"


def test_another_district_is_a_matter_of_configuration() -> None:
    units = UnitDirectory([unit("A", "县水务局", "河北省某县水务局")], region=Region(city="河北省", district="某县"))
    assert units.match("", "某县水务局") == units.match("", "水务局") == "A"


def test_addresses_come_from_the_unit_for_its_roles_and_from_the_office_for_the_others(sixteen) -> None:
    assert sixteen.addresses(Role.HANDLER, "110116SWJ") == ("handler@swj.example",)
    assert sixteen.addresses(Role.SUPERVISOR, "110116SWJ") == ("supervisor@zwfw.example",)
    assert sixteen.addresses(Role.SUPERVISOR) == ("supervisor@zwfw.example",)
    assert sixteen.addresses(Role.HANDLER) == ()
    assert sixteen.addresses(Role.HANDLER, "nobody") == ()


@pytest.mark.parametrize(
    ("address", "placeholder"),
    [
        ("a@example", True),
        ("a@swj.example", True),
        ("a@SWJ.Example", True),
        ("a@example.com", True),
        ("a@mail.example.org", True),
        ("a@example.net", True),
        ("a@example.com.cn", False),
        ("a@example-unit.gov.cn", False),
        ("example.com@bjhr.gov.cn", False),
        ("a@127.0.0.1", False),
    ],
)
def test_an_address_of_an_example_domain_is_a_placeholder(address: str, placeholder: bool) -> None:
    assert UnitDirectory.is_placeholder(address) is placeholder


def test_a_name_held_by_two_units_one_after_the_other_is_no_mistake(folder) -> None:
    folder.add(
        "units.toml",
        'aliases = [{ name = "执法队", until = 2020-06-30 }]\n[[unit]]\nid = "B"\nname = "乙局"\nfull_name = "乙局"\n'
        'aliases = [{ name = "执法队", since = 2020-07-01 }]\n',
    )
    assert folder.problems() == ()
