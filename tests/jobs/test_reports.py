"""What stands beside the items of a report, whom it goes to, and reports on months, quarters and spans of one's own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from alerts.render import render_extract, render_weekly
from alerts.report import rows as report_rows
from alerts.report.periods import Period, month_of, quarter_of, span_of
from alerts.tables import Answer, Hold, Mail, NoticeRow
from config.policy import Report, Role
from monitor.ledger import store
from monitor.ledger.store import table_of
from monitor.ledger.tables import JobRun
from monitor.reporting.making import make
from monitor.reporting.moments import making_of, now_known
from monitor.reporting.periods import owed_now, previous
from monitor.reporting.sending import report_round
from tests.alerts.office import WORKDAYS
from tests.jobs.daemon_day import Day
from tests.ledger.platform import FORESTRY, WATER, at


def made(day: Day, period: Period) -> dict[str, Any]:
    """The payload of the report on a period, made now."""
    with day.app.transactions.read() as connection:
        return report_rows.payload(make(day.app, connection, making_of(day.app, connection, period)))


def week(day: Day) -> dict[str, Any]:
    """The payload of the report on 2026-W47."""
    return made(day, Period.week(date(2026, 11, 18)))


def put(day: Day, table: Any, **values: Any) -> None:
    """A row of a table of the alert side."""
    with day.app.transactions.write() as connection:
        connection.execute(insert(table_of(table)).values(**values))


def told(day: Day, item: str, level: str, sent: str, *, key: str = "", state: str = "sent", **notice: Any) -> None:
    """A step that went out about an item of the water authority in a mail of its own."""
    name = f"{item}|promised|2026-11-16|{level}{key}"
    moment = at(sent)
    put(
        day, Mail, key=f"mail {name}", message_id=name, kind="digest", unit=WATER, level=level, recipients={},
        payload={}, state=state, attempts=1, unknowns=0, created_at=moment, next_try_at=moment, sent_at=moment,
    )  # fmt: skip
    values = {"passed_over": False, "reason": level, "unit": WATER, "mail_key": f"mail {name}"}
    put(day, NoticeRow, key=name, item=item, clock="promised", step=level + key, level=level, decided_at=moment,
        **{**values, **notice})  # fmt: skip


def answer(day: Day, item: str, when: str, text: str = "等待专家评审", **changes: Any) -> None:
    """An explanation of the water authority about an item, put on record as it was given."""
    plain = {"unit": WATER, "kind": "explanation", "by": "经办人", "via": "command", "attachments": []}
    put(day, Answer, item=item, text=text, at=at(when), **{"recorded_at": at(when), **plain, **changes})


@pytest.fixture
def late(day: Day) -> Day:
    """A day with an item of ten days accepted on 2 November, overdue from the 17th on, and its cards and answers."""
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    day.item("HRM1-2", "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    day.poll()
    return day


def test_steps_are_those_that_went_out_by_the_end_of_the_period(late: Day) -> None:
    told(late, "HRM1-1", "reminder", "2026-11-11 09:00")
    told(late, "HRM1-1", "reminder", "2026-11-13 09:00", key="-2")
    told(late, "HRM1-1", "yellow_card", "2026-11-17 09:00")
    told(late, "HRM1-1", "yellow_card", "2026-11-17 10:00", key="-failed", state="failed")
    told(late, "HRM1-1", "yellow_card", "2026-11-18 10:00", key="-over", passed_over=True)
    told(late, "HRM1-1", "yellow_card", "2026-11-19 10:00", key="|dropped|2026-11-19")
    told(late, "HRM1-1", "red_card", "2026-11-23 09:00")
    steps = {row["item"]: row["steps_sent"] for row in week(late)["overdue"]}
    assert steps == {"HRM1-1": "催办 2 次；黄牌 11-17", "HRM1-2": "—"}


def test_a_notice_carried_over_to_another_due_date_is_one_step(late: Day) -> None:
    told(late, "HRM1-1", "yellow_card", "2026-11-17 09:00")
    put(
        late, NoticeRow, key="HRM1-1|promised|2026-11-13|yellow_card", item="HRM1-1", clock="promised",
        step="yellow_card", level="yellow_card", unit=WATER, passed_over=False, reason="carried",
        mail_key="mail HRM1-1|promised|2026-11-16|yellow_card", decided_at=at("2026-11-19 09:00"),
    )  # fmt: skip
    assert week(late)["overdue"][0]["steps_sent"] == "黄牌 11-17"


def test_answers_are_counted_in_the_period_in_which_they_fell_due(late: Day) -> None:
    told(late, "HRM1-1", "yellow_card", "2026-11-17 09:00", answer_by=date(2026, 11, 19))
    told(late, "HRM1-2", "yellow_card", "2026-11-17 09:00", answer_by=date(2026, 11, 19))
    told(late, "HRM1-2", "red_card", "2026-11-20 09:00", answer_by=date(2026, 11, 25))
    answer(late, "HRM1-1", "2026-11-16 10:00", "早于督办的说明不算答复")
    answer(late, "HRM1-1", "2026-11-18 10:00")
    answer(late, "HRM1-1", "2026-11-19 10:00", "已补交材料")
    answer(late, "HRM1-2", "2026-11-18 10:00", unit=FORESTRY)
    answer(late, "HRM1-2", "2026-11-18 10:00", kind="receipt")
    answer(late, "HRM1-2", "2026-11-18 10:00", recorded_at=at("2026-11-24 10:00"))
    payload = week(late)
    water = next(row for row in payload["units"] if row["unit"] == WATER)
    assert (water["answers_due"], water["answered"], water["unanswered"]) == (2, 1, 1)
    assert (water["answer_rate"], water["answer_rate_text"]) == (0.5, "50.0%")
    [missing] = payload["unanswered"]
    assert (missing["item"], missing["level_text"], missing["days_late"]) == ("HRM1-2", "督办·黄牌", 1)
    assert {row["item"]: row["reason_given"] for row in payload["overdue"]} == {"HRM1-1": "已补交材料", "HRM1-2": "—"}


def test_an_answer_missing_since_long_is_listed_while_the_item_is_in_hand(late: Day) -> None:
    told(late, "HRM1-1", "yellow_card", "2026-11-04 09:00", answer_by=date(2026, 11, 6))
    told(late, "HRM1-2", "yellow_card", "2026-11-04 09:00", answer_by=date(2026, 11, 6))
    late.event("HRM1-2", 11, "2026-11-18 09:00:00")
    late.poll()
    payload = week(late)
    assert [row["item"] for row in payload["unanswered"]] == ["HRM1-1"]
    assert payload["total"]["answers_due"] == 0


def test_silences_are_those_in_force_at_the_end(late: Day) -> None:
    plain = {"why": "等待上级批复", "by": "督办专员", "at": at("2026-11-18 10:00")}
    put(late, Hold, scope="unit", target=WATER, until=date(2026, 11, 30), **plain)
    put(late, Hold, scope="item", target="HRM1-1", until=date(2026, 11, 22), **plain)
    put(late, Hold, scope="item", target="HRM1-2", until=date(2026, 11, 21), **plain)
    lifted = {"lifted_at": at("2026-11-20 10:00"), "lifted_by": "督办专员", "lifted_why": "已批复"}
    put(late, Hold, scope="unit", target=FORESTRY, until=date(2026, 11, 30), **plain, **lifted)
    held = week(late)["held"]
    assert [(one["scope_text"], one["target"], one["until"]) for one in held] == [
        ("单位", WATER, "2026-11-30"), ("办件", "HRM1-1", "2026-11-22"),
    ]  # fmt: skip
    assert held[0]["name"] == "区水务局"


def test_the_platform_is_told_of_by_its_polls(late: Day) -> None:
    for moment, outcome in (("16 09:00", "good"), ("18 09:00", "failed"), ("20 12:00", "good"), ("23 08:00", "good")):
        with late.app.transactions.write() as connection:
            when = at(f"2026-11-{moment}")
            store.record_round(
                connection, source="city", started_at=when, finished_at=when, outcome=outcome, counts={}, message=""
            )
    found = week(late)["availability"]
    assert (found["polls"], found["failed"]) == (3, 1)
    assert found["sources"][0]["longest_gap_hours"] == 99.0


def test_a_stage_can_be_late_though_the_whole_is_not(day: Day) -> None:
    day.item("HRM1-1", "2026-11-09 09:00:00")
    day.poll()
    [late] = week(day)["stage_late"]
    assert (late["item"], late["clock"], late["due"]) == ("HRM1-1", "acceptance", "2026-11-16")
    assert late["overdue_text"] == "逾期 4 个工作日"


def test_a_paused_item_says_since_when_and_why(late: Day) -> None:
    late.event("HRM1-1", 9, "2026-11-10 09:00:00")
    late.poll()
    [paused] = week(late)["paused"]
    assert (paused["item"], paused["paused_since"], paused["paused_kind"]) == ("HRM1-1", "2026-11-10", "特别程序")


def test_used_days_are_working_days_less_what_was_paused(day: Day) -> None:
    for number, last in enumerate(("18", "19", "20")):
        day.item(f"HRM1-{number}", "2026-11-09 09:00:00", "2026-11-09 10:00:00")
        day.event(f"HRM1-{number}", 11, f"2026-11-{last} 09:00:00")
    day.event("HRM1-2", 9, "2026-11-11 09:00:00")
    day.event("HRM1-2", 10, "2026-11-13 09:00:00")
    day.poll()
    total = week(day)["total"]
    assert (total["median_used"], total["longest_used"], total["longest_used_text"]) == (7, 8, "8 个工作日")


def test_each_unit_gets_its_own_extract_and_nothing_of_the_others(late: Day) -> None:
    late.item("HRM1-3", "2026-11-02 09:00:00", "2026-11-02 10:00:00", SPBMBM=FORESTRY)
    late.poll()
    late.at("2026-11-23 09:00")
    assert late.report().counts["extracts"] == 16
    mails = {mail.unit: mail for mail in late.mails("extract")}
    assert mails[WATER].key == f"weekly:2026-W47:{WATER}"
    addresses = late.app.config.units.addresses(Role.SECTION_HEAD, WATER)
    assert mails[WATER].recipients["to"] == list(addresses)
    assert [row["item"] for row in mails[WATER].payload["overdue"]] == ["HRM1-1", "HRM1-2"]
    assert [row["item"] for row in mails[FORESTRY].payload["overdue"]] == ["HRM1-3"]
    mail = render_extract(mails[WATER].payload)
    assert mail.subject == "【逾期周报·本单位摘要】2026年第47周（11月16日—11月22日） 区水务局 逾期2件"
    assert "HRM1-1" in mail.text
    assert "HRM1-3" not in mail.text + mail.html


def test_extracts_go_to_the_roles_of_the_policy_or_to_nobody(late: Day) -> None:
    policy = late.app.config.policy
    for roles, count in (((), 0), ((Role.PRINCIPAL, Role.DEPUTY_LEADER), 16)):
        report = policy.report.model_copy(update={"extracts": roles})
        config = replace(late.app.config, policy=policy.model_copy(update={"report": report}))
        late.clock.now = at("2026-11-23 09:00") if not roles else at("2026-11-30 09:00")
        assert report_round(replace(late.app, config=config)).counts["extracts"] == count
    mail = next(mail for mail in late.mails("extract") if mail.unit == WATER)
    assert len(mail.recipients["to"]) == 2


@pytest.mark.parametrize(
    ("now", "labels"),
    [
        ("2026-12-01 08:59", ["2026-W48"]),
        ("2026-12-01 09:00", ["2026-W48", "2026-11"]),
        ("2026-12-31 18:00", ["2026-W52", "2026-11"]),
        ("2027-01-04 09:00", ["2026-W53", "2026-12", "2026-Q4"]),
    ],
    ids=["before the hour", "at the hour", "missed all month", "the first working day of a year"],
)
def test_months_and_quarters_are_owed_from_the_first_working_day_after(now: str, labels: list[str]) -> None:
    policy = Report(monthly=True, quarterly=True)
    found = [period.label for period in owed_now(at(now), policy, WORKDAYS)]
    assert [label for label in found if label != "2026-Q3"] == labels
    assert [period.label for period in owed_now(at(now), Report(), WORKDAYS)] == labels[:1]


def test_a_monthly_report_is_queued_once_beside_the_weekly_one(late: Day) -> None:
    policy = late.app.config.policy
    report = policy.report.model_copy(update={"monthly": True, "extracts": ()})
    app = replace(late.app, config=replace(late.app.config, policy=policy.model_copy(update={"report": report})))
    late.at("2026-12-01 09:00")
    assert [report_round(app).counts["queued"] for _ in range(2)] == [2, 0]
    assert [mail.key for mail in late.rows(table_of(Mail)) if mail.kind != "operator"] == [
        "weekly:2026-W48", "monthly:2026-11",
    ]  # fmt: skip
    payload = late.mails("monthly")[0].payload
    assert payload["period"]["kind"] == "month"
    assert payload["summary"][0].startswith("本月新收 2 件")
    assert "2026年11月" in render_weekly(payload).subject


@pytest.mark.parametrize("period", [month_of("2026-11"), quarter_of("2026-Q4"), span_of("2026-11-02", "2026-11-22")])
def test_other_periods_count_as_weeks_do(late: Day, period: Period) -> None:
    late.event("HRM1-2", 11, "2026-11-18 09:00:00")
    late.at("2026-11-23 09:00").poll()
    payload: Mapping[str, Any] = made(late, period)
    assert (payload["total"]["received"], payload["total"]["finished"], payload["total"]["in_hand"]) == (2, 1, 1)
    assert len(payload["trend"]) == 8


def test_the_period_before_is_of_the_same_kind() -> None:
    pairs = [("2026-11", "2026-10"), ("2026-01", "2025-12")]
    for label, before in pairs:
        found = previous(month_of(label), WORKDAYS)
        assert found == month_of(before)
    assert previous(quarter_of("2026-Q1"), WORKDAYS) == quarter_of("2025-Q4")
    assert previous(span_of("2026-11-02", "2026-11-03"), WORKDAYS) is None


def test_what_a_poll_under_way_brings_is_not_known_yet(day: Day) -> None:
    began, now = at("2026-11-23 08:45"), at("2026-11-23 09:00")
    row: dict[str, Any] = {"job": "poll", "shard": "all", "slot": "s", "owner": "x", "counts": {}}
    put(day, JobRun, **row, started_at=began, lease_until=at("2026-11-23 09:15"))
    with day.app.transactions.read() as connection:
        known: datetime = now_known(connection, now)
        assert known < began
        assert now_known(connection, at("2026-11-23 09:15")) == at("2026-11-23 09:15")
