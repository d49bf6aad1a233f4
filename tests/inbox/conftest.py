"""A ledger of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.ledger.fresh import fresh_ledger


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty ledger: a SQLite file."""
    made = fresh_ledger(tmp_path)
    yield made
    made.dispose()
