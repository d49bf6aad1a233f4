"""several sources in one ledger, corrections by staff, versions of the calendar, imported files"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ONLY_SOURCE = "COALESCE((SELECT min(source) FROM cursor), '')"
"""Until now there was no telling sources apart; nearly every ledger has read from one."""


def upgrade() -> None:
    """Brings the tables to this revision."""
    _new_tables()
    for table in ("project", "matter", "item"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN source VARCHAR DEFAULT '' NOT NULL")
        op.execute(f"UPDATE {table} SET source = {ONLY_SOURCE}")  # noqa: S608 - no value from outside
    op.execute("ALTER TABLE item ADD COLUMN needs_code BOOLEAN DEFAULT 1 NOT NULL")
    op.execute("ALTER TABLE item ADD COLUMN code_problem VARCHAR")
    op.execute("ALTER TABLE item ADD COLUMN disagreement VARCHAR")
    for column in ("file VARCHAR", "sheet VARCHAR", "row_number INTEGER"):
        op.execute(f"ALTER TABLE set_aside ADD COLUMN {column}")
    _with_source("event", _event_columns(), ("item", "moment", "code", "updated", "serial"))
    _with_source("special", _special_columns(), ("item", "started"))
    _with_source("document", _document_columns(), ("item", "number"))
    # Open items first: what is asked for is nearly always the open items, of a unit or of all.
    op.drop_index("ix_item_unit_closed", "item")
    op.create_index("ix_item_closed_on_unit", "item", ["closed_on", "unit"])
    wrong = sa.text("code_problem IS NOT NULL")
    op.create_index("ix_item_wrong_code", "item", ["received_on", "accepted_on"], sqlite_where=wrong)
    op.create_index("ix_change_at", "change", ["at"])
    op.drop_index("ix_item_dirty", "item")
    op.drop_column("item", "dirty")
    op.execute("INSERT INTO dirty (item) SELECT item FROM item ORDER BY item")


def _with_source(table: str, columns: list[sa.Column[object]], keys: tuple[str, ...]) -> None:
    """Makes a table anew with the source in its key: SQLite cannot change the key of a table."""
    names = ", ".join(column.name for column in columns)
    op.create_table(
        f"{table}_new",
        *columns,
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*keys, "source", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO {table}_new ({names}, source) SELECT {names}, {ONLY_SOURCE} FROM {table}")  # noqa: S608
    op.drop_table(table)
    op.rename_table(f"{table}_new", table)


def _event_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("moment", UTCDateTime(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        *_stamp(),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("handler", sa.String(), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
    ]


def _special_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("started", UTCDateTime(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        *_stamp(),
    ]


def _document_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        *_stamp(),
    ]


def _stamp() -> list[sa.Column[object]]:
    return [
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("updated", sa.String(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
    ]


def _new_tables() -> None:
    op.create_table(
        "dirty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dirty")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_item"), "correction", ["item"])
    op.create_table(
        "import_file",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("source", "digest", name=op.f("pk_import_file")),
    )
    op.create_table(
        "said",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        *_stamp(),
        sa.PrimaryKeyConstraint("kind", "key", "source", name=op.f("pk_said")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "source_state",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", UTCDateTime(), nullable=True),
        sa.Column("retry_at", UTCDateTime(), nullable=True),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("clock_ahead_seconds", sa.Integer(), nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_state")),
    )
