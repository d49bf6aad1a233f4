"""Weeks of 2025 on the stand-in's records, round by round as the daemon does them, with a moved clock."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from alerts.hours import local
from monitor.app import App
from monitor.demo.catcher import Catcher, CaughtMail
from tests.reference import Entry, is_working
from tests.story import oracle
from tests.story.district import NOTICE, config_of, mails, opened, rows, working_days
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn
from tests.story.walker import Step, steps_of, take

HOURS = ((8, 30), (9, 5), (15, 30), (17, 30))
"""Two rounds of mails a day; before nine and from half past five on nothing may leave."""


class Walk(NamedTuple):
    """What a walk left: the app, and the mails as they arrived."""

    app: App
    caught: Sequence[CaughtMail]


@contextmanager
def walked(place: Path, stand_in: StandIn, days: Sequence[date]) -> Iterator[Walk]:
    """Every round of ``days``; at each moment of planning the notices must be those the reference owes."""
    steps = steps_of(days, HOURS)
    with Catcher(place / "mails") as catcher:
        clock = MovedClock(steps[0].now)
        with opened(config_of(place, stand_in, catcher.port), clock) as app:
            for step in steps:
                before = len(catcher.mails)
                take(app, clock, stand_in.show, step)
                arrived = len(catcher.mails) - before
                assert arrived == 0 or (step.job == "deliver" and may_leave(step.now)), (step, arrived)
                if step.job == "plan" and may_leave(step.now):
                    assert nothing_is_missing(app, step.now, steps[0].now) == []
            yield Walk(app, catcher.mails)


def may_leave(now: datetime) -> bool:
    """Within the default hours of a working day, by the reference's calendar."""
    return is_working(local(now).date()) and time(9) <= local(now).time() < time(17, 30)


def nothing_is_missing(app: App, now: datetime, start: datetime) -> list[str]:
    """The keys of notices that the reference owes at ``now`` and that were not decided since ``start``."""
    notices, today = rows(app, NOTICE), local(now).date()
    decided = {notice.key for notice in notices}
    known = oracle.entries(oracle.may_change_after(start), now)
    cards = [
        (one.key, one.level, one.item, local(one.decided_at).date())
        for one in notices
        if one.level != "reminder"
        and not one.passed_over
        and one.clock != "answer"
        and one.unit
        and one.key.count("|") == 3
    ]
    owed = [*oracle.keys_owed(known, today, decided), *oracle.answers_owed(known, cards, today)]
    return [key for key in owed if key not in decided]


def check_mails(walk: Walk) -> None:
    """All that must hold of the mails of a walk."""
    sent = mails(walk.app)
    assert {mail.state for mail in sent} <= {"sent", "dropped"}
    assert all(may_leave(mail.sent_at) for mail in sent if mail.state == "sent")
    per_round = Counter((mail.created_at, mail.unit, mail.audience) for mail in sent if mail.kind == "digest")
    assert max(per_round.values()) == 1
    lines = [(mail.audience, line) for mail in sent if mail.kind == "digest" for line in mail.payload["lines"]]
    told = Counter((audience, line["key"]) for audience, line in lines)
    assert [key for key, times in told.items() if times > 1] == []
    assert {line["key"] for _, line in lines} <= {notice.key for notice in rows(walk.app, NOTICE)}


def check_lines(walk: Walk) -> int:
    """Every line of every digest is true of its moment by the reference; returns how many lines there were."""
    count = 0
    for mail in mails(walk.app):
        if mail.kind != "digest":
            continue
        known = oracle.entries({line["case"]["item"] for line in mail.payload["lines"]}, mail.created_at)
        for line in mail.payload["lines"]:
            count += 1
            wrong = oracle.untrue(line, known.get(line["case"]["item"]), local(mail.created_at).date())
            assert wrong is None, (mail.key, line["case"]["item"], wrong)
    return count


