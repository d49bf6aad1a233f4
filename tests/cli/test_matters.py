"""matters: the limits in force, and an exported catalogue shown, tried and written into matters.toml."""

import os
import pty
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.cli.office import Desk

HEADINGS = [
    "基本编码",
    "事项名称",
    "办件类型",
    "承诺办结时限",
    "承诺办结时限单位",
    "法定办结时限",
    "法定办结时限单位",
    "是否需要项目代码",
]
GOOD = [
    ["M1", "取水许可", "承诺件", 4, "工作日", 20, "工作日", "是"],
    ["M0", "排水许可", "承诺件", "5个工作日", None, "无", None, "否"],
]
TITLES = [["怀柔区政务服务事项清单"], ["导出时间：2026-03-19"]]


def workbook(desk: Desk, rows: Sequence[Sequence[Any]], name: str = "清单.xlsx") -> str:
    """An exported catalogue with title lines above the headings; returns its path."""
    path = desk.folder / name
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("事项")
    for number, cells in enumerate([*TITLES, HEADINGS, *rows]):
        for place, value in enumerate(cells):
            if value is not None:
                sheet.write(number, place, value)
    book.close()
    return str(path)


def own(desk: Desk) -> str:
    """matters.toml."""
    return (desk.folder / "matters.toml").read_text("utf-8")


def test_the_list_begins_with_what_has_no_limit_and_says_where_limits_come_from(office: Desk) -> None:
    called = office.call("matters")
    assert called.code == 0
    assert called.out.splitlines() == [
        "没有时限的事项 1 个，在办 1 件（在 matters.toml 里补上，或用 matters import 导入）：",
        "  M0　（没有名称）　在办 1 件，共 1 件",
        "      承诺 无（1 件）；法定 无；项目代码 需要（默认）",
        "",
        "其余事项 1 个：",
        "  M1　取水许可　在办 6 件，共 7 件",
        "      承诺 5 个工作日（办件，5 件）、10 个工作日（平台目录，1 件）；法定 无；项目代码 需要（默认）",
    ]


def test_the_list_as_json(office: Desk) -> None:
    first, second = office.call("matters", "--format", "json").json
    assert (first["matter"], first["open_without_limit"]) == ("M0", 1)
    assert second["promised"] == [
        {"limit": "5 个工作日", "from": "办件", "open": 5},
        {"limit": "10 个工作日", "from": "平台目录", "open": 1},
    ]


def test_a_dry_run_shows_changes_and_moved_items_and_writes_nothing(office: Desk) -> None:
    before, ledger = own(office), office.dump()
    called = office.call("matters", "import", workbook(office, GOOD), "--dry-run")
    assert (called.code, called.err) == (0, "")
    for line in (
        "清单.xlsx：“事项”表第 3 行是列名，事项编码取自“基本编码”列。",
        "读出 2 行，2 个事项。",
        "与 matters.toml 相比：新增 2 个，修改 0 个，相同 0 个。",
        "  新增 M0 排水许可：承诺时限 5 个工作日，不需要项目代码",
        "  F-no-limit　区水务局　排水许可",
        "    法定时限 无 → 20 个工作日；法定到期日 无 → 2026-03-31",
        "  M1 取水许可：清单 4 个工作日，平台 5 个工作日、10 个工作日",
        "没有写入。",
    ):
        assert line in called.out.splitlines()
    assert "承诺时限 无 → 5 个工作日；到期日 无 → 2026-03-16；灯色 灰 → 红" in called.out
    assert (own(office), office.dump()) == (before, ledger)
    assert not (office.folder / "matters.toml.bak").exists()


