"""A watched folder: every new file that is put into it is imported once and moved away.

folder | files that are whole | import each | move to done or failed, with its list | settle | record of the round
"""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.sources import Source
from monitor.app import App
from monitor.importing import Imported, Wish, import_file
from monitor.ledger import store
from monitor.ledger.settle import settle
from monitor.poll import PollResult
from monitor.problem_list import SUFFIX
from monitor.sources import SourceError
from monitor.sources.files.sheets import ENDINGS

QUIET_SECONDS = 5.0
"""A file that was written less than this long ago is looked at twice before it is read."""
BETWEEN_LOOKS = 1.0
PATIENCE_SECONDS = 120.0
"""For so long a file that cannot be opened is left where it is: it may be only half copied, or open elsewhere."""
DONE, FAILED = "done", "failed"


@dataclass(frozen=True, slots=True)
class Look:
    """What a file was like at one look: size, and when it was last written (seconds since 1970)."""

    size: int
    written: float


def poll_folder(app: App, settings: Source, wait: Callable[[float], object]) -> PollResult:
    """One round of a folder source.

    1. A file that is still being written (see ``QUIET_SECONDS``) is left for the next round.
    2. A file whose content was imported before changes nothing, and is moved to ``done`` all the same.
    3. One that cannot be read is moved to ``failed``, with a list that says why; others are not held up.
    4. In a dry run nothing is moved.

    ``wait`` waits for seconds between two looks at files that have just been written.
    """
    now = app.clock()
    result = PollResult(settings.name)
    folder = app.config.directory_path / (settings.folder or "")
    try:
        for path in _whole(folder, app.clock, wait):
            if app.stop.is_set():
                break
            _take(app, settings.name, path, result)
        result.counts["tables"] += 1
    except OSError as error:
        sentence = f"目录 {folder} 读不了（{error.strerror or error}）。请核对路径、网络盘与服务账号的读写权限。"
        result.errors.append(SourceError(sentence, kind="unreachable", permanent=False))
    result.counts["judged"] = settle(app.transactions, app.standards, now, "导入")
    with app.transactions.write() as connection:
        result.counts["set_aside"] = store.count_set_aside(connection)
        store.record_round(
            connection, source=settings.name, started_at=now, finished_at=app.clock(), outcome=result.outcome,
            counts=dict(result.counts), message=result.message,
        )  # fmt: skip
    return result


def _whole(folder: Path, clock: Callable[[], datetime], wait: Callable[[float], object]) -> Iterator[Path]:
    """The files of a folder that nobody is writing any more, by name. Raises OSError."""
    first = {path: look for path in _candidates(folder) if (look := _look(path))}
    fresh = {path for path, look in first.items() if not look.written + QUIET_SECONDS <= clock().timestamp()}
    if fresh:
        wait(BETWEEN_LOOKS)
    return (path for path in sorted(first) if path not in fresh or _look(path) == first[path])


def _candidates(folder: Path) -> Iterable[Path]:
    for entry in os.scandir(folder):
        name = entry.name
        hidden = name.startswith((".", "~$")) or name.endswith(SUFFIX)
        if not hidden and Path(name).suffix.lower() in ENDINGS and entry.is_file():
            yield Path(entry.path)


def _look(path: Path) -> Look | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Look(found.st_size, found.st_mtime)


def _take(app: App, source: str, path: Path, result: PollResult) -> None:
    """Imports one file and moves it away."""
    rehearsal = app.keep_in is not None
    imported = import_file(app, path, Wish(source, lists=not rehearsal))
    result.counts["files"] += 1
    if imported.state == "failed":
        look = _look(path)
        if imported.passing and look and abs(app.clock().timestamp() - look.written) < PATIENCE_SECONDS:
            result.counts["waiting"] += 1
            return
        result.errors.append(SourceError(f"文件 {path.name}：{imported.message}", kind="shape", permanent=True))
    result.counts["rows"] += imported.counts.get("rows", 0)
    result.counts["refused"] += imported.counts.get("aside", 0)
    if not rehearsal:
        _move_away(path, imported, result)


def _move_away(path: Path, imported: Imported, result: PollResult) -> None:
    """Moves a file that has been dealt with, and its list of problems; a file of that name there is never replaced."""
    folder = path.parent / (FAILED if imported.state == "failed" else DONE)
    try:
        folder.mkdir(exist_ok=True)
        target = _free(folder, path)
        if imported.state == "failed":
            target.with_name(target.name + SUFFIX).write_text(
                f"问题,怎么办\r\n{imported.message},改正后重新放入目录\r\n", "utf-8-sig"
            )
        elif imported.list is not None:
            imported.list.replace(target.with_name(target.name + SUFFIX))
        path.replace(target)
    except OSError as error:
        sentence = f"文件 {path.name} 已读过，但移不到 {folder.name}（{error.strerror or error}）。请核对目录的写权限。"
        result.errors.append(SourceError(sentence, kind="unreachable", permanent=True))


def _free(folder: Path, path: Path) -> Path:
    """A name in ``folder`` that is not taken."""
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    return target
