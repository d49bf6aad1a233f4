"""A process that ends at any moment loses no mail, sends none that is not owed, and what it sends twice is a true twin.

Needs nothing but this repository: the platform is the demonstration's.
"""

import random
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.outbox import MAIL
from alerts.tables import Letter
from tests.faults.kills import Arrived
from tests.faults.lives import District, Point, districts
from tests.story.district import NOTICE, contents, rows
from tests.story.walker import Step

LETTER = Letter.__table__  # type: ignore[attr-defined]

SEEDS = range(1, 9)
LIVES = 125
"""Lives ended for each seed: a thousand in all."""


def check_same(ended: District, whole: District) -> int:
    """The same mails to the same people in the same words, and the same ledger. Returns the number of twins."""
    ours, theirs = ended.relay.arrived, whole.relay.arrived
    assert ours.keys() == theirs.keys()
    assert all(len(copies) == 1 for copies in theirs.values())
    for message_id, copies in ours.items():
        assert len(set(copies)) == 1, message_id
        assert copies[0] == theirs[message_id][0] or told(copies[0]) == told(theirs[message_id][0]), message_id
    assert ledger_of(ended) == ledger_of(whole)
    return sum(len(copies) - 1 for copies in ours.values())


def told(mail: Arrived) -> tuple[tuple[str, ...], str]:
    """Whom a weekly report went to and its text, but for how often the platform was asked: who was ended asks again."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["X-Approval-Unit"] == "逾期周报"
    text = message.get_body(("plain",))
    assert text is not None
    return mail.recipients, re.sub(r"取数 \d+ 次", "取数若干次", str(text.get_content()))


def ledger_of(district: District) -> object:
    """Items, notices and the outbox as they stand at the end."""
    with district.opened(district.steps[-1].now) as app:
        with app.transactions.read() as connection:
            found = connection.execute(select(MAIL.c.key, MAIL.c.state, MAIL.c.subject, MAIL.c.sent_at))
            outbox = sorted(map(str, found))
        notices = sorted(str(tuple(notice)) for notice in rows(app, NOTICE))
        letters = sorted((one.reference, one.mail_key) for one in rows(app, LETTER))
        numbers = sorted(one.number for one in rows(app, LETTER))
        assert numbers == list(range(1, len(numbers) + 1))
        return contents(app), notices, outbox, letters


@pytest.mark.parametrize(
    ("seed", "lives", "days"),
    [(0, 10, 1), *(pytest.param(seed, LIVES, 4, marks=pytest.mark.slow) for seed in SEEDS)],
    ids=["a sample", *(f"seed {seed} of a thousand lives" for seed in SEEDS)],
)
def test_ended_at_random_moments_the_mails_are_those_of_an_undisturbed_walk(
    tmp_path: Path, seed: int, lives: int, days: int
) -> None:
    with districts(tmp_path, days, ["ended", "whole"]) as (ended, whole):
        seconds = whole.undisturbed()
        ended.ended_at_random(random.Random(seed), lives, seconds)
        # How many there is room for depends on how often a life comes to the end of its step.
        assert ended.kills.total() >= lives // 2
        twins = check_same(ended, whole)
        print(f"{ended.kills.total()} lives ended, {len(whole.relay.mails)} mails, {twins} twins: {dict(ended.kills)}")
        # Four connections hand over at once, so the end of a life can make four twins at the most.
        assert twins <= 4 * ended.kills.total()


POINTS = {
    "before the plan is stored": ("plan", Point("INSERT INTO notice")),
    "in the middle of the plan": ("plan", Point("INSERT INTO mail", 3)),
    "when the plan is stored": ("plan", Point("INSERT INTO mail", 1, committed=True)),
    "before a claim": ("deliver", Point("UPDATE mail SET state")),
    "after a claim": ("deliver", Point("UPDATE mail SET state", 1, committed=True)),
    "between two mails": ("deliver", Point("UPDATE mail SET state", 6, committed=True)),
    "before the mark": ("deliver", Point("UPDATE mail SET state=.*outcome", 1)),
    "after the mark": ("deliver", Point("UPDATE mail SET state=.*outcome", 1, committed=True)),
}


@pytest.mark.slow
@pytest.mark.parametrize("where", POINTS)
def test_ended_at_a_named_moment_the_mails_are_those_of_an_undisturbed_walk(tmp_path: Path, where: str) -> None:
    job, point = POINTS[where]
    with districts(tmp_path, 1, ["ended", "whole"], letters=True) as (ended, whole):
        whole.undisturbed()
        with ended.forking() as lives:
            for step in ended.steps:
                # Ended at the same place again and again, it still gets on when it is let.
                met = [step.job == job and lives.ended_at(step, point) for _ in range(3)]
                assert not met[0] or met[2] or job == "deliver", step
                lives.whole(step)
        assert ended.kills.total() >= 1
        assert check_same(ended, whole) <= 4 * ended.kills.total()


@pytest.mark.slow
def test_ended_after_each_mail_the_relay_took_every_mail_arrives(tmp_path: Path) -> None:
    with districts(tmp_path, 1, ["ended", "whole"]) as (ended, whole):
        whole.undisturbed()
        with ended.forking() as lives:
            for step in ended.steps:
                while step.job == "deliver" and lives.ended_with_mail(step, 3) and ended.kills.total() < 40:
                    pass
                lives.whole(step)
        assert ended.kills["after DATA"] >= 5
        assert check_same(ended, whole) >= ended.kills["after DATA"]


@pytest.mark.slow
def test_a_step_that_is_done_does_nothing_when_it_is_begun_again(tmp_path: Path) -> None:
    with districts(tmp_path, 1, ["twice", "whole"]) as (twice, whole):
        whole.undisturbed()
        with twice.forking() as lives:
            steps: list[Step] = [step for step in twice.steps for _ in range(2)]
            for step in steps:
                lives.whole(step)
        assert check_same(twice, whole) == 0
