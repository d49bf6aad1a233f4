"""kill -9 at any moment, and a start on the same step: the mails are those of a walk that nobody disturbed."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.kills import Relay, Story
from tests.story.district import NOTICE, config_of, contents, mails, opened, rows, working_days
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[tuple[Relay, Relay]]:
    """Two relays: of the walk that is killed and of the one that is not."""
    with ExitStack() as stack:
        yield (
            stack.enter_context(Relay(tmp_path / "killed-mails")),
            stack.enter_context(Relay(tmp_path / "whole-mails")),
        )


def check_same(killed: Story, whole: Story) -> int:
    """Nothing lost, nothing else, nothing different, every twin a true one; returns the number of twins."""
    ours, theirs = killed.relay.arrived, whole.relay.arrived
    assert ours.keys() == theirs.keys()
    for message_id, copies in ours.items():
        assert set(copies) == set(theirs[message_id]), message_id
    assert all(len(copies) == 1 for copies in theirs.values())
    assert ledger_of(killed) == ledger_of(whole)
    return sum(len(copies) - 1 for copies in ours.values())


def ledger_of(story: Story) -> object:
    """What the ledger holds at the end: items, notices, the outbox."""
    config = config_of(story.place, story.stand_in, story.relay.port)
    with opened(config, MovedClock(at("2026-01-01"))) as app:
        notices = [tuple(notice) for notice in rows(app, NOTICE)]
        outbox = sorted((mail.key, mail.state, mail.subject, str(mail.sent_at)) for mail in mails(app))
        assert {state for _, state, _, _ in outbox} <= {"sent", "dropped"}
        return contents(app), sorted(map(str, notices)), outbox


def test_killed_while_it_polls_and_while_it_sends_the_mails_are_the_same(
    tmp_path: Path, stand_in: StandIn, relays: tuple[Relay, Relay]
) -> None:
    days = working_days("2022-03-28", 1)
    killed = Story(tmp_path / "killed", stand_in, relays[0], days)
    killed.killed_as_it_begins()
    assert killed.killed_at_mail(5)
    killed.to_the_end()
    whole = Story(tmp_path / "whole", stand_in, relays[1], days)
    whole.undisturbed()
    # A mail that is being handed over on each of the four connections can be a twin.
    assert 1 <= check_same(killed, whole) <= 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_killed_at_random_moments_of_three_weeks_the_mails_are_the_same(
    tmp_path: Path, stand_in: StandIn, relays: tuple[Relay, Relay], seed: int
) -> None:
    days = working_days("2022-05-09", 15)
    killed = Story(tmp_path / "killed", stand_in, relays[0], days)
    killed.killed_at_random(random.Random(seed), 45, longest=1.6)
    # How many there is time for depends on how fast the machine walks.
    assert killed.kills >= 10
    whole = Story(tmp_path / "whole", stand_in, relays[1], days)
    whole.undisturbed()
    twins = check_same(killed, whole)
    print(f"{killed.kills} kills, {len(killed.relay.arrived)} mails, {twins} twins")
    assert twins <= 4 * killed.kills
