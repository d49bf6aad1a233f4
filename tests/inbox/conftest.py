"""A ledger of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.inbox.desk import Office, office_at
from tests.ledger.fresh import fresh_ledger


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty ledger: a SQLite file."""
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """The desk after one 督办 about two items was sent to the water authority, and one to the forestry's."""
    return office_at(engine, tmp_path)
