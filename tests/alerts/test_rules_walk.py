"""Looking only on the dates that a decision names finds the same notices as looking every day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.hours import at, local
from alerts.past import Answered, Asked, Past, informed
from alerts.rules import decide
from config.matters import Matter
from monitor.events import Version
from monitor.judge import Facts, Judged, Standards, judge
from tests.alerts.office import DIRECTORY, LADDER, POLICY, WATER, WORKDAYS, moment

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
STANDARDS = Standards(POLICY, DIRECTORY, MATTERS, WORKDAYS)


@dataclass(frozen=True)
class Story:
    """An item's facts and events, the days without good data, what its unit answers, and when it is held."""

    facts: Facts
    versions: tuple[Version, ...]
    blind: frozenset[date] = frozenset()
    answers: tuple[Answered, ...] = ()
    holds: tuple[tuple[date, date], ...] = ()

    def past(self, day: date, sent: Iterable[str], asked: Sequence[Asked]) -> Past:
        """What is on record of it on a day."""
        item, until = self.facts.item, [last for first, last in self.holds if first <= day <= last]
        return Past(
            {item: [(key, WATER.id) for key in sent]},
            {item: asked} if asked else {},
            {item: [one for one in self.answers if one.at <= at(day, POLICY.hours.start)]},
            {("item", item): max(until)} if until else {},
        )


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """An item with an acceptance clock and a promised one, pauses, perhaps a close, and days without good data.

    Its unit may say at any time that it has seen it, or explain; the supervisor may hold it once or twice.
    """
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
    said = draw(st.lists(st.tuples(st.integers(0, 120), st.sampled_from(("receipt", "explanation"))), max_size=4))
    quiet = draw(st.lists(st.tuples(st.integers(0, 110), st.integers(0, 30)), max_size=2))
    return Story(
        Facts("HRM1-1", matter=matter, limit_days=limit, unit_code=WATER.id),
        tuple(versions),
        frozenset(day_after(first, blind)),
        tuple(Answered(WATER.id, kind, "说明", at(first + timedelta(days=n), time(15))) for n, kind in sorted(said)),
        tuple((first + timedelta(days=n), first + timedelta(days=n + length)) for n, length in quiet),
    )


def day_after(first: date, numbers: Iterable[int]) -> Iterable[date]:
    """The dates that many days after the first."""
    return (first + timedelta(days=number) for number in numbers)


def judged_at(story: Story, now: datetime) -> Judged:
    """The item at a moment; an event of the future is not in the ledger yet."""
    return judge(story.facts, [version for version in story.versions if version.moment <= now], STANDARDS, now)


def walk(story: Story, *, every_day: bool) -> list[tuple[date, str]]:
    """The notices owed on the working days of 130 days: looking every day, or only when something has come.

    What comes is an event, the date that a decision named, or the moment a clock starts by time alone.
    """
    versions = story.versions
    day, found = local(versions[0].moment).date(), []
    look_on: list[date] = []
    sent: set[str] = set()
    asked: list[Asked] = []
    seen, recheck = 0, date.max
    for _ in range(130):
        day += timedelta(days=1)
        now = at(day, POLICY.hours.start)
        arrived = sum(version.moment <= now for version in versions)
        if not WORKDAYS.is_workday(day):
            continue
        one = judged_at(story, now)
        anew = every_day or arrived > seen or recheck <= day
        # An item is looked at as a whole, on the earliest of the dates that its clocks name.
        if not anew and min(look_on, default=date.max) > day:
            continue
        look_on = []
        cases = [case for case in one.cases() if not case.closed]
        for case in informed(cases, story.past(day, sent, asked), day, POLICY, WORKDAYS):
            decision = decide(case, sent, day, LADDER, WORKDAYS, blind=day in story.blind)
            look_on.append(decision.next_on or date.max)
            if (notice := decision.notice) is not None:
                found.append((day, notice.key))
                sent.add(notice.key)
                if notice.answer_by:
                    asked.append(Asked(case.clock, notice.due, case.unit, "red_card", day, notice.answer_by))
                    then = LADDER.answer_missing_on(case.matter_code, day, notice.answer_by, WORKDAYS)
                    look_on.append(then or date.max)
        if anew:
            recheck = local(one.clocks.recheck).date() if one.clocks.recheck else date.max
        seen = arrived
    return found


PAUSED_OVER_NATIONAL_DAY = Story(
    Facts("HRM1-1", matter="lawful", limit_days=5, unit_code=WATER.id),
    tuple(
        Version(code, moment(text), "2026-01-01 00:00:00", serial, True)
        for serial, (code, text) in enumerate(
            ((1, "2026-09-21 10:00"), (3, "2026-09-28 10:00"), (9, "2026-09-29 10:00"), (10, "2026-10-09 10:00"))
        )
    ),
    frozenset({date(2026, 10, 15)}),
)


HELD_AND_EXPLAINED = replace(
    PAUSED_OVER_NATIONAL_DAY,
    answers=(Answered(WATER.id, "explanation", "说明", moment("2026-10-23 15:00")),),
    holds=((date(2026, 10, 12), date(2026, 10, 17)),),
)


@settings(max_examples=60, deadline=None)
@given(stories())
@example(PAUSED_OVER_NATIONAL_DAY)
@example(HELD_AND_EXPLAINED)
def test_looking_only_on_the_named_dates_finds_what_looking_every_day_finds(story: Story) -> None:
    assert walk(story, every_day=False) == walk(story, every_day=True)


def test_the_worked_example_is_walked_over_its_pause_and_the_holidays() -> None:
    steps = [(day.isoformat(), key.rpartition("|")[2]) for day, key in walk(PAUSED_OVER_NATIONAL_DAY, every_day=False)]
    assert steps[:11] == [
        ("2026-09-28", "acceptance-in-1"),
        ("2026-10-13", "promised-in-1"),
        ("2026-10-14", "promised-today"),
        ("2026-10-16", "promised-yellow"),  # held on the 15th, when there was no good data
        ("2026-10-21", "promised-red"),
        ("2026-10-22", "answer-missing"),  # three working days after the yellow card, to the 21st
        ("2026-10-26", "answer-missing"),  # two after the red one
        ("2026-10-28", "promised-red#1"),
        ("2026-11-02", "answer-missing"),
        ("2026-11-04", "promised-red#2"),
        ("2026-11-09", "answer-missing"),
    ]


def test_held_it_is_walked_to_the_present_level_and_explained_it_is_not_asked_about() -> None:
    steps = [(day.isoformat(), key.rpartition("|")[2]) for day, key in walk(HELD_AND_EXPLAINED, every_day=False)]
    assert steps[:6] == [
        ("2026-09-28", "acceptance-in-1"),
        ("2026-10-19", "promised-yellow"),  # held from the 12th to the 17th, a Saturday
        ("2026-10-21", "promised-red"),
        ("2026-10-23", "answer-missing"),  # of the yellow card; in the afternoon an explanation answered both
        ("2026-10-28", "promised-red#1"),
        ("2026-11-02", "answer-missing"),
    ]
