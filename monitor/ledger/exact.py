"""All that the ledger holds of items, exact to the second, for exports that another ledger can read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from monitor.events import TITLES, settle_versions
from monitor.judge import Judged
from monitor.ledger.own import CHUNK, local_text
from monitor.ledger.read import load
from monitor.ledger.store import parts, table_of
from monitor.ledger.tables import Document, Special
from monitor.precedence import chosen_events
from monitor.sources.files import track

COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("works", "工程代码", 28),
    ("matter_code", "事项编码", 12),
    ("unit_code", "单位编码", 14),
    ("unit_given", "单位原名", 24),
    ("limit_given", "办件时限", 9),
    ("matter_limit", "事项时限", 9),
    ("matter_kind", "办件类型", 9),
)
"""Columns of a listing that it needs to be read back exactly: name, heading, width in characters."""
LISTS: tuple[tuple[str, str], ...] = (
    ("events", "办理过程"),
    ("specials", "特别程序清单"),
    ("documents", "批复文件清单"),
)
"""Columns that hold a list each, where a file is one table."""


@dataclass(frozen=True, slots=True)
class Exact:
    """An item's exact columns, its events (local time, word), special procedures and decision documents."""

    columns: Mapping[str, Any]
    events: tuple[tuple[str, str], ...] = ()
    specials: tuple[tuple[str, int | None, str], ...] = ()
    documents: tuple[tuple[str, str, str], ...] = ()

    def lists(self) -> dict[str, str]:
        """The lists as one text each."""
        return {
            "events": track.events_text(self.events),
            "specials": track.list_text(self.specials),
            "documents": track.list_text(self.documents),
        }


def exact_of(connection: Connection, judged: Sequence[Judged]) -> dict[str, Exact]:
    """What the ledger holds of ``judged``, by item; events by the sources that count, future ones included."""
    found: dict[str, Exact] = {}
    for chunk in parts(judged, CHUNK):
        ids = [one.facts.item for one in chunk]
        events = {
            row.facts.item: _events(chosen_events(row.versions, one.standards.order)[0])
            for row, one in _paired(load(connection, ids), chunk)
        }
        specials, documents = _papers(connection, Special, ids), _papers(connection, Document, ids)
        for one in chunk:
            item = one.facts.item
            found[item] = Exact(
                _columns(one),
                events.get(item, ()),
                tuple((local_text(row.started), row.kind, row.name) for row in specials[item]),
                tuple((row.issued.isoformat(), row.number, row.title) for row in documents[item]),
            )
    return found


def _paired(rows: Iterable[Any], chunk: Sequence[Judged]) -> Iterable[tuple[Any, Judged]]:
    by_item = {one.facts.item: one for one in chunk}
    return ((row, by_item[row.facts.item]) for row in rows)


def _events(versions: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((local_text(event.moment), TITLES[event.code]) for event in settle_versions(versions))


def _papers(connection: Connection, model: Any, ids: Sequence[str]) -> Mapping[str, list[Any]]:
    table = table_of(model)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    statement = select(table).where(table.c.item.in_(ids), table.c.valid).order_by(*table.primary_key)
    for row in connection.execute(statement):
        found[row.item].append(row)
    return found


def _columns(judged: Judged) -> dict[str, Any]:
    facts = judged.facts
    return {
        "works": facts.works,
        "matter_code": facts.matter,
        "unit_code": facts.unit_code,
        "unit_given": facts.unit_name,
        "limit_given": facts.limit_given,
        "matter_limit": facts.matter_limit,
        "matter_kind": facts.matter_kind,
    }
