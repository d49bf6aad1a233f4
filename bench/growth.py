"""What daily work costs on a ledger with years behind it, beside the same work on a small one: neither should notice.

A poll of some changes, a planning round, a unit's list and an explanation on both ledgers, in turns; everything judged
again after a change of the calendar, beside the bare update of as many rows; and the memory that each of them takes.
"""

import gc
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from alerts.notices import CARRIED
from bench.apart import apart
from bench.figures import Figure, best, per_second
from bench.ingest import memory
from bench.large import UNIT_LINES, Layout, large_ledger
from bench.ledgers import app_on, bare, configuration, copied, in_parts
from bench.sizes import Sizes
from bench.world import EVENT_TABLE, NOW, TODAY, item_id, platform_row, stored, workdays
from monitor import show
from monitor.account import account_of
from monitor.app import App
from monitor.jobs.rounds import plan_round
from monitor.judge import Standards
from monitor.ledger.recalculated import rejudge_if_changed
from monitor.ledger.settle import settle
from monitor.ledger.shapes import ROWS
from monitor.ledger.verdicts import COLUMNS
from monitor.poll import poll
from monitor.sources import Page, Position
from monitor.standards_prints import prints
from monitor.workdays import Workdays

GROUP = "growth"
PAGE = 500
ASKED = 100
MOST_RATIO = 2
MOST_RECOMPUTE = 3
MOST_MEMORY = 200
AHEAD = (date(2026, 12, 10), date(2026, 11, 26))
CHANGES: dict[str, tuple[date, ...]] = {
    "two days ahead of them off": AHEAD,
    "yesterday off as well": (*AHEAD, TODAY - timedelta(days=1)),
}
"""Changes of the calendar, one after the other, and the days that are off in this district from then on."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A ledger under measurement, opened by the program."""

    path: Path
    layout: Layout
    app: App


@dataclass(frozen=True, slots=True)
class Given:
    """A source that hands over rows made beforehand, page by page."""

    rows: Sequence[dict[str, Any]]

    def begin_round(self) -> None:
        """Nothing to begin."""

    def pages(self, table: str, start: Position) -> Iterator[Page]:
        """The rows in pages."""
        for part in in_parts(self.rows, PAGE):
            end = Position(part[-1]["GXSJ"], part[-1]["LSH"])
            yield Page(table, start, tuple(part), end, last=part[-1] is self.rows[-1])
            start = end

    def one(self, table: str, start: Position) -> Page:
        """Never needed, as no row is broken."""
        raise AssertionError((table, start))


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """The figures; the ledgers are made once and kept, and copied for each run."""
    config = configuration(folder / "config")
    standards = Standards(config.policy, config.units, config.matters, workdays())
    small = _subject(sizes.small, 0, folder, standards)
    large = _subject(sizes.open, sizes.closed, folder, standards)
    figures = [
        _beside(name, work, small, large, sizes)
        for name, work in (
            (f"poll of {sizes.changes:,} changes, judging included", _poll),
            ("planning round, none due", _idle),
            (f"planning round, {sizes.changes:,} due", _due),
            (f"ledger --unit, a line of {UNIT_LINES}", _unit),
            ("explain", _explain),
        )
    ]
    for subject in (small, large):
        subject.app.engine.dispose()
    figures += list(_recomputed(large.path, folder))
    for name in (small.path, large.path):
        name.unlink()
    return figures


def _subject(open_items: int, closed_items: int, folder: Path, standards: Standards) -> Subject:
    config = configuration(folder / "config")
    kept = large_ledger(open_items, closed_items, config, standards)
    path = copied(kept, f"growth-run-{open_items}.db")
    return Subject(path, Layout(open_items, closed_items), app_on(path, config))


def _beside(
    name: str, work: Callable[[Subject, int, int], float], small: Subject, large: Subject, sizes: Sizes
) -> Figure:
    """The best time of ``work`` on the large ledger beside that on the small one, in turns."""
    taken: dict[str, list[float]] = {"small": [], "large": []}
    for turn in range(sizes.times):
        gc.collect()
        taken["small"].append(work(small, sizes.changes, turn))
        taken["large"].append(work(large, sizes.changes, turn))
    value, limit = 1000 * min(taken["large"]), 1000 * min(taken["small"])
    words = f"the same with {sizes.small:,} items; here {sizes.open:,} open and {sizes.closed:,} closed"
    return Figure(GROUP, name, value, "ms", limit, words, most_ratio=MOST_RATIO)


