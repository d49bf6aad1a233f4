"""Secrets are used and never shown; what the program writes is its owner's alone."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.office import Called, Desk, SmallPlatform, files_below

TOKEN, PASSWORD = "t0ken-of-the-platform-77", "pa55word-of-the-relay-88"


class Relay(socketserver.StreamRequestHandler):
    """A relay that asks for a login and repeats what it was given when it refuses it."""

    def handle(self) -> None:
        self.wfile.write(b"220 relay\r\n")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                self.wfile.write(b"250-relay\r\n250 AUTH PLAIN LOGIN\r\n")
            elif word == b"AUTH":
                self.wfile.write(b"535 bad " + line)
            else:
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


@pytest.fixture
def relay() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def everything(desk: Desk, called: list[Called]) -> bytes:
    """All that was said, logged and written."""
    said = "".join(one.out + one.err for one in called).encode()
    return said + b"".join(path.read_bytes() for path in files_below(desk.data) if path.is_file())


def rounds(desk: Desk, *options: str) -> list[Called]:
    commands = (
        ["poll"],
        ["plan"],
        ["deliver"],
        ["report"],
        ["audit"],
        ["health"],
        ["ledger", "--all"],
        ["check-config"],
    )
    return [desk.call(*options, *command) for command in commands]


@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["plainly", "with --debug"])
class TestNoSecretIsShown:
    """Not in what is said, not in the log, not in mails, not in the database."""

    def test_when_all_is_well(self, desk: Desk, platform: SmallPlatform, options: list[str]) -> None:
        with SmallPlatform(platform.tables, TOKEN) as trusting:
            desk.env |= {
                "APPROVAL_MONITOR_CITY_TOKEN": TOKEN,
                "APPROVAL_MONITOR__SOURCES__CITY__BASE_URL": trusting.base_url,
                "APPROVAL_MONITOR_SMTP_PASSWORD": PASSWORD,
                "APPROVAL_MONITOR__DELIVERY__USERNAME": "monitor",
                "APPROVAL_MONITOR__LOG__LEVEL": "debug",
            }
            called = rounds(desk, *options)
        assert [one.code for one in called] == [0] * len(called)
        found = everything(desk, called)
        assert TOKEN.encode() not in found
        assert PASSWORD.encode() not in found

    def test_when_both_are_refused(self, desk: Desk, relay: int, platform: SmallPlatform, options: list[str]) -> None:
        assert desk.call("poll").code == 0
        for file in ("units.toml", "monitor.toml"):
            desk.change(file, '.example"', '.test"')
        delivery = {"ENABLED": "true", "PORT": str(relay), "USERNAME": "monitor", "CONNECTIONS": "1"}
        desk.env |= {f"APPROVAL_MONITOR__DELIVERY__{name}": value for name, value in delivery.items()}
        desk.env |= {"APPROVAL_MONITOR_CITY_TOKEN": TOKEN, "APPROVAL_MONITOR_SMTP_PASSWORD": PASSWORD}
        called = rounds(desk, *options)
        assert [one.code for one in called[:3]] == [3, 0, 3]
        assert "不接受账号或密码" in called[2].err
        found = everything(desk, called)
        assert TOKEN.encode() not in found
        assert PASSWORD.encode() not in found

    def test_when_they_are_no_secrets_at_all(self, desk: Desk, options: list[str]) -> None:
        desk.env["APPROVAL_MONITOR_CITY_TOKEN"] = f"{TOKEN}\n{PASSWORD}"
        called = rounds(desk, *options)
        assert TOKEN not in "".join(one.out + one.err for one in called)
        assert PASSWORD not in "".join(one.out + one.err for one in called)


def test_applicants_contacts_are_nowhere(office: Desk) -> None:
    called = rounds(office)
    found = everything(office, called).decode("utf-8", "replace")
    assert "某某部门" in found, "the search would find it"
    assert "LXRSJH" not in found
    assert '"某某"' not in found


def test_what_is_written_is_its_owners_alone(desk: Desk, tmp_path: Path) -> None:
    rounds(desk)
    for form in ("csv", "json", "xlsx"):
        desk.call("ledger", "--format", form, "--out", str(tmp_path / f"x.{form}"))
    desk.call("report", "--week", "2026-W11", "--out", str(tmp_path / "weekly"))
    written = [*files_below(desk.data), *files_below(tmp_path / "weekly"), *tmp_path.glob("x.*")]
    assert len(written) > 8
    open_to_others = {path: oct(path.stat().st_mode) for path in written if path.stat().st_mode & 0o077}
    assert open_to_others == {}


def test_the_configuration_can_be_read_by_the_daemons_own_user(desk: Desk) -> None:
    """``init`` is called by an administrator; what it writes holds no secret."""
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in files_below(desk.folder))
