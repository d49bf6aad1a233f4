"""After two weeks of standing still: one mail a unit and audience at the present level; what was skipped is named."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reference import Entry
from tests.story import oracle
from tests.story.district import NOTICE, config_of, mails, opened, rows, working_days
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn
from tests.story.walker import Step, steps_of, take

DAYS = working_days("2022-05-16", 12)
"""The first is walked, ten are missed, on the last the daemon is back."""
BACK = at(DAYS[-1])


def steps_passed(entry: Entry) -> Iterator[str]:
    """The steps of the promised clock that lie before the one the item has reached."""
    reached = oracle.promised_step(entry)
    marks = [*oracle.REMINDERS, ("promised-yellow", 1), ("promised-red", oracle.RED_AT)]
    for name, mark in marks:
        if reached is None or name == reached[0]:
            return
        if mark >= 0 or 2 * (entry["limit"] + mark) >= entry["limit"]:
            yield name


@pytest.mark.parametrize("polling", [False, True], ids=["nothing ran", "polls went on but nothing was decided"])
def test_after_ten_working_days_there_is_one_mail_at_the_present_level(
    tmp_path: Path, stand_in: StandIn, polling: bool
) -> None:
    missed = [Step(at(day), "poll") for day in DAYS[1:-1]] if polling else []
    clock = MovedClock(BACK)
    with opened(config_of(tmp_path, stand_in), clock) as app:
        for step in [*steps_of(DAYS[:1]), *missed]:
            take(app, clock, stand_in.show, step)
        before = {notice.key for notice in rows(app, NOTICE)}
        for step in steps_of(DAYS[-1:], hours=[(9, 5)]):
            take(app, clock, stand_in.show, step)

        digests = [mail for mail in mails(app) if mail.created_at == BACK and mail.kind == "digest"]
        assert max(Counter((mail.unit, mail.audience) for mail in digests).values()) == 1
        assert len(digests) > 10

        known = oracle.ledger(BACK)
        decided = [notice for notice in rows(app, NOTICE) if notice.decided_at == BACK]
        told = {notice.key for notice in decided if not notice.passed_over and notice.clock == "promised"}
        owed = {key for key in oracle.keys_owed(known, DAYS[-1], before) if "|promised|" in key}
        assert told == owed - before

        passed = {notice.key for notice in decided if notice.passed_over and notice.clock == "promised"}
        items = {key.partition("|")[0] for key in told}
        skipped = {
            f"{item}|promised|{known[item]['due']}|{step}" for item in items for step in steps_passed(known[item])
        }
        assert passed == skipped - before
        assert len(passed) > 10
        assert all(notice.mail_key is None for notice in decided if notice.passed_over)
