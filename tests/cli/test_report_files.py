"""report --week: the files of a week, and the office's own template of the notice."""

from pathlib import Path

from docx import Document

from tests.alerts.letters import Page
from tests.cli.office import Desk

NAMES = [
    "approval-weekly-2026-W11.docx",
    "approval-weekly-2026-W11.pdf",
    "approval-weekly-2026-W11.xlsx",
    "weekly-2026-W11.html",
    "weekly-2026-W11.txt",
]


def test_all_forms_of_a_week_are_written_and_named(office: Desk, tmp_path: Path) -> None:
    called = office.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
    assert (called.code, called.err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == NAMES
    assert all(name in called.out for name in NAMES)


def test_the_page_as_a_file_needs_no_other(office: Desk, tmp_path: Path) -> None:
    office.call("report", "--week", "2026-W11", "--out", str(tmp_path))
    page = Page((tmp_path / "weekly-2026-W11.html").read_text("utf-8"))
    addresses = [value or "" for _, given in page.tags for name, value in given if name in ("src", "href")]
    assert addresses
    assert [address for address in addresses if not address.startswith("data:image/png;base64,")] == []


def test_the_template_is_handed_out_once_and_what_the_office_makes_of_it_is_used(office: Desk, tmp_path: Path) -> None:
    own = office.folder / "own.docx"
    given = office.call("report", "--template", str(own))
    assert (given.code, given.err) == (0, "")
    again = office.call("report", "--template", str(own))
    assert again.code == 2
    assert "已存在" in again.err
    changed = Document(str(own))
    changed.add_paragraph("抄送：{{ period }}")
    changed.save(str(own))
    name_template(office)
    assert office.call("check-config").code == 0
    office.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
    made = Document(str(tmp_path / "out" / NAMES[0]))
    assert made.paragraphs[-1].text.startswith("抄送：2026年第11周")


def test_a_template_that_cannot_be_used_is_told_of_and_the_notice_is_made_all_the_same(
    office: Desk, tmp_path: Path
) -> None:
    (office.folder / "own.docx").write_bytes(b"not a document")
    name_template(office)
    checked = office.call("check-config")
    assert checked.code == 2
    assert "[P033] 通报模板 own.docx 不能用" in checked.err
    written = office.call("report", "--week", "2026-W11", "--out", str(tmp_path / "out"))
    assert written.code == 0
    assert "已改用自带模板" in written.err
    assert "审批时限逾期周报" in Document(str(tmp_path / "out" / NAMES[0])).paragraphs[0].text


def name_template(office: Desk) -> None:
    policy = office.folder / "policy.toml"
    text = policy.read_text("utf-8")
    policy.write_text(text.replace("[report]", '[report]\ntemplate = "own.docx"', 1), "utf-8")
