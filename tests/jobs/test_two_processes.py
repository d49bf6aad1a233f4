"""Two processes on one ledger, one of them slower or of the calendar before: nothing is told twice, nothing lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from config.overlay import DayRule
from monitor.app import App, build, rehearsed
from monitor.jobs.polling import settle_all
from monitor.ledger import standing
from monitor.ledger.anew import Anew
from monitor.ledger.read import dirty_ids
from monitor.ledger.settle import former_of, settle
from monitor.ledger.store import ITEM
from monitor.ledger.transactions import Real
from monitor.replay.past import hide
from tests.jobs.daemon_day import Day, day_of

MORNINGS = [f"2026-03-{number:02} 09:05" for number in (2, 3, 4, 5, 6, 9, 10, 11)]


@pytest.fixture
def march(tmp_path: Path) -> Iterator[Day]:
    """The parts of a daemon on Monday, 2 March 2026, at 09:00, with an empty ledger."""
    made = day_of(tmp_path, "2026-03-02 09:00")
    yield made
    made.app.engine.dispose()


def walk(day: Day, mornings: list[str]) -> None:
    """A whole round each morning."""
    for morning in mornings:
        day.at(morning)
        settle_all(day.app, day.clock.now)
        day.poll()
        day.plan()
        day.deliver()


def off_on(day: Day, off: date) -> App:
    """The program with another calendar, on the same ledger."""
    rule = DayRule(off, working=False, name="本区放假")
    return build(replace(day.app.config, overlay={off: rule}), day.clock, engine=day.app.engine)


def told(day: Day) -> list[tuple[str, str]]:
    """The lines of all mails: for whom, key."""
    return [(str(mail.audience), line["key"]) for mail in day.mails("digest") for line in mail.payload["lines"]]


def planned(day: Day, moment: str) -> list[tuple[str, str]]:
    """The lines that a round at ``moment`` adds."""
    before = len(told(day))
    day.at(moment)
    settle_all(day.app, day.clock.now)
    day.plan()
    day.deliver()
    return told(day)[before:]


def test_a_process_of_the_calendar_before_leaves_the_judging_to_the_new_one(march: Day) -> None:
    march.item("A", "2026-03-02 08:30:00", "2026-03-02 08:40:00", SXBLSX=10)
    walk(march, MORNINGS)
    assert ("handler", "A|promised|2026-03-16|promised-in-3") in told(march)
    old = march.app
    march.app = off_on(march, date(2026, 3, 13))
    march.at("2026-03-11 10:00").app.prepare(march.clock.now)
    assert settle(old.transactions, old.standards, march.clock.now) == 0  # a poll of the old one comes to its end
    assert planned(march, "2026-03-11 10:05") == []
    [item] = march.rows(ITEM)
    assert item.due == date(2026, 3, 17)


def test_a_process_that_judges_late_arms_nothing_that_was_told_meanwhile(march: Day) -> None:
    march.item("A", "2026-03-02 08:30:00", "2026-03-02 08:40:00", SXBLSX=3)
    walk(march, [*MORNINGS, "2026-03-12 09:05"])
    march.app = off_on(march, date(2026, 3, 10))
    march.at("2026-03-12 10:00").app.prepare(march.clock.now)
    with march.app.transactions.read() as connection:
        former = former_of(standing.former_calendar(connection), march.app.standards)
        slow, ids = Anew(march.app.standards, march.clock.now, "日历变更", former=former), dirty_ids(connection)
    # By the new calendar it is red no more than yellow: the yellow card is told afresh, once.
    assert {key for _, key in planned(march, "2026-03-12 10:01")} == {"A|promised|2026-03-05|promised-yellow"}
    with march.app.transactions.write() as connection:
        slow.settle(connection, ids)
    assert planned(march, "2026-03-12 10:10") == []


@dataclass
class _Interrupted:
    """Transactions; before the write with this number something happens."""

    real: Real
    number: int
    happens: Any
    writes: int = 0

    def read(self) -> Any:
        return self.real.read()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.writes += 1
        if self.writes == self.number:
            self.happens()
        with self.real.write() as connection:
            yield connection


@pytest.mark.parametrize("number", range(1, 6))
def test_a_plan_writes_nothing_over_what_was_judged_since_it_looked(march: Day, number: int) -> None:
    march.item("A", "2026-03-02 08:30:00", "2026-03-02 08:40:00", SXBLSX=20)
    march.poll()
    app = march.app

    def closed_meanwhile() -> None:
        march.clock.now += timedelta(seconds=1)
        march.event("A", 14, "2026-03-02 08:50:00")
        march.poll()

    between = _Interrupted(Real(app.engine), number, closed_meanwhile)
    march.app = replace(app, transactions=between)
    march.plan()
    if between.writes < number:
        closed_meanwhile()
    [item] = march.rows(ITEM)
    assert (item.closed_on, item.state, item.next_at) == (date(2026, 3, 2), "done_on_time", None)


def test_a_replay_while_a_change_is_still_being_judged_begins_from_nothing(march: Day, tmp_path: Path) -> None:
    march.item("A", "2026-03-02 08:30:00", "2026-03-02 08:40:00", SXBLSX=3)
    walk(march, MORNINGS[:1])
    march.app = off_on(march, date(2026, 3, 4))
    march.app.prepare(march.clock.now)
    with rehearsed(march.app, tmp_path / "replay") as copy:
        with copy.transactions.write() as connection:
            hide(connection, {})
        settle_all(copy, march.clock.now)
        with copy.transactions.read() as connection:
            assert (standing.reason(connection), standing.former_calendar(connection)) == (None, None)
