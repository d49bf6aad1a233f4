"""A clock that jumps ahead and back: no crash, and no mail twice."""

from collections import Counter
from email import message_from_bytes

from tests.cli.office import NOW, Desk

A_YEAR_LATER = "2027-03-19 10:00"


def rounds(desk: Desk, *moments: str) -> None:
    for moment in moments:
        for command in ("poll", "plan", "report", "deliver"):
            called = desk.call(command, now=moment)
            assert (called.code, called.err) == (0, ""), (command, moment)


def lines_of_mails(desk: Desk) -> Counter[tuple[str, str]]:
    """Message-IDs and recipients of all mails kept."""
    mails = [message_from_bytes(raw) for raw in desk.kept()]
    return Counter((str(mail["Message-ID"]), str(mail["To"])) for mail in mails)


def test_a_year_ahead_and_back(office: Desk) -> None:
    rounds(office, NOW, A_YEAR_LATER)
    keys = [line for line in office.dump() if line.startswith('INSERT INTO "notice"')]
    mails = lines_of_mails(office)
    rounds(office, NOW, "2026-03-20 10:10", "2026-03-20 11:00")
    assert [line for line in office.dump() if line.startswith('INSERT INTO "notice"')] == keys
    assert lines_of_mails(office) == mails
    assert set(mails.values()) == {1}


def test_back_by_a_year_and_on_again(office: Desk) -> None:
    rounds(office, NOW)
    mails = lines_of_mails(office)
    rounds(office, "2025-03-20 10:00", NOW, "2026-03-20 10:10")
    assert {mail for mail in lines_of_mails(office) if mail in mails} == set(mails)
    assert set(lines_of_mails(office).values()) == {1}


def test_polls_of_a_clock_that_was_ahead_do_not_hide_that_data_stopped(office: Desk) -> None:
    office.call("poll", now=A_YEAR_LATER)
    # The last poll by the right clock was on the 20th; on the 30th the ledger is ten days old.
    out = office.call("plan", "--dry-run", now="2026-03-30 10:00").out
    assert "督办暂缓" in out
