"""Judging again when what items are judged by has changed: the reason on record, and only what it can touch."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import Engine, select

from config.load import load
from config.matters import Matter
from config.policy import Lights, Policy
from config.units import UnitDirectory
from monitor.judge import Standards
from monitor.ledger import standing, store
from monitor.ledger.anew import Anew
from monitor.ledger.read import dirty_ids
from monitor.ledger.recalculated import rejudge_if_changed
from monitor.ledger.settle import former_of, settle
from monitor.ledger.store import ITEM, table_of
from monitor.ledger.tables import CalendarVersion, Change, Correction, Setting
from monitor.ledger.transactions import Real
from monitor.records import read_rows
from monitor.standards_prints import PARTS, prints
from monitor.workdays import Workdays
from tests.alerts.office import DIRECTORY, POLICY, WORKDAYS
from tests.ledger.fresh import fresh_ledger
from tests.ledger.platform import EVENTS, ITEMS, Row, at, event_row, item_row

CHANGE, SETTING, VERSION = table_of(Change), table_of(Setting), table_of(CalendarVersion)
NOW, LATER = at("2026-11-04 10:00"), at("2026-11-04 11:00")
OFF_ON_THE_TWELFTH = Workdays({date(2026, 11, 12): (False, "本区放假")})
DAY_OFF = "日历变更（2026-11-12 改为放假）"
SAME: Mapping[str, str] = dict.fromkeys(PARTS, "as it was")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()


def standards(**changes: Any) -> Standards:
    """The default standards, ``changes`` apart."""
    given: dict[str, Any] = {"policy": POLICY, "units": DIRECTORY, "matters": {}, "workdays": WORKDAYS}
    return Standards(**{**given, **changes})


def stored(engine: Engine, table: str, *rows: Row) -> None:
    """Rows of the platform as a poll stores them."""
    records, refused = read_rows(table, rows)
    assert not refused
    with Real(engine).write() as connection:
        store.store_records(connection, table, records, NOW, "city")


def prepared(engine: Engine, now: datetime = NOW, *changed: str, **changes: Any) -> str | None:
    """A round begins by standards of which these parts have changed."""
    known = {**SAME, **dict.fromkeys(changed, str(changes) + str(now))}
    return rejudge_if_changed(Real(engine), standards(**changes), known, now)


def marked(engine: Engine) -> list[str]:
    """The items that are to be judged again."""
    with Real(engine).read() as connection:
        return dirty_ids(connection)


def changes_since(engine: Engine, moment: datetime) -> dict[str, tuple[str | None, str | None, str]]:
    """What has changed from a moment on: what → before, after, why."""
    with Real(engine).read() as connection:
        rows = connection.execute(select(CHANGE).where(CHANGE.c.at >= moment))
        return {row.what: (row.before, row.after, row.why) for row in rows}


@pytest.fixture
def accepted(engine: Engine) -> Engine:
    """A ledger with an item of ten days, accepted on 2 November 2026 and due on the 16th, judged."""
    stored(engine, ITEMS, item_row("A"))
    stored(engine, EVENTS, event_row("A", 1, "2026-11-02 09:00:00", 1), event_row("A", 3, "2026-11-02 10:00:00", 2))
    assert prepared(engine) is None  # nothing was judged by others before
    settle(Real(engine), standards(), NOW)
    return engine


@pytest.mark.parametrize(
    ("part", "changed", "what"),
    [
        pytest.param(
            "calendar", {"workdays": OFF_ON_THE_TWELFTH}, {"due": ("2026-11-16", "2026-11-17", DAY_OFF)},
            id="a day off of the owner's own puts off the due date",
        ),
        pytest.param(
            "policy",
            {"policy": Policy(lights=Lights(due_soon=9, deep_red_after=20), ladder=POLICY.ladder)},
            {"light": ("green", "yellow", "督办规则变更"), "state": ("running", "due_soon", "督办规则变更")},
            id="another threshold changes the light",
        ),
        pytest.param(
            "units", {"units": UnitDirectory(())}, {"unit": ("110116SWJ", None, "单位配置变更")},
            id="a unit taken off is nobody's",
        ),
        pytest.param(
            "matters", {"matters": {"matter-1": Matter(code="matter-1", name="x", promised=3)}}, {},
            id="no difference is no change",
        ),
    ],
)  # fmt: skip
def test_the_record_says_which_part_has_changed(
    accepted: Engine, part: str, changed: dict[str, Any], what: dict[str, Any]
) -> None:
    why = prepared(accepted, LATER, part, **changed)
    assert why is not None
    assert why.startswith(PARTS[part])
    assert settle(Real(accepted), standards(**changed), LATER) == 1
    assert changes_since(accepted, LATER) == what


def test_several_parts_are_named_together(accepted: Engine) -> None:
    why = prepared(accepted, LATER, "calendar", "matters", "program", workdays=OFF_ON_THE_TWELFTH)
    assert why == f"{DAY_OFF}、事项目录变更、程序升级"


def test_the_same_standards_judge_nothing_again(accepted: Engine) -> None:
    assert prepared(accepted, LATER) is None
    assert marked(accepted) == []


def test_other_standards_mark_every_item_once(accepted: Engine) -> None:
    assert prepared(accepted, LATER, "units") == "单位配置变更"
    assert marked(accepted) == ["A"]
    settle(Real(accepted), standards(), LATER)
    assert rejudge_if_changed(Real(accepted), standards(), {**SAME, "units": str({}) + str(LATER)}, LATER) is None
    assert marked(accepted) == []


def test_the_reason_outlives_a_crash_between_marking_and_judging(accepted: Engine) -> None:
    prepared(accepted, LATER, "calendar", workdays=OFF_ON_THE_TWELFTH)
    # Here the process dies. The next one finds nothing new, and the items still marked.
    settle(Real(accepted), standards(workdays=OFF_ON_THE_TWELFTH), at("2026-11-04 12:00"))
    assert changes_since(accepted, LATER)["due"] == ("2026-11-16", "2026-11-17", DAY_OFF)


def test_once_all_are_judged_what_comes_next_is_no_longer_put_down_to_it(accepted: Engine) -> None:
    prepared(accepted, LATER, "calendar", workdays=OFF_ON_THE_TWELFTH)
    settle(Real(accepted), standards(workdays=OFF_ON_THE_TWELFTH), LATER)
    stored(accepted, EVENTS, event_row("A", 9, "2026-11-04 11:30:00", 3))
    settle(Real(accepted), standards(workdays=OFF_ON_THE_TWELFTH), at("2026-11-04 12:00"))
    assert changes_since(accepted, at("2026-11-04 12:00"))["state"] == ("running", "paused", "取数")


def test_a_second_change_before_the_first_is_judged_leaves_both_on_record(accepted: Engine) -> None:
    prepared(accepted, LATER, "units")
    prepared(accepted, LATER, "calendar", workdays=OFF_ON_THE_TWELFTH)
    with Real(accepted).read() as connection:
        reason = standing.reason(connection)
    assert reason is not None
    assert reason.startswith("单位配置变更、")
    assert DAY_OFF in reason


def item_of_days(engine: Engine, item: str, serial: int, *events: tuple[int, str]) -> None:
    """An item of ten days with these events at ten o'clock."""
    stored(engine, ITEMS, item_row(item, serial))
    stored(engine, EVENTS, *(event_row(item, code, f"{day} 10:00:00", serial) for code, day in events))


