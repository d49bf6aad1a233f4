"""A daemon's day."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.daemon_day import Day, day_of


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """The parts of a daemon on Monday, 23 November 2026, at 08:50, with an empty ledger."""
    made = day_of(tmp_path, "2026-11-23 08:50")
    yield made
    made.app.engine.dispose()
