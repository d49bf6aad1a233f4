"""Makes the pictures of the formal letters and of the ledger of warnings: python docs/picture_letters.py

    demo | letters and workbook as they come out of it | LibreOffice, pdftoppm | docs/images/*.png

Needs what the documentation's readers do not: soffice, pdftoppm, and a Chinese font. The register of a short
demonstration has no letter long enough for an annex, so the one shown lists what all its letters list.
"""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from json import loads
from pathlib import Path
from typing import Any

from alerts.letters.forms import documents

IMAGES = Path(__file__).parent / "images"
COMMAND = str(Path(sys.executable).parent / "approval-monitor")
PIXELS_PER_INCH = "80"
ANNEX_PAGE = 3
SHEETS = (("预警事项电子台账（逐次预警）", "warnings-ledger"), ("督办函登记簿", "letters-register"))
"""How the first printed page of a sheet begins, and the name of its picture."""


def main() -> None:
    """All pictures, each overwritten."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = folder / "demo"
        _run(COMMAND, "demo", "--dir", str(demo))
        _letters(demo, folder)
        _sheets(demo, folder)


def _letters(demo: Path, folder: Path) -> None:
    """The newest red letter as PDF and as DOCX, and the annex of a long one."""
    with closing(sqlite3.connect(demo / "data" / "ledger.db")) as ledger:
        rows = ledger.execute("SELECT level, facts, pdf, docx, reference FROM letter ORDER BY id DESC").fetchall()
    newest = next(row for row in rows if row[0] == "red_card")
    (folder / "letter.pdf").write_bytes(newest[2])
    (folder / "letter-word.docx").write_bytes(newest[3])
    _convert(folder / "letter-word.docx", folder)
    facts: dict[str, Any] = loads(newest[1])
    items = [item for row in rows for item in loads(row[1])["items"]]
    (folder / "letter-annex.pdf").write_bytes(documents(facts | {"items": items}, newest[4], None).pdf)
    _shoot(folder / "letter.pdf", 1, "letter")
    _shoot(folder / "letter-word.pdf", 1, "letter-word")
    _shoot(folder / "letter-annex.pdf", ANNEX_PAGE, "letter-annex")


def _sheets(demo: Path, folder: Path) -> None:
    """The first printed page of each of the two sheets."""
    book = folder / "ledger.xlsx"
    book.write_bytes((demo / "台账.xlsx").read_bytes())
    _convert(book, folder)
    pages = _run("pdftotext", str(folder / "ledger.pdf"), "-").split("\f")
    for beginning, picture in SHEETS:
        number = next(place for place, text in enumerate(pages, 1) if text.strip().startswith(beginning))
        _shoot(folder / "ledger.pdf", number, picture)


def _convert(document: Path, folder: Path) -> None:
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(document))


def _shoot(pdf: Path, page: int, picture: str) -> None:
    arguments: Sequence[str] = ("-png", "-r", PIXELS_PER_INCH, "-f", str(page), "-l", str(page), "-singlefile")
    _run("pdftoppm", *arguments, str(pdf), str(IMAGES / picture))


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


if __name__ == "__main__":
    main()
