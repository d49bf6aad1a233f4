"""The print of a report: an official notice on A4 that nothing runs out of, whatever the names and numbers."""

import re
import shutil
import subprocess
from io import BytesIO

import pytest
from docx import Document
from python_calamine import CalamineWorkbook

from alerts.report import docx, pdf
from alerts.report.charts import charts
from alerts.report.notice import MOST, view
from alerts.report.xlsx import workbook
from tests.alerts.report_payload import LONGEST, payload

MARGIN, RIGHT = 24 / 25.4 * 72, (210 - 24) / 25.4 * 72
"""In points."""

SIZES = {
    "nothing overdue": (0, {}),
    "one item": (1, {}),
    "forty items with the longest names": (40, {"longest": True}),
    "no unit at all": (0, {"units": 0}),
}
MANY = pytest.param(5000, {}, id="five thousand items", marks=pytest.mark.slow)


def made(late: int, **changes: object) -> bytes:
    whole = payload(late, **changes)  # type: ignore[arg-type]
    return pdf.document(whole, charts(whole))


def poppler(tool: str, content: bytes, *options: str) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} (poppler-utils) is not installed: the print cannot be read back")
    done = subprocess.run([tool, *options, "-", *(["-"] if tool == "pdftotext" else [])], input=content,
                          capture_output=True, check=True)  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize(("late", "changes"), [*(pytest.param(*size, id=name) for name, size in SIZES.items()), MANY])
def test_no_word_stands_outside_the_margins(late: int, changes: dict[str, object]) -> None:
    boxes = poppler("pdftotext", made(late, **changes), "-bbox")
    words = [
        (float(left), float(right), text)
        for left, right, text in re.findall(r'<word xMin="([\d.]+)".*?xMax="([\d.]+)".*?>(.*?)</word>', boxes)
    ]
    assert len(words) > 20
    outside = [text for left, right, text in words if left < MARGIN - hang(text[:1]) or right > RIGHT + hang(text[-1:])]
    assert outside == []


def hang(character: str) -> float:
    """How far a character's box may reach into the margin: punctuation has half of it empty."""
    return 6.5 if character in "，。、；：）（“”" else 1.0


def test_it_is_a4_with_its_fonts_embedded() -> None:
    content = made(12)
    assert "(A4)" in poppler("pdfinfo", content)
    fonts = poppler("pdffonts", content).splitlines()[2:]
    assert len(fonts) >= 2
    assert [font for font in fonts if font.split()[-5] != "yes"] == []


def test_every_page_has_its_number() -> None:
    pages = poppler("pdftotext", made(40), "-layout").split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert "".join(page.split()).endswith(f"—{number}—"), number


def test_the_heads_of_a_table_are_repeated_on_its_further_pages() -> None:
    pages = poppler("pdftotext", made(40, units=4), "-layout").split("\f")[:-1]
    assert sum("事项与项目" in page and "原因与督促" in page for page in pages) >= 3


@pytest.mark.slow
def test_a_long_list_is_cut_and_says_how_many_more_the_workbook_has() -> None:
    whole = payload(5000)
    shown = {part["title"]: part for part in view(whole)["lists"]}["逾期事项"]
    assert (len(shown["rows"]), shown["count"]) == (MOST, 5000)
    assert f"另有 {5000 - MOST} 件，见工作簿“逾期清单”。" in poppler("pdftotext", made(5000)).replace("\n", "")
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(whole)))
    assert len(book.get_sheet_by_name("逾期清单").to_python()) == 3 + 5000


def test_rare_characters_are_printed_and_those_no_font_has_are_a_lost_type() -> None:
    whole = payload(1)
    whole["overdue"][0]["project"] = "𠮷野家门店装修\U0001f600"
    assert "𠮷野家门店装修〓" in poppler("pdftotext", pdf.document(whole, []))


def test_print_and_word_document_have_the_same_parts_under_the_same_numbers() -> None:
    whole = payload(12)
    titles = re.compile(r"^\s*([一二三四五六七八九十]+、.*?)\s*$", re.MULTILINE)
    on_paper = titles.findall(poppler("pdftotext", pdf.document(whole, charts(whole))))
    document = Document(BytesIO(docx.document(whole, charts(whole)).content))
    in_word = [paragraph.text for paragraph in document.paragraphs if titles.match(paragraph.text)]
    assert len(in_word) == 11
    assert in_word == on_paper


def test_the_word_document_has_the_charts_and_the_longest_names_whole() -> None:
    whole = payload(12, longest=True)
    document = Document(BytesIO(docx.document(whole, charts(whole)).content))
    assert len(document.inline_shapes) == 2
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert any(LONGEST["project"] in cell for cell in cells)
    assert LONGEST["unit"] in cells
