"""What several folders of tests share: the platform's stand-in as a process."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.story.stand_in import StandIn, running

# Few examples keep the quick part quick; CI tries more of them.
settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


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
    "alerts/test_letters.py",
    "alerts/test_report_agree.py",
    "alerts/test_report_print.py",
    "alerts/test_report_template.py",
    "calendar/test_calendar_file.py",
    "calendar/test_learn_command.py",
    "calendar/test_rejudged.py",
    "calendar/test_replayed_years.py",
    "cli/test_answers.py",
    "cli/test_audit.py",
    "cli/test_calls.py",
    "cli/test_clock_jumps.py",
    "cli/test_codes.py",
    "cli/test_commands.py",
    "cli/test_corrections.py",
    "cli/test_dry_run.py",
    "cli/test_explain.py",
    "cli/test_inbox.py",
    "cli/test_ledger.py",
    "cli/test_mails.py",
    "cli/test_matters.py",
    "cli/test_naughty.py",
    "cli/test_output.py",
    "cli/test_places.py",
    "cli/test_replay.py",
    "cli/test_report_files.py",
    "cli/test_reports.py",
    "cli/test_secrets.py",
    "cli/test_set_aside.py",
    "cli/test_sources.py",
    "cli/test_warnings.py",
    "config/test_naughty_strings.py",
    "faults/test_kill.py",
    "faults/test_numbered_pages.py",
    "faults/test_platform_faults.py",
    "files/test_command.py",
    "files/test_mutated.py",
    "files/test_round_trip.py",
    "inbox/test_mailbox.py",
    "jobs/test_answers_and_holds.py",
    "jobs/test_audit.py",
    "jobs/test_codes.py",
    "jobs/test_health.py",
    "jobs/test_heartbeat.py",
    "jobs/test_hours.py",
    "jobs/test_line_one.py",
    "jobs/test_polling.py",
    "jobs/test_warnings_ledger.py",
    "jobs/test_weekly.py",
    "ledger/test_poll_database.py",
    "ledger/test_two_sources.py",
    "sources/test_http_platform.py",
    "story/test_audit.py",
    "story/test_database_ledger.py",
    "story/test_demo.py",
    "story/test_downtime.py",
    "story/test_ledger.py",
    "story/test_replay.py",
    "story/test_walk.py",
    "units/test_story.py",
)
"""Files whose tests are slow taken together, though each is quick: they run in CI and by ``make test-all``."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of SLOW_FILES as slow, so that the quick part stays under a minute on two cores."""
    for item in items:
        if item.path.as_posix().endswith(SLOW_FILES):
            item.add_marker(pytest.mark.slow)
