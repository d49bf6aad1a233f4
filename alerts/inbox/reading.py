"""One look into the mailbox: list | read | understand | place — message by message, each in a transaction of its own.

What is on record is not read again. A message that cannot be understood is on record too, with the reason, and stops
none behind it; one that the server does not give is tried again at the next look.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from alerts.inbox import received
from alerts.inbox.incoming import read
from alerts.inbox.mailbox import Listed, Mailbox, MailboxError, Position
from alerts.inbox.placing import Desk, place, tell_supervisor, understood
from alerts.inbox.received import Outcome
from alerts.wording import clean

Remember = Callable[[Connection, Position], None]
DATA_FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What a message of odd content can bring about; anything else is not the message's fault."""


@dataclass(slots=True)
class Looked:
    """What a look came to: messages by kind, a line on each, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def look(
    mailbox: Mailbox,
    desk: Desk,
    position: Position | None,
    since: date,
    most_bytes: int,
    remember: Remember,
    stop: Callable[[], bool] = lambda: False,
) -> Looked:
    """Reads what is new behind ``position``; without one, or when the folder was numbered anew, from ``since`` on.

    ``remember`` keeps the position in the transaction that puts a message on record. Raises MailboxError when the
    folder cannot be listed.
    """
    counted = position is not None and position.validity == mailbox.validity
    listed = mailbox.listed(position.uid if position and counted else 0, None if counted else since)
    with desk.write() as connection:
        seen = received.known(connection, desk.mailbox, [each.message_id for each in listed if each.message_id])
    look = _Look(mailbox, desk, most_bytes, remember, seen)
    for each in listed:
        if stop():
            break
        look.at(each)
    return look.looked


@dataclass(slots=True)
class _Look:
    """A look under way. ``whole``: every message so far is on record, so the position may move on."""

    mailbox: Mailbox
    desk: Desk
    most_bytes: int
    remember: Remember
    seen: set[str]
    whole: bool = True
    looked: Looked = field(default_factory=Looked)

    def at(self, each: Listed) -> None:
        """One message."""
        try:
            if each.message_id is not None and clean(each.message_id, 1000) in self.seen:
                with self.desk.write() as connection:
                    self._move_on(connection, each)
            elif (outcome := self._settled(each)) is not None:
                self.looked.counts[outcome.kind] += 1
                self.looked.lines.append(f"{received.KINDS[outcome.kind]}　{each.sender}　{outcome.text}")
            self.mailbox.done(each.uid)
        except MailboxError as error:
            # What is on record is known again, so it is no matter on which side of the record this happened.
            self.whole = False
            self.looked.problems.append(str(error))

    def _settled(self, each: Listed) -> Outcome | None:
        """Reads and places a message; None when it has gone, or its twin was read already."""
        if each.size > self.most_bytes:
            size = f"{each.size // 1024} KiB，上限 {self.most_bytes // 1024} KiB"
            return self._kept_unread(each, f"来信太大（{size}），没有下载，请到邮箱查看")
        raw = self.mailbox.whole(each.uid)
        if raw is None:
            return None
        try:
            return self._placed(each, raw)
        except DATA_FAULTS as error:
            return self._kept_unread(each, f"这封信读不懂（{type(error).__name__}），请到邮箱查看")

    def _placed(self, each: Listed, raw: bytes) -> Outcome | None:
        incoming = read(raw)
        known = understood(incoming)
        with self.desk.write() as connection:
            self._move_on(connection, each)
            name = clean(incoming.message_id, 1000)
            if name in self.seen or received.known(connection, self.desk.mailbox, [incoming.message_id]):
                return None
            outcome = place(connection, self.desk, incoming, known)
        self.seen.add(name)
        return outcome

    def _kept_unread(self, each: Listed, why: str) -> Outcome:
        """A message that was not read is known by its Message-ID, or by its number if it has none."""
        outcome = Outcome("other", why, tell=True)
        name = each.message_id or f"<{self.mailbox.validity}.{each.uid}@unread>"
        with self.desk.write() as connection:
            self._move_on(connection, each)
            if received.known(connection, self.desk.mailbox, [name]):
                return outcome
            now = self.desk.now
            kept = received.insert(
                connection, self.desk.mailbox, name, each.sender, each.subject, now, outcome, now
            )  # fmt: skip
            said = f"{each.sender or '（没有发件人）'}，“{clean(each.subject, 100)}”：{why}。"
            tell_supervisor(connection, self.desk, f"inbox|{kept}", said)
        return outcome

    def _move_on(self, connection: Connection, each: Listed) -> None:
        """The position never passes a message that is still to be read."""
        if self.whole:
            self.remember(connection, Position(self.mailbox.validity, each.uid))
