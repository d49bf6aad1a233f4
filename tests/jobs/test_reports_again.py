"""Reports made week by week while things happen, and all of them made again after everything has changed since."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from alerts.tables import Answer, Hold
from config.matters import Matter
from config.overlay import DayRule
from config.policy import Limits
from config.units import UnitDirectory
from monitor import admission
from monitor.app import build
from monitor.ledger import former, own
from monitor.ledger.office import record
from monitor.ledger.past import before
from monitor.ledger.store import table_of
from tests.jobs.daemon_day import Day, day_of
from tests.jobs.side_by_side import again, check_lists, check_stock, sent
from tests.ledger.platform import (
    DOCUMENTS,
    EVENTS,
    FORESTRY,
    ITEMS,
    MATTERS,
    PROJECTS,
    WATER,
    at,
    event_row,
    item_row,
    matter_row,
    project_row,
)

MONDAYS = [date(2026, 11, 9) + timedelta(weeks=n) for n in range(5)]
"""The days on which the reports of 2026-W45 … W49 are made."""


def reconfigured(day: Day, **changes: Any) -> None:
    """The daemon started anew with another configuration."""
    day.app = build(replace(day.app.config, **changes), day.clock, engine=day.app.engine)


def live(day: Day, monday: date, work: Callable[[Day, date], None]) -> None:
    """A week of the daemon's life, from its report on Monday to Friday: a poll, a plan and a delivery twice a day."""
    for n in range(5):
        today = monday + timedelta(days=n)
        work(day, today)
        for time in ("09:00", "15:00"):
            day.at(f"{today} {time}").poll()
            day.plan()
            day.report()
            day.deliver()


def a_week_of_work(day: Day, today: date) -> None:
    """Items come in, run late, pause, are moved, corrected and finished, some of it known late."""
    n = (today - MONDAYS[0]).days
    item = f"HRM1-{n:03d}"
    unit = (WATER, FORESTRY)[n % 2]
    day.item(item, f"{today} 08:10:00", f"{today} 08:40:00", SPBMBM=unit, SXBLSX=3 + n % 7)
    day.platform.add(PROJECTS, project_row(item, "2201-110116-04-01-466702", n + 1, f"{today} 08:10:00"))
    if n % 3 == 0:
        day.event(item, 9, f"{today + timedelta(days=1)} 08:20:00")
        day.event(item, 10, f"{today + timedelta(days=4)} 08:20:00")
    if n % 4 == 1:
        day.event(item, 11, f"{today + timedelta(days=3)} 08:30:00", known=f"{today + timedelta(days=6)} 08:50:00")
    if n % 5 == 2:
        moved = item_row(item, 500 + n, f"{today + timedelta(days=8)} 08:30:00", SPBMBM=WATER, SXBLSX=3 + n % 7)
        day.platform.add(ITEMS, moved)


def everything_since(day: Day, tmp: Path) -> None:
    """Whatever can change after the last report: rows, events, records, calendar, policy, units, matters."""
    later = "2026-12-08 08:00:00"
    for n in range(0, 29, 2):
        item = f"HRM1-{n:03d}"
        day.serial += 1
        day.platform.add(ITEMS, item_row(item, 900 + n, later, SPBMBM=FORESTRY, SXBLSX=1))
        day.platform.add(PROJECTS, project_row(item, "not a code", 900 + n, later, XMMC="改了名的项目"))
        day.event(item, 13, "2026-11-12 09:00:00", known=later)
        day.event(item, 1, f"{MONDAYS[0] + timedelta(days=n)} 08:10:00", known=later, SJYXBS=0)
    day.platform.add(ITEMS, item_row("HRM1-001", 990, later, SJYXBS=0))
    day.platform.add(MATTERS, matter_row(2, 1, later))
    document = {"LSH": 991, "GXSJ": later, "SJYXBS": 1, "SPSXSLBM": "HRM1-003", "PFWH": "1", "PFRQ": "2026-11-13"}
    day.platform.add(DOCUMENTS, document | {"PFWJBT": "批复"})
    day.at("2026-12-08 10:00").poll()
    plain = day.app.config
    shorter = plain.policy.model_copy(update={"limits": Limits(acceptance=1), "blind_after_hours": 1})
    units = UnitDirectory([unit for unit in plain.units.units if unit.id != WATER], plain.units.office)
    matter = Matter(code="matter-1", name="另一个名称", promised=1, needs_code=False)
    off = {date(2026, 11, 12): DayRule(date=date(2026, 11, 12), working=False, name="本区放假")}
    reconfigured(day, policy=shorter, units=units, matters={"matter-1": matter}, overlay=off)
    day.at("2026-12-08 11:00").poll()
    with day.app.transactions.write() as connection:
        paper = admission.paper("督办专员", "核对纸质材料", None)
        wanted = ["received=2026-11-09", "accepted=2026-11-09", "closed=2026-11-11"]
        record(
            connection, "HRM1-008", lambda judged, _: admission.corrections(wanted, judged), paper,
            day.app.standards, day.app.clock(),
        )  # fmt: skip
        said = {"item": "HRM1-007", "unit": FORESTRY, "kind": "explanation", "text": "迟报", "via": "command"}
        when = {"at": at("2026-11-20 10:00"), "recorded_at": day.app.clock(), "by": "x", "attachments": []}
        connection.execute(insert(table_of(Answer)).values(**said, **when))
        silence = {"scope": "unit", "target": FORESTRY, "until": date(2027, 1, 1), "why": "x", "by": "x"}
        connection.execute(insert(table_of(Hold)).values(**silence, at=day.app.clock()))
        own.note_file(connection, "city", "digest", "file", day.app.clock(), {})
    day.at("2026-12-09 10:00").poll()
    day.plan()
    day.deliver()


