"""The weekly report: which week is owed when, once, and made again with the same figures."""

from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alerts.report import rows as report_rows
from config.overlay import DayRule
from monitor import admission
from monitor.ledger.office import record
from monitor.reporting.making import make
from monitor.reporting.moments import making_of, of_week
from monitor.reporting.periods import owed, period_of
from monitor.workdays import Workdays
from tests.alerts.office import WORKDAYS
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import ITEMS, MATTERS, at, item_row, matter_row

NINE = time(9)


@pytest.mark.parametrize(
    ("now", "week", "first", "last", "due"),
    [
        pytest.param("2026-11-23 08:59", None, "", "", "", id="on Monday before nine nothing is owed"),
        pytest.param(
            "2026-11-23 09:00", "2026-W47", "2026-11-16", "2026-11-22", "2026-11-23 09:00", id="on Monday at nine it is"
        ),
        pytest.param(
            "2026-11-27 18:00", "2026-W47", "2026-11-16", "2026-11-22", "2026-11-23 09:00", id="on Friday it still is"
        ),
        pytest.param(
            "2026-11-29 23:59", "2026-W47", "2026-11-16", "2026-11-22", "2026-11-23 09:00", id="on Sunday it still is"
        ),
        pytest.param("2026-10-05 10:00", None, "", "", "", id="on a Monday that is off nothing is owed"),
        pytest.param("2026-10-08 08:59", None, "", "", "", id="nor on the first working day before nine"),
        pytest.param(
            "2026-10-08 09:00",
            "2026-W40",
            "2026-09-28",
            "2026-10-04",
            "2026-10-08 09:00",
            id="a week that begins with holidays reports on its first working day, a Thursday",
        ),
        pytest.param("2018-10-03 10:00", None, "", "", "", id="in a week without working days nothing is owed"),
        pytest.param("2018-10-07 23:00", None, "", "", "", id="nor on its Sunday"),
        pytest.param(
            "2018-10-08 09:00",
            "2018-W40",
            "2018-09-24",
            "2018-10-07",
            "2018-10-08 09:00",
            id="a week without working days is joined to the week before it",
        ),
        pytest.param(
            "2018-10-15 09:00",
            "2018-W41",
            "2018-10-08",
            "2018-10-14",
            "2018-10-15 09:00",
            id="the week after that stands alone again",
        ),
        pytest.param(
            "2027-01-04 09:00",
            "2026-W53",
            "2026-12-28",
            "2027-01-03",
            "2027-01-04 09:00",
            id="the week around New Year belongs to the old year",
        ),
    ],
)
def test_which_report_is_owed(now: str, week: str | None, first: str, last: str, due: str) -> None:
    found = owed(at(now), NINE, WORKDAYS)
    assert (found[0].label if found else None) == week
    if found:
        assert (found[0].first.isoformat(), found[0].last.isoformat(), found[1]) == (first, last, at(due))


def test_two_weeks_off_by_the_owners_calendar_are_joined() -> None:
    off = {date(2026, 11, 9 + n): (False, "本区放假") for n in range(14)}
    found = owed(at("2026-11-23 09:00"), NINE, Workdays(off))
    assert found
    assert (found[0].label, found[0].first) == ("2026-W47", date(2026, 11, 2))


def test_a_week_is_found_by_its_number_and_a_wrong_one_is_a_sentence() -> None:
    assert period_of("2026-W47", WORKDAYS).first == date(2026, 11, 16)
    assert period_of("2018-W40", WORKDAYS).first == date(2018, 9, 24)
    for wrong in ("2026-W54", "2026W47", "47", "2026-W", "-W3", "9999-W53", ""):
        with pytest.raises(ValueError, match=f"“{wrong}”"):
            period_of(wrong, WORKDAYS)


def overdue_item(day: Day) -> None:
    """An item of ten days accepted on 2 November: due on the 16th, overdue in week 47."""
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")


