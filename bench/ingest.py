"""Reading a poll's changed rows into a ledger that has the items and their older events."""

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench.apart import apart
from bench.figures import Figure, best, per_second
from bench.ledgers import SOURCE, TOKEN, app_on, bare, configuration, copied, in_parts, ledger_before_a_poll
from bench.pages_server import serving
from bench.sizes import Sizes
from bench.world import EVENT_TABLE, NOW, changed_rows, stored
from config.load import Config
from config.sources import Source as SourceSettings
from monitor.app import App
from monitor.ledger import store
from monitor.ledger.store import EVENT_COLUMNS
from monitor.poll import poll
from monitor.records import read_rows
from monitor.sources import Position
from monitor.sources.http import HttpSource

GROUP = "ingest"
PAGE = 500
INSERT = f"INSERT INTO event ({','.join(EVENT_COLUMNS)}) VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
MARK = "INSERT INTO dirty (item) VALUES (?)"
MOST_MEMORY = 200


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """Storing parsed records; the same with HTTP and parsing; a whole poll with judging; the memory it takes."""
    config = configuration(folder / "config")
    before = ledger_before_a_poll(folder / "before.db", sizes.poll_items, config)
    rows, times = changed_rows(sizes.rows, sizes.poll_items), sizes.times
    pages = [read_rows(EVENT_TABLE, part)[0] for part in in_parts(rows, PAGE)]
    kept, limit, by_page = _stored(before, config, pages, times)
    parsed = best(lambda: [read_rows(EVENT_TABLE, part) for part in in_parts(rows, PAGE)], times)
    with serving(sizes.rows, sizes.poll_items, PAGE) as url:
        fetched = best(lambda: _fetch(url), times)
        read = _read(before, config, url, times)
        seconds, mebibytes = apart(poll_in_this_process, copied(before, "poll.db"), folder, url)

    def figure(name: str, taken: float, most_ratio: float | None = None) -> Figure:
        words = f"sqlite3 executemany, {len(rows):,} rows, one transaction"
        return Figure(GROUP, name, taken, "s", limit, words, most_ratio, rate=per_second(len(rows), taken, "rows"))

    return [
        figure("store parsed records", kept, 2.5),
        figure("bare too, but marking items, and a transaction a page", by_page),
        figure("HTTP, parse, store", read, 4),
        figure("of this HTTP", fetched),
        figure("of this parsing", parsed),
        figure("a whole poll, judging included", seconds),
        Figure(GROUP, "memory growth of a poll", mebibytes, "MiB", most=MOST_MEMORY),
    ]


def _stored(before: Path, config: Config, pages: Sequence[Sequence[Any]], times: int) -> tuple[float, float, float]:
    """Seconds of the program, of the bare insert, and of the bare insert page by page; in turns, the best of each."""
    seen = stored(NOW)
    values = [
        [
            (r.item, stored(r.moment), r.code, r.updated, r.serial, SOURCE, int(r.valid), r.office, r.handler, seen)
            for r in page
        ]
        for page in pages
    ]
    whole = [[row for page in values for row in page]]
    taken = [
        (
            _ours(copied(before, "ours.db"), config, pages),
            _bare(copied(before, "bare.db"), whole, mark=False),
            _bare(copied(before, "bare.db"), values, mark=True),
        )
        for _ in range(times)
    ]
    ours, bare_seconds, by_page = (min(column) for column in zip(*taken, strict=True))
    return ours, bare_seconds, by_page


def _bare(ledger: Path, pages: Sequence[Sequence[tuple[Any, ...]]], *, mark: bool) -> float:
    with closing(bare(ledger)) as connection:

        def work() -> None:
            for page in pages:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(INSERT, page)
                if mark:
                    connection.executemany(MARK, sorted({row[:1] for row in page}))
                connection.execute("COMMIT")

        return best(work)


def _ours(ledger: Path, config: Config, pages: Sequence[Sequence[Any]]) -> float:
    app = app_on(ledger, config)

    def work() -> None:
        for page in pages:
            _store(app, page, Position(page[-1].updated, page[-1].serial))

    seconds = best(work)
    app.engine.dispose()
    return seconds


def _store(app: App, records: Sequence[Any], end: Position) -> None:
    """One page as a poll stores it: records and cursor in one transaction."""
    with app.transactions.write() as connection:
        store.store_records(connection, EVENT_TABLE, records, NOW, "city")
        store.write_cursor(connection, "city", EVENT_TABLE, end)


def _source(url: str) -> HttpSource:
    return HttpSource(name="city", base_url=url, token=TOKEN, page_size=PAGE)


def _fetch(url: str) -> None:
    with _source(url) as source:
        source.begin_round()
        for _ in source.pages(EVENT_TABLE, Position("", 0)):
            pass


def _read(before: Path, config: Config, url: str, times: int) -> float:
    taken = []
    for _ in range(times):
        app = app_on(copied(before, "read.db"), config)
        with _source(url) as source:
            taken.append(best(lambda: _read_all(app, source)))  # noqa: B023 - called at once
        app.engine.dispose()
    return min(taken)


def _read_all(app: App, source: HttpSource) -> None:
    source.begin_round()
    for page in source.pages(EVENT_TABLE, Position("", 0)):
        records, refused = read_rows(EVENT_TABLE, page.rows)
        assert not refused
        _store(app, records, page.end)


def poll_in_this_process(ledger: Path, folder: Path, url: str) -> tuple[float, float]:
    """A whole poll in a fresh process: seconds, and MiB by which the memory grew at most."""
    settings = SourceSettings(name="city", base_url=url, token=SecretStr(TOKEN))
    app = app_on(ledger, configuration(folder / "config", source=settings))
    before = memory("VmRSS")
    with _source(url) as source:
        tables = (EVENT_TABLE,)
        seconds = best(lambda: poll(app.transactions, source, "city", tables, app.standards, NOW, finished=app.clock))
    return seconds, memory("VmHWM") - before


def memory(name: str) -> float:
    """A figure of /proc/self/status, in MiB."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024
