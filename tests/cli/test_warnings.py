"""ledger --warnings: one line a warning, in every form."""

import csv
import io
import shutil
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.conftest import desk_at
from tests.cli.office import Desk
from tests.cli.test_ledger import columns_of


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory, polled: Path) -> Path:
    """A ledger whose mails of the day were kept as files, made once for all tests."""
    desk = desk_at(tmp_path_factory.mktemp("delivered") / "etc", "http://127.0.0.1:9/exchange/v1")
    desk.data.mkdir(mode=0o700)
    shutil.copyfile(polled, desk.ledger)
    for command in ("plan", "deliver"):
        called = desk.call(command)
        assert called.code == 0, called.err
    return desk.ledger


@pytest.fixture
def warned(office: Desk, delivered: Path) -> Desk:
    """A desk whose ledger holds the warnings of the day."""
    shutil.copyfile(delivered, office.ledger)
    return office


def test_as_json(warned: Desk) -> None:
    called = warned.call("ledger", "--warnings", "--format", "json")
    assert (called.code, called.err) == (0, "")
    lines = {one["item"]: one for one in called.json}
    late = lines["A-overdue"]
    assert (late["level"], late["remaining"], late["state"], late["due"]) == ("红牌", -8, "待答复", "2026-03-10")
    assert late["time"] == "2026-03-20 10:00"


@pytest.mark.parametrize(
    ("options", "some"),
    [
        pytest.param(["--since", "2026-03-20"], True, id="since that day"),
        pytest.param(["--since", "2026-03-21"], False, id="since a later day"),
        pytest.param(["--unit", "区水务局"], True, id="of the unit"),
        pytest.param(["--unit", "区气象局"], False, id="of another unit"),
        pytest.param(["--unit", "未匹配单位"], True, id="of nobody"),
    ],
)
def test_only_some(warned: Desk, options: list[str], some: bool) -> None:
    assert bool(warned.call("ledger", "--warnings", "--format", "json", *options).json) is some


def test_as_csv_without_a_formula(warned: Desk) -> None:
    out = warned.call("ledger", "--warnings", "--format", "csv").out
    rows = list(csv.reader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert rows[0][:3] == ["办件编号", "事项", "项目"]
    assert '\'=HYPERLINK("http://evil.example")' in [cell for row in rows for cell in row]


def test_as_a_workbook(warned: Desk, tmp_path: Path) -> None:
    warned.call("ledger", "--warnings", "--format", "xlsx", "--out", str(tmp_path / "x.xlsx"))
    book = CalamineWorkbook.from_path(str(tmp_path / "x.xlsx"))
    assert book.sheet_names == ["预警台账", "督办函"]
    heads = book.get_sheet_by_index(0).to_python()[2]
    assert heads == [
        "序号", "办件编号", "事项", "项目", "单位", "种类", "级别", "时间", "原因", "到期日", "剩余", "办理情况",
        "办理时间", "办理人", "备注",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [80, 120, 200])
def test_on_a_terminal_it_fits(warned: Desk, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    out = warned.call("ledger", "--warnings").out
    assert max(map(columns_of, out.splitlines())) <= width
    assert "A-overdue" in out
    assert "条：" in out.splitlines()[-1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--warnings", "--since", "昨天"], "2026-11-30", id="no date"),
        pytest.param(["--since", "2026-03-20"], "--warnings", id="a day without the warnings"),
        pytest.param(["--warnings", "--all"], "--warnings", id="with closed items"),
        pytest.param(["--warnings", "--unit", "某某"], "没有“某某”这个单位", id="a unit that is not"),
    ],
)
def test_a_call_that_cannot_be(warned: Desk, options: list[str], said: str) -> None:
    called = warned.call("ledger", *options)
    assert (called.code, called.out) == (2, "")
    assert said in called.err
