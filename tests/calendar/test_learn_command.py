"""calendar learn and calendar YEAR, called as people call them."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import init, load
from tests.calendar.office import SECRETS, office_of
from tests.calendar.texts import SAMPLE, path, text
from tests.cli.office import Called, call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh configuration folder."""
    init(tmp_path / "config")
    return tmp_path / "config"


def learn(folder: Path, file: Path | str, *options: str) -> Called:
    """calendar learn on this folder."""
    return call(["--config", str(folder), "calendar", "learn", str(file), *options], SECRETS)


def year(folder: Path, number: int, *options: str) -> Called:
    """calendar YEAR on this folder."""
    return call(["--config", str(folder), "calendar", str(number), *options], SECRETS)


def files(folder: Path) -> list[str]:
    """The names in the calendar folder."""
    return sorted(each.name for each in (folder / "calendar").iterdir())


def test_what_is_learned_is_shown_and_then_written(folder: Path) -> None:
    called = learn(folder, path(SAMPLE), "--yes")
    assert (called.code, called.err) == (0, "")
    for words in (
        "通知：国务院办公厅关于2027年部分节假日安排的通知",
        "全年安排",
        "放假  春节：2027-02-05（周五）至2027-02-12（周五），8 天",
        "上班  春节调休上班：2027-01-31（周日）；2027-02-13（周六）至2027-02-14（周日），2 天",
        "2027 年原来没有通知，按法定节假日推算；写入后不再暂算。",
        "2027-02-09（周二）　上班 → 放假（春节）",
        "台账还没有建立，没有受影响的办件。",
        "已写入",
        "重启服务后",
    ):
        assert words in called.out
    assert files(folder) == ["2027.toml", "2027.toml.example"]
    assert call(["--config", str(folder), "check-config"], SECRETS).code == 0
    shown = year(folder, 2027)
    assert "2027 年：通知已公布" in shown.out
    assert "02-05…02-12  放假  春节（本地日历文件）" in shown.out


def test_a_dry_run_shows_the_same_and_writes_nothing(folder: Path) -> None:
    called = learn(folder, path(SAMPLE), "--dry-run")
    assert called.code == 0
    assert "试运行：没有写入。" in called.out
    assert "2027-02-09（周二）　上班 → 放假（春节）" in called.out
    assert files(folder) == ["2027.toml.example"]


def test_without_a_terminal_and_without_yes_nothing_is_written(folder: Path) -> None:
    called = learn(folder, path(SAMPLE))
    assert called.code == 2
    assert "加 --yes 再运行一次" in called.err
    assert files(folder) == ["2027.toml.example"]


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "written"), [("y", True), ("n", False), ("", False)])
def test_on_a_terminal_it_asks(folder: Path, answer: str, written: bool) -> None:
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "tests.cli.program",
        "--config",
        str(folder),
        "calendar",
        "learn",
        str(path(SAMPLE)),
    ]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, env=os.environ | SECRETS) as process:
        os.write(ours, f"{answer}\n".encode())
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert "写入以上日历？" in out.decode()
    assert ("2027.toml" in files(folder)) is written
    assert ("没有写入。" in out.decode()) is not written


def test_learned_twice_there_is_nothing_to_write(folder: Path) -> None:
    learn(folder, path(SAMPLE), "--yes")
    again = learn(folder, path(SAMPLE), "--yes")
    assert again.code == 0
    assert "与现在的日历没有差别" in again.out
    assert "日历文件已经是这样写的，不用再写。" in again.out
    assert files(folder) == ["2027.toml", "2027.toml.example"]


def test_what_the_program_knows_already_makes_no_difference_but_may_be_written(folder: Path) -> None:
    called = learn(folder, path("2026"), "--yes")
    assert "与现在的日历没有差别（哪天上班、哪天放假都一样）。" in called.out
    assert load(folder, SECRETS).overlay


def test_a_notice_over_two_years_writes_both_files_and_keeps_the_former(folder: Path) -> None:
    (folder / "calendar" / "2018.toml").write_text("# 手工\n[[off]]\ndate = 2018-03-08\nname = '本区放假'\n", "utf-8")
    called = learn(folder, path("2019"), "--yes")
    assert called.code == 0
    assert "2018.toml（原文件留作 2018.toml.bak）" in called.out
    assert files(folder) == ["2018.toml", "2018.toml.bak", "2019.toml", "2027.toml.example"]
    shown = year(folder, 2018)
    assert "12-29        上班  元旦调休上班（本地日历文件）" in shown.out
    assert "03-08        放假  本区放假（本地日历文件）" in shown.out


