"""Looking only on the dates that a decision names finds the same notices as looking every day."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.hours import at, local
from alerts.rules import decide
from config.matters import Matter
from config.units import UnitDirectory
from monitor.events import Version
from monitor.judge import Facts, Judged, Standards, judge
from tests.alerts.office import LADDER, POLICY, WORKDAYS, moment

FIRST = date(2025, 8, 1)
MATTERS = {
    matter.code: matter
    for matter in (
        Matter(code="plain", name="只有承诺时限"),
        Matter(code="lawful", name="法定时限", statutory=12),
        Matter(code="natural", name="自然日", unit_of_limit="natural_day", statutory=20),
        Matter(code="hours", name="小时", unit_of_limit="hour"),
    )
}
STANDARDS = Standards(POLICY, UnitDirectory(()), MATTERS, WORKDAYS)

Story = tuple[Facts, tuple[Version, ...], frozenset[date]]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """An item with an acceptance clock and a promised one, pauses, perhaps a close, and days without good data."""
    matter = draw(st.sampled_from(sorted(MATTERS)))
    limit = draw(st.integers(1, 25)) * (12 if matter == "hours" else 1)
    when = moment("2025-08-01 08:00") + timedelta(
        days=draw(st.integers(0, 420)), minutes=draw(st.sampled_from((0, 200, 500, 700)))
    )
    versions = []
    codes = draw(
        st.sampled_from(((1,), (1, 3), (1, 3, 9, 10), (1, 3, 6, 7, 9), (1, 6, 7, 3, 9, 10), (1, 3, 9, 10, 11)))
    )
    for serial, code in enumerate(codes):
        versions.append(Version(code, when, "2025-01-01 00:00:00", serial, True))
        when += timedelta(days=draw(st.integers(0, 25)), hours=draw(st.integers(0, 9)))
    first = local(versions[0].moment).date()
    blind = draw(st.frozensets(st.integers(0, 90), max_size=30))
    return Facts("HRM1-1", matter=matter, limit_days=limit), tuple(versions), frozenset(day_after(first, blind))


def day_after(first: date, numbers: Iterable[int]) -> Iterable[date]:
    """The dates that many days after the first."""
    return (first + timedelta(days=number) for number in numbers)


def judged_at(story: Story, now: datetime) -> Judged:
    """The item at a moment; an event of the future is not in the ledger yet."""
    facts, versions, _ = story
    return judge(facts, [version for version in versions if version.moment <= now], STANDARDS, now)


def walk(story: Story, *, every_day: bool) -> list[tuple[date, str]]:
    """The notices owed on the working days of 130 days: looking every day, or only when something has come.

    What comes is an event, the date that a decision named, or the moment a clock starts by time alone.
    """
    _, versions, blind = story
    day, found = local(versions[0].moment).date(), []
    look_on: dict[str, date] = {}
    sent: set[str] = set()
    seen, recheck = 0, date.max
    for _ in range(130):
        day += timedelta(days=1)
        now = at(day, POLICY.hours.start)
        arrived = sum(version.moment <= now for version in versions)
        if not WORKDAYS.is_workday(day):
            continue
        one = judged_at(story, now)
        anew = every_day or arrived > seen or recheck <= day
        for case in one.cases():
            if not case.closed and (anew or look_on.get(case.clock, date.max) <= day):
                decision = decide(case, sent, day, LADDER, WORKDAYS, blind=day in blind)
                look_on[case.clock] = decision.next_on or date.max
                if decision.notice:
                    found.append((day, decision.notice.key))
                    sent.add(decision.notice.key)
        if anew:
            recheck = local(one.clocks.recheck).date() if one.clocks.recheck else date.max
        seen = arrived
    return found


PAUSED_OVER_NATIONAL_DAY = (
    Facts("HRM1-1", matter="lawful", limit_days=5),
    tuple(
        Version(code, moment(text), "2026-01-01 00:00:00", serial, True)
        for serial, (code, text) in enumerate(
            ((1, "2026-09-21 10:00"), (3, "2026-09-28 10:00"), (9, "2026-09-29 10:00"), (10, "2026-10-09 10:00"))
        )
    ),
    frozenset({date(2026, 10, 15)}),
)


@settings(max_examples=60, deadline=None)
@given(stories())
@example(PAUSED_OVER_NATIONAL_DAY)
def test_looking_only_on_the_named_dates_finds_what_looking_every_day_finds(story: Story) -> None:
    assert walk(story, every_day=False) == walk(story, every_day=True)


def test_the_worked_example_is_walked_over_its_pause_and_the_holidays() -> None:
    steps = [(day.isoformat(), key.rpartition("|")[2]) for day, key in walk(PAUSED_OVER_NATIONAL_DAY, every_day=False)]
    assert steps[:7] == [
        ("2026-09-28", "acceptance-in-1"),
        ("2026-10-13", "promised-in-1"),
        ("2026-10-14", "promised-today"),
        ("2026-10-16", "promised-yellow"),  # held on the 15th, when there was no good data
        ("2026-10-21", "promised-red"),
        ("2026-10-28", "promised-red#1"),
        ("2026-11-04", "promised-red#2"),
    ]
