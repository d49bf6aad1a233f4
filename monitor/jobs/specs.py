"""What the daemon runs and how often."""

from collections.abc import Callable
from dataclasses import dataclass

from monitor.app import App
from monitor.jobs.auditing import audit_round
from monitor.jobs.overview import overview_round
from monitor.jobs.rounds import Outcome, deliver_round, plan_round, poll_round
from monitor.reporting.sending import report_round

Work = Callable[[App], Outcome]


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, its work, and every how many minutes a slot of it begins."""

    name: str
    work: Work
    minutes: int


def jobs_of(app: App) -> tuple[Job, ...]:
    """The daemon's jobs, in the order in which they are run at the start: what is read first is decided on first."""
    schedule, inbox = app.config.settings.schedule, app.config.settings.inbox
    return (
        Job("poll", poll_round, schedule.poll_minutes),
        *((Job("inbox", _inbox_round, inbox.poll_minutes),) if inbox.host else ()),
        Job("plan", plan_round, schedule.plan_minutes),
        Job("report", report_round, schedule.plan_minutes),
        Job("overview", overview_round, schedule.plan_minutes),
        Job("deliver", deliver_round, schedule.deliver_minutes),
        Job("audit", audit_round, schedule.audit_minutes),
    )


def _inbox_round(app: App) -> Outcome:
    """Mail libraries are loaded only where there is a mailbox."""
    from monitor.jobs.inbox import inbox_round

    return inbox_round(app)
