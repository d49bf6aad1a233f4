"""The ledger in its four forms: the same items in each, and nothing in a record becomes more than text."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
from python_calamine import CalamineWorkbook

from config.load import load
from monitor.app import build
from monitor.cli.context import read_now
from monitor.clock import stopped_at
from monitor.entry import entry
from monitor.show import select_items
from tests.cli.office import NOW, Desk, SmallPlatform, ordinary

PROMISED = {
    "item", "project_code", "project", "matter", "unit", "unit_name", "stage", "light", "received", "accepted",
    "deemed_accepted", "closed", "closed_by", "limit", "unit_of_limit", "due", "provisional", "used", "remaining",
    "overdue_days", "paused", "statutory_due", "on_time", "acceptance_due", "code_problem",
}  # fmt: skip
"""The fields that others build on."""


def items(desk: Desk, *arguments: str) -> dict[str, dict[str, Any]]:
    called = desk.call("ledger", "--format", "json", *arguments)
    assert (called.code, called.err) == (0, "")
    return {entry["item"]: entry for entry in called.json}


def workbook(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


class TestWhichItems:
    """Open ones, or all; of one unit; of one state or light."""

    def test_open_ones(self, office: Desk) -> None:
        assert "C-closed" not in items(office)
        assert len(items(office)) == 7

    def test_all(self, office: Desk) -> None:
        assert set(items(office, "--all")) == set(items(office)) | {"C-closed"}

    @pytest.mark.parametrize(
        "unit",
        [
            "110116SWJ",
            "区水务局",
            "北京市怀柔区水务局",
            "怀柔区水务局",
            "水务局",
            "　区水务局 ",
            "北京市 怀柔区 水务局",
        ],
    )
    def test_of_a_unit_by_any_of_its_names(self, office: Desk, unit: str) -> None:
        found = items(office, "--unit", unit)
        assert {entry["unit"] for entry in found.values()} == {"110116SWJ"}
        assert "A-overdue" in found

    def test_of_another_unit(self, office: Desk) -> None:
        assert set(items(office, "--unit", "110116FGW")) == {"H-other-unit"}

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("overdue", {"A-overdue", "E-nobody"}),
            ("due_soon", {"B-due-soon"}),
            ("paused", {"D-paused"}),
            ("no_limit", {"F-no-limit"}),
            ("running", {"H-other-unit"}),
            ("grey", {"D-paused", "F-no-limit"}),
            ("done_on_time", set()),
        ],
    )
    def test_of_a_state_or_light(self, office: Desk, state: str, expected: set[str]) -> None:
        assert set(items(office, "--state", state)) == expected

    def test_of_a_state_among_all(self, office: Desk) -> None:
        assert set(items(office, "--all", "--state", "done_on_time")) == {"C-closed"}

    def test_none(self, office: Desk) -> None:
        for form in ("table", "json", "csv"):
            assert office.call("ledger", "--unit", "110116QXJ", "--format", form).code == 0

    def test_an_empty_ledger(self, desk: Desk) -> None:
        assert desk.call("ledger", "--format", "json").json == []
        assert desk.call("ledger").code == 0


class TestJson:
    """A list with the promised fields."""

    def test_it_is_what_the_entries_say(self, office: Desk) -> None:
        app = build(load(office.folder, office.env), stopped_at(read_now(NOW)))
        try:
            expected = [entry(one) for one in select_items(app, every=True)]
        finally:
            app.engine.dispose()
        assert office.call("ledger", "--all", "--format", "json").json == expected

    def test_every_item_has_the_promised_fields(self, office: Desk) -> None:
        assert all(set(found) >= PROMISED for found in items(office, "--all").values())

    def test_the_clock_of_an_item(self, office: Desk) -> None:
        found = items(office)["A-overdue"]
        told = {name: found[name] for name in ("accepted", "limit", "due", "overdue_days", "remaining", "light")}
        # Accepted Tuesday 03-03, 5 working days: Tuesday 03-10; until Friday 03-20 eight working days.
        assert told == {
            "accepted": "2026-03-03", "limit": 5, "due": "2026-03-10", "overdue_days": 8, "remaining": -8,
            "light": "deep_red",
        }  # fmt: skip


class TestCsv:
    """For spreadsheets: UTF-8 with a mark, no cell that is taken for a formula."""

    def test_it_reads_back(self, office: Desk) -> None:
        called = office.call("ledger", "--all", "--format", "csv")
        assert called.out.startswith("\ufeff")
        lines = list(csv.DictReader(io.StringIO(called.out.removeprefix("\ufeff"), newline="")))
        assert {line["办件编号"] for line in lines} == set(items(office, "--all"))

    def test_no_cell_is_a_formula(self, office: Desk) -> None:
        called = office.call("ledger", "--all", "--format", "csv")
        cells = [
            cell for line in csv.reader(io.StringIO(called.out.removeprefix("\ufeff"), newline="")) for cell in line
        ]
        assert '\'=HYPERLINK("http://evil.example")' in cells
        assert [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and not re.fullmatch(r"-\d+", cell)] == []

    def test_to_a_file(self, office: Desk, tmp_path: Path) -> None:
        office.call("ledger", "--format", "csv", "--out", str(tmp_path / "x.csv"))
        assert (tmp_path / "x.csv").read_bytes().decode("utf-8") == office.call("ledger", "--format", "csv").out


class TestXlsx:
    """A workbook in which text is text and a date is a date."""

    def test_it_reads_back(self, office: Desk, tmp_path: Path) -> None:
        called = office.call("ledger", "--all", "--format", "xlsx", "--out", str(tmp_path / "台账.xlsx"))
        assert (called.code, called.err) == (0, "")
        title, said, heads, *lines = workbook(tmp_path / "台账.xlsx")
        assert "预警事项电子台账" in title[0]
        assert "2026年03月20日 10:00" in said[0]
        assert "共 8 件" in said[0]
        rows = {line[heads.index("办件编号")]: dict(zip(heads, line, strict=True)) for line in lines}
        assert set(rows) == set(items(office, "--all"))
        assert rows["A-overdue"]["到期日"] == date(2026, 3, 10)
        assert rows["A-overdue"]["剩余"] == -8
        assert rows["A-overdue"]["项目"] == '=HYPERLINK("http://evil.example")'

    def test_it_holds_no_formula_and_no_link(self, office: Desk, tmp_path: Path) -> None:
        office.call("ledger", "--all", "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
        with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
            sheets = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets"))
        assert b"<f>" not in sheets
        assert b"hyperlink" not in sheets

    def test_without_a_name_it_is_written_here(
        self, office: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert "台账.xlsx" in office.call("ledger", "--format", "xlsx").out
        assert (tmp_path / "台账.xlsx").is_file()

    @pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
    @pytest.mark.parametrize("place", ["no/such/folder/x", "."], ids=["a folder there is not", "a folder"])
    def test_where_nothing_can_be_written(self, office: Desk, tmp_path: Path, form: str, place: str) -> None:
        called = office.call("ledger", "--format", form, "--out", str(tmp_path / place))
        assert (called.code, called.out) == (3, "")
        assert str(tmp_path) in called.err
        assert called.is_told


def columns_of(line: str) -> int:
    """How many columns of a terminal a line takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line.rstrip())