def test_written_the_catalogue_is_in_force_from_the_next_round_on(office: Desk) -> None:
    before = own(office)
    called = office.call("matters", "import", workbook(office, GOOD), "--yes")
    assert (called.code, called.err) == (0, "")
    assert "重启服务后生效" in called.out
    assert own(office).startswith(before.rstrip("\n"))
    assert "# 以下事项由 matters import 写入：清单.xlsx，2026-03-20\n" in own(office)
    assert (office.folder / "matters.toml.bak").read_text("utf-8") == before
    assert office.call("check-config").code == 0
    assert office.call("poll").code == 0
    [item] = [row for row in office.call("ledger", "--format", "json").json if row["item"] == "F-no-limit"]
    assert (item["limit"], item["due"], item["light"], item["matter"]) == (5, "2026-03-16", "red", "排水许可")


def test_the_same_file_again_changes_nothing(office: Desk) -> None:
    file = workbook(office, GOOD)
    office.call("matters", "import", file, "--yes")
    before = own(office)
    called = office.call("matters", "import", file, "--yes")
    assert called.code == 0
    assert called.out.endswith("没有要写入的变化。\n")
    assert own(office) == before


def test_a_later_file_changes_entries_in_place_and_keeps_what_it_does_not_have(office: Desk) -> None:
    office.write("matters.toml", '\n[[matter]]\ncode = "M0"  # 手写\nname = "排水许可"\npromised = 9  # 局里定的\n')
    office.write("matters.toml", '\n[[matter]]\ncode = "M8"\nname = "别的"\nstatutory = 9\n')
    called = office.call("matters", "import", workbook(office, GOOD[1:]), "--yes")
    assert "  修改 M0 排水许可：承诺时限 9 个工作日 → 5 个工作日；项目代码 需要 → 不需要" in called.out
    assert "  保留 M8 别的" in called.out
    assert 'code = "M0"  # 手写\nname = "排水许可"\npromised = 5  # 局里定的\nneeds_code = false\n' in own(office)
    assert 'code = "M8"' in own(office)


def test_replace_makes_comments_of_what_the_file_does_not_have(office: Desk) -> None:
    office.write("matters.toml", '\n[[matter]]\ncode = "M8"\nname = "别的"\nstatutory = 9\n')
    called = office.call("matters", "import", workbook(office, GOOD), "--yes", "--replace")
    assert "  删去 M8 别的" in called.out
    assert '# [[matter]]\n# code = "M8"\n' in own(office)
    assert {one["matter"] for one in office.call("matters", "--format", "json").json} == {"M0", "M1"}


HALF = [*GOOD, ["M5", "按月的", "承诺件", 3, "工作日", "1个月", None, "是"], [None, "没有编码", "承诺件", 3, "工作日"]]


def test_rows_half_readable_are_set_out_and_the_good_ones_taken(office: Desk) -> None:
    called = office.call("matters", "import", workbook(office, HALF), "--yes")
    assert called.code == 1
    assert "没有采用的 2 处（其余照常采用）：" in called.out
    assert "  “事项”表第 6 行“法定办结时限”：“1个月”是按月的时限" in called.out
    assert "  “事项”表第 7 行“基本编码”：没有事项编码，整行未采用。" in called.out
    assert 'code = "M5"\nname = "按月的"\npromised = 3\n' in own(office)


def test_replace_is_refused_while_the_matter_of_a_row_cannot_be_told(office: Desk) -> None:
    before = own(office)
    called = office.call("matters", "import", workbook(office, HALF), "--yes", "--replace")
    assert (called.code, own(office)) == (2, before)
    assert "有 1 行的事项编码没有读出来" in called.err


