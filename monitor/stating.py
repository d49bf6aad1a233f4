"""The lines of a file into the ledger: what its source now says differently, and nothing else.

Rows that bear the platform's own update time are stored as they are. All others are statements as of the file's moment:
they are compared with what the same source said before, and only the differences are written.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.events import TITLES
from monitor.ledger import own
from monitor.ledger.own import Mark, Stored, Told
from monitor.ledger.store import parts, store_records
from monitor.ledger.transactions import Transactions
from monitor.records import Refused, read_rows
from monitor.sources.files import Problem, track
from monitor.sources.files.lines import Line, Stated, kept
from monitor.sources.files.statements import STEP, Known, Statement, compare, full, statements

CHUNK = 500
EVENTS = "XMSPSXBLXXXXB"

Progress = Callable[[int, int], None]
"""Told how many rows of how many are in the ledger."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table's records are kept: its kind of row, its key, and standard column → column of the ledger."""

    kind: str
    key: tuple[str, ...]
    columns: Mapping[str, str]


SHAPES: Mapping[str, Shape] = {
    "DFXMSPLCJDSXXXB": Shape("matter", ("SPSXBM",), {"SPSXMC": "name", "BJLX": "kind", "SPSXBLSX": "limit_days"}),
    "XMJBXXB": Shape("project", ("GCDM",), {"XMDM": "code", "XMMC": "name"}),
    "XMSPSXBLXXB": Shape(
        "item",
        ("SPSXSLBM",),
        {"GCDM": "works", "SPSXBM": "matter", "SPBMBM": "unit_code", "SPBMMC": "unit_name", "SXBLSX": "limit_given"},
    ),
    "XMSPSXBLTBCXXXB": Shape("special", ("SPSXSLBM", "TBCXKSSJ"), {"TBCX": "kind", "TBCXMC": "name"}),
    "XMSPSXPFWJXXB": Shape("document", ("SPSXSLBM", "PFWH"), {"PFRQ": "issued", "PFWJBT": "title"}),
}
"""The tables beside that of events, in the order in which they are stored: what is referred to comes first."""

_FIELDS = {"kind": "kind", "name": "name", "limit_days": "limit", "issued": "issued", "title": "title"}


@dataclass(frozen=True, slots=True)
class Batch:
    """What every write of one import needs: whose words, as of when (local text), and the round's moment (UTC)."""

    source: str
    as_of: str
    now: datetime


def checked(lines: Sequence[Line], as_of: str) -> list[Line]:
    """The lines, those set aside that have a row which is no record of its table."""
    given: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    for place, line in enumerate(lines):
        for table, row in _rows(line):
            given.setdefault(table, []).append((place, _stamped(row, as_of, line.number)))
    done = list(lines)
    for table, rows in given.items():
        owners = {id(row): place for place, row in rows}
        for refused in read_rows(table, [row for _, row in rows])[1]:
            place = owners[id(refused.given)]
            done[place] = _aside(done[place], refused)
    return done


def _rows(line: Line) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if line.kept:
        yield from line.rows
        yield from ((EVENTS, _event(line.item, one)) for one in (*line.exact, *line.flat))


def _event(item: str, one: Stated) -> dict[str, Any]:
    return {**one.more, "SPSXSLBM": item, "BLZT": one.code, "BLSJ": one.time}


def _aside(line: Line, refused: Refused) -> Line:
    column = refused.reason.split(" ")[0]
    problem = Problem(column, "", refused.reason.rstrip("。"), "请改正后重新导入")
    row = {name: kept(value) for _, said in line.rows for name, value in said.items()}
    if events := [*line.exact, *line.flat]:
        row["BLGC"] = track.events_text((one.time, TITLES[one.code]) for one in events)
    return replace(line, fate="aside", problems=(*line.problems, problem), given=line.given or row)


def _stamped(row: Mapping[str, Any], as_of: str, number: int) -> dict[str, Any]:
    """The row with the columns that every record has."""
    return {"GXSJ": as_of, "LSH": number * STEP, **row}


def store_lines(
    transactions: Transactions, lines: Sequence[Line], batch: Batch, progress: Progress = lambda _done, _all: None
) -> Counter[str]:
    """Stores what the lines say, in chunks of a transaction each. Returns counts of what changed."""
    counts: Counter[str] = Counter()
    steps = list(_steps([line for line in lines if line.kept]))
    total, done = sum(size for size, _ in steps), 0
    for size, step in steps:
        with transactions.write() as connection:
            counts.update(step(connection, batch))
        done += size
        progress(done, total)
    return counts


def write_lines(connection: Connection, lines: Sequence[Line], batch: Batch) -> None:
    """Stores a few lines in a transaction of the caller's."""
    for _, step in _steps([line for line in lines if line.kept]):
        step(connection, batch)


Step = Callable[[Connection, Batch], Counter[str]]


def _steps(lines: Sequence[Line]) -> Iterator[tuple[int, Step]]:
    """What is to be stored, piece by piece: how many rows, and how."""
    for table in SHAPES:
        own_time, spoken = _gathered(lines, table)
        for chunk in parts(own_time, CHUNK):
            yield len(chunk), _Direct(table, chunk)
        for keys in parts(sorted(spoken), CHUNK):
            yield len(keys), _Spoken(table, {key: spoken[key] for key in keys})
    direct = [_stamped(row, "", line.number) for line in lines for table, row in line.rows if table == EVENTS]
    for chunk in parts(direct, CHUNK):
        yield len(chunk), _Direct(EVENTS, chunk)
    told = list(statements(lines).values())
    for chunk in parts(told, CHUNK):
        yield len(chunk), _Events(chunk)


