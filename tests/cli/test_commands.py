"""Every command, called rightly: what it writes where, and its exit code."""

import json
from pathlib import Path

import pytest

from tests.cli.office import TOKEN, Desk, SmallPlatform, call

GOOD, BAD = "2106-440100-04-01-237448", "2106-440100-04-01-237449"


def test_a_day_by_hand(desk: Desk) -> None:
    polled, planned, delivered, report = (desk.call(name) for name in ("poll", "plan", "deliver", "report"))
    assert [called.code for called in (polled, planned, delivered, report)] == [0, 0, 0, 0]
    assert all(called.err == "" for called in (polled, planned, delivered, report))
    assert "读到 21 行" in polled.out
    assert "产生信件" in planned.out
    assert len(desk.kept()) > 0
    assert "2026年第11周" in report.out


def test_init_writes_a_folder_once(tmp_path: Path) -> None:
    first = call(["init", str(tmp_path / "etc")])
    again = call(["init", str(tmp_path / "etc")])
    assert first.code == 0
    assert (tmp_path / "etc" / "monitor.toml").is_file()
    assert (again.code, again.out) == (2, "")
    assert "monitor.toml" in again.err
    assert again.is_told


def test_init_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    called = call(["init", str(tmp_path / "file" / "etc")])
    assert (called.code, called.out) == (2, "")
    assert called.is_told


def test_check_config_of_a_sound_folder(desk: Desk) -> None:
    called = desk.call("check-config")
    assert (called.code, called.err) == (0, "")
    assert "没有错误" in called.out


SPOILT = {
    "a word for a number": ("monitor.toml", "page_size = 500", 'page_size = "many"', "monitor.toml:"),
    "a key that is not known": ("monitor.toml", "page_size = 500", "pagesize = 500", "monitor.toml:"),
    "no TOML at all": ("policy.toml", "[limits]", "[limits", "policy.toml:"),
    "an address that is none": ("units.toml", "supervisor@zwfw.example", "supervisor", "units.toml:"),
    "hours that end before they begin": ("policy.toml", 'end = "17:30"', 'end = "08:00"', "policy.toml:"),
}