def _poll(on: Subject, changes: int, turn: int) -> float:
    source = Given(_changed_rows(on, changes, turn))
    app = on.app
    return best(lambda: poll(app.transactions, source, "city", (EVENT_TABLE,), app.standards, NOW, finished=app.clock))


def _changed_rows(on: Subject, count: int, turn: int) -> list[dict[str, Any]]:
    """Rows of as many open items: half new events, a quarter rows known already, a quarter newer versions."""
    rng, rows = Random(turn), []
    with closing(bare(on.path)) as raw:
        for place, rank in enumerate(rng.sample(range(on.layout.open), count)):
            number = on.layout.number(rank)
            serial = on.layout.total * 10 + turn * count + place
            now = f"2026-11-24 09:{place * 50 // count:02}:{place % 60:02}"
            found = raw.execute(
                "SELECT code, moment, updated, serial FROM event WHERE item = ? LIMIT 1", (item_id(number),)
            ).fetchone()
            when = datetime.fromisoformat(found[1] + "+00:00")
            if place % 4 < 2:
                code, when = (11, 9)[place % 2], NOW - timedelta(minutes=rng.randrange(1, 90))
                rows.append(platform_row(serial, number, code, when, now))
            elif place % 4 == 2:
                rows.append(platform_row(found[3], number, found[0], when, found[2]))
            else:
                rows.append(platform_row(serial, number, found[0], when, now))
    return sorted(rows, key=lambda row: (row["GXSJ"], row["LSH"]))


def _idle(on: Subject, _changes: int, _turn: int) -> float:
    plan_round(on.app)
    return best(lambda: plan_round(on.app))


def _due(on: Subject, changes: int, turn: int) -> float:
    moment = stored(NOW - timedelta(minutes=1))
    ranks = Random(100 + turn).sample(range(on.layout.open), changes)
    plan_round(on.app)  # what the polls before have left to look at is not counted
    with closing(bare(on.path)) as raw:
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(
            "UPDATE item SET next_at = ? WHERE item = ?", [(moment, item_id(on.layout.number(r))) for r in ranks]
        )
        raw.execute("COMMIT")
    return best(lambda: _check(plan_round(on.app).counts["items"], changes))


def _unit(on: Subject, _changes: int, _turn: int) -> float:
    """Seconds a line, as a few items of the unit have been closed by the polls before."""
    unit, lines = on.app.config.units.units[-1].id, 0

    def work() -> None:
        nonlocal lines
        found = show.select_items(on.app, unit=unit)
        show.as_json(found)
        lines = len(found)

    return best(work) / lines


def _explain(on: Subject, _changes: int, turn: int) -> float:
    ranks = Random(200 + turn).sample(range(on.layout.open), ASKED)
    items = [item_id(on.layout.number(rank)) for rank in ranks]
    return best(lambda: [account_of(on.app, item) for item in items]) / ASKED


def _bare_update(ledger: Path) -> tuple[float, int]:
    """Seconds of the bare update of all open rows, values and key as they stand, and how many there are."""
    judged = ", ".join(COLUMNS)
    with closing(bare(ledger)) as raw:
        rows = raw.execute(f"SELECT {judged}, item FROM item WHERE closed_on IS NULL").fetchall()
        statement = f"UPDATE item SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE item = ?"

        def work() -> None:
            raw.execute("BEGIN IMMEDIATE")
            raw.executemany(statement, rows)
            raw.execute("COMMIT")

        return best(work), len(rows)


