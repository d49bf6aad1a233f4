"""2015, 2019 and 2020, whose calendars were changed in mid-year: due dates before and after, and who is told again.

The due dates are counted by hand from the words of the notices. The ladder is the default one: reminders 3 and 1
working days before the due date and on it, the yellow card on the first day overdue.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerts.notices import CARRIED
from monitor.ledger.store import ITEM
from tests.calendar.office import Office, office_of

Open = Callable[..., Office]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens an office; its ledger is closed at the end."""
    made: list[Office] = []

    def open_one(now: str, *names: str) -> Office:
        made.append(office_of(tmp_path, now, *names))
        return made[-1]

    yield open_one
    for office in made:
        office.day.app.engine.dispose()


def learned(office: Office, name: str, now: str) -> None:
    """The change is taught and the daemon started again."""
    office.day.at(now)
    called = office.learn(name)
    assert called.code == 0, called.err
    office.restart()


class TestTheMemorialDayOf2015:
    """Announced on 13 May: 3 and 4 September off, Sunday the 6th worked."""

    WHY = "日历变更（2015-09-03…09-04 改为放假，2015-09-06 改为上班）"

    def test_known_in_time_dates_move_and_nobody_is_told_anything(self, opened: Open) -> None:
        office = opened("2015-05-11 09:00", "2015")
        # 20 June and 22 June off. 12 May is day 1, 31 May day 14, 30 June day 35, 31 July day 58, 31 August day 79;
        # 1, 2, 3 September are days 80 to 82. With the change 2 September is day 81 and Sunday the 6th day 82.
        office.day.item("A", "2015-05-11 09:00:00", "2015-05-11 10:00:00", SXBLSX=82)
        office.day.item("B", "2015-05-11 09:00:00", "2015-05-11 10:00:00", SXBLSX=81)
        assert office.tick("2015-05-12 09:05") == []
        assert office.due() == {"A": "2015-09-03", "B": "2015-09-02"}
        learned(office, "2015-change", "2015-05-13 17:00")
        assert office.tick("2015-05-14 09:05") == []
        assert office.due() == {"A": "2015-09-06", "B": "2015-09-02"}
        assert office.changes("2015-05-13 17:00") == {"A": ("2015-09-03", "2015-09-06", self.WHY)}
        assert office.versions() == ["首次记录", "2015-09-03…09-04 改为放假，2015-09-06 改为上班"]

    def test_learned_the_day_before_a_reminder_already_sent_is_not_sent_again(self, opened: Open) -> None:
        office = opened("2015-08-24 09:00", "2015")
        # 25 August is day 1, 31 August 5, 1 to 4 September 6 to 9, Monday the 7th 10.
        # With the change 2 September is day 7, Sunday the 6th 8, the 7th 9, Tuesday the 8th 10.
        office.day.item("A", "2015-08-24 09:00:00", "2015-08-24 10:00:00", SXBLSX=10)
        assert office.tick("2015-09-02 09:05") == [("A", "promised-in-3", "2015-09-07", 3)]
        learned(office, "2015-change", "2015-09-02 10:00")
        assert office.tick("2015-09-02 10:05") == []
        assert office.changes("2015-09-02 10:00") == {"A": ("2015-09-07", "2015-09-08", self.WHY)}
        assert office.notices("A") == [
            ("promised|2015-09-07|promised-in-3", "step_reached"),
            ("promised|2015-09-08|promised-in-3", CARRIED),
        ]
        days = ("2015-09-03", "2015-09-04", "2015-09-05", "2015-09-06", "2015-09-07", "2015-09-08", "2015-09-09")
        assert {day: told for day in days if (told := office.tick(f"{day} 09:05"))} == {
            "2015-09-07": [("A", "promised-in-1", "2015-09-08", 1)],
            "2015-09-08": [("A", "promised-today", "2015-09-08", 0)],
            "2015-09-09": [("A", "promised-yellow", "2015-09-08", -1)],
        }

    @pytest.mark.slow
    def test_learned_too_late_the_step_of_the_new_light_is_told(self, opened: Open) -> None:
        office = opened("2015-08-21 09:00", "2015")
        # 24 August is day 1, 31 August 6, 1 to 4 September 7 to 10. With the change the 6th is day 9, the 7th day 10.
        office.day.item("A", "2015-08-21 09:00:00", "2015-08-21 10:00:00", SXBLSX=10)
        assert office.tick("2015-09-01 09:05") == [("A", "promised-in-3", "2015-09-04", 3)]
        assert office.tick("2015-09-04 09:05") == [("A", "promised-today", "2015-09-04", 0)]
        assert office.tick("2015-09-07 09:05") == [("A", "promised-yellow", "2015-09-04", -1)]
        learned(office, "2015-change", "2015-09-07 10:00")
        assert office.tick("2015-09-07 10:05") == [("A", "promised-today", "2015-09-07", 0)]
        assert office.changes("2015-09-07 10:00", "light") == {"A": ("red", "orange", self.WHY)}
        assert office.tick("2015-09-07 15:30") == []
        assert office.tick("2015-09-08 09:05") == [("A", "promised-yellow", "2015-09-07", -1)]


