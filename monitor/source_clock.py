"""Whether a source's clock is wrong, judged by what it sends. Pure.

A clock that runs ahead dates updates into the future; one that runs behind dates them before the events that they tell
of. Either can hide a row from the next reading, which goes on from the last update time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median_low

from pydantic_core import PydanticCustomError

from monitor.records import read_moment

TOLERANCE = timedelta(minutes=10)
"""A difference up to this is not worth telling."""
MOST = timedelta(days=36_500)
FEWEST = 3

Rows = Sequence[Mapping[str, object]]


def ahead_by_updates(rows: Rows, now: datetime) -> timedelta | None:
    """How far update times (GXSJ) lie beyond ``now`` (UTC): the middle one of those that do; None if none does."""
    beyond = [update - now for row in rows if (update := _moment(row.get("GXSJ"))) and update > now + TOLERANCE]
    return median_low(beyond) if beyond else None


def behind_by_events(rows: Rows) -> timedelta | None:
    """How far update times (GXSJ) lie before the events (BLSJ) of their own rows, as a negative difference.

    A single event may be misdated by hand: it takes most of the rows, three at least. None if it is not so.
    """
    pairs = [(_moment(row.get("BLSJ")), _moment(row.get("GXSJ"))) for row in rows]
    known = [update - event for event, update in pairs if event and update]
    before = [difference for difference in known if difference < -TOLERANCE]
    return median_low(before) if len(before) >= FEWEST and len(before) * 2 > len(known) else None


def clock_ahead(answered: timedelta | None, updates: timedelta | None, events: timedelta | None) -> timedelta | None:
    """How far the source's clock is ahead of ours, as far as it can be told.

    ``answered``: by the date of its answers; ``updates`` and ``events``: by its rows. What is wrong by more than the
    tolerance is told first, the answers' date before the rows.
    """
    for found in (answered, updates, events):
        if found is not None and abs(found) > TOLERANCE:
            return max(-MOST, min(MOST, found))
    return answered


def _moment(value: object) -> datetime | None:
    try:
        return read_moment(value)
    except (PydanticCustomError, OverflowError):
        return None
