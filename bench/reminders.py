"""A hundred thousand items that a notice is owed for, to the units: planned, judged again, built and handed over."""

import resource
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import app_on, bare, configuration, ledger_of_lives
from bench.mails import sending, units_of
from bench.relay import relaying
from bench.sizes import Sizes
from bench.world import NOW, Life, Lives, stored, workdays
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.judge import Facts, Standards, judge

GROUP = "reminders"
SHAPES = 5_000


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    config = configuration(folder / "config", units=units_of(16))
    standards = Standards(config.policy, config.units, config.matters, workdays())
    lives = owing(min(SHAPES, sizes.owed), standards)
    ledger = ledger_of_lives(folder / "owed.db", sizes.owed, lives, config, standards)
    with relaying() as relay:
        app = app_on(ledger, sending(config, relay))
        with closing(bare(ledger)) as connection:
            connection.execute("UPDATE item SET next_at = ?", (stored(NOW),))
        planned = best(lambda: print(plan_round(app)))
        sent = best(lambda: print(deliver_round(app)))
        print(relay.taken(), planned, sent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    seconds = planned + sent
    return [Figure(GROUP, f"{sizes.owed:,} items owed", seconds, "s", rate=per_second(sizes.owed, seconds, "items"))]


def owing(count: int, standards: Standards) -> list[Life]:
    found, lives = [], Lives(seed=8, closed=0)
    while len(found) < count:
        life = lives.one()
        one = judge(Facts("", unit_code="", limit_days=life.limit), life.versions, standards, NOW)
        if one.light.value not in ("green", "grey"):
            found.append(life)
    return found