class TestLabourDayOf2019:
    """Announced on 22 March: 1 to 4 May off instead of the 1st alone, Sundays 28 April and 5 May worked."""

    WHY = "日历变更（2019-04-28 改为上班，2019-05-02…05-03 改为放假，2019-05-05 改为上班）"

    def test_dates_move_to_before_the_holiday_and_beyond_it_not_at_all(self, opened: Open) -> None:
        office = opened("2019-03-11 09:00", "2019")
        # 12 March is day 1, 29 March 14, 4 April 18 (the 5th off), 12 April 23, 19 April 28, 26 April 33; 29 April 34,
        # 30 April 35, 2 May 36, 3 May 37, 6 May 38. With the change Sunday the 28th is 34, the 29th 35, the 30th 36,
        # Sunday 5 May 37, 6 May 38.
        for item, limit in (("A", 36), ("B", 37), ("C", 38)):
            office.day.item(item, "2019-03-11 09:00:00", "2019-03-11 10:00:00", SXBLSX=limit)
        assert office.tick("2019-03-21 09:05") == []
        assert office.due() == {"A": "2019-05-02", "B": "2019-05-03", "C": "2019-05-06"}
        learned(office, "2019-change", "2019-03-22 18:00")
        assert office.tick("2019-03-25 09:05") == []
        assert office.due() == {"A": "2019-04-30", "B": "2019-05-05", "C": "2019-05-06"}
        assert office.changes("2019-03-22 18:00") == {
            "A": ("2019-05-02", "2019-04-30", self.WHY),
            "B": ("2019-05-03", "2019-05-05", self.WHY),
        }

    @pytest.mark.slow
    def test_a_date_that_comes_nearer_is_not_reminded_of_twice(self, opened: Open) -> None:
        office = opened("2019-04-17 09:00", "2019")
        # 18 April is day 1, 26 April 7, 29 April 8, 30 April 9, 2 May 10. With the change the 28th is 8, the 30th 10.
        office.day.item("A", "2019-04-17 09:00:00", "2019-04-17 10:00:00", SXBLSX=10)
        assert office.tick("2019-04-26 09:05") == [("A", "promised-in-3", "2019-05-02", 3)]
        learned(office, "2019-change", "2019-04-26 10:00")
        assert office.tick("2019-04-26 10:05") == []
        days = ("2019-04-27", "2019-04-28", "2019-04-29", "2019-04-30", "2019-05-01", "2019-05-05")
        assert {day: told for day in days if (told := office.tick(f"{day} 09:05"))} == {
            "2019-04-29": [("A", "promised-in-1", "2019-04-30", 1)],
            "2019-04-30": [("A", "promised-today", "2019-04-30", 0)],
            "2019-05-05": [("A", "promised-yellow", "2019-04-30", -1)],
        }