@pytest.mark.parametrize(
    "command", [["check-config"], ["ledger", "--format", "json"], ["run"]], ids=lambda words: words[0]
)
@pytest.mark.parametrize(("file", "old", "new", "where"), SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_configuration(desk: Desk, command: list[str], file: str, old: str, new: str, where: str) -> None:
    desk.change(file, old, new)
    called = desk.call(*command, now=None)
    assert (called.code, called.out) == (2, "")
    assert where in called.err
    assert called.is_told
    assert not desk.data.exists()


def test_check_code(tmp_path: Path) -> None:
    good, bad = call(["check-code", GOOD]), call(["check-code", GOOD, BAD])
    assert (good.code, bad.code) == (0, 1)
    assert good.out.startswith("正确")
    assert bad.err == ""
    assert len(bad.out.splitlines()) == 2


def test_check_code_as_json() -> None:
    called = call(["check-code", "--format", "json", GOOD, BAD, "", "=1+1", "\x1b[31m"])
    assert (called.code, called.err) == (1, "")
    fields = ["given", "ok", "style", "problem", "message", "repaired"]
    assert all(list(verdict) == fields for verdict in called.json)
    assert [verdict["ok"] for verdict in called.json] == [True, False, False, False, False]
    assert [verdict["problem"] for verdict in called.json][:3] == [None, "check_digit", "missing"]


def test_calendar(tmp_path: Path) -> None:
    known = call(["--config", str(tmp_path / "none"), "calendar", "2026"])
    unknown = call(["--config", str(tmp_path / "none"), "calendar", "2061"])
    assert (known.code, unknown.code) == (0, 0)
    assert "通知已公布" in known.out
    assert "02-14" in known.out
    assert "通知尚未公布" in unknown.out


def test_calendar_shows_the_days_of_the_owner(desk: Desk) -> None:
    overlay = desk.folder / "calendar" / "2026.toml"
    overlay.write_text('off = [{ date = 2026-11-23, name = "本地放假" }]\n', "utf-8")
    called = desk.call("calendar", "2026")
    if called.code == 2:
        pytest.fail(called.err)
    assert "本地放假" in called.out


def test_health_says_what_is_missing(desk: Desk) -> None:
    before = desk.call("health")
    for name in ("poll", "plan", "report", "deliver", "audit"):
        desk.call(name)
    after, later = desk.call("health"), desk.call("health", now="2026-03-20 14:00")
    assert (before.code, after.code, later.code) == (1, 0, 1)
    assert "异常" in before.out
    assert "异常" not in after.out
    assert (before.err, after.err) == ("", "")


def test_health_does_not_trust_a_clock_that_was_ahead(office: Desk) -> None:
    for name in ("poll", "plan", "deliver"):
        office.call(name, now="2027-03-19 10:00")
    called = office.call("health")
    assert called.code == 1
    assert "-" not in called.out.replace("03-20", "").replace("03-19", ""), "an age below nothing"


def test_explain_as_json_is_json_alone(office: Desk) -> None:
    called = office.call("explain", "A-overdue", "--format", "json")
    assert (called.code, called.err) == (0, "")
    assert isinstance(called.json, dict)


def test_a_past_week_as_files(office: Desk, tmp_path: Path) -> None:
    called = office.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
    assert (called.code, called.err) == (0, "")
    assert sorted(path.suffix for path in (tmp_path / "out").iterdir()) == [".docx", ".html", ".pdf", ".txt", ".xlsx"]


def test_json_is_alone_even_with_debug_and_a_json_log(office: Desk) -> None:
    office.change("monitor.toml", 'format = "console"', 'format = "json"')
    called = call(["--debug", "--config", str(office.folder), "ledger", "--all", "--format", "json"], office.env)
    assert called.code == 0
    assert isinstance(json.loads(called.out), list)


class TestWhichFolder:
    """--config, then APPROVAL_MONITOR_CONFIG, then ./config if it has a monitor.toml, then /etc/approval-monitor."""

    @staticmethod
    def named(tmp_path: Path, name: str) -> Path:
        """A folder that is told apart by a fault with its own name in it."""
        folder = tmp_path / name
        folder.mkdir()
        (folder / "monitor.toml").write_text(f"{name} = 1\n", "utf-8")
        return folder

    def test_the_option_comes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        option, variable, _ = (self.named(tmp_path, name) for name in ("option", "variable", "config"))
        monkeypatch.chdir(tmp_path)
        called = call(["--config", str(option), "check-config"], {"APPROVAL_MONITOR_CONFIG": str(variable)})
        assert called.code == 2
        assert "option" in called.err

    def test_then_the_variable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        variable, _ = (self.named(tmp_path, name) for name in ("variable", "config"))
        monkeypatch.chdir(tmp_path)
        called = call(["check-config"], {"APPROVAL_MONITOR_CONFIG": str(variable)})
        assert "不认识的键 variable" in called.err

    def test_then_the_folder_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.named(tmp_path, "config")
        monkeypatch.chdir(tmp_path)
        assert "不认识的键 config" in call(["check-config"], {"APPROVAL_MONITOR_CONFIG": ""}).err

    def test_a_folder_here_without_settings_is_not_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "config").mkdir()
        monkeypatch.chdir(tmp_path)
        if Path("/etc/approval-monitor").exists():
            pytest.skip("本机装有 /etc/approval-monitor，本项测试跳过。")
        called = call(["check-config"])
        assert called.code == 2
        assert "/etc/approval-monitor" in called.err
        assert called.is_told


class TestMailUnderAMovedClock:
    """With --now mails leave for a relay on loopback alone, or not at all."""

    @staticmethod
    def sending(desk: Desk, host: str) -> Desk:
        """The desk with delivery on, to a port on which nobody listens."""
        for file in ("units.toml", "monitor.toml"):
            desk.change(file, '.example"', '.test"')
        told = {"ENABLED": "true", "HOST": host, "PORT": "9", "TIMEOUT_SECONDS": "1"}
        return Desk(desk.folder, desk.env | {f"APPROVAL_MONITOR__DELIVERY__{name}": told[name] for name in told})

    @pytest.mark.parametrize("host", ["10.1.2.3", "relay.test", "0.0.0.0", "localhost.relay.test", "::"])  # noqa: S104
    def test_a_relay_elsewhere_is_refused(self, office: Desk, host: str) -> None:
        office.call("plan")
        before = office.dump()
        sending = self.sending(office, host)
        for command in ("plan", "deliver", "report"):
            called = sending.call(command)
            assert (called.code, called.out) == (2, "")
            assert host in called.err
            assert "--dry-run" in called.err
            assert called.is_told
        assert without_settings(office.dump()) == without_settings(before)

    @pytest.mark.parametrize("command", ["plan", "deliver", "report"])
    def test_a_dry_run_is_not(self, office: Desk, command: str) -> None:
        called = self.sending(office, "10.1.2.3").call(command, "--dry-run")
        assert called.code == 0, called.err

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.9.9.9"])
    def test_a_relay_on_this_machine_is_asked(self, office: Desk, host: str) -> None:
        office.call("plan")
        called = self.sending(office, host).call("deliver")
        assert called.code == 3
        assert f"邮件服务器 {host}:9 连接不上" in called.err
        assert "Traceback" not in called.err

    def test_with_the_true_clock_it_is_asked(self, office: Desk) -> None:
        called = self.sending(office, "127.0.0.1").call("deliver", now=None)
        assert called.code in (0, 3), called.err


