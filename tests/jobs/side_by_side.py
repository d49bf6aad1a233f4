"""Reports laid side by side: what one says of itself, and what it says after the one before."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from alerts.outbox import MAIL
from alerts.report import rows as report_rows
from monitor.app import App
from monitor.reporting.making import make
from monitor.reporting.moments import making_of, of_week

Payload = Mapping[str, Any]


def again(app: App, week: str) -> dict[str, Any]:
    """The payload of the report on a week, made now."""
    with app.transactions.read() as connection:
        making = making_of(app, connection, of_week(app, connection, week))
        return report_rows.payload(make(app, connection, making))


def sent(app: App) -> dict[str, Payload]:
    """The payloads of the weekly reports in the outbox, by week."""
    with app.transactions.read() as connection:
        found = connection.scalars(select(MAIL.c.payload).where(MAIL.c.kind == "weekly").order_by(MAIL.c.id))
        return {payload["period"]["label"]: payload for payload in found}


def check_stock(earlier: Payload, later: Payload) -> None:
    """What was reported as in hand, with all that came and went, is what is reported a week later; of each unit."""
    then = {row["unit"]: row["in_hand"] for row in earlier["units"]}
    for row in (*later["units"], later["total"]):
        came = row["before"] + row["received"] + row["moved_in"] + row["booked_late"]
        assert came == row["in_hand"] + row["finished"] + row["moved_out"] + row["taken_off"], row
    assert {row["unit"]: row["before"] for row in later["units"] if row["before"]} == {
        unit: count for unit, count in then.items() if count
    }
    assert later["total"]["before"] == earlier["total"]["in_hand"]
    assert sum(row["moved_in"] - row["moved_out"] for row in later["units"]) == 0


def check_lists(payload: Payload) -> None:
    """Lists, trend and totals of one report agree with each other."""
    total, last = payload["total"], payload["trend"][-1]
    assert len(payload["overdue"]) == total["overdue"] == last["overdue"]
    assert len(payload["paused"]) == total["paused"]
    assert (last["in_hand"], last["received"], last["finished"], last["overdue_new"]) == (
        total["in_hand"], total["received"], total["finished"], total["overdue_new"],
    )  # fmt: skip
    for week, following in pairwise(payload["trend"]):
        assert week["in_hand"] + following["received"] - following["finished"] == following["in_hand"]
