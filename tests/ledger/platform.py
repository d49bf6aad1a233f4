"""Rows as the platform gives them, and a source that hands them out page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from alerts.hours import SHANGHAI
from monitor.sources import Page, Position, SourceError, position_of

PROJECTS, ITEMS, EVENTS = "XMJBXXB", "XMSPSXBLXXB", "XMSPSXBLXXXXB"
MATTERS, SPECIALS, DOCUMENTS = "DFXMSPLCJDSXXXB", "XMSPSXBLTBCXXXB", "XMSPSXPFWJXXB"
ALL = (MATTERS, PROJECTS, ITEMS, EVENTS, SPECIALS, DOCUMENTS)
WATER, FORESTRY = "110116SWJ", "110116YLJ"

Row = dict[str, Any]


def _row(serial: int, updated: str, **columns: Any) -> Row:
    return {"LSH": serial, "GXSJ": updated, "SJYXBS": 1, **columns}


def item_row(item: str, serial: int = 1, updated: str = "2026-11-02 08:00:00", **changes: Any) -> Row:
    """办理信息: an item of the water authority with 10 working days."""
    plain = {"SPSXSLBM": item, "GCDM": f"works-{item}", "SPSXBM": "matter-1", "SPBMBM": WATER, "SXBLSX": 10}
    return _row(serial, updated, **{**plain, **changes})


def event_row(item: str, code: int, at: str, serial: int = 1, updated: str = "", **changes: Any) -> Row:
    """办理详细信息: a status event, known to the platform as soon as it happens unless ``updated`` says otherwise."""
    return _row(serial, updated or at, **{"SPSXSLBM": item, "BLZT": code, "BLSJ": at, **changes})


def project_row(item: str, code: str, serial: int = 1, updated: str = "2026-11-02 08:00:00", **changes: Any) -> Row:
    """项目基本信息 of the works that an item belongs to."""
    return _row(serial, updated, **{"GCDM": f"works-{item}", "XMDM": code, "XMMC": "河道治理工程", **changes})


def matter_row(limit: int | None, serial: int = 1, updated: str = "2026-11-02 08:00:00", **changes: Any) -> Row:
    """阶段事项: the matter that items are of."""
    return _row(serial, updated, **{"SPSXBM": "matter-1", "SPSXMC": "水土保持方案审批", "SPSXBLSX": limit, **changes})


@dataclass
class Platform:
    """A source with tables in memory. ``page_size`` rows a page; ``broken``: table → the failure of reading it.

    ``garbled``: serial → what is handed out in its place, that many times.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    page_size: int = 3
    broken: dict[str, SourceError] = field(default_factory=dict)
    garbled: dict[int, list[Row]] = field(default_factory=dict)
    asked: list[tuple[str, Position]] = field(default_factory=list)
    rounds: int = 0

    def add(self, table: str, *rows: Row) -> None:
        """Puts rows into a table."""
        self.tables.setdefault(table, []).extend(rows)

    def begin_round(self) -> None:
        """A round begins."""
        self.rounds += 1

    def pages(self, table: str, start: Position) -> Iterator[Page]:
        """The pages after ``start``, in the order (GXSJ, LSH)."""
        last = False
        while not last:
            page = self._page(table, start, self.page_size)
            yield page
            start, last = page.end, page.last

    def one(self, table: str, start: Position) -> Page:
        """The first row after ``start``."""
        return self._page(table, start, 1)

    def _page(self, table: str, start: Position, size: int) -> Page:
        self.asked.append((table, start))
        if table in self.broken:
            raise self.broken[table]
        rows = sorted(self.tables.get(table, ()), key=lambda row: (str(row["GXSJ"]), int(row["LSH"])))
        after = [row for row in rows if (str(row["GXSJ"]), int(row["LSH"])) > start]
        ends = [found for row in after[:size] if (found := position_of(row))]
        return Page(table, start, tuple(map(self._given, after[:size])), max(ends, default=start), len(after) <= size)

    def _given(self, row: Row) -> Row:
        waiting = self.garbled.get(int(row["LSH"]), [])
        return waiting.pop(0) if waiting else row


def at(text: str) -> datetime:
    """A local moment, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def columns(rows: Sequence[Any], *names: str) -> list[Mapping[str, Any] | Any]:
    """The named columns of rows."""
    return [tuple(getattr(row, name) for name in names) if len(names) > 1 else getattr(row, names[0]) for row in rows]
