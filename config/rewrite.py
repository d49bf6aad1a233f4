"""A configuration file written anew in the place of the old one: checked before, whole or not at all, a copy kept."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from config.checks import check_matters
from config.documents import Document, read
from config.ladder_checks import check_reach
from config.loaded import MATTERS
from config.matters import Matter, MattersFile
from config.policy import Policy
from config.problems import ConfigError, Problem
from config.validate import validated

KEPT = ".bak"


class RewriteError(Exception):
    """The file was not written, and the old one is as it was; the message is a Chinese sentence."""


def read_text(path: Path) -> str:
    """The text of a configuration file, byte order mark and line ends as they are. Raises OSError, RewriteError."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise RewriteError(f"{path} 不是 UTF-8 编码，没有改写。请在编辑器里另存为 UTF-8 编码。") from error


def replace_matters(
    folder: Path, before: str, after: str, wanted: Mapping[str, Matter], policy: Policy
) -> tuple[Path, tuple[Problem, ...]]:
    """Puts the text ``after`` in the place of matters.toml, which must still be ``before``.

    1. The new text is written beside the old file, with the owner and rights of that.
    2. It is loaded and checked as a configuration is, and must say just what is ``wanted`` (by code).
    3. The old file is copied to matters.toml.bak, and the new one takes its place in one step.

    Returns the path of the copy and what the checks remark. Raises RewriteError, ConfigError or OSError, the old file
    then being as it was.
    """
    target = Path(os.path.realpath(folder / MATTERS))
    new = _beside(target, after)
    try:
        remarks = _checked(new, wanted, policy)
        if read_text(target) != before:
            raise RewriteError(f"{target} 刚被别人改过，没有写入。请重新运行，按新的内容再比较一次。")
        kept = target.with_name(target.name + KEPT)
        os.replace(_beside(target, before), kept)
        os.replace(new, target)
        _flush(target.parent)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()
    return kept, tuple(remarks)


def _beside(target: Path, text: str) -> Path:
    """A new file in the folder of ``target``, with its owner and rights, safely on the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            like = target.stat()
            with suppress(PermissionError):
                os.chown(path, like.st_uid, like.st_gid)
            os.chmod(path, like.st_mode & 0o777)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    return path


def _checked(path: Path, wanted: Mapping[str, Matter], policy: Policy) -> Sequence[Problem]:
    document = read(path, MATTERS)
    if not isinstance(document, Document):
        raise ConfigError([document])
    value, faults = validated(MattersFile, document)
    if value is None:
        raise ConfigError(faults)
    problems = [*check_matters(value.matter, document.places), *check_reach(policy, value.matter, document.places)]
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    if {matter.code: matter for matter in value.matter} != dict(wanted):
        raise RewriteError(f"改写后的 {MATTERS} 与比较的结果不一致，没有写入。请把该文件交给开发者。")
    return [problem for problem in problems if problem.code.startswith("M")]


def _flush(folder: Path) -> None:
    """Makes sure that the new name of the file outlives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
