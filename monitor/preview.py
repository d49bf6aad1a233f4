"""What a source would give: the first rows of each table as they would be read, and what stands in the way.

Nothing is stored, moved or mailed. Personal data is left out by column, and telephone and identity numbers by value.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from config.sources import TABLES, Source
from monitor.app import standard_names
from monitor.mapping import COLUMNS, TIMES, UNREAD, WORDS, Mapper, mapper_of
from monitor.personal import blotted, folded
from monitor.records import TABLES as RECORDS
from monitor.records import problems
from monitor.sources import Page, SourceError
from monitor.sources.opening import open_source

MOST_SHOWN, MOST_LETTERS = 5, 40
ROWS = {
    "DFXMSPLCJDSXXXB": "阶段事项",
    "XMJBXXB": "项目基本信息",
    "XMSPSXBLXXB": "办理信息",
    "XMSPSXBLXXXXB": "办理详细信息",
    "XMSPSXBLTBCXXXB": "特别程序",
    "XMSPSXPFWJXXB": "批复文件",
}
"""Standard table → what it is called."""
_OURS = {standard: name for name, standard in TABLES.items()}
_CLOSED = frozenset({"unreachable", "unauthorised", "tls", "redirect", "driver"})
"""Failures that every further table would meet as well."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that stands in the way: the column, the value as given, what is wrong, what to do; in how many rows,
    and where first."""

    column: str
    value: str
    wrong: str
    todo: str
    rows: int
    first: str


@dataclass(frozen=True, slots=True)
class Part:
    """One table, or one file: how many rows were read and how many of them can be; the first as they would be read.

    ``unmapped``: the source's columns that nothing maps; ``missing``: standard columns that it does not give;
    ``words``: (standard column, the source's word) that nothing maps; ``error``: why nothing could be read.
    """

    name: str
    theirs: str
    read: int = 0
    good: int = 0
    rows: tuple[Mapping[str, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    unmapped: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a source would give, table by table or file by file."""

    source: str
    kind: str
    parts: tuple[Part, ...] = field(default=())

    @property
    def readable(self) -> bool:
        """Whether every part could be read at all."""
        return all(part.error is None for part in self.parts)

    @property
    def good(self) -> bool:
        """Whether every record that was read would be taken."""
        return self.readable and all(part.good == part.read for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """The preview for programs."""
        return {"readable": self.readable, "good": self.good, **asdict(self)}


def of_tables(settings: Source, wait: Callable[[float], object]) -> Preview:
    """The preview of a source of tables (http, database). ``wait`` waits for seconds between two attempts."""
    names = standard_names(settings)
    parts: list[Part] = []
    closed: str | None = None
    with open_source(settings, names, wait) as source:
        source.begin_round()
        for table in (table for table in RECORDS if table in names):
            try:
                if closed is None:
                    parts.append(of_page(source.sample(table, settings.page_size), settings))
                else:
                    parts.append(Part(ROWS[table], names[table], error=closed))
            except SourceError as error:
                parts.append(Part(ROWS[table], names[table], error=error.message))
                closed = "没有读：前一张表的问题也会挡住这一张。" if error.kind in _CLOSED else None
    return Preview(settings.name, settings.kind, tuple(parts))


def of_page(page: Page, settings: Source) -> Part:
    """The preview of one page of a table."""
    table, mapper = page.table, mapper_of(settings)
    given = page.given or page.rows
    found = [(_place(row), raw, problems(table, row)) for row, raw in zip(page.rows, given, strict=True)]
    columns = list(dict.fromkeys(column for row in given for column in row))
    mapped = {column for row in page.rows for column in row}
    return Part(
        ROWS[table],
        standard_names(settings).get(table, table),
        read=len(page.rows),
        good=sum(not wrong for _, _, wrong in found),
        rows=tuple(_shown(table, row) for row in page.rows[:MOST_SHOWN]),
        faults=tuple(_faults(table, found, mapper, settings)),
        unmapped=tuple(name for name in columns if not mapper.knows(table, name) and folded(name) not in UNREAD),
        missing=tuple(sorted(COLUMNS[table] - mapped)) if page.rows else (),
        words=tuple(_unknown_words(page.rows, settings)),
    )


def _place(row: Mapping[str, object]) -> str:
    return f"LSH {shown_text(row.get('LSH'))}"


def _shown(table: str, row: Mapping[str, object]) -> Mapping[str, str]:
    """The columns of a row that are read, as text, in the order of the source."""
    return {column: shown_text(value) for column, value in row.items() if column in COLUMNS[table]}


def shown_text(value: object) -> str:
    """A value as text, short, without telephone and identity numbers."""
    text = "" if value is None else str(value)
    return " ".join(blotted("".join(letter if letter.isprintable() else " " for letter in text)).split())[:MOST_LETTERS]


def _faults(
    table: str,
    found: Sequence[tuple[str, Mapping[str, object], list[tuple[str, str]]]],
    mapper: Mapper,
    settings: Source,
) -> Iterator[Fault]:
    """The faults, one for all rows that have the same in the same column."""
    counts: Counter[tuple[str, str]] = Counter()
    firsts: dict[tuple[str, str], tuple[str, str]] = {}
    for place, raw, wrong in found:
        for column, how in wrong:
            counts[column, how] += 1
            values = [value for name, value in raw.items() if mapper.target(table, name) == column]
            firsts.setdefault((column, how), (place, shown_text(values[0]) if values else ""))
    for (column, how), number in counts.most_common():
        place, value = firsts[column, how]
        yield Fault(column, value, blotted(how), _todo(table, column, how, value, settings), number, place)


def _todo(table: str, column: str, how: str, value: str, settings: Source) -> str:
    if "缺少该列" in how:
        return f'在 [sources.fields.{_OURS[table]}] 里写明对方的哪一列是它："对方列名" = "{column}"'
    if not value:
        return "请平台方补上该列的值；或在 fields 里改用另一列"
    if column in WORDS:
        return f'在 [sources.words.{column}] 里写明："{value}" = 编码'
    if column in TIMES:
        return '在该来源的 time_formats 里写明这种写法，如 "%d/%m/%Y %H:%M"'
    return f"请核对 fields 是否把别的列当成了 {column}；否则请平台方更正"


def _unknown_words(rows: Iterable[Mapping[str, object]], settings: Source) -> Iterator[tuple[str, str]]:
    """Words in columns of codes that nothing turns into a code."""
    columns = {**dict.fromkeys(WORDS), **dict.fromkeys(settings.words)}
    for column in columns:
        values = (row.get(column) for row in rows)
        words = {value.strip() for value in values if isinstance(value, str) and not _is_number(value)}
        yield from ((column, shown_text(word)) for word in sorted(words - {""}))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
