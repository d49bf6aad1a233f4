"""A round over several sources: all at once, each for itself, none before its rest is over; what is told of them."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.health import findings
from monitor.ledger import store
from monitor.ledger.source_state import STATE
from monitor.ledger.store import EVENT, ITEM, table_of
from monitor.ledger.tables import PollRound
from tests.jobs.several import Several, failure, several
from tests.ledger.platform import ALL, EVENTS, ITEMS, MATTERS, at, event_row, item_row

EARLIER = "2026-11-20 09:00:00"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Several]:
    made = several(tmp_path, "city", "district")
    for number, name in enumerate(("city", "district")):
        made[name].add(ITEMS, item_row(f"{name}-1", number + 1, EARLIER))
        made[name].add(EVENTS, event_row(f"{name}-1", 3, EARLIER, number + 1))
    yield made
    made.app.engine.dispose()


def break_all(two: Several, name: str, **kind: object) -> None:
    two[name].broken = dict.fromkeys(ALL, failure(**kind))  # type: ignore[arg-type]


def items(two: Several) -> list[str]:
    return [row.item for row in two.rows(ITEM)]


# All at once


def test_every_source_is_read_and_has_its_line(two: Several) -> None:
    outcome = two.poll("2026-11-23 10:00")
    assert (outcome.good, items(two), outcome.counts["rows"]) == (True, ["city-1", "district-1"], 4)
    assert outcome.lines == ("来源 city：读到 2 行，未能识别 0 行", "来源 district：读到 2 行，未能识别 0 行")


def test_sources_are_read_side_by_side(two: Several) -> None:
    # Each waits for the other to have begun: one after the other would never end.
    meet = threading.Barrier(2, timeout=30)
    for name in ("city", "district"):
        two[name].before = meet.wait
    assert two.poll("2026-11-23 10:00").good


def test_a_source_that_cannot_be_read_holds_up_none_of_the_others(two: Several) -> None:
    break_all(two, "city")
    outcome = two.poll("2026-11-23 10:00")
    assert (outcome.good, items(two)) == (False, ["district-1"])
    assert outcome.problems == ("来源 city：取不到（unreachable）。",)
    assert outcome.lines[0] == "来源 city：读到 0 行，未能识别 0 行；没有读成"


def test_an_error_of_our_own_at_one_source_holds_up_none_of_the_others(two: Several) -> None:
    def fall() -> None:
        raise ZeroDivisionError("13812345678")

    two["city"].before = fall
    outcome = two.poll("2026-11-23 10:00")
    assert items(two) == ["district-1"]
    assert "程序内部错误（ZeroDivisionError）" in outcome.problems[0]
    assert "13812345678" not in outcome.problems[0]
    assert two.state("city").failures == 1


def test_many_pages_of_two_sources_at_once_lose_no_row(two: Several) -> None:
    for number, name in enumerate(("city", "district")):
        rows = [event_row(f"{name}-{n}", 1, EARLIER, 1000 * (number + 1) + n) for n in range(60)]
        two[name].add(EVENTS, *rows)
    two.poll("2026-11-23 10:00")
    assert len(two.rows(EVENT)) == 2 + 2 * 60


# Rests


def test_after_failures_a_source_rests_for_one_two_and_four_intervals_and_a_good_round_ends_it(two: Several) -> None:
    break_all(two, "city")
    minutes = [minute for minute in range(0, 60, 10) if two.asked(f"2026-11-23 10:{minute:02}", "city")]
    more = [minute for minute in range(0, 60, 10) if two.asked(f"2026-11-23 11:{minute:02}", "city")]
    assert (minutes, more) == ([0, 10, 30], [10])
    two["city"].broken = {}
    assert two.asked("2026-11-23 12:10", "city")
    assert (two.state("city").failures, two.state("city").failing_since) == (0, None)
    assert two.asked("2026-11-23 12:20", "city")


def test_while_one_rests_the_others_are_read_and_the_round_says_so(two: Several) -> None:
    break_all(two, "city")
    two.poll("2026-11-23 10:00")
    two.poll("2026-11-23 10:10")
    outcome = two.poll("2026-11-23 10:20")
    assert (outcome.good, outcome.problems, two["district"].rounds) == (False, (), 3)
    assert outcome.lines == (
        "来源 district：读到 0 行，未能识别 0 行",
        "来源 city：连续 2 轮没有读成，11-23 10:29 之后再试（手工 poll 可立即取）",
    )


def test_by_hand_all_are_asked_whatever_has_been(two: Several) -> None:
    break_all(two, "city")
    for minute in (0, 10):
        two.poll(f"2026-11-23 10:{minute:02}")
    two["city"].broken = {}
    assert two.poll("2026-11-23 10:11", by_hand=True).good
    assert "city-1" in items(two)


def test_a_permanent_failure_rests_like_any_other(two: Several) -> None:
    break_all(two, "city", kind="unauthorised", permanent=True)
    assert [two.asked(f"2026-11-23 10:{minute}", "city") for minute in ("00", "10", "20", "30")] == [
        True, True, False, True,
    ]  # fmt: skip


def test_a_source_that_asks_for_patience_is_asked_for_nothing_more_and_left_alone_until_then(two: Several) -> None:
    two["city"].broken = {ITEMS: failure("rate_limited", retry_after=1500)}
    two.poll("2026-11-23 10:00")
    assert EVENTS not in {table for table, _ in two["city"].asked}
    two["city"].broken = {}
    assert [two.asked(f"2026-11-23 10:{minute}", "city") for minute in (10, 20, 25)] == [False, False, True]


def test_a_renewed_token_in_its_file_ends_the_rest(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("new", "utf-8")
    one = several(tmp_path / "data", "city", token_file=token)
    break_all(one, "city", kind="unauthorised", permanent=True)
    written = at("2026-11-23 09:00").timestamp()
    os.utime(token, (written, written))
    for minute in ("00", "10"):
        one.poll(f"2026-11-23 10:{minute}")
    assert not one.asked("2026-11-23 10:20", "city")
    written = at("2026-11-23 10:15").timestamp()
    os.utime(token, (written, written))
    assert one.asked("2026-11-23 10:21", "city")
    one.app.engine.dispose()


def test_a_round_that_was_told_to_stop_says_nothing_about_the_source(two: Several) -> None:
    two.app.stop.set()
    two.poll("2026-11-23 10:00")
    assert two.rows(STATE) == []


# What is told


def test_a_table_that_vanished_stops_none_of_the_others_and_the_operator_is_told_which(two: Several) -> None:
    two["city"].broken = {MATTERS: failure("http_4xx", permanent=True)}
    two["city"].broken[MATTERS].message = "对方没有这张表（HTTP 404）：表 DFXMSPLCJDSXXXB。"
    two.poll("2026-11-23 10:00")
    assert items(two) == ["city-1", "district-1"]
    [mail] = two.warned("source")
    assert mail.recipients["to"] == ["operator@zwfw.example"]
    assert "DFXMSPLCJDSXXXB" in str(mail.payload)
    two.poll("2026-11-23 10:10")
    assert len(two.warned("source")) == 1
    assert two["city"].rounds == 2


def test_a_failure_that_passes_by_itself_is_not_told_at_once(two: Several) -> None:
    break_all(two, "city", kind="http_5xx")
    two.poll("2026-11-23 10:00")
    assert two.warned("source") == []


def test_the_mail_about_data_that_stopped_says_why_and_when_it_is_tried_again(two: Several) -> None:
    two.poll("2026-11-20 10:00")
    break_all(two, "city", kind="http_5xx")
    for minute in (0, 10):
        two.poll(f"2026-11-23 10:{minute:02}")
    [mail] = two.warned("blind")
    assert "最近的情况：11-23 10:00 起连续 2 轮没有读成，11-23 10:29 之后再试，原因：取不到（http_5xx）。" in str(
        mail.payload
    )


def test_a_table_that_had_rows_and_is_empty_from_the_beginning_is_not_believed(two: Several) -> None:
    two.poll("2026-11-23 10:00")
    before = two.rows(ITEM)
    two["city"].tables.clear()
    with two.app.transactions.write() as connection:
        for table in ALL:
            store.write_cursor(connection, "city", table, store.Position("", 0))
    outcome = two.poll("2026-11-23 10:10")
    assert not outcome.good
    assert "表 XMSPSXBLXXB 从头读取却一行也没有" in outcome.problems[0]
    assert [row.item for row in two.rows(ITEM)] == [row.item for row in before]
    assert [row.closed_on for row in two.rows(ITEM)] == [None, None]
    [mail] = two.warned("source")
    assert "没有按全部办结处理" in str(mail.payload)


def test_a_table_that_never_had_rows_may_be_empty(two: Several) -> None:
    assert two.poll("2026-11-23 10:00").good
    assert two.poll("2026-11-23 10:10").good
    assert {row.outcome for row in two.rows(table_of(PollRound))} == {"good"}


QUIET = {"after two weeks of work": ("2026-12-04 10:00", 0), "after a day more": ("2026-12-07 10:00", 1)}


@pytest.mark.parametrize(("now", "mails"), QUIET.values(), ids=QUIET.keys())
def test_a_source_that_gives_nothing_new_for_long_is_told_and_nothing_is_taken_for_finished(
    two: Several, now: str, mails: int
) -> None:
    two["district"].add(EVENTS, event_row("district-1", 8, "2026-12-04 09:00:00", 9))
    two.poll("2026-11-23 10:00")
    two.poll(now)
    told = two.warned("quiet")
    assert [mail.key.split("|")[1] for mail in told] == ["city"] * mails
    two.poll(now)
    assert len(two.warned("quiet")) == mails
    assert {row.closed_on for row in two.rows(ITEM)} == {None}


CLOCKS = {
    "ahead": (timedelta(hours=8, minutes=3), ["来源 city 的时钟比本机快 8 小时 3 分"]),
    "behind": (timedelta(days=-2, hours=-1), ["来源 city 的时钟比本机慢 2 天 1 小时"]),
    "right": (timedelta(minutes=-9), []),
}


@pytest.mark.parametrize(("ahead", "words"), CLOCKS.values(), ids=CLOCKS.keys())
def test_a_source_whose_clock_is_wrong_is_told_once_a_week_with_the_difference(
    two: Several, ahead: timedelta, words: list[str]
) -> None:
    two["city"].clock_ahead = ahead
    for day in (23, 24, 30):
        two.poll(f"2026-11-{day} 10:00")
        told = two.warned("clock")
    assert two.state("city").clock_ahead_seconds == ahead.total_seconds()
    assert len(told) == 2 * len(words)
    assert all(word in str(mail.payload) for word in words for mail in told)


def test_update_times_of_the_future_tell_of_a_wrong_clock_too(two: Several) -> None:
    two["city"].add(EVENTS, event_row("city-1", 8, "2026-11-23 09:00:00", 9, "2026-11-23 18:00:00"))
    two.poll("2026-11-23 10:00")
    assert two.state("city").clock_ahead_seconds == 8 * 3600


def test_update_times_before_their_own_events_tell_of_a_clock_that_is_behind(two: Several) -> None:
    for number in range(6):
        two["city"].add(EVENTS, event_row(f"city-{number}", 8, "2026-11-20 17:00:00", 90 + number, EARLIER))
    two.poll("2026-11-23 10:00")
    assert two.state("city").clock_ahead_seconds == -8 * 3600


# Health


def about(two: Several, name: str) -> tuple[bool, str]:
    [found] = [found for found in findings(two.app) if found.sentence.startswith(f"来源 {name}：")]
    return found.good, found.sentence


def test_health_says_of_each_source_how_it_fares(two: Several) -> None:
    break_all(two, "city", kind="http_5xx")
    for minute in (0, 10):
        two.poll(f"2026-11-23 10:{minute:02}")
    why = "来源 city：11-23 10:00 起连续 2 轮没有读成，11-23 10:29 之后再试，原因：取不到（http_5xx）。"
    assert about(two, "city") == (True, why)
    assert about(two, "district") == (True, "来源 district：上一轮取数正常")
    two.clock.now = at("2026-11-23 11:01")
    assert about(two, "city") == (False, why)


def test_health_says_nothing_of_a_source_that_was_never_asked(two: Several) -> None:
    assert not [found for found in findings(two.app) if found.sentence.startswith("来源")]
