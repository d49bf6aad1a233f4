"""Calls that are written wrong: exit code 2, a sentence in Chinese on standard error, nothing on standard output."""

import pytest

from tests.cli.office import Desk, call

WRONG = {
    "a command there is not": (["frob"], "没有“frob”这个命令"),
    "an option there is not": (["--frob", "poll"], "没有 --frob 这个选项"),
    "an option the command does not have": (["poll", "--frob"], "没有 --frob 这个选项"),
    "an option nearly right": (["poll", "--dry-runn"], "是否想写 --dry-run"),
    "an option of the main command after the command": (["health", "--debug"], "没有 --debug 这个选项"),
    "an option without its value": (["--config"], "选项 --config 后面缺少值"),
    "a value for a flag": (["poll", "--dry-run=yes"], "选项 --dry-run 后面不能带值"),
    "an argument missing": (["check-code"], "缺少 CODE"),
    "a folder missing": (["init"], "缺少 DIR"),
    "an item missing": (["explain"], "缺少 ITEM"),
    "one argument too many": (["health", "now"], "多出了“now”"),
    "a year that is no number": (["calendar", "next"], "YEAR 的值不对：应为整数"),
    "too few days": (["demo", "--days", "0"], "--days 的值不对：不能小于 1"),
    "too many days": (["demo", "--days", "11"], "--days 的值不对：不能大于 10"),
    "a format there is not": (["ledger", "--format", "pdf"], "只能是 table, json, csv, xlsx"),
    "no command": (["--config", "."], "缺少命令"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_call(arguments: list[str], words: str) -> None:
    called = call(arguments)
    assert (called.code, called.out) == (2, "")
    assert words in called.err
    assert "approval-monitor --help" in called.err
    assert called.is_told


def test_without_arguments_there_is_help_and_exit_code_2() -> None:
    called = call([])
    assert called.code == 2
    assert "ledger" in called.err
    assert "写得不对" not in called.err


@pytest.mark.parametrize(
    "command", [[], ["ledger"], ["report"], ["calendar"]], ids=lambda words: " ".join(words) or "all"
)
def test_help_goes_to_standard_output(command: list[str]) -> None:
    called = call([*command, "--help"])
    assert (called.code, called.err) == (0, "")
    assert "--" in called.out


REFUSED = {
    "a unit there is not": (["ledger", "--unit", "某某局"], "没有“某某局”这个单位"),
    "an empty unit": (["ledger", "--unit", ""], "没有“”这个单位"),
    "a state there is not": (["ledger", "--state", "late"], "没有“late”这个状态"),
    "a file for the terminal's table": (["ledger", "--out", "x"], "--out 只用于写文件的格式"),
    "a week that is none": (["report", "--week", "2026-W54"], "不是周次"),
    "a week in words": (["report", "--week", "last"], "不是周次"),
    "a week in the year 1": (["report", "--week", "0001-W01"], "0001-W01"),
    "a week in the year 9999": (["report", "--week", "9999-W52"], "9999-W52"),
    "a week before the calendar": (["report", "--week", "1999-W10"], "1999-W10"),
    "a week after the calendar": (["report", "--week", "2090-W10"], "2090-W10"),
    "a calendar before its years": (["calendar", "1999"], "没有 1999 年的日历"),
    "a calendar after its years": (["calendar", "2071"], "没有 2071 年的日历"),
    "a calendar of the year 0": (["calendar", "0"], "没有 0 年的日历"),
    "a calendar of a year too large to be one": (["calendar", "9" * 30], "年的日历"),
    "an item there is not": (["explain", "no-such-item"], "no-such-item"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be(office: Desk, arguments: list[str], words: str) -> None:
    called = office.call(*arguments)
    assert (called.code, called.out) == (2, "")
    assert words in called.err
    assert called.is_told


TIMES = {
    "minutes": ("2026-03-20 10:00", True),
    "seconds": ("2026-03-20 10:00:30", True),
    "blanks around": ("  2026-03-20 10:00  ", True),
    "the first year": ("2001-01-01 00:00", True),
    "the last year": ("2060-12-31 23:59:59", True),
    "a leap day": ("2028-02-29 12:00", True),
    "no time of day": ("2026-03-20", False),
    "a T between": ("2026-03-20T10:00", False),
    "a zone": ("2026-03-20 10:00+08:00", False),
    "no such day": ("2026-02-30 10:00", False),
    "no such hour": ("2026-03-20 24:00", False),
    "slashes": ("2026/03/20 10:00", False),
    "nothing": ("", False),
    "words": ("明天", False),
    "a year before the calendar": ("2000-12-31 10:00", False),
    "a year after the calendar": ("2061-01-01 10:00", False),
    "the year 1": ("0001-01-01 00:00", False),
    "the year 9999": ("9999-12-31 23:59", False),
}


@pytest.mark.parametrize(("text", "good"), TIMES.values(), ids=TIMES.keys())
def test_the_moved_clock(office: Desk, text: str, good: bool) -> None:
    called = office.call("--now", text, "ledger", "--format", "json", now=None)
    if good:
        assert called.code == 0, called.err
    else:
        assert (called.code, called.out) == (2, "")
        assert "--now" in called.err
        assert called.is_told


@pytest.mark.parametrize("moment", ["2001-01-01 00:00", "2001-01-02 10:00", "2060-12-31 23:59", "2060-12-31 10:00"])
def test_no_command_breaks_at_either_end_of_the_calendar(office: Desk, moment: str) -> None:
    for command in ("plan", "deliver", "report", "health", "ledger"):
        called = office.call(command, now=moment)
        assert called.code == 0 or (command, called.code) == ("health", 1)
        assert called.err == ""


def test_the_daemon_never_runs_on_a_moved_clock(office: Desk) -> None:
    called = office.call("run")
    assert (called.code, called.out) == (2, "")
    assert "--now" in called.err
    assert called.is_told
