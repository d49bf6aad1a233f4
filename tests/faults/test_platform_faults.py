"""Whatever the platform does wrong, after at most three polls the ledger is the one of a platform without faults."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App
from monitor.jobs.rounds import Outcome, poll_round
from tests.story.district import CURSOR, SET_ASIDE, config_of, contents, opened, rows
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn

POLLS = 3
EARLIER, NOW = at("2022-05-31", 12, 0), at("2022-07-29", 12, 0)
LATER = at("2024-02-09", 12, 0)
JUDGED_BY_THE_HOUR = frozenset({"next_at"})
"""A ledger that was read in several polls was looked at in another round than one read at once."""

KINDS = ("http500", "login", "code", "cut", "repeat", "empty", "badrow")
MIXTURES: Mapping[str, Mapping[str, int]] = {
    "server errors, cut bodies and broken rows": {"http500": 5, "cut": 3, "badrow": 2},
    "login pages, repeated pages and empty pages": {"login": 7, "repeat": 5, "empty": 3},
    "error codes, slow answers and broken rows": {"code": 4, "slow": 13, "badrow": 3},
    "everything": {"http500": 13, "login": 11, "code": 17, "slow": 29, "cut": 7, "repeat": 5, "empty": 19, "badrow": 3},
}


def polled(app: App, clock: MovedClock, stand_in: StandIn, now: datetime, faults: Mapping[str, int]) -> list[Outcome]:
    """Polls at ``now`` until a round was good and nothing is set aside, three times at the most."""
    stand_in.show(now, faults)
    clock.now = now
    outcomes = []
    for _ in range(POLLS):
        outcomes.append(poll_round(app, by_hand=True))
        if outcomes[-1].good and not outcomes[-1].counts["set_aside"]:
            break
    return outcomes


def ledger(place: Path, stand_in: StandIn, moments: list[datetime], faults: Mapping[str, int]) -> dict[str, Any]:
    """What the ledger holds after polls at these moments, and how the last poll at the last of them ended."""
    settings: dict[str, Any] = {"SOURCES__CITY__PAGE_SIZE": 100, "SOURCES__CITY__TIMEOUT_SECONDS": 0.5}
    clock = MovedClock(moments[0])
    with opened(config_of(place, stand_in, **settings), clock) as app:
        for now in moments:
            outcomes = polled(app, clock, stand_in, now, faults)
        assert outcomes[-1].good, outcomes[-1].problems
        left = [row for row in rows(app, SET_ASIDE) if row.resolved_at is None]
        assert left == []
        return contents(app, without=JUDGED_BY_THE_HOUR)


Clean = Callable[[list[datetime]], dict[str, Any]]


@pytest.fixture(scope="session")
def clean(running_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """What the ledger holds after polls at certain moments of a platform without faults."""
    known: dict[tuple[datetime, ...], dict[str, Any]] = {}

    def held(moments: list[datetime]) -> dict[str, Any]:
        if tuple(moments) not in known:
            known[tuple(moments)] = ledger(tmp_path_factory.mktemp("clean"), running_stand_in, moments, {})
        return known[tuple(moments)]

    return held


def check(place: Path, platform: StandIn, clean: Clean, faults: Mapping[str, int], moments: list[datetime]) -> None:
    """The ledger of a platform with these faults is the one of a platform without."""
    expected = clean(moments)
    assert len(expected["item"]) > 100
    assert len(expected["event"]) > 300
    held = ledger(place, platform, moments, faults)
    for name, found in expected.items():
        assert held[name] == found, name


@pytest.mark.parametrize("kind", KINDS)
def test_with_every_third_answer_wrong(tmp_path: Path, platform: StandIn, clean: Clean, kind: str) -> None:
    check(tmp_path, platform, clean, {kind: 3}, [EARLIER, NOW])


@pytest.mark.parametrize("faults", MIXTURES.values(), ids=MIXTURES.keys())
def test_with_several_faults_at_once(
    tmp_path: Path, platform: StandIn, clean: Clean, faults: Mapping[str, int]
) -> None:
    check(tmp_path, platform, clean, faults, [EARLIER, NOW])


def test_told_to_stop_a_poll_asks_no_second_time_and_keeps_its_place(tmp_path: Path, platform: StandIn) -> None:
    platform.show(NOW, {"http500": 1})
    with opened(config_of(tmp_path, platform), MovedClock(NOW)) as app:
        app.stop.set()
        asked = platform.control()
        outcome = poll_round(app)
        assert platform.control() - asked == 1
        assert not outcome.good
        assert "收到停止信号" in outcome.problems[0]
        assert rows(app, CURSOR) == []


@pytest.mark.slow
@pytest.mark.parametrize("every", [2, 3, 5])
@pytest.mark.parametrize("kind", [*KINDS, "slow"])
def test_with_every_nth_answer_wrong_over_two_years(
    tmp_path: Path, platform: StandIn, clean: Clean, kind: str, every: int
) -> None:
    check(tmp_path, platform, clean, {kind: every}, [NOW, at("2023-03-15", 12, 0), LATER])


@pytest.mark.slow
@pytest.mark.parametrize("faults", MIXTURES.values(), ids=MIXTURES.keys())
def test_with_several_faults_at_once_over_two_years(
    tmp_path: Path, platform: StandIn, clean: Clean, faults: Mapping[str, int]
) -> None:
    check(tmp_path, platform, clean, faults, [NOW, at("2023-03-15", 12, 0), LATER])


@pytest.mark.slow
def test_with_one_fault_after_another_on_one_ledger(tmp_path: Path, platform: StandIn, clean: Clean) -> None:
    moments = [at(f"2022-{month:02}-15", 12, 0) for month in range(4, 12)]
    settings: dict[str, Any] = {"SOURCES__CITY__PAGE_SIZE": 50, "SOURCES__CITY__TIMEOUT_SECONDS": 0.5}
    clock = MovedClock(moments[0])
    with opened(config_of(tmp_path, platform, **settings), clock) as app:
        for now, kind in zip(moments, [*KINDS, "slow"], strict=True):
            outcomes = polled(app, clock, platform, now, {kind: 3})
            assert outcomes[-1].good, (kind, outcomes[-1].problems)
        held = contents(app, without=JUDGED_BY_THE_HOUR)
    for name, found in clean(moments).items():
        assert held[name] == found, name
