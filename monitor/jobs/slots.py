"""A slot of a job runs once, whoever asks: the row (job, shard, slot) is the claim and the record."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select, update

from alerts.bulk import insert_missing
from alerts.hours import local
from monitor import owner
from monitor.app import App
from monitor.jobs.rounds import Outcome
from monitor.ledger.store import table_of
from monitor.ledger.tables import JobRun

JOB_RUN = table_of(JobRun)
LEASE = timedelta(minutes=30)
KEPT = timedelta(days=30)
CLOCK_TOLERANCE = timedelta(minutes=5)
"""A slot that ended, or a lease that began, further ahead than this is of a clock that has since been set back."""


def minute_slot(now: datetime, minutes: int) -> str:
    """The slot that ``now`` lies in, of a job that runs every ``minutes``: its beginning in local time."""
    here = local(now)
    since_midnight = here.hour * 60 + here.minute
    start = since_midnight - since_midnight % minutes
    return f"{here.date().isoformat()}T{start // 60:02d}:{start % 60:02d}"


def run_slot(app: App, job: str, slot: str, work: Callable[[App], Outcome], shard: str = "all") -> Outcome | None:
    """Runs ``work`` for a slot unless it has run or is running elsewhere; None when it is not ours.

    A slot whose holder died, or whose lease ran out, is taken over; so is one whose round may have been cut short
    because its holder was told to stop.
    """
    if not _claim(app, job, shard, slot):
        return None
    try:
        outcome = work(app)
    except BaseException as error:
        _finish(app, job, shard, slot, f"error: {type(error).__name__}", {})
        raise
    if app.stop.is_set():
        _release(app, job, shard, slot)
    else:
        _finish(app, job, shard, slot, "good" if outcome.good else "bad", dict(outcome.counts))
    return outcome


def run_by_hand(app: App, job: str, work: Callable[[App], Outcome]) -> Outcome:
    """One round outside the schedule, kept on record like any other: a slot of its own by moment and process."""
    slot = f"{local(app.clock()):%Y-%m-%dT%H:%M:%S} {owner.this_process()} {uuid4().hex[:8]}"
    outcome = run_slot(app, job, slot, work)
    if outcome is None:
        raise RuntimeError(f"the slot {slot} of {job} was taken, which cannot be")
    return outcome


def _claim(app: App, job: str, shard: str, slot: str) -> bool:
    now, me = app.clock(), owner.this_process()
    with app.transactions.write() as connection:
        columns = ("job", "shard", "slot", "owner", "started_at", "lease_until", "counts")
        insert_missing(JOB_RUN, columns, connection.dialect).run(connection, [(job, shard, slot, "", now, now, {})])
        where = (JOB_RUN.c.job == job, JOB_RUN.c.shard == shard, JOB_RUN.c.slot == slot)
        held = connection.execute(select(JOB_RUN).where(*where)).one()
        running = held.owner and held.finished_at is None and now < held.lease_until <= now + LEASE + CLOCK_TOLERANCE
        theirs = running and not owner.is_dead(held.owner)
        done = held.finished_at is not None and held.finished_at <= now + CLOCK_TOLERANCE
        if done or theirs:
            return False
        mine = update(JOB_RUN).where(*where, JOB_RUN.c.owner == held.owner)
        claimed = connection.execute(mine.values(owner=me, started_at=now, lease_until=now + LEASE, finished_at=None))
        return claimed.rowcount == 1


def _finish(app: App, job: str, shard: str, slot: str, outcome: str, counts: dict[str, object]) -> None:
    now = app.clock()
    with app.transactions.write() as connection:
        where = (JOB_RUN.c.job == job, JOB_RUN.c.shard == shard)
        ended = update(JOB_RUN).where(*where, JOB_RUN.c.slot == slot)
        connection.execute(ended.values(finished_at=now, outcome=outcome, counts=counts))
        connection.execute(JOB_RUN.delete().where(*where, JOB_RUN.c.started_at < now - KEPT))


def _release(app: App, job: str, shard: str, slot: str) -> None:
    """Gives the slot back: whoever starts next runs it again, else a poll cut short would leave a plan on old data."""
    with app.transactions.write() as connection:
        where = (JOB_RUN.c.job == job, JOB_RUN.c.shard == shard, JOB_RUN.c.slot == slot)
        connection.execute(update(JOB_RUN).where(*where).values(owner="", lease_until=app.clock()))


def last_good_run(app: App, job: str) -> datetime | None:
    """When the job last ended well (UTC); a run dated later than now, by a clock that was set back, does not count."""
    good = (JOB_RUN.c.job == job, JOB_RUN.c.outcome == "good", JOB_RUN.c.finished_at <= app.clock())
    with app.transactions.read() as connection:
        found: datetime | None = connection.scalar(select(func.max(JOB_RUN.c.finished_at)).where(*good))
        return found