def test_a_change_of_the_calendar_touches_what_it_can_reach(engine: Engine) -> None:
    item_of_days(engine, "open", 1, (1, "2026-10-26"), (3, "2026-10-27"))
    item_of_days(engine, "closed before", 2, (1, "2026-09-01"), (3, "2026-09-02"), (14, "2026-09-04"))
    item_of_days(engine, "closed across", 3, (1, "2026-10-26"), (3, "2026-10-27"), (14, "2026-11-03"))
    item_of_days(engine, "closed early, due after", 4, (1, "2026-10-20"), (3, "2026-10-21"), (14, "2026-10-22"))
    item_of_days(engine, "begun after", 5, (1, "2026-11-04"), (3, "2026-11-04"))
    prepared(engine)
    settle(Real(engine), standards(), NOW)
    off = Workdays({date(2026, 11, 3): (False, "本区放假")})
    prepared(engine, LATER, "calendar", workdays=off)
    assert marked(engine) == ["closed across", "closed early, due after", "open"]
    prepared(engine, LATER, "policy", workdays=off)
    assert len(marked(engine)) == 5


def test_what_is_not_touched_would_not_have_changed(engine: Engine) -> None:
    for number in range(40):
        received, closed = f"2026-{8 + number // 20:02}-{1 + number % 20:02}", f"2026-10-{1 + number % 28:02}"
        item_of_days(engine, f"{number:02}", number + 1, (1, received), (3, received), (14, closed))
    prepared(engine)
    settle(Real(engine), standards(), NOW)
    off = Workdays({date(2026, 9, n): (False, "本区放假") for n in (9, 10, 11)})
    prepared(engine, LATER, "calendar", workdays=off)
    touched = set(marked(engine))
    assert 0 < len(touched) < 40
    with Real(engine).write() as connection:
        store.mark_all_dirty(connection)
    settle(Real(engine), standards(workdays=off), LATER)
    with Real(engine).read() as connection:
        changed = set(connection.scalars(select(CHANGE.c.item).where(CHANGE.c.at >= LATER)))
    assert changed <= touched


