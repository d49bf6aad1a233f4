"""One round of reading the sources: all at once, each with its own budget, none before its rest is over.

sources | those that rest are left alone | poll, a thread each | state of each source
"""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog

from alerts.deliver import domain_of
from alerts.hours import local
from alerts.operator import tell_operator
from config.sources import Source
from monitor.app import App, standard_names
from monitor.folder import poll_folder
from monitor.jobs.outcome import Outcome
from monitor.ledger.database import DatabaseError
from monitor.ledger.settle import rejudge_if_set_back, settle
from monitor.ledger.source_state import Failure, State, after_round, keep, states
from monitor.poll import PollResult, poll
from monitor.retry import retry_if_mapped_anew
from monitor.source_health import about_failure
from monitor.sources import SourceError

MOST_AT_ONCE = 8
log = structlog.get_logger("monitor")


def poll_round(app: App, *, by_hand: bool = False) -> Outcome:
    """Reads every source. One that fails or is slow never holds up another.

    A source that failed rests for a while (see ``source_state``); ``by_hand``: all are asked, whatever has been.
    """
    now = app.clock()
    settle_all(app, now)
    retry_if_mapped_anew(app)
    resting = {} if by_hand else _resting(app, now)
    asked = [source for source in app.config.settings.sources if source.name not in resting]
    results = _read_all(app, asked)
    totals: Counter[str] = Counter()
    for result in results:
        totals.update({name: count for name, count in result.counts.items() if name != "set_aside"})
    totals["set_aside"] = max((result.counts["set_aside"] for result in results), default=0)
    sentence = (
        f"取数：读到 {totals['rows']} 行，重新判断 {totals['judged']} 件，未能识别 {totals['refused']} 行"
        f"（留存待查共 {totals['set_aside']} 行）"
    )
    problems = tuple(f"来源 {result.source}：{result.message}" for result in results if result.errors)
    lines = (*(_line(result) for result in results), *(_resting_line(state) for state in resting.values()))
    return Outcome("poll", not problems and not resting, sentence, dict(totals), problems, lines)


def settle_all(app: App, now: datetime) -> int:
    """Judges what has changed, and what is touched by a change of calendar, policy, units, matters or sources."""
    why = "时钟拨回" if rejudge_if_set_back(app.transactions, now) else "取数"
    app.prepare(now)
    return settle(app.transactions, app.standards, now, why)


def _resting(app: App, now: datetime) -> dict[str, State]:
    """The sources that are left alone in this round."""
    with app.transactions.read() as connection:
        known = states(connection)
    found = [(source, known[source.name]) for source in app.config.settings.sources if source.name in known]
    return {
        source.name: state
        for source, state in found
        if state.rests(now) and not (state.kind == "unauthorised" and _is_newer(source.token_file, state.at))
    }


def _is_newer(path: Path | None, moment: datetime) -> bool:
    """Whether a file was written after ``moment`` (UTC)."""
    try:
        return path is not None and path.stat().st_mtime > moment.timestamp()
    except OSError:
        return False


def _read_all(app: App, sources: Sequence[Source]) -> list[PollResult]:
    """Polls the sources side by side; each writes in short transactions of its own, which the database puts in line."""
    if len(sources) <= 1:
        return [_read_one(app, source) for source in sources]
    with ThreadPoolExecutor(min(len(sources), MOST_AT_ONCE), "poll") as threads:
        return list(threads.map(partial(_read_one, app), sources))


def _read_one(app: App, settings: Source) -> PollResult:
    """Polls one source and keeps its state. Only what is wrong with the ledger itself stops the others."""
    now = app.clock()
    try:
        result = _polled(app, settings, now)
    except DatabaseError:
        raise
    except SourceError as error:
        result = PollResult(settings.name, errors=[error])
    except Exception as error:
        log.exception("读取来源时程序出错，其他来源照常；请把此段记录交给开发者", source=settings.name)
        sentence = f"程序内部错误（{type(error).__name__}），该来源本轮没有读完。请把日志中的这段记录交给开发者。"
        result = PollResult(settings.name, errors=[SourceError(sentence, kind="internal", permanent=False)])
    if not app.stop.is_set():
        _keep_state(app, settings, result, now)
    return result


def _polled(app: App, settings: Source, now: datetime) -> PollResult:
    if settings.kind == "folder":
        return poll_folder(app, settings, app.stop.wait)
    with app.source(settings) as source:
        return poll(
            app.transactions, source, settings.name, tuple(standard_names(settings)), app.standards, now,
            finished=app.clock, stop=app.stop.is_set,
        )  # fmt: skip


def _keep_state(app: App, settings: Source, result: PollResult, began: datetime) -> None:
    """Keeps how the source fares; what does not pass by itself is told to the operator, once."""
    schedule = app.config.settings.schedule
    interval, longest = (timedelta(minutes=each) for each in (schedule.poll_minutes, schedule.max_retry_minutes))
    with app.transactions.write() as connection:
        before = states(connection).get(result.source)
        after = after_round(
            before, result.source, began, app.clock(), _failure(result), interval, longest, result.clock_ahead
        )
        keep(connection, after)
        if any(error.permanent for error in result.errors):
            # Each file is trouble of its own; a table that stays broken is not.
            one = about_failure(after, each_message=settings.kind == "folder")
            domain = domain_of(app.config.settings.delivery)
            tell_operator(connection, app.config.units, domain, one.key, one.title, one.paragraphs, began)


def _failure(result: PollResult) -> Failure | None:
    """Why the round was not good; what somebody must mend comes first."""
    if not result.errors:
        return None
    first = next((error for error in result.errors if error.permanent), result.errors[0])
    waits = [error.retry_after for error in result.errors if error.retry_after is not None]
    nothing = not result.counts["tables"] and not result.counts["pages"]
    return Failure(first.kind, result.message, nothing, max(waits, default=None))


def _line(result: PollResult) -> str:
    counts = result.counts
    read = f"读到 {counts['rows']} 行，未能识别 {counts['refused']} 行"
    ending = {"good": "", "partial": "；有的表没有读完", "failed": "；没有读成"}[result.outcome]
    return f"来源 {result.source}：{read}{ending}"


def _resting_line(state: State) -> str:
    again = f"{local(state.retry_at):%m-%d %H:%M} 之后再试" if state.retry_at else "稍后再试"
    failed = f"连续 {state.failures} 轮没有读成" if state.failures else "对方要求稍后再取"
    return f"来源 {state.source}：{failed}，{again}（手工 poll 可立即取）"
