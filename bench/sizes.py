"""How much is measured: the sizes of the aims, or small ones to see that everything runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of things measured; every one is an option of the command line."""

    rows: int = 100_000
    poll_items: int = 200_000
    clocks: int = 1_000_000
    ledger: int = 1_000_000
    due: int = 10_000
    dirty: int = 100_000
    mails: int = 1_000
    owed: int = 100_000
    prepared: int = 5_000
    overdue: int = 5_000
    small: int = 10_000
    open: int = 1_000_000
    closed: int = 10_000_000
    changes: int = 1_000
    audited: int = 100_000
    times: int = 3
    """How often what can be repeated is measured; the best counts."""


QUICK = Sizes(
    rows=2_000, poll_items=4_000, clocks=5_000, ledger=6_000, due=300, dirty=1_000, mails=20, owed=500, prepared=50,
    overdue=100, small=1_000, open=2_000, closed=4_000, changes=100, audited=2_000, times=1,
)  # fmt: skip
