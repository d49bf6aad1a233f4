"""Two sources feed one ledger: whoever comes first, the owner's order decides, and what they disagree about is kept."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.sources import Precedence
from monitor.judge import Judged, Standards, judge
from monitor.ledger.read import load
from monitor.ledger.store import EVENT, ITEM, table_of
from monitor.ledger.tables import Change
from monitor.ledger.transactions import Real
from monitor.poll import poll
from monitor.precedence import order_of
from tests.alerts.office import POLICY, WORKDAYS
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import (
    ALL,
    EVENTS,
    FORESTRY,
    ITEMS,
    PROJECTS,
    WATER,
    Platform,
    at,
    event_row,
    item_row,
    project_row,
)
from tests.ledger.test_poll import UNITS

NOW = at("2026-11-04 10:00")
CODE, OTHER_CODE = "2106-440100-04-01-237448", "2304-441900-04-01-135254"


@dataclass
class Ledger:
    """A ledger fed by two platforms in memory, city and district."""

    engine: Engine
    precedence: Precedence = field(default_factory=Precedence)
    platforms: dict[str, Platform] = field(default_factory=lambda: {"city": Platform(), "district": Platform()})

    @property
    def standards(self) -> Standards:
        return Standards(POLICY, UNITS, {}, WORKDAYS, order=order_of(self.precedence, ["city", "district"]))

    def poll(self, name: str, now: datetime = NOW) -> None:
        result = poll(Real(self.engine), self.platforms[name], name, ALL, self.standards, now, finished=lambda: now)
        assert result.outcome == "good"

    def judged(self, item: str) -> Judged:
        with self.engine.connect() as connection:
            [row] = load(connection, [item])
        return judge(row.facts, row.versions, self.standards, NOW)

    def column(self, name: str) -> Any:
        with self.engine.connect() as connection:
            return connection.scalar(select(ITEM.c[name]))

    def changes(self, what: str) -> list[tuple[str | None, str | None]]:
        change = table_of(Change)
        with self.engine.connect() as connection:
            rows = connection.execute(select(change).where(change.c.what == what).order_by(change.c.id)).all()
        return [(row.before, row.after) for row in rows]


@pytest.fixture
def ledger(tmp_path: Path):
    engine = fresh_ledger(tmp_path)
    yield Ledger(engine)
    engine.dispose()


def speak(ledger: Ledger) -> None:
    """The city: 20 days, no project code, accepted on the 3rd. The district: 15 days, a code, accepted on the 2nd."""
    city, district = ledger.platforms["city"], ledger.platforms["district"]
    city.add(ITEMS, item_row("A", SXBLSX=20))
    city.add(PROJECTS, project_row("A", ""))
    city.add(EVENTS, event_row("A", 1, "2026-11-02 09:00:00"), event_row("A", 3, "2026-11-03 09:00:00", 2))
    district.add(ITEMS, item_row("A", SXBLSX=15, updated="2026-11-03 08:00:00"))
    district.add(PROJECTS, project_row("A", CODE))
    district.add(EVENTS, event_row("A", 3, "2026-11-02 16:00:00"))


ORDERS = [pytest.param(names, id=" before ".join(names)) for names in permutations(("city", "district"))]


@pytest.mark.parametrize("names", ORDERS)
@pytest.mark.parametrize(
    ("precedence", "limit", "accepted"),
    [
        pytest.param(Precedence(), 20, "2026-11-03", id="as the sources stand in the file"),
        pytest.param(Precedence(limit=("district",)), 15, "2026-11-03", id="the district's limits"),
        pytest.param(Precedence(events=("district",)), 20, "2026-11-02", id="the district's events"),
    ],
)
def test_the_owner_s_order_decides_whoever_is_read_first(ledger, names, precedence, limit, accepted) -> None:
    ledger.precedence = precedence
    speak(ledger)
    for name in names:
        ledger.poll(name)
    judged = ledger.judged("A")
    assert judged.clocks.promised.limit.amount == limit
    assert judged.clocks.milestones.accepted.day.isoformat() == accepted
    assert judged.facts.project_code == CODE
    assert ledger.column("accepted_on").isoformat() == accepted


@pytest.mark.parametrize("names", ORDERS)
def test_what_they_disagree_about_is_on_record(ledger, names) -> None:
    speak(ledger)
    for name in names:
        ledger.poll(name)
    words = (
        "办理时限：city 为 20，district 为 15（采用 city）；"
        "受理：city 为 2026-11-03，district 为 2026-11-02（采用 city）"
    )
    assert ledger.column("disagreement") == words
    assert ledger.changes("disagreement") == [(None, words)]
    assert f"来源说法不一，{words.partition('；')[0]}" in ledger.judged("A").data_problems


def test_reading_both_again_changes_nothing(ledger) -> None:
    speak(ledger)
    for name in ("city", "district", "city", "district"):
        ledger.poll(name)
    with ledger.engine.connect() as connection:
        before = connection.execute(select(EVENT)).all(), len(connection.execute(select(table_of(Change))).all())
    for platform in ledger.platforms.values():
        for rows in platform.tables.values():
            for row in rows:
                row["GXSJ"] = "2026-11-04 09:00:00"
    for name in ("district", "city"):
        ledger.poll(name)
    with ledger.engine.connect() as connection:
        after = connection.execute(select(EVENT)).all(), len(connection.execute(select(table_of(Change))).all())
    assert len(after[0]) == 2 * len(before[0]), "a version each"
    assert after[1] == before[1], "no change of state"


@pytest.mark.parametrize("names", ORDERS)
def test_a_row_that_one_source_takes_back_stays_as_long_as_the_other_has_it(ledger, names) -> None:
    speak(ledger)
    for name in names:
        ledger.poll(name)
    ledger.platforms["city"].add(ITEMS, item_row("A", 9, "2026-11-04 09:00:00", SXBLSX=20, SJYXBS=0))
    ledger.poll("city")
    assert ledger.column("valid") is True
    assert ledger.judged("A").clocks.promised.limit.amount == 15
    ledger.platforms["district"].add(ITEMS, item_row("A", 9, "2026-11-04 09:00:00", SXBLSX=15, SJYXBS=0))
    ledger.poll("district")
    assert ledger.column("valid") is False


@pytest.mark.parametrize("names", ORDERS)
def test_a_row_that_comes_back_counts_again(ledger, names) -> None:
    speak(ledger)
    for name in names:
        ledger.poll(name)
    for valid, updated in ((0, "2026-11-04 09:00:00"), (1, "2026-11-04 09:30:00")):
        ledger.platforms["city"].add(ITEMS, item_row("A", 9, updated, SXBLSX=20, SJYXBS=valid))
        ledger.poll("city")
    assert ledger.judged("A").clocks.promised.limit.amount == 20


@pytest.mark.parametrize("names", ORDERS)
def test_each_source_s_own_newest_word_counts_whatever_the_other_s_clock_says(ledger, names) -> None:
    speak(ledger)
    for name in names:
        ledger.poll(name)
    # The district's clock is a day behind: its newer row is older than the city's by name, and still its newest word.
    ledger.precedence = Precedence(default=("district",))
    ledger.platforms["district"].add(ITEMS, item_row("A", 9, "2026-11-03 08:30:00", SXBLSX=12))
    ledger.poll("district")
    assert ledger.judged("A").clocks.promised.limit.amount == 12


@pytest.mark.parametrize("names", ORDERS)
def test_another_unit_moves_the_item_when_its_source_counts(ledger, names) -> None:
    ledger.precedence = Precedence(unit=("district",))
    ledger.platforms["city"].add(ITEMS, item_row("A", SPBMBM=WATER))
    ledger.platforms["city"].add(EVENTS, event_row("A", 1, "2026-11-02 09:00:00"))
    ledger.platforms["district"].add(ITEMS, item_row("A", SPBMBM=FORESTRY))
    for name in names:
        ledger.poll(name)
    assert ledger.column("unit") == FORESTRY


@pytest.mark.parametrize("names", ORDERS)
def test_the_project_of_the_source_that_counts_is_meant(ledger, names) -> None:
    ledger.precedence = Precedence(works=("district",))
    ledger.platforms["city"].add(ITEMS, item_row("A"))
    ledger.platforms["city"].add(PROJECTS, project_row("A", CODE))
    ledger.platforms["city"].add(EVENTS, event_row("A", 1, "2026-11-02 09:00:00"))
    ledger.platforms["district"].add(ITEMS, item_row("A", GCDM="works-B"))
    ledger.platforms["district"].add(PROJECTS, project_row("B", OTHER_CODE))
    for name in names:
        ledger.poll(name)
    assert ledger.judged("A").facts.project_code == OTHER_CODE


def test_events_of_an_item_that_only_the_other_source_has_a_row_for_are_judged(ledger) -> None:
    ledger.platforms["city"].add(EVENTS, event_row("A", 1, "2026-11-02 09:00:00"))
    ledger.platforms["district"].add(ITEMS, item_row("A"))
    for name in ("city", "district"):
        ledger.poll(name)
    assert ledger.column("received_on").isoformat() == "2026-11-02"
