"""What staff put on record: what it makes of an item, and what is left when it is taken back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.matters import Matter
from monitor.clocks import HOUR, WORKING_DAY, Limit
from monitor.corrections import Correction, Extension, When, parsed
from monitor.counting import Counter
from monitor.entry import entry
from monitor.events import Version
from monitor.judge import Judged, Standards, judge
from tests import reference
from tests.core.builders import BEIJING, CALENDAR, MATTERS, facts, judged, moment, seen, standards, story
from tests.core.strategies import FIRST_DAYS, courses, histories, later, platform_rows
from tests.core.test_against_reference import STANDARDS, read

ORDINARY = "1@03-02 3@03-03T09:00"


def record(field: str, value: str, number: int = 1, was: str | None = None) -> Correction:
    """A record in force."""
    return Correction(number, field, value, was, "理由", "督办专员", None, datetime(2026, 3, 1, tzinfo=UTC))


def corrected(happened: str, now: str, *records: tuple[str, str], **changes: Any) -> Judged:
    """An ordinary item with records of (field, value), numbered from 1."""
    numbered = tuple(record(field, value, number) for number, (field, value) in enumerate(records, start=1))
    return judged(happened, now, corrections=numbered, **changes)


@pytest.mark.parametrize(
    ("happened", "records", "expected"),
    [
        pytest.param(
            ORDINARY,
            [("accepted", "2026-03-05")],
            {"clocks.milestones.accepted": "3@2026-03-05", "clocks.promised.due": "2026-03-12"},
            id="a corrected acceptance takes the place of the platform's",
        ),
        pytest.param(
            "1@03-02 8@03-06",
            [("accepted", "2026-03-04")],
            {"clocks.milestones.accepted": "3@2026-03-04", "clocks.milestones.review_begun": "8@2026-03-06"},
            id="where the platform has no acceptance, the one put on record counts and review begins when it began",
        ),
        pytest.param(
            "1@03-02T14:00 3@03-03",
            [("received", "2026-02-27")],
            {"clocks.milestones.received": "1@2026-02-27", "clocks.acceptance.due": "2026-03-05"},
            id="a corrected receipt starts the acceptance clock",
        ),
        pytest.param(
            ORDINARY,
            [("closed", "2026-03-09")],
            {"clocks.milestones.closed": "11@2026-03-09", "clocks.promised.on_time": True, "closed_on": "2026-03-09"},
            id="an item finished offline is closed as passed",
        ),
        pytest.param(
            f"{ORDINARY} 13@03-18",
            [("closed", "2026-03-09")],
            {"clocks.milestones.closed": "13@2026-03-09", "clocks.promised.on_time": True},
            id="how the platform says it was closed stays, only the day is corrected",
        ),
        pytest.param(
            f"{ORDINARY} 9@03-09T15:00",
            [("closed", "2026-03-09")],
            {"clocks.milestones.closed": "11@2026-03-09", "clocks.promised.paused": False},
            id="a close stands after what happened on its day",
        ),
        pytest.param(
            "1@03-02 6@03-03 7@03-06T10:00 3@03-10",
            [("accepted", "2026-03-06")],
            {
                "clocks.milestones.accepted": "3@2026-03-06",
                "clocks.pauses.anomalies": (),
                "clocks.acceptance.start": "2026-03-06T10:00",
            },
            id="an acceptance on the day the 补正 ended stands after its end",
        ),
        pytest.param(
            ORDINARY,
            [("accepted", "2026-03-30")],
            {"clocks.milestones.accepted": None},
            id="a date that has not come does not count yet",
        ),
        pytest.param(
            ORDINARY,
            [("limit", "10 working_day"), ("statutory_limit", "30 natural_day")],
            {"clocks.promised.due": "2026-03-17", "clocks.statutory.due": "2026-04-02"},
            id="both limits can be corrected, each in a unit of its own",
        ),
        pytest.param(
            ORDINARY,
            [("extension", "10 2026-03-09")],
            {
                "clocks.promised.due": "2026-03-24",
                "clocks.statutory.limit.amount": 30,
                "clocks.acceptance.limit.amount": 5,
            },
            id="an extension adds to the promised and the statutory limit and to nothing else",
        ),
        pytest.param(
            ORDINARY,
            [("extension", "5 2026-03-09"), ("extension", "3 2026-03-10")],
            {"clocks.promised.limit.amount": 13},
            id="several extensions add up",
        ),
        pytest.param(
            ORDINARY,
            [("extension", "5 2026-03-09"), ("limit", "7 working_day")],
            {"clocks.promised.limit.amount": 12},
            id="an extension adds to a corrected limit",
        ),
        pytest.param(
            ORDINARY,
            [("unit", "110116GDB")],
            {"unit": "110116GDB", "unit_name": "区国动办", "clocks.promised.due": "2026-03-10"},
            id="a corrected unit changes nothing else",
        ),
        pytest.param(
            ORDINARY,
            [("unit", "110116XXX"), ("accepted", "sometime"), ("limit", "ten"), ("extension", "10")],
            {"unit": "110116SWJ", "clocks.milestones.accepted": "3@2026-03-03", "clocks.promised.limit.amount": 5},
            id="what cannot be understood is left out",
        ),
        pytest.param(
            ORDINARY,
            [("accepted", "2026-03-05"), ("accepted", "2026-03-06")],
            {"clocks.milestones.accepted": "3@2026-03-06"},
            id="of two records of one field the later counts",
        ),
    ],
)
def test_what_a_record_makes_of_an_item(
    happened: str, records: list[tuple[str, str]], expected: dict[str, object]
) -> None:
    assert seen(corrected(happened, "03-20T10:00", *records), expected) == expected


@pytest.mark.parametrize(
    ("matter", "limit_days", "before", "after"),
    [
        pytest.param("natural", 10, "2026-03-13", "2026-03-23", id="natural days: ten more natural days"),
        pytest.param("hours", 48, "2026-03-05T09:00", "2026-03-15T09:00", id="hours: ten times 24 more hours"),
    ],
)
def test_an_extension_counts_in_days_of_the_limits_own_kind(
    matter: str, limit_days: int, before: str, after: str
) -> None:
    path = "clocks.promised.due_at" if "T" in before else "clocks.promised.due"
    item = {"matter": matter, "limit_days": limit_days}
    assert seen(judged(ORDINARY, "03-04", **item), {path: 0}) == {path: before}
    assert seen(corrected(ORDINARY, "03-04", ("extension", "10 2026-03-04"), **item), {path: 0}) == {path: after}


class TestBesideThePlatform:
    """Both values are told, and when the platform says something else than it did."""

    @staticmethod
    def beside(happened: str, *records: Correction, **changes: Any) -> Judged:
        return judged(happened, "03-20T10:00", corrections=records, **changes)

    def test_both_values_are_told(self) -> None:
        found = self.beside(ORDINARY, record("accepted", "2026-03-05", 3, was="2026-03-03"))
        assert found.remarks == ["受理日期按更正 #3 为 2026-03-05（平台为 2026-03-03）"]
        assert (found.conflicts, found.data_problems) == ([], [])
        assert entry(found)["problems"] == found.remarks
        [told] = entry(found)["corrections"]
        assert (told["value"], told["platform"], told["state"]) == ("2026-03-05", "2026-03-03", "in_force")

    def test_a_value_that_the_platform_does_not_have_is_told_as_such(self) -> None:
        found = self.beside(ORDINARY, record("closed", "2026-03-09"))
        assert found.remarks == ["办结日期按更正 #1 为 2026-03-09（平台没有）"]

    def test_a_platform_that_changed_its_mind_is_a_data_problem(self) -> None:
        found = self.beside("1@03-02 3@03-06", record("accepted", "2026-03-05", 3, was="2026-03-03"))
        assert found.data_problems == found.conflicts
        [said] = found.conflicts
        assert said == (
            "受理日期：平台现为 2026-03-06（更正时为 2026-03-03），更正 #3 仍按 2026-03-05，请确认（重新更正）或撤销"
        )
        assert entry(found)["corrections"][0]["state"] == "changed"

    def test_a_platform_that_came_to_agree_is_told_and_no_problem(self) -> None:
        found = self.beside("1@03-02 3@03-05", record("accepted", "2026-03-05", 3, was="2026-03-03"))
        assert (found.conflicts, entry(found)["corrections"][0]["state"]) == ([], "agrees")
        assert "一致，可以撤销" in found.remarks[0]

    def test_a_unit_that_is_not_configured_any_more_is_a_data_problem(self) -> None:
        found = self.beside(ORDINARY, record("unit", "110116XXX", 4, was="110116SWJ"))
        assert "更正 #4（审批单位 110116XXX）未采用：该单位不在 units.toml" in found.conflicts[0]
        assert found.remarks == []

    def test_an_item_with_nothing_on_record_has_nothing_of_it(self) -> None:
        found = judged(ORDINARY, "03-20")
        assert (found.platform, found.standing, found.remarks, entry(found)["corrections"]) == (None, (), [], [])


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("extension", "10 2026-03-09", Extension(10, date(2026, 3, 9))),
        ("extension", "12 2026-03-09 joint", Extension(12, date(2026, 3, 9), True)),
        ("accepted", "2026-03-03", When(date(2026, 3, 3))),
        ("limit", "48 hour", Limit(48, HOUR)),
        ("unit", "110116SWJ", "110116SWJ"),
        ("extension", "ten days", None),
        ("closed", "2026-02-30", None),
        ("colour", "red", None),
    ],
)
def test_the_value_of_a_text_and_back(field: str, text: str, value: object) -> None:
    assert parsed(field, text) == value
    if isinstance(value, Extension | When):
        assert str(value) == text


DAYS = st.builds(lambda first, n: date.fromisoformat(first) + timedelta(days=n), FIRST_DAYS, st.integers(0, 30))
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "received": DAYS.map(str),
        "accepted": DAYS.map(str),
        "closed": DAYS.map(str),
        "unit": st.sampled_from(["110116GDB", "110116SWJ"]),
        "limit": st.integers(0, 40).map(lambda n: f"{n} working_day"),
        "statutory_limit": st.integers(1, 40).map(lambda n: f"{n} working_day"),
        "extension": st.integers(1, 15).map(lambda n: f"{n} 2026-03-09"),
    },
)


@given(histories(), RECORDS, st.randoms(use_true_random=False), st.integers(0, 60))
def test_the_order_of_recording_makes_no_difference(
    versions: list[Version], records: dict[str, str], random: Any, days: int
) -> None:
    now = later(versions, timedelta(days=days))
    fields = list(records)
    random.shuffle(fields)
    in_order, shuffled = (
        tuple(record(field, records[field], number) for number, field in enumerate(order, start=1))
        for order in (list(records), fields)
    )
    one, other = (judge(facts(corrections=given), versions, standards(), now) for given in (in_order, shuffled))
    assert one.clocks == other.clocks
    assert (one.unit, sorted(map(len, one.remarks))) == (other.unit, sorted(map(len, other.remarks)))


@given(histories(), RECORDS, st.integers(0, 60))
def test_the_platforms_own_reading_is_what_it_is_without_the_records(
    versions: list[Version], records: dict[str, str], days: int
) -> None:
    now = later(versions, timedelta(days=days))
    given = tuple(record(field, value, number) for number, (field, value) in enumerate(records.items(), start=1))
    plain = judge(facts(), versions, standards(), now)
    beside = judge(facts(corrections=given), versions, standards(), now).platform or plain
    assert (beside.clocks, beside.unit, beside.light) == (plain.clocks, plain.unit, plain.light)


@given(courses(), st.integers(1, 15), st.integers(1, 40), st.integers(0, 60))
def test_an_extension_moves_the_due_date_by_exactly_its_counted_days(
    versions: list[Version], days: int, limit: int, after: int
) -> None:
    now = later(versions, timedelta(days=after))
    by = Standards(standards().policy, standards().units, {}, CALENDAR)
    plain = judge(facts(limit_days=limit), versions, by, now)
    longer = judge(facts(limit_days=limit, corrections=(record("extension", f"{days} 2026-03-09"),)), versions, by, now)
    old, new = plain.clocks.promised.due, longer.clocks.promised.due
    if old is not None and new is not None:
        spans = [(pause.start, pause.end) for pause in plain.clocks.pauses.spans]
        assert Counter(CALENDAR, True, spans).count(old, new) == days
    else:
        assert new is None


ABSENT = st.none()
MORNING = "10:00"
"""No event of a random history happens at ten, so that its order on the day is beyond dispute."""


@settings(max_examples=200)
@given(platform_rows(), st.integers(0, 90 * 24), st.tuples(*[st.one_of(ABSENT, st.integers(0, 30))] * 3))
def test_corrected_dates_agree_with_the_reference_given_equal_events(
    tables: dict[str, list[dict[str, Any]]], hours: int, offsets: tuple[int | None, int | None, int | None]
) -> None:
    first = date.fromisoformat(str(tables[reference.ITEMS][0]["GXSJ"])[:10])
    now = datetime.fromisoformat(f"{first}") + timedelta(hours=hours)
    days = {
        field: str(first + timedelta(days=offset))
        for field, offset in zip(("received", "accepted", "closed"), offsets, strict=True)
        if offset is not None
    }
    expected = reference.ledger(with_dates(tables, days, now), now)["A"] | {"item": "A"}
    known, versions = read(tables, now)
    records = tuple(record(field, f"{day}T{MORNING}", n) for n, (field, day) in enumerate(days.items(), start=1))
    found = entry(judge(replace(known, corrections=records), versions, STANDARDS, now.replace(tzinfo=BEIJING)))
    assert {name: found[name] for name in expected} == expected


def with_dates(tables: dict[str, list[dict[str, Any]]], days: dict[str, str], now: datetime) -> dict[str, Any]:
    """The platform's rows as they would be if the corrected dates were its own."""
    rows = tables[reference.EVENTS]
    for field, day in days.items():
        happened = reference.events_of(reference.visible(rows, now), now)
        close = reference.first(happened, reference.CLOSES)
        own, code = {
            "received": ({1}, 1),
            "accepted": ({3}, 3),
            "closed": (reference.CLOSES, close.code if close else 11),
        }[field]
        added = {"SPSXSLBM": "A", "BLZT": code, "BLSJ": f"{day} {MORNING}:00", "SJYXBS": 1, "LSH": 1000 + code}
        added["GXSJ"] = tables[reference.ITEMS][0]["GXSJ"]
        rows = [row for row in rows if int(row["BLZT"]) not in own] + [added]
    return tables | {reference.EVENTS: rows}


def test_a_matter_of_the_catalogue_keeps_its_name_and_limits_beside_a_record() -> None:
    named = Matter(code="plain", name="水土保持方案审批", statutory=20)
    assert MATTERS["plain"] == named
    found = judge(
        facts(matter_name=None, corrections=(record("limit", "9 working_day"),)), story(ORDINARY), standards(),
        moment("03-20"),
    )  # fmt: skip
    assert (found.facts.matter_name, found.clocks.promised.limit) == (named.name, Limit(9, WORKING_DAY))