def test_a_text_that_is_not_understood_is_told_line_by_line_and_nothing_is_written(
    folder: Path, tmp_path: Path
) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_text(text(SAMPLE).replace("共8天", "共9天").replace("1月31日（周日）", "1月31日（周六）"), "utf-8")
    called = learn(folder, notice, "--yes")
    assert called.code == 1
    assert "通知没有读懂，什么也没有写入" in called.err
    assert "第 5 行" in called.err
    assert called.is_told
    assert files(folder) == ["2027.toml.example"]


@pytest.mark.parametrize("coding", ["gb18030", "utf-16", "utf-8-sig"])
def test_the_file_may_be_in_any_encoding_of_a_notepad(folder: Path, tmp_path: Path, coding: str) -> None:
    notice = tmp_path / "notice.txt"
    notice.write_bytes(text(SAMPLE).encode(coding))
    assert learn(folder, notice, "--dry-run").code == 0


@pytest.mark.slow
def test_it_may_come_from_standard_input(folder: Path) -> None:
    command = [sys.executable, "-m", "tests.cli.program", "--config", str(folder), "calendar", "learn", "-", "--yes"]
    words = text(SAMPLE).encode("gb18030")
    done = subprocess.run(command, input=words, capture_output=True, env=os.environ | SECRETS, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "2027.toml" in files(folder)


WRONG = {
    "no file": (["calendar", "learn"], "缺少 FILE"),
    "a file that is not there": (["calendar", "learn", "nowhere.txt"], "读不到通知文件 nowhere.txt"),
    "a folder": (["calendar", "learn", "."], "读不到通知文件"),
    "a file beside a year": (["calendar", "2027", "notice.txt"], "多了“notice.txt”"),
    "a form that does not exist": (["calendar", "2026", "--format", "xml"], "只有 text、json"),
    "a year in Chinese digits": (["calendar", "二〇二七"], "YEAR 的值不对：应为整数"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_call(folder: Path, arguments: list[str], words: str) -> None:
    called = call(["--config", str(folder), *arguments], SECRETS)
    assert (called.code, called.out) == (2, "")
    assert words in called.err
    assert called.is_told


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"\x89PNG\r\n\0\0\0", "不是文本文件", id="a picture"),
        pytest.param("放假".encode() * 400_000, "超过 2 MB", id="a book"),
    ],
)
def test_a_file_that_is_no_notice(folder: Path, tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "x").write_bytes(data)
    called = learn(folder, tmp_path / "x")
    assert called.code == 2
    assert words in called.err


def test_the_items_whose_dates_would_move_are_listed(tmp_path: Path) -> None:
    office = office_of(tmp_path, "2026-11-16 09:00")
    for number in range(12):
        office.day.item(f"HRM1-{number:02}", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=60)
    office.day.item("HRM1-99", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=20)
    office.tick("2026-11-17 09:05")
    called = office.learn(SAMPLE, "--dry-run")
    assert called.code == 0
    assert "在办件中到期日会变的 12 件：" in called.out
    assert "HRM1-09　审批 2027-02-11 → 2027-02-14" in called.out
    assert "HRM1-10" not in called.out
    assert "其余 2 件" in called.out
    assert office.due()["HRM1-00"] == "2027-02-11"


def test_a_year_as_json(folder: Path) -> None:
    called = year(folder, 2026, "--format", "json")
    told = json.loads(called.out)
    assert (told["year"], told["published"], told["working_days"]) == (2026, True, 248)
    days = {day["date"]: day for day in told["days"]}
    assert days["2026-10-10"] == {
        "date": "2026-10-10",
        "weekday": "星期六",
        "working": True,
        "name": "国庆节调休上班",
        "source": "notice",
        "basis": "国务院办公厅通知",
    }
    assert not json.loads(year(folder, 2027, "--format", "json").out)["published"]


def test_after_learning_each_day_names_its_document(folder: Path) -> None:
    learn(folder, path("2019"), "--yes")
    learn(folder, path("2019-change"), "--yes")
    told = json.loads(year(folder, 2019, "--format", "json").out)
    basis = {day["date"]: day["basis"] for day in told["days"]}
    assert basis["2019-05-02"] == "国办发明电〔2019〕3号"
    assert basis["2019-10-01"] == "国办发明电〔2018〕15号"