def test_a_day_that_was_off_anyhow_touches_nobody(accepted: Engine) -> None:
    known_as_off = Workdays({date(2026, 11, 14): (False, "周六")})
    assert prepared(accepted, LATER, workdays=known_as_off) is None
    assert marked(accepted) == []


def test_each_state_of_the_calendar_is_kept_once(accepted: Engine) -> None:
    prepared(accepted, LATER, "units")
    prepared(accepted, LATER, "calendar", workdays=OFF_ON_THE_TWELFTH)
    with Real(accepted).read() as connection:
        rows = list(connection.execute(select(VERSION).order_by(VERSION.c.id)))
    assert [row.why for row in rows] == ["首次记录", "2026-11-12 改为放假"]
    assert "2026-11-12" not in rows[0].days
    assert rows[1].days["2026-11-12"] == [False, "本区放假"]


def test_a_ledger_of_the_version_before_is_judged_again_as_after_an_upgrade(accepted: Engine) -> None:
    with Real(accepted).write() as connection:
        connection.execute(SETTING.delete())
        connection.execute(VERSION.delete())
        connection.execute(SETTING.insert().values(name="standards", value="one print of all"))
    assert prepared(accepted, LATER) == "程序升级"
    assert marked(accepted) == ["A"]
    settle(Real(accepted), standards(), LATER)
    assert changes_since(accepted, LATER) == {}
    assert prepared(accepted, LATER) is None


def test_an_item_that_cannot_be_judged_holds_up_no_other(accepted: Engine) -> None:
    short = Workdays({date(2026, 11, 12): (False, "本区放假")}, last=2026)
    stored(accepted, ITEMS, item_row("B", 2, SXBLSX=400))
    stored(accepted, EVENTS, event_row("B", 3, "2026-11-02 10:00:00", 3))
    settle(Real(accepted), standards(), NOW)
    assert prepared(accepted, LATER, "calendar", workdays=short) is not None
    settle(Real(accepted), standards(workdays=short), LATER)
    with Real(accepted).read() as connection:
        due = {row.item: row.due for row in connection.execute(select(ITEM.c.item, ITEM.c.due))}
    assert due["A"] == date(2026, 11, 17)


