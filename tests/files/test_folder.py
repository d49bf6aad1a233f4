"""A watched folder: what is put into it is imported once, and moved away with its list."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.sources import Source
from monitor.cli.context import read_now
from monitor.clock import stopped_at
from monitor.folder import FAILED, PATIENCE_SECONDS, QUIET_SECONDS, poll_folder
from monitor.jobs.rounds import poll_round
from monitor.poll import PollResult
from tests.files.office import HEADINGS, NOW, Office, line, opened

LONG_AGO = read_now(NOW).timestamp() - 3600


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Office]:
    """An office whose desk is a watched folder of the source “hall”."""
    with opened(tmp_path, Source(name="hall", kind="folder", folder=tmp_path / "desk")) as office:
        yield office


def put(office: Office, *rows: list[object], name: str = "清单.csv", written: float = LONG_AGO) -> Path:
    """A listing in the folder, written at a moment (seconds since 1970)."""
    path = office.listing(*rows, name=name)
    os.utime(path, (written, written))
    return path


def look(office: Office, wait: object = None) -> PollResult:
    """One round."""
    (settings,) = office.app.config.settings.sources
    return poll_folder(office.app, settings, wait or (lambda _seconds: None))  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_new_file_is_imported_and_moved_to_done(watched: Office) -> None:
    put(watched, line("A-1"))
    result = look(watched)
    assert (result.outcome, result.counts["rows"], result.counts["judged"]) == ("good", 2, 1)
    assert set(watched.items) == {"A-1"}
    assert names(watched.desk) == ["done/清单.csv"]
    assert look(watched).counts["rows"] == 0


def test_the_list_of_problems_goes_with_it(watched: Office) -> None:
    put(watched, line("A-1"), line("A-2", accepted="昨天"))
    result = look(watched)
    assert (result.outcome, result.counts["refused"], result.counts["set_aside"]) == ("good", 1, 1)
    assert names(watched.desk) == ["done/清单.csv", "done/清单.csv.问题清单.csv"]


def test_the_same_content_again_changes_nothing_and_is_moved_too(watched: Office) -> None:
    put(watched, line("A-1"))
    look(watched)
    put(watched, line("A-1"))
    assert look(watched).outcome == "good"
    assert names(watched.desk) == ["done/清单-2.csv", "done/清单.csv"]
    assert watched.rows("SELECT count(*) FROM event") == [(2,)]


def test_one_that_cannot_be_read_is_moved_to_failed_and_holds_up_no_other(watched: Office) -> None:
    put(watched, line("A-1"), name="乙.csv")
    broken = watched.desk / "甲.xlsx"
    broken.write_bytes(b"PK\x03\x04")
    os.utime(broken, (LONG_AGO, LONG_AGO))
    result = look(watched)
    assert (result.outcome, set(watched.items)) == ("partial", {"A-1"})
    assert "甲.xlsx" in result.message
    assert names(watched.desk / FAILED) == ["甲.xlsx", "甲.xlsx.问题清单.csv"]
    assert look(watched).outcome == "good"


def test_one_that_is_still_being_written_is_left_for_the_next_round(watched: Office) -> None:
    now = read_now(NOW).timestamp()
    path = put(watched, line("A-1"), written=now - QUIET_SECONDS + 1)

    def grow(_seconds: float) -> None:
        path.write_text(path.read_text("utf-8-sig") + ",".join(map(str, line("A-2"))) + "\r\n", "utf-8-sig")

    assert look(watched, grow).counts["rows"] == 0
    assert names(watched.desk) == ["清单.csv"]
    os.utime(path, (LONG_AGO, LONG_AGO))
    look(watched)
    assert set(watched.items) == {"A-1", "A-2"}


def test_a_fresh_one_that_stays_as_it_is_for_two_looks_is_read(watched: Office) -> None:
    waited: list[float] = []
    put(watched, line("A-1"), written=read_now(NOW).timestamp() + 3600)
    look(watched, waited.append)
    assert (len(waited), set(watched.items)) == (1, {"A-1"})


def test_a_workbook_half_copied_is_given_time(watched: Office) -> None:
    path = watched.desk / "半.xlsx"
    path.write_bytes(b"PK\x03\x04")
    for age, left in ((PATIENCE_SECONDS - 10, True), (PATIENCE_SECONDS + 10, False)):
        moment = read_now(NOW).timestamp() - age
        os.utime(path, (moment, moment))
        look(watched)
        assert path.exists() is left


def test_what_is_no_export_is_left_alone(watched: Office) -> None:
    for name in ("~$清单.xlsx", ".清单.csv", "说明.docx", "清单.csv.问题清单.csv"):
        (watched.desk / name).write_text("x", "utf-8")
    (watched.desk / "目录.csv").mkdir()
    before = names(watched.desk)
    assert look(watched).outcome == "good"
    assert names(watched.desk) == before


def test_a_folder_that_is_not_there_is_told(watched: Office) -> None:
    watched.desk.rmdir()
    result = look(watched)
    assert (result.outcome, result.errors[0].kind) == ("failed", "unreachable")
    assert "目录" in result.message


def test_a_dry_run_moves_nothing(watched: Office, tmp_path: Path) -> None:
    put(watched, line("A-1"), line("A-2", accepted="昨天"))
    watched.app = replace(watched.app, keep_in=tmp_path)
    assert look(watched).counts["refused"] == 1
    assert names(watched.desk) == ["清单.csv"]


def test_it_is_a_source_like_the_others_in_a_round(watched: Office) -> None:
    put(watched, line("A-1"))
    outcome = poll_round(watched.app)
    assert outcome.good, outcome.problems
    assert watched.rows("SELECT source, outcome FROM poll_round") == [("hall", "good")]
    with watched.app.transactions.read() as connection:
        assert watched.app.data_as_of(connection) == read_now(NOW)


def test_a_folder_is_as_fresh_as_its_last_file(watched: Office) -> None:
    put(watched, line("A-1"))
    poll_round(watched.app)
    later = replace(watched.app, clock=stopped_at(read_now("2026-03-25 10:00")))
    poll_round(later)
    with later.transactions.read() as connection:
        as_of = later.data_as_of(connection)
    assert as_of == read_now(NOW), "looking into an empty folder tells nothing"
    assert later.is_blind(as_of, later.clock())


def test_without_any_source_the_files_imported_by_hand_say_how_fresh_the_data_is(tmp_path: Path) -> None:
    with opened(tmp_path) as office:
        with office.app.transactions.read() as connection:
            assert office.app.data_as_of(connection) is None
        office.take(office.listing(line("A-1")), NOW)
        with office.app.transactions.read() as connection:
            assert replace(office.app, clock=stopped_at(read_now(NOW))).data_as_of(connection) == read_now(NOW)


def test_its_own_words_for_columns_count(tmp_path: Path) -> None:
    own = Source(
        name="hall", kind="folder", folder=tmp_path / "desk", fields={"items": {"窗口单号": "SPSXSLBM", "进件": "SJSJ"}}
    )
    with opened(tmp_path, own) as office:
        path = office.csv([["窗口单号", "进件", *HEADINGS[1:6]], ["A-1", "2026-03-02", *line("A-1")[1:6]]])
        os.utime(path, (LONG_AGO, LONG_AGO))
        look(office)
        assert office.items["A-1"]["received"] == "2026-03-02"
