"""The configuration on record: each of its parts as it came to be in force, and what was in force at a moment."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from alerts.bulk import insert_missing, update_by_key
from monitor.calendar_versions import Recorded, restored
from monitor.configured import Configured, Content, configured
from monitor.ledger.store import table_of
from monitor.ledger.tables import CalendarVersion, ConfigurationVersion, Setting
from monitor.ledger.transactions import Transactions
from monitor.workdays import Workdays

VERSION, CALENDAR, SETTING = table_of(ConfigurationVersion), table_of(CalendarVersion), table_of(Setting)
PREFIX = "configuration."
PARTS = ("policy", "units", "matters", "sources")


def keep_configuration(transactions: Transactions, contents: Mapping[str, Content], now: datetime) -> bool:
    """Puts on record each part that is not what was in force until ``now`` (UTC). Returns whether there was any."""
    prints = {part: _print(contents[part]) for part in PARTS}
    with transactions.read() as connection:
        known = _known_prints(connection)
    if all(known.get(part) == prints[part] for part in PARTS):
        return False
    with transactions.write() as connection:
        known = _known_prints(connection)
        for part in (part for part in PARTS if known.get(part) != prints[part]):
            connection.execute(VERSION.insert().values(part=part, at=now, content=dict(contents[part])))
            name = PREFIX + part
            insert_missing(SETTING, ("name", "value"), connection.dialect).run(connection, [(name, "")])
            update_by_key(SETTING, ("value",), connection.dialect).run(connection, [(prints[part], name)])
    return True


def configured_at(connection: Connection, moment: datetime) -> Configured | None:
    """What was in force at ``moment`` (UTC); None of a ledger that has no configuration on record.

    Before the first version on record counts what that one says: an earlier release kept none.
    """
    ids = [_version_at(connection, VERSION, moment, VERSION.c.part == part) for part in PARTS]
    if None in ids:
        return None
    calendar = _version_at(connection, CALENDAR, moment)
    found = connection.execute(select(VERSION.c.part, VERSION.c.content).where(VERSION.c.id.in_(ids)))
    parts: dict[str, Any] = {row.part: row.content for row in found}
    days: Recorded | None = connection.scalar(select(CALENDAR.c.days).where(CALENDAR.c.id == calendar))
    return configured(parts, calendar_of(days))


def calendar_of(days: Recorded | None) -> Workdays:
    """The calendar of a record, remembered, as making one takes a while; that of the program without any."""
    return Workdays() if days is None else _restored(json.dumps(dict(days), sort_keys=True))


@lru_cache(maxsize=4)
def _restored(days: str) -> Workdays:
    return restored(json.loads(days))


def _version_at(connection: Connection, table: Any, moment: datetime, *conditions: Any) -> int | None:
    """The number of the version that was in force: the last by then, else the first there is."""
    numbers = select(table.c.id).where(*conditions)
    then = connection.scalar(
        numbers.where(table.c.at <= moment).order_by(table.c.at.desc(), table.c.id.desc()).limit(1)
    )
    found: int | None = then if then is not None else connection.scalar(numbers.order_by(table.c.id).limit(1))
    return found


def _known_prints(connection: Connection) -> Mapping[str, str]:
    names = [PREFIX + part for part in PARTS]
    rows = connection.execute(select(SETTING.c.name, SETTING.c.value).where(SETTING.c.name.in_(names)))
    return {row.name.removeprefix(PREFIX): row.value for row in rows}


def _print(content: Content) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
