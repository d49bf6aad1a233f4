"""A platform in the process: the tables of the exchange interface for a district whose two weeks are worth watching.

Everything is made when it is built, from the seed alone; what lies after the moment asked for is not shown yet.

    stories (working days) | matters, projects | dates and times | rows | serial numbers in the order (GXSJ, LSH)
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Any, Final, Protocol, TypedDict

from monitor.demo.catalogue import (
    APPLICANTS,
    CITY_AND_DISTRICT,
    DISTRICT,
    MATTERS,
    NO_LIMIT_MATTER,
    OFFICES,
    SPECIAL_PROCEDURES,
    STRANGER,
    UNITS,
    Matter,
)
from monitor.demo.projects import Project, Projects
from monitor.demo.stories import SPECIAL, Part, Plot, Situation, Step, parts

TABLES: Final = (
    "DFXMSPLCJDSXXXB",
    "XMJBXXB",
    "XMSPSXBLXXB",
    "XMSPSXBLXXXXB",
    "XMSPSXBLTBCXXXB",
    "XMSPSXPFWJXXB",
)
MATTER, PROJECT, ITEM, EVENT, PROCEDURE, DOCUMENT = TABLES

BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_OFFICE_MINUTES: Final = (*range(9 * 60 + 5, 11 * 60 + 30), *range(13 * 60 + 32, 17 * 60 + 15))
_AFTER_HOURS: Final = time(17, 40)

Row = dict[str, Any]


class Calendar(Protocol):
    """The working days of the demonstration."""

    def is_workday(self, day: date, /) -> bool:
        """Whether ``day`` is worked."""
        ...

    def add(self, start: date, days: int, /) -> date:
        """The ``days``-th working day after ``start``; with 0 ``start`` or the next working day."""
        ...


class Position(TypedDict):
    """Where the next page starts: strictly after this."""

    since: str
    after: int


class Page(TypedDict):
    """The ``data`` of an answer of the exchange interface."""

    rows: list[Row]
    next: Position | None


@dataclass(slots=True)
class _Item:
    """An item on its way to becoming rows; ``moments`` are those of its steps, local and naive."""

    situation: Situation
    matter: Matter
    plot: Plot
    moments: list[datetime]
    id: str = ""


class SimulatedPlatform:
    """Some 160 items of the sixteen units, before and during two working weeks from ``start`` (a local date).

    ``first_day`` is ``start`` or the next working day. ``situations`` names, for each situation that the data show, the
    items (SPSXSLBM) in which it can be seen. The same seed, start and calendar give the same rows.
    """

    def __init__(self, seed: int, start: date, workdays: Calendar) -> None:
        self._rng = Random(seed)
        self._workdays = workdays
        self.start = start
        self.first_day = workdays.add(start, 0)
        self._seen: dict[Situation, list[str]] = defaultdict(list)
        self._made: list[tuple[str, Row]] = []
        self._make()
        self.situations: Mapping[Situation, tuple[str, ...]] = {
            situation: tuple(self._seen[situation]) for situation in Situation
        }
        self._tables = _in_order(self._made)
        self._keys = {table: [(row["GXSJ"], row["LSH"]) for row in rows] for table, rows in self._tables.items()}

    def rows(self, table: str, since: str, after: int, limit: int, now: datetime) -> Page:
        """At most ``limit`` rows of ``table`` strictly after the position (``since``, ``after``) that exist at ``now``.

        ``since`` is a local time as the platform writes it, or empty for the beginning; ``now`` an aware moment.
        Raises LookupError for a table the platform does not have, ValueError for a naive ``now``.
        """
        if table not in self._tables:
            raise LookupError(f"模拟平台没有数据表“{table}”。可用的有：{'、'.join(TABLES)}。")
        if now.tzinfo is None:
            raise ValueError("模拟平台的当前时间必须带时区。请传入 UTC 时间。")
        keys = self._keys[table]
        shown = bisect_right(keys, (now.astimezone(BEIJING).strftime(_FORMAT), len(self._made)))
        first = bisect_right(keys, (since, after))
        last = min(shown, first + max(limit, 1))
        chosen = [dict(row) for row in self._tables[table][first:last]]
        more = bool(chosen) and last < shown
        return Page(rows=chosen, next=Position(since=keys[last - 1][0], after=keys[last - 1][1]) if more else None)

    # --- what is made, in this order -------------------------------------------------------------------------------

    def _make(self) -> None:
        items = sorted(self._items(), key=lambda item: item.moments[0])
        projects = Projects(self._rng)
        for number, item in enumerate(items):
            item.id = f"HR{item.moments[0]:%Y%m%d}{number + 1:03}"
            self._seen[item.situation].append(item.id)
            projects.assign(number, item.matter)
        for project in projects.all:
            projects.date(project, min(items[n].moments[0] for n in project.items).date())
        for project in projects.spoil():
            self._seen[Situation.FAULTY_CODE] += [items[n].id for n in project.items]
        self._marked = self._mark(items)
        self._matter_rows()
        for project in projects.all:
            self._project_row(project)
            for number in project.items:
                self._item_rows(items[number], project)

    def _items(self) -> Iterator[_Item]:
        """Each story with a matter of a fitting limit; the matters go round so that every unit has work."""
        cast = list(parts())
        self._rng.shuffle(cast)
        deck: list[Matter] = []
        for part in cast:
            matter = self._draw(deck, part)
            plot = part.tell(self._rng, matter.limit or 0)
            yield _Item(part.situation, matter, plot, self._moments(plot.steps))

    def _draw(self, deck: list[Matter], part: Part) -> Matter:
        if part.situation is Situation.NO_LIMIT:
            return NO_LIMIT_MATTER
        if not any(matter.limit in part.limits for matter in deck):
            fresh = [matter for matter in MATTERS for _ in range(matter.weight)]
            self._rng.shuffle(fresh)
            deck += fresh
        return deck.pop(next(n for n, matter in enumerate(deck) if matter.limit in part.limits))

    def _mark(self, items: list[_Item]) -> Mapping[Situation, frozenset[str]]:
        """Chooses the items whose rows show what producers do; records them as seen."""
        usual = [i.id for i in items if i.situation not in (Situation.UNKNOWN_UNIT, Situation.NO_LIMIT)]
        sizes = {
            Situation.DATE_ONLY: len(usual) // 5,
            Situation.REPEATED_ROW: 4,
            Situation.EVENT_BEFORE_ITEM: 2,
            Situation.LIMIT_ONLY_IN_CATALOGUE: 5,
            Situation.UNIT_BY_NAME_ONLY: 6,
        }
        marked = {situation: frozenset(self._rng.sample(usual, size)) for situation, size in sizes.items()}
        for situation, ids in marked.items():
            self._seen[situation] += sorted(ids)
        return marked

    # --- days and times --------------------------------------------------------------------------------------------

    def _date(self, day: int) -> date:
        """The local date of working day ``day`` of the walk; before it, counted backwards."""
        if day >= 0:
            return self._workdays.add(self.first_day, day)
        found = self.first_day
        for _ in range(-day):
            found -= timedelta(days=1)
            while not self._workdays.is_workday(found):
                found -= timedelta(days=1)
        return found

    def _moments(self, steps: tuple[Step, ...]) -> list[datetime]:
        """A time in office hours for each step, rising within a day; a tied step has the time of the one before."""
        times: dict[int, list[int]] = {}
        for day in {step.day for step in steps}:
            free = [step for step in steps if step.day == day and not step.tied]
            times[day] = sorted(self._rng.sample(_OFFICE_MINUTES, len(free)))
        moments: list[datetime] = []
        for step in steps:
            if step.tied:
                moments.append(moments[-1])
                continue
            hour, minute = divmod(times[step.day].pop(0), 60)
            moments.append(datetime.combine(self._date(step.day), time(hour, minute, self._rng.randint(0, 59))))
        return moments

    # --- rows ------------------------------------------------------------------------------------------------------

    def _add(self, table: str, updated: datetime, row: Row) -> None:
        common = {"XZQHDM": DISTRICT, "SJYXBS": 1, "GXSJ": updated.strftime(_FORMAT)}
        self._made.append((table, {**common, **row}))

    def _matter_rows(self) -> None:
        for matter in MATTERS:
            row = {
                "SPLCBM": "LC01",
                "SPLCBBH": 1.0,
                "SPJDXH": 1,
                "SPSXBM": matter.code,
                "SPSXBBH": 1.0,
                "SPSXMC": matter.name,
                "BJLX": 2,
                "SPSXBLSX": matter.limit,
                "SPBMBM": matter.unit,
                "SPBMMC": UNITS[matter.unit].name,
            }
            self._add(MATTER, datetime(self.start.year - 1, 1, 4), row)  # noqa: DTZ001 - the platform writes local times

    def _project_row(self, project: Project) -> None:
        applied = datetime.combine(project.applied, time(10, self._rng.randint(0, 59)))
        row = {
            "XMDM": project.written,
            "XMMC": project.name,
            "GCDM": project.works,
            "LXLX": 3 if project.kind in ("industry", "commerce", "energy") else 1,
            "SPLCLX": self._rng.randint(1, 5),
            "JSDD": f"{CITY_AND_DISTRICT}{project.place}",
            "ZTZE": project.investment,
            "SBSJ": applied.strftime(_FORMAT),
        }
        self._add(PROJECT, applied + timedelta(minutes=4), row)

    def _item_rows(self, item: _Item, project: Project) -> None:
        common = {"DFSJZJ": f"D{item.id}", "GCDM": project.works, "SPSXSLBM": item.id}
        self._item_row(item, common)
        self._event_rows(item, common)
        for step, moment in zip(item.plot.steps, item.moments, strict=True):
            if step.status == SPECIAL:
                self._procedure_row(moment, common)
        if item.plot.document is not None:
            self._document_row(item, self._date(item.plot.document), common)

    def _is(self, item: _Item, situation: Situation) -> bool:
        return item.id in self._marked[situation]

    def _item_row(self, item: _Item, common: Row) -> None:
        unit = STRANGER if item.situation is Situation.UNKNOWN_UNIT else UNITS[item.matter.unit]
        name = unit.name.removeprefix("北京市") if self._rng.random() < 0.06 else unit.name
        alone = self._is(item, Situation.LIMIT_ONLY_IN_CATALOGUE)
        row = {
            "SPSXBM": item.matter.code,
            "SPSXBBH": 1.0,
            "SPLCBM": "LC01",
            "SPLCBBH": 1.0,
            "SPBMBM": "" if self._is(item, Situation.UNIT_BY_NAME_ONLY) else unit.code,
            "SPBMMC": name,
            "SLFS": self._rng.choice((1, 4)),
            "GKFS": 1,
            "SXBLSX": None if alone else item.matter.limit,
            "LXR": self._rng.choice(APPLICANTS),
            "LXRSJH": "—",
        }
        late = timedelta(hours=3) if self._is(item, Situation.EVENT_BEFORE_ITEM) else timedelta(seconds=30)
        self._add(ITEM, item.moments[0] + late, {**common, **row})

    def _event_rows(self, item: _Item, common: Row) -> None:
        office, handler = self._rng.choice(OFFICES), f"经办{self._rng.randint(1, 9)}"
        moment_format = "%Y-%m-%d" if self._is(item, Situation.DATE_ONLY) else _FORMAT
        repeated = self._rng.randrange(len(item.plot.steps)) if self._is(item, Situation.REPEATED_ROW) else None
        delay = 0
        for n, (step, moment) in enumerate(zip(item.plot.steps, item.moments, strict=True)):
            # A tied step is reported together with the one before, so that the order of serial numbers is theirs.
            delay = delay if step.tied else self._rng.randint(1, 20)
            updated = moment + timedelta(minutes=delay)
            row = {
                **common,
                "BLCS": office,
                "BLR": handler,
                "BLZT": step.status,
                "BLYJ": "",
                "BLSJ": moment.strftime(moment_format),
            }
            self._add(EVENT, updated, row)
            if n == repeated:
                self._add(EVENT, updated + timedelta(minutes=17), row)
            if step.taken_back is not None:
                corrected = datetime.combine(self._date(step.taken_back), time(10, self._rng.randint(0, 59)))
                self._add(EVENT, corrected, {**row, "SJYXBS": 0, "SJWXYY": "误操作"})

    def _procedure_row(self, moment: datetime, common: Row) -> None:
        kind, name = self._rng.choice(SPECIAL_PROCEDURES)
        row = {"TBCX": kind, "TBCXMC": name, "TBCXKSSJ": moment.strftime(_FORMAT), "TBCXSXLX": 1, "TBCXSX": 0}
        self._add(PROCEDURE, moment + timedelta(minutes=15), {**common, **row})

    def _document_row(self, item: _Item, issued: date, common: Row) -> None:
        row = {
            "PFRQ": issued.isoformat(),
            "PFWH": f"怀审〔{issued.year}〕{item.id[-3:].lstrip('0')}号",
            "PFWJBT": f"关于{item.matter.name}的批复",
        }
        written = datetime.combine(issued, _AFTER_HOURS) + timedelta(minutes=self._rng.randint(0, 15))
        self._add(DOCUMENT, written, {**common, **row})


def _in_order(made: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    """The rows by table in the order (GXSJ, LSH); serial numbers rise through all tables as rows were written."""
    tables: dict[str, list[Row]] = {table: [] for table in TABLES}
    for serial, (table, row) in enumerate(sorted(made, key=lambda pair: str(pair[1]["GXSJ"])), start=1):
        tables[table].append({"LSH": serial, **row})
    return tables
