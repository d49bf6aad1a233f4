"""Judging again what has changed: a whole ledger that is dirty."""

from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import app_on, bare, configuration, copied, ledger_of_lives
from bench.sizes import Sizes
from bench.world import NOW, Lives, item_id, stored, workdays
from monitor.judge import Standards
from monitor.ledger.settle import settle
from monitor.ledger.store import mark_all_dirty
from monitor.ledger.verdicts import COLUMNS

GROUP = "settle"
SHAPES = 5_000


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """Dirty items loaded, judged and kept, beside an UPDATE of the same columns of as many rows."""
    config = configuration(folder / "config")
    standards = Standards(config.policy, config.units, config.matters, workdays())
    lives = Lives(seed=2).many(min(SHAPES, sizes.dirty))
    ledger = ledger_of_lives(folder / "lives.db", sizes.dirty, lives, config, standards)
    limit = _bare(copied(ledger, "bare.db"), sizes.dirty)
    app = app_on(ledger, config)
    with app.transactions.write() as connection:
        mark_all_dirty(connection)
    seconds = best(lambda: settle(app.transactions, app.standards, NOW))
    words = f"sqlite3 executemany of UPDATE, {sizes.dirty:,} rows, one transaction"
    rate = per_second(sizes.dirty, seconds, "items")
    return [Figure(GROUP, "dirty items judged and kept", seconds, "s", limit, words, rate=rate)]


def _bare(ledger: Path, count: int) -> float:
    connection, now = bare(ledger), stored(NOW)
    update = f"UPDATE item SET {','.join(f'{name}=?' for name in COLUMNS)} WHERE item=?"
    judged = (
        "110116SWJ", "审批", "green", "running", "2026-11-03", "2026-11-04", None, "2026-11-27", 0, 0, 1, None, None,
        now, now,
    )  # fmt: skip
    rows = [(*judged, item_id(number)) for number in range(count)]

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(update, rows)
        connection.execute("COMMIT")

    seconds = best(work)
    connection.close()
    return seconds