def report_mail(day: Day) -> dict[str, Any]:
    """The payload of the only report."""
    [mail] = day.mails("weekly")
    payload: dict[str, Any] = mail.payload
    return payload


def made_again(day: Day, week: str = "2026-W47") -> dict[str, Any]:
    """The payload of the report on a week, made now."""
    with day.app.transactions.read() as connection:
        making = making_of(day.app, connection, of_week(day.app, connection, week))
        return report_rows.payload(make(day.app, connection, making))


def test_a_report_is_queued_once_a_week_and_goes_to_the_leaders_with_a_copy_to_the_supervisor(day: Day) -> None:
    overdue_item(day)
    day.poll()
    assert day.report().counts["queued"] == 0
    assert [day.at(f"2026-11-23 {time}").report().counts["queued"] for time in ("09:00", "09:10", "15:00")] == [1, 0, 0]
    assert day.at("2026-11-29 20:00").report().counts["queued"] == 0
    [mail] = day.mails("weekly")
    assert mail.key == "weekly:2026-W47"
    assert mail.recipients["to"] == ["district-leader@qzf.example", "bureau-leader@zwfw.example"]
    assert mail.recipients["cc"] == ["supervisor@zwfw.example"]
    assert (mail.payload["total"]["overdue"], mail.payload["overdue"][0]["item"]) == (1, "HRM1-1")


def test_with_nothing_overdue_there_is_a_report_that_says_so(day: Day) -> None:
    day.poll()
    assert day.at("2026-11-23 09:00").report().counts == {"queued": 1, "extracts": 16, "overdue": 0}
    assert "16 家单位均没有逾期事项" in "".join(report_mail(day)["summary"])


def test_with_stale_data_and_with_none_at_all_there_is_a_report_that_says_so(day: Day) -> None:
    assert day.at("2026-11-23 09:00").report().counts["queued"] == 1
    assert (report_mail(day)["stale"], report_mail(day)["data_as_of"]) == (True, None)
    overdue_item(day)
    day.at("2026-11-23 10:00").poll()
    day.at("2026-11-30 09:00").report()
    last = day.mails("weekly")[-1].payload
    assert (last["stale"], datetime.fromisoformat(last["data_as_of"])) == (True, at("2026-11-23 10:00"))


def test_after_downtime_the_last_week_is_reported_once_as_soon_as_the_daemon_is_up(day: Day) -> None:
    day.poll()
    day.at("2026-12-10 14:00")
    assert [day.report().counts["queued"] for _ in range(2)] == [1, 0]
    assert [mail.key for mail in day.mails("weekly")] == ["weekly:2026-W49"]


def test_the_report_leaves_in_the_working_hours_it_was_made_in(day: Day) -> None:
    day.poll()
    day.at("2026-11-29 20:00").report()
    day.deliver()
    assert [mail.state for mail in day.mails("weekly")] == ["pending"]
    day.at("2026-11-30 09:00").deliver()
    assert [mail.state for mail in day.mails("weekly")] == ["kept"]


def test_an_overlay_moves_the_day_of_the_report(tmp_path: Path) -> None:
    off = {date(2026, 11, 23): DayRule(date=date(2026, 11, 23), working=False, name="本区放假")}
    day = day_of(tmp_path, "2026-11-23 10:00", overlay=off)
    assert day.report().counts["queued"] == 0
    assert day.at("2026-11-24 09:00").report().counts["queued"] == 1
    day.app.engine.dispose()


def closed_and_backdated(day: Day) -> None:
    day.event("HRM1-1", 11, "2026-11-20 10:00:00", known="2026-11-23 11:00:00")


def invalidated_close(day: Day) -> None:
    day.event("HRM1-2", 11, "2026-11-19 10:00:00", known="2026-11-23 11:00:00", SJYXBS=0)


def a_new_item(day: Day) -> None:
    day.item("HRM1-9", "2026-11-23 12:00:00", "2026-11-23 12:30:00")


def a_row_that_cannot_be_read(day: Day) -> None:
    day.event("HRM1-1", 99, "2026-11-23 11:00:00")


