"""Items read in bulk and told apart by their rows as they lie in the file, so that alike ones are judged once.

Nothing is made of an item that has been met in its like before: its rows are read by the driver, and what was found of
the first of its shape holds for it too.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select

from monitor.alike import JUDGED, is_exact
from monitor.events import SHANGHAI, Version
from monitor.judge import Facts, Standards
from monitor.ledger.beside import corrections_of
from monitor.ledger.bulk import moment_text, text_moment
from monitor.ledger.several import SAID

MOST_SHAPES = 150_000
"""How many shapes are remembered, so that the memory stays flat however many there are."""
READ = ("i.rowid", "i.item", "asked.key", "i.valid", "i.matter", "i.unit_code", "i.unit_name", "i.limit_days", "p.code",
        "m.kind", "m.limit_days")  # fmt: skip
ROWID, ITEM_ID, PLACE, VALID, MATTER_ID, UNIT_CODE, UNIT_NAME, LIMIT_DAYS, CODE, KIND, MATTER_DAYS = range(len(READ))
JUDGED_FROM = len(READ)
"""Where the judged columns begin in a row."""
ITEMS = f"""
    SELECT {", ".join((*READ, *(f"i.{name}" for name in JUDGED)))}
    FROM json_each(?) AS asked CROSS JOIN item AS i ON i.item = asked.value
    LEFT JOIN project AS p ON p.works = i.works AND p.valid LEFT JOIN matter AS m ON m.matter = i.matter AND m.valid
"""  # noqa: S608 - names of our own columns
EVENTS = """
    SELECT asked.key, e.moment, e.serial, e.code, CASE WHEN e.valid THEN e.source END
    FROM json_each(?) AS asked CROSS JOIN event AS e ON e.item = asked.value
"""
DOCUMENTS = """
    SELECT d.item, min(d.issued) FROM json_each(?) AS asked CROSS JOIN document AS d ON d.item = asked.value
    WHERE d.valid GROUP BY d.item
"""

Row = tuple[Any, ...]
"""A row of ITEMS: the columns of READ, then those of JUDGED, as the file has them."""
Shape = tuple[Any, ...]
Found = TypeVar("Found")
_Event = tuple[int, str, int, int, str | None]
"""A row of EVENTS: the item's place, moment, serial, code, and the source unless it has declared the row invalid."""
_WHEN_AND_WHAT, _SOURCE = itemgetter(1, 3), itemgetter(4)


class Shapes(Generic[Found]):
    """Reads items, and remembers by shape what ``learn`` has found of the first of it; of a None nothing is kept.

    A shape is all that the clocks and the judged columns rest on, the unit and the project code apart. Events are told
    apart by day and order; to the moment only those that are still to come, and all where a limit is in hours. Items
    that several sources speak of, or with a record of the staff's own, have none: they are to be judged by themselves.
    """

    def __init__(
        self,
        standards: Standards,
        now: datetime,
        learn: Callable[[Facts, Sequence[Version]], Found | None],
        *,
        most: int = MOST_SHAPES,
    ) -> None:
        self._standards, self._now_text, self._learn, self._most = standards, moment_text(now), learn, most
        self._known: dict[Shape, Found] = {}
        self._days: dict[str, date] = {}
        self._exact = {code for code, matter in standards.matters.items() if is_exact(matter)}

    def __len__(self) -> int:
        return len(self._known)

    def read(self, connection: Connection, ids: Sequence[str]) -> Iterator[tuple[Row, Found | None]]:
        """The rows of the items that there are, each with what is known of its shape; None: judge it by itself."""
        raw: Any = connection.connection.driver_connection
        asked = (json.dumps(ids),)
        rows = raw.execute(ITEMS, asked).fetchall()
        if connection.execute(select(SAID.c.kind).limit(1)).first() is not None:
            yield from ((row, None) for row in rows)
            return
        apart = corrections_of(connection, ids)
        delivered = dict(raw.execute(DOCUMENTS, asked).fetchall())
        events: list[list[_Event]] = [[] for _ in ids]
        for event in raw.execute(EVENTS, asked):
            events[event[0]].append(event)
        for row in rows:
            alone = not row[VALID] or row[ITEM_ID] in apart
            yield row, None if alone else self._found(row, events[row[PLACE]], delivered)

    def _found(self, row: Row, events: Sequence[_Event], delivered: Mapping[str, str]) -> Found | None:
        matter, paper = row[MATTER_ID], delivered.get(row[ITEM_ID])
        steps = self._steps(events, matter in self._exact)
        if steps is None:
            return None
        catalogue = matter if matter in self._standards.matters else None
        shape = (row[LIMIT_DAYS], row[MATTER_DAYS], row[KIND], catalogue, paper, *steps)
        found = self._known.get(shape)
        if found is None:
            found = self._learn(_facts(row, paper), [_version(event) for event in events])
            if found is not None:
                self._remember(shape, found)
        return found

    def _remember(self, shape: Shape, found: Found) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[shape] = found

    def _steps(self, events: Sequence[_Event], exact: bool) -> list[Any] | None:
        """The events in order; None where versions of an event, or several sources, are to be weighed first."""
        sources = set(map(_SOURCE, events))
        if len(sources) > 1 or None in sources or len(set(map(_WHEN_AND_WHAT, events))) < len(events):
            return None
        steps: list[Any] = []
        now, days = self._now_text, self._days
        for _, moment, _, code, _ in sorted(events):
            # Flat, and a date of an hour always the same object: there are a hundred thousand shapes.
            hour = moment[:13]
            steps += (moment if exact or moment > now else days.get(hour) or self._day(hour), code)
        return steps

    def _day(self, hour: str) -> date:
        """The local date of a moment that begins like this in the file, remembered."""
        found = datetime.fromisoformat(hour + ":00:00+00:00").astimezone(SHANGHAI).date()
        return self._days.setdefault(hour, found)


def _facts(row: Row, delivered: str | None) -> Facts:
    """What the clocks of an item rest on beside its events: nothing that is its own."""
    return Facts(
        row[ITEM_ID],
        matter=row[MATTER_ID],
        unit_code=row[UNIT_CODE],
        unit_name=row[UNIT_NAME],
        limit_days=row[LIMIT_DAYS],
        matter_kind=row[KIND],
        matter_limit=row[MATTER_DAYS],
        delivered=date.fromisoformat(delivered) if delivered else None,
    )


def _version(event: _Event) -> Version:
    """The only version of an event; when it was updated tells versions apart, and nothing else."""
    _, moment, serial, code, source = event
    return Version(code, text_moment(moment), "", serial, True, source or "")
