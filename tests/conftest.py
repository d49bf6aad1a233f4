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
