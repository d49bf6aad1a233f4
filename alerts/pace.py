"""How fast mails may leave: never more than so many in any minute. Pure arithmetic on moments it is handed."""

from collections import deque

WINDOW = 60.0


class Pace:
    """At most ``per_minute`` mails in any minute, as soon as that allows; 0: no limit.

    Moments are seconds of a clock that never goes back. The last ``per_minute`` departures are remembered, so the bound
    holds for every window of 60 seconds, not only on average.
    """

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._left: deque[float] = deque(maxlen=per_minute or None)

    def wait(self, now: float) -> float:
        """Seconds from ``now`` until the next mail may leave; 0 when it may at once."""
        if not self._most or len(self._left) < self._most:
            return 0.0
        return max(0.0, self._left[0] + WINDOW - now)

    def take(self, now: float) -> None:
        """One mail leaves at ``now``."""
        if self._most:
            self._left.append(now)
