"""letters: the register, a letter written out again, and a template of the office's own."""

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from alerts.letters.facts import Letterhead, gathered
from alerts.letters.forms import TEMPLATE
from alerts.letters.numbering import Series
from alerts.letters.register import Issued, store
from alerts.outbox import Claimed
from monitor.ledger.database import open_database, writing
from tests.alerts.office import case, day, line, moment
from tests.cli.office import Desk

REFERENCE = "怀政务督〔2026〕1号"


def letter(number: int, text: str, unit: str = "110116SWJ", item: str = "A-overdue") -> tuple[Any, ...]:
    """What ``store`` takes for a letter about an item, its documents being a few bytes."""
    level, made = "yellow_card", moment(text)
    head = Letterhead(
        "督办通知单", level, "某局", unit, "区水务局", "北京市怀柔区水务局", made.date(), None, day("2026-03-18")
    )
    facts = gathered(head, [line(case(1, item=item)).to_json()], {})
    mail = Claimed(0, f"mail {number}", "", "digest", level, unit, "section_head", {}, {}, 1, 0, made)
    series = Series("怀政务督〔{year}〕{number}号")
    issued = Issued(f"letter-2026-{number}", series.reference(2026, number), facts, b"docx", b"pdf %d" % number)
    return mail, series, number, issued, made


@pytest.fixture
def issued(office: Desk) -> Desk:
    """A desk from which two letters were issued, to two units."""
    engine = open_database(f"sqlite:///{office.ledger}")
    with writing(engine) as connection:
        store(connection, *letter(1, "2026-03-13 09:00"))
        store(connection, *letter(2, "2026-03-16 09:00", "110116FGW", "H-other-unit"))
    engine.dispose()
    return office


def test_the_register_as_json(issued: Desk) -> None:
    called = issued.call("letters", "--format", "json")
    assert (called.code, called.err) == (0, "")
    assert [one["reference"] for one in called.json] == ["怀政务督〔2026〕2号", REFERENCE]
    one = called.json[-1]
    assert (one["items"], one["answer_by"], one["state"], one["sent"]) == (
        ["A-overdue"], "2026-03-18", "未答复", "未发出（作废）",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        pytest.param(["--year", "2026"], [2, 1], id="a year"),
        pytest.param(["--year", "2025"], [], id="a year without any"),
        pytest.param(["--unit", "区水务局"], [1], id="a unit by name"),
        pytest.param(["--unit", "110116FGW", "--year", "2026"], [2], id="both"),
    ],
)
def test_only_some(issued: Desk, options: list[str], numbers: list[int]) -> None:
    assert [one["number"] for one in issued.call("letters", "--format", "json", *options).json] == numbers


@pytest.mark.parametrize("width", ["80", "100", "200"])
def test_the_register_on_a_terminal(issued: Desk, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    out = issued.call("letters").out
    assert "共 2 份：未答复 2" in out
    assert "督办函登记簿" in out


def test_an_empty_register_says_so(office: Desk) -> None:
    assert office.call("letters").out == "没有发出过函件。\n"
    assert office.call("letters", "--format", "json").json == []


def test_the_register_as_a_workbook(issued: Desk, tmp_path: Path) -> None:
    called = issued.call("letters", "--format", "xlsx", "--out", str(tmp_path / "登记簿.xlsx"))
    assert called.code == 0
    book = CalamineWorkbook.from_path(str(tmp_path / "登记簿.xlsx"))
    assert book.sheet_names == ["督办函"]
    _, _, heads, *lines = book.get_sheet_by_index(0).to_python()
    assert [row[heads.index("文号")] for row in lines] == ["怀政务督〔2026〕2号", REFERENCE]


@pytest.mark.parametrize("typed", [REFERENCE, "怀政务督[2026]1号", " 怀政务督（2026） 1号"])
def test_a_letter_is_written_again_as_it_was_stored(issued: Desk, tmp_path: Path, typed: str) -> None:
    called = issued.call("letters", "show", typed, "--out", str(tmp_path / "out"))
    assert (called.code, called.err) == (0, "")
    assert (tmp_path / "out" / "letter-2026-1.pdf").read_bytes() == b"pdf 1"
    assert (tmp_path / "out" / "letter-2026-1.docx").read_bytes() == b"docx"


def test_a_reference_that_nobody_issued(issued: Desk, tmp_path: Path) -> None:
    called = issued.call("letters", "show", "怀政务督〔2026〕9号", "--out", str(tmp_path))
    assert called.code == 2
    assert "怀政务督〔2026〕9号" in called.err
    assert list(tmp_path.glob("letter*")) == []


def test_the_template_is_written_out_and_never_over_a_file(office: Desk, tmp_path: Path) -> None:
    target = tmp_path / "own.docx"
    assert office.call("letters", "template", str(target)).code == 0
    assert target.read_bytes() == TEMPLATE.read_bytes()
    target.write_bytes(b"ours")
    called = office.call("letters", "template", str(target))
    assert (called.code, target.read_bytes()) == (2, b"ours")


def of_the_office(office: Desk, content: bytes) -> None:
    """The office has a template of its own."""
    (office.folder / "own.docx").write_bytes(content)
    office.change("policy.toml", '# template = "督办函模板.docx"', 'template = "own.docx"')


def test_a_template_that_works_is_no_problem(office: Desk) -> None:
    of_the_office(office, TEMPLATE.read_bytes())
    assert office.call("check-config").code == 0


def spoilt() -> bytes:
    """The template with a field that nobody fills in."""
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"{{ signature }}", b"{{ signatory }}"))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"no document", "不是能用的 DOCX 文件", id="no document"),
        pytest.param(spoilt(), "signatory", id="a field that does not exist"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_told(office: Desk, content: bytes, said: str) -> None:
    of_the_office(office, content)
    called = office.call("check-config")
    assert called.code == 2
    assert "[P032]" in called.err
    assert said in called.err