def the_item_row_of_waiting_events(day: Day) -> None:
    day.platform.add(ITEMS, item_row("HRM1-3", 900, "2026-11-23 11:00:00"))


def further_waiting_events(day: Day) -> None:
    day.event("HRM1-4", 1, "2026-11-20 11:00:00", known="2026-11-23 11:00:00")


def a_mail_of_this_week(day: Day) -> None:
    day.at("2026-11-23 09:10").plan()
    day.deliver()


MONTHS_AGO = ["received=2026-09-01", "accepted=2026-09-02", "closed=2026-09-08"]


def finished_offline_by_the_record(day: Day) -> None:
    day.at("2026-11-23 15:00")
    with day.app.transactions.write() as connection:
        record(
            connection,
            "HRM1-1",
            lambda judged, _: admission.corrections(MONTHS_AGO, judged),
            admission.paper("督办专员", "核对纸质材料", None),
            day.app.standards,
            day.app.clock(),
        )


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(closed_and_backdated, id="an item was closed, the close dated back into the week"),
        pytest.param(finished_offline_by_the_record, id="staff put on record that an item was closed before the week"),
        pytest.param(invalidated_close, id="a close of the week was invalidated"),
        pytest.param(a_new_item, id="an item came in"),
        pytest.param(a_row_that_cannot_be_read, id="a row was set aside"),
        pytest.param(further_waiting_events, id="events came whose item is not known"),
        pytest.param(the_item_row_of_waiting_events, id="the item came that events were waiting for"),
        pytest.param(a_mail_of_this_week, id="mails of the new week went out"),
    ],
)
def test_a_report_made_again_is_the_same_whatever_has_happened_since(day: Day, later: Any) -> None:
    overdue_item(day)
    day.item("HRM1-2", "2026-11-16 09:00:00", "2026-11-16 10:00:00")
    day.event("HRM1-2", 11, "2026-11-19 10:00:00")
    day.event("HRM1-3", 1, "2026-11-18 09:00:00")
    day.event("HRM1-3", 3, "2026-11-18 10:00:00")
    day.poll()
    day.at("2026-11-23 09:00").report()
    first = report_mail(day)
    later(day)
    day.at("2026-11-24 10:00").poll()
    assert made_again(day) == first


def test_a_week_that_was_never_reported_is_made_of_what_was_known_when_it_fell_due(day: Day) -> None:
    overdue_item(day)
    day.poll()
    closed_and_backdated(day)
    day.at("2026-11-24 10:00").poll()
    assert made_again(day)["total"]["overdue"] == 1


def test_the_stock_reconciles_from_one_week_to_the_next(day: Day) -> None:
    for number in range(12):
        first = 2 + number
        day.item(f"HRM1-{number}", f"2026-11-{first:02d} 09:00:00", f"2026-11-{first:02d} 10:00:00")
        if number % 3:
            day.event(f"HRM1-{number}", 11, f"2026-11-{first + 3:02d} 10:00:00")
    day.poll()
    weeks = [made_again(day, f"2026-W{number}")["total"] for number in (45, 46, 47)]
    for week in weeks:
        assert week["before"] + week["received"] - week["finished"] == week["in_hand"]
    for before, after in pairwise(weeks):
        assert before["in_hand"] == after["before"]
    assert [week["received"] for week in weeks] == [7, 5, 0]


def shorter_limit(day: Day) -> None:
    day.platform.add(MATTERS, matter_row(5, 1, "2026-11-24 09:00:00"))


def test_a_limit_of_the_catalogue_that_is_changed_later_does_not_change_a_report(day: Day) -> None:
    overdue_item(day)
    day.poll()
    shorter_limit(day)
    day.at("2026-11-24 10:00").poll()
    day.at("2026-11-30 09:00").report()
    assert made_again(day)["overdue"][0]["overdue_days"] == 4
    assert made_again(day, "2026-W48")["overdue"][0]["overdue_days"] == 14
