"""Configuration folders to load: small sound ones, to be spoilt file by file."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.load import Config, ConfigError, Problem, load

HERE = Path(__file__).parent
TOKEN = {"APPROVAL_MONITOR_CITY_TOKEN": "let-me-in"}


class Folder:
    """A configuration folder of the test's own, sound until something is written into it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        shutil.copytree(HERE / "good", path)

    def write(self, file: str, text: str, mode: int = 0o644) -> Path:
        """Put ``text`` into ``file``, below the folder."""
        path = self.path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    def add(self, file: str, text: str) -> None:
        """Put ``text`` at the end of ``file``."""
        self.write(file, (self.path / file).read_text("utf-8") + text)

    def load(self, env: Mapping[str, str] = TOKEN) -> Config:
        """The configuration; the token is given unless ``env`` says otherwise."""
        return load(self.path, env)

    def problems(self, env: Mapping[str, str] = TOKEN) -> tuple[Problem, ...]:
        """Everything found, whether it stops the program or not."""
        try:
            return self.load(env).warnings
        except ConfigError as error:
            return error.problems


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A sound folder: one source, one step, one unit."""
    return Folder(tmp_path / "etc")
