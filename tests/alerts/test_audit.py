"""What the audit takes for a difference, in tables."""

from datetime import datetime, timedelta

import pytest

from alerts.audit import (
    ADVICE,
    KEPT,
    OWED,
    TITLES,
    UNWATCHED,
    Audited,
    Difference,
    Queued,
    late,
    owed,
    unwatched,
    working_time_ago,
)
from alerts.rules import Decision
from config.policy import Hours
from tests.alerts.office import WORKDAYS, case, moment, notice


@pytest.mark.parametrize(
    ("now", "minutes", "then"),
    [
        pytest.param("2026-11-24 10:00", 20, "2026-11-24 09:40", id="within a morning"),
        pytest.param("2026-11-24 09:20", 20, "2026-11-24 09:00", id="back to the very opening"),
        pytest.param("2026-11-24 09:10", 20, "2026-11-23 17:20", id="into the evening before"),
        pytest.param("2026-11-24 20:00", 20, "2026-11-24 17:10", id="after the close"),
        pytest.param("2026-11-23 09:10", 20, "2026-11-20 17:20", id="over the weekend"),
        pytest.param("2026-10-08 09:10", 120, "2026-09-30 15:40", id="over National Day"),
        pytest.param("2026-11-24 10:00", 2 * 510 + 60, "2026-11-20 09:00", id="over two whole days"),
    ],
)
def test_working_time_is_counted_back(now: str, minutes: int, then: str) -> None:
    assert working_time_ago(moment(now), timedelta(minutes=minutes), Hours(), WORKDAYS) == moment(then)


def test_a_step_is_owed_only_when_it_was_owed_before_and_its_item_is_not_fresh() -> None:
    yellow, red = case(1), case(5)
    now = [(yellow, Decision("step_reached", notice(yellow, "promised-yellow")))]
    assert [one.kind for one in owed(now, now, set())] == [OWED]
    assert list(owed(now, [], set())) == []
    assert list(owed(now, [(yellow, Decision("held_blind"))], set())) == []
    assert list(owed(now, [(red, Decision("step_reached", notice(red, "promised-red")))], set())) == []
    assert list(owed(now, now, {yellow.item})) == []


@pytest.mark.parametrize(
    ("stored", "ought", "found"),
    [
        pytest.param("2026-11-24 09:00", "2026-11-24 09:00", [], id="in time"),
        pytest.param("2026-11-23 09:00", "2026-11-24 09:00", [], id="looked at in vain before"),
        pytest.param("2026-11-24 09:01", "2026-11-24 09:00", [UNWATCHED], id="a minute too late"),
        pytest.param(None, "2026-11-24 09:00", [UNWATCHED], id="never"),
        pytest.param(None, None, [], id="nothing can happen any more"),
    ],
)
def test_when_an_item_is_looked_at(stored: str | None, ought: str | None, found: list[str]) -> None:
    at: list[datetime | None] = [moment(text) if text else None for text in (stored, ought)]
    assert [one.kind for one in unwatched("HRM1-1", *at)] == found


@pytest.mark.parametrize(
    ("kind", "level", "made", "held", "is_late"),
    [
        pytest.param("digest", "reminder", "2026-11-24 08:00", False, True, id="since before the bound"),
        pytest.param("digest", "reminder", "2026-11-24 08:01", False, False, id="since after it"),
        pytest.param("digest", "red_card", "2026-11-20 08:00", True, False, id="an escalation that is held"),
        pytest.param("digest", "reminder", "2026-11-20 08:00", True, True, id="a reminder is not held"),
        pytest.param("operator", "reminder", "2026-11-24 09:59", False, True, id="what leaves at any hour"),
    ],
)
def test_which_mails_have_waited_for_too_long(kind: str, level: str, made: str, held: bool, is_late: bool) -> None:
    office, always = moment("2026-11-24 08:00"), moment("2026-11-24 10:00")
    mail = Queued("key", kind, level, "区水务局经办人", moment(made), "连接不上")
    found = list(late([mail], lambda one: office if one.kind == "digest" else always, held=held))
    assert [one.words for one in found] == [f"致区水务局经办人，{made} 起待发，连接不上"] * is_late


def test_the_same_difference_has_the_same_mark_and_another_has_another() -> None:
    one, same, other = (Difference(OWED, key, words) for key, words in (("a", "1"), ("a", "2"), ("b", "1")))
    assert one.mark == same.mark
    assert len({one.mark, other.mark, Difference(UNWATCHED, "a", "1").mark}) == 3


def test_of_very_many_only_the_number_is_held() -> None:
    found = Audited()
    found.add(Difference(OWED, str(number), f"HRM1-{number}") for number in range(KEPT + 500))
    assert (len(found.first), found.counts[OWED], len(found.marks)) == (KEPT, KEPT + 500, KEPT + 1)
    listed = found.listed(20)
    assert (len(listed), listed[-1]) == (21, f"另有 {KEPT + 480} 处，运行 approval-monitor audit 查看。")
    known = {one.mark for one in found.first[:10]}
    assert found.listed(20, known)[0] == "到了提醒节点，却没有提醒：HRM1-10"
    assert f"另有 {KEPT + 470} 处" in found.listed(20, known)[-1]


def test_there_is_something_to_do_about_each_kind() -> None:
    assert set(ADVICE) == set(TITLES)
