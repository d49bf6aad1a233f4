"""audit and health as commands: what they print, as text and as JSON, and their exit codes."""

import sqlite3
from contextlib import closing

import pytest

from tests.cli.office import Desk

NIGHT = "2026-03-20 22:00"


@pytest.fixture
def well(office: Desk) -> Desk:
    """An office whose rounds have all been run."""
    for command in ("plan", "report", "deliver"):
        assert office.call(command).code == 0
    return office


def spoil(desk: Desk) -> None:
    """An open item that nobody will look at again."""
    with closing(sqlite3.connect(desk.ledger)) as raw, raw:
        assert raw.execute("UPDATE item SET next_at = NULL WHERE item = 'H-other-unit'").rowcount == 1


def test_an_audit_that_agrees(well: Desk) -> None:
    called = well.call("audit")
    assert (called.code, called.err) == (0, "")
    assert called.out.startswith("相符：核对在办 ")
    found = well.call("audit", "--format", "json").json
    assert (found["agrees"], found["differences"]) == (True, [])
    assert found["items"] > 4


def test_a_difference_is_named_with_what_to_do_and_mended(well: Desk) -> None:
    spoil(well)
    called = well.call("audit")
    assert called.code == 1
    assert "H-other-unit 应在 2026-" in called.out
    assert "approval-monitor audit --mend" in called.out
    [found] = well.call("audit", "--format", "json", "--mend").json["differences"]
    assert (found["kind"], found["item"]) == ("unwatched", "H-other-unit")
    assert well.call("plan").code == 0
    assert well.call("audit").code == 0


def test_a_dry_run_keeps_nothing_of_it(well: Desk) -> None:
    spoil(well)
    dump = well.dump()
    assert well.call("audit", "--dry-run", "--mend").code == 1
    assert well.dump() == dump


def test_by_night_only_mails_are_looked_at(well: Desk) -> None:
    spoil(well)
    called = well.call("audit", now=NIGHT)
    assert (called.code, "不在发信时段，只核对信件" in called.out) == (0, True)


def test_health_is_for_machines_too(well: Desk) -> None:
    assert {finding["name"] for finding in well.call("health", "--format", "json").json if not finding["good"]} == {
        "audit"
    }
    assert well.call("audit").code == 0
    called = well.call("health", "--format", "json")
    assert called.code == 0
    assert {finding["name"] for finding in called.json} >= {"data", "plan", "deliver", "relay", "queue", "audit"}
    assert all({"name", "good", "sentence", "value"} == set(finding) for finding in called.json)
    spoil(well)
    well.call("audit")
    called = well.call("health")
    assert called.code == 1
    assert "异常  自查：03-20 10:00 发现 1 处不符，详见 approval-monitor audit" in called.out
