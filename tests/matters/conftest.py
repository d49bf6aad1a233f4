"""A daemon's day for tests of what another catalogue would change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.daemon_day import Day, day_of


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    """A daemon on Tuesday, 17 November 2026, with an empty ledger."""
    made = day_of(tmp_path, "2026-11-17 10:00")
    yield made
    made.app.engine.dispose()