@pytest.mark.slow
def test_all_weeks_made_again_are_what_they_were_whatever_has_changed_since(tmp_path: Path) -> None:
    day = day_of(tmp_path, f"{MONDAYS[0]} 08:00")
    for monday in MONDAYS:
        live(day, monday, a_week_of_work)
    made = sent(day.app)
    assert list(made) == [f"2026-W{number}" for number in range(45, 50)]
    assert made["2026-W49"]["total"]["overdue"] > 3
    assert any(row["moved_in"] for payload in made.values() for row in payload["units"])
    assert any(payload["total"]["taken_off"] for payload in made.values())
    for payload in made.values():
        check_lists(payload)
    for earlier, later in pairwise(made.values()):
        check_stock(earlier, later)
    everything_since(day, tmp_path)
    for week, payload in made.items():
        assert again(day.app, week) == payload, week
    now = again(day.app, "2026-W49")
    day.at("2026-12-14 09:00").report()
    assert sent(day.app)["2026-W50"]["units"] != now["units"]
    day.app.engine.dispose()


Step = tuple[int, int, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),  # item
        st.sampled_from([1, 3, 6, 7, 8, 9, 10, 11, 13, 100, 101, 102, 103]),  # event, or a row of the item
        st.integers(0, 24),  # day of the event
        st.integers(0, 12),  # hours into the day
        st.integers(0, 9),  # days until it is known
    ),
    min_size=5,
    max_size=40,
)


def told(day: Day, step: Step, serial: int) -> None:
    """What a step puts into the platform, known some days after it is dated."""
    number, what, since, hour, delay = step
    item, begin = f"I{number}", MONDAYS[0] - timedelta(days=3)
    moment = f"{begin + timedelta(days=since)} {8 + hour:02d}:00:00"
    known = f"{begin + timedelta(days=since + delay)} {8 + hour:02d}:30:00"
    if what < 100:
        day.platform.add(EVENTS, event_row(item, what, moment, serial, known, SJYXBS=int(serial % 7 > 0)))
    elif what == 103:
        day.platform.add(MATTERS, matter_row(1 + hour, serial, known))
    else:
        unit = (WATER, FORESTRY, "unknown")[what - 100]
        valid = int(serial % 5 > 0)
        day.platform.add(ITEMS, item_row(item, serial, known, SPBMBM=unit, SXBLSX=2 + hour, SJYXBS=valid))


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
@example([(1, 1, 9, 0, 0), (1, 9, 16, 0, 0)])  # paused on the weekend after its due date: not a working day late
def test_the_stock_goes_from_report_to_report_and_each_is_made_again_the_same(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    day = day_of(tmp_path_factory.mktemp("day"), f"{MONDAYS[0]} 08:00")
    for number in range(6):
        day.platform.add(ITEMS, item_row(f"I{number}", number + 1, "2026-11-05 08:00:00", SXBLSX=5))
    for serial, step in enumerate(steps, 100):
        told(day, step, serial)
    for monday in MONDAYS[:4]:
        for time in ("08:30", "09:00", "15:00"):
            day.at(f"{monday} {time}").poll()
            day.report()
            day.plan()
        day.at(f"{monday + timedelta(days=3)} 10:00").poll()
        day.plan()
    made = sent(day.app)
    for payload in made.values():
        check_lists(payload)
    for earlier, later in pairwise(made.values()):
        check_stock(earlier, later)
    for week, payload in made.items():
        assert again(day.app, week) == payload, week
    day.app.engine.dispose()


def test_a_row_that_says_the_same_again_writes_no_history(tmp_path: Path) -> None:
    day = day_of(tmp_path, "2026-11-09 10:00")
    day.item("HRM1-1", "2026-11-09 08:00:00")
    day.poll()
    day.platform.add(ITEMS, item_row("HRM1-1", 50, "2026-11-09 12:00:00"))
    day.at("2026-11-09 13:00").poll()
    assert day.rows(former.FORMER) == []
    day.platform.add(ITEMS, item_row("HRM1-1", 51, "2026-11-09 14:00:00", SPBMBM=FORESTRY))
    day.at("2026-11-09 15:00").poll()
    with day.app.transactions.read() as connection:
        assert before(connection, "item", {"HRM1-1"}, at("2026-11-09 14:00"))["HRM1-1"]["unit_code"] == WATER
        assert before(connection, "item", {"HRM1-1"}, at("2026-11-09 15:00")) == {}
    day.app.engine.dispose()