def check_arrivals(walk: Walk) -> None:
    """What arrived over SMTP is what the outbox says was sent: each once, to its recipients, with its lines."""
    sent = {mail.message_id: mail for mail in mails(walk.app) if mail.state == "sent"}
    arrived = Counter(str(mail.message["Message-ID"]) for mail in walk.caught)
    assert arrived == Counter(dict.fromkeys(sent, 1))
    for mail in walk.caught:
        row = sent[str(mail.message["Message-ID"])]
        assert set(mail.recipients) == {*row.recipients["to"], *row.recipients["cc"]}
        if row.kind == "digest":
            assert shown_in(mail) == in_payload(row)


def shown_in(mail: CaughtMail, of: str = "") -> Counter[tuple[str, str]]:
    """(item, due date) of every line of the mail as a reader sees it; ``of``: of those with this in them."""
    body = mail.message.get_body(("plain",))
    assert body is not None
    lines = [line for line in re.split(r"(?:\r?\n){2}", body.get_content()) if re.search(of, line)]
    line = r"办件编号：(\S+).*?到期：(\d+)年(\d+)月(\d+)日"
    found = [found for each in lines for found in re.findall(line, each, re.DOTALL)]
    return Counter((item, date(int(year), int(month), int(day)).isoformat()) for item, year, month, day in found)


def in_payload(row: Any) -> Counter[tuple[str, str]]:
    """(item, due date) of every line of the mail as it was planned."""
    cases: list[Mapping[str, Any]] = [line["case"] for line in row.payload["lines"]]
    return Counter((case["item"], case["due"]) for case in cases)


def check_weekly(walk: Walk, first: date, last: date) -> None:
    """One report a week that began, sent on the first working day of its week."""
    reports = [mail for mail in mails(walk.app) if mail.kind == "weekly"]
    days = [day for day in working_days(first, 400) if first <= day <= last]
    weeks = {day.isocalendar()[:2]: day for day in reversed(days)}
    assert sorted(local(mail.sent_at).date() for mail in reports) == sorted(weeks.values())


def check(place: Path, stand_in: StandIn, days: list[date], least: int) -> None:
    with walked(place, stand_in, days) as walk:
        check_mails(walk)
        assert check_lines(walk) > least
        check_arrivals(walk)
        check_weekly(walk, days[0], days[-1])


@pytest.mark.slow
def test_in_three_weeks_every_mail_is_owed_true_in_hours_and_alone(tmp_path: Path, stand_in: StandIn) -> None:
    check(tmp_path, stand_in, working_days("2022-03-14", 15), least=50)


def test_what_waited_overnight_is_judged_again_and_only_what_still_holds_is_sent(
    tmp_path: Path, stand_in: StandIn
) -> None:
    days = working_days("2022-05-23", 8)
    clock, shown = MovedClock(at(days[0])), 0
    with Catcher(tmp_path / "mails") as catcher, opened(config_of(tmp_path, stand_in, catcher.port), clock) as app:
        for evening, morning in pairwise(days):
            first = len(catcher.mails)
            for job in ("poll", "plan"):
                take(app, clock, stand_in.show, Step(at(evening, 17, 20), job))
            for job in ("poll", "deliver"):
                take(app, clock, stand_in.show, Step(at(morning), job))
            for mail in catcher.mails[first:]:
                lines = shown_in(mail, of=r"阶段：[^\n]*（(?!答复)")
                known = oracle.entries({item for item, _ in lines}, clock.now)
                assert all(still_holds(known[item], due) for item, due in lines), mail.message["Subject"]
                shown += lines.total()
        planned = sum(len(mail.payload["lines"]) for mail in mails(app))
        assert {mail.state for mail in mails(app)} == {"sent", "dropped"}
    assert shown < planned


def still_holds(entry: Entry, due: str) -> bool:
    """Whether an item is open and has that due date, on the clock that runs."""
    return entry["closed"] is None and not entry["paused"] and due in (entry["due"], entry["acceptance_due"])


@pytest.mark.slow
def test_in_the_whole_of_2025_every_mail_is_owed_true_in_hours_and_alone(tmp_path: Path, stand_in: StandIn) -> None:
    days = [day for day in working_days("2025-01-02", 260) if day.year == 2025]
    check(tmp_path, stand_in, days, least=1000)
