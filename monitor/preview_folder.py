"""What the files of a watched folder would give, read as an import would read them; none is moved or stored."""

import os
from datetime import datetime
from pathlib import Path

from config.sources import Source
from monitor.app import App
from monitor.importing import words_of
from monitor.ledger.own import local_text
from monitor.preview import MOST_SHOWN, Fault, Part, Preview, shown_text
from monitor.sources.files import FileError
from monitor.sources.files.lines import Line
from monitor.sources.files.sheets import ENDINGS, content_of, sheets_of
from monitor.sources.files.understand import understand
from monitor.stating import checked

MOST_FILES = 5


def of_folder(app: App, settings: Source) -> Preview:
    """The preview of a folder source: of the files that wait there, the first few by name."""
    folder = app.config.directory_path / (settings.folder or "")
    try:
        paths = sorted(Path(entry.path) for entry in os.scandir(folder) if _counts(entry))
    except OSError as error:
        sentence = f"目录 {folder} 读不了（{error.strerror or error}）。请核对路径、网络盘与服务账号的读写权限。"
        return Preview(settings.name, settings.kind, (Part("目录", str(folder), error=sentence),))
    return Preview(
        settings.name, settings.kind, tuple(_of_file(app, settings, path, app.clock()) for path in paths[:MOST_FILES])
    )


def _counts(entry: os.DirEntry[str]) -> bool:
    """Whether a round would look at this file."""
    return not entry.name.startswith((".", "~$")) and Path(entry.name).suffix.lower() in ENDINGS and entry.is_file()


def _of_file(app: App, settings: Source, path: Path, now: datetime) -> Part:
    try:
        sheets, _ = sheets_of(content_of(path))
        understood = understand(sheets, words_of(app, settings.name))
    except FileError as error:
        return Part("文件", path.name, error=error.message)
    lines = [line for line in checked(understood.lines, local_text(now)) if line.fate in ("taken", "aside")]
    return Part(
        "文件",
        path.name,
        read=len(lines),
        good=sum(line.kept for line in lines),
        rows=tuple(_row(line) for line in lines if line.kept)[:MOST_SHOWN],
        faults=tuple(_fault(line, number) for line in lines for number in range(len(line.problems))),
    )


def _row(line: Line) -> dict[str, str]:
    """What a line says, under the standard's names, with its events behind it."""
    said = {name: shown_text(value) for _, row in line.rows for name, value in row.items()}
    events = "；".join(f"{one.code} {one.time}" for one in (*line.exact, *line.flat))
    return {**said, **({"BLZT BLSJ": events} if events else {})}


def _fault(line: Line, number: int) -> Fault:
    problem = line.problems[number]
    place = f"{line.sheet} 第 {line.number} 行".strip()
    return Fault(problem.column, shown_text(problem.value), problem.wrong, problem.todo, 1, place)