def test_all_of_it_as_json(office: Desk) -> None:
    called = office.call("matters", "import", workbook(office, HALF), "--dry-run", "--format", "json")
    found = called.json
    assert called.code == 1
    assert [one["row"] for one in found["troubles"]] == [6, 7]
    assert [one["matter"] for one in found["added"]] == ["M1", "M0", "M5"]
    assert found["impact"]["first"][0]["item"] == "F-no-limit"
    assert found["impact"]["first"][0]["due"] == [None, "2026-03-16"]
    assert (found["written"], found["backup"]) == (False, None)
    found = office.call("matters", "import", workbook(office, GOOD), "--yes", "--format", "json").json
    assert (found["written"], found["backup"]) == (True, str(office.folder / "matters.toml.bak"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(None, "没有这个文件", id="a file that is not there"),
        pytest.param(b"", "文件是空的", id="an empty file"),
        pytest.param(b"PK\x03\x04 broken", "损坏", id="a broken workbook"),
        pytest.param("甲,乙\n1,2\n".encode(), "[workbook.columns]", id="a table without known headings"),
    ],
)
def test_what_is_no_catalogue_is_told_in_a_sentence(office: Desk, content: bytes | None, words: str) -> None:
    path = office.folder / "x.csv"
    if content is not None:
        path.write_bytes(content)
    called = office.call("matters", "import", str(path), "--dry-run")
    assert called.code == 2
    assert called.is_told
    assert words in called.err
    assert str(path) in called.err


def test_a_csv_of_the_same_columns_is_read_too(office: Desk) -> None:
    path = office.folder / "清单.csv"
    path.write_bytes("基本编码,承诺办结时限\nM0,5个工作日\n".encode("gb18030"))
    called = office.call("matters", "import", str(path), "--dry-run")
    assert called.code == 0
    assert "  新增 M0 M0：承诺时限 5 个工作日" in called.out


def test_headings_of_another_system_are_a_matter_of_configuration(office: Desk) -> None:
    office.write("matters.toml", '\n[workbook.columns]\ncode = ["唯一标识"]\n')
    path = office.folder / "清单.csv"
    path.write_text("唯一标识,承诺办结时限\nM0,5个工作日\n", "utf-8")
    assert office.call("matters", "import", str(path), "--yes").code == 0
    assert [one["matter"] for one in office.call("matters", "--format", "json").json] == ["M1", "M0"]


def test_without_a_terminal_nobody_is_asked(office: Desk) -> None:
    called = office.call("matters", "import", workbook(office, GOOD))
    assert called.code == 2
    assert "--dry-run" in called.err
    assert "--yes" in called.err


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"\n", False)])
def test_at_a_terminal_one_is_asked_first(office: Desk, answer: bytes, written: bool) -> None:
    mine, theirs = pty.openpty()
    os.write(mine, answer)
    ended = office.process("matters", "import", workbook(office, GOOD), stdin=theirs)
    os.close(mine)
    os.close(theirs)
    assert ended.returncode == 0, ended.stderr
    assert "写入 matters.toml 吗？" in ended.stdout + ended.stderr
    assert ('code = "M0"\n' in own(office)) is written


def test_a_file_that_cannot_be_changed_entry_by_entry_is_left_alone(office: Desk) -> None:
    (office.folder / "matters.toml").write_text('matter = [{ code = "M0", name = "甲", promised = 9 }]\n', "utf-8")
    before = own(office)
    called = office.call("matters", "import", workbook(office, GOOD), "--yes")
    assert (called.code, own(office)) == (2, before)
    assert "每个事项一个 [[matter]]" in called.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_and_nothing_is_left(office: Desk) -> None:
    file = workbook(office, GOOD)
    office.folder.chmod(0o500)
    try:
        called = office.call("matters", "import", file, "--yes")
    finally:
        office.folder.chmod(0o700)
    assert called.code == 3
    assert called.is_told


def test_nothing_of_the_rest_of_the_file_is_shown_or_kept(office: Desk) -> None:
    path = office.folder / "清单.csv"
    path.write_text("基本编码,承诺办结时限,联系人\nM0,5个工作日,not-to-be-seen\n", "utf-8")
    called = office.call("matters", "import", str(path), "--yes", "--format", "json")
    assert "not-to-be-seen" not in called.out + called.err + own(office) + "".join(office.dump())


def files(folder: Path) -> set[str]:
    """The names in a folder."""
    return {path.name for path in folder.iterdir()}


def test_no_file_is_left_beside_but_the_copy(office: Desk) -> None:
    file = workbook(office, GOOD)
    before = files(office.folder)
    office.call("matters", "import", file, "--yes")
    assert files(office.folder) == before | {"matters.toml.bak"}
