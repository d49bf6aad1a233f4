"""What the ledger was last judged by: a print of each part, and why it is being judged again. Rows of ``setting``.

While it is being judged again for another calendar, also which one its items were judged by before.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from alerts.bulk import insert_missing, update_by_key
from monitor.calendar_versions import Recorded, differs, recorded
from monitor.ledger.store import table_of
from monitor.ledger.tables import CalendarVersion, Setting
from monitor.workdays import Workdays

SETTING = table_of(Setting)
PREFIX = "standards."
UNDIVIDED = "standards"
"""The one print of all parts together that version 0.1 kept."""
REASON = "rejudged_why"
FORMER = "rejudged_from"
UNFINISHED = (REASON, FORMER)
"""What is only there while items are being judged again."""
VERSION = table_of(CalendarVersion)


def known_prints(connection: Connection) -> Mapping[str, str]:
    """The prints that the ledger was judged by, by part; under "" that of a version that kept but one."""
    rows = connection.execute(select(SETTING.c.name, SETTING.c.value).where(SETTING.c.name.startswith(UNDIVIDED)))
    return {row.name.removeprefix(PREFIX) if row.name != UNDIVIDED else "": row.value for row in rows}


def keep_prints(connection: Connection, prints: Mapping[str, str]) -> None:
    """Stores the prints that the ledger is judged by from now on."""
    for part, value in prints.items():
        _put(connection, PREFIX + part, value)
    connection.execute(SETTING.delete().where(SETTING.c.name == UNDIVIDED))


def reason(connection: Connection) -> str | None:
    """Why items are being judged again (Chinese), until all have been: a crash between does not lose it."""
    found: str | None = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == REASON))
    return found


def former_calendar(connection: Connection) -> tuple[Recorded, datetime] | None:
    """The calendar that items were judged by before the standing reason, and until when (UTC); None if it is the same.

    Where several changes came before all had been judged, the first of them counts.
    """
    number = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == FORMER))
    if number is None:
        return None
    versions = select(VERSION.c.days, VERSION.c.at).where(VERSION.c.id >= int(number)).order_by(VERSION.c.id).limit(2)
    former, successor = connection.execute(versions).all()
    return former.days, successor.at


def last_state(connection: Connection) -> tuple[int | None, Recorded | None]:
    """The calendar that items are to be judged by and its number; None in a ledger that has kept none yet."""
    row = connection.execute(select(VERSION.c.id, VERSION.c.days).order_by(VERSION.c.id.desc()).limit(1)).first()
    return (row.id, row.days) if row else (None, None)


def is_for_another(connection: Connection, workdays: Workdays) -> bool:
    """Whether items are being judged again because of a calendar that is another one than ``workdays``.

    A process that still has the calendar of before must leave that to those who have the new one: it would judge by the
    old dates, and carry over nothing of what has been told.
    """
    if former_calendar(connection) is None:
        return False
    _, present = last_state(connection)
    return present is not None and differs(present, recorded(workdays))


def begin(connection: Connection, why: str, *, former: int | None = None) -> None:
    """Items marked in this transaction are judged again because of ``why``; a reason still standing is kept with it.

    ``former``: the number of the calendar's state that they have been judged by, where that is another one now.
    """
    standing = reason(connection)
    _put(connection, REASON, f"{standing}、{why}" if standing and standing != why else why)
    if former is not None:
        insert_missing(SETTING, ("name", "value"), connection.dialect).run(connection, [(FORMER, str(former))])


def end(connection: Connection, why: str) -> None:
    """All items have been judged for ``why``, unless another reason has come since."""
    if connection.execute(SETTING.delete().where(SETTING.c.name == REASON, SETTING.c.value == why)).rowcount:
        connection.execute(SETTING.delete().where(SETTING.c.name == FORMER))


def _put(connection: Connection, name: str, value: str) -> None:
    insert_missing(SETTING, ("name", "value"), connection.dialect).run(connection, [(name, value)])
    update_by_key(SETTING, ("value",), connection.dialect).run(connection, [(value, name)])
