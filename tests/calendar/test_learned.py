"""What the calendar learns from a notice: what is written down, what is undone, what is left alone."""

from datetime import date, timedelta

import pytest

from config.overlay import DayRule
from monitor.learned import differences, lesson
from monitor.workdays import Workdays
from tests.calendar.lessons import PLAIN, calendar, taught
from tests.calendar.texts import SAMPLE, YEARS, read, text


def off(days: Workdays, first: str, last: str) -> list[str]:
    """The days off from the one date to the other."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    every = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    return [day.isoformat()[5:] for day in every if not days.is_workday(day)]


@pytest.mark.parametrize("year", YEARS)
def test_a_year_learned_is_that_of_its_notice_whatever_the_program_knows(year: int) -> None:
    notice = read(text(str(year)))
    days = calendar(taught(str(year))[0])
    for n in range(330):
        day = date(year, 1, 1) + timedelta(days=n)
        assert days.is_workday(day) == notice.days.get(day, (day.weekday() < 5,))[0], day
    assert all(days.is_workday(day) == working for day, (working, _) in notice.days.items())
    assert days.published(year)


def test_the_notice_of_2015_undoes_what_came_in_may() -> None:
    rules, _ = taught("2015")
    assert off(PLAIN, "2015-08-31", "2015-09-07") == ["09-03", "09-04", "09-05"]
    assert off(calendar(rules), "2015-08-31", "2015-09-07") == ["09-05", "09-06"]
    assert rules[date(2015, 9, 3)].name == "工作日"


@pytest.mark.parametrize(
    ("year", "first", "last", "before", "after"),
    [
        (2015, "2015-09-01", "2015-09-08", ["09-05", "09-06"], ["09-03", "09-04", "09-05"]),
        (2019, "2019-04-27", "2019-05-05", ["04-27", "04-28", "05-01", "05-04", "05-05"],
         ["04-27", "05-01", "05-02", "05-03", "05-04"]),
        (2020, "2020-01-23", "2020-02-03", ["01-24", "01-25", "01-26", "01-27", "01-28", "01-29", "01-30", "02-02"],
         ["01-24", "01-25", "01-26", "01-27", "01-28", "01-29", "01-30", "01-31", "02-01", "02-02"]),
    ],
)  # fmt: skip
def test_a_change_in_mid_year_follows_its_notice(
    year: int, first: str, last: str, before: list[str], after: list[str]
) -> None:
    original, _ = taught(str(year))
    changed, _ = taught(f"{year}-change", rules=original)
    assert off(calendar(original), first, last) == before
    assert off(calendar(changed), first, last) == after
    assert off(PLAIN, first, last) == after


def test_after_the_change_each_day_names_its_own_notice() -> None:
    rules, _ = taught("2019", "2019-change")
    assert rules[date(2019, 5, 1)].source == rules[date(2019, 5, 5)].source == "国办发明电〔2019〕3号"
    assert rules[date(2019, 10, 1)].source == "国办发明电〔2018〕15号"


def test_a_change_of_what_is_known_already_changes_nothing() -> None:
    _, learned = taught("2020-change")
    assert dict(learned.days) == {}
    assert learned.remarks == ("日历里春节假期已经到 2020-02-02，没有要改的。",)


def test_the_original_learned_again_does_not_undo_the_change() -> None:
    once, _ = taught("2015", "2015-change")
    again, learned = taught("2015", rules=once)
    assert off(calendar(again), "2015-09-01", "2015-09-08") == ["09-03", "09-04", "09-05"]
    assert any("2015-09-03 放假" in remark and "照旧保留" in remark for remark in learned.remarks)


def test_new_year_s_eve_arranged_by_the_next_notice_is_left_alone() -> None:
    assert off(calendar(taught("2018")[0]), "2018-12-28", "2019-01-02") == ["12-30", "12-31", "01-01"]
    assert off(calendar(taught("2018", "2019")[0]), "2018-12-28", "2019-01-02") == ["12-30", "12-31", "01-01"]


def test_days_of_the_district_s_own_stay() -> None:
    own = {date(2027, 3, 8): DayRule(date(2027, 3, 8), False, "妇女节", "区政府通知")}
    rules, learned = taught(SAMPLE, rules=own)
    assert rules[date(2027, 3, 8)] == own[date(2027, 3, 8)]
    assert "2027-03-08 放假（妇女节）是日历文件里原有的，通知没有提到，照旧保留。" in learned.remarks


def test_a_year_that_was_only_reckoned_becomes_known() -> None:
    before = PLAIN
    rules, learned = taught(SAMPLE)
    after = calendar(rules)
    assert (before.published(2027), after.published(2027)) == (False, True)
    turned = {pair.after.date.isoformat(): pair.after.working for pair in differences(before, after, learned.days)}
    assert turned == {
        "2027-01-31": True,
        **dict.fromkeys((f"2027-02-{n:02}" for n in range(9, 13)), False),
        **dict.fromkeys(("2027-02-13", "2027-02-14", "2027-04-25"), True),
        **dict.fromkeys((f"2027-05-{n:02}" for n in range(3, 6)), False),
        **dict.fromkeys(("2027-05-08", "2027-09-26"), True),
        **dict.fromkeys((f"2027-10-{n:02}" for n in range(4, 8)), False),
        "2027-10-09": True,
    }


def test_a_part_of_a_year_does_not_make_it_known() -> None:
    words = "关于2027年火把节放假的通知\n一、火把节：7月26日至28日放假，共3天。"
    notice = read(words)
    learned = lesson(notice, PLAIN, {})
    assert (learned.faults, len(learned.days)) == ((), 3)
    assert not calendar(learned.rules("x")).published(2027)


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [
        pytest.param(
            "6月9日（周三）放假1天",
            "6月10日（周四）放假1天",
            "2027-06-09（端午节）依法放假",
            id="a festival on a wrong day",
        ),
        pytest.param("5日（农历除夕、周五）至", "6日至", "2027-02-05（春节（除夕））依法放假", id="no New Year's Eve"),
        pytest.param("5月1日（周六）至5日（周三）", "5月1日（周六）至1日", "颠倒", id="a range of one day"),
    ],
)
def test_a_notice_against_the_law_was_not_read_right(good: str, bad: str, why: str) -> None:
    words = text(SAMPLE).replace(good, bad).replace("共8天", "共7天")
    learned = lesson(read(words), PLAIN, {})
    assert any(why in fault for fault in learned.faults)


def test_an_extension_of_a_holiday_that_is_not_there_is_no_guess() -> None:
    words = text("2020-change").replace("2月2日（农历正月初九，星期日），2月3日（星期一）", "6月7日，6月8日")
    learned = lesson(read(words), PLAIN, {})
    assert learned.faults == ("日历里找不到 2020 年春节假期，不知道从哪一天延长起。",)


def test_days_that_a_change_does_not_mention_are_told() -> None:
    words = text("2019-change").replace("4月28日（星期日）、", "")
    _, original = taught("2019")
    rules = original.rules("x") | {date(2019, 4, 28): DayRule(date(2019, 4, 28), True, "劳动节调休上班", "x")}
    learned = lesson(read(words), calendar(rules), rules)
    expected = "2019-04-28 上班（劳动节调休上班）本次通知没有提到，照旧保留；如已取消，请改日历文件。"
    assert learned.remarks == (expected,)


@pytest.mark.parametrize("year", [1998, 2071])
def test_a_year_beyond_the_calendar_is_refused(year: int) -> None:
    notice = read(f"关于{year}年火把节放假的通知\n一、火把节：7月26日至28日放假，共3天。")
    learned = lesson(notice, PLAIN, {})
    assert learned.faults == ("通知里有 2000—2070 年以外的日期，没有那些年的工作日历。",)
