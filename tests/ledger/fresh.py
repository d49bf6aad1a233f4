"""Ledgers to test with: real SQLite files, brought to their present form once and then copied."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from monitor.ledger.database import open_database


@cache
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="ledger-")) / "template.db"
    open_database(url_of(path)).dispose()
    return path


def url_of(path: Path) -> str:
    """The SQLAlchemy URL of a SQLite file."""
    return f"sqlite:///{path}"


def fresh_ledger(folder: Path, name: str = "ledger.db") -> Engine:
    """An empty ledger in ``folder``, opened as the program opens it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    shutil.copyfile(_template(), path)
    return open_database(url_of(path))
