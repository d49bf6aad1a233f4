"""A file comes into the ledger: what is good of it at once, what is not on a list; the same again changes nothing."""

import csv
from pathlib import Path

import pytest

from config.sources import Source
from monitor.importing import Imported
from monitor.retry import retry_all
from tests.files.office import HEADINGS, Office, line, opened, workbook

MOST = ("rows", "taken", "aside", "title", "total", "unread")
EVENTS = "SELECT item, code, datetime(moment, '+8 hours'), valid FROM event ORDER BY updated, serial"


def fates(result: Imported) -> tuple[int, ...]:
    """How many rows met which fate."""
    return tuple(result.counts[name] for name in MOST)


def problems(path: Path) -> list[dict[str, str]]:
    """The list of problems beside a file."""
    with path.with_name(path.name + ".问题清单.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_listing_becomes_items_with_their_clocks(office: Office) -> None:
    result = office.take(office.listing(line("A-1"), line("A-2", closed="2026-03-09")))
    assert (result.state, result.good) == ("imported", True)
    found = office.items
    assert (found["A-1"]["due"], found["A-1"]["unit"], found["A-1"]["limit"]) == ("2026-03-10", "110116SWJ", 5)
    assert (found["A-1"]["project"], found["A-1"]["matter"]) == ("再生水厂", "取水许可")
    assert (found["A-2"]["closed"], found["A-2"]["closed_by"], found["A-2"]["on_time"]) == ("2026-03-09", 11, True)


def test_the_same_file_twice_changes_nothing_and_says_when_it_came(office: Office) -> None:
    path = office.listing(line("A-1"))
    office.take(path)
    before = office.rows("SELECT * FROM event")
    again = office.take(path.rename(office.desk / "别的名字.csv"), "2026-03-23 10:00")
    assert again.state == "known"
    assert "2026-03-20 10:00" in again.message
    assert "清单.csv" in again.message
    assert office.rows("SELECT * FROM event") == before


def test_a_later_listing_writes_only_what_differs(office: Office) -> None:
    office.take(office.listing(line("A-1"), line("A-2"), line("A-3")))
    later = office.take(
        office.listing(line("A-1"), line("A-2", closed="2026-03-19"), line("A-3"), line("A-4"), name="二.csv"),
        "2026-03-23 10:00",
    )
    said = {name: later.counts.get(name, 0) for name in ("item_new", "item_same", "events_added", "events_dropped")}
    assert said == {"item_new": 1, "item_same": 3, "events_added": 3, "events_dropped": 0}
    assert office.rows("SELECT item FROM event WHERE updated > '2026-03-21' ORDER BY 1") == [
        ("A-2",),
        ("A-4",),
        ("A-4",),
    ]


def test_a_corrected_date_moves_the_event(office: Office) -> None:
    office.take(office.listing(line("A-1", accepted="2026-03-03")))
    office.take(office.listing(line("A-1", accepted="2026-03-05"), name="更正.csv"), "2026-03-20 10:00")
    assert office.items["A-1"]["accepted"] == "2026-03-05"
    assert office.rows(EVENTS)[-2:] == [
        ("A-1", 3, "2026-03-05 00:00:00", 1),
        ("A-1", 3, "2026-03-03 00:00:00", 0),
    ]
    office.take(
        office.listing(line("A-1", accepted="2026-03-03"), ["注：再更正"], name="再更正.csv"), "2026-03-20 10:00"
    )
    assert office.items["A-1"]["accepted"] == "2026-03-03"


def test_a_date_that_is_taken_back_is_gone(office: Office) -> None:
    office.take(office.listing(line("A-1", closed="2026-03-05")))
    office.take(office.listing(line("A-1"), name="更正.csv"), "2026-03-23 10:00")
    assert office.items["A-1"]["closed"] is None


def test_an_older_listing_does_not_undo_a_newer_one(office: Office) -> None:
    office.take(office.listing(line("A-1", accepted="2026-03-05")))
    older = office.take(office.listing(line("A-1", accepted="2026-03-03"), name="旧.csv"), as_of="2026-03-10")
    assert office.items["A-1"]["accepted"] == "2026-03-05"
    assert older.counts["item_older"] == 1


def test_a_listing_with_fewer_columns_leaves_the_others_as_they_were(office: Office) -> None:
    office.take(office.listing(line("A-1")))
    office.take(
        office.csv([["办件编号", "承诺时限", "受理时间"], ["A-1", 7, "2026-03-03"]], "少.csv"), "2026-03-23 10:00"
    )
    found = office.items["A-1"]
    assert (found["limit"], found["unit"], found["matter"], found["received"]) == (
        7,
        "110116SWJ",
        "取水许可",
        "2026-03-02",
    )


def test_a_file_that_is_half_good_is_taken_half_with_a_list_of_the_rest(office: Office) -> None:
    bad = [line("A-2", accepted="昨天"), line("", received="2026-03-04"), line("A-4", received="1926-03-04")]
    path = office.listing(line("A-1"), *bad, ["合计", 4])
    result = office.take(path)
    assert fates(result) == (6, 1, 3, 1, 1, 0)
    assert not result.good
    assert set(office.items) == {"A-1"}
    assert [(row["行号"], row["列"], row["值"], row["处理"]) for row in problems(path)] == [
        ("3", "受理时间", "昨天", "未录入"),
        ("4", "办件编号", "", "未录入"),
        ("5", "收件时间", "1926-03-04", "未录入"),
    ]
    assert all(row["问题"] and row["怎么办"] for row in problems(path))
    assert office.rows("SELECT file, sheet, row_number FROM set_aside") == [("清单.csv", "", n) for n in (3, 4, 5)]


def test_rows_set_aside_are_settled_when_the_mended_file_comes(office: Office) -> None:
    office.take(office.listing(line("A-1", accepted="昨天"), line("A-2", accepted="前天")))
    path = office.listing(line("A-1"), name="改.csv")
    office.take(path)
    assert office.rows("SELECT row_number FROM set_aside WHERE resolved_at IS NULL") == [(3,)]
    office.take(office.listing(line("A-1"), line("A-2")))
    assert office.rows("SELECT row_number FROM set_aside WHERE resolved_at IS NULL") == []
    assert not (office.desk / "清单.csv.问题清单.csv").exists()


def test_rows_set_aside_are_taken_up_again_when_the_words_are_explained(tmp_path: Path) -> None:
    rows = [["办件编号", "办理状态", "办理时间"], ["A-1", "出证", "2026-03-05"]]
    listing = [["办件编号", "承诺时限", "受理时间"], ["A-2", 5, "03.03.2026"]]
    with opened(tmp_path / "before") as office:
        for number, content in enumerate((rows, listing)):
            assert office.take(office.csv(content, f"{number}.csv"), source="hall").counts["aside"] == 1
        hall = Source(
            name="hall", kind="folder", folder=tmp_path, words={"BLZT": {"出证": 11}}, time_formats=("%d.%m.%Y",)
        )
        settings = office.app.config.settings.model_copy(update={"sources": (hall,)})
        object.__setattr__(office.app.config, "settings", settings)
        retried = retry_all(office.app)
        assert (retried.tried, retried.read) == (2, 2)
        assert [row[:3] for row in office.rows(EVENTS)] == [
            ("A-1", 11, "2026-03-05 00:00:00"),
            ("A-2", 3, "2026-03-03 00:00:00"),
        ]


def test_personal_data_comes_neither_into_the_ledger_nor_onto_the_list(office: Office) -> None:
    heads = [*HEADINGS, "联系人", "联系电话", "身份证号"]
    path = office.csv([heads, *([*line(f"A-{n}", accepted=cell), "张某某", "13800138000", "11010119900307001X"]
                                for n, cell in enumerate(("2026-03-03", "昨天 13800138000")))])  # fmt: skip
    result = office.take(path)
    with office.app.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        everything = "\n".join(raw.iterdump()) + str(result.as_json()) + str(problems(path))
    for private in ("张某某", "13800138000", "11010119900307001X"):
        assert private not in everything


def test_a_workbook_with_titles_merged_cells_two_header_lines_and_totals(office: Office) -> None:
    rows = [
        ["怀柔区办件清单", "", "", "", "", ""],
        ["导出时间：2026-03-19 17:30", "", "", "", "", ""],
        ["办件编号", "审批单位", "承诺时限", "办理时间", "", ""],
        ["", "", "", "收件", "受理", "办结"],
        ["A-1", "区水务局", 5, 46083, 46084, ""],
        ["A-2", "", 5, "2026年3月2日", "2026/3/3", "2026-03-09"],
        ["合计", "", "共 2 件", "", "", ""],
    ]
    merged = [(0, 0, 0, 5), (2, 0, 3, 0), (2, 3, 2, 5), (4, 1, 5, 1)]
    result = office.take(workbook(office.desk / "清单.xlsx", ("三月", rows), merged=merged))
    assert fates(result) == (7, 2, 0, 4, 1, 0)
    assert result.as_of == "2026-03-19 17:30:00"
    found = office.items
    assert [(found[one]["accepted"], found[one]["unit"], found[one]["closed"]) for one in ("A-1", "A-2")] == [
        ("2026-03-03", "110116SWJ", None),
        ("2026-03-03", "110116SWJ", "2026-03-09"),
    ]


def test_tables_of_the_platform_a_sheet_each(office: Office) -> None:
    stamp = ["2026-03-05 08:00:00", 1]
    path = workbook(
        office.desk / "平台.xlsx",
        ("办理信息", [["SPSXSLBM", "GCDM", "SPSXBM", "SPBMBM", "GXSJ", "LSH"], ["A-1", "G", "M", "110116SWJ", *stamp]]),
        ("状态", [["SPSXSLBM", "BLZT", "BLSJ", "GXSJ", "LSH"], ["A-1", 3, "2026-03-03 09:00:00", *stamp]]),
        ("项目", [["工程代码", "项目代码", "项目名称"], ["G", "2106-440100-04-01-237448", "再生水厂"]]),
        ("事项", [["事项编码", "事项名称", "办理时限"], ["M", "取水许可", 4]]),
        ("批文", [["办件编号", "批复日期", "批复文号"], ["A-1", "2026-03-06", "怀水〔2026〕1号"]]),
        ("说明", [["本表由平台导出"], ["请勿外传"]]),
    )  # fmt: skip
    result = office.take(path)
    assert fates(result) == (12, 5, 0, 5, 0, 2)
    found = office.items["A-1"]
    assert (found["limit"], found["matter"], found["project"]) == (4, "取水许可", "再生水厂")
    assert office.rows("SELECT updated, serial FROM event") == [tuple(stamp)]
    assert office.rows("SELECT number, issued FROM document") == [("怀水〔2026〕1号", "2026-03-06")]


@pytest.mark.parametrize(
    ("title", "as_of"),
    [
        ("导出时间 2026-03-18 09:00", "2026-03-18 09:00:00"),
        ("截至 2026-03-18", "2026-03-18 23:59:59"),
        ("截至 2026-03-20", "2026-03-20 10:00:00"),
        ("导出时间 2031-01-01 09:00", "2026-03-20 10:00:00"),
        ("", "2026-03-20 10:00:00"),
    ],
)
def test_as_of_when_a_file_speaks(office: Office, title: str, as_of: str) -> None:
    assert office.take(office.csv([[title], HEADINGS, line("A-1")])).as_of == as_of


def test_the_time_that_is_asked_for_comes_first(office: Office) -> None:
    path = office.csv([["导出时间 2026-03-18 09:00"], HEADINGS, line("A-1")])
    assert office.take(path, as_of="2026-03-17 08:00:00").as_of == "2026-03-17 08:00:00"


@pytest.mark.parametrize(
    ("rows", "said"),
    [([["甲", "乙"], ["1", "2"]], "没有认出表头"), ([["办件编号"], ["A-1"]], "没有认出表头")],
)
def test_a_file_without_a_known_header_fails_with_a_sentence(office: Office, rows: list[list[str]], said: str) -> None:
    result = office.take(office.csv(rows))
    assert (result.state, office.items) == ("failed", {})
    assert said in result.message


def test_a_file_can_be_read_anew_on_request(office: Office) -> None:
    path = office.listing(line("A-1"))
    office.take(path)
    assert office.take(path, again=True).counts["item_same"] == 1


def test_two_sources_may_give_the_same_file(office: Office) -> None:
    path = office.listing(line("A-1"))
    office.take(path)
    assert office.take(path, source="hall").state == "imported"
    assert office.rows("SELECT DISTINCT source FROM event ORDER BY 1") == [("file",), ("hall",)]


def test_the_list_goes_into_the_data_folder_where_it_cannot_stand_beside(office: Office) -> None:
    path = office.listing(line("A-1", accepted="昨天"))
    (office.desk / "清单.csv.问题清单.csv").mkdir()
    result = office.take(path)
    assert result.list == office.app.config.settings.data_dir / "import-problems" / "清单.csv.问题清单.csv"
    assert result.list.is_file()
