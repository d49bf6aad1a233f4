"""Loading a folder, making a new one, and what happens when neither is possible."""

import re
from datetime import date, time
from pathlib import Path

import pytest

from config import checks
from config.load import ConfigError, init, load
from config.matters import Workbook
from config.overlay import DayRule
from config.policy import Policy

TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


def codes(error: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_what_init_writes_loads_with_no_complaint_but_the_sample_addresses(tmp_path: Path) -> None:
    init(tmp_path / "etc")
    config = load(tmp_path / "etc", TOKEN)
    assert {(problem.code, problem.severity) for problem in config.warnings} == {("U005", "warning")}
    assert len(config.units.units) == 16
    assert dict(config.matters) == {}
    assert dict(config.overlay) == {}
    assert not config.settings.delivery.enabled


def test_the_default_policy_file_says_what_the_declarations_say(tmp_path: Path) -> None:
    init(tmp_path)
    assert load(tmp_path, TOKEN).policy == Policy()


def test_without_a_token_a_new_folder_says_how_to_give_it(tmp_path: Path) -> None:
    init(tmp_path)
    with pytest.raises(ConfigError) as error:
        load(tmp_path, {})
    [missing] = [problem for problem in error.value.problems if problem.severity == "error"]
    assert missing.code == "K001"
    for way in ("token_file", "APPROVAL_MONITOR_CITY_TOKEN_FILE", "LoadCredential=city_token"):
        assert way in missing.hint


def test_the_example_of_a_calendar_loads_once_renamed(tmp_path: Path) -> None:
    init(tmp_path)
    example = tmp_path / "calendar" / "2027.toml.example"
    example.rename(example.with_suffix(""))
    config = load(tmp_path, TOKEN)
    assert config.overlay[date(2027, 10, 3)].name == "国庆节"
    assert not config.overlay[date(2027, 10, 3)].working


def test_every_commented_example_in_matters_loads(tmp_path: Path) -> None:
    init(tmp_path)
    path = tmp_path / "matters.toml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE), "utf-8")
    config = load(tmp_path, TOKEN)
    assert set(config.matters) == {"1117001", "1107002", "QYSQ-01"}
    assert config.workbook == Workbook(), "the commented words are the ones by default"


@pytest.mark.parametrize("there", ["monitor.toml", "units.toml", "calendar/2027.toml.example"])
def test_init_never_overwrites_and_then_writes_nothing_at_all(tmp_path: Path, there: str) -> None:
    mine = tmp_path / there
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(ConfigError) as error:
        init(tmp_path)
    assert codes(error) == ["G011"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]
    assert mine.read_text() == "mine"


def test_init_says_so_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as error:
        init(tmp_path / "file" / "etc")
    assert codes(error) == ["G012"]


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="approval-monitor init") as error:
        load(tmp_path / "nowhere", TOKEN)
    assert codes(error) == ["G001"]


def test_each_missing_file_is_named(folder) -> None:
    (folder.path / "units.toml").unlink()
    (folder.path / "matters.toml").unlink()
    assert [(p.code, p.file) for p in folder.problems()] == [("G002", "units.toml"), ("G002", "matters.toml")]


def test_a_folder_in_the_place_of_a_file_cannot_be_read(folder) -> None:
    (folder.path / "matters.toml").unlink()
    (folder.path / "matters.toml").mkdir()
    assert [(p.code, p.file) for p in folder.problems()] == [("G003", "matters.toml")]


