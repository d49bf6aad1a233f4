"""The states of the calendar on record: brought back, compared, and told in a sentence."""

from datetime import date, timedelta

import pytest

from monitor.calendar_versions import changed_days, differs, recorded, restored, what_changed
from monitor.workdays import Workdays
from tests.calendar.lessons import PLAIN, Rules, taught
from tests.calendar.texts import SAMPLE


def calendar(rules: Rules) -> Workdays:
    """The calendar with these files over it, for all its years."""
    return Workdays({day: (rule.working, rule.name) for day, rule in rules.items()})


@pytest.mark.parametrize("names", [(), ("2015",), ("2019", "2019-change"), (SAMPLE,)], ids=str)
def test_a_record_brings_the_calendar_back(names: tuple[str, ...]) -> None:
    days = calendar(taught(*names)[0]) if names else PLAIN
    again = restored(recorded(days))
    every = [date(2000, 1, 1) + timedelta(days=n) for n in range(365 * 70)]
    assert all(days.is_workday(day) == again.is_workday(day) for day in every)


def test_a_record_holds_the_special_days_alone_and_marks_the_reckoned() -> None:
    days = recorded(PLAIN)
    assert days["2026-10-10"] == [True, "国庆节调休上班"]
    assert days["2027-10-01"] == [False, "国庆节（推算）"]
    assert "2026-10-03" not in days  # a Saturday
    assert "2026-11-24" not in days


def sentence(before: Workdays, after: Workdays) -> str:
    """What changed from the one to the other."""
    return what_changed(recorded(before), recorded(after))


def test_a_year_that_becomes_known_is_told_as_its_notice() -> None:
    after = calendar(taught(SAMPLE)[0])
    assert sentence(PLAIN, after) == "2027 年放假通知"
    assert sentence(after, PLAIN) == "2027 年恢复推算"


@pytest.mark.parametrize(
    ("year", "told"),
    [
        (2015, "2015-09-03…09-04 改为放假，2015-09-06 改为上班"),
        (2019, "2019-04-28 改为上班，2019-05-02…05-03 改为放假，2019-05-05 改为上班"),
        (2020, "2020-01-31…02-01 改为放假"),
    ],
)
def test_a_change_in_mid_year_is_told_day_by_day(year: int, told: str) -> None:
    original, _ = taught(str(year))
    changed, _ = taught(f"{year}-change", rules=original)
    assert sentence(calendar(original), calendar(changed)) == told


def test_what_the_next_year_s_notice_does_to_this_one_is_told_too() -> None:
    overlay = {day: (rule.working, rule.name) for day, rule in taught(SAMPLE)[0].items()}
    after = Workdays(overlay | {date(2026, 12, 31): (False, "元旦")})
    assert sentence(PLAIN, after) == "2027 年放假通知，2026-12-31 改为放假"


def test_many_days_are_counted_rather_than_listed() -> None:
    # One of the ten is off anyhow, in Spring Festival.
    every_friday = {date(2025, 1, 3) + timedelta(days=7 * n): (False, "周五放假") for n in range(10)}
    told = sentence(PLAIN, Workdays(every_friday))
    assert told.endswith("等 9 天")
    assert told.count("改为放假") == 6


def test_another_name_for_a_day_is_no_change() -> None:
    renamed = Workdays({date(2026, 10, 1): (False, "国庆")})
    assert not differs(recorded(PLAIN), recorded(renamed))
    assert changed_days(recorded(PLAIN), recorded(renamed)) == []