Key = tuple[str, ...]


def _gathered(lines: Sequence[Line], table: str) -> tuple[list[dict[str, Any]], dict[Key, dict[str, Any]]]:
    """The rows of a table that bear their own update time, and the others by key, rows of one key put together."""
    shape = SHAPES[table]
    own_time: list[dict[str, Any]] = []
    spoken: dict[Key, dict[str, Any]] = {}
    for line in lines:
        for name, row in line.rows:
            if name != table:
                continue
            if row.get("GXSJ"):
                own_time.append(_stamped(row, "", line.number))
                continue
            key = tuple(str(row.get(column) or "") for column in shape.key)
            before = spoken.get(key, {"LSH": line.number * STEP})
            said = {column: value for column, value in row.items() if value not in (None, "") or column not in before}
            spoken[key] = {**before, **said}
    return own_time, spoken


@dataclass(frozen=True, slots=True)
class _Direct:
    """Rows with an update time of their own."""

    table: str
    rows: Sequence[dict[str, Any]]

    def __call__(self, connection: Connection, batch: Batch) -> Counter[str]:
        rows = [row if row["GXSJ"] else {**row, "GXSJ": batch.as_of} for row in self.rows]
        store_records(connection, self.table, read_rows(self.table, rows)[0], batch.now, batch.source)
        return Counter(rows_with_time=len(rows))


@dataclass(frozen=True, slots=True)
class _Spoken:
    """Rows of one table without an update time, by key."""

    table: str
    rows: Mapping[Key, dict[str, Any]]

    def __call__(self, connection: Connection, batch: Batch) -> Counter[str]:
        shape = SHAPES[self.table]
        rows = [{**row, "GXSJ": batch.as_of} for row in self.rows.values()]
        records, refused = read_rows(self.table, rows)
        bad = {id(one.given) for one in refused}
        rows = [row for row in rows if id(row) not in bad]
        keys = [_key(shape, record) for record in records]
        stored = own.rows_of(connection, shape.kind, batch.source, set(keys))
        fresh, counts = [], Counter[str]()
        for key, record, row in zip(keys, records, rows, strict=True):
            word, changed = _changed(shape, record, row, stored.get(key), batch.as_of)
            counts[f"{shape.kind}_{word}"] += 1
            fresh += [changed] if changed is not None else []
        store_records(connection, self.table, fresh, batch.now, batch.source)
        return counts


def _key(shape: Shape, record: Any) -> Any:
    match shape.kind:
        case "special":
            return record.item, record.started
        case "document":
            return record.item, record.number
        case "project":
            return record.works
        case kind:
            return getattr(record, kind)


def _changed(shape: Shape, record: Any, row: Mapping[str, Any], stored: Stored | None, as_of: str) -> tuple[str, Any]:
    """Whether a record is new, changed, the same or older than what the source said; and it, if it is to be stored.

    Of a column that the file does not have, what was said before goes on to hold.
    """
    if stored is None:
        return "new", record
    if stored.mark[0] > as_of:
        return "older", None
    said = {name: getattr(record, _FIELDS.get(name, name)) for column, name in shape.columns.items() if column in row}
    if record.valid == stored.valid and all(stored.fields[name] == value for name, value in said.items()):
        return "same", None
    before = {
        _FIELDS.get(name, name): stored.fields[name] for column, name in shape.columns.items() if column not in row
    }
    if "limit_given" in before:
        before["limit"] = stored.fields["limit_days"]
    serial = record.serial if stored.mark[0] < as_of else max(record.serial, stored.mark[1] + 1)
    return "changed", record.model_copy(update={**before, "serial": serial})


@dataclass(frozen=True, slots=True)
class _Events:
    """What is stated of the events of some items."""

    told: Sequence[Statement]

    def __call__(self, connection: Connection, batch: Batch) -> Counter[str]:
        known = own.events_of(connection, batch.source, {one.item for one in self.told})
        rows: list[dict[str, Any]] = []
        counts: Counter[str] = Counter()
        for one in self.told:
            before = known.get(one.item, Told())
            added, dropped = compare([Known(*event) for event in before.existing], one)
            rows += _added(one, added, before, batch.as_of, counts)
            rows += _dropped(one, dropped, before, batch.as_of, counts)
        store_records(connection, EVENTS, read_rows(EVENTS, rows)[0], batch.now, batch.source)
        return counts


def _added(
    one: Statement, added: Iterable[tuple[Stated, int]], before: Told, as_of: str, counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    for stated, serial in added:
        if before.by_code.get(stated.code, "") > as_of:
            counts["events_older"] += 1
            continue
        counts["events_added"] += 1
        mark = before.newest.get((stated.code, full(stated.time)))
        yield {**_event(one.item, stated), "GXSJ": as_of, "LSH": _after(mark, as_of, stated.more.get("LSH", serial))}


def _dropped(
    one: Statement, dropped: Iterable[Known], before: Told, as_of: str, counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    for known in dropped:
        mark = before.newest[known.code, known.time]
        if mark[0] > as_of:
            counts["events_older"] += 1
            continue
        counts["events_dropped"] += 1
        serial = _after(mark, as_of, one.number * STEP)
        row = {"SPSXSLBM": one.item, "BLZT": known.code, "BLSJ": known.time, "SJYXBS": 0}
        yield {**row, "GXSJ": as_of, "LSH": serial}


def _after(mark: Mark | None, as_of: str, serial: Any) -> Any:
    """A serial number that makes the row newer than ``mark``, should both be of one moment."""
    if mark is None or mark[0] != as_of:
        return serial
    return max(int(serial), mark[1] + 1)
