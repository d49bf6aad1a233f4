"""What holds of the clocks of every item, however disorderly its history."""

from datetime import timedelta
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.clocks import HOUR, WORKING_DAY, Clocks, Limit, Limits, Rules, compute
from monitor.events import SHANGHAI, Code, Version, local_date
from tests.core.builders import CALENDAR, THRESHOLDS
from tests.core.strategies import LIMITS, courses, histories, later, moments

AFTER = moments(80)
HISTORIES = st.one_of(histories(), courses())


def at(versions: list[Version], limits: Limits, after: timedelta) -> Clocks:
    """The clocks at some time after the first event, the source supplying decision documents."""
    now = later(versions, after)
    return compute(
        versions, limits, Rules(CALENDAR, THRESHOLDS, now), documents_since=local_date(now).replace(year=2000)
    )


@given(HISTORIES, LIMITS, AFTER, st.randoms(use_true_random=False))
def test_the_order_of_arrival_never_changes_a_result(
    versions: list[Version], limits: Limits, after: timedelta, random: Random
) -> None:
    shuffled = list(versions)
    random.shuffle(shuffled)
    assert at(shuffled, limits, after) == at(versions, limits, after)


@given(HISTORIES, LIMITS, AFTER, st.data())
def test_a_row_repeated_changes_nothing(
    versions: list[Version], limits: Limits, after: timedelta, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(versions), max_size=5)) if versions else []
    assert at([*versions, *again], limits, after) == at(versions, limits, after)


@given(courses(), histories(), LIMITS, AFTER)
def test_events_invalidated_are_as_if_they_had_never_been(
    versions: list[Version], more: list[Version], limits: Limits, after: timedelta
) -> None:
    keys = {(version.code, version.moment) for version in versions}
    mistakes = [one._replace(valid=True) for one in more if (one.code, one.moment) not in keys]
    invalidations = [
        one._replace(updated="2028-01-01 00:00:00", serial=1000 + n, valid=False) for n, one in enumerate(mistakes)
    ]
    now = later(versions, after)
    rules = Rules(CALENDAR, THRESHOLDS, now)
    assert compute([*versions, *mistakes, *invalidations], limits, rules) == compute(versions, limits, rules)


@given(HISTORIES, LIMITS, AFTER)
def test_a_due_date_is_a_working_day_unless_it_is_a_moment(
    versions: list[Version], limits: Limits, after: timedelta
) -> None:
    for clock in at(versions, limits, after).all:
        if clock.due is not None and clock.due_at is None:
            assert CALENDAR.is_workday(clock.due)
        assert (clock.due_at is not None) is (
            clock.due is not None and clock.limit is not None and clock.limit.unit == HOUR
        )


@given(HISTORIES, LIMITS, AFTER)
def test_the_figures_of_a_clock_agree_with_each_other(
    versions: list[Version], limits: Limits, after: timedelta
) -> None:
    result = at(versions, limits, after)
    for clock in result.all:
        if clock.limit is None or clock.start is None:
            assert (clock.due, clock.used, clock.remaining, clock.overdue_days, clock.on_time) == (None,) * 5
            continue
        assert clock.used is not None
        assert clock.remaining is not None
        assert clock.overdue_days is not None
        assert (clock.due is None) <= clock.paused
        assert (clock.on_time is None) is clock.active
        assert clock.active is (clock.end is None)
        assert clock.overdue_days == max(0, -clock.remaining)
        assert clock.state.startswith("done") is (clock.end is not None)
        on_its_way = clock.end is None or clock.end >= clock.start
        if clock.limit.unit == WORKING_DAY and clock.limit.amount and on_its_way:
            assert clock.used + clock.remaining == clock.limit.amount


@given(HISTORIES, LIMITS, st.lists(AFTER, min_size=2, max_size=6))
def test_as_time_goes_by_overdue_days_only_grow_and_what_remains_only_shrinks(
    versions: list[Version], limits: Limits, times: list[timedelta]
) -> None:
    last = max((version.moment for version in versions), default=None)
    assume(last is not None)
    assert last is not None
    begun = last - later(versions, timedelta(0))
    results = [at(versions, limits, begun + after) for after in sorted(times)]
    for name in ("review", "statutory", "delivery"):
        clocks = [getattr(result, name) for result in results]
        started = [clock for clock in clocks if clock.start is not None and clock.limit is not None]
        overdue = [clock.overdue_days for clock in started]
        remaining = [clock.remaining for clock in started]
        assert overdue == sorted(overdue)
        assert remaining == sorted(remaining, reverse=True)


@given(courses(), st.integers(0, 30), st.sampled_from([WORKING_DAY, "natural_day"]))
def test_work_done_on_the_due_date_is_on_time_and_on_the_next_working_day_late(
    versions: list[Version], amount: int, unit: str
) -> None:
    open_ = [version for version in versions if version.code not in (2, 11, 12, 13)]
    limits = Limits(Limit(amount, unit))
    clock = at(open_, limits, timedelta(days=200)).promised
    assume(clock.due is not None)
    assert clock.due is not None
    for day, on_time in ((clock.due, True), (CALENDAR.add(clock.due, 1), False)):
        for hour in (0, 23):
            moment = (
                later([], timedelta(0))
                .astimezone(SHANGHAI)
                .replace(year=day.year, month=day.month, day=day.day, hour=hour)
            )
            assume(moment >= max(version.moment for version in open_))
            closed = [*open_, Version(Code.PASSED, moment, "2027-01-01 00:00:00", 99, True)]
            done = at(closed, limits, timedelta(days=400)).promised
            # A deemed item has no promised clock once it is closed without acceptance.
            assert done.on_time is (on_time if done.start else None)
            # A day that a pause begun on the due date covers is late all the same, but no counted day.
            if not on_time and done.start and unit == WORKING_DAY and not clock.paused:
                assert done.overdue_days == 1


@given(courses(), LIMITS, AFTER, st.integers(0, 20), st.integers(0, 20))
def test_one_more_special_procedure_never_makes_a_due_date_earlier(
    versions: list[Version], limits: Limits, after: timedelta, start: int, length: int
) -> None:
    # Where another special procedure is on record, its end could pair with the new start.
    assume(not any(version.code in (9, 10) for version in versions))
    begun = later(versions, timedelta(days=start))
    more = [
        Version(Code.SPECIAL_START, begun, "2027-01-01 00:00:00", 98, True),
        Version(Code.SPECIAL_END, begun + timedelta(days=length), "2027-01-01 00:00:00", 99, True),
    ]
    before, with_more = at(versions, limits, after), at([*versions, *more], limits, after)
    for name in ("promised", "statutory"):
        plain, moved = getattr(before, name), getattr(with_more, name)
        assert plain.due is None or moved.due is None or moved.due >= plain.due
        assert (plain.used is None) or moved.used <= plain.used


@given(HISTORIES, LIMITS, AFTER, st.integers(1, 20))
def test_an_extension_never_makes_a_due_date_earlier(
    versions: list[Version], limits: Limits, after: timedelta, extension: int
) -> None:
    longer = Limits(limits.promised, limits.statutory, limits.acceptance, limits.review, limits.delivery, extension)
    before, extended = at(versions, limits, after), at(versions, longer, after)
    for name in ("promised", "statutory"):
        old, new = getattr(before, name), getattr(extended, name)
        assert old.due is None or new.due is None or new.due >= old.due
    assert (before.acceptance, before.review, before.delivery) == (
        extended.acceptance,
        extended.review,
        extended.delivery,
    )
