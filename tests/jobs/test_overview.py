"""The overview to the supervisor: once each working day, of all that happened since the one before."""

from datetime import date, datetime, time
from typing import Any

import pytest

from alerts.outbox import MAIL, Outgoing, add
from alerts.overview_rows import ANSWER, DECISION, HANDED, HOLD, LETTER, RECEIVED
from alerts.recipients import Recipients
from config.policy import Hours, Overview, Policy
from monitor.jobs.overview import overview_round, owed
from tests.alerts.office import WORKDAYS
from tests.jobs.daemon_day import Day, day_of
from tests.ledger.platform import at


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param("2026-11-23 16:59", None, id="before the hour nothing is owed"),
        pytest.param("2026-11-23 17:00", "2026-11-23", id="at the hour it is"),
        pytest.param("2026-11-23 23:50", "2026-11-23", id="late in the evening it still is"),
        pytest.param("2026-11-24 00:10", None, id="after midnight that of the next day is waited for"),
        pytest.param("2026-11-22 17:30", None, id="not on a Sunday"),
        pytest.param("2026-10-05 17:30", None, id="not on a holiday"),
        pytest.param("2026-10-10 17:30", "2026-10-10", id="on a Saturday that is worked"),
    ],
)
def test_it_is_owed_each_working_day_from_its_hour_on(now: str, day: str | None) -> None:
    assert owed(at(now), time(17), WORKDAYS) == (date.fromisoformat(day) if day else None)


def overviews(day: Day) -> list[dict[str, Any]]:
    """The overviews so far."""
    return [mail.payload for mail in day.mails("overview")]


def made(day: Day, text: str) -> dict[str, Any]:
    """The overview made at a moment."""
    before = len(overviews(day))
    day.at(text)
    assert overview_round(day.app).counts == {"overviews": 1}
    assert len(overviews(day)) == before + 1
    return overviews(day)[-1]


def put(day: Day, table: Any, **values: Any) -> None:
    """A row in a table."""
    with day.app.transactions.write() as connection:
        connection.execute(table.insert().values(**values))


def test_it_is_queued_once_a_day_to_the_supervisor_also_when_nothing_happened(day: Day) -> None:
    made(day, "2026-11-23 17:00")
    for later in ("2026-11-23 17:10", "2026-11-23 20:00", "2026-11-24 09:00"):
        day.at(later)
        assert overview_round(day.app).counts == {"overviews": 0}
    [mail] = day.mails("overview")
    assert (mail.key, mail.audience) == ("overview:2026-11-23", "supervisor")
    assert mail.recipients["to"] == ["supervisor@zwfw.example"]
    assert (mail.payload["mails"], mail.payload["units"]) == (0, [])


def test_it_tells_what_left_and_what_waits(day: Day) -> None:
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")  # due on the 16th
    day.item("HRM1-2", "2026-11-02 09:00:00", "2026-11-02 10:00:00", SPBMBM="X", SPBMMC="某某部门")
    day.at("2026-11-17 09:00").poll()
    day.plan()
    day.deliver()
    found = made(day, "2026-11-17 17:00")
    assert [(row["name"], row["mails"], row["yellow_card"]) for row in found["units"]] == [
        ("区水务局", 2, 1),
        ("未匹配单位", 1, 1),
    ]
    others = sum(found["others"].values())
    assert found["others"]["operator"]
    assert (found["mails"], found["kept"]) == (3 + others, 3 + others)
    assert [(one["open"], "某某部门" in one["name"]) for one in found["nobodys"]] == [(1, True)]


def test_it_begins_where_the_one_before_ended_so_nothing_falls_between(day: Day) -> None:
    made(day, "2026-11-20 17:00")
    day.at("2026-11-20 17:20")
    answer(day, "HRM1-1", "2026-11-20 17:20")
    answer(day, "HRM1-2", "2026-11-22 11:00")
    found = made(day, "2026-11-23 17:00")
    assert found["since"] == at("2026-11-20 17:00").isoformat()
    assert [one["item"] for one in found["answers"]] == ["HRM1-1", "HRM1-2"]
    assert made(day, "2026-11-24 17:00")["answers"] == []


def answer(day: Day, item: str, when: str) -> None:
    """An answer put on record at a local moment."""
    words = {"unit": "110116FGW", "kind": "explanation", "text": "下周办结。", "by": "某科", "via": "command"}
    put(day, ANSWER, item=item, at=at(when), recorded_at=at(when), attachments=[], **words)


def test_the_first_one_begins_with_its_day(day: Day) -> None:
    answer(day, "HRM1-1", "2026-11-22 23:59")
    answer(day, "HRM1-2", "2026-11-23 00:00")
    assert [one["item"] for one in made(day, "2026-11-23 17:00")["answers"]] == ["HRM1-2"]


def test_one_dated_later_by_a_clock_that_was_set_back_is_no_beginning(day: Day) -> None:
    made(day, "2026-11-25 17:00")
    answer(day, "HRM1-1", "2026-11-23 10:00")
    assert [one["item"] for one in made(day, "2026-11-23 17:00")["answers"]] == ["HRM1-1"]


