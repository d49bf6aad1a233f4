"""Desks to call the program from, each with files of its own."""

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.load import init
from tests.cli.office import TOKEN, Desk, SmallPlatform, ordinary


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a call changes for the whole process is as it was: the umask, the log; the terminal is 80 columns wide."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    umask = os.umask(0o022)
    for name in [name for name in os.environ if name.startswith("APPROVAL_MONITOR")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    yield
    os.umask(umask)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def platform() -> Iterator[SmallPlatform]:
    """The platform with a few ordinary items; nobody changes it."""
    with SmallPlatform(ordinary().tables) as running:
        yield running


def desk_at(folder: Path, base_url: str) -> Desk:
    """A desk whose configuration is what ``init`` writes, its source at ``base_url`` and asked once."""
    init(folder)
    source = "APPROVAL_MONITOR__SOURCES__CITY__"
    env = {f"{source}BASE_URL": base_url, f"{source}ATTEMPTS": "1", "APPROVAL_MONITOR_CITY_TOKEN": TOKEN}
    return Desk(folder, env)


@pytest.fixture
def desk(tmp_path: Path, platform: SmallPlatform) -> Desk:
    """A desk that has not been used: no ledger yet."""
    return desk_at(tmp_path / "etc", platform.base_url)


@pytest.fixture(scope="session")
def polled(tmp_path_factory: pytest.TempPathFactory, platform: SmallPlatform) -> Path:
    """A ledger that a poll has filled once for all tests."""
    desk = desk_at(tmp_path_factory.mktemp("polled") / "etc", platform.base_url)
    called = desk.call("poll")
    assert called.code == 0, called.err
    return desk.ledger


@pytest.fixture
def office(desk: Desk, polled: Path) -> Desk:
    """A desk whose ledger holds the ordinary items."""
    desk.data.mkdir(mode=0o700)
    shutil.copyfile(polled, desk.ledger)
    desk.ledger.chmod(0o600)
    return desk
