"""replay as a command."""

import json
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.office import Desk

SPAN = ("replay", "--from", "2026-03-02", "--to", "2026-03-20")


def test_the_table_says_first_how_things_were_known(office: Desk) -> None:
    called = office.call(*SPAN)
    assert (called.code, called.err) == (0, "")
    first, second, *_ = called.out.splitlines()
    assert first.startswith("回放 2026-03-02 至 2026-03-20，15 个工作日")
    assert "此前按事件发生的时间计" in first
    assert second.startswith("催办、督办信件共 ")
    assert "区水务局" in called.out
    assert "2026-W11" in called.out


def test_nothing_is_stored_and_nothing_is_sent(office: Desk) -> None:
    dump = office.dump()
    assert office.call(*SPAN).code == 0
    assert office.dump() == dump
    assert office.kept() == []


def test_json_is_alone_and_one_unit_is_its_own(office: Desk) -> None:
    every = office.call(*SPAN, "--format", "json").json
    water = office.call(*SPAN, "--format", "json", "--unit", "区水务局").json
    nobody = office.call(*SPAN, "--format", "json", "--unit", "未匹配单位").json
    assert {week["unit"] for week in water["weeks"]} == {"区水务局"}
    assert {week["unit"] for week in nobody["weeks"]} == {"未匹配单位"}
    assert water["total"]["mails"] + nobody["total"]["mails"] <= every["total"]["mails"]
    assert every["total"]["mails"] == sum(day["mails"] for day in every["days"])


def test_a_workbook_and_a_file_of_json(office: Desk, tmp_path: Path) -> None:
    book, text = tmp_path / "a.xlsx", tmp_path / "a.json"
    assert f"已写出 {book}" in office.call(*SPAN, "--format", "xlsx", "--out", str(book)).out
    assert office.call(*SPAN, "--format", "json", "--out", str(text)).code == 0
    assert book.read_bytes()[:2] == b"PK"
    assert text.read_text("utf-8").startswith("{")


@pytest.fixture
def stricter(office: Desk, tmp_path: Path) -> Path:
    """Another configuration folder: only red cards, and data_dir somewhere else."""
    folder = tmp_path / "stricter"
    shutil.copytree(office.folder, folder, ignore=shutil.ignore_patterns("data"))
    step = {"name": "red", "clock": "promised", "at": 5, "level": "red_card", "to": ["principal"]}
    lines = [f"{name} = {json.dumps(value)}" for name, value in step.items()]
    (folder / "policy.toml").write_text("\n".join(["[[ladder]]", *lines]), "utf-8")
    return folder


def test_another_configuration_stands_beside_the_present_one(office: Desk, stricter: Path) -> None:
    dump = office.dump()
    alone = office.call(*SPAN, "--format", "json").json
    both = office.call(*SPAN, "--format", "json", "--against", str(stricter)).json
    assert both["present"] == alone
    assert both["other"]["total"]["red_card"] == both["other"]["total"]["lines"] < alone["total"]["lines"]
    table = office.call(*SPAN, "--against", str(stricter))
    assert (table.code, table.err) == (0, "")
    assert "按现行配置和对照配置各走一遍" in table.out.splitlines()[0]
    assert "对照配置与现行配置相比：信件减少" in table.out
    assert office.dump() == dump
    assert not (stricter / "data").exists()


def test_both_in_a_workbook(office: Desk, stricter: Path, tmp_path: Path) -> None:
    book = tmp_path / "both.xlsx"
    called = office.call(*SPAN, "--against", str(stricter), "--format", "xlsx", "--out", str(book))
    assert f"已写出 {book}" in called.out
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("按日").to_python()
    assert rows[0][:4] == ["日期", "现行信件", "对照信件", "信件增减"]
    assert all(row[2] - row[1] == row[3] for row in rows[1:])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(("--from", "2026-3-2", "--to", "2026-03-20"), "不是日期", id="no date"),
        pytest.param(("--from", "2026-03-20", "--to", "2026-03-02"), "晚于", id="the wrong way round"),
        pytest.param(("--from", "2026-03-02", "--to", "2026-03-21"), "还没有到", id="a day to come"),
        pytest.param(("--from", "2006-03-02", "--to", "2026-03-20"), "分段", id="twenty years"),
        pytest.param((*SPAN[1:], "--unit", "无此局"), "没有“无此局”这个单位", id="no unit"),
        pytest.param((*SPAN[1:], "--out", "x"), "--out 只用于", id="a table in a file"),
        pytest.param((*SPAN[1:], "--against", "nowhere"), "以下是对照配置 nowhere 的问题", id="no other configuration"),
    ],
)
def test_a_wrong_call_is_a_sentence(office: Desk, options: tuple[str, ...], words: str) -> None:
    called = office.call("replay", *options)
    assert (called.code, called.out) == (2, "")
    assert words in called.err


def test_a_span_without_anything_is_told_so(desk: Desk) -> None:
    called = desk.call(*SPAN)
    assert called.code == 0
    assert "催办、督办信件共 0 封" in called.out
