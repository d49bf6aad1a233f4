"""Whether the daemon does its work, in findings."""

from datetime import timedelta

import pytest

from alerts.outbox import LEASE
from monitor.health import findings
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.jobs.slots import minute_slot, run_slot
from monitor.ledger.database import writing
from monitor.sources import SourceError
from tests.alerts.office import digest_mail, marked, moment, put
from tests.jobs.daemon_day import Day
from tests.ledger.platform import MATTERS


def worked(day: Day, text: str) -> None:
    """One good round of everything at a moment."""
    day.at(text).poll()
    for job, work in (("plan", plan_round), ("deliver", deliver_round)):
        run_slot(day.app, job, minute_slot(day.clock.now, 1), work)


def bad(day: Day) -> list[str]:
    """The beginnings of the sentences of what is not as it should be."""
    return [found.sentence.split("：")[0].split(" ")[0] for found in findings(day.app) if not found.good]


def test_a_daemon_that_never_ran_is_not_well(day: Day) -> None:
    assert bad(day) == ["完整取数", "判断", "发信"]
    assert "完整取数：从未成功" in [found.sentence for found in findings(day.app)]


@pytest.mark.parametrize(
    ("later", "wrong"),
    [
        pytest.param(0, [], id="just now all is well"),
        pytest.param(15, [], id="after fifteen minutes it still is"),
        pytest.param(16, ["发信"], id="then the delivery is missed"),
        pytest.param(60, ["发信"], id="after an hour nothing else is"),
        pytest.param(61, ["完整取数", "判断", "发信"], id="then everything is missed"),
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
        marked(connection, "one", next_try_at=moment(now) + timedelta(hours=1))
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
