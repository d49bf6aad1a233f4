"""The alert side's tables: what was decided (decision, notice), what goes out (mail, handed, letter), what comes back
(received, answer), and what is silenced (hold)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

metadata = SQLModel.metadata
metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


class Mail(SQLModel, table=True):
    """The outbox: a mail is a row before it is sent. Times are UTC.

    ``next_try_at``: when it may be tried next; of a mail that failed, when it was given up.

    ``state``: pending, sending (claimed under a lease), sent, unknown (the outcome after DATA is not known), failed
    (for good), dropped (no longer true when it was about to leave), merged (its lines left in another mail), kept
    (written to a file because delivery is off).
    """

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("key"), Index("ix_mail_state_next_try_at", "state", "next_try_at"))

    id: int | None = Field(default=None, primary_key=True)
    key: str
    message_id: str = Field(index=True)
    kind: str
    unit: str | None = None
    audience: str | None = None
    level: str = "reminder"
    recipients: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = "pending"
    attempts: int = 0
    unknowns: int = 0
    subject: str | None = None
    created_at: datetime = Field(index=True)
    next_try_at: datetime
    owner: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    outcome: str | None = None


class NoticeRow(SQLModel, table=True):
    """What was decided: one row a step reached, sent or passed over. ``key`` is unique for ever.

    ``answer_by``: the local date by which a 督办 asks the unit to answer; None where it asks for no answer.
    """

    __tablename__ = "notice"

    key: str = Field(primary_key=True)
    item: str = Field(index=True)
    clock: str
    step: str
    level: str
    unit: str | None = None
    passed_over: bool = False
    mail_key: str | None = Field(default=None, index=True)
    reason: str
    decided_at: datetime = Field(index=True)
    answer_by: date | None = None


class DecisionRow(SQLModel, table=True):
    """The last decision on a clock of an item: the named reason, for sending as for not sending.

    ``at``: since when it has been so (UTC); ``next_on``: the local date to look again.
    """

    __tablename__ = "decision"
    __table_args__ = {"sqlite_with_rowid": False}

    item: str = Field(primary_key=True)
    clock: str = Field(primary_key=True)
    reason: str
    at: datetime
    next_on: date | None = None


class Answer(SQLModel, table=True):
    """What a unit answered about an item, as it came: ``kind`` is receipt (签收) or explanation (情况说明).

    ``at``: when the unit said so, ``recorded_at``: when it was put on record (UTC). ``via``: mail or command.
    ``attachments``: name, size and digest of each file kept.
    """

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    item: str = Field(index=True)
    unit: str | None = None
    kind: str
    text: str
    by: str
    via: str
    at: datetime = Field(index=True)
    recorded_at: datetime
    mail_key: str | None = None
    received_id: int | None = None
    attachments: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class Hold(SQLModel, table=True):
    """A silence by the supervisor over an item or a unit (``scope``), up to and with the local date ``until``."""

    __tablename__ = "hold"

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    target: str = Field(index=True)
    until: date
    why: str
    by: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_why: str | None = None


class Received(SQLModel, table=True):
    """A message read from the mailbox that answers and bounces come to, known again by its Message-ID.

    ``kind``: answer, bounce, out_of_office or other; ``outcome``: what was made of it, in Chinese.
    """

    __tablename__ = "received"
    __table_args__ = (UniqueConstraint("mailbox", "message_id"),)

    id: int | None = Field(default=None, primary_key=True)
    mailbox: str
    message_id: str
    sender: str
    subject: str
    kind: str
    at: datetime
    read_at: datetime
    mail_key: str | None = None
    outcome: str


class Handed(SQLModel, table=True):
    """What became of a mail at one address: accepted, refused, put_off, or bounced later; with the words of it."""

    __tablename__ = "handed"
    __table_args__ = {"sqlite_with_rowid": False}

    mail_id: int = Field(primary_key=True)
    address: str = Field(primary_key=True, index=True)
    result: str
    words: str
    at: datetime


class Letter(SQLModel, table=True):
    """A formal letter (督办通知单, 督办函) as it was issued; ``reference`` is its 文号, without gaps in a year."""

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("series", "year", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    series: str
    year: int
    number: int
    reference: str
    kind: str
    level: str
    unit: str | None = None
    mail_key: str = Field(index=True)
    made_at: datetime
    answer_by: date | None = None
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    docx: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    pdf: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
