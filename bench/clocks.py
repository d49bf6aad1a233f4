"""The clocks of a million items, beside the bare pass: the working-day prefix sums in a list, one due date an item."""

import gc
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import configuration
from bench.sizes import Sizes
from bench.world import NOW, Life, Lives, workdays
from monitor.clocks import Limit, Limits, Rules, Thresholds, compute
from monitor.judge import Facts, Standards, judge

GROUP = "clocks"
BATCH = 20_000
FIRST, LAST = date(2000, 1, 1).toordinal(), date(2070, 12, 31).toordinal()


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """All clocks of an item, and the item judged (clocks, unit, light, next moment), in batches made beforehand."""
    config = configuration(folder / "config")
    standards = Standards(config.policy, config.units, config.matters, workdays())
    rules, lives = Rules(workdays(), Thresholds(), NOW), Lives(seed=1)
    due = _bare_due()
    passes: list[Callable[[Sequence[Life]], None]] = [
        lambda batch: _bare(batch, due),
        lambda batch: _computed(batch, rules),
        lambda batch: _judged(batch, standards),
    ]
    seconds = [0.0] * len(passes)
    for start in range(0, sizes.clocks, BATCH):
        batch = lives.many(min(BATCH, sizes.clocks - start))
        gc.collect()
        for number, work in enumerate(passes):
            seconds[number] += best(lambda: work(batch))  # noqa: B023 - called at once
    limit, computed, judged = (1e6 * taken / sizes.clocks for taken in seconds)
    words = f"prefix sums in a list, due date only, {sizes.clocks:,} items"
    return [
        Figure(
            GROUP, "all clocks of an item", computed, "µs", limit, words, rate=per_second(1, computed / 1e6, "items")
        ),
        Figure(GROUP, "an item judged", judged, "µs", limit, words, rate=per_second(1, judged / 1e6, "items")),
    ]


def _bare_due() -> Callable[[int, int], int]:
    calendar, prefix, worked = workdays(), list[int](), list[int]()
    for ordinal in range(FIRST, LAST + 1):
        if calendar.is_workday(date.fromordinal(ordinal)):
            worked.append(ordinal)
        prefix.append(len(worked))

    def due(start: int, days: int) -> int:
        return worked[prefix[start - FIRST] + days - 1]

    return due


def _bare(batch: Sequence[Life], due: Callable[[int, int], int]) -> None:
    for life in batch:
        due(life.accepted.toordinal(), life.limit)


def _computed(batch: Sequence[Life], rules: Rules) -> None:
    for life in batch:
        compute(life.versions, Limits(Limit(life.limit)), rules)


def _judged(batch: Sequence[Life], standards: Standards) -> None:
    for life in batch:
        facts = Facts("", unit_code="110116SWJ", limit_days=life.limit)
        one = judge(facts, life.versions, standards, NOW)
        _ = (one.light, one.next_moment())
