"""The audit finds each thing that ought to have gone out and did not, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from alerts.audit import CODES, LOST, OWED, REPORT, TITLES, UNHEARD, UNSAID, UNWATCHED, WAITING
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from alerts.tables import Handed
from monitor.jobs.auditing import audit_round, audited, mend
from monitor.jobs.rounds import plan_round
from monitor.ledger.store import ITEM, mark_dirty, table_of
from monitor.ledger.tables import JobRun
from monitor.ledger.transactions import Transactions
from monitor.sources import SourceError
from tests.jobs.daemon_day import Day
from tests.ledger.platform import ITEMS, MATTERS, at, item_row

Fault = Callable[[Day], None]
HANDED = table_of(Handed)


@pytest.fixture
def office(day: Day) -> Day:
    """Tuesday 17 November at 10:30: an item overdue since today, told at 9:05; another one far from its due date."""
    day.item("HRM1-1", "2026-11-02 09:00:00", "2026-11-02 10:00:00")
    day.item("HRM1-2", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=30)
    day.at("2026-11-16 09:05").poll()
    all_rounds(day)
    day.at("2026-11-17 09:05").poll()
    all_rounds(day)
    return day.at("2026-11-17 10:30")


def all_rounds(day: Day) -> None:
    """What the daemon does after a poll."""
    day.plan()
    day.report()
    day.deliver()


def kinds(day: Day) -> set[str]:
    """The kinds of differences there are now."""
    return set(audited(day.app, day.clock.now).counts)


def change(day: Day, statement: Any) -> None:
    """Does something behind the daemon's back."""
    with day.app.transactions.write() as connection:
        connection.execute(statement)


def no_notice_and_no_mail(day: Day) -> None:
    change(day, MAIL.delete().where(MAIL.c.kind == "digest", MAIL.c.level == "yellow_card"))
    change(day, NOTICE.delete().where(NOTICE.c.step == "promised-yellow"))


def no_notice(day: Day) -> None:
    change(day, NOTICE.delete().where(NOTICE.c.step == "promised-yellow"))


def no_mail(day: Day) -> None:
    change(day, MAIL.delete().where(MAIL.c.kind == "digest", MAIL.c.level == "yellow_card"))


def no_line(day: Day) -> None:
    for mail in day.mails("digest"):
        change(day, update(MAIL).where(MAIL.c.id == mail.id).values(payload={**mail.payload, "lines": []}))


def never_looked_at(day: Day) -> None:
    change(day, update(ITEM).where(ITEM.c.item == "HRM1-2").values(next_at=None))


def looked_at_too_late(day: Day) -> None:
    change(day, update(ITEM).where(ITEM.c.item == "HRM1-2").values(next_at=at("2027-06-01 09:00")))


def nothing_is_decided(day: Day) -> None:
    """Only polls go on, until the red card has been due for three days."""
    for number in (18, 19, 20, 23, 24, 25):
        day.at(f"2026-11-{number} 09:05").poll()
        day.report()
        day.deliver()


def nothing_is_delivered(day: Day) -> None:
    """Planning goes on; the mail of Monday 23 waits for three working hours."""
    for number in (18, 19, 20, 23):
        day.at(f"2026-11-{number} 09:05").poll()
        day.plan()
        day.report()
    day.at("2026-11-23 12:05").poll()


def all_were_refused(day: Day) -> None:
    change(day, update(MAIL).where(MAIL.c.level == "yellow_card").values(state="failed", outcome="没有地址"))


def all_came_back(day: Day) -> None:
    for mail in day.mails("digest"):
        change(day, update(MAIL).where(MAIL.c.id == mail.id).values(state="sent"))
        values = {"mail_id": mail.id, "result": "bounced", "words": "550", "at": day.clock.now}
        change(day, HANDED.insert().values(address=mail.recipients["to"][0], **values))


def no_report(day: Day) -> None:
    change(day, MAIL.delete().where(MAIL.c.kind == "weekly"))


def counter_was_not_told(day: Day) -> None:
    change(day, MAIL.delete().where(MAIL.c.kind == "codes"))
    change(day, NOTICE.delete().where(NOTICE.c.clock == "code"))


FAULTS: tuple[tuple[Fault, set[str]], ...] = (
    (no_notice_and_no_mail, {OWED}),
    (no_notice, {OWED}),
    (no_mail, {LOST}),
    (no_line, {UNSAID}),
    (never_looked_at, {UNWATCHED}),
    (looked_at_too_late, {UNWATCHED}),
    (nothing_is_decided, {OWED}),
    (nothing_is_delivered, {WAITING}),
    (all_were_refused, {UNHEARD}),
    (all_came_back, {UNHEARD}),
    (no_report, {REPORT}),
    (counter_was_not_told, {CODES}),
)


