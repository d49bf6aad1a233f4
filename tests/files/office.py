"""An office that imports files: an empty ledger with the sample configuration, and files as staff export them."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import xlsxwriter

from config.load import init, load
from config.loaded import Config
from config.sources import Source
from monitor import show
from monitor.app import App, build
from monitor.cli.context import read_now
from monitor.clock import stopped_at
from monitor.entry import entry
from monitor.importing import Imported, Wish, import_file
from monitor.ledger.settle import settle
from tests.ledger.fresh import fresh_ledger

NOW = "2026-03-20 10:00"
"""A Friday within the working hours."""
HEADINGS = ("办件编号", "项目代码", "项目名称", "事项名称", "审批单位", "承诺时限", "收件时间", "受理时间", "办结时间")
CODE = "2106-440100-04-01-237448"
Cells = Sequence[Any]


def line(item: str, received: Any = "2026-03-02", accepted: Any = "2026-03-03", closed: Any = "") -> list[Any]:
    """A row under HEADINGS: an item of 区水务局 with five working days."""
    return [item, CODE, "再生水厂", "取水许可", "区水务局", 5, received, accepted, closed]


@cache
def _sample() -> Path:
    folder = Path(mkdtemp(prefix="config-")) / "etc"
    init(folder)
    return folder


def sample_config(data: Path, *sources: Source) -> Config:
    """The sample configuration with its data in ``data`` and these sources."""
    config = load(_sample(), env={}, secrets=False)
    settings = config.settings.model_copy(update={"data_dir": data, "sources": sources})
    return Config(
        _sample(), settings, config.policy, config.units, config.matters, config.overlay
    )  # fmt: skip


@dataclass
class Office:
    """A ledger, a desk to put files on, and what the ledger says."""

    app: App
    desk: Path

    def csv(self, rows: Sequence[Cells], name: str = "清单.csv", encoding: str = "utf-8-sig") -> Path:
        """A CSV file on the desk."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path = self.desk / name
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    def listing(self, *rows: Cells, name: str = "清单.csv") -> Path:
        """A listing under HEADINGS on the desk."""
        return self.csv([HEADINGS, *rows], name)

    def take(self, path: Path, now: str = NOW, **wishes: Any) -> Imported:
        """Imports a file at ``now`` and judges."""
        app = App(
            self.app.config, self.app.engine, self.app.transactions, self.app.standards, stopped_at(read_now(now))
        )
        result = import_file(app, path, Wish(**wishes))
        settle(app.transactions, app.standards, app.clock(), "导入")
        return result

    @property
    def items(self) -> dict[str, dict[str, Any]]:
        """The ledger as ``ledger --all --format json`` gives it, by item."""
        return {one.facts.item: entry(one) for one in show.select_items(self.app, every=True)}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What a query on the ledger gives."""
        with self.app.transactions.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]


@contextmanager
def opened(folder: Path, *sources: Source) -> Iterator[Office]:
    """An office with an empty ledger below ``folder``."""
    desk = folder / "desk"
    desk.mkdir(parents=True)
    engine = fresh_ledger(folder / "data")
    try:
        config = sample_config(folder / "data", *sources)
        yield Office(build(config, stopped_at(read_now(NOW)), engine=engine), desk)
    finally:
        engine.dispose()


def workbook(path: Path, *sheets: tuple[str, Sequence[Cells]], merged: Sequence[tuple[int, ...]] = ()) -> Path:
    """An XLSX file; ``merged``: ranges (first row, first column, last row, last column) of the first sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        for number, (name, rows) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            for top, left, bottom, right in merged if number == 0 else ():
                sheet.merge_range(top, left, bottom, right, rows[top][left])
    return path
