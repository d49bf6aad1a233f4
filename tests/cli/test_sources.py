"""source check: what a source would give, and what stands in the way, before anything is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import desk_at
from tests.cli.office import Called, Desk, Rows, SmallPlatform

EVENTS = "XMSPSXBLXXXXB"
PHONE, IDENTITY = "13912345678", "110116199001011234"


def theirs() -> Rows:
    """Rows of a platform with columns, words and times of its own."""
    rows = Rows()
    rows.item("A-1", LXR="某某", LXRSJH=PHONE)
    for number, (status, moment) in enumerate(
        [("受理", "2026/3/2 9:00"), ("挂起", "2026/3/2 9:00"), ("挂起", "2026/3/3 9:00"), ("已办结", "待定")], 1
    ):
        rows.add(EVENTS, SPSXSLBM="A-1", zt=status, BLSJ=moment, 备注=f"电话{PHONE}", 经办意见=str(number))
    return rows


@pytest.fixture
def platform() -> Iterator[SmallPlatform]:
    with SmallPlatform(theirs().tables) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, platform: SmallPlatform) -> Desk:
    return desk_at(tmp_path / "etc", platform.base_url)


def mapped(desk: Desk) -> Desk:
    """The desk with the column of the status mapped."""
    return configured(desk, '[sources.fields.events]\nzt = "BLZT"')


def configured(desk: Desk, lines: str) -> Desk:
    """The desk with further lines about its source."""
    desk.change("monitor.toml", "\n[sources.tables]", f"\n{lines}\n\n[sources.tables]")
    return desk


def part(called: Called, name: str) -> dict[str, Any]:
    [found] = [part for part in called.json["parts"] if part["name"] == name]
    return dict(found)


def test_records_are_shown_as_they_would_be_read_and_nothing_is_changed(desk: Desk) -> None:
    called = mapped(desk).call("source", "check", "city", "--format", "json")
    events = part(called, "办理详细信息")
    assert events["rows"][0].items() >= {"SPSXSLBM": "A-1", "BLZT": "3", "BLSJ": "2026-03-02 09:00:00"}.items()
    assert (events["read"], events["good"], events["theirs"]) == (4, 1, EVENTS)
    assert called.err == ""
    assert not desk.data.exists()


def test_what_failed_is_told_by_column_value_and_what_to_do(desk: Desk) -> None:
    called = mapped(desk).call("source", "check", "city", "--format", "json")
    status, time = part(called, "办理详细信息")["faults"]
    assert (called.code, called.json["good"], called.json["readable"]) == (1, False, True)
    assert (status["column"], status["value"], status["rows"]) == ("BLZT", "挂起", 2)
    assert status["todo"] == '在 [sources.words.BLZT] 里写明："挂起" = 编码'
    assert (time["column"], time["value"], time["rows"]) == ("BLSJ", "待定", 1)
    assert "time_formats" in time["todo"]


def test_columns_and_words_that_nothing_maps_are_listed(desk: Desk) -> None:
    called = mapped(desk).call("source", "check", "city", "--format", "json")
    events = part(called, "办理详细信息")
    assert events["unmapped"] == ["备注", "经办意见"]
    assert events["words"] == [["BLZT", "挂起"]]
    assert events["missing"] == ["BLCS", "BLR"]


def test_a_column_that_nothing_maps_is_asked_for(desk: Desk) -> None:
    events = part(desk.call("source", "check", "city", "--format", "json"), "办理详细信息")
    [missing] = [fault for fault in events["faults"] if fault["column"] == "BLZT"]
    assert (missing["wrong"], missing["rows"]) == ("缺少该列", 4)
    assert missing["todo"] == '在 [sources.fields.events] 里写明对方的哪一列是它："对方列名" = "BLZT"'


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_personal_data_is_shown(desk: Desk, platform: SmallPlatform, form: str) -> None:
    rows = Rows()
    rows.item(f"A {IDENTITY}", LXR="某某", LXRSJH=PHONE)
    rows.add(EVENTS, SPSXSLBM="A-1", BLZT=PHONE, BLSJ=f"来电{PHONE}", BLR=PHONE)
    platform.tables = rows.tables
    called = desk.call("source", "check", "city", "--format", form)
    assert called.code == 1
    for secret in (PHONE, IDENTITY, "某某"):
        assert secret not in called.out + called.err
    assert "（已隐去）" in called.out


def test_the_text_says_everything_in_sentences(desk: Desk) -> None:
    called = mapped(desk).call("source", "check", "city")
    assert called.code == 1
    for words in (
        "【办理详细信息】XMSPSXBLXXXXB：试读 4 行，能读成 1 行",
        "BLZT=3",
        "（值“挂起”），LSH 3 等 2 行",
        '处理：在 [sources.words.BLZT] 里写明："挂起" = 编码',
        "没有对应的列（不读）：备注、经办意见",
        "没有对应的词：BLZT 的“挂起”",
        "结论：有读不成的记录",
    ):
        assert words in called.out


def test_a_source_that_can_be_read_in_full_is_good(desk: Desk) -> None:
    mapped(desk).change("monitor.toml", "\n[sources.tables]", '\n[sources.tables]\nevents = ""')
    called = desk.call("source", "check", "city")
    assert (called.code, called.err) == (0, "")
    assert "结论：试读的记录都能读" in called.out


UNREADABLE = {
    "the token is refused": (401, "application/json", b'{"code": 401, "message": "no"}', "令牌"),
    "a login page": (200, "text/html", "<html>登录".encode(), "登录页"),
    "a server error": (500, "text/plain", b"oops", "HTTP 500"),
    "a table that is not there": (404, "application/json", b"{}", "HTTP 404"),
}


@pytest.mark.parametrize(("status", "kind", "body", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_source_that_cannot_be_read_ends_with_3_and_says_why(
    desk: Desk, platform: SmallPlatform, status: int, kind: str, body: bytes, words: str
) -> None:
    platform.reply = (status, kind, body)
    called = desk.call("source", "check", "city")
    assert (called.code, called.err) == (3, "")
    assert words in called.out
    assert "结论：有读不到的部分" in called.out


def test_an_unknown_name_is_answered_with_the_known_ones(desk: Desk) -> None:
    called = desk.call("source", "check", "town")
    assert (called.code, called.out) == (2, "")
    assert "city" in called.err
    assert called.is_told


def of_kind(desk: Desk, lines: str) -> Desk:
    """The desk with a source of another kind in the place of its own."""
    path = desk.folder / "monitor.toml"
    text = path.read_text("utf-8")
    begin, end = text.index("\n[[sources]]") + 1, text.index("[delivery]")
    path.write_text(f'{text[:begin]}[[sources]]\nname = "other"\n{lines}\n\n{text[end:]}', "utf-8")
    for name in [name for name in desk.env if "CITY" in name]:
        del desk.env[name]
    return desk


def test_a_database_is_looked_at_the_same_way(desk: Desk, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "front.db") as front:
        front.execute(f"CREATE TABLE SPGL_{EVENTS} (LSH INTEGER, GXSJ TEXT, SPSXSLBM TEXT, BLZT TEXT, BLSJ TEXT)")
        front.execute(
            f"INSERT INTO SPGL_{EVENTS} VALUES (1, '2026-03-02 09:00:00', 'A-1', '挂起', '2026-03-02 09:00:00')"  # noqa: S608
        )
    front.close()
    called = of_kind(desk, f'kind = "database"\nurl = "sqlite:///{tmp_path}/front.db"').call(
        "source", "check", "other", "--format", "json"
    )
    events = part(called, "办理详细信息")
    assert events["faults"][0]["value"] == "挂起"
    assert part(called, "批复文件")["error"]
    assert called.code == 3


def test_files_of_a_folder_are_looked_at_and_stay_where_they_are(desk: Desk, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    lines = ["办件编号,办理状态,办理时间", "A-1,受理,2026/3/2 9:00", f"A-2,挂起{PHONE},2026/3/2 9:00"]
    (inbox / "events.csv").write_text("\n".join(lines), "utf-8")
    (inbox / "broken.xlsx").write_bytes(b"nothing")
    called = of_kind(desk, f'kind = "folder"\nfolder = "{inbox}"').call("source", "check", "other", "--format", "json")
    broken, events = called.json["parts"]
    assert (broken["theirs"], bool(broken["error"])) == ("broken.xlsx", True)
    assert (events["read"], events["good"], events["rows"][0]["BLZT BLSJ"]) == (2, 1, "3 2026-03-02 09:00:00")
    assert events["faults"][0]["column"] == "办理状态"
    assert PHONE not in called.out
    assert sorted(path.name for path in inbox.iterdir()) == ["broken.xlsx", "events.csv"]
    assert not desk.data.exists()
    assert called.code == 3


# What poll and health say of each source


def two_sources(desk: Desk, platform: SmallPlatform) -> Desk:
    """The desk with a second source that nobody answers for."""
    path = desk.folder / "monitor.toml"
    text = path.read_text("utf-8")
    second = '\n[[sources]]\nname = "town"\nbase_url = "http://127.0.0.1:9"\nattempts = 1\n\n[delivery]\n'
    path.write_text(text.replace("\n[delivery]\n", second, 1), "utf-8")
    desk.env["APPROVAL_MONITOR_TOWN_TOKEN"] = "another"
    return desk


def test_poll_has_a_line_for_each_source_and_health_as_well(desk: Desk, platform: SmallPlatform) -> None:
    called = two_sources(desk, platform).call("poll")
    assert called.code == 3
    assert "来源 city：读到 5 行，未能识别 4 行" in called.out
    assert "来源 town：读到 0 行，未能识别 0 行；没有读成" in called.out
    assert "来源 town：读取失败：连接不上对方" in called.err
    health = desk.call("health").out
    assert "来源 city：上一轮取数正常" in health
    assert "来源 town：03-20 10:00 起连续 1 轮没有读成，03-20 10:09 之后再试，原因：读取失败：连接不上对方" in health


def test_poll_by_hand_asks_a_source_that_rests(desk: Desk, platform: SmallPlatform) -> None:
    desk.env["APPROVAL_MONITOR_CITY_TOKEN"] = "wrong"
    for _ in range(3):
        assert desk.call("poll").code == 3
    desk.env["APPROVAL_MONITOR_CITY_TOKEN"] = platform.token
    called = desk.call("poll")
    assert (called.code, called.err) == (0, "")
    assert "读到 5 行" in called.out
