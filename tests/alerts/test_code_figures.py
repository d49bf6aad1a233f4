"""How project codes are used: who is counted where, what the rates are shares of, and who is ranked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.codes.finding import PROBLEMS, STANDINGS, Coded
from alerts.report.code_rows import payload
from alerts.report.codes import LEAST_TO_RANK, WEEKS, CodeReport, Count, Use, code_report, weeks_before
from tests.alerts.coding import EMPTY, GOOD, HYPHENS, MONDAY, NAMES, NOBODY, SUNDAY, WRONG, many, received


def made(*coded: Coded, first: date = MONDAY) -> CodeReport:
    """The report on the week, or on the span from ``first`` on."""
    return code_report(coded, first, SUNDAY, NAMES, NOBODY)


def unit(report: CodeReport, key: str = "U1") -> Use:
    return next(use for use in report.units if use.key == key)


ZEROS = replace(GOOD, given="0", problem="zeros")


@pytest.mark.parametrize(
    ("coded", "counted"),
    [
        pytest.param(GOOD, (1, 1, 1), id="a verified code is needed, entered and right"),
        pytest.param(HYPHENS, (1, 1, 0), id="a code wrongly written is entered and not right"),
        pytest.param(WRONG, (1, 1, 0), id="a code that does not verify is entered and not right"),
        pytest.param(EMPTY, (1, 0, 0), id="an empty field is needed only"),
        pytest.param(ZEROS, (1, 0, 0), id="zeros are no code that was entered"),
    ],
)
def test_what_an_item_counts_as(coded: Coded, counted: tuple[int, int, int]) -> None:
    period = unit(made(coded)).period
    assert (period.need, period.entered, period.right) == counted


def test_both_rates_are_shares_of_what_needs_a_code_so_that_leaving_it_empty_raises_neither() -> None:
    figures = unit(made(*many(GOOD, 6), *many(WRONG, 3), *many(EMPTY, 1))).period
    assert (figures.use_rate, figures.right_rate) == (0.9, 0.6)


def test_rates_of_nothing_are_no_rates() -> None:
    assert (Count().use_rate, Count().right_rate) == (None, None)


@pytest.mark.parametrize(
    ("days", "in_period", "in_four_weeks", "week"),
    [
        pytest.param(0, 1, 1, 3, id="on the Monday of the week"),
        pytest.param(6, 1, 1, 3, id="on its Sunday"),
        pytest.param(7, 0, 0, None, id="on the Monday after"),
        pytest.param(-1, 0, 1, 2, id="on the Sunday before"),
        pytest.param(-21, 0, 1, 0, id="on the first Monday of the four weeks"),
        pytest.param(-22, 0, 0, None, id="on the Sunday before them"),
    ],
)
def test_an_item_counts_where_it_was_received(days: int, in_period: int, in_four_weeks: int, week: int | None) -> None:
    report = made(received(GOOD, days))
    assert (unit(report).period.need, unit(report).recent.need) == (in_period, in_four_weeks)
    assert [n for n, one in enumerate(report.weeks) if one.count.need] == ([] if week is None else [week])


def test_a_period_of_two_weeks_counts_both() -> None:
    report = made(received(GOOD, -3), received(WRONG, 3), first=MONDAY - timedelta(weeks=1))
    assert report.total.period == Count(2, 2, 1)


def test_the_trend_is_four_weeks_each_with_its_name() -> None:
    assert [week.label for week in made().weeks] == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]
    assert [str(day) for day in weeks_before(date(2027, 1, 3))] == [
        "2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28",
    ]  # fmt: skip


def test_units_with_nothing_are_named_and_said_to_have_had_nothing() -> None:
    report = made(GOOD)
    assert {use.name for use in report.units} == set(NAMES.values())
    assert "近四周没有应用码办件的单位 2 家：区交通局、区气象局。" in payload(report)["summary"]


def test_counters_are_counted_each_by_its_name_whatever_the_unit() -> None:
    other = replace(GOOD, counter="综合窗口二组")
    report = made(*many(GOOD, 2), *many(WRONG, 1, unit="U2"), *many(other, 1, unit="U3"))
    assert [(use.name, use.period) for use in report.counters] == [
        ("综合窗口一组", Count(3, 3, 2)),
        ("综合窗口二组", Count(1, 1, 1)),
    ]


def ranks(report: CodeReport) -> list[tuple[str, int | None]]:
    return [(use.key, use.rank) for use in report.units]


def test_the_higher_rate_is_the_better_place() -> None:
    one, two, three = many(GOOD, 10), many(GOOD, 9, unit="U2"), many(GOOD, 8, unit="U3")
    report = made(*one, *two, *many(WRONG, 1, unit="U2"), *three, *many(EMPTY, 2, unit="U3"))
    assert ranks(report) == [("U1", 1), ("U2", 2), ("U3", 3)]


def test_equal_rates_share_a_place_and_the_next_one_is_skipped() -> None:
    report = made(*many(GOOD, 5), *many(GOOD, 7, unit="U2"), *many(WRONG, 5, unit="U3"))
    assert sorted(ranks(report)) == [("U1", 1), ("U2", 1), ("U3", 3)]


def test_a_unit_with_few_items_is_not_ranked_and_stands_after_those_that_are() -> None:
    few = many(GOOD, LEAST_TO_RANK - 1, unit="U2")
    report = made(*many(WRONG, LEAST_TO_RANK), *few)
    assert ranks(report) == [("U1", 1), ("U2", None), ("U3", None)]


def test_the_place_is_that_of_four_weeks_not_of_one() -> None:
    old = [received(one, -10) for one in many(WRONG, 5)]
    report = made(*many(GOOD, 1), *old, *many(GOOD, 6, unit="U2"))
    assert ranks(report)[:2] == [("U2", 1), ("U1", 2)]


def test_items_of_no_unit_are_counted_and_not_ranked() -> None:
    report = made(*many(GOOD, 9, unit=None))
    assert (unit(report, NOBODY[0]).name, unit(report, NOBODY[0]).rank) == (NOBODY[1], None)


@pytest.mark.parametrize(
    ("coded", "listed"),
    [
        pytest.param(received(WRONG, 2, standing="closed"), True, id="of the week, closed by now"),
        pytest.param(received(WRONG, -300), True, id="received long ago and still open"),
        pytest.param(received(WRONG, -300, standing="closed"), False, id="received long ago and closed"),
        pytest.param(received(GOOD, 2), False, id="right"),
        pytest.param(received(WRONG, 8), False, id="received after the week"),
    ],
)
def test_which_codes_are_listed_as_to_be_mended(coded: Coded, listed: bool) -> None:
    assert bool(made(coded).findings) is listed


def test_what_can_still_be_stopped_is_listed_first() -> None:
    standings = ("closed", "accepted", "received")
    report = made(*(replace(WRONG, item=standing, standing=standing) for standing in standings))
    assert [one.item for one in report.findings] == ["received", "accepted", "closed"]


def test_with_nothing_at_all_it_says_so() -> None:
    assert payload(made())["summary"] == ["近四周没有接到应当使用项目代码的办件。"]


def test_the_week_in_sentences() -> None:
    old = [received(one, -7) for one in many(WRONG, 2, unit="U2", standing="accepted")]
    found = payload(made(*many(GOOD, 3), *many(EMPTY, 1), *old))["summary"]
    assert found[0] == (
        "本周接件应当使用项目代码的 4 件，已填 3 件（用码率 75.0%），核验通过 3 件（正确率 75.0%）。"
        "近四周正确率：第44周 —、第45周 —、第46周 0.0%、第47周 75.0%。"
    )
    assert found[1] == "期末尚待更正的项目代码 3 件，其中尚未受理 1 件，核验通过之前不得受理。"


@st.composite
def items(draw: st.DrawFn) -> list[Coded]:
    """Items of any unit, time, standing and problem."""
    return [
        received(
            GOOD,
            draw(st.integers(-40, 10)),
            item=f"item {number}",
            unit=draw(st.sampled_from(["U1", "U2", None, "gone"])),
            counter=draw(st.sampled_from("甲乙")),
            problem=draw(st.sampled_from([None, *PROBLEMS])),
            standing=draw(st.sampled_from(list(STANDINGS))),
        )
        for number in range(draw(st.integers(0, 40)))
    ]


@settings(max_examples=60, deadline=None)
@given(items())
def test_every_item_counts_once_and_right_is_at_most_entered_at_most_needed(found: list[Coded]) -> None:
    report = made(*found)
    for of in ("period", "recent"):
        for rows in (report.units, report.counters):
            counts = [getattr(use, of) for use in rows]
            total = getattr(report.total, of)
            assert tuple(sum(getattr(one, name) for one in counts) for name in ("need", "entered", "right")) == (
                total.need, total.entered, total.right,
            )  # fmt: skip
            assert all(one.right <= one.entered <= one.need for one in counts)
    assert sum(week.count.need for week in report.weeks) == report.total.recent.need
    assert report.weeks[-1].count == report.total.period
    assert len(report.weeks) == WEEKS
    assert len(report.findings) == len({one.item for one in report.findings})
    ranked = [use.rank for use in report.units if use.rank]
    assert ranked == sorted(ranked)