class TestTable:
    """For the terminal: no line is wider than it, whatever is in the records."""

    @pytest.mark.parametrize("width", [80, 100, 132, 200])
    def test_it_fits(self, office: Desk, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
        monkeypatch.setenv("COLUMNS", str(width))
        called = office.call("ledger", "--all")
        assert (called.code, called.err) == (0, "")
        assert max(map(columns_of, called.out.splitlines())) <= width

    def test_in_80_columns_all_that_matters_is_whole(self, office: Desk) -> None:
        out = office.call("ledger", "--all").out
        for item in items(office, "--all").values():
            line = next(line for line in out.splitlines() if item["item"] in line)
            assert item["due"] is None or item["due"] in line
            assert item["status"] in line

    def test_one_very_long_number_does_not_push_the_others_out(self, desk: Desk) -> None:
        rows = ordinary()
        rows.item("Z" * 100, (3, "2026-03-17 09:00:00"))
        with SmallPlatform(rows.tables) as platform:
            desk.env["APPROVAL_MONITOR__SOURCES__CITY__BASE_URL"] = platform.base_url
            desk.call("poll")
        out = desk.call("ledger").out
        line = next(line for line in out.splitlines() if "A-overdue" in line)
        assert "2026-03-10" in line
        assert "逾期8个工作日" in line
        assert out.count("Z") == 100
        assert max(map(columns_of, out.splitlines())) <= 80

    def test_the_totals_stand_below(self, office: Desk) -> None:
        assert "共 7 件" in office.call("ledger").out

    def test_there_is_no_colour_outside_a_terminal(self, office: Desk) -> None:
        assert "\x1b" not in office.call("ledger").out
