"""The ledger's tables.

Moments are UTC; dates are local dates (Asia/Shanghai); ``updated`` is the platform's own text.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from alerts.tables import metadata as metadata


class Project(SQLModel, table=True):
    """项目基本信息: one row a 工程 (works), as ``source`` gives it."""

    __tablename__ = "project"

    works: str = Field(primary_key=True)
    code: str
    name: str
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)
    source: str = ""


class Matter(SQLModel, table=True):
    """阶段事项: the platform's catalogue of matters, as ``source`` gives it; ``limit_days`` as given."""

    __tablename__ = "matter"

    matter: str = Field(primary_key=True)
    name: str
    kind: int | None = None
    limit_days: int | None = None
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)
    source: str = ""


class Item(SQLModel, table=True):
    """办件: as ``source`` gives it, and below that as the rules judge it.

    ``next_at``: the next moment at which it must be looked at; None when nothing more can happen by time alone.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_next_at", "next_at", sqlite_where=Column("next_at").is_not(None)),
        Index("ix_item_closed_on_unit", "closed_on", "unit"),
        Index("ix_item_wrong_code", "received_on", "accepted_on", sqlite_where=Column("code_problem").is_not(None)),
        Index("ix_item_works", "works"),
        Index("ix_item_matter", "matter"),
    )

    item: str = Field(primary_key=True)
    works: str
    matter: str
    unit_code: str
    unit_name: str
    limit_days: int | None = None
    limit_given: str = ""
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)
    source: str = ""
    unit: str | None = None
    stage: str | None = None
    light: str | None = None
    state: str | None = None
    received_on: date | None = None
    accepted_on: date | None = None
    closed_on: date | None = None
    due: date | None = None
    paused: bool = False
    deemed: bool = False
    needs_code: bool = True
    code_problem: str | None = None
    disagreement: str | None = None
    next_at: datetime | None = None
    judged_at: datetime | None = None


class Dirty(SQLModel, table=True):
    """A log of the items that something changed under since they were judged, in the order of the changes.

    A log and no mark in the item's row: what a page brings is scattered over the whole ledger, and a mark would write
    a page of the item table for each row of it, twice as much as the row itself.
    """

    __tablename__ = "dirty"
    # A number is never given twice: whoever judges deletes the log up to the number that he read.
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    item: str


class Event(SQLModel, table=True):
    """办理详细信息: one row a version of a status event, never changed once stored.

    ``seen_at``: when the poll brought it.
    """

    __tablename__ = "event"
    __table_args__ = {"sqlite_with_rowid": False}

    item: str = Field(primary_key=True)
    moment: datetime = Field(primary_key=True)
    code: int = Field(primary_key=True)
    updated: str = Field(primary_key=True)
    serial: int = Field(primary_key=True, sa_type=BigInteger)
    source: str = Field(primary_key=True)
    valid: bool
    office: str
    handler: str
    seen_at: datetime


class Special(SQLModel, table=True):
    """特别程序: kind and name of a special procedure of an item."""

    __tablename__ = "special"
    __table_args__ = {"sqlite_with_rowid": False}

    item: str = Field(primary_key=True)
    started: datetime = Field(primary_key=True)
    source: str = Field(primary_key=True)
    kind: int | None = None
    name: str
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)


class Document(SQLModel, table=True):
    """批复文件: a decision document of an item."""

    __tablename__ = "document"
    __table_args__ = {"sqlite_with_rowid": False}

    item: str = Field(primary_key=True)
    number: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    issued: date
    title: str
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)


class Said(SQLModel, table=True):
    """What a further source says of a row that is another source's: ``kind`` is item, project or matter.

    ``fields`` holds the columns of that table. Which source counts for a field is the owner's order of precedence.
    """

    __tablename__ = "said"
    __table_args__ = {"sqlite_with_rowid": False}

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    fields: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    valid: bool
    updated: str
    serial: int = Field(sa_type=BigInteger)


class Correction(SQLModel, table=True):
    """What staff put on record beside the platform's own value: an extension, or a fact the platform has wrong.

    ``field``: extension, unit, limit, statutory_limit, received, accepted or closed; ``value`` its text (days, a unit's
    id, an ISO date); ``was`` the platform's value when it was recorded. In force until it is withdrawn.
    """

    __tablename__ = "correction"

    id: int | None = Field(default=None, primary_key=True)
    item: str = Field(index=True)
    field: str
    value: str
    was: str | None = None
    why: str
    by: str
    document: str | None = None
    at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_why: str | None = None


class CalendarVersion(SQLModel, table=True):
    """A state of the calendar that items were judged by from ``at`` on: its days that are not ordinary, and why new.

    ``days``: ISO date → [worked?, name].
    """

    __tablename__ = "calendar_version"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    why: str
    days: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Change(SQLModel, table=True):
    """A change of state of an item: what, before, after, and why."""

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    item: str = Field(index=True)
    at: datetime
    what: str
    before: str | None = None
    after: str | None = None
    why: str


class SetAside(SQLModel, table=True):
    """A row that could not be read, as given (less personal data).

    ``since``/``after``: the cursor just before it; of a file its name, sheet and row number instead.
    """

    __tablename__ = "set_aside"
    __table_args__ = (Index("ix_set_aside_place", "source", "table_name", "since", "after"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    table_name: str
    since: str
    after: int = Field(sa_type=BigInteger)
    row: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    reason: str
    first_at: datetime
    last_at: datetime
    tries: int = 1
    resolved_at: datetime | None = None
    file: str | None = None
    sheet: str | None = None
    row_number: int | None = None


class Cursor(SQLModel, table=True):
    """How far a table of a source has been read; moved in the transaction that stores the page."""

    __tablename__ = "cursor"

    source: str = Field(primary_key=True)
    table_name: str = Field(primary_key=True)
    since: str
    after: int = Field(sa_type=BigInteger)


class PollRound(SQLModel, table=True):
    """One poll of one source: its outcome (good, partial, failed) and counts."""

    __tablename__ = "poll_round"
    __table_args__ = (Index("ix_poll_round_source_outcome", "source", "outcome", "started_at"),)

    id: int | None = Field(default=None, primary_key=True)
    source: str
    started_at: datetime
    finished_at: datetime
    outcome: str
    counts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    message: str


class SourceState(SQLModel, table=True):
    """The health of a source: how often it failed in a row, since when, why, and when it is asked again.

    ``clock_ahead_seconds``: how far its clock is ahead of ours, as far as it has been seen.
    """

    __tablename__ = "source_state"

    source: str = Field(primary_key=True)
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    kind: str | None = None
    message: str = ""
    clock_ahead_seconds: int | None = None
    at: datetime


class ImportFile(SQLModel, table=True):
    """A file that was imported, known again by the digest of its content."""

    __tablename__ = "import_file"

    source: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    name: str
    at: datetime
    counts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class JobRun(SQLModel, table=True):
    """One run of a job's slot; (job, shard, slot) is unique, so a slot runs once however many daemons there are."""

    __tablename__ = "job_run"

    job: str = Field(primary_key=True)
    shard: str = Field(primary_key=True)
    slot: str = Field(primary_key=True)
    owner: str
    started_at: datetime
    lease_until: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    counts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Setting(SQLModel, table=True):
    """What the ledger was judged by (a fingerprint of calendar, policy, units, matters): a change judges all again."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True)
    value: str


class Former(SQLModel, table=True):
    """What a row of item, project or matter (``kind``) said until a moment (UTC), when another came in its place."""

    __tablename__ = "former"
    __table_args__ = {"sqlite_with_rowid": False}

    kind: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    until: datetime = Field(primary_key=True)
    fields: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class ConfigurationVersion(SQLModel, table=True):
    """A part of the configuration (policy, units, matters) that items were judged by from ``at`` (UTC) on."""

    __tablename__ = "configuration_version"
    __table_args__ = (Index("ix_configuration_version_part", "part", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    part: str
    at: datetime
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
