"""The daemon on one machine: APScheduler as the clock, our own slots as the record of what ran.

SIGTERM and SIGINT: no new round begins, pauses end, the rounds under way finish their present page or mail and are
waited for; whatever is not done is in the database and goes on at the next start.
"""

import asyncio
import signal
import time
from collections.abc import Callable

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from systemd_watchdog.systemd_watchdog import WatchDog

from monitor.app import App
from monitor.jobs.rounds import Outcome
from monitor.jobs.slots import minute_slot, run_slot
from monitor.jobs.specs import Job, jobs_of
from monitor.ledger.database import DatabaseError

STOP_SECONDS = 60
WATCH_SECONDS = 10
CLOCK_JUMP_SECONDS = 30
HANGS_AFTER = 30 * 60
"""Seconds beyond the time budgets of the sources: no round takes so long unless something in it hangs."""
log = structlog.get_logger("monitor")


def run(app: App, ready: Callable[[], None] = lambda: None) -> None:
    """Runs the jobs until a signal comes. ``ready`` is called once they are scheduled."""
    asyncio.run(_Daemon(app).run(ready))


class _Daemon:
    def __init__(self, app: App) -> None:
        self.app = app
        self._running: set[asyncio.Task[None]] = set()
        self._began: dict[str, float] = {}

    async def run(self, ready: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        stopping = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop, stopping)
        systemd = WatchDog()
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        beginning = asyncio.create_task(self._first_rounds(scheduler))
        watching = asyncio.create_task(self._watch(systemd, scheduler))
        scheduler.start()
        systemd.ready()
        ready()
        log.info("守护进程已启动", jobs=[job.name for job in jobs_of(self.app)])
        await stopping.wait()
        watching.cancel()
        scheduler.shutdown(wait=False)
        await self._wait_for({beginning, *self._running})
        log.info("守护进程已停止")

    def _stop(self, stopping: asyncio.Event) -> None:
        log.info("收到停止信号，等待进行中的任务收尾")
        self.app.stop.set()
        stopping.set()

    async def _first_rounds(self, scheduler: AsyncIOScheduler) -> None:
        """One round of every job in order, so that nothing is decided on stale data; then by the clock."""
        for job in jobs_of(self.app):
            if not self.app.stop.is_set():
                await self._round(job)
        if not self.app.stop.is_set():
            self._schedule(scheduler)

    def _schedule(self, scheduler: AsyncIOScheduler) -> None:
        """Every job by the clock, from now on."""
        for job in jobs_of(self.app):
            trigger = IntervalTrigger(minutes=job.minutes)
            scheduler.add_job(self._tracked, trigger, args=[job], id=job.name, replace_existing=True)

    async def _tracked(self, job: Job) -> None:
        task = asyncio.create_task(self._round(job))
        self._running.add(task)
        try:
            await asyncio.shield(task)
        finally:
            self._running.discard(task)

    async def _round(self, job: Job) -> None:
        """One slot of a job in a thread. Whatever goes wrong is logged as a sentence and tried at the next slot."""
        slot = minute_slot(self.app.clock(), job.minutes)
        began = self._began[job.name] = time.monotonic()
        try:
            outcome = await asyncio.to_thread(run_slot, self.app, job.name, slot, job.work)
        except DatabaseError as error:
            log.error(str(error), job=job.name, slot=slot)
        except Exception:
            log.exception("任务出错，下一时段再试；如反复出现，请把此段记录交给开发者", job=job.name, slot=slot)
        else:
            if outcome is not None:
                say(outcome, slot=slot, seconds=round(time.monotonic() - began, 2))
        finally:
            self._began.pop(job.name, None)

    async def _wait_for(self, tasks: set[asyncio.Task[None]]) -> None:
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            log.warning("任务未能及时收尾，已放弃等待；未完成的部分下次启动时继续", task=task.get_name())

    async def _watch(self, systemd: WatchDog, scheduler: AsyncIOScheduler) -> None:
        """Looks every few seconds whether all is well.

        1. Tells systemd that the daemon lives, unless a round hangs: then systemd is to start it anew.
        2. When the machine's clock was set back the scheduler would stand still until the old time has come again, so
           the jobs are scheduled anew.
        """
        longest = HANGS_AFTER + sum(source.budget_seconds for source in self.app.config.settings.sources)
        lead = self._lead()
        while True:
            if all(time.monotonic() - began < longest for began in self._began.values()):
                systemd.notify()
            await asyncio.sleep(WATCH_SECONDS)
            if (jump := self._lead() - lead) < -CLOCK_JUMP_SECONDS and scheduler.get_jobs():
                log.warning("系统时钟被拨慢，任务已重新排定", seconds=round(-jump))
                self._schedule(scheduler)
            lead = self._lead()

    def _lead(self) -> float:
        """How far the wall clock is ahead of the machine's uptime, in seconds: constant but for a clock that is set."""
        return self.app.clock().timestamp() - time.monotonic()


def say(outcome: Outcome, **context: object) -> None:
    """One line a round: the sentence, its counts, and a line for each thing that failed."""
    log.info(outcome.sentence, job=outcome.job, good=outcome.good, **outcome.counts, **context)
    for line in outcome.lines if len(outcome.lines) > 1 or not outcome.good else ():
        log.info(line, job=outcome.job)
    for problem in outcome.problems:
        log.warning(problem, job=outcome.job)
