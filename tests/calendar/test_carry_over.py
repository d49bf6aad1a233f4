"""A due date that a change of the calendar moved: which notices count for the new date too."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from alerts.notice import notice_key
from alerts.notices import CARRIED, LIT_AGAIN, NOTICE, Moved, carry_over, told_among
from monitor.ledger.database import reading, writing
from tests.alerts.office import case, day, digest_mail, line, marked, moment, put
from tests.ledger.fresh import fresh_ledger

OLD, NEW = day("2015-09-07"), day("2015-09-08")
NOW = moment("2015-09-02 10:00")
MOVED = Moved("A", "promised", OLD, NEW, same_light=True)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()


def sent(
    engine: Engine, step: str, *, item: str = "A", clock: str = "promised", repeat: int = 0, **columns: Any
) -> str:
    """A notice of the old due date; gives its key."""
    key = notice_key(item, clock, OLD, step, repeat)
    row = {"key": key, "item": item, "clock": clock, "step": step, "level": "reminder", "unit": "110116SWJ"}
    row |= {"passed_over": False, "mail_key": "digest|1", "reason": "step_reached", "decided_at": NOW}
    with writing(engine) as connection:
        connection.execute(NOTICE.insert().values(**{**row, **columns}))
    return key


def carried(engine: Engine, *moves: Moved) -> int:
    """Carries over; gives how many notices were."""
    with writing(engine) as connection:
        return carry_over(connection, moves, NOW)


def notices(engine: Engine) -> dict[str, Any]:
    """The notices by key."""
    with reading(engine) as connection:
        return {row.key: row for row in connection.execute(select(NOTICE))}


def test_with_the_same_light_a_notice_counts_for_the_new_date_too(engine: Engine) -> None:
    old = sent(engine, "promised-in-3")
    assert carried(engine, MOVED) == 1
    found = notices(engine)
    assert set(found) == {old, "A|promised|2015-09-08|promised-in-3"}
    new = found["A|promised|2015-09-08|promised-in-3"]
    assert (new.reason, new.mail_key, new.unit) == (CARRIED, "digest|1", "110116SWJ")


def test_doing_it_again_changes_nothing(engine: Engine) -> None:
    sent(engine, "promised-in-3")
    carried(engine, MOVED)
    before = notices(engine)
    assert carried(engine, MOVED) == 0
    assert notices(engine) == before


def test_repetitions_and_steps_passed_over_are_carried_as_what_they_are(engine: Engine) -> None:
    sent(engine, "promised-red", repeat=2)
    sent(engine, "promised-today", passed_over=True, mail_key=None)
    carried(engine, MOVED)
    found = notices(engine)
    assert "A|promised|2015-09-08|promised-red#2" in found
    assert found["A|promised|2015-09-08|promised-today"].passed_over


def test_where_the_light_has_changed_the_steps_of_the_new_date_are_owed_afresh(engine: Engine) -> None:
    old = sent(engine, "promised-in-3")
    assert carried(engine, Moved("A", "promised", OLD, NEW, same_light=False)) == 0
    assert set(notices(engine)) == {old}


def test_where_only_the_light_has_changed_they_are_too_and_the_old_notices_stay_on_record(engine: Engine) -> None:
    old = sent(engine, "promised-in-3")
    carried(engine, Moved("A", "promised", OLD, OLD, same_light=False))
    [found] = notices(engine).values()
    assert found.key != old
    assert found.key.startswith(old)
    assert found.reason == LIT_AGAIN


def test_other_clocks_and_items_are_left_alone(engine: Engine) -> None:
    kept = {sent(engine, "statutory", clock="statutory"), sent(engine, "promised-in-3", item="B")}
    assert carried(engine, MOVED) == 0
    assert set(notices(engine)) == kept


def test_each_clock_of_an_item_is_carried_by_its_own_move(engine: Engine) -> None:
    sent(engine, "promised-in-3")
    sent(engine, "acceptance-in-1", clock="acceptance")
    lit = Moved("A", "acceptance", OLD, NEW, same_light=False)
    assert carried(engine, MOVED, lit) == 1
    assert "A|acceptance|2015-09-08|acceptance-in-1" not in notices(engine)


@pytest.mark.parametrize(
    ("state", "counts"), [("pending", 0), ("sending", 0), ("sent", 1), ("kept", 1), ("unknown", 1)]
)
def test_a_notice_whose_mail_still_waits_is_owed_afresh(engine: Engine, state: str, counts: int) -> None:
    told = line(case(-3, item="A", due=OLD), "promised-in-3")
    assert told.key == sent(engine, "promised-in-3")
    put(engine, digest_mail("digest|1", told))
    with writing(engine) as connection:
        marked(connection, "digest|1", state=state)
    assert carried(engine, MOVED) == counts


@pytest.mark.parametrize(
    "key",
    [
        "A|promised|2015-09-09|promised-in-3",
        "A|statutory|2015-09-07|x",
        "AB|promised|2015-09-07|x",
        "A|promised|2015-09-07|promised-in-3|dropped|2015-09-01T01:00:00+00:00",
    ],
)
def test_only_a_notice_of_this_item_clock_and_date_is_carried(engine: Engine, key: str) -> None:
    item, clock, *_ = key.split("|")
    sent(engine, "promised-in-3", item=item, clock=clock, key=key)
    assert carried(engine, MOVED) == 0
    assert set(notices(engine)) == {key}


def test_of_an_item_something_was_told_if_there_is_a_notice_of_that_due_date_or_a_later_one(engine: Engine) -> None:
    def told(due: date | None = None) -> set[str]:
        with reading(engine) as connection:
            return told_among(connection, ["A", "B"], due)

    sent(engine, "promised-in-3")
    assert told() == {"A"}
    assert [told(OLD + timedelta(days=days)) for days in (-1, 0, 1)] == [{"A"}, {"A"}, set()]


@pytest.mark.parametrize("item", ["A|B", "A%", "A_", "A'", 'A"', "A\\", "A}", "A~", "督办😀", "A B"])
def test_an_item_may_be_called_anything(engine: Engine, item: str) -> None:
    sent(engine, "promised-in-3", item=item)
    sent(engine, "promised-in-3", item=item + "0")
    assert carried(engine, replace(MOVED, item=item)) == 1
    assert f"{item}|promised|2015-09-08|promised-in-3" in notices(engine)
    with reading(engine) as connection:
        assert told_among(connection, [item, "A"]) == {item}


def test_what_was_told_after_the_change_is_not_armed_again(engine: Engine) -> None:
    old = sent(engine, "promised-in-3", decided_at=NOW - timedelta(days=1))
    new = sent(engine, "promised-yellow", decided_at=NOW + timedelta(minutes=1))
    with writing(engine) as connection:
        carry_over(connection, [Moved("A", "promised", OLD, OLD, same_light=False)], NOW, since=NOW)
    assert (old in notices(engine), new in notices(engine)) == (False, True)
