"""The collector of reference cycles, set for work on many rows: rows and what is judged of them form no cycles."""

import gc

YOUNG, MIDDLE, OLD = 100_000, 20, 20
"""How many new objects, and how many collections of each younger generation, before one is collected."""


def collect_seldom() -> None:
    """Has the collector of this process look less often: by default it takes a fifth of a round on many items."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)
