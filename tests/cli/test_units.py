"""units: the directory, and what on record does not match it, with the line that teaches the configuration."""

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import desk_at
from tests.cli.office import Desk, Rows, SmallPlatform

ACCEPTED = (3, "2026-03-17 09:00:00")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with items of units that nobody knows."""
    rows = Rows()
    rows.item("A", (1, "2026-03-09 09:00:00"), ACCEPTED, SPBMBM="", SPBMMC="区水利水务中心")
    rows.item("B", ACCEPTED, SPBMBM="", SPBMMC="区水利水务中心")
    rows.item("C", ACCEPTED, (11, "2026-03-18 09:00:00"), SPBMBM="", SPBMMC="区水利水务中心")
    rows.item("D", ACCEPTED, SPBMBM="999", SPBMMC="区民防工程处")
    rows.item("E", ACCEPTED, SPBMBM="998", SPBMMC="")
    rows.item("F", ACCEPTED, SPBMBM="", SPBMMC="")
    rows.item("G", ACCEPTED, SPBMBM="", SPBMMC="某某部门")
    rows.item("H", ACCEPTED)
    with SmallPlatform(rows.tables) as platform:
        desk = desk_at(tmp_path_factory.mktemp("strangers") / "etc", platform.base_url)
        called = desk.call("poll")
    assert called.code == 0, called.err
    return desk.ledger


@pytest.fixture
def office(desk: Desk, strangers: Path) -> Desk:
    """A desk whose ledger holds them."""
    desk.data.mkdir(mode=0o700)
    shutil.copyfile(strangers, desk.ledger)
    return desk


def test_names_that_match_nothing_are_listed_with_counts_and_the_line_to_paste(office: Desk) -> None:
    called = office.call("units", "--unmatched")
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0] == "未匹配单位：5 个名称，在办 6 件（提醒都发给督办专员）"
    first = lines.index("  “区水利水务中心”（编码 空）　在办 2 件，共 3 件，最早 2026-03-09 接件")
    assert lines[first + 1].startswith("      最接近区水务局。核实无误后，在 units.toml ")
    assert lines[first + 2] == '      aliases = ["区水利水务中心"]'
    second = lines.index("  “区民防工程处”（编码 999）　在办 1 件，共 1 件")
    assert "最接近区国动办" in lines[second + 1]
    assert lines[second + 2] == '      aliases = ["区人防办", "区人民防空办公室", "区民防局", "区民防工程处"]'
    third = lines.index("  （没有名称）（编码 998）　在办 1 件，共 1 件")
    assert lines[third + 2] == '      codes = ["998"]'
    fourth = lines.index("  （没有名称）（编码 空）　在办 1 件，共 1 件")
    assert lines[fourth + 1] == "      平台没有给出可用的编码或名称，只能由平台方补上。"
    fifth = lines.index("  “某某部门”（编码 空）　在办 1 件，共 1 件")
    assert "没有相近的单位" in lines[fifth + 1]


def test_the_line_is_named_where_it_belongs_and_once_written_the_items_move(office: Desk) -> None:
    found = {one["name"]: one for one in office.call("units", "--format", "json").json["unmatched"]}
    rows = (office.folder / "units.toml").read_text("utf-8").splitlines()
    water, defence = found["区水利水务中心"], found["区民防工程处"]
    assert (rows[water["line"] - 1], water["replaces"]) == ('full_name = "北京市怀柔区水务局"', False)
    assert (rows[defence["line"] - 1], defence["replaces"]) == ("aliases = [", True)
    rows.insert(water["line"], water["paste"])
    (office.folder / "units.toml").write_text("\n".join(rows) + "\n", "utf-8")
    assert office.call("check-config").code == 0
    told = office.call("units", "--unmatched").out
    assert "现在的配置已经认得它，下一轮取数或判断时归入该单位。" in told
    assert office.call("plan").code == 0
    units = {row["item"]: row["unit_name"] for row in office.call("ledger", "--all", "--format", "json").json}
    assert [units[item] for item in "ABC"] == ["区水务局"] * 3
    assert "区水利水务中心" not in office.call("units", "--unmatched").out


def test_the_ledger_shows_what_is_nobodys_and_can_be_asked_for_it_alone(office: Desk) -> None:
    table = office.call("ledger").out
    assert "未匹配单位：区水利水务" in table
    assert "区水务局" in table
    found = office.call("ledger", "--unit", "未匹配单位", "--format", "json").json
    assert sorted(row["item"] for row in found) == ["A", "B", "D", "E", "F", "G"]
    assert {row["unit"] for row in found} == {None}
    assert "未匹配单位（对不上名录的办件）" in office.call("ledger", "--unit", "没有的局").err


def test_the_directory_is_listed_with_other_names_and_addresses(office: Desk) -> None:
    lines = office.call("units").out.splitlines()
    assert lines[0] == "单位名录 units.toml：16 个单位"
    place = lines.index("  110116GDB　区国动办　北京市怀柔区国防动员办公室　邮箱 4 个")
    assert lines[place + 1] == "      又名 区人防办、区人民防空办公室、区民防局"


@pytest.mark.parametrize(
    ("alias", "shown"),
    [
        ("{ name = '旧', until = 2023-06-30 }", "旧（至 2023-06-30）"),
        ("{ name = '新', since = 2023-07-01 }", "新（2023-07-01 起）"),
        ("{ name = '一时', since = 2020-01-01, until = 2020-12-31 }", "一时（2020-01-01 至 2020-12-31）"),
    ],
)
def test_dates_of_renaming_are_shown(office: Desk, alias: str, shown: str) -> None:
    office.change("units.toml", 'aliases = ["区发改委"]', f"aliases = [{alias}]")
    assert f"      又名 {shown}" in office.call("units").out.splitlines()


def test_without_a_stranger_it_says_so(desk: Desk) -> None:
    assert desk.call("units", "--unmatched").out == "台账里的审批单位都对得上名录。\n"