def a_mail(day: Day, key: str, when: str, **values: Any) -> int:
    """A mail in the outbox as an earlier round left it; returns its id."""
    payload = {"lines": [], "unit_name": "区水务局"}
    mail = Outgoing(key, "digest", "reminder", Recipients(("a@b.example",)), payload, "110116SWJ", "handler")
    with day.app.transactions.write() as connection:
        add(connection, mail, "zwfw.example", at(when))
        connection.execute(MAIL.update().where(MAIL.c.key == key).values(**values))
    return int(next(found.id for found in day.mails() if found.key == key))


def test_bounces_refusals_failures_and_unknown_outcomes_are_named(day: Day) -> None:
    sent = a_mail(day, "sent", "2026-11-23 09:00", state="sent", sent_at=at("2026-11-23 09:01"))
    a_mail(day, "unknown", "2026-11-23 09:00", state="unknown", sent_at=at("2026-11-23 09:01"), subject="题")
    a_mail(day, "old", "2026-11-20 09:00", state="failed", next_try_at=at("2026-11-23 11:00"), outcome="拒收")
    a_mail(day, "older", "2026-11-18 09:00", state="failed", next_try_at=at("2026-11-20 11:00"), outcome="拒收")
    a_mail(day, "waits", "2026-11-23 16:00", attempts=1)
    for address, result in (("a@b.example", "accepted"), ("c@b.example", "refused"), ("d@b.example", "bounced")):
        put(day, HANDED, mail_id=sent, address=address, result=result, words="550", at=at("2026-11-23 10:00"))
    found = made(day, "2026-11-23 17:00")
    assert [(one["address"], one["result"], one["to"]) for one in found["refusals"]] == [
        ("c@b.example", "refused", "区水务局"),
        ("d@b.example", "bounced", "区水务局"),
    ]
    assert [one["why"] for one in found["failed"]] == ["拒收"]
    assert [one["subject"] for one in found["unknown"]] == ["题"]
    assert found["waiting"] == {"count": 1, "since": at("2026-11-23 16:00").isoformat()}


def test_holds_in_force_held_escalations_letters_and_other_messages_are_told(day: Day) -> None:
    hold = {"why": "等待批复", "by": "督办专员", "at": at("2026-11-02 09:00")}
    put(day, HOLD, scope="item", target="HRM1-1", until=date(2026, 11, 23), **hold)
    put(day, HOLD, scope="unit", target="110116SWJ", until=date(2026, 12, 1), **hold)
    put(day, HOLD, scope="item", target="HRM1-OVER", until=date(2026, 11, 22), **hold)
    lifted = {"lifted_at": at("2026-11-20 09:00"), "lifted_by": "督办专员", "lifted_why": "已批复"}
    put(day, HOLD, scope="item", target="HRM1-LIFTED", until=date(2026, 12, 1), **hold, **lifted)
    put(day, DECISION, item="HRM1-1", clock="promised", reason="held_blind", at=at("2026-11-23 09:00"))
    put(day, DECISION, item="HRM1-2", clock="promised", reason="not_near", at=at("2026-11-23 09:00"))
    for number, kind in enumerate(("answer", "bounce", "other", "other", "out_of_office")):
        message = {"mailbox": "INBOX", "sender": "x", "subject": "y", "outcome": "z", "at": at("2026-11-23 09:00")}
        put(day, RECEIVED, message_id=f"<{number}>", kind=kind, read_at=at("2026-11-23 09:10"), **message)
    put(day, LETTER, series="督", year=2026, number=1, reference="怀政督〔2026〕1号", kind="notice", level="red_card",
        mail_key="k", made_at=at("2026-11-23 09:00"), facts={}, docx=b"", pdf=b"")  # fmt: skip
    found = made(day, "2026-11-23 17:00")
    assert [(one["target"], one["until"]) for one in found["silences"]] == [
        ("办件 HRM1-1", "2026-11-23"),
        ("区水务局", "2026-12-01"),
    ]
    assert found["held_blind"] == 1
    assert found["received"] == {"other": 2, "out_of_office": 1}
    assert found["letters"] == ["怀政督〔2026〕1号"]


def test_the_overview_of_yesterday_is_no_news_of_today(day: Day) -> None:
    made(day, "2026-11-20 17:00")
    day.at("2026-11-20 17:01").deliver()
    assert [mail.state for mail in day.mails("overview")] == ["kept"]
    assert made(day, "2026-11-23 17:00")["mails"] == 0


def test_it_leaves_in_the_supervisors_hours(tmp_path: Any) -> None:
    hours = Hours.model_validate({"audience": {"supervisor": {"start": "09:00", "end": "20:00"}}})
    day = day_of(tmp_path, "2026-11-23 08:50", policy=Policy(hours=hours, overview=Overview(hour=time(19))))
    made(day, "2026-11-23 19:00")
    day.deliver()
    assert [mail.state for mail in day.mails("overview")] == ["kept"]
    made(day, "2026-11-24 21:00")
    day.deliver()
    assert [mail.state for mail in day.mails("overview")] == ["kept", "pending"]
    day.app.engine.dispose()


def test_before_the_first_poll_it_says_that_there_is_no_data(day: Day) -> None:
    found = made(day, "2026-11-23 17:00")
    assert (found["data_as_of"], found["stale"]) == (None, True)
    assert datetime.fromisoformat(found["made_at"]) == at("2026-11-23 17:00")
