"""The heartbeat is given after an audit that agrees while all is well, and at no other time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import update

from monitor.jobs.auditing import audit_round
from monitor.jobs.outcome import Outcome
from monitor.jobs.slots import minute_slot, run_slot
from monitor.jobs.specs import jobs_of
from monitor.ledger.store import ITEM
from monitor.sources import SourceError
from tests.jobs.daemon_day import Day
from tests.jobs.heartbeats import Heartbeats
from tests.ledger.platform import MATTERS


def well(day: Day, text: str) -> Outcome:
    """A round of every job as the daemon runs them; what the audit came to."""
    day.at(text).poll()
    for job in jobs_of(day.app):
        if job.name not in ("poll", "audit"):
            run_slot(day.app, job.name, minute_slot(day.clock.now, 1), job.work)
    return audit_round(day.app)


def watched(day: Day, url: str) -> Day:
    """The daemon with the address of a heartbeat."""
    settings = day.app.config.settings
    audit = settings.audit.model_copy(update={"ping_url": SecretStr(url)})
    config = replace(day.app.config, settings=settings.model_copy(update={"audit": audit}))
    day.app = replace(day.app, config=config)
    return day


@pytest.fixture
def busy(day: Day) -> Day:
    """A daemon with an item that is reminded of."""
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    return day


def test_all_is_well(busy: Day) -> None:
    with Heartbeats() as service:
        outcome = well(watched(busy, service.url), "2026-11-23 10:00")
        assert (outcome.good, outcome.problems, service.paths) == (True, (), ["/ping/5ecret"])


def test_at_night_too(busy: Day) -> None:
    with Heartbeats() as service:
        well(watched(busy, service.url), "2026-11-23 10:00")
        well(busy, "2026-11-23 23:00")
        assert len(service.paths) == 2


def test_a_difference_keeps_it_back(busy: Day) -> None:
    with Heartbeats() as service:
        well(watched(busy, service.url), "2026-11-23 10:00")
        with busy.app.transactions.write() as connection:
            connection.execute(update(ITEM).values(next_at=None))
        assert not audit_round(busy.app).good
        assert len(service.paths) == 1


def test_bad_health_keeps_it_back_though_the_audit_agrees(busy: Day) -> None:
    with Heartbeats() as service:
        well(watched(busy, service.url), "2026-11-23 10:00")
        busy.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
        outcome = well(busy, "2026-11-23 11:01")
        assert (outcome.good, len(service.paths)) == (True, 1)
        assert "完整取数" in outcome.problems[0]


def test_a_relay_that_is_down_keeps_it_back(busy: Day) -> None:
    with Heartbeats() as service:
        watched(busy, service.url)
        settings = busy.app.config.settings
        there = settings.delivery.model_copy(update={"enabled": True, "port": 1, "connections": 1})
        config = replace(busy.app.config, settings=settings.model_copy(update={"delivery": there}))
        busy.app = replace(busy.app, config=config, sample_addresses=True)
        well(busy, "2026-11-23 10:00")
        well(busy, "2026-11-23 10:16")
        given = len(service.paths)
        busy.clock.now += timedelta(minutes=10)
        outcome = well(busy, "2026-11-23 10:26")
        assert len(service.paths) == given
        assert "邮件服务器" in outcome.problems[0]


def test_one_that_does_not_arrive_is_only_logged_and_its_address_is_not(busy: Day) -> None:
    with Heartbeats(status=404) as service:
        outcome = well(watched(busy, service.url), "2026-11-23 10:00")
        assert (outcome.good, len(service.paths)) == (True, 1)
    gone = well(watched(busy, service.url), "2026-11-23 10:10")
    assert gone.good
    for one in (outcome, gone):
        assert one.problems[0].startswith("心跳没有送到：")
        assert "5ecret" not in f"{one}"


def test_without_an_address_nobody_is_asked(busy: Day) -> None:
    assert well(busy, "2026-11-23 10:00").problems == ()
