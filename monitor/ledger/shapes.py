"""Items read in bulk and told apart by their rows as they lie in the file, so that alike ones are judged once.

Nothing is made of an item that has been met in its like before: its rows are read by the driver, and what was found of
the first of its shape holds for it too.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select

from alerts.bulk import moment_text, text_moment
from monitor.alike import JUDGED, is_exact
from monitor.events import SHANGHAI, Code, Version
from monitor.judge import Facts, Standards
from monitor.ledger.beside import corrections_of
from monitor.ledger.several import SAID

MOST_SHAPES = 150_000
"""How many shapes are remembered, so that the memory stays flat however many there are."""
READ = ("rowid", "item", "valid", "matter", "unit_code", "unit_name", "limit_days")
STEPS = """
    SELECT CASE WHEN count(*) = 0 THEN '' WHEN min(e.valid) AND min(e.source) = max(e.source)
        THEN group_concat(e.moment || e.code) END
    FROM event AS e WHERE e.item = i.item
"""
"""Moment and code of each event in one text, as a row for each costs twice as much; NULL where rows are to be weighed:
one was declared invalid, or several sources speak."""
ITEMS = f"""
    SELECT {", ".join(f"i.{name}" for name in READ)}, p.code, m.kind, m.limit_days, ({STEPS}),
        {", ".join(f"i.{name}" for name in JUDGED)} NAMES
    FROM json_each(?) AS asked CROSS JOIN item AS i ON i.item = asked.value
    LEFT JOIN project AS p ON p.works = i.works AND p.valid LEFT JOIN matter AS m ON m.matter = i.matter AND m.valid
"""  # noqa: S608 - names of our own columns
ROWS, ROWS_NAMED = ITEMS.replace("NAMES", ""), ITEMS.replace("NAMES", ", p.name, m.name, i.judged_at")
"""The rows of the items in a JSON list; with the names of the project and the matter and when they were judged."""
ROWID, ITEM_ID, VALID, MATTER_ID, UNIT_CODE, UNIT_NAME, LIMIT_DAYS, CODE, KIND, MATTER_DAYS, TEXT = range(len(READ) + 4)
JUDGED_FROM = TEXT + 1
"""Where the judged columns begin in a row."""
IN_ORDER = "SELECT moment || code FROM event WHERE item = ? ORDER BY moment, serial, code"
DOCUMENTS = """
    SELECT d.item, min(d.issued) FROM json_each(?) AS asked CROSS JOIN document AS d ON d.item = asked.value
    WHERE d.valid GROUP BY d.item
"""
MOMENT, HOUR = len("2026-11-24 02:00:00.000000"), len("2026-11-24 02")
"""How long the text of a moment is, and that of its hour."""
ACCEPTED, REVIEW_BEGUN, CORRECTION_END = (str(int(c)) for c in (Code.ACCEPTED, Code.REVIEW_BEGUN, Code.CORRECTION_END))
CORRECTED = [str(int(code)) for code in (Code.RECEIVED, Code.CORRECTION_START)]

Row = tuple[Any, ...]
"""A row of ITEMS: the columns of READ, then those of JUDGED, as the file has them; then, if they are asked for, the
names of the project and the matter, and when it was judged."""
Shape = tuple[Any, ...]
Found = TypeVar("Found")


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
        names: bool = False,
    ) -> None:
        self._items = ROWS_NAMED if names else ROWS
        self._standards, self._now_text, self._learn, self._most = standards, moment_text(now), learn, most
        self._known: dict[Shape, Found] = {}
        self._days: dict[str, date] = {}
        self._review = bool(standards.policy.limits.review)
        self._exact = {code for code, matter in standards.matters.items() if is_exact(matter)}

    def __len__(self) -> int:
        return len(self._known)

    def read(self, connection: Connection, ids: Sequence[str]) -> Iterator[tuple[Row, Found | None]]:
        """The rows of the items that there are, each with what is known of its shape; None: judge it by itself."""
        raw: Any = connection.connection.driver_connection
        asked = (json.dumps(ids),)
        rows = raw.execute(self._items, asked).fetchall()
        if connection.execute(select(SAID.c.kind).limit(1)).first() is not None:
            yield from ((row, None) for row in rows)
            return
        apart = corrections_of(connection, ids)
        delivered = dict(raw.execute(DOCUMENTS, asked).fetchall())
        for row in rows:
            alone = not row[VALID] or row[TEXT] is None or row[ITEM_ID] in apart
            yield row, None if alone else self._found(row, raw, delivered.get(row[ITEM_ID]))

    def _found(self, row: Row, raw: Any, delivered: str | None) -> Found | None:
        matter, events = row[MATTER_ID], row[TEXT].split(",") if row[TEXT] else []
        catalogue, exact = matter if matter in self._standards.matters else None, matter in self._exact
        steps = self._steps(events, exact)
        if steps is None:
            # Where there are versions of an event, the same one is there twice.
            events = [event for (event,) in raw.execute(IN_ORDER, (row[ITEM_ID],))]
            steps = self._steps(events, exact, sure=True) if len(set(events)) == len(events) else None
        if steps is None:
            return None
        shape = (row[LIMIT_DAYS], row[MATTER_DAYS], row[KIND], catalogue, delivered, *steps)
        found = self._known.get(shape)
        if found is None:
            found = self._learn(_facts(row, delivered), [_version(*event) for event in enumerate(events)])
            if found is not None:
                self._remember(shape, found)
        return found

    def _remember(self, shape: Shape, found: Found) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[shape] = found

    def _steps(self, events: Sequence[str], exact: bool, *, sure: bool = False) -> list[Any] | None:
        """The events of an item; None where they are not in order, or two are of one moment, unless that is ``sure``.

        Told without their day are, as nothing rests on it:

        1. A review that has begun after the acceptance, unless the beginning of the review has a limit of its own.
        2. A correction right after the receipt that has ended, as acceptance runs anew from its end.
        """
        steps: list[Any] = []
        now, days, last = self._now_text, self._days, ""
        for event in events:
            moment, code = event[:MOMENT], event[MOMENT:]
            if moment <= last and not sure:
                return None
            last = moment
            if exact or moment > now:
                steps += (moment, code)
                continue
            if code == REVIEW_BEGUN and ACCEPTED in steps and not self._review:
                steps.append(code)
                continue
            if code == CORRECTION_END and len(steps) == 4 and steps[1::2] == CORRECTED:
                del steps[2]
            # A date of an hour is always the same object: there are a hundred thousand shapes.
            steps += (days.get(moment[:HOUR]) or self._day(moment[:HOUR]), code)
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


def _version(place: int, event: str) -> Version:
    """The only version of an event; when it was updated and by whom tells versions apart, and nothing else."""
    return Version(int(event[MOMENT:]), text_moment(event[:MOMENT]), "", place, True)
