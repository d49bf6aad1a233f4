"""An exchange database (前置库) that the platform's side fills: the same tables, read with SQLAlchemy.

    find the table | its rows without a place in the order | where to begin | pages by (GXSJ, LSH)

A row becomes visible when its transaction is committed, which can be later than its GXSJ says and after we have read
past it. Therefore a round begins `overlap_minutes` before the place reached and reads these rows once more, which
changes nothing in the ledger; the cursor handed back never lies before the one that was asked for. Within a round each
page begins after the last row of the page before, by the values that the driver gave: they are compared by nobody but
the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Select, func, select

from monitor.mapping import Mapper
from monitor.sources import START, Page, Position, SourceError, position, position_of
from monitor.sources.database_faults import FaultError
from monitor.sources.database_finder import Finder
from monitor.sources.database_layout import Key, Layout
from monitor.sources.database_link import Link
from monitor.sources.database_values import earlier, plain

MOST_STRAYS = 1000
"""How many rows of a table without a place in the order are handed on in one round; more are only counted."""

_STRAY = "?"
_NO_SERIAL = -1

Rows = Sequence[Any]


class DatabaseSource:
    """Reads the tables of one exchange database; call `begin_round` at the start of every round.

    `tables` maps standard names of tables to the source's where they differ, `mapper` makes standard rows of the
    source's, `page_size` is in rows. `overlap_minutes` 0 reads only the last moment again. The other arguments are
    those of `Link`: `url` is SQLAlchemy's, without the password; `attempts` is per question, `timeout_seconds` per
    connection and statement, where the database can, `budget_seconds` for all tables of a round; `renew` gives the
    password that stands in its file by now.
    """

    def __init__(
        self,
        *,
        schema: str | None = None,
        tables: Mapping[str, str] | None = None,
        mapper: Mapper | None = None,
        page_size: int = 500,
        overlap_minutes: float = 10.0,
        most_strays: int = MOST_STRAYS,
        **link: Any,
    ) -> None:
        self._link = Link(**link)
        self.name = self._link.name
        self._schema, self._tables, self._mapper = schema, dict(tables or {}), mapper or Mapper()
        self._page_size, self._overlap, self._most_strays = page_size, overlap_minutes, most_strays
        self._finder = Finder(self._schema, self._tables, self._mapper)

    def __repr__(self) -> str:
        return f"DatabaseSource(name={self.name!r}, url={self._link.address!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def requests(self) -> int:
        """How many questions the round has cost so far."""
        return self._link.requests

    def close(self) -> None:
        """Closes the kept connection."""
        self._link.close()

    def begin_round(self) -> None:
        """Starts the time budget of a round, counts `requests` from 0 and looks at the tables anew."""
        self._link.begin_round()
        self._finder = Finder(self._schema, self._tables, self._mapper)

    def pages(self, table: str, start: Position = START) -> Iterator[Page]:
        """All pages of `table` from `overlap_minutes` before `start`, in order; at least one.

        First come, each in a page of its own, the rows without a place in the order: GXSJ or LSH is empty, or GXSJ is
        a text unlike the others. They are handed on in every round. Raises `SourceError` when a page could not be had
        and, after the last page, when there were too many rows without a place; what was yielded is good.
        """
        layout = self._layout(table)
        strays = _Strays(self._most_strays)
        for row in strays.admitted(self._stray_rows(layout, strays)):
            yield self._stray_page(layout, row, start)
        key, before = self._beginning(layout, start)
        reached, following, last = start, None, False
        while not last:
            rows, following, last = self._slice(layout, key, following)
            page, unplaced = self._page(layout, rows, before, reached, last=last)
            yield page
            for row in strays.admitted(unplaced):
                yield self._stray_page(layout, row, page.end)
            if rows:
                key = layout.key(rows[-1])
            reached, before = page.end, position_of(page.rows[-1]) or before if page.rows else before
        if strays.refused:
            raise self._link.error(table, strays.fault(layout))

    def one(self, table: str, start: Position) -> Page:
        """The first row strictly after `start`, or the rows without a place that a page from here began with.

        Raises `SourceError`.
        """
        layout = self._layout(table)
        if start.since.startswith(_STRAY):
            rows = self._rows(layout, layout.rows().where(self._named(layout, start)).limit(self._page_size))
            return self._page(layout, rows, start, start, last=False, unplaced_too=True)[0]
        rows = self._first_after(layout, start)
        return self._page(layout, rows, start, start, last=False, unplaced_too=True)[0]

    def sample(self, table: str, most: int) -> Page:
        """The first `most` rows of `table`, or fewer: one page, nothing else is read. Raises `SourceError`."""
        layout = self._layout(table)
        rows = self._rows(layout, layout.rows().limit(most))
        return self._page(layout, rows, START, START, last=False, unplaced_too=True)[0]

    def _layout(self, table: str) -> Layout:
        return self._link.ask(table, lambda connection: self._finder.layout(connection, table))

    def _rows(self, layout: Layout, statement: Select[Any]) -> Rows:
        return self._link.ask(layout.table, lambda connection: connection.execute(statement).fetchall())

    def _beginning(self, layout: Layout, start: Position) -> tuple[Key | None, Position]:
        """The last row before the rows that are read, and its position: what stands in front of a row set aside must
        be the same whenever the row is read again, or it would be set aside a second time."""
        if not _is_time(start.since):
            return None, START
        since = earlier(start.since, self._overlap)
        found = layout.placed(backwards=True).where(layout.updated < layout.time(layout.raw_time(since))).limit(1)
        rows = self._rows(layout, found)
        if not rows:
            return None, START
        key = layout.key(rows[0])
        return key, layout.place(key) or Position(since, 0)

    def _slice(self, layout: Layout, key: Key | None, expected: Key | None) -> tuple[Rows, Key | None, bool]:
        """The rows of a page after ``key``, the place of the row that follows if it is known, and whether none does.

        ``expected`` is where the page before saw the next row. Rows that stand at one place are never parted.
        """
        size = self._page_size
        statement = layout.placed().limit(size + 1)
        rows = self._rows(layout, statement if key is None else statement.where(layout.after(key)))
        self._check_order(layout, rows, key, expected)
        if len(rows) <= size:
            return rows, None, True
        following = layout.key(rows[size])
        if following != layout.key(rows[size - 1]):
            return rows[:size], following, False
        alike = self._rows(layout, layout.rows().where(layout.at(following)))
        if not alike:
            raise self._disorder(layout, following)
        return [row for row in rows[:size] if layout.key(row) != following] + list(alike), None, False

    def _check_order(self, layout: Layout, rows: Rows, key: Key | None, expected: Key | None) -> None:
        """A database that compares its columns otherwise than it sorts them would skip rows, or repeat them."""
        first = layout.key(rows[0]) if rows else None
        if key is not None and first == key:
            what = f"表 {layout.shown} 的 GXSJ 比驱动给出的更精细，无法从 {key[0]} 往后读"
            raise self._link.error(layout.table, FaultError("shape", what, permanent=True))
        if expected is None or first == expected:
            return
        there = self._rows(layout, layout.rows().where(layout.serial == layout.number(expected[1])))
        if expected in map(layout.key, there):
            raise self._disorder(layout, expected)

    def _disorder(self, layout: Layout, key: Key) -> SourceError:
        what = f"表 {layout.shown} 按（GXSJ，LSH）排序与比较的结果不一致，{key[0]} 处会漏读"
        return self._link.error(layout.table, FaultError("shape", what, permanent=True))

    def _page(
        self,
        layout: Layout,
        rows: Rows,
        start: Position,
        reached: Position,
        *,
        last: bool,
        unplaced_too: bool = False,
    ) -> tuple[Page, Rows]:
        """The page of those rows that have a usable position, and the rows that have none."""
        end, unplaced = reached, []
        mapped: list[dict[str, object]] = []
        given: list[dict[str, object]] = []
        for row in rows:
            place = layout.place(layout.key(row))
            if place is None and not unplaced_too:
                unplaced.append(row)
                continue
            as_given, standard = self._mapped(layout, row, place)
            given.append(as_given)
            mapped.append(standard)
            end = max(end, place) if place else end
        return Page(layout.table, start, tuple(mapped), end, last, self._given(given)), unplaced

    def _mapped(self, layout: Layout, row: Any, place: Position | None) -> tuple[dict[str, object], dict[str, object]]:
        """A row as the source has it, and under the standard's names; its position in both, in the cursor's form."""
        given = {column.name: plain(value) for column, value in zip(layout.columns, row, strict=True)}
        own = {"GXSJ": place.since, "LSH": place.after} if place is not None else {}
        return {**own, **given}, {**self._mapper.map(layout.table, given), **own}

    def _given(self, rows: Sequence[dict[str, object]]) -> tuple[dict[str, object], ...]:
        return () if self._mapper.plain else tuple(rows)

    def _stray_rows(self, layout: Layout, strays: "_Strays") -> Rows:
        """The rows without a place, up to the most that are handed on; the others are counted."""
        if not layout.may_stray:
            return []
        most = self._most_strays
        rows = self._rows(layout, layout.rows().where(layout.strays()).limit(most + 1))
        if len(rows) > most:
            counting = select(func.count()).select_from(layout.source).where(layout.strays())
            strays.refused += int(self._rows(layout, counting)[0][0]) - most
        return rows[:most]

    def _stray_page(self, layout: Layout, row: Any, reached: Position) -> Page:
        """A page of one row without a place; its `start` says how to find the row again."""
        since, serial = (plain(value) for value in layout.key(row))
        mark = Position(f"{_STRAY}{'' if since is None else since}", _serial(serial))
        given, standard = self._mapped(layout, row, None)
        return Page(layout.table, mark, (standard,), reached, False, self._given([given]))

    def _named(self, layout: Layout, mark: Position) -> Any:
        """The condition for a row without a place by its mark: its LSH, else all rows of its GXSJ."""
        if mark.after != _NO_SERIAL and not layout.serial_is_text:
            return layout.serial == layout.number(mark.after)
        since = mark.since.removeprefix(_STRAY)
        if not since:
            return layout.updated.is_(None)
        if layout.shape:
            return layout.updated == layout.time(since)
        return layout.updated == layout.time(layout.raw_time(since)) if _is_time(since) else layout.strays()

    def _first_after(self, layout: Layout, start: Position) -> Rows:
        """The first row strictly after a position, if there is one."""
        first = layout.placed().limit(1)
        if start == START:
            return self._rows(layout, first)
        since = layout.raw_time(start.since)
        if not layout.serial_is_text:
            return self._rows(layout, first.where(layout.after((since, start.after))))
        # As text 9 comes after 10; as the numbers of positions they are compared here.
        ties = self._rows(layout, layout.placed().where(layout.updated == layout.time(since)))
        later = sorted((_serial(plain(layout.key(row)[1])), number) for number, row in enumerate(ties))
        found = [ties[number] for serial, number in later if serial > start.after]
        return found[:1] or self._rows(layout, first.where(layout.updated > layout.time(since)))


class _Strays:
    """Counts the rows of a table that are handed on though they have no place in the order."""

    def __init__(self, most: int) -> None:
        self.handed, self.refused, self._most = 0, 0, most

    def admitted(self, rows: Rows) -> Rows:
        """As many of the rows as may still be handed on."""
        room = max(0, self._most - self.handed)
        self.handed += min(room, len(rows))
        self.refused += max(0, len(rows) - room)
        return rows[:room]

    def fault(self, layout: Layout) -> FaultError:
        """What is said of the others."""
        what = (
            f"表 {layout.shown} 有 {self.handed + self.refused} 条记录没有可用的更新时间（GXSJ）或流水号（LSH），"
            f"或 GXSJ 的写法与多数记录不同，排不进读取的次序；只逐条读了其中 {self.handed} 条"
        )
        return FaultError("unplaced", what, permanent=True)


def _is_time(since: str) -> bool:
    """Whether the time of a cursor can be reckoned with."""
    return position(since, 0) is not None


def _serial(value: object) -> int:
    """An LSH as the number in the mark of a row without a place."""
    found = position("2000-01-01", value)
    return found.after if found else _NO_SERIAL
