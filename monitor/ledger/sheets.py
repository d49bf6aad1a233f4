"""The fact sheets (cases) of many items at one moment, alike items judged once.

The outcome is that of judging each by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from alerts.case import Case
from monitor import project_code
from monitor.alike import CODE_PROBLEM, JUDGED, NEEDS_CODE, UNIT
from monitor.events import Version
from monitor.judge import Facts, Standards, named_on
from monitor.ledger.read import Loaded, load
from monitor.ledger.shapes import CODE, ITEM_ID, JUDGED_FROM, MATTER_ID, UNIT_CODE, UNIT_NAME, Row, Shapes
from monitor.ledger.verdicts import Verdict, verdict

NAMES = tuple(field.name for field in fields(Case))
OWN = ("item", "unit", "unit_name", "matter", "project", "project_code", "code_wrong", "matter_code")
"""The fields of a case that are an item's own; the others are those of its shape."""
PLACES = tuple(NAMES.index(name) for name in OWN)
STORED = slice(JUDGED_FROM, JUDGED_FROM + len(JUDGED))
PROJECT_NAME, MATTER_NAME = JUDGED_FROM + len(JUDGED), JUDGED_FROM + len(JUDGED) + 1
MOST_STORED = 20_000
DATES = frozenset(JUDGED.index(name) for name in ("received_on", "accepted_on", "closed_on", "due"))
FLAGS = frozenset(JUDGED.index(name) for name in ("paused", "deemed", "needs_code"))


@dataclass(frozen=True, slots=True)
class _Like:
    """What was found of the first item of a shape: its verdict, and its cases field by field."""

    verdict: Verdict
    named_on: date | None
    cases: tuple[tuple[Any, ...], ...]


class Sheets:
    """Judges items by one set of standards at one moment (UTC)."""

    def __init__(self, standards: Standards, now: datetime) -> None:
        self._standards, self._now = standards, now
        self._shapes: Shapes[_Like] = Shapes(standards, now, self._like, names=True)
        self._moments: dict[str | None, str | None] = {}
        self._shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        self._units: dict[tuple[str, str, date | None], tuple[str | None, str]] = {}
        self._stored = lru_cache(MOST_STORED)(_typed)
        self._problem = lru_cache(MOST_STORED)(self._judged_code)

    def of(self, connection: Connection, ids: Sequence[str]) -> tuple[list[Verdict], list[Case]]:
        """What these items are judged to be, and their cases, ended ones too."""
        verdicts: list[Verdict] = []
        cases: list[Case] = []
        alone: list[str] = []
        for row, like in self._shapes.read(connection, ids):
            if like is None:
                alone.append(row[ITEM_ID])
            else:
                self._add(row, like, verdicts, cases)
        singly, theirs = judged_singly(connection, alone, self._standards, self._now)
        return verdicts + singly, cases + theirs

    def _like(self, facts: Facts, versions: Sequence[Version]) -> _Like | None:
        """What is found of an item; None if it cannot be judged: then its like are judged by themselves, too."""
        one, judged = verdict(Loaded(facts, versions, (), valid=True), self._standards, self._now)
        if judged is None:
            return None
        found = tuple(tuple(getattr(case, name) for name in NAMES) for case in judged.cases())
        return _Like(one, named_on(judged.clocks, versions), found)

    def _add(self, row: Row, like: _Like, verdicts: list[Verdict], cases: list[Case]) -> None:
        values = like.verdict.values
        named = (row[UNIT_CODE], row[UNIT_NAME], like.named_on)
        if named not in self._units:
            unit = self._standards.unit_of(*named)
            self._units[named] = (unit, self._standards.name_of(unit, row[UNIT_NAME]))
        unit, unit_name = self._units[named]
        problem = self._problem(row[CODE]) if values[NEEDS_CODE] else None
        if values[UNIT] != unit or values[CODE_PROBLEM] != problem:
            values = (unit, *values[1:CODE_PROBLEM], problem, *values[CODE_PROBLEM + 1 :])
            if len(self._shared) >= MOST_STORED:
                self._shared.clear()
            values = self._shared.setdefault(values, values)
        stored = self._stored(row[STORED])
        before = self._moments.setdefault(row[-1], row[-1])
        found = like.verdict
        verdicts.append(Verdict(row[ITEM_ID], stored, values, found.next_moment, found.finished, judged_at=before))
        if not like.cases:
            return
        matter = row[MATTER_ID]
        catalogue = self._standards.matters.get(matter)
        name = row[MATTER_NAME] or (catalogue.name if catalogue else "") or matter
        own = (
            row[ITEM_ID],
            unit,
            unit_name,
            name,
            row[PROJECT_NAME] or "",
            row[CODE] or "",
            problem is not None,
            matter,
        )
        for sheet in like.cases:
            fields_of = list(sheet)
            for place, value in zip(PLACES, own, strict=True):
                fields_of[place] = value
            cases.append(Case(*fields_of))

    def _judged_code(self, code: str | None) -> str | None:
        return project_code.judge(code, self._standards.policy.region_codes).problem


def judged_singly(
    connection: Connection, ids: Sequence[str], standards: Standards, now: datetime, *, seen_by: datetime | None = None
) -> tuple[list[Verdict], list[Case]]:
    """What these items are judged to be at ``now`` (UTC), each by itself, and their cases, ended ones too.

    ``seen_by``: by what had arrived by that moment (UTC).
    """
    verdicts: list[Verdict] = []
    cases: list[Case] = []
    for row in load(connection, ids, seen_by=seen_by):
        one, judged = verdict(row, standards, now)
        verdicts.append(one)
        if judged is not None:
            cases += judged.cases()
    return verdicts, cases


def _typed(stored: tuple[Any, ...]) -> tuple[Any, ...]:
    """Judged columns as the file has them, as values."""
    return tuple(
        value
        if value is None
        else date.fromisoformat(value)
        if place in DATES
        else bool(value)
        if place in FLAGS
        else value
        for place, value in enumerate(stored)
    )
