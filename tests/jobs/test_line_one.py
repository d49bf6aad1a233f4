"""Line 1 of every mail, whatever its kind, says up to when the data is known to be complete."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from alerts.deliver import RENDERERS
from monitor.jobs.specs import jobs_of
from monitor.sources import SourceError
from tests.jobs.daemon_day import Day
from tests.ledger.platform import MATTERS

HOURS = ("09:00", "12:00", "17:00")
"""A day's rounds, so that whatever is made once a day is made."""


def a_day_of_mails(day: Day, date: str) -> dict[str, EmailMessage]:
    """The newest mail of each kind after all jobs of a day on an overdue item with a missing project code."""
    for hour in HOURS:
        day.at(f"{date} {hour}").poll()
        for job in jobs_of(day.app):
            if job.name != "poll":
                job.work(day.app)
    return dict(kept(day))


def kept(day: Day) -> Iterator[tuple[str, EmailMessage]]:
    """The mails that were kept as files, by kind."""
    for mail in day.mails():
        if mail.state == "kept":
            path = day.app.kept_mails / f"{mail.message_id.strip('<>').partition('@')[0]}.eml"
            yield mail.kind, message_from_bytes(path.read_bytes(), policy=policy.default)


def lines(mail: EmailMessage) -> tuple[str, str]:
    """Line 1 of the text, and what a reader of the page sees first."""
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    shown = re.sub(r"<(head|style|title).*?</\1>|<!--.*?-->", "", page.get_content(), flags=re.DOTALL)
    return text.get_content().splitlines()[0], re.sub(r"<[^>]+>|\s+", "", shown)


@pytest.fixture
def quarter_ends(day: Day) -> Day:
    """Before National Day: an item that will be overdue, one that will be nearly due, one of a unit nobody knows, all
    without a project code; on 8 October reports on week, month and quarter are owed."""
    every = day.app.config.policy.report.model_copy(update={"monthly": True, "quarterly": True})
    policy = day.app.config.policy.model_copy(update={"report": every})
    day.app = replace(day.app, config=replace(day.app.config, policy=policy))
    day.item("HRM1-1", "2026-09-14 09:00:00", "2026-09-14 10:00:00")
    day.item("HRM1-2", "2026-09-17 09:00:00", "2026-09-17 10:00:00")
    day.item("HRM1-3", "2026-09-21 09:00:00", "2026-09-21 10:00:00", SPBMBM="", SPBMMC="某某办公室")
    return day


def test_every_kind_of_mail_says_in_line_1_of_when_its_data_is(quarter_ends: Day) -> None:
    mails = a_day_of_mails(quarter_ends, "2026-10-08")
    assert set(mails) == set(RENDERERS)
    for kind, mail in mails.items():
        text, page = lines(mail)
        assert re.match(r"数据截至 2026年10月8日 \d\d:\d\d$", text), (kind, text)
        assert page.startswith("数据截至2026年10月8日"), (kind, page[:60])


def test_every_kind_of_mail_of_a_blind_daemon_says_of_when_and_warns(quarter_ends: Day) -> None:
    quarter_ends.at("2026-09-30 18:00").poll()
    quarter_ends.platform.broken = {MATTERS: SourceError("取不到。", kind="http_5xx", permanent=False)}
    mails = a_day_of_mails(quarter_ends, "2026-10-08")
    assert set(mails) == set(RENDERERS)
    for kind, mail in mails.items():
        text = mail.get_body(("plain",))
        assert text is not None
        first, second = text.get_content().splitlines()[:2]
        assert first == "数据截至 2026年9月30日 18:00", kind
        assert second.startswith("请注意：已有 "), (kind, second)


def test_before_there_ever_was_data_line_1_says_so(day: Day) -> None:
    day.at("2026-11-23 09:00").plan()
    day.deliver()
    mails = dict(kept(day))
    assert lines(mails["operator"])[0] == "数据截至 —（尚未从平台取得数据）"
