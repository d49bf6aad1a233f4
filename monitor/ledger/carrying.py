"""What was told of items whose due dates another calendar moves: carried over where they are judged again.

It is done in the transaction that keeps their new dates, so no step is armed again in between; and nothing is planned
before all of them have been judged.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.notices import Moved, carry_over, told_among
from monitor.events import local_date
from monitor.moves import Move, Turn


class Carrying:
    """The notices of items that are judged in one transaction: of ``told``, something was told that may have moved."""

    def __init__(self, told: Collection[str]) -> None:
        self._told = told
        self._moved: list[Moved] = []

    def note(self, item: str, moves: Sequence[Move]) -> None:
        """The clocks of an item have moved so; of those that still run something may have been told."""
        if moves and item in self._told:
            self._moved += [Moved(item, *move) for move in moves if move.open]

    def done(self, connection: Connection, now: datetime, since: datetime | None) -> int:
        """Carries over, in the transaction, what is to be. Returns how many notices were.

        ``since``: the moment (UTC) of the change; what was told after it was told by the new dates.
        """
        return carry_over(connection, self._moved, now, since)


def told_of_moved(connection: Connection, ids: Sequence[str], turn: Turn, now: datetime) -> set[str]:
    """Those of these items of which something was told that another calendar may have moved, at ``now`` (UTC)."""
    if not turn.days:
        return set()
    # Where all the dates lie ahead, a due date before them stays, and what has been counted since.
    return told_among(connection, ids, turn.days[0] if turn.days[0] > local_date(now) else None)
