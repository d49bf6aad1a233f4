"""What the ledger exports, an empty ledger reads back: it then says the same of every item."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from monitor import show
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.ledger.own import note_file
from monitor.ledger.settle import settle
from monitor.ledger.store import store_records
from monitor.records import TABLES, read_rows
from tests.cli.office import ordinary
from tests.files.office import NOW, Office, opened

SHARED = Path(__file__).parents[3] / "shared" / "data"
FORMS = ["xlsx", "csv"]


def stored(office: Office, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Puts the platform's rows into the ledger and judges."""
    for table in TABLES:
        records, _ = read_rows(table, tables.get(table, []))
        with office.app.transactions.write() as connection:
            store_records(connection, table, records, office.app.clock(), "city")
    settle(office.app.transactions, office.app.standards, office.app.clock())


def read_just_now(office: Office) -> None:
    """A file has been imported by hand, so nothing is held for want of data."""
    with office.app.transactions.write() as connection:
        note_file(connection, "file", "", "清单.xlsx", office.app.clock(), {})


def exported(office: Office, form: str) -> Path:
    """The whole ledger as a file."""
    judged = show.select_items(office.app, every=True)
    path = office.desk / f"台账.{form}"
    if form == "xlsx":
        return show.write_xlsx(office.app, judged, str(path))
    show.write_text(show.as_csv(office.app, judged), str(path))
    return path


def read_back(folder: Path, tables: dict[str, list[dict[str, Any]]], form: str) -> tuple[str, str]:
    """The ledger's JSON before, and that of an empty ledger that read the export."""
    with opened(folder / "a") as one, opened(folder / "b") as other:
        stored(one, tables)
        result = other.take(exported(one, form), NOW)
        assert result.good, result.message
        assert other.take(exported(one, form), NOW, again=True).counts.get("events_added", 0) == 0
        return tuple(show.as_json(show.select_items(each.app, every=True)) for each in (one, other))  # type: ignore[return-value]


def differences(before: str, after: str) -> list[str]:
    """What two ledgers say differently."""
    one, other = ({entry["item"]: entry for entry in json.loads(text)} for text in (before, after))
    found = [f"{item} is only in one of them" for item in one.keys() ^ other.keys()]
    for item in one.keys() & other.keys():
        found += [
            f"{item} {name}: {one[item][name]!r} {other[item][name]!r}"
            for name in one[item]
            if one[item][name] != other[item].get(name)
        ]
    return found


def awkward() -> dict[str, list[dict[str, Any]]]:
    """Items with everything that an export could lose."""
    rows = ordinary()
    rows.item("007", (1, "2026-03-02"), (8, "2026-03-02"), (3, "2026-03-02"), SXBLSX="二十", SPBMBM="", SPBMMC="某处")
    rows.item("=1+1", (1, "2026-03-02 08:00:01"), (6, "2026-03-02 08:00:02"), (7, "2026-03-05 08:00:02"), SXBLSX="05")
    rows.item(
        "1e5", (3, "2026-03-02"), (9, "2026-03-04 09:00"), (9, "2026-03-05"), (10, "2026-03-06"), (10, "2026-03-06")
    )
    rows.item("合计", (13, "2026-03-03 10:00:00"), (15, "2026-03-04 10:00:00"), SPSXBM="", SPBMMC="'=引用")
    rows.item("future", (1, "2026-03-02"), (3, "2026-04-01 09:00:00"), SXBLSX=0)
    rows.item("tie", (11, "2026-03-03"), (3, "2026-03-03"), (1, "2026-03-03"))
    rows.item("A/1 b", (3, "2026-03-02"), SPSXBM="无", GCDM="W/1")
    rows.project("W/1", "项目代码：2106-440100-04-01-237448；1", '；｜,"\n\t＝A')
    rows.item("undone", (1, "2026-03-02"), (11, "2026-03-03 09:00:00"))
    rows.add("XMSPSXBLXXXXB", SPSXSLBM="undone", BLZT=11, BLSJ="2026-03-03 09:00:00", SJYXBS=0)
    rows.add("XMSPSXBLTBCXXXB", SPSXSLBM="1e5", TBCX=6, TBCXMC="专家；评审", TBCXKSSJ="2026-03-04 09:00:00")
    rows.add("XMSPSXPFWJXXB", SPSXSLBM="C-closed", PFRQ="2026-03-06", PFWH="怀水〔2026〕1号", PFWJBT="批复")
    return rows.tables


@pytest.mark.parametrize("form", FORMS)
def test_awkward_items_come_back_as_they_were(tmp_path: Path, form: str) -> None:
    before, after = read_back(tmp_path, awkward(), form)
    assert differences(before, after) == []
    assert len(json.loads(before)) == 16


@pytest.mark.parametrize("form", FORMS)
def test_special_procedures_and_documents_come_back(tmp_path: Path, form: str) -> None:
    with opened(tmp_path / "a") as one, opened(tmp_path / "b") as other:
        stored(one, awkward())
        other.take(exported(one, form))
        for query in ("SELECT item, issued, number, title FROM document", "SELECT item, started, kind FROM special"):
            assert other.rows(query) == one.rows(query) != []


@pytest.mark.parametrize("form", FORMS)
def test_names_of_every_kind_come_back(tmp_path: Path, form: str) -> None:
    source = SHARED / "naughty_strings" / "blns.json"
    if not source.is_file():
        pytest.skip("the list of naughty strings is not there: ../shared/data/naughty_strings")
    rows = ordinary()
    for number, text in enumerate(json.loads(source.read_text("utf-8"))):
        rows.project(f"N{number}", text, f"名{text}")
        rows.item(f"N-{number}", (3, "2026-03-03"), GCDM=f"N{number}", SPBMBM="", SPBMMC=text)
    before, after = read_back(tmp_path, rows.tables, form)
    assert differences(before, after) == []


def test_the_warnings_and_letters_in_a_workbook_are_passed_by(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as one, opened(tmp_path / "b") as other:
        stored(one, ordinary().tables)
        read_just_now(one)
        plan_round(one.app)
        deliver_round(one.app)
        path = exported(one, "xlsx")
        sheets = CalamineWorkbook.from_path(str(path))
        assert sheets.sheet_names[:4] == ["办件", "预警台账", "督办函", "办理过程"]
        warned = sheets.get_sheet_by_name("预警台账").to_python()
        assert [row[1] for row in warned[2:4]] == ["办件编号", "A-overdue"]
        result = other.take(path, NOW)
        assert result.good, result.message
        assert "工作表“预警台账”：仅供查阅，不读" in "".join(result.sheets)
        before, after = (show.as_json(show.select_items(each.app, every=True)) for each in (one, other))
    assert differences(before, after) == []


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_whole_district_comes_back(tmp_path: Path, form: str) -> None:
    if not (SHARED / "platform").is_dir():
        pytest.skip("the platform's tables are not there: ../shared/data/platform")
    tables = {}
    for table in TABLES:
        with gzip.open(SHARED / "platform" / f"{table}.jsonl.gz", "rt", encoding="utf-8") as file:
            tables[table] = [json.loads(line) for line in file]
    before, after = read_back(tmp_path, tables, form)
    assert after == before
