"""A ledger with years behind it: open items of every age, and ten times as many closed ones, built in bulk and kept.

Every open item has a life of its own, since how many items are alike is part of what is measured. Nine open items in
ten are the latest numbers; the tenth lies somewhere among the closed, where old cases lie in real ledgers.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.ledgers import LATER, SEEN, SETTINGS, SOURCE, app_on
from bench.world import MATTERS, NOW, TODAY, WORKS, Life, Lives, moment, stored, updated_at, workdays
from config.load import Config
from monitor.alike import columns_of
from monitor.events import Version, local_date
from monitor.judge import Facts, Judged, Standards, judge

CLOSED_LIVES = 20_000
UNIT_LINES = 600
"""How many open items the last unit has in a ledger of any size, so that its list is equally long."""
LIMITS = (1, 3, 5, 5, 7, 8, 10, 10, 12, 15, 20, 20, 20, 25, 30, 45, 60)
OLDEST = 250
LIFE = ("life INTEGER PRIMARY KEY", "days", "unit", "stage", "light", "state", "received_on", "accepted_on")
LIFE = (*LIFE, "closed_on", "due", "paused", "deemed", "next_at")
FOLDER = Path("bench-results")


class OpenLives:
    """Makes lives of open items: limits of every length, receipts over a year, corrections and special procedures."""

    def __init__(self, seed: int) -> None:
        self._random, self._serial = Random(seed), 0
        self._days = [workdays().back(TODAY, ago) for ago in range(OLDEST + 2)]

    def one(self) -> Life:
        """The next life."""
        rng, limit = self._random, self._random.choice(LIMITS)
        # Few are open long after their limit, but some for the whole year.
        ago = rng.randrange(OLDEST) if rng.random() < 0.1 else rng.randrange(int(1.3 * limit) + 5)
        steps, at = [(1, ago)], ago
        if rng.random() < 0.15:
            at -= rng.randrange(4)
            steps.append((6, at))
            at -= rng.randrange(1, 15)
            steps.append((7, at))
        at -= rng.randrange(6)
        if at >= 0:
            steps += [(3, at), (8, at - rng.randrange(3))]
        if rng.random() < 0.08:
            at -= rng.randrange(limit + 1)
            steps += [(9, at), (10, at - rng.randrange(40))]
        versions = [self._version(code, back) for code, back in steps if back >= 0]
        return Life(limit, self._days[max(at, 0)], tuple(versions))

    def _version(self, code: int, ago: int) -> Version:
        self._serial += 1
        minute = 9 * 60 + code if not ago else 8 * 60 + 40 * code + self._random.randrange(40)
        when = moment(self._days[ago], minute)
        return Version(code, when, updated_at(when), self._serial, True)


def large_ledger(open_items: int, closed_items: int, config: Config, standards: Standards) -> Path:
    """The ledger of that size, kept under ``bench-results`` for the next run; built anew when the tables changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    empty = FOLDER / f"growth-empty-{open_items}-{closed_items}.db"
    empty.unlink(missing_ok=True)
    # Prepared while it is empty: its first round must not find everything to be judged by a new configuration.
    app_on(empty, config).engine.dispose()
    path = FOLDER / f"growth-{open_items}-{closed_items}-{_form_of(empty)}.db"
    if not path.exists():
        for old in FOLDER.glob(f"growth-{open_items}-{closed_items}-*"):
            old.unlink()
        _build(empty, Layout(open_items, closed_items), config, standards)
        empty.rename(path)
    empty.unlink(missing_ok=True)
    return path


def _form_of(empty: Path) -> str:
    """A text that changes when the tables do, or what items are judged by, or the way in which we fill them."""
    with closing(sqlite3.connect(empty)) as raw:
        tables = raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        settings = raw.execute("SELECT * FROM setting ORDER BY name").fetchall()
    form = repr((tables, settings)) + Path(__file__).read_text(encoding="utf-8")
    return hashlib.sha256(form.encode()).hexdigest()[:12]


