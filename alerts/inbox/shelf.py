"""Files that came with answers, kept below one folder: readable by their owner alone, under names that do no harm."""

import os
import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from alerts.inbox.incoming import File
from alerts.wording import clean

LONGEST_NAME = 80
_UNFIT = re.compile(r"[^\w.\-()（）\u4e00-\u9fff]+")


class Shelf:
    """The folder, and how many bytes it may hold in all."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._used: int | None = None

    def keep(self, message_id: str, files: Sequence[File]) -> tuple[dict[str, Any], ...]:
        """Keeps the files of a message; of each its name, size and digest, and its place below the folder.

        A file that cannot be kept has no place (None) but says why. Kept a second time it is the same file, so a round
        that was cut short leaves nothing double.
        """
        place = sha256(message_id.encode("utf-8", "replace")).hexdigest()[:16]
        return tuple(
            self._kept(f"{place}/{number:02d}-{safe(file.name)}", file) for number, file in enumerate(files, 1)
        )

    def _kept(self, place: str, file: File) -> dict[str, Any]:
        found = {"name": clean(file.name, 200), "size": len(file.content), "sha256": sha256(file.content).hexdigest()}
        path = self._folder / place
        if path.exists() and path.stat().st_size == len(file.content):
            return {**found, "path": place}
        if self._bytes_used() + len(file.content) > self._most:
            return {**found, "path": None, "why": "附件存放空间已满，原件在邮箱里"}
        try:
            _write(path, file.content)
        except OSError as error:
            return {**found, "path": None, "why": f"附件没有存下（{error.strerror}），原件在邮箱里"}
        self._used = self._bytes_used() + len(file.content)
        return {**found, "path": place}

    def _bytes_used(self) -> int:
        if self._used is None:
            self._used = sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())
        return self._used


def safe(name: str) -> str:
    """A file name without anything a file system, a shell or a browser could take for more than a name."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, end = _UNFIT.sub("_", plain).strip("._ ").rpartition(".")
    if not dot:
        stem, end = end, ""
    return (stem[: LONGEST_NAME - 12].strip("._") or "file") + (f".{end[:10]}" if end else "")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(path.name + ".part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    partial.replace(path)
