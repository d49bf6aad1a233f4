"""Makes letter.docx, the template of the formal letters: python -m alerts.documents.build_letter

The template is kept beside this script and is what the program fills in; an office edits a copy of it. Fields and what
they hold are those of ``alerts.letters.wording.view``.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).parent / "letter.docx"
BODY, HEADING, TITLE, TABLE = "仿宋", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
RED = RGBColor(0xC0, 0x00, 0x00)
LINE = Pt(28)
WIDTHS = (12, 53, 38, 27, 26)
"""Millimetres of the table's columns; together the width between the margins."""

UNUSED_PARTS = ("stylesWithEffects", "thumbnail", "customXml")
STYLES = ("Normal", "DefaultParagraphFont", "TableNormal", "NoList", "TableGrid", "Footer", "FooterChar")
AFTER_SPACE = ("w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc")
"""What stands after a paragraph's borders and its room between scripts: Word wants its elements in their order."""


def main() -> None:
    """Writes the template anew; the same script gives the same words and looks."""
    document = Document()
    _page(document)
    _head(document)
    _body(document)
    _annex(document)
    _lean(document)
    known = document.core_properties
    known.author, known.title, known.comments = "", "督办函模板", ""
    known.created = known.modified = datetime(2026, 1, 1)  # noqa: DTZ001 - the format has no zone
    document.save(str(TARGET))


def _lean(document: Any) -> None:
    """Takes away what the library's own template brings along and no letter uses: a letter is kept for good."""
    for rels in (document.part.rels, document.part.package.rels):
        for rel in [rel for rel in rels.values() if rel.reltype.rpartition("/")[2] in UNUSED_PARTS]:
            del rels[rel.rId]
    for style in list(document.styles.element.style_lst):
        if style.styleId not in STYLES:
            document.styles.element.remove(style)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(32), Mm(30)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = document.styles["Normal"]
    _font(style, BODY, 16)
    style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)
    style.paragraph_format.line_spacing = LINE
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        # A date is one word: no room between its digits and 年, 月, 日.
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().insert_element_before(off, *AFTER_SPACE)
    footer = section.footer.paragraphs[0]
    footer.alignment = ALIGN.CENTER
    for text, field in (("— ", False), ("PAGE", True), (" —", False)):
        run = footer.add_run("" if field else text)
        _font(run, TABLE, 12)
        if field:
            _page_number(run)


def _page_number(run: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _head(document: Any) -> None:
    office = _line(document, "{{ office }}", HEADING, 28, ALIGN.CENTER)
    office.runs[0].font.color.rgb = RED
    office.paragraph_format.line_spacing = 1.0
    reference = _line(document, "{{ reference }}", BODY, 16, ALIGN.CENTER)
    reference.paragraph_format.space_before = Pt(8)
    reference.paragraph_format.space_after = Pt(26)
    reference._p.get_or_add_pPr().insert_element_before(_red_rule(), "w:shd", "w:tabs", *AFTER_SPACE)
    title = _line(document, "{{ title }}", TITLE, 22, ALIGN.CENTER)
    title.paragraph_format.line_spacing = Pt(32)
    title.paragraph_format.space_after = Pt(20)


def _red_rule() -> Any:
    """The red line below the reference."""
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "16"), ("space", "6"), ("color", "C00000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    return borders


def _body(document: Any) -> None:
    _line(document, "{{ addressee }}", BODY, 16)
    _indented(document, "{{ opening }}").paragraph_format.space_after = Pt(8)
    _tag(document, "{%p if not annex %}")
    _table(document)
    _tag(document, "{%p endif %}")
    for title, several in (("basis_title", "basis"), ("request_title", "request")):
        _indented(document, f"{{{{ {title} }}}}", HEADING)
        _tag(document, f"{{%p for words in {several} %}}")
        _indented(document, "{{ words }}")
        _tag(document, "{%p endfor %}")
    _tag(document, "{%p if annex %}")
    _indented(document, "{{ annex_line }}").paragraph_format.space_before = Pt(10)
    _tag(document, "{%p endif %}")
    signature = _line(document, "{{ signature }}", BODY, 16, ALIGN.RIGHT)
    signature.paragraph_format.space_before = Pt(42)
    signature.paragraph_format.keep_with_next = True
    signature.paragraph_format.right_indent = Pt(32)
    day = _line(document, "{{ date }}", BODY, 16, ALIGN.RIGHT)
    day.paragraph_format.right_indent = Pt(64)


def _annex(document: Any) -> None:
    _tag(document, "{%p if annex %}")
    first = _line(document, "附件", HEADING, 16)
    first.paragraph_format.page_break_before = True
    title = _line(document, "{{ annex_title }}", TITLE, 18, ALIGN.CENTER)
    title.paragraph_format.space_after = Pt(10)
    _table(document)
    _tag(document, "{%p endif %}")


def _table(document: Any) -> None:
    """The list of items: a header that is repeated on every page, a row an item, the note below it."""
    table = document.add_table(rows=4, cols=len(WIDTHS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    _padded(table)
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Mm(width)
    for place, cell in enumerate(table.rows[0].cells):
        _cell(cell, (f"{{{{ columns[{place}] }}}}",), HEADING, centred=True)
        _shade(cell)
    _row_is(table.rows[0], "w:tblHeader")
    _cell(table.rows[1].cells[0], ("{%tr for one in items %}",))
    fields = (
        ("{{ one.number }}",),
        ("{{ one.matter }}", "{{ one.project }}", "{{ one.code }}", "{{ one.item }}"),
        ("{{ one.begun }}", "{{ one.due }}", "{%p if one.further %}", "{{ one.further }}", "{%p endif %}"),
        ("{{ one.stage }}", "{{ one.standing }}"),
        ("{{ one.earlier }}",),
    )
    for place, (cell, texts) in enumerate(zip(table.rows[2].cells, fields, strict=True)):
        _cell(cell, texts, centred=place == 0)
    _row_is(table.rows[2], "w:cantSplit")
    _cell(table.rows[3].cells[0], ("{%tr endfor %}",))
    note = _line(document, "{{ note }}", TABLE, 9)
    note.paragraph_format.line_spacing = 1.15
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(3), Pt(12)


def _padded(table: Any) -> None:
    """Room between the text of a cell and its borders, in twentieths of a point."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 60), ("left", 70), ("bottom", 60), ("right", 70)):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(width))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _cell(cell: Any, texts: tuple[str, ...], font: str = TABLE, *, centred: bool = False) -> None:
    cell.vertical_alignment = 1
    for place, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        _font(paragraph.add_run(text), font, 10)
        paragraph.paragraph_format.line_spacing = 1.1
        if centred:
            paragraph.alignment = ALIGN.CENTER


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "F2F2F2")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().insert_element_before(shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:vAlign")


def _row_is(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _line(document: Any, text: str, font: str, size: float, alignment: Any = None) -> Any:
    paragraph = document.add_paragraph()
    _font(paragraph.add_run(text), font, size)
    paragraph.alignment = alignment
    return paragraph


def _indented(document: Any, text: str, font: str = BODY) -> Any:
    """A paragraph of the body, its first line two characters in."""
    paragraph = _line(document, text, font, 16, ALIGN.JUSTIFY)
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), "640")
    return paragraph


def _tag(document: Any, text: str) -> None:
    """A paragraph that the filling in takes away: a condition or a loop."""
    _line(document, text, TABLE, 9)


def _font(of: Any, name: str, size: float) -> None:
    of.font.name, of.font.size = LATIN, Pt(size)
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)


if __name__ == "__main__":
    main()
