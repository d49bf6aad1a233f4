"""A file into the ledger.

content | sheets | understand | check | store what differs, in chunks | set aside what cannot be taken | note the file
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from config.sources import IMPORTED, TABLES
from monitor import problem_list
from monitor.app import App
from monitor.events import SHANGHAI
from monitor.ledger import own
from monitor.ledger.aside import Row
from monitor.mapping import Mapper
from monitor.sources.files import FileError, listing
from monitor.sources.files import Row as FileRow
from monitor.sources.files.header import Header
from monitor.sources.files.lines import LISTING, Line
from monitor.sources.files.sheets import content_of, sheets_of
from monitor.sources.files.statements import STEP
from monitor.sources.files.understand import Understood, Words, understand
from monitor.sources.files.words import HEADINGS, Vocabulary
from monitor.stating import Batch, Progress, checked, store_lines, write_lines

State = Literal["imported", "known", "failed"]
CLOCK_TOLERANCE = timedelta(minutes=5)
LISTS = "import-problems"
"""Folder of the data folder for lists that cannot be written beside their file."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file. ``message``: a sentence in Chinese; ``lines``: its rows, for the list of problems.

    ``passing``: a failure that may be over when the file is tried again.
    """

    file: Path
    source: str
    state: State
    message: str
    digest: str = ""
    as_of: str | None = None
    sheets: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    list: Path | None = None
    passing: bool = False

    @property
    def good(self) -> bool:
        """Whether every row of the file is in the ledger."""
        return self.state == "known" or (self.state == "imported" and not self.counts["aside"])

    def as_json(self) -> dict[str, Any]:
        """The result for programs: what is wrong row by row, without values of personal data."""
        names = ("sheet", "row", "column", "value", "problem", "todo", "taken")
        problems = [
            dict(zip(names, (*row[:6], row[6] != "未录入"), strict=True)) for row in problem_list.rows_of(self.lines)
        ]
        return {
            "file": str(self.file), "source": self.source, "state": self.state, "message": self.message,
            "as_of": self.as_of, "sheets": list(self.sheets), "counts": dict(self.counts), "problems": problems,
            "list": str(self.list) if self.list else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller decides of an import. ``as_of``: local "YYYY-MM-DD HH:MM:SS"; ``again``: though it is known.

    ``lists``: whether the list of problems is written.
    """

    source: str = IMPORTED
    as_of: str | None = None
    again: bool = False
    lists: bool = True


def words_of(app: App, source: str) -> Words:
    """How files of ``source`` are understood: its own columns and words where it is configured, else the built-in."""
    settings = next((one for one in app.config.settings.sources if one.name == source), None)
    fields = {TABLES[name]: columns for name, columns in settings.fields.items()} if settings else {}
    headings = {theirs: ours for columns in fields.values() for theirs, ours in columns.items()}
    mapper = Mapper({}, settings.words, settings.time_formats) if settings else Mapper()
    names: dict[str, set[str]] = {}
    for code, matter in app.standards.matters.items():
        names.setdefault("".join(matter.name.split()), set()).add(code)
    certain = {name: next(iter(codes)) for name, codes in names.items() if len(codes) == 1}
    return Words(Vocabulary(headings), mapper, certain)


def import_file(
    app: App, path: Path, wish: Wish, progress: Callable[[], Progress] | None = None, *, name: str | None = None
) -> Imported:
    """Takes a file into the ledger; what cannot be taken is set aside and listed. Items are judged by the caller.

    The same content from the same source is taken once. A file that is no table fails with a sentence; nothing raises
    but what is wrong with the ledger itself. ``progress`` is called when the number of rows is known.
    """
    now = app.clock()
    try:
        content = content_of(path)
        digest = hashlib.sha256(content).hexdigest()
        with app.transactions.read() as connection:
            known = own.known_file(connection, wish.source, digest)
        if known and not wish.again:
            return Imported(path, wish.source, "known", _known_sentence(*known), digest)
        sheets, hidden = sheets_of(content)
        understood = understand(sheets, words_of(app, wish.source))
    except FileError as error:
        return Imported(path, wish.source, "failed", error.message, passing=error.passing)
    as_of, note = _as_of(wish.as_of or understood.as_of, now)
    told = [f"隐藏的工作表“{sheet}”未读" for sheet in hidden] + [note] * bool(note)
    batch = Batch(wish.source, as_of, now)
    return _store(app, path, wish, (*understood.sheets, *told), understood, digest, batch, progress)


def _known_sentence(name: str, at: datetime) -> str:
    return f"内容与 {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 导入过的“{name}”相同，没有再导入。"


