"""An office for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files.office import Office, opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with an empty ledger and no sources."""
    with opened(tmp_path) as ready:
        yield ready
