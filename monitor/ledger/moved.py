"""The clocks of many items that a change of the calendar moves: alike items are judged once, by both calendars."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alerts.notices import Moved
from monitor.events import Version
from monitor.judge import Facts, Standards, clocks_of
from monitor.ledger.read import load
from monitor.ledger.shapes import ITEM_ID, Shapes
from monitor.ledger.store import parts
from monitor.moves import Move, Turn
from monitor.workdays import Workdays

CHUNK = 5000


def moves_of(
    connection: Connection, ids: Collection[str], standards: Standards, former: Workdays, now: datetime
) -> Iterator[Moved]:
    """What becomes of every clock of these items when the calendar ``former`` is followed by that of ``standards``.

    Both are asked at the same ``now`` (UTC). Clocks that neither move nor change their light are left out, and items
    that cannot be judged: they are set aside by whoever judges them for good.
    """
    turn = Turn(standards, former)

    def moves(facts: Facts, versions: Sequence[Version]) -> tuple[Move, ...] | None:
        try:
            return turn.moves(facts, versions, clocks_of(facts, versions, standards, now), now)
        except Exception:  # noqa: BLE001 - as the docstring says
            return None

    shapes = Shapes(standards, now, moves)
    for chunk in parts(sorted(ids), CHUNK):
        by_itself: list[str] = []
        for row, found in shapes.read(connection, chunk):
            if found is None:
                by_itself.append(row[ITEM_ID])
            else:
                yield from (Moved(row[ITEM_ID], *move) for move in found)
        for one in load(connection, by_itself):
            if one.valid:
                yield from (Moved(one.facts.item, *move) for move in moves(one.facts, one.versions) or ())
