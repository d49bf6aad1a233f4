"""Every figure of a report is the same in page, workbook, print and Word document, and the workbook can prove its own.

The forms are read back as their readers' programs read them, and compared with the payload they were all made from.
"""

import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from alerts.report.columns import ADJUSTED, EFFORT, FLOW, TREND, Figure
from alerts.report.files import report_files
from alerts.report.xlsx import workbook
from tests.alerts.letters import Page
from tests.alerts.report_payload import payload

PARTS = [pytest.param(FLOW, id="flow"), pytest.param(EFFORT, id="effort")]


@cache
def report() -> tuple[dict[str, Any], dict[str, bytes]]:
    """A report on sixteen units and its files by their ends."""
    whole = payload(40)
    files, fault = report_files(whole)
    assert fault is None
    return whole, {Path(name).suffix: content for name, content in files.items()}


def expected(figures: tuple[Figure, ...]) -> list[list[str]]:
    """Units and total as every page shall show them."""
    whole, _ = report()
    return [[row["name"], *(figure.text(row) for figure in figures)] for row in (*whole["units"], whole["total"])]


def weeks() -> list[list[str]]:
    whole, _ = report()
    return [[week["title"], *(figure.text(week) for figure in TREND)] for week in whole["trend"]]


def test_the_stock_reconciles_for_every_unit_and_in_all() -> None:
    whole, _ = report()
    for row in (*whole["units"], whole["total"]):
        assert row["before"] + row["received"] - row["finished"] + row["adjusted"] == row["in_hand"]


@pytest.mark.parametrize("figures", PARTS)
def test_the_page_shows_every_figure_of_every_unit(figures: tuple[Figure, ...]) -> None:
    rows = Page(report()[1][".html"].decode()).rows
    head = rows.index(["单位", *(figure.short for figure in figures)])
    assert rows[head + 1 : head + 18] == expected(figures)


def test_the_page_shows_every_figure_of_every_week() -> None:
    rows = Page(report()[1][".html"].decode()).rows
    head = rows.index(["周", *(figure.short for figure in TREND)])
    assert rows[head + 1 : head + 9] == weeks()


@pytest.mark.parametrize(("name", "figures"), [("概览", FLOW), ("督办与用时", (*EFFORT, *ADJUSTED))])
def test_the_workbook_shows_every_figure_of_every_unit(name: str, figures: tuple[Figure, ...]) -> None:
    whole, files = report()
    for row, values in zip(sheet(files[".xlsx"], name), (*whole["units"], whole["total"]), strict=False):
        shown = [row[figure.head] for figure in figures]
        assert shown == [wanted(values[figure.key]) for figure in figures], values["name"]


def wanted(value: Any) -> Any:
    return "—" if value is None else value


def sheet(content: bytes, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the words of its head, which stands in the third."""
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [dict(zip(rows[2], row, strict=True)) for row in rows[3:]]


@pytest.mark.parametrize("figures", PARTS)
def test_the_word_document_shows_every_figure_of_every_unit(figures: tuple[Figure, ...]) -> None:
    tables = [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in Document(BytesIO(report()[1][".docx"])).tables
    ]
    heads = ["单位", *(figure.short for figure in figures)]
    [rows] = [rows for rows in tables if [cell.replace("\n", "") for cell in rows[0]] == heads]
    assert rows[1:] == expected(figures)


@pytest.mark.parametrize(
    "rows", [*(pytest.param(one.values[0], id=str(one.id)) for one in PARTS), pytest.param(None, id="weeks")]
)
def test_the_print_shows_every_figure(rows: tuple[Figure, ...] | None) -> None:
    text = printed()
    wanted_rows = expected(rows) if rows else weeks()
    # A long name stands in two lines, its figures at the end of one of them.
    ends = {" ".join(line.split()[-count:]) for line in text.splitlines() for count in range(5, 20)}
    assert [row for row in wanted_rows if " ".join(cell for cell in row[1:] if cell) not in ends] == []
    letters = "".join(text.split())
    assert [row[0] for row in wanted_rows if row[0][:6] not in letters] == []


def printed() -> str:
    """The text of the print, line by line as it stands on the page."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed: the print cannot be read back")
    command = ["pdftotext", "-layout", "-", "-"]
    return subprocess.run(command, input=report()[1][".pdf"], capture_output=True, check=True).stdout.decode()


def test_every_form_names_the_period_and_says_the_summary() -> None:
    whole, files = report()
    said = {".html": "".join(Page(files[".html"].decode()).texts), ".txt": files[".txt"].decode()}
    said[".docx"] = "\n".join(paragraph.text for paragraph in Document(BytesIO(files[".docx"])).paragraphs)
    for form, text in said.items():
        for sentence in (whole["period"]["title"], *whole["summary"]):
            assert sentence in text, form


def test_the_files_made_again_are_the_same_to_the_byte() -> None:
    whole, _ = report()
    assert report_files(whole) == report_files(payload(40))


def test_the_workbook_says_that_its_sheets_agree() -> None:
    _, files = report()
    checks = {row["说明"]: row["数量"] for row in sheet(files[".xlsx"], "数据说明") if row["项目"] == "各表数字"}
    assert checks == dict.fromkeys(
        (
            "期初在办 + 新收 − 办结 + 调整 = 期末在办",
            "黄牌 + 红牌 = 逾期",
            "逾期清单的件数 = 逾期",
            "逾期清单中的红牌 = 红牌",
        ),
        "相符",
    )


def test_the_workbook_says_so_when_its_list_and_its_figures_do_not_agree() -> None:
    whole = payload(5)
    content = workbook({**whole, "overdue": whole["overdue"][:-1]})
    checks = {row["说明"]: row["数量"] for row in sheet(content, "数据说明") if row["项目"] == "各表数字"}
    assert checks["逾期清单的件数 = 逾期"] == "不符"


@pytest.mark.slow
def test_the_formulas_calculated_anew_come_to_the_figures_of_the_report(tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("soffice (LibreOffice) is not installed: the formulas cannot be calculated anew")
    whole, files = report()
    book = tmp_path / "empty" / "report.xlsx"
    book.parent.mkdir()
    book.write_bytes(without_results(files[".xlsx"]))
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(book)]
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    calculated = (tmp_path / "report.xlsx").read_bytes()
    for name, figures in (("概览", FLOW), ("督办与用时", (*EFFORT, *ADJUSTED))):
        [total] = [row for row in sheet(calculated, name) if row["单位"] == "合计"]
        assert {f.head: total[f.head] for f in figures} == {f.head: wanted(whole["total"][f.key]) for f in figures}
    checks = [row["数量"] for row in sheet(calculated, "数据说明") if row["项目"] == "各表数字"]
    assert checks == ["相符"] * 4


def without_results(content: bytes) -> bytes:
    """The workbook without the values that stand beside its formulas, so that they must be calculated."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as found, ZipFile(made, "w") as bare:
        for part in found.infolist():
            data = found.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"</f><v>[^<]*</v>", b"</f>", data)
            bare.writestr(part.filename, data)
    return made.getvalue()
