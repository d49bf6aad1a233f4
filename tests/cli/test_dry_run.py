"""--dry-run: the same path, nothing stored, nothing sent."""

import shutil
from pathlib import Path

import pytest

from tests.cli.office import Desk, Rows, SmallPlatform


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders for rehearsed mails are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.mark.parametrize("command", ["poll", "plan", "deliver", "report"])
@pytest.mark.parametrize("before", [[], ["plan"], ["plan", "report"]], ids=["fresh", "planned", "planned and reported"])
def test_nothing_is_stored(office: Desk, command: str, before: list[str]) -> None:
    for name in before:
        office.call(name)
    dump, files = office.dump(), sorted(path.name for path in office.data.iterdir())
    called = office.call(command, "--dry-run")
    assert (called.code, called.err) == (0, "")
    assert office.dump() == dump
    assert [name for name in sorted(path.name for path in office.data.iterdir()) if name not in files] == []
    assert office.kept() == []


def test_a_poll_says_what_it_would_bring(desk: Desk) -> None:
    desk.call("ledger")
    dump = desk.dump()
    assert "读到 21 行" in desk.call("poll", "--dry-run").out
    assert desk.dump() == dump
    assert "读到 21 行" in desk.call("poll").out


def test_a_poll_that_fails_stores_nothing_either(office: Desk) -> None:
    dump = office.dump()
    with SmallPlatform({}) as platform:
        platform.reply = (500, "text/plain", b"")
        office.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
        assert office.call("poll", "--dry-run").code == 3
    assert office.dump() == dump


def test_a_plan_lists_what_a_real_one_then_sends(office: Desk, scratch: Path) -> None:
    rehearsed = office.call("plan", "--dry-run").out
    names = {path.name: path.read_bytes() for path in scratch.rglob("*.eml")}
    office.call("plan")
    office.call("deliver")
    assert "区水务局" in rehearsed
    assert "[kept]" in rehearsed
    assert names == {path.name: path.read_bytes() for path in (office.data / "kept-mails").glob("*.eml")}
    assert len(names) == rehearsed.count("[kept]") > 0


def test_a_plan_says_for_machines_whom_it_would_tell_what_and_why(office: Desk, scratch: Path) -> None:
    called = office.call("plan", "--dry-run", "--format", "json")
    assert (called.code, called.err) == (0, "")
    found = called.json
    sizes = sorted(path.stat().st_size for path in scratch.rglob("*.eml"))
    assert sorted(mail["size"] for mail in found["mails"]) == sizes
    assert found["reasons"]["step_reached"]["count"] > 0
    assert found["reasons"]["step_reached"]["words"] == "到达提醒节点"
    digests = [mail for mail in found["mails"] if mail["kind"] == "digest"]
    assert digests
    for mail in digests:
        assert mail["to"]
        assert mail["unit"] in mail["subject"] or mail["audience"] == "督办专员"
        assert mail["items"] == len({line["item"] for line in mail["lines"]}) > 0
        assert sum(mail["levels"].values()) == len(mail["lines"])
        assert all(line["why"] and line["step"] for line in mail["lines"])


def test_a_plan_shows_sizes_levels_and_the_reason_of_each_line(office: Desk) -> None:
    out = office.call("plan", "--dry-run").out
    assert " KB　[kept]" in out
    assert "A-overdue　审批·督办·红牌：" in out


def test_without_dry_run_there_is_nothing_to_preview(office: Desk) -> None:
    called = office.call("plan", "--format", "json")
    assert (called.code, called.out) == (2, "")
    assert "--dry-run" in called.err


def test_with_the_true_clock_the_list_is_there_too(desk: Desk, scratch: Path) -> None:
    """In working hours; outside of them nothing is decided, and the sentence says so."""
    rows = Rows()
    rows.item("long-overdue", (3, "2026-03-03 09:00:00"))
    with SmallPlatform(rows.tables) as platform:
        desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
        desk.change("policy.toml", 'start = "09:00"', 'start = "00:00"')
        desk.change("policy.toml", 'end = "17:30"', 'end = "23:59"')
        desk.call("poll", now=None)
    out = desk.call("plan", "--dry-run", now=None).out
    assert "不在发信时段" in out or "[kept]" in out


def test_no_empty_folder_is_left(office: Desk, scratch: Path) -> None:
    office.call("poll", "--dry-run")
    office.call("deliver", "--dry-run")
    assert list(scratch.iterdir()) == []


def test_a_first_dry_run_makes_no_mails_of_an_empty_ledger(desk: Desk) -> None:
    assert desk.call("plan", "--dry-run").code == 0
    shutil.rmtree(desk.data)
    assert desk.call("deliver", "--dry-run").code == 0
    assert desk.kept() == []


def test_a_changed_policy_is_not_even_noted(office: Desk) -> None:
    office.call("ledger")
    dump = office.dump()
    office.change("policy.toml", "acceptance = 5", "acceptance = 4")
    for command in ("poll", "plan", "deliver", "report"):
        assert office.call(command, "--dry-run").code == 0
    assert office.dump() == dump
    office.call("plan")
    assert office.dump() != dump