def test_a_file_in_another_encoding_is_told_by_its_line(folder) -> None:
    (folder.path / "matters.toml").write_bytes("# ok\n# 事项\n".encode("gb18030"))
    assert [(p.code, p.line) for p in folder.problems()] == [("G003", 2)]


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(folder) -> None:
    text = (folder.path / "units.toml").read_text("utf-8") + 'colour = "red"\n'
    (folder.path / "units.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [(p.code, p.line) for p in folder.problems()] == [("G005", text.count("\n"))]


def test_problems_of_every_file_are_collected_not_just_the_first(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nport = 0\nhots = 'x'\n")
    folder.add("policy.toml", "[hours]\nstart = '18:00'\n")
    folder.write("matters.toml", "= 5\n")
    folder.write("calendar/2027.toml", "[[off]]\ndate = 2026-01-01\nname = '元旦'\n")
    found = {(p.file, p.code) for p in folder.problems()}
    assert found == {
        ("monitor.toml", "G008"),
        ("monitor.toml", "G005"),
        ("policy.toml", "P007"),
        ("matters.toml", "G004"),
        ("calendar/2027.toml", "Y002"),
    }


def test_a_problem_reads_file_line_code_message_and_what_to_do(folder) -> None:
    folder.add("monitor.toml", "[delivery]\nport = 0\n")
    [problem] = folder.problems()
    assert str(problem) == "monitor.toml:5 [G008] delivery.port 应不小于 1。处理：改成允许范围内的数值"


def test_the_data_folder_and_ledger_are_beside_the_configuration_unless_said_otherwise(folder) -> None:
    settings = folder.load().settings
    assert settings.data_dir == folder.path / "data"
    assert settings.ledger_path == folder.path / "data" / "ledger.db"
    elsewhere = folder.load({**TOKEN, "APPROVAL_MONITOR__DATA_DIR": "/var/lib/approval-monitor"}).settings
    assert str(elsewhere.ledger_path) == "/var/lib/approval-monitor/ledger.db"


def test_the_tables_of_a_source_are_the_standard_ones_but_for_those_named(folder) -> None:
    folder.add("monitor.toml", '[sources.tables]\nitems = "SPGL_XMSPSXBLXXB"\ndocuments = ""\n')
    tables = folder.load().settings.sources[0].tables
    assert (tables["items"], tables["documents"], tables["events"]) == ("SPGL_XMSPSXBLXXB", "", "XMSPSXBLXXXXB")


@pytest.mark.parametrize("written", ['"8:05"', '"08:05"', "08:05:00"])
def test_a_time_of_day_may_be_written_in_each_usual_way(folder, written: str) -> None:
    folder.add("policy.toml", f"[hours]\nstart = {written}\n")
    assert folder.load().policy.hours.start == time(8, 5)


def test_what_was_loaded_can_be_checked_again_with_the_same_findings(folder) -> None:
    folder.add("policy.toml", "[lights]\ndeep_red_after = 9\n")
    config = folder.load()
    assert [problem.code for problem in config.warnings] == ["P008"]
    assert checks.check(config) == config.warnings


def test_a_calendar_file_must_be_named_after_its_year(folder) -> None:
    folder.write("calendar/holidays.toml", "")
    folder.write("calendar/2027.toml.example", "not read at all")
    assert [(p.code, p.file) for p in folder.problems()] == [("Y001", "calendar/holidays.toml")]


def test_a_run_of_days_and_a_worked_day_become_rules_with_their_source(folder) -> None:
    days = '[[off]]\ndate = 2027-10-01\nto = 2027-10-03\nname = "国庆节"\n[[work]]\ndate = 2027-10-09\nname = "调休"\n'
    folder.write("calendar/2027.toml", f'source = "通知"\n{days}')
    assert folder.load().overlay == {
        date(2027, 10, 1): DayRule(date(2027, 10, 1), False, "国庆节", "通知"),
        date(2027, 10, 2): DayRule(date(2027, 10, 2), False, "国庆节", "通知"),
        date(2027, 10, 3): DayRule(date(2027, 10, 3), False, "国庆节", "通知"),
        date(2027, 10, 9): DayRule(date(2027, 10, 9), True, "调休", "通知"),
    }


class TestMailSwitchedOn:
    """Once mail is on, who cannot be reached is an error, and sample addresses keep every mail as a file."""

    ON = "[delivery]\nenabled = true\nsender = 'duban@zwfw.gov.cn'\n"

    def test_real_addresses_are_fine(self, folder) -> None:
        folder.add("monitor.toml", self.ON)
        assert folder.problems() == ()

    def test_each_owner_of_a_sample_address_is_told_as_it_keeps_every_mail_from_leaving(self, folder) -> None:
        folder.add("monitor.toml", self.ON)
        folder.add("units.toml", '[unit.contacts]\nhandler = ["a@b.cn", "handler@swj.example"]\n')
        [problem] = folder.problems()
        assert (problem.code, problem.severity, problem.line) == ("U005", "warning", 5)
        assert "信件都只存成文件" in problem.message

    def test_a_role_of_the_ladder_without_anyone_is_an_error(self, folder) -> None:
        folder.add("monitor.toml", self.ON)
        folder.add("policy.toml", 'cc = ["principal"]\n')
        [problem] = folder.problems()
        assert (problem.code, problem.severity, problem.file, problem.line) == ("U004", "error", "units.toml", 5)
        assert "区水务局 没有主要领导的邮箱" in problem.message