class TestSpringFestivalOf2020:
    """Announced on 26 January, in the holiday: Friday the 31st and the moved Saturday 1 February off after all."""

    WHY = "日历变更（2020-01-31…02-01 改为放假）"

    @pytest.mark.slow
    def test_deadlines_that_had_been_set_move_out_of_the_holiday(self, opened: Open) -> None:
        office = opened("2020-01-13 09:00", "2020")
        # 14 January is day 1, 17 January 4, Sunday the 19th 5, the 20th to the 23rd 6 to 9, the 31st 10,
        # Saturday 1 February 11, 3 February 12. With the change 3 February is 10, the 4th 11, the 5th 12.
        for item, limit in (("A", 10), ("B", 11), ("C", 12), ("D", 9)):
            office.day.item(item, "2020-01-13 09:00:00", "2020-01-13 10:00:00", SXBLSX=limit)
        office.tick("2020-01-21 09:05")
        assert office.due() == {"A": "2020-01-31", "B": "2020-02-01", "C": "2020-02-03", "D": "2020-01-23"}
        told = office.tick("2020-01-23 09:05")
        assert told == [
            ("A", "promised-in-1", "2020-01-31", 1),
            ("B", "promised-in-3", "2020-02-01", 2),
            ("C", "promised-in-3", "2020-02-03", 3),
            ("D", "promised-today", "2020-01-23", 0),
        ]
        learned(office, "2020-change", "2020-01-27 10:00")
        days = [f"2020-01-{n}" for n in (27, 28, 31)] + ["2020-02-01", "2020-02-02"]
        assert [office.tick(f"{day} 10:05") for day in days] == [[]] * 5
        assert office.due() == {"A": "2020-02-03", "B": "2020-02-04", "C": "2020-02-05", "D": "2020-01-23"}
        assert office.changes("2020-01-27 10:00") == {
            "A": ("2020-01-31", "2020-02-03", self.WHY),
            "B": ("2020-02-01", "2020-02-04", self.WHY),
            "C": ("2020-02-03", "2020-02-05", self.WHY),
        }
        assert office.tick("2020-02-03 09:05") == [
            ("A", "promised-today", "2020-02-03", 0),
            ("B", "promised-in-1", "2020-02-04", 1),
            ("D", "promised-yellow", "2020-01-23", -1),
        ]

    def test_learned_when_it_is_over_overdue_items_are_due_today_and_closed_ones_in_time(self, opened: Open) -> None:
        office = opened("2020-01-13 09:00", "2020")
        office.day.item("A", "2020-01-13 09:00:00", "2020-01-13 10:00:00", SXBLSX=10)
        office.day.item("closed late", "2020-01-13 09:00:00", "2020-01-13 10:00:00", SXBLSX=10)
        office.day.item("closed long ago", "2020-01-06 09:00:00", "2020-01-06 10:00:00", SXBLSX=5)
        office.day.event("closed long ago", 14, "2020-01-10 10:00:00")
        office.day.event("closed late", 14, "2020-02-03 08:30:00")
        office.tick("2020-01-31 09:05")
        assert ("A", "promised-yellow", "2020-01-31", -1) in office.tick("2020-02-01 09:05")
        office.tick("2020-02-03 09:05")
        states = {row.item: (row.state, row.light) for row in office.rows(ITEM)}
        assert states["A"] == ("overdue", "red")
        assert states["closed late"] == ("done_late", "red")
        learned(office, "2020-change", "2020-02-03 10:00")
        assert office.tick("2020-02-03 10:05") == [("A", "promised-today", "2020-02-03", 0)]
        states = {row.item: (row.state, row.light) for row in office.rows(ITEM)}
        assert states["A"] == ("due_today", "orange")
        assert states["closed late"] == ("done_on_time", "green")
        assert office.changes("2020-02-03 10:00", "state") == {
            "A": ("overdue", "due_today", self.WHY),
            "closed late": ("done_late", "done_on_time", self.WHY),
        }
        untouched = next(row for row in office.rows(ITEM) if row.item == "closed long ago")
        assert untouched.judged_at < office.day.clock.now

    def test_the_clocks_beside_the_promised_one_are_on_record_too(self, opened: Open) -> None:
        office = opened("2020-01-20 09:00", "2020")
        # Received on 20 January, five days: the 21st, 22nd, 23rd, the 31st, 1 February; with the change 3, 4 February.
        office.day.item("A", "2020-01-20 09:00:00", SXBLSX=10)
        office.tick("2020-01-23 09:05")
        learned(office, "2020-change", "2020-01-27 10:00")
        office.tick("2020-01-27 10:05")
        assert office.changes("2020-01-27 10:00", "acceptance_due") == {"A": ("2020-02-01", "2020-02-04", self.WHY)}


class TestAYearWhoseNoticeIsNotKnown:
    """2027, reckoned from the law until its notice is learned (here one made up for the test)."""

    def test_every_date_that_rests_on_it_is_computed_again_and_is_provisional_no_more(self, opened: Open) -> None:
        office = opened("2026-11-16 09:00")
        # 17 November is day 1, 30 November 10, 31 December 33, 4 January 34, 29 January 53, 4 February 57;
        # the 5th and 8th are off by law, so the 9th is 58, the 11th 60.
        # The notice: Sunday 31 January worked is 54, 4 February 58, the 5th to the 12th off, the 13th 59, the 14th 60.
        office.day.item("A", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=60)
        office.day.item("B", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=20)
        office.tick("2026-11-23 09:05")
        before = office.judged("A").clocks.promised
        assert (str(before.due), before.provisional) == ("2027-02-11", True)
        learned(office, "2027-sample", "2026-11-24 10:00")
        office.tick("2026-11-24 10:05")
        after = office.judged("A").clocks.promised
        assert (str(after.due), after.provisional) == ("2027-02-14", False)
        why = "日历变更（2027 年放假通知）"
        assert office.changes("2026-11-24 10:00") == {"A": ("2027-02-11", "2027-02-14", why)}
        assert office.versions() == ["首次记录", "2027 年放假通知"]
        told = [mail for mail in office.day.mails("operator") if mail.key.startswith("calendar|")]
        assert [mail.key for mail in told] == ["calendar|2027|2026-11"]
        office.tick("2026-12-01 09:05")
        told = [mail for mail in office.day.mails("operator") if mail.key.startswith("calendar|")]
        assert len(told) == 1
