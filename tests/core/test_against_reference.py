"""The clocks against a second, naive implementation of the same rules, on random rows as the platform gives them."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import Policy
from monitor.entry import entry
from monitor.events import Version
from monitor.judge import Facts, Standards, judge
from monitor.records import ItemRecord, MatterRecord, read_rows
from tests import reference
from tests.core.builders import BEIJING, CALENDAR, UNITS
from tests.core.strategies import platform_rows

STANDARDS = Standards(Policy(), UNITS, {}, CALENDAR)


def by_the_application(tables: dict[str, list[dict[str, Any]]], now: datetime) -> dict[str, Any]:
    """The ledger's entry of the only item, from rows that have arrived by ``now``."""
    return entry(judge(*read(tables, now), STANDARDS, now.replace(tzinfo=BEIJING)))


def read(tables: dict[str, list[dict[str, Any]]], now: datetime) -> tuple[Facts, list[Version]]:
    """What the application knows of the only item by the rows that have arrived by ``now``."""
    records: dict[str, list[Any]] = {}
    for table, rows in tables.items():
        records[table], refused = read_rows(table, reference.visible(rows, now))
        assert not refused
    item: ItemRecord = records[reference.ITEMS][0]
    matter: MatterRecord = records[reference.MATTERS][0]
    facts = Facts(
        item.item, item.works, item.matter, limit_days=item.limit, matter_kind=matter.kind, matter_limit=matter.limit
    )
    versions = [Version(one.code, one.moment, one.updated, one.serial, one.valid) for one in records[reference.EVENTS]]
    return facts, versions


@settings(max_examples=500)
@given(platform_rows(), st.integers(0, 90 * 24))
def test_application_and_reference_say_the_same(tables: dict[str, list[dict[str, Any]]], hours: int) -> None:
    now = datetime.fromisoformat(tables[reference.ITEMS][0]["GXSJ"]) + timedelta(hours=hours)
    expected = reference.ledger(tables, now)["A"] | {"item": "A"}
    found = by_the_application(tables, now)
    assert {name: found[name] for name in expected} == expected
