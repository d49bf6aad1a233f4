"""``import`` on the command line: what it says, how it ends, and what a dry run leaves behind."""

import json
import zipfile
from pathlib import Path

import pytest

from config.load import init
from tests.cli.office import Called, Desk
from tests.files.office import HEADINGS, line


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with the sample configuration and no ledger."""
    init(tmp_path / "etc")
    return Desk(tmp_path / "etc")


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    """A good listing with two items."""
    return written(tmp_path / "清单.csv", line("A-1"), line("A-2"))


def written(path: Path, *rows: list[object]) -> Path:
    path.write_text("\r\n".join(",".join(map(str, row)) for row in (HEADINGS, *rows)), "gb18030")
    return path


def items(desk: Desk) -> set[str]:
    return {entry["item"] for entry in desk.call("ledger", "--all", "--format", "json").json}


def test_a_good_file_ends_with_zero_and_says_what_came(desk: Desk, listing: Path) -> None:
    called = desk.call("import", str(listing))
    assert (called.code, called.err) == (0, "")
    assert "读到 3 行，录入 2 行" in called.out
    assert items(desk) == {"A-1", "A-2"}
    assert "2026-03-20 10:00 导入过" in desk.call("import", str(listing), now="2026-03-23 09:00").out


def test_rows_that_could_not_be_taken_end_with_one(desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", line("A-1"), line("A-2", accepted="昨天"))
    called = desk.call("import", str(path))
    assert called.code == 1
    assert str(tmp_path / "x.csv.问题清单.csv") in called.out
    assert items(desk) == {"A-1"}


def test_json_is_alone_on_standard_output(desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", line("A-1"), line("A-2", accepted="昨天"))
    (said,) = desk.call("import", str(path), "--format", "json").json
    assert (said["state"], said["counts"]["taken"], said["counts"]["aside"]) == ("imported", 1, 1)
    assert said["problems"] == [
        {
            "sheet": "", "row": 3, "column": "受理时间", "value": "昨天", "problem": "不是有效的时间",
            "todo": "请改成“2026-03-20”或“2026-03-20 09:30”的写法", "taken": False,
        }
    ]  # fmt: skip


def test_a_dry_run_shows_what_would_come_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", line("A-1"), line("A-2", accepted="昨天"))
    called = desk.call("import", str(path), "--dry-run")
    assert "新增 1 件" in called.out
    assert "第 3 行 受理时间“昨天”" in called.out
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["x.csv"]
    assert items(desk) == set()


def test_several_files_and_one_that_is_not_there(desk: Desk, listing: Path, tmp_path: Path) -> None:
    called = desk.call("import", str(tmp_path / "none.csv"), str(listing))
    assert called.code == 2
    assert "none.csv" in called.err
    assert items(desk) == {"A-1", "A-2"}


def test_a_file_that_is_no_table_is_told_and_others_come(desk: Desk, listing: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "x")
    called = desk.call("import", str(tmp_path / "x.xlsx"), str(listing), str(tmp_path))
    assert called.code == 1
    assert called.is_told
    assert items(desk) == {"A-1", "A-2"}


@pytest.mark.parametrize("arguments", [["--source", "../x"], ["--source", "甲"], ["--as-of", "昨天"]])
def test_a_wrong_call_is_told(desk: Desk, listing: Path, arguments: list[str]) -> None:
    called = desk.call("import", str(listing), *arguments)
    assert (called.code, called.is_told) == (2, True)


def exported(desk: Desk, folder: Path, form: str) -> tuple[Path, Called]:
    path = folder / f"台账.{form}"
    return path, desk.call("ledger", "--all", "--format", form, "--out", str(path))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_is_read_back_into_an_empty_ledger(desk: Desk, listing: Path, tmp_path: Path, form: str) -> None:
    desk.call("import", str(listing))
    path, called = exported(desk, tmp_path, form)
    assert called.code == 0, called.err
    init(tmp_path / "other")
    other = Desk(tmp_path / "other")
    assert other.call("import", str(path)).code == 0
    assert json.loads(other.call("ledger", "--all", "--format", "json").out) == json.loads(
        desk.call("ledger", "--all", "--format", "json").out
    )
