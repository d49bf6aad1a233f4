"""What several folders of tests share: the platform's stand-in as a process."""

from collections.abc import Iterator

import pytest

from tests.story.stand_in import StandIn, running


@pytest.fixture
def platform() -> Iterator[StandIn]:
    """A fresh stand-in without faults, its clock after all rows."""
    with running("--now", "2030-01-01 00:00:00") as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def running_stand_in() -> Iterator[StandIn]:
    """One stand-in for all tests that do not care how often it has been asked."""
    with running("--now", "2022-01-01 00:00:00") as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(running_stand_in: StandIn) -> StandIn:
    """The shared stand-in without faults; a test sets its clock."""
    running_stand_in.control(now="2022-01-01 00:00:00", faults={})
    return running_stand_in


SLOW_FILES = (
    "cli/test_naughty.py",
    "cli/test_clock_jumps.py",
    "cli/test_places.py",
    "cli/test_output.py",
    "cli/test_secrets.py",
    "faults/test_kill.py",
    "faults/test_numbered_pages.py",
    "faults/test_platform_faults.py",
    "sources/test_http_platform.py",
    "story/test_demo.py",
    "story/test_downtime.py",
    "story/test_walk.py",
)
"""Files whose tests are slow taken together, though each is quick: they run in CI and by ``make test-all``."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of SLOW_FILES as slow, so that the quick part stays under a minute on two cores."""
    for item in items:
        if item.path.as_posix().endswith(SLOW_FILES):
            item.add_marker(pytest.mark.slow)
