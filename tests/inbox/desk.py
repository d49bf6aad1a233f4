"""A desk that messages are put on: the ledger with two mails sent, and a folder of messages as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from alerts import handed
from alerts.answers import ANSWER
from alerts.inbox.incoming import identity, read
from alerts.inbox.mailbox import Listed, MailboxError, Position
from alerts.inbox.placing import Desk
from alerts.inbox.reading import Looked, look
from alerts.inbox.received import between
from alerts.inbox.shelf import Shelf
from alerts.tables import NoticeRow
from monitor.ledger.database import reading, writing
from tests.alerts.delivery import NOW
from tests.alerts.office import (
    DIRECTORY,
    DOMAIN,
    FORESTRY,
    WATER,
    case,
    digest_mail,
    line,
    marked,
    put,
    row,
    rows,
    writer,
)  # fmt: skip
from tests.inbox.messages import (
    HEAD,
    OURS,
    SUBJECT,
)  # fmt: skip

HUGE = 10_000_000
LATER = NOW + timedelta(hours=3)


@dataclass
class Pile:
    """A folder of messages as bytes. ``broken``: numbers of messages that the server does not give."""

    messages: Sequence[bytes]
    validity: int = 1
    broken: set[int] = field(default_factory=set)
    read: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    def listed(self, after: int, since: date | None) -> list[Listed]:
        found = [(number, raw, read(raw)) for number, raw in enumerate(self.messages, 1) if number > after]
        return [
            Listed(number, identity(one.message["Message-ID"]), one.sender, one.subject, len(raw))
            for number, raw, one in found
        ]

    def whole(self, uid: int) -> bytes | None:
        if uid in self.broken:
            raise MailboxError("一封信读不出来")
        self.read.append(uid)
        return self.messages[uid - 1] or None

    def done(self, uid: int) -> None:
        self.moved.append(uid)


class Office:
    """The ledger, the desk, and how far the folder was read."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.position: Position | None = None
        self.units = DIRECTORY
        self.most_kept = 300_000

    def look(self, *messages: bytes, most_bytes: int = HUGE, **how: Any) -> Looked:
        """One look into a folder of ``messages``."""
        return self.look_into(Pile(messages, **how), most_bytes=most_bytes)

    def look_into(self, pile: Pile, *, most_bytes: int = HUGE) -> Looked:
        """One look into ``pile``."""
        shelf = Shelf(self.folder / "answers", self.most_kept)
        desk = Desk("duban/INBOX", writer(self.engine), self.units, DOMAIN, shelf, LATER)
        return look(pile, desk, self.position, NOW.date(), most_bytes, self._remember)

    def _remember(self, _connection: Connection, position: Position) -> None:
        self.position = position

    @property
    def answers(self) -> list[Any]:
        """The answers on record."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(ANSWER).order_by(ANSWER.c.id)))

    @property
    def received(self) -> list[Any]:
        """The messages on record."""
        with reading(self.engine) as connection:
            return between(connection, NOW, LATER + timedelta(days=1))

    @property
    def told(self) -> list[tuple[str, str]]:
        """Who was written to about what."""
        return [
            (mail.recipients["to"][0], mail.payload["title"]) for mail in rows(self.engine) if mail.kind == "operator"
        ]

    def results(self, key: str = "one") -> dict[str, str]:
        """Address → what became of the mail there."""
        with reading(self.engine) as connection:
            found = handed.of_mails(connection, [row(self.engine, key).id])
        return {one.address: one.result for each in found.values() for one in each}


def sent(connection: Connection, key: str, message_id: str, subject: str = SUBJECT) -> None:
    marked(connection, key, state="sent", message_id=message_id, subject=subject, sent_at=NOW)


def office_at(engine: Engine, folder: Path) -> Office:
    """One 督办 about two items was sent to the water authority's section head, and one to the forestry's."""
    two = (line(case(1)), line(case(2, item="HRM1-2")))
    put(engine, digest_mail("one", *two))
    other = digest_mail("other", line(case(1, item="HRM1-3", unit=FORESTRY.id)))
    put(engine, replace(other, unit=FORESTRY.id))
    with writing(engine) as connection:
        sent(connection, "one", OURS)
        sent(connection, "other", "<other@zwfw.example>", "other")
        handed.record(connection, row(engine, "one").id, {HEAD: ("accepted", "")}, NOW)
        for item, whose in (
            ("HRM1-2760925", WATER.id),
            ("HRM1-2", WATER.id),
            ("HRM1-77", WATER.id),
            ("HRM1-3", FORESTRY.id),
        ):
            values = {"clock": "promised", "step": "s", "level": "yellow_card", "reason": "r", "decided_at": NOW}
            table = NoticeRow.__table__  # type: ignore[attr-defined]
            connection.execute(
                table.insert().values(key=f"n|{item}", item=item, unit=whose, passed_over=False, **values)
            )  # fmt: skip
    return Office(engine, folder)
