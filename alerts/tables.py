"""The alert side's tables: what was decided (notice) and what goes out (mail)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, MetaData, UniqueConstraint
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

    ``state``: pending, sending (claimed under a lease), sent, unknown (the outcome after DATA is not known), failed
    (for good), dropped (no longer true when it was about to leave), kept (written to a file because delivery is off).
    """

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("key"), Index("ix_mail_state_next_try_at", "state", "next_try_at"))

    id: int | None = Field(default=None, primary_key=True)
    key: str
    message_id: str
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
    created_at: datetime
    next_try_at: datetime
    owner: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None
    outcome: str | None = None


class NoticeRow(SQLModel, table=True):
    """What was decided: one row a step reached, sent or passed over. ``key`` is unique for ever."""

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