def without_settings(dump: list[str]) -> list[str]:
    """A dump without the fingerprint of the configuration and what it makes to be judged again."""
    return [line for line in dump if not line.startswith(('INSERT INTO "setting"', 'INSERT INTO "item"'))]


PAGES = {
    "a login page": ((200, "text/html", b"<!DOCTYPE html><title>login</title>"), "网页"),
    "an error of the server": ((500, "text/plain", b"Internal Server Error"), "HTTP 500"),
    "an error in the body": ((200, "application/json", b'{"code": 500, "message": "busy", "data": null}'), "500"),
    "no JSON": ((200, "application/json", b"\x00\xff\xfe"), "JSON"),
    "half a body": ((200, "application/json", b'{"code": 0, "data": {"rows": ['), "不完整"),
    "a redirect": ((302, "text/plain", b""), "转到别的地址"),
    "rows that are no rows": ((200, "application/json", b'{"code":0,"data":{"rows":[1],"next":null}}'), "记录"),
}


class TestThePlatformFails:
    """poll ends with 3 and says what to do."""

    @pytest.mark.parametrize(("reply", "words"), PAGES.values(), ids=PAGES.keys())
    def test_it_answers_with(self, desk: Desk, reply: tuple[int, str, bytes], words: str) -> None:
        with SmallPlatform({}) as platform:
            platform.reply = reply
            desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
            called = desk.call("poll")
        assert called.code == 3
        assert words in called.err
        assert called.is_told

    def test_it_is_not_there(self, desk: Desk) -> None:
        desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = "http://127.0.0.1:9/exchange/v1"
        called = desk.call("poll")
        assert called.code == 3
        assert "连接不上" in called.err
        assert "Traceback" not in called.err

    def test_a_wrong_token_names_the_secret_to_renew(self, desk: Desk) -> None:
        desk.env["APPROVAL_MONITOR_CITY_TOKEN"] = "expired-0815"
        called = desk.call("poll")
        assert called.code == 3
        for word in ("令牌", "APPROVAL_MONITOR_CITY_TOKEN", "token_file", "city_token"):
            assert word in called.err
        assert "expired-0815" not in called.err + called.out
        assert called.is_told

    def test_without_a_token_nothing_is_asked(self, desk: Desk) -> None:
        del desk.env["APPROVAL_MONITOR_CITY_TOKEN"]
        called = desk.call("poll")
        assert (called.code, called.out) == (2, "")
        assert "APPROVAL_MONITOR_CITY_TOKEN" in called.err
        assert TOKEN not in called.err

    def test_the_ledger_can_be_read_without_it(self, office: Desk) -> None:
        del office.env["APPROVAL_MONITOR_CITY_TOKEN"]
        assert office.call("ledger").code == 0


class TestDebug:
    """--debug adds the traceback; the sentence and the exit code stay."""

    def test_with_it_there_is_a_traceback(self, tmp_path: Path) -> None:
        called = call(["--debug", "--config", str(tmp_path / "none"), "ledger"])
        assert called.code == 2
        assert "Traceback (most recent call last)" in called.err
        assert "配置目录不存在" in called.err.splitlines()[-2]

    def test_without_it_there_is_none(self, tmp_path: Path) -> None:
        called = call(["--config", str(tmp_path / "none"), "ledger"])
        assert called.code == 2
        assert called.is_told


@pytest.mark.slow
def test_the_demonstration(tmp_path: Path) -> None:
    called = call(["demo", "--dir", str(tmp_path / "demo"), "--days", "2"])
    assert (called.code, called.err) == (0, "")
    assert list((tmp_path / "demo" / "mails").glob("*.eml"))
    again = call(["demo", "--dir", str(tmp_path), "--days", "1"])
    assert again.code == 3
    assert again.is_told
