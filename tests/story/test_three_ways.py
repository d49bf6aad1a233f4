"""The same records through the exchange interface, an exchange database and files give the same ledger."""

import csv
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from alerts.hours import local
from alerts.notices import NOTICE
from monitor.app import App
from monitor.importing import Wish, import_file
from monitor.jobs.rounds import plan_round, poll_round
from monitor.ledger.settle import settle
from monitor.records import TABLES
from tests.sources.front import on_file
from tests.story.district import config_of, opened, rows
from tests.story.moments import MovedClock
from tests.story.stand_in import StandIn, raw_tables
from tests.story.test_database_ledger import FIRST, LAST, SECOND, Filled, different, ledger

pytestmark = pytest.mark.slow
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030")


ALONE = {"sources": ()}
"""Of a ledger that has nothing but what is imported by hand."""


def exports(folder: Path, now: datetime) -> list[Path]:
    """Every table as staff export it at a moment, one file each, in whatever encoding their program writes."""
    until = f"{local(now):%Y-%m-%d %H:%M:%S}"
    folder.mkdir()
    paths = []
    for number, (name, given) in enumerate(raw_tables().items()):
        shown = [row for row in given if row["GXSJ"] <= until]
        columns = list(dict.fromkeys(column for row in given for column in row))
        path = folder / f"{name}.csv"
        with path.open("w", encoding=ENCODINGS[number % len(ENCODINGS)], newline="", errors="strict") as file:
            file.write(f"{name} 导出\r\n")
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(shown)
        paths.append(path)
    return paths


def taken(app: App, paths: list[Path]) -> None:
    for path in paths:
        result = import_file(app, path, Wish())
        assert result.good, result.message
    settle(app.transactions, app.standards, app.clock(), "导入")


def told(app: App) -> set[str]:
    """What a planning round has decided to tell, so far."""
    assert plan_round(app).good
    return {row.key for row in rows(app, NOTICE)}


def test_three_ways_one_ledger(tmp_path: Path, stand_in: StandIn) -> None:
    clock, front = MovedClock(FIRST), on_file(tmp_path / "front.db")
    filled = Filled(front)
    over_http = config_of(tmp_path / "http", stand_in)
    from_database = config_of(tmp_path / "db", stand_in, **filled.settings)
    from_files = replace(over_http, settings=over_http.settings.model_copy(update=ALONE | {"data_dir": tmp_path}))
    with opened(over_http, clock) as one, opened(from_database, clock) as two, opened(from_files, clock) as three:
        for clock.now in (FIRST, SECOND, LAST):
            stand_in.show(clock.now)
            filled.show(clock.now)
            for app in (one, two):
                assert poll_round(app).good
            taken(three, exports(tmp_path / f"{clock.now:%Y%m%d}", clock.now))
            said = [ledger(app) for app in (one, two, three)]
            assert len(said[0]) > 20
            assert different(said[0], said[1]) == []
            assert different(said[0], said[2]) == []
            assert told(one) == told(two) == told(three)
    front.engine.dispose()


def test_every_table_was_in_a_file() -> None:
    assert set(TABLES) == set(raw_tables())
