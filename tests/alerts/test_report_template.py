"""The office's own Word template of the notice: used when it can be, passed over with a sentence when it cannot."""

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from alerts.report.charts import charts
from alerts.report.docx import TEMPLATE, document
from alerts.report.example import template_fault
from tests.alerts.report_payload import payload


def template(folder: Path, *paragraphs: str) -> Path:
    """A template of an office with these paragraphs."""
    made = Document()
    for words in paragraphs:
        made.add_paragraph(words)
    path = folder / "own.docx"
    made.save(str(path))
    return path


def text(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)


def test_the_template_that_comes_with_the_program_is_sound() -> None:
    assert template_fault(TEMPLATE) is None


def test_an_own_template_is_filled_in(tmp_path: Path) -> None:
    own = template(tmp_path, "怀柔区通报：{{ title }}", "逾期 {{ total.overdue }} 件")
    whole = payload(3)
    made = document(whole, charts(whole), own)
    assert made.fault is None
    assert text(made.content) == "怀柔区通报：关于2026年第47周审批时限逾期情况的通报\n逾期 3 件"


@pytest.mark.parametrize(
    ("paragraph", "said"),
    [
        pytest.param("{{ tittle }}", "模板里有不认识的字段", id="an unknown field"),
        pytest.param("{% for unit in units %}", "模板的标记写法不对", id="a loop that does not end"),
        pytest.param("{{ ''.__class__.__mro__ }}", "模板的标记写法不对", id="code"),
    ],
)
def test_a_template_with_a_mistake_is_passed_over_and_told_of(tmp_path: Path, paragraph: str, said: str) -> None:
    own = template(tmp_path, paragraph)
    whole = payload(3)
    made = document(whole, charts(whole), own)
    assert said in (made.fault or "")
    assert "审批时限逾期周报" in text(made.content)
    assert said in (template_fault(own) or "")


def test_a_file_that_is_no_word_document_or_is_not_there_is_told_of(tmp_path: Path) -> None:
    broken = tmp_path / "own.docx"
    broken.write_bytes(b"PK not really")
    assert "不是能用的 DOCX 文件" in (template_fault(broken) or "")
    assert "没有文件" in (template_fault(tmp_path / "none.docx") or "")


def test_what_a_record_says_is_text_in_the_document_and_never_markup(tmp_path: Path) -> None:
    own = template(tmp_path, "{% for e in lists.overdue %}{{ e.project }}{% endfor %}")
    whole = payload(1)
    whole["overdue"][0]["project"] = "<w:p>{{ total }} & 𠮷"
    assert text(document(whole, [], own).content) == "<w:p>{{ total }} & 𠮷"
