"""An audit over a ledger of open items: every one judged afresh, decided, and compared with what is stored of it."""

import resource
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import app_on, configuration, ledger_of_lives
from bench.sizes import Sizes
from bench.world import NOW, Lives, workdays
from monitor.jobs.auditing import audited
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.judge import Standards
from monitor.ledger.store import ITEM
from monitor.reporting.sending import report_round

GROUP = "audit"
SHAPES = 5_000
MEBIBYTE = 1024


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """The audit of a ledger that has been planned and delivered, and the memory it took beyond the rounds before it."""
    config = configuration(folder / "config")
    lives = Lives(seed=3, closed=0).many(min(SHAPES, sizes.audited))
    standards = Standards(config.policy, config.units, config.matters, workdays())
    app = app_on(ledger_of_lives(folder / "open.db", sizes.audited, lives, config, standards), config)
    with app.transactions.write() as connection:
        connection.execute(ITEM.update().values(next_at=NOW))
    for work in (plan_round, report_round, deliver_round):
        work(app)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = audited(app, NOW)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if not found.agrees or found.items < sizes.audited * 0.9:
        raise RuntimeError(f"{found.items} of {sizes.audited} items: {found.summary}")
    seconds = best(lambda: audited(app, NOW), 1)
    rate = per_second(found.items, seconds, "items")
    return [
        Figure(GROUP, f"audit of {found.items:,} open items", seconds, "s", rate=rate),
        Figure(GROUP, "memory beyond that of the rounds before", (after - before) / MEBIBYTE, "MiB"),
    ]
