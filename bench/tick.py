"""A planning round over a ledger of a million open items: when none is due, and when ten thousand are."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import app_on, bare, configuration, ledger_of_lives
from bench.sizes import Sizes
from bench.world import NOW, Lives, item_id, stored, workdays
from monitor.app import App
from monitor.jobs.rounds import plan_round
from monitor.judge import Standards
from monitor.ledger.read import due_ids

GROUP = "tick"
SHAPES = 5_000
TIMES = 5
MOST_MILLISECONDS = 20


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """The look-up, the whole round without anything due, and the round that judges, decides and queues what is due."""
    config = configuration(folder / "config")
    standards = Standards(config.policy, config.units, config.matters, workdays())
    lives = Lives(seed=3, closed=0).many(min(SHAPES, sizes.ledger))
    ledger = ledger_of_lives(folder / "open.db", sizes.ledger, lives, config, standards)
    app = app_on(ledger, config)
    plan_round(app)
    looked = 1000 * best(lambda: _look(app), TIMES)
    idle = 1000 * best(lambda: plan_round(app), TIMES)
    limit = 1000 * _bare(ledger)
    _make_due(ledger, sizes)
    seconds = best(lambda: _check(plan_round(app).counts["items"], sizes.due))
    words = "sqlite3 on the same index"
    return [
        Figure(GROUP, f"look-up, none of {sizes.ledger:,} due", looked, "ms", limit, words, most=MOST_MILLISECONDS),
        Figure(GROUP, f"whole round, none of {sizes.ledger:,} due", idle, "ms", limit, words, most=MOST_MILLISECONDS),
        Figure(GROUP, f"whole round, {sizes.due:,} due", seconds, "s", rate=per_second(sizes.due, seconds, "items")),
    ]


def _look(app: App) -> None:
    with app.transactions.read() as connection:
        _check(len(due_ids(connection, NOW)), 0)


def _check(found: int, expected: int) -> None:
    """A benchmark that measured something else would be worse than none."""
    if found != expected:
        raise RuntimeError(f"{found} items were due instead of {expected}")


def _bare(ledger: Path) -> float:
    with closing(bare(ledger)) as connection:
        question = "SELECT item FROM item WHERE next_at <= ? ORDER BY next_at"
        return best(lambda: connection.execute(question, (stored(NOW),)).fetchall(), TIMES)


def _make_due(ledger: Path, sizes: Sizes) -> None:
    step, moment = sizes.ledger // sizes.due, stored(NOW - timedelta(minutes=1))
    with closing(bare(ledger)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = ((moment, item_id(number * step)) for number in range(sizes.due))
        connection.executemany("UPDATE item SET next_at = ? WHERE item = ?", rows)
        connection.execute("COMMIT")