class Layout:
    """Where the open items lie among all numbers, as Python and as SQL."""

    def __init__(self, open_items: int, closed_items: int) -> None:
        self.open, self.closed = open_items, closed_items
        self.total = open_items + closed_items
        self.old = open_items // 10
        self.head = closed_items + self.old
        self.stride = self.head // self.old
        self.share = max(1, open_items // UNIT_LINES)

    def number(self, rank: int) -> int:
        """The number of an open item."""
        return rank * self.stride if rank < self.old else self.head + rank - self.old

    @property
    def rank(self) -> str:
        """The rank of item n among the open ones, as SQL; NULL of a closed one."""
        return (
            f"CASE WHEN n >= {self.head} THEN n - {self.head} + {self.old} "
            f"WHEN n % {self.stride} = 0 AND n / {self.stride} < {self.old} THEN n / {self.stride} END"
        )

    def unit(self, units: int) -> str:
        """The place of the unit of item n in the list of units, as SQL."""
        few = f"rank % {self.share} = 0 AND rank / {self.share} < {UNIT_LINES}"
        return f"CASE WHEN rank IS NULL THEN n % {units} WHEN {few} THEN {units - 1} ELSE rank % {units - 1} END"


def _build(path: Path, layout: Layout, config: Config, standards: Standards) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        for setting in SETTINGS:
            raw.execute(f"PRAGMA {setting}")
        raw.execute("BEGIN")
        _lives(raw, layout, standards)
        raw.execute("CREATE TEMP TABLE unit_at (place INTEGER PRIMARY KEY, id)")
        raw.executemany("INSERT INTO unit_at VALUES (?,?)", enumerate(unit.id for unit in config.units.units))
        indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        for table, (values, source) in _contents(layout, len(config.units.units)).items():
            _insert(raw, table, values, source)
        for _, create in indexes:
            raw.execute(create)
        raw.execute("COMMIT")


def _lives(raw: sqlite3.Connection, layout: Layout, standards: Standards) -> None:
    """Lives 0 … are those of the closed, the others each of one open item."""
    raw.execute(f"CREATE TEMP TABLE life ({', '.join(LIFE)})")
    raw.execute("CREATE TEMP TABLE step (life, place, code, moment, updated, PRIMARY KEY (life, place)) WITHOUT ROWID")
    raw.execute("CREATE TEMP TABLE told (life, clock, due, step, level, PRIMARY KEY (life, step)) WITHOUT ROWID")
    closed, open_lives = Lives(seed=5, closed=1.0, since=500), OpenLives(seed=6)
    for start in range(0, CLOSED_LIVES + layout.open, CLOSED_LIVES):
        count = CLOSED_LIVES if not start else min(CLOSED_LIVES, layout.open - start + CLOSED_LIVES)
        lives = [open_lives.one() for _ in range(count)] if start else _closed_before(TODAY, closed, count)
        _keep_lives(raw, start, lives, standards)


def _closed_before(day: date, lives: Lives, count: int) -> list[Life]:
    """As many lives that ended before ``day``: those made up run on to the last day far too often."""
    found: list[Life] = []
    while len(found) < count:
        life = lives.one()
        if local_date(life.versions[-1].moment) < day:
            found.append(life)
    return found


def _keep_lives(raw: sqlite3.Connection, start: int, lives: Sequence[Life], standards: Standards) -> None:
    told: list[tuple[Any, ...]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, life in enumerate(lives, start):
            one = judge(Facts("", unit_code="", limit_days=life.limit), life.versions, standards, NOW)
            told.extend((number, *step) for step in _told(one))
            values = [value.isoformat() if isinstance(value, date) else value for value in columns_of(one)[:10]]
            moments = (one.next_moment() or LATER, NOW + timedelta(hours=1))
            yield number, life.limit, *values, None if one.closed_on else stored(max(moments))

    raw.executemany(f"INSERT INTO life VALUES ({','.join('?' * len(LIFE))})", rows())
    steps = (
        (number, place, version.code, stored(version.moment), version.updated)
        for number, life in enumerate(lives, start)
        for place, version in enumerate(life.versions)
    )
    raw.executemany("INSERT INTO step VALUES (?,?,?,?,?)", steps)
    raw.executemany("INSERT INTO told VALUES (?,?,?,?,?)", told)


def _told(one: Judged) -> Iterator[tuple[str, str, str, str]]:
    """The steps that an open item has reached, as they would have been told: clock, due date, name, level."""
    for case in one.cases():
        if case.closed or case.due is None or case.countdown is None:
            continue
        for step in one.standards.policy.ladder:
            if step.clock == case.clock and step.at <= -case.countdown:
                yield case.clock, case.due.isoformat(), step.name, step.level


def _contents(layout: Layout, units: int) -> dict[str, tuple[dict[str, str], str]]:
    """By table: what its columns are, as SQL, and where the rows come from, in the order of the keys."""
    numbers = f"""(
        WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < {layout.total - 1})
        SELECT n, printf('1101162026%010d', n) AS item, rank, {layout.unit(units)} AS place,
            CASE WHEN rank IS NULL THEN n % {CLOSED_LIVES} ELSE {CLOSED_LIVES} + rank END AS life_of
        FROM (SELECT n, {layout.rank} AS rank FROM number)) AS numbered"""
    lived = f"{numbers} CROSS JOIN life ON life.life = life_of"
    judged = {name: f"life.{name}" for name in LIFE[3:]}
    source = f"'{SOURCE}'"
    updated = f"'{updated_at(NOW - timedelta(days=30))}'"
    item = {
        "item": "item", "works": f"printf('W%06d', n % {WORKS})", "matter": f"printf('M%04d', n % {MATTERS})",
        "unit_code": "unit_at.id", "unit_name": "''", "limit_days": "days", "limit_given": "days", "valid": "1",
        "updated": updated, "serial": "n + 1", "unit": "unit_at.id", **judged, "judged_at": f"'{SEEN}'",
        "needs_code": "1", "source": source,
    }  # fmt: skip
    event = {
        "item": "item", "moment": "step.moment", "code": "step.code", "updated": "step.updated",
        "serial": "n * 10 + step.place", "valid": "1", "office": "'审批科'", "handler": "'经办人'",
        "seen_at": f"'{SEEN}'", "source": source,
    }  # fmt: skip
    # The day they came in: nothing has been heard of most items since a week ago.
    entered_at = "coalesce(life.received_on, life.accepted_on, life.closed_on) || ' 08:00:00.000000'"
    change = {"item": "item", "at": entered_at, "why": "'取数'"}
    entered = change | {"what": "'entered'", "after": "life.stage || ' ' || life.light"}
    works = f"(WITH RECURSIVE w(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM w WHERE n < {WORKS - 1}) SELECT n FROM w)"
    matters = works.replace(str(WORKS - 1), str(MATTERS - 1))
    row = {"valid": "1", "updated": "''", "serial": "n", "source": source}
    # One that verifies: a ledger in which every code is wrong by now would change in every row.
    code = "'2611-110116-04-01-123458'"
    told = {
        "key": "item || '|' || told.clock || '|' || told.due || '|' || told.step", "item": "item",
        "clock": "told.clock", "step": "told.step", "level": "told.level", "unit": "unit_at.id", "passed_over": "0",
        "reason": "'step_reached'", "decided_at": f"'{SEEN}'",
    }  # fmt: skip
    return {
        "project": (row | {"works": "printf('W%06d', n)", "code": code, "name": "'项目'"}, works),
        "matter": (row | {"matter": "printf('M%04d', n)", "name": "'事项'", "kind": "2"}, matters),
        "item": (item, f"{lived} CROSS JOIN unit_at ON unit_at.place = numbered.place"),
        "event": (event, f"{numbers} CROSS JOIN step ON step.life = life_of"),
        "change": (entered, lived),
        "notice": (
            told,
            f"{numbers} CROSS JOIN told ON told.life = life_of CROSS JOIN unit_at ON unit_at.place = numbered.place",
        ),
    }


def _insert(raw: sqlite3.Connection, table: str, values: dict[str, str], source: str) -> None:
    """Fills the named columns; a further one that must have something gets nothing in its own kind."""
    columns = dict(values)
    for _, name, kind, needed, default, key in raw.execute(f"PRAGMA table_info({table})"):
        if name not in columns and needed and default is None and not (key and kind == "INTEGER"):
            columns[name] = "''" if kind.startswith("VARCHAR") else "0"
    names = ", ".join(f'"{name}"' for name in columns)
    raw.execute(f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM {source}")
