"""The pictures of the report's forms, as their readers' programs show them; called by docs/pictures.py.

weekly/ of the demo | pdftoppm, LibreOffice | docs/images/weekly-*.png
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path

FORMS: tuple[tuple[str, str, int], ...] = (
    ("weekly-notice", "*.pdf", 80),
    ("weekly-workbook", "*.xlsx", 110),
    ("weekly-word", "*.docx", 80),
)
"""Name of the picture, the file it shows the first page of, dots per inch."""


def make(weekly: Path, images: Path, work: Path) -> None:
    """A picture of the first page of each form in ``weekly``; ``work`` is a folder to be thrown away."""
    for picture, pattern, resolution in FORMS:
        [source] = weekly.glob(pattern)
        _first_page(source if source.suffix == ".pdf" else _printed(source, work), images / picture, resolution)


def _printed(source: Path, work: Path) -> Path:
    """``source`` as LibreOffice prints it."""
    profile = f"-env:UserInstallation={(work / 'office').as_uri()}"
    copy = work / f"{source.suffix.removeprefix('.')}{source.suffix}"
    copy.write_bytes(source.read_bytes())
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(copy))
    return copy.with_suffix(".pdf")


def _first_page(source: Path, target: Path, resolution: int) -> None:
    arguments: Sequence[str] = ("-png", "-r", str(resolution), "-f", "1", "-l", "1", "-singlefile")
    _run("pdftoppm", *arguments, str(source), str(target))


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)  # noqa: S603