def _as_of(given: str | None, now: datetime) -> tuple[str, str]:
    """The moment of a statement as local text, never later than now, and a remark when its clock is wrong.

    A date without a time of day means its end, or now if it is today's.
    """
    present = own.local_text(now)
    if given is None:
        return present, ""
    moment = given if " " in given else f"{given} 23:59:59"
    if given[:10] > present[:10] or given[:4] < "2000":
        return present, f"文件自称的时间 {given} 不可信，按导入时刻 {present} 记"
    if moment > own.local_text(now + CLOCK_TOLERANCE) and " " in given:
        return present, f"文件自称的时间 {given} 晚于现在，按导入时刻 {present} 记"
    return min(moment, present), ""


def _store(
    app: App,
    path: Path,
    wish: Wish,
    told: tuple[str, ...],
    understood: Understood,
    digest: str,
    batch: Batch,
    progress: Callable[[], Progress] | None,
) -> Imported:
    lines = tuple(checked(understood.lines, batch.as_of))
    show = progress() if progress else None
    changes = store_lines(app.transactions, lines, batch, show or (lambda _done, _all: None))
    counts = {**counted(lines), **changes}
    with app.transactions.write() as connection:
        taken = {line.item for line in lines if line.kept}
        own.replace_asides(connection, wish.source, path.name, _asides(lines, batch.as_of), taken, batch.now)
        own.note_file(connection, wish.source, digest, path.name, batch.now, counts)
    found = problem_list.write(path, lines, elsewhere=app.config.settings.data_dir / LISTS) if wish.lists else None
    return Imported(
        path, wish.source, "imported", sentence(counts), digest, batch.as_of, told, counts, lines, found
    )  # fmt: skip


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """How many rows met which fate: ``rows`` is the sum of the five that follow it."""
    fates = Counter(line.fate for line in lines)
    remarks = sum(bool(line.problems) for line in lines if line.kept)
    fate_counts = {name: fates[name] for name in ("taken", "aside", "title", "total", "unread")}
    return {"rows": len(lines), **fate_counts, "remarks": remarks}


def _asides(lines: Sequence[Line], as_of: str) -> list[own.AsideRow]:
    """The rows that could not be taken, those of the platform's tables with the columns that each record has."""
    found = []
    for line in lines:
        if line.fate == "aside":
            stamp = {} if line.table == LISTING else {"GXSJ": as_of, "LSH": str(line.number * STEP)}
            given = {**stamp, **{name: value for name, value in line.given.items() if value or name not in stamp}}
            found.append(own.AsideRow(line.table, line.sheet, line.number, given, _reason(line)))
    return found


def _reason(line: Line) -> str:
    return "；".join(f"{one.column} {one.wrong}" for one in line.problems) + "。"


def row_readers(app: App) -> Mapping[str, Callable[[Connection, Row, datetime], str | None]]:
    """How rows set aside that belong to no single table are taken up again; see ``monitor.retry``."""
    return {LISTING: partial(_read_again, app)}


def _read_again(app: App, connection: Connection, aside: Row, now: datetime) -> str | None:
    """Reads a listing's row again by the present words. Returns why it still cannot be taken, or None when it is."""
    words = words_of(app, aside.source)
    places = {column: place for place, column in enumerate(aside.row)}
    headings = {column: HEADINGS.get(column, column).split()[0] for column in places}
    row = FileRow(aside.row_number or 1, tuple(value or None for value in aside.row.values()))
    header = Header(0, 0, "listing", places, headings, ())
    as_of = own.local_text(aside.first_at)
    line = listing.read(aside.sheet or "", row, header, words.mapper, words.matters)
    (line,) = checked([line], as_of)
    if not line.kept:
        return _reason(line) if line.problems else aside.reason
    write_lines(connection, [line], Batch(aside.source, as_of, now))
    return None


def sentence(counts: Mapping[str, int]) -> str:
    """What an import came to, in Chinese."""
    items = {word: counts.get(f"item_{word}", 0) for word in ("new", "changed", "same", "older")}
    parts = [f"读到 {counts['rows']} 行，录入 {counts['taken']} 行"]
    if any(items.values()):
        older = f"、比已有的旧 {items['older']} 件" if items["older"] else ""
        parts.append(f"办件新增 {items['new']} 件、更新 {items['changed']} 件、未变 {items['same']} 件{older}")
    if counts.get("rows_with_time"):
        parts.append(f"带更新时间的平台记录 {counts['rows_with_time']} 行")
    parts.append(f"办理记录新增 {counts.get('events_added', 0)} 条、撤销 {counts.get('events_dropped', 0)} 条")
    others = {"title": "标题", "total": "合计", "unread": "未认出表头"}
    parts += [f"{word} {counts[name]} 行" for name, word in others.items() if counts[name]]
    if counts["aside"] or counts["remarks"]:
        parts.append(f"未录入 {counts['aside']} 行，录入而需核对 {counts['remarks']} 行")
    return "；".join(parts) + "。"
