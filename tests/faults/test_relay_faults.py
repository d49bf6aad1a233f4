"""A relay in a bad mood, a clock that is set back, a machine that slept: the mails come in the end, each once or as a
true twin, and nobody is flooded."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alerts.outbox import MAIL
from monitor.app import App
from monitor.jobs.rounds import deliver_round, plan_round, poll_round
from tests.faults.lives import District, districts
from tests.faults.moody import PUT_OFF, MoodyRelay
from tests.story.district import mails
from tests.story.moments import MovedClock, at

pytestmark = pytest.mark.slow
MORNING = at("2026-09-29", 9, 5)
MINUTES = timedelta(minutes=1)


@contextmanager
def office(place: Path) -> Iterator[tuple[App, MovedClock, MoodyRelay, District]]:
    """A district whose first mails are queued, and a relay to set the mood of."""
    with districts(place, 1, ["office"]) as (district,), MoodyRelay(place / "moody") as relay:
        district.relay = relay
        with district.opened(MORNING) as app:
            clock = app.clock
            assert isinstance(clock, MovedClock)
            district.server.now = MORNING
            poll_round(app)
            plan_round(app)
            yield app, clock, relay, district


def ids(relay: MoodyRelay) -> Counter[str]:
    """How often each Message-ID has arrived."""
    return Counter(str(mail.message["Message-ID"]) for mail in relay.mails)


def queued(app: App) -> set[str]:
    """The Message-IDs of what is to reach the units."""
    return {mail.message_id for mail in mails(app, MAIL.c.kind == "digest")}


def rounds(app: App, clock: MovedClock, first: datetime, minutes: range) -> None:
    """Delivery rounds at these minutes after ``first``."""
    for minute in minutes:
        clock.now = first + minute * MINUTES
        deliver_round(app)


def puts_off(relay: MoodyRelay) -> None:
    """451 to every text."""
    relay.says = PUT_OFF


def is_away(relay: MoodyRelay) -> None:
    """421 and a closed connection to everyone who calls."""
    relay.greets = False


@pytest.mark.parametrize("mood", [puts_off, is_away], ids=["4xx to every text", "it hangs up on everyone"])
def test_after_an_hour_of_trouble_every_mail_arrives_once(tmp_path: Path, mood: Callable[[MoodyRelay], None]) -> None:
    with office(tmp_path) as (app, clock, relay, _):
        owed = queued(app)
        mood(relay)
        rounds(app, clock, MORNING, range(60))
        assert not relay.mails
        assert len(owed) > 5
        # It is not asked every minute by every mail: the waits grow.
        assert relay.asked <= 7 * len(owed)
        relay.says, relay.greets = "250 OK", True
        rounds(app, clock, MORNING, range(60, 240, 5))
        arrived = ids(relay)
        assert owed <= set(arrived)
        assert set(arrived.values()) == {1}


def test_a_relay_that_hangs_up_with_the_text_gets_cards_twice_at_the_most_and_reminders_once(tmp_path: Path) -> None:
    with office(tmp_path) as (app, clock, relay, _):
        owed = queued(app)
        relay.says = None
        rounds(app, clock, MORNING, range(0, 120, 10))
        arrived = ids(relay)
        assert owed <= set(arrived)
        levels = {mail.message_id: mail.level for mail in mails(app, MAIL.c.kind == "digest")}
        assert set(levels.values()) >= {"reminder", "yellow_card"}
        for message_id, level in levels.items():
            assert arrived[message_id] == (1 if level == "reminder" else 2), level
        assert {mail.state for mail in mails(app, MAIL.c.message_id.in_(owed))} == {"unknown"}


def test_a_relay_that_takes_one_mail_a_connection_gets_each_once(tmp_path: Path) -> None:
    with office(tmp_path) as (app, clock, relay, _):
        relay.one_mail = True
        rounds(app, clock, MORNING, range(0, 30, 5))
        assert queued(app) <= set(ids(relay))
        assert set(ids(relay).values()) == {1}


def test_a_clock_set_back_by_an_hour_sends_nothing_twice_and_holds_nothing_up(tmp_path: Path) -> None:
    with office(tmp_path) as (app, clock, relay, district):
        relay.says = PUT_OFF
        rounds(app, clock, MORNING + 60 * MINUTES, range(10))
        relay.says = "250 OK"
        for minute in range(0, 70, 10):
            clock.now = district.server.now = MORNING + minute * MINUTES
            poll_round(app)
            plan_round(app)
            deliver_round(app)
        arrived = ids(relay)
        assert queued(app) <= set(arrived)
        assert set(arrived.values()) == {1}
        assert {mail.state for mail in mails(app, MAIL.c.kind == "digest")} <= {"sent", "dropped"}


def test_after_a_week_asleep_over_national_day_there_is_one_mail_a_unit_and_audience(tmp_path: Path) -> None:
    with office(tmp_path) as (app, clock, relay, district):
        rounds(app, clock, MORNING, range(1))
        before = ids(relay)
        # Asleep from 29 September; woken on a day off, on which nothing may leave, and then on the first day worked.
        for moment in (at("2026-10-07", 10, 0), at("2026-10-08", 8, 59), at("2026-10-08", 9, 0)):
            clock.now = district.server.now = moment
            poll_round(app)
            plan_round(app)
            deliver_round(app)
            if moment < at("2026-10-08", 9, 0):
                assert ids(relay) == before
        woken = [mail for mail in mails(app, MAIL.c.kind == "digest") if mail.created_at >= at("2026-10-08", 9, 0)]
        assert woken
        assert max(Counter((mail.unit, mail.audience) for mail in woken).values()) == 1
        assert {mail.message_id for mail in woken if mail.state == "sent"} <= set(ids(relay))
        assert set(ids(relay).values()) == {1}
