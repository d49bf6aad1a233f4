"""The records of staff on the ledger, each with how it stands beside the platform now."""

from typing import Any

from monitor.app import App
from monitor.judge import Judged, judge
from monitor.ledger.office import listed
from monitor.ledger.read import load
from monitor.recorded import as_json, row_json


def records(app: App, item: str | None = None) -> list[dict[str, Any]]:
    """All records, or those of an item, as JSON values in the order of recording."""
    name_of = app.standards.known_name
    with app.transactions.read() as connection:
        rows = listed(connection, item)
        items = sorted({row["item"] for row in rows if row["withdrawn_at"] is None})
        judged = {row.facts.item: _judged(app, row) for row in load(connection, items)}
    standing = {one.correction.id: one for found in judged.values() for one in found.standing}
    return [
        {"item": row["item"], **as_json(standing[row["id"]], name_of)}
        if row["id"] in standing
        else row_json(row, name_of)
        for row in rows
    ]


def _judged(app: App, row: Any) -> Judged:
    return judge(row.facts, row.versions, app.standards, app.clock())