class TestDatesThatHaveNoColumn:
    """What moves of the clocks beside the promised one goes on record when the item is judged, and only once."""

    OFF_ON_THE_FIFTH = Workdays({date(2026, 11, 5): (False, "本区放假")})
    TWO_DAYS_OFF = Workdays(dict.fromkeys((date(2026, 11, 5), date(2026, 11, 9)), (False, "本区放假")))
    WHY = "日历变更（2026-11-05 改为放假）"

    @pytest.fixture
    def received(self, engine: Engine) -> Engine:
        """A ledger with an item received on Friday 30 October 2026, to be accepted by Friday 6 November, judged."""
        item_of_days(engine, "A", 1, (1, "2026-10-30"))
        prepared(engine)
        settle(Real(engine), standards(), NOW)
        return engine

    def on_record(self, engine: Engine) -> list[tuple[str, str, str]]:
        """What is on record of the acceptance clock's due date: before, after, why."""
        with Real(engine).read() as connection:
            found = select(CHANGE).where(CHANGE.c.what == "acceptance_due").order_by(CHANGE.c.id)
            return [(row.before, row.after, row.why) for row in connection.execute(found)]

    def test_they_are_put_on_record_with_the_reason(self, received: Engine) -> None:
        prepared(received, LATER, "calendar", workdays=self.OFF_ON_THE_FIFTH)
        assert self.on_record(received) == []
        settle(Real(received), standards(workdays=self.OFF_ON_THE_FIFTH), LATER)
        assert self.on_record(received) == [("2026-11-06", "2026-11-09", self.WHY)]

    def test_an_item_judged_twice_for_one_reason_has_them_once(self, received: Engine) -> None:
        prepared(received, LATER, "calendar", workdays=self.OFF_ON_THE_FIFTH)
        changed = standards(workdays=self.OFF_ON_THE_FIFTH)
        with Real(received).read() as connection:
            former = former_of(standing.former_calendar(connection), changed)
        # The process dies after this part, before the log of changes is shortened.
        with Real(received).write() as connection:
            Anew(changed, LATER, self.WHY, former=former).settle(connection, ["A"])
        assert marked(received) == ["A"]
        settle(Real(received), changed, at("2026-11-04 12:00"))
        assert self.on_record(received) == [("2026-11-06", "2026-11-09", self.WHY)]

    def test_of_two_changes_before_all_are_judged_the_first_and_the_last_date_count(self, received: Engine) -> None:
        prepared(received, LATER, "calendar", workdays=self.OFF_ON_THE_FIFTH)
        prepared(received, at("2026-11-04 11:30"), "calendar", workdays=self.TWO_DAYS_OFF)
        settle(Real(received), standards(workdays=self.TWO_DAYS_OFF), at("2026-11-04 12:00"))
        [(before, after, why)] = self.on_record(received)
        assert (before, after) == ("2026-11-06", "2026-11-10")
        assert why == f"{self.WHY}、日历变更（2026-11-09 改为放假）"

    def test_once_all_are_judged_another_reason_compares_with_no_former_calendar(self, received: Engine) -> None:
        prepared(received, LATER, "calendar", workdays=self.OFF_ON_THE_FIFTH)
        settle(Real(received), standards(workdays=self.OFF_ON_THE_FIFTH), LATER)
        prepared(received, at("2026-11-04 12:00"), "units", workdays=self.OFF_ON_THE_FIFTH)
        with Real(received).read() as connection:
            assert standing.reason(connection) is not None
            assert standing.former_calendar(connection) is None

    def test_an_item_with_a_record_of_the_staffs_own_has_them_too(self, received: Engine) -> None:
        with Real(received).write() as connection:
            said = {"item": "A", "field": "limit", "value": "7", "why": "", "by": "", "at": NOW}
            connection.execute(table_of(Correction).insert().values(said))
        prepared(received, LATER, "calendar", workdays=self.OFF_ON_THE_FIFTH)
        settle(Real(received), standards(workdays=self.OFF_ON_THE_FIFTH), LATER)
        assert self.on_record(received) == [("2026-11-06", "2026-11-09", self.WHY)]


class TestPrints:
    """One print a part, so that a change can be named."""

    FOLDER = Path(__file__).parents[2] / "config" / "defaults"
    CONFIG = load(FOLDER, {"APPROVAL_MONITOR_CITY_TOKEN": "token"})

    def differing(self, config: Any, workdays: Workdays = WORKDAYS) -> list[str]:
        """The parts that are not those of the default configuration."""
        plain, found = prints(self.CONFIG, WORKDAYS), prints(config, workdays)
        return [part for part in PARTS if plain[part] != found[part]]

    def test_the_same_configuration_has_the_same_prints(self) -> None:
        assert self.differing(load(self.FOLDER, {"APPROVAL_MONITOR_CITY_TOKEN": "another"})) == []

    def test_the_calendar_counts_by_what_is_worked_and_known_not_by_names(self) -> None:
        assert self.differing(self.CONFIG, OFF_ON_THE_TWELFTH) == ["calendar"]
        assert self.differing(self.CONFIG, Workdays({date(2026, 10, 1): (False, "国庆")})) == []

    def test_a_policy_a_unit_a_matter_each_have_their_own(self) -> None:
        policy = self.CONFIG.policy.model_copy(update={"lights": Lights(due_soon=2, deep_red_after=5)})
        matter = Matter(code="matter-1", name="x", promised=3)
        assert self.differing(replace(self.CONFIG, policy=policy)) == ["policy"]
        assert self.differing(replace(self.CONFIG, units=DIRECTORY)) == ["units"]
        assert self.differing(replace(self.CONFIG, matters=MappingProxyType({"matter-1": matter}))) == ["matters"]