def _bare_work(ledger: Path, why: str) -> tuple[float, str]:
    """Seconds of all that the driver has to do for a change of the calendar (``why``), with nothing thought about it.

    The rows read that items rest on, the same columns updated, and as many changes and notices written as were.
    """
    judged = [*COLUMNS, "item"]
    with closing(bare(ledger)) as raw:
        ids = [item for (item,) in raw.execute("SELECT item FROM item WHERE closed_on IS NULL ORDER BY item")]
        changes = raw.execute("SELECT * FROM change WHERE at = ? AND why LIKE ?", (stored(NOW), why)).fetchall()
        carried = raw.execute(
            "SELECT * FROM notice WHERE decided_at = ? AND reason = ?", (stored(NOW), CARRIED)
        ).fetchall()
        update = f"UPDATE item SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE item = ?"

        def work() -> None:
            for part in in_parts(ids, PAGE * 10):
                asked = (json.dumps(part),)
                raw.execute(ROWS, asked).fetchall()
                rows = raw.execute(
                    f"SELECT {', '.join(judged)} FROM item WHERE item IN (SELECT value FROM json_each(?))", asked
                )
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(update, rows.fetchall())
                raw.execute("COMMIT")
            raw.execute("BEGIN IMMEDIATE")
            _again(raw, "change", [(None, *row[1:]) for row in changes])
            _again(raw, "notice", [(row[0] + "|bare", *row[1:]) for row in carried])
            raw.execute("COMMIT")

        seconds = best(work)
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("DELETE FROM notice WHERE key LIKE '%|bare'")
        raw.execute("COMMIT")
    return seconds, f"{len(changes):,} changes and {len(carried):,} notices written"


def _again(raw: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        raw.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _recomputed(ledger: Path, folder: Path) -> Iterator[Figure]:
    """One change of the calendar after the other, each beside a bare update of its own, and beside all its rows."""
    for name, days in CHANGES.items():
        limit, count = _bare_update(ledger)
        done = apart(recomputed, ledger, folder, days)
        if done.judged < count:
            raise RuntimeError(f"{done.judged} items were judged of {count}")
        words = f"sqlite3 executemany of UPDATE, {count:,} rows, one transaction; {done.changed:,} items changed"
        rate = per_second(done.judged, done.seconds, "items")
        yield Figure(GROUP, f"open items anew, {name}", done.seconds, "s", limit, words, MOST_RECOMPUTE, rate=rate)
        floor, written = _bare_work(ledger, f"%{days[-1]}%")
        words = f"sqlite3: what items rest on read, {count:,} rows updated, {written}"
        yield Figure(GROUP, f"the same beside all its rows, {name}", done.seconds, "s", floor, words)
        yield Figure(GROUP, f"memory growth, {name}", done.mebibytes, "MiB", most=MOST_MEMORY)


@dataclass(frozen=True, slots=True)
class Done:
    """What judging again took: seconds in all and until it was marked, MiB grown at most; items judged and changed."""

    seconds: float
    marked: float
    mebibytes: float
    judged: int
    changed: int


def recomputed(ledger: Path, folder: Path, days: Sequence[date]) -> Done:
    """All that a change of the calendar brings about, in a fresh process: ``days`` are off from now on.

    What is told of is carried over, the items are marked, judged and kept, and every change is put on record.
    """
    app = app_on(ledger, configuration(folder / "config"))
    standards = Standards(
        app.config.policy,
        app.config.units,
        app.config.matters,
        Workdays(dict.fromkeys(days, (False, "本区放假"))),
        documents_since=app.standards.documents_since,
    )
    known, judged = prints(app.config, standards.workdays), 0
    before = memory("VmRSS")

    def work() -> None:
        nonlocal judged
        judged = settle(app.transactions, standards, NOW)

    marked = best(lambda: rejudge_if_changed(app.transactions, standards, known, NOW))
    seconds, grown = marked + best(work), memory("VmHWM") - before
    app.engine.dispose()
    with closing(bare(ledger)) as raw:
        of_this = "SELECT count(DISTINCT item) FROM change WHERE at = ? AND why LIKE ?"
        why = f"%{days[-1]}%"
        (changed,) = raw.execute(of_this, (stored(NOW), why)).fetchone()
    return Done(seconds, marked, grown, judged, changed)


def _check(found: int, expected: int) -> None:
    """A benchmark that measured something else would be worse than none."""
    if found != expected:
        raise RuntimeError(f"{found} items were due instead of {expected}")
