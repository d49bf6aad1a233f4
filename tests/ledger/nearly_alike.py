"""Ledgers of items that are nearly alike: each there twice, as it is, and of another unit at another time of day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from alerts.bulk import insert_missing
from config.policy import Policy
from monitor.events import Version
from monitor.judge import Standards
from monitor.ledger.store import EVENT, EVENT_COLUMNS, ITEM, MATTER, PROJECT, table_of
from monitor.ledger.tables import Correction, Document
from monitor.ledger.transactions import Real
from monitor.workdays import Workdays
from tests.core.builders import MATTERS, UNITS, moment, own_limits, story
from tests.core.strategies import courses, histories
from tests.ledger.fresh import fresh_ledger

CALENDAR = Workdays()
OTHER_CALENDAR = Workdays({date(2026, 3, 10): (False, "本区放假"), date(2026, 10, 9): (False, "本区放假")})
DOCUMENT, CORRECTION = table_of(Document), table_of(Correction)
CODES = {"W1": "2611-110116-04-01-123456", "W2": "2611", "W3": ""}


@dataclass(frozen=True)
class Given:
    """An item as the platform gives it."""

    matter: str
    works: str
    unit: str
    limit: int | None
    versions: list[Version]
    shift: timedelta
    """Other times of day: alike under limits in days, not under limits in hours."""
    delivered: date | None = None
    corrected: bool = False
    valid: bool = True


ITEMS = st.builds(
    Given,
    matter=st.sampled_from(["plain", "natural", "hours", "mixed", "fallback", "other"]),
    works=st.sampled_from(["W1", "W2", "W3", "none"]),
    unit=st.sampled_from(["110116SWJ", "110116GDB", "?"]),
    limit=st.sampled_from([None, 0, 1, 5, 20]),
    versions=st.one_of(courses(), histories()),
    shift=st.integers(-59, 59).map(lambda minutes: timedelta(minutes=minutes)),
    delivered=st.one_of(st.none(), st.dates(date(2018, 12, 20), date(2027, 2, 1))),
    corrected=st.sampled_from([False, False, False, True]),
    valid=st.sampled_from([True, True, True, False]),
)


@st.composite
def near_twins(draw: st.DrawFn) -> list[Given]:
    """An item, and others that differ from it in the day, the serial or the existence of one event."""
    one = draw(ITEMS.filter(lambda one: len(one.versions) > 1))
    others = []
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(one.versions) - 1))
        was = one.versions[place]
        other = draw(
            st.sampled_from(
                [
                    [was._replace(moment=was.moment + timedelta(days=draw(st.sampled_from([-2, -1, 1, 2, 5]))))],
                    [was._replace(serial=99)],
                    [],
                ]
            )
        )
        others.append(replace(one, versions=[*one.versions[:place], *other, *one.versions[place + 1 :]]))
    return [one, *others]


def given_item(text: str, matter: str = "plain", minutes: int = -45, **more: Any) -> Given:
    """An item with this story, its twin so many minutes earlier or later."""
    return Given(matter, "W1", "110116SWJ", 5, story(text), timedelta(minutes=minutes), **more)


def standards(workdays: Workdays, review: int = 0) -> Standards:
    """The standards of a district that keeps this calendar, and gives its units so long to begin the review."""
    policy = Policy(limits=own_limits(review=review))
    return Standards(policy, UNITS, MATTERS, workdays, documents_since=date(2018, 1, 1))


def filled(folder: Path, items: list[Given]) -> Engine:
    """A ledger with these items, each of them twice: as it is, and of another unit at another time of day."""
    engine = fresh_ledger(folder)
    stamp = {"valid": True, "updated": "", "serial": 1, "source": "city"}
    with Real(engine).write() as connection:
        connection.execute(
            PROJECT.insert(), [{"works": w, "code": c, "name": "项目", **stamp} for w, c in CODES.items()]
        )
        connection.execute(MATTER.insert(), [{"matter": "other", "name": "事项", "limit_days": 3, **stamp}])
        for number, one in enumerate(items):
            for twin, shift, unit in (("a", timedelta(0), one.unit), ("b", one.shift, "110116GDB")):
                _put(connection, f"{number}{twin}", one, shift, unit)
    return engine


def _put(connection: Connection, item: str, one: Given, shift: timedelta, unit: str) -> None:
    stamp = {"updated": "", "serial": 1, "source": "city"}
    values = {"item": item, "works": one.works, "matter": one.matter, "unit_code": unit, "unit_name": "", **stamp}
    connection.execute(ITEM.insert().values(values | {"limit_days": one.limit, "valid": one.valid}))
    rows = [
        (item, v.moment + shift, v.code, v.updated, v.serial, "city", v.valid, "", "", moment("2026-01-01"))
        for v in one.versions
    ]
    insert_missing(EVENT, EVENT_COLUMNS, connection.dialect).run(connection, rows)
    if one.delivered:
        paper = {"item": item, "number": "1", "issued": one.delivered, "title": "", "valid": True}
        connection.execute(DOCUMENT.insert().values(paper | stamp))
    if one.corrected:
        said = {"item": item, "field": "limit", "value": "7", "why": "", "by": "", "at": moment("2018-01-01")}
        connection.execute(CORRECTION.insert().values(said))
