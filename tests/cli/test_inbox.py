"""inbox: one look into the mailbox by hand."""

from collections.abc import Iterator

import pytest

from tests.cli.office import Desk
from tests.inbox.imap import PASSWORD, USER, Imap, imap_server
from tests.inbox.messages import plain, spam


@pytest.fixture
def server() -> Iterator[Imap]:
    """A mailbox with one stranger's message."""
    with imap_server() as it:
        it.put(spam())
        yield it


@pytest.fixture
def wired(office: Desk, server: Imap) -> Desk:
    """A desk whose mailbox is on the server; the password is in the environment."""
    inbox = {"HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none", "USERNAME": USER}
    office.env |= {f"APPROVAL_MONITOR__INBOX__{key}": value for key, value in inbox.items()}
    office.env["APPROVAL_MONITOR_IMAP_PASSWORD"] = PASSWORD
    return office


def test_a_look_says_what_came_and_the_next_that_nothing_did(wired: Desk) -> None:
    called = wired.call("inbox")
    assert (called.code, called.err) == (0, "")
    assert "收件箱：答复 0 封，退信 0 封，自动回复 0 封，其他 1 封" in called.out
    assert "win@prize.example" in called.out
    assert "其他 0 封" in wired.call("inbox").out


def test_a_dry_look_stores_and_moves_nothing(wired: Desk, server: Imap) -> None:
    wired.env["APPROVAL_MONITOR__INBOX__PROCESSED_FOLDER"] = "done"
    before = wired.dump()
    called = wired.call("inbox", "--dry-run")
    assert (called.code, called.err) == (0, "")
    assert "其他 1 封" in called.out
    assert (wired.dump(), len(server.subjects()), server.flags()) == (before, 1, [()])
    wired.call("inbox")
    assert (server.subjects(), len(server.subjects("done"))) == ([], 1)


def test_a_mailbox_that_cannot_be_read_is_exit_code_3_and_a_sentence_without_the_password(wired: Desk) -> None:
    wired.env["APPROVAL_MONITOR_IMAP_PASSWORD"] = "n0t-it"
    called = wired.call("inbox")
    assert (called.code, called.is_told) == (3, True)
    assert "不接受账号或密码" in called.err
    assert "n0t-it" not in called.err + called.out + "".join(wired.dump())


def test_without_a_mailbox_the_sentence_says_where_to_name_one(office: Desk) -> None:
    called = office.call("inbox")
    assert (called.code, called.is_told) == (2, True)
    assert "[inbox]" in called.err


def test_a_reply_of_nobody_we_know_leaves_no_answer(wired: Desk, server: Imap) -> None:
    server.put(plain("已办结", sender="a@nowhere.example", message_id="<n@nowhere.example>"))
    assert "答复 0 封" in wired.call("inbox").out
