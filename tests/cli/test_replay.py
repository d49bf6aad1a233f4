"""replay as a command."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(("--from", "2026-3-2", "--to", "2026-03-20"), "不是日期", id="no date"),
        pytest.param(("--from", "2026-03-20", "--to", "2026-03-02"), "晚于", id="the wrong way round"),
        pytest.param(("--from", "2026-03-02", "--to", "2026-03-21"), "还没有到", id="a day to come"),
        pytest.param(("--from", "2006-03-02", "--to", "2026-03-20"), "分段", id="twenty years"),
        pytest.param((*SPAN[1:], "--unit", "无此局"), "没有“无此局”这个单位", id="no unit"),
        pytest.param((*SPAN[1:], "--out", "x"), "--out 只用于", id="a table in a file"),
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
