"""The weekly report over a ledger with years behind it, beside reading the columns of the same items bare."""

import gc
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from alerts.report import rows, trend
from alerts.report.periods import Period
from bench.apart import apart
from bench.figures import Figure, best
from bench.ingest import memory
from bench.large import large_ledger
from bench.ledgers import app_on, bare, configuration, copied
from bench.sizes import Sizes
from bench.world import NOW, workdays
from monitor.events import local_date
from monitor.judge import Standards
from monitor.ledger.reported import COLUMNS
from monitor.reporting.making import make
from monitor.reporting.moments import Making

GROUP = "report"
MOST_SECONDS, MOST_MEMORY = 10, 400
OPEN = 50
"""One item in so many is open; about a quarter of those are overdue: 5,000 of a million."""


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """A week made in a process of its own: the time, beside the limit, and the memory that the process takes in all."""
    config = configuration(folder / "config")
    standards = Standards(config.policy, config.units, config.matters, workdays())
    open_items = max(40, sizes.ledger // OPEN)
    path = copied(large_ledger(open_items, sizes.ledger - open_items, config, standards), "report-run.db")
    app_on(path, config).engine.dispose()
    limit, mebibytes, seconds, overdue = _bare(path), *apart(made, path, folder, sizes.times)
    path.unlink()
    words = "sqlite3: the judged columns of the items that the report is about"
    name = f"a week of {sizes.ledger:,} items, {overdue:,} overdue"
    return [
        Figure(GROUP, name, seconds, "s", limit, words, most=MOST_SECONDS),
        Figure(GROUP, "memory of the process", mebibytes, "MiB", most=MOST_MEMORY),
    ]


def made(ledger: Path, folder: Path, times: int) -> tuple[float, float, int]:
    """The week before the present one, its payload included: MiB of the process, seconds, and overdue items."""
    app = app_on(ledger, configuration(folder / "config"))
    found = 0

    def work() -> None:
        nonlocal found
        with app.transactions.read() as connection:
            payload = rows.payload(make(app, connection, Making(_week(), NOW, NOW)))
        found = len(payload["overdue"])

    seconds = best(work, times, before=gc.collect)
    return memory("VmHWM"), seconds, found


def _week() -> Period:
    return Period.week(local_date(NOW) - timedelta(days=7))


def _bare(ledger: Path) -> float:
    since: date = trend.since(_week().last)
    names = ", ".join(COLUMNS)
    question = f"SELECT item, {names} FROM item WHERE closed_on IS NULL OR closed_on >= ?"
    with closing(bare(ledger)) as connection:
        return best(lambda: connection.execute(question, (since.isoformat(),)).fetchall(), 3)
