"""The figures of a week: who is counted where, in what order, and that the stock reconciles."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.report.entries import Entry
from alerts.report.figures import Report, UnitFigures, report
from alerts.report.periods import Period
from tests.alerts.letters import MADE_AT, NAMES, ON_TIME, WEEK, late, weekly
from tests.alerts.office import day

JOINED = Period("2018-W40", day("2018-09-24"), day("2018-10-07"))


@pytest.mark.parametrize(
    ("of", "label", "title"),
    [
        pytest.param("2026-11-16", "2026-W47", "2026年第47周（11月16日—11月22日）", id="a Monday begins its week"),
        pytest.param("2026-11-22", "2026-W47", "2026年第47周（11月16日—11月22日）", id="a Sunday ends its week"),
        pytest.param("2027-01-03", "2026-W53", "2026年第53周（12月28日—1月3日）", id="the first days of January"),
        pytest.param("2024-12-30", "2025-W01", "2025年第1周（12月30日—1月5日）", id="the last days of December"),
    ],
)
def test_a_week_is_named_as_iso_names_it(of: str, label: str, title: str) -> None:
    week = Period.week(day(of))
    assert (week.label, week.title) == (label, title)
    assert (week.first.weekday(), (week.last - week.first).days) == (0, 6)


def unit_of(made: Report, unit: str = "U1") -> UnitFigures:
    """The figures of one unit."""
    return next(each for each in made.units if each.unit == unit)


def test_each_figure_counts_what_it_says() -> None:
    monday, sunday = WEEK.first, WEEK.last
    before = monday - timedelta(days=1)
    made = weekly(
        replace(ON_TIME, item="open since long", arrived=before),
        replace(ON_TIME, item="came on Monday", arrived=monday, received=monday, near=True),
        replace(ON_TIME, item="came and went", arrived=monday, accepted=monday, closed=sunday, on_time=True),
        replace(ON_TIME, item="went late", arrived=before, closed=sunday, on_time=False),
        replace(ON_TIME, item="gone before", arrived=before, closed=before, on_time=True),
        replace(ON_TIME, item="paused", arrived=before, paused=True),
        late(1, days=3, arrived=before),
        late(2, days=9, arrived=before),
    )
    figures = unit_of(made)
    assert figures == UnitFigures(
        unit="U1",
        name="区水务局",
        before=5,
        received=2,
        accepted=1,
        finished=2,
        finished_on_time=1,
        finished_judged=2,
        in_hand=5,
        near=1,
        yellow_cards=1,
        red_cards=1,
        overdue_new=1,
        paused=1,
        reminders=4,
        supervised=3,
        overdue_before=1,
        rank=1,
        rank_change=0,
    )
    assert (figures.overdue, figures.overdue_rate, figures.on_time_rate) == (2, 0.4, 0.5)


def test_what_was_withdrawn_before_it_ran_is_neither_on_time_nor_late() -> None:
    withdrawn = replace(ON_TIME, item="withdrawn", closed=WEEK.last, on_time=None)
    figures = unit_of(weekly(replace(ON_TIME, closed=WEEK.last, on_time=True), withdrawn))
    assert (figures.finished, figures.finished_judged, figures.on_time_rate) == (2, 1, 1.0)


def test_rates_of_nothing_are_no_rates() -> None:
    idle = unit_of(weekly(), "U2")
    assert (idle.overdue_rate, idle.on_time_rate) == (None, None)


def test_every_unit_is_named_even_with_nothing_at_all() -> None:
    assert {unit.unit for unit in weekly().units} == set(NAMES)


def test_units_come_worst_first_and_equals_by_name() -> None:
    made = weekly(late(1, "U2"), late(2, "U2"), late(3, "U3"), replace(ON_TIME, item="more", unit="U3"), late(4, "U1"))
    assert [unit.unit for unit in made.units] == ["U2", "U1", "U3"]


def test_items_of_no_unit_and_of_units_no_longer_configured_are_counted_too() -> None:
    made = weekly(late(1, None), late(2, "gone"))
    assert {unit.unit: unit.name for unit in made.units if unit.overdue} == {"unassigned": "未匹配单位", "gone": "gone"}
    assert made.total.overdue == 2


def test_overdue_items_are_listed_longest_first_and_closed_ones_not() -> None:
    made = weekly(late(1, days=3), late(2, days=30), late(3, days=9, closed=WEEK.last), late(4, days=3))
    assert [entry.overdue_days for entry in made.overdue] == [30, 3, 3]
    assert [entry.item[-1] for entry in made.overdue] == ["2", "1", "4"]


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        pytest.param({"due": day("2026-11-23")}, True, id="due next Monday"),
        pytest.param({"due": day("2026-11-29")}, True, id="due next Sunday"),
        pytest.param({"due": day("2026-11-22")}, False, id="due this Sunday"),
        pytest.param({"due": day("2026-11-30")}, False, id="due the Monday after"),
        pytest.param({"due": None}, False, id="without a due date"),
        pytest.param({"due": day("2026-11-25"), "closed": day("2026-11-20")}, False, id="closed"),
    ],
)
def test_the_week_to_come_lists_what_falls_due_in_it(changes: dict[str, date | None], listed: bool) -> None:
    assert bool(weekly(replace(ON_TIME, **changes)).due_next) is listed  # type: ignore[arg-type]


@st.composite
def entries(draw: st.DrawFn, period: Period) -> list[Entry]:
    """Items as they stand at the end of a period: they came by then, and went, if they went, after they came."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        arrived = period.last - timedelta(days=draw(st.integers(0, 40)))
        closed = draw(st.none() | st.dates(arrived, period.last))
        overdue = closed is None and draw(st.booleans())
        made.append(
            replace(
                ON_TIME,
                item=f"item {number}",
                unit=draw(st.sampled_from(["U1", "U2", None])),
                arrived=arrived,
                accepted=draw(st.none() | st.dates(arrived, period.last)),
                closed=closed,
                overdue=overdue,
                red_card=overdue and draw(st.booleans()),
                on_time=draw(st.booleans()) if closed else None,
                due=period.last - timedelta(days=1) if overdue else None,
            )
        )
    return made


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([WEEK, JOINED]).flatmap(lambda period: st.tuples(st.just(period), entries(period))))
def test_the_stock_reconciles_with_a_count_of_the_items_themselves(given_: tuple[Period, list[Entry]]) -> None:
    period, items = given_
    made = report(items, period, NAMES, weekly().data, MADE_AT)
    for figures in made.units:
        own = [entry for entry in items if (entry.unit or "unassigned") == figures.unit]
        at_first = [e for e in own if e.arrived and e.arrived < period.first and (e.closed or date.max) >= period.first]
        assert figures.before == len(at_first)
        assert figures.before + figures.received - figures.finished == figures.in_hand
        assert 0 <= figures.overdue <= figures.in_hand
    for name in ("before", "received", "accepted", "finished", "in_hand", "overdue", "paused"):
        assert getattr(made.total, name) == sum(getattr(figures, name) for figures in made.units)
    assert made.total.overdue == len(made.overdue)
    assert made.total.in_hand == sum(entry.closed is None for entry in items)
