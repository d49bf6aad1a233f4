"""Makes weekly.docx, the template of the notice (通报) that an office may edit: python alerts/documents/make_weekly.py

A4 with the margins, type and sizes of GB/T 9704; fields are written {{ … }}, rows that are repeated stand between
{%tr for … %} and {%tr endfor %}. What an office changes in Word stays as it is; this script is for the package alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TARGET = Path(__file__).with_name("weekly.docx")
SONG, HEI, FANG, TITLE = "宋体", "黑体", "仿宋", "方正小标宋简体"
LATIN = "Times New Roman"
RED = RGBColor(0xC0, 0, 0)
PAGE = 166
"""Width between the margins in millimetres."""
NAME_WIDTH, RATE_SHARE = 34, 1.6
"""Width of the column of names; how much wider than a count a rate is."""

FLOW = (
    ("期初在办", "before"), ("新收", "received"), ("受理", "accepted"), ("办结", "finished"),
    ("有限办结", "finished_judged"), ("按时办结", "finished_on_time"), ("按时率", "on_time_rate"),
    ("调整", "adjusted"), ("期末在办", "in_hand"), ("计时暂停", "paused"), ("临期", "near"), ("黄牌", "yellow_cards"),
    ("红牌", "red_cards"), ("期初逾期", "overdue_before"), ("新增逾期", "overdue_new"), ("逾期", "overdue"),
    ("逾期率", "overdue_rate"),
)  # fmt: skip
EFFORT = (
    ("排名", "rank_text"), ("排名变化", "rank_change"), ("用时中位", "median_used"), ("用时最长", "longest_used"),
    ("催办", "reminders"), ("督办", "supervised"), ("应答复", "answers_due"), ("已答复", "answered"),
    ("未答复", "unanswered"), ("答复率", "answer_rate"), ("应用码", "code_need"), ("已填码", "code_entered"),
    ("用码率", "code_use_rate"), ("核验通过", "code_right"), ("正确率", "code_right_rate"),
)  # fmt: skip
TREND = (
    ("新收", "received"), ("办结", "finished"), ("按时率", "on_time_rate"), ("期末在办", "in_hand"),
    ("新增逾期", "overdue_new"), ("期末逾期", "overdue"), ("逾期率", "overdue_rate"),
)  # fmt: skip
WHAT = ("{{ e.matter }}", "{{ e.project }}", "办件 {{ e.item }}")
LISTS: tuple[tuple[str, str, tuple[tuple[str, int, tuple[str, ...]], ...]], ...] = (
    ("overdue", "逾期事项", (
        ("级别", 12, ("{{ e.card }}",)), ("单位", 28, ("{{ e.unit }}",)),
        ("事项与项目", 54, (*WHAT, "代码 {{ e.project_code }}")),
        ("期限", 36, ("{{ e.overdue_text }}", "{{ e.due_text }}", "{{ e.remark }}")),
        ("原因与督促", 26, ("{{ e.reason_given }}{% if e.reason_given %}；{% endif %}{{ e.steps_sent }}",)))),
    ("unanswered", "督办未按期答复", (
        ("级别", 12, ("{{ e.level_text }}",)), ("单位", 28, ("{{ e.unit }}",)), ("事项与项目", 56, WHAT),
        ("督办日期", 30, ("{{ e.sent_text }}",)),
        ("应答复日期", 30, ("{{ e.answer_by_text }}", "{{ e.days_late_text }}")))),
    ("stage_late", "环节超时", (
        ("环节", 16, ("{{ e.clock_text }}",)), ("单位", 34, ("{{ e.unit }}",)), ("事项与项目", 70, WHAT),
        ("环节期限", 36, ("{{ e.overdue_text }}", "{{ e.due_text }}到期")))),
    ("due_next", "{{ ahead }}", (
        ("到期日", 36, ("{{ e.due_text }}",)), ("单位", 34, ("{{ e.unit }}",)), ("事项与项目", 64, WHAT),
        ("备注", 22, ("{{ e.remark }}",)))),
    ("paused", "计时暂停", (
        ("单位", 36, ("{{ e.unit }}",)), ("事项与项目", 76, WHAT),
        ("暂停", 44, ("{{ e.paused_kind }}", "{{ e.paused_since_text }}起")))),
    ("held", "暂缓督促", (
        ("范围", 18, ("{{ e.scope_text }}",)), ("对象", 62, ("{{ e.target }}", "{{ e.name }}")),
        ("至", 36, ("{{ e.until_text }}",)), ("理由与经手人", 40, ("{{ e.why }}", "{{ e.by }}")))),
)  # fmt: skip
"""Name of the list, its title, and of each column the head, the width in millimetres and the lines of a cell."""


def main() -> None:
    """Writes the template."""
    document = Document()
    _set_up(document)
    _head(document)
    _loop(document, "sentence in summary", "{{ sentence }}")
    _section(document, "flow", "各单位办理情况")
    _figures(document, "单位", FLOW, "unit in units", "unit", "total")
    _section(document, "effort", "排名、用时、督办与用码")
    _figures(document, "单位", EFFORT, "unit in units", "unit", "total")
    _loop(document, "rule in rules", "{{ rule }}", size=10)
    _line(document, "{%p if weeks %}")
    _section(document, "trend", "走势")
    _figures(document, "周", TREND, "week in weeks", "week", None)
    _line(document, "{%p endif %}")
    _charts(document)
    for name, title, columns in LISTS:
        _list(document, name, title, columns)
    _line(document, "{%p if codes %}")
    _section(document, "codes", "项目代码使用情况")
    _loop(document, "sentence in codes", "{{ sentence }}")
    _line(document, "{%p endif %}")
    _section(document, "notes", "数据说明")
    _loop(document, "note in notes", "{{ note }}", size=12)
    _line(document, "{%p if office %}")
    _signed(document, "{{ office }}", before=24)
    _signed(document, "{{ made_on }}")
    _line(document, "{%p endif %}")
    document.save(str(TARGET))


def _set_up(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(28)
    section.left_margin = section.right_margin = Mm((210 - PAGE) / 2)
    normal = document.styles["Normal"]
    _face(normal, FANG, 14)
    language = normal.element.get_or_add_rPr().makeelement(
        qn("w:lang"), {qn("w:eastAsia"): "zh-CN", qn("w:val"): "en-US"}
    )
    normal.element.rPr.append(language)
    properties = document.core_properties
    properties.author, properties.title = "审批时限监测", "审批时限逾期通报模板"
    properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(footer, "— ", SONG, 14)
    _page_number(footer)
    _run(footer, " —", SONG, 14)


def _head(document: Any) -> None:
    red = _line(document, "{{ head }}", TITLE, 30, centre=True)
    red.runs[0].font.color.rgb = RED
    period = _line(document, "{{ period }}\t{{ made_on }}", FANG, 12)
    period.paragraph_format.tab_stops.add_tab_stop(Mm(PAGE), WD_ALIGN_PARAGRAPH.RIGHT)
    _ruled(period)
    title = _line(document, "{{ title }}", TITLE, 20, centre=True)
    title.paragraph_format.space_before = Pt(18)
    _line(document, "{{ data_line }}", FANG, 11, centre=True).paragraph_format.space_after = Pt(8)
    _line(document, "{%p if warning %}")
    warning = _line(document, "{{ warning }}", FANG, 11, centre=True)
    warning.runs[0].font.color.rgb = RED
    _line(document, "{%p endif %}")


def _signed(document: Any, words: str, before: float = 0) -> None:
    """A line of 落款, at the right."""
    paragraph = _line(document, words, FANG, 14)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.right_indent = Pt(28)
    paragraph.paragraph_format.space_before = Pt(before)


def _section(document: Any, name: str, title: str) -> None:
    paragraph = _line(document, f"{{{{ numbers.{name} }}}}、{title}", HEI, 14)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(12), Pt(6)
    paragraph.paragraph_format.keep_with_next = True


def _loop(document: Any, loop: str, words: str, size: float = 14) -> None:
    """A paragraph for each."""
    _line(document, f"{{%p for {loop} %}}")
    paragraph = _line(document, words, FANG, size)
    paragraph.paragraph_format.first_line_indent = Pt(2 * size)
    paragraph.paragraph_format.line_spacing = 1.4
    _line(document, "{%p endfor %}")


def _figures(
    document: Any, name: str, figures: Sequence[tuple[str, str]], loop: str, one: str, total: str | None
) -> None:
    """A row for each with its figures; below them the total."""
    shares = [RATE_SHARE if key.endswith("rate") else 1.0 for _, key in figures]
    each = (PAGE - NAME_WIDTH) / sum(shares)
    rows = 5 if total else 4
    table = _table(document, rows, [NAME_WIDTH, *(each * share for share in shares)])
    heads = [name, *(f"{head[:2]}\n{head[2:]}" if len(head) == 4 else head for head, _ in figures)]
    _cells(table.rows[0], heads, bold=True)
    _repeat(table.rows[0])
    _control(table.rows[1], f"{{%tr for {loop} %}}")
    _cells(table.rows[2], [f"{{{{ {one}.name }}}}", *(f"{{{{ {one}.{key} }}}}" for _, key in figures)])
    _control(table.rows[3], "{%tr endfor %}")
    if total:
        _cells(table.rows[4], ["合计", *(f"{{{{ {total}.{key} }}}}" for _, key in figures)], bold=True)


def _charts(document: Any) -> None:
    for name in ("units", "weeks"):
        _line(document, f"{{%p if chart_{name} %}}")
        _line(document, f"{{{{ chart_{name} }}}}", centre=True)
        _line(document, "{%p endif %}")


def _list(document: Any, name: str, title: str, columns: Sequence[tuple[str, int, tuple[str, ...]]]) -> None:
    _line(document, f"{{%p if lists.{name} %}}")
    _section(document, name, f"{title}（{{{{ counts.{name} }}}} 件）")
    table = _table(document, 4, [10, *(width for _, width, _ in columns)])
    _cells(table.rows[0], ["序号", *(head for head, _, _ in columns)], bold=True, size=9)
    _repeat(table.rows[0])
    _control(table.rows[1], f"{{%tr for e in lists.{name} %}}")
    _cells(table.rows[2], ["{{ loop.index }}", *("\n".join(lines) for _, _, lines in columns)], size=9, left=True)
    _control(table.rows[3], "{%tr endfor %}")
    _line(document, f"{{%p if more.{name} %}}")
    _line(document, f"{{{{ more.{name} }}}}", FANG, 11)
    _line(document, "{%p endif %}")
    _line(document, "{%p endif %}")


def _line(document: Any, words: str, face: str = FANG, size: float = 12, *, centre: bool = False) -> Any:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, words, face, size)
    return paragraph


def _run(paragraph: Any, words: str, face: str, size: float) -> Any:
    run = paragraph.add_run(words)
    _face(run, face, size)
    return run


def _face(styled: Any, face: str, size: float) -> None:
    styled.font.name, styled.font.size = LATIN, Pt(size)
    styled.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _table(document: Any, rows: int, widths: Sequence[float]) -> Any:
    table = document.add_table(rows=rows, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        _whole(row)
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    _narrow(table)
    return table


def _cells(row: Any, words: Sequence[str], *, bold: bool = False, size: float = 7.5, left: bool = False) -> None:
    """A text a cell; one of several lines becomes as many paragraphs."""
    for place, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
        for number, line in enumerate(text.split("\n")):
            paragraph = cell.paragraphs[0] if not number else cell.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            # Names and lists to the left, figures to the middle of their narrow columns.
            if not left and place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(paragraph, line, HEI if bold else SONG, size)


def _control(row: Any, words: str) -> None:
    row.cells[0].paragraphs[0].add_run(words)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _narrow(table: Any) -> None:
    """Cells with little room at their sides, or figures would break in two, and some above and below."""
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 40), ("left", 34), ("bottom", 40), ("right", 34)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    # The order of the elements is laid down, and Word refuses a file that has another.
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _ruled(paragraph: Any) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C00000")):
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _page_number(paragraph: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = _run(paragraph, "", SONG, 14)
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


if __name__ == "__main__":
    main()
