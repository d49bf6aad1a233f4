"""Whether the daemon does its work, in findings."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.outbox import LEASE
from monitor.demo.catcher import Catcher
from monitor.health import findings
from monitor.jobs.auditing import audit_round
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.jobs.slots import minute_slot, run_slot
from monitor.ledger.database import writing
from monitor.reporting.sending import report_round
from monitor.sources import SourceError
from tests.alerts.office import digest_mail, marked, moment, operator_mail, put
from tests.jobs.daemon_day import Day
from tests.ledger.platform import MATTERS

JOBS = (("plan", plan_round), ("report", report_round), ("deliver", deliver_round), ("audit", audit_round))


def worked(day: Day, text: str) -> None:
    """One good round of everything at a moment."""
    day.at(text).poll()
    for job, work in JOBS:
        run_slot(day.app, job, minute_slot(day.clock.now, 1), work)


def bad(day: Day) -> list[str]:
    """The beginnings of the sentences of what is not as it should be."""
    return [found.sentence.split("：")[0].split(" ")[0] for found in findings(day.app) if not found.good]


def test_a_daemon_that_never_ran_is_not_well(day: Day) -> None:
    assert bad(day) == ["完整取数", "判断", "发信", "自查"]
    assert "完整取数：从未成功" in [found.sentence for found in findings(day.app)]


@pytest.mark.parametrize(
    ("later", "wrong"),
    [
        pytest.param(0, [], id="just now all is well"),
        pytest.param(15, [], id="after fifteen minutes it still is"),
        pytest.param(16, ["发信"], id="then the delivery is missed"),
        pytest.param(60, ["发信"], id="after an hour nothing else is"),
        pytest.param(61, ["完整取数", "判断", "发信"], id="then everything but the audit is missed"),
        pytest.param(180, ["完整取数", "判断", "发信"], id="after three hours the audit is not"),
        pytest.param(181, ["完整取数", "判断", "发信", "自查"], id="then it is"),
    ],
)
def test_how_old_the_last_good_round_may_be(day: Day, later: int, wrong: list[str]) -> None:
    worked(day, "2026-11-23 10:00")
    day.clock.now += timedelta(minutes=later)
    assert bad(day) == wrong


def test_rounds_that_go_badly_do_not_count(day: Day) -> None:
    worked(day, "2026-11-23 10:00")
    day.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
    for minute in range(10, 60, 10):
        worked(day, f"2026-11-23 10:{minute}")
    worked(day, "2026-11-23 11:05")
    assert bad(day) == ["完整取数"]


@pytest.mark.parametrize(
    ("queued", "now", "wrong"),
    [
        pytest.param("2026-11-23 10:00", "2026-11-23 12:00", [], id="a mail that waits for two hours is not late"),
        pytest.param("2026-11-23 10:00", "2026-11-23 12:01", ["待发信件"], id="one that waits longer is"),
        pytest.param("2026-11-20 17:20", "2026-11-21 12:00", [], id="over the weekend none is late"),
    ],
)
def test_a_mail_that_waits_too_long_in_working_hours_is_noticed(
    day: Day, queued: str, now: str, wrong: list[str]
) -> None:
    day.at(queued)
    put(day.app.engine, digest_mail("one"), at=day.clock.now)
    with writing(day.app.engine) as connection:
        marked(connection, "one", next_try_at=moment(now) + timedelta(hours=1), attempts=5)
    worked(day, now)
    assert bad(day) == wrong


def test_mails_of_unknown_outcome_and_failed_ones_are_shown(day: Day) -> None:
    put(day.app.engine, digest_mail("a"), digest_mail("b"), digest_mail("c"))
    with writing(day.app.engine) as connection:
        marked(connection, "a", state="unknown")
        marked(connection, "b", state="failed")
        marked(connection, "c", state="sending", owner="elsewhere:1:1", lease_until=day.clock.now + LEASE)
    sentences = [found.sentence for found in findings(day.app)]
    assert "结果不明 1 封，发送失败 1 封" in sentences
    assert any(sentence.startswith("待发信件 1 封，最早一封 11-19 09:00 起等待") for sentence in sentences)


def mails_go_to(day: Day, port: int) -> None:
    """From now on mails leave for a relay on this machine."""
    settings = day.app.config.settings
    there = settings.delivery.model_copy(update={"enabled": True, "port": port, "connections": 1})
    config = replace(day.app.config, settings=settings.model_copy(update={"delivery": there}))
    day.app = replace(day.app, config=config, sample_addresses=True)


def test_a_relay_that_takes_nothing_is_noticed_though_rounds_in_between_find_nothing_due(
    day: Day, tmp_path: Path
) -> None:
    with Catcher(tmp_path / "mails") as gone:
        nobody_listens = gone.port
    worked(day, "2026-11-23 09:50")
    mails_go_to(day, nobody_listens)
    day.at("2026-11-23 10:00")
    put(day.app.engine, operator_mail("one"), at=day.clock.now)
    outcomes = []
    for minute in range(16):
        worked(day, f"2026-11-23 10:{minute:02d}")
        outcomes.append([finding.good for finding in findings(day.app) if finding.name == "relay"])
    assert outcomes == [[True]] * 16
    worked(day, "2026-11-23 10:16")
    assert bad(day) == ["邮件服务器"]
    [relay] = [finding for finding in findings(day.app) if finding.name == "relay"]
    assert (relay.value, "11-23 10:00 起不可用" in relay.sentence) == (16, True)
    with Catcher(tmp_path / "mails") as back:
        mails_go_to(day, back.port)
        worked(day, "2026-11-23 10:40")
        assert ([mail.state for mail in day.mails() if mail.key == "one"], bad(day)) == (["sent"], [])


def test_an_audit_that_found_something_is_told_until_one_agrees(day: Day) -> None:
    day.at("2026-11-23 10:00")
    put(day.app.engine, digest_mail("one", level="reminder"), at=moment("2026-11-20 10:00"))
    with writing(day.app.engine) as connection:
        marked(connection, "one", next_try_at=moment("2026-11-23 11:00"), attempts=5)
    worked(day, "2026-11-23 10:00")
    [audit] = [finding for finding in findings(day.app) if finding.name == "audit"]
    assert (audit.good, audit.value) == (False, 1)
    worked(day, "2026-11-23 12:30")
    assert [finding.good for finding in findings(day.app) if finding.name == "audit"] == [True]
