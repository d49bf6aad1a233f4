"""Rows that could not be read: shown with place and reason, and read again when the configuration understands them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import desk_at
from tests.cli.office import Desk, SmallPlatform, ordinary

NUMBER = "K-own-words"
WORDS = '\n[sources.words]\nBLZT = {{ "已出证" = {code} }}\n'
MORE = "BLZT = "


@pytest.fixture
def platform() -> Iterator[SmallPlatform]:
    """A platform that says 已出证 where others say 11, and once writes a date that is none."""
    rows = ordinary()
    rows.item(NUMBER, (3, "2026-03-03 09:00:00"), ("已出证", "2026-03-10 09:00:00"), LXR="张某", LXRSJH="000")
    rows.item("L-no-date", (3, "2026-02-30 09:00:00"))
    with SmallPlatform(rows.tables) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, platform: SmallPlatform) -> Desk:
    desk = desk_at(tmp_path / "etc", platform.base_url)
    assert desk.call("poll").code == 0
    return desk


def learn(desk: Desk, words: str = 'BLZT = { "已出证" = 11 }') -> None:
    """The owner says what the word means."""
    text = (desk.folder / "monitor.toml").read_text("utf-8")
    mark = "# ---------------------------------------------------------------- 几个来源以谁为准"
    assert mark in text
    (desk.folder / "monitor.toml").write_text(text.replace(mark, f"[sources.words]\n{words}\n{mark}"), "utf-8")


def closed(desk: Desk) -> str | None:
    listed = desk.call("ledger", "--all", "--format", "json").json
    return next(one["closed"] for one in listed if one["item"] == NUMBER)


def test_each_row_is_shown_as_given_with_its_place_and_the_reason(desk: Desk) -> None:
    called = desk.call("set-aside")
    assert called.code == 0
    assert "来源 city　表 XMSPSXBLXXXXB" in called.out
    assert "BLZT=已出证" in called.out
    assert "原因　BLZT 不是办理状态" in called.out
    assert "2026-02-30 09:00:00" in called.out
    assert "共 2 行：city 2 行" in called.out


def test_as_json_each_row_is_whole(desk: Desk) -> None:
    rows = desk.call("set-aside", "--format", "json").json
    assert [row["table"] for row in rows] == ["XMSPSXBLXXXXB"] * 2
    assert rows[0]["row"]["BLZT"] == "已出证"
    assert rows[0]["resolved_at"] is None


def test_nothing_set_aside_is_said(tmp_path: Path) -> None:
    with SmallPlatform(ordinary().tables) as platform:
        desk = desk_at(tmp_path / "etc", platform.base_url)
        assert desk.call("poll").code == 0
        assert desk.call("set-aside").out == "没有留存待查的记录。\n"


def test_what_is_not_understood_yet_stays(desk: Desk) -> None:
    called = desk.call("retry-set-aside")
    assert (called.code, called.out) == (1, "重新识别 2 行：0 行已入台账，2 行仍留存待查。\n")
    assert closed(desk) is None


def test_what_the_configuration_has_learned_is_read_and_judged(desk: Desk) -> None:
    learn(desk)
    called = desk.call("retry-set-aside")
    assert (called.code, called.out) == (1, "重新识别 2 行：1 行已入台账，1 行仍留存待查。\n")
    assert closed(desk) == "2026-03-10"
    assert "共 1 行" in desk.call("set-aside").out
    assert [row["resolved_at"] is not None for row in desk.call("set-aside", "--all", "--format", "json").json] == [
        True,
        False,
    ]


def test_a_poll_takes_them_up_by_itself_when_the_mapping_has_changed(desk: Desk, platform: SmallPlatform) -> None:
    learn(desk)
    platform.tables["XMSPSXBLXXXXB"].clear()  # it cannot be asked for again at the source
    assert desk.call("poll").code == 0
    assert closed(desk) == "2026-03-10"


def test_only_the_rows_that_are_named(desk: Desk) -> None:
    learn(desk)
    first, second = (str(row["id"]) for row in desk.call("set-aside", "--format", "json").json)
    assert desk.call("retry-set-aside", second).out == "重新识别 1 行：0 行已入台账，1 行仍留存待查。\n"
    called = desk.call("retry-set-aside", first)
    assert (called.code, called.out) == (0, "重新识别 1 行：1 行已入台账，0 行仍留存待查。\n")
    again = desk.call("retry-set-aside", first)
    assert again.code == 2
    assert again.is_told


def test_the_rows_of_another_source_are_left_alone(desk: Desk) -> None:
    assert desk.call("retry-set-aside", "--source", "district").out.startswith("重新识别 0 行")


def test_personal_data_is_neither_kept_nor_shown(desk: Desk) -> None:
    assert "张某" not in desk.call("set-aside", "--all", "--format", "json").out
    assert not any("张某" in line for line in desk.dump())