def test_what_was_done_as_it_ought_to_be_agrees(office: Day) -> None:
    found = audited(office.app, office.clock.now)
    assert (found.agrees, found.items) == (True, 2)


@pytest.mark.parametrize(("fault", "expected"), [pytest.param(*row, id=row[0].__name__) for row in FAULTS])
def test_each_fault_is_found_as_what_it_is(office: Day, fault: Fault, expected: set[str]) -> None:
    fault(office)
    assert kinds(office) == expected


def test_every_kind_of_difference_has_its_fault() -> None:
    assert set().union(*(expected for _, expected in FAULTS)) == set(TITLES)


class CutOffError(Exception):
    """The process dies."""


class DiesWhileQueueing:
    """Transactions of a process that dies before it commits a mail."""

    def __init__(self, real: Transactions) -> None:
        self._real = real
        self.read = real.read

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is rolled back if a mail was queued in it."""
        with self._real.write() as connection:
            mails = connection.scalar(select(func.count()).select_from(MAIL))
            yield connection
            if connection.scalar(select(func.count()).select_from(MAIL)) != mails:
                raise CutOffError


def test_a_plan_that_dies_in_every_round_is_found_and_the_first_that_lives_puts_it_right(office: Day) -> None:
    for number in (18, 19, 20):
        office.at(f"2026-11-{number} 09:05").poll()
        all_rounds(office)
    for minute in ("05", "15", "25", "35"):
        office.at(f"2026-11-23 09:{minute}").poll()
        with pytest.raises(CutOffError):
            plan_round(replace(office.app, transactions=DiesWhileQueueing(office.app.transactions)))
    office.report()
    office.deliver()
    assert kinds(office) == {OWED}
    office.plan()
    assert kinds(office) == set()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-23 09:19", set(), id="the plan has two intervals of working hours"),
        pytest.param("2026-11-23 09:20", {OWED}, id="then it is late"),
        pytest.param("2026-11-23 08:59", set(), id="before the working hours nothing is owed"),
        pytest.param("2026-11-22 12:00", set(), id="nor on a Sunday"),
    ],
)
def test_time_is_given_for_the_plan(office: Day, now: str, expected: set[str]) -> None:
    """The red card is due on Monday the 23rd, and since Friday nobody plans any more."""
    for number in (18, 19, 20):
        office.at(f"2026-11-{number} 09:05").poll()
        all_rounds(office)
    for text in sorted({"2026-11-23 08:55", now}):
        if text <= now:
            office.at(text).poll()
    office.report()
    office.deliver()
    assert kinds(office) == expected


def red_card_on_monday(office: Day) -> Day:
    """All is well until Friday; on Monday the 23rd the red card is due, and it is not decided."""
    for number in (18, 19, 20):
        office.at(f"2026-11-{number} 09:05").poll()
        all_rounds(office)
    office.at("2026-11-23 09:05").poll()
    office.report()
    office.deliver()
    return office.at("2026-11-23 11:00")


def test_an_item_that_is_to_be_judged_again_is_left_to_the_plan(office: Day) -> None:
    red_card_on_monday(office).poll()
    assert kinds(office) == {OWED}
    with office.app.transactions.write() as connection:
        mark_dirty(connection, ["HRM1-1"])
    assert kinds(office) == set()


def test_what_has_just_arrived_is_left_to_the_plan(office: Day) -> None:
    office.platform.add(ITEMS, item_row("HRM1-3", 90, "2026-11-17 10:20:00"))
    office.event("HRM1-3", 3, "2026-11-02 10:00:00", known="2026-11-17 10:20:00")
    office.at("2026-11-17 10:30").poll()
    assert kinds(office.at("2026-11-17 10:45")) == set()
    office.at("2026-11-17 10:51")
    assert kinds(office) == {OWED}


def test_escalations_that_are_held_for_want_of_data_are_not_owed(office: Day) -> None:
    office.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
    for number in (18, 19, 20, 23):
        office.at(f"2026-11-{number} 09:05").poll()
        all_rounds(office)
    assert kinds(office.at("2026-11-23 15:00")) == set()
    office.platform.broken = {}
    office.at("2026-11-23 15:00").poll()
    assert kinds(office) == set()
    assert kinds(office.at("2026-11-23 15:20")) == {OWED}


def test_after_a_change_of_policy_there_is_nothing_to_compare_until_the_plan_has_applied_it(office: Day) -> None:
    red_card_on_monday(office)
    policy = office.app.config.policy.model_copy(update={"min_fraction_of_limit": 0.1})
    office.app = replace(office.app, config=replace(office.app.config, policy=policy))
    assert kinds(office) == set()


def test_lines_that_a_later_mail_took_in_are_said(office: Day) -> None:
    waiting, later = [mail for mail in office.mails("digest") if mail.audience == "section_head"]
    lines = [*waiting.payload["lines"], *later.payload["lines"]]
    change(office, update(MAIL).where(MAIL.c.id == later.id).values(payload={**later.payload, "lines": lines}))
    change(office, update(MAIL).where(MAIL.c.created_at == waiting.created_at).values(state="dropped"))
    assert kinds(office) == set()
    change(office, update(MAIL).where(MAIL.c.id == later.id).values(payload=later.payload))
    assert kinds(office) == {UNSAID}


def test_a_mail_that_reached_nobody_is_no_matter_once_it_would_not_be_sent(office: Day) -> None:
    all_were_refused(office)
    office.event("HRM1-1", 11, "2026-11-17 10:40:00")
    office.at("2026-11-17 10:50").poll()
    office.plan()
    assert kinds(office) == set()


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, id=fault.__name__) for fault, kinds in FAULTS if not kinds & {WAITING, REPORT, CODES}]
)
def test_what_can_be_mended_is_told_after_all(office: Day, fault: Fault) -> None:
    fault(office)
    found = audited(office.app, office.clock.now)
    assert mend(office.app, found, office.clock.now) == found.counts.total()
    before = {mail.key for mail in office.mails("digest") if mail.state == "kept"}
    office.plan()
    office.deliver()
    assert kinds(office) == set()
    told = {mail.key for mail in office.mails("digest") if mail.state == "kept"}
    assert told > before or fault in (never_looked_at, looked_at_too_late, all_came_back)


def operator_mails(day: Day) -> list[Any]:
    """What the operator was told by audits."""
    return [mail for mail in day.mails("operator") if mail.key.startswith("audit|")]


def test_a_difference_is_told_once_and_again_when_it_has_changed_or_come_back(office: Day) -> None:
    def audit(text: str) -> int:
        audit_round(office.at(text).app)
        office.deliver()
        return len(operator_mails(office))

    never_looked_at(office)
    assert [audit(f"2026-11-17 {hour}:30") for hour in (11, 12, 13)] == [1, 1, 1]
    no_report(office)
    assert [audit(f"2026-11-17 {hour}:45") for hour in (13, 14)] == [2, 2]
    change(office, update(ITEM).where(ITEM.c.item == "HRM1-2").values(next_at=office.clock.now))
    office.plan()
    office.report()
    assert audit("2026-11-17 15:30") == 2
    never_looked_at(office)
    assert audit("2026-11-17 16:30") == 3
    assert audit("2026-11-17 23:30") == 3


def test_the_operator_reads_what_is_wrong_and_what_to_do_of_twenty_and_the_number_of_the_rest(office: Day) -> None:
    for number in range(30):
        office.item(f"HRM2-{number:02}", "2026-11-16 09:00:00", "2026-11-16 10:00:00", SXBLSX=30)
    office.at("2026-11-17 10:30").poll()
    office.plan()
    change(office, update(ITEM).where(ITEM.c.item.like("HRM2-%")).values(next_at=None))
    outcome = audit_round(office.app)
    assert (outcome.good, outcome.counts["differences"]) == (False, 30)
    [mail] = operator_mails(office)
    paragraphs = mail.payload["paragraphs"]
    assert sum("HRM2-" in words for words in paragraphs) == 20
    assert "另有 10 处，运行 approval-monitor audit 查看。" in paragraphs
    assert any("approval-monitor audit --mend" in words for words in paragraphs)


def test_at_night_what_was_found_by_day_still_stands(office: Day) -> None:
    never_looked_at(office)
    audit_round(office.app)
    office.at("2026-11-17 22:00")
    assert not audit_round(office.app).good
    office.at("2026-11-18 09:30").poll()
    change(office, update(ITEM).where(ITEM.c.item == "HRM1-2").values(next_at=office.clock.now))
    all_rounds(office)
    assert audit_round(office.app).good
    assert audit_round(office.at("2026-11-18 22:00").app).good


def test_over_a_holiday_nothing_is_amiss(day: Day) -> None:
    day.item("HRM1-1", "2026-09-14 09:00:00", "2026-09-14 10:00:00", SXBLSX=12)  # due on 30 September
    for text in ("2026-09-29 09:05", "2026-09-30 09:05", "2026-10-01 10:00", "2026-10-07 10:00", "2026-10-08 09:00"):
        day.at(text).poll()
        all_rounds(day)
        assert kinds(day) == set()


def test_an_audit_changes_nothing(office: Day) -> None:
    never_looked_at(office)
    before = [office.rows(table) for table in (ITEM, NOTICE, MAIL, table_of(JobRun))]
    assert not audited(office.app, office.clock.now).agrees
    assert [office.rows(table) for table in (ITEM, NOTICE, MAIL, table_of(JobRun))] == before
