"""A clock that only moves when told to, and the platform's stand-in as a process of its own."""

import functools
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@dataclass
class Clock:
    """Seconds that pass only by waiting (each wait is kept) or by being moved."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@functools.cache
def _keys(file: Path) -> list[tuple[str, int]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return sorted((row["GXSJ"], row["LSH"]) for row in rows)


@dataclass
class StandIn:
    """A running stand-in: where it is, and its controls."""

    base_url: str
    token: str
    data: Path

    def control(self, **settings: object) -> int:
        """Changes faults or the clock; gives the number of requests answered so far."""
        address = self.base_url.removesuffix("/exchange/v1") + "/control"
        return int(httpx.post(address, json=settings, trust_env=False).json()["requests"])

    def keys(self, table: str, now: str) -> list[tuple[str, int]]:
        """The positions the data folder has for a table up to a moment, read without any interface."""
        return [key for key in _keys(self.data / f"{table}.jsonl.gz") if key[0] <= now]

    @property
    def tables(self) -> list[str]:
        return sorted(path.name.removesuffix(".jsonl.gz") for path in self.data.glob("*.jsonl.gz"))


@pytest.fixture
def platform() -> Iterator[StandIn]:
    """A fresh stand-in on a free port; its count of requests, on which its faults depend, starts from 0."""
    script = SHARED / "platform" / "serve.py"
    if not script.exists():
        pytest.skip("没有平台替身：仓库旁边缺少 shared/platform/serve.py，本项测试跳过。")
    command = [sys.executable, str(script), "--port", "0", "--now", "2030-01-01 00:00:00", "--token", "stand-in-secret"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, "the stand-in did not say where it listens"
            yield StandIn(found[0], "stand-in-secret", SHARED / "data" / "platform")
        finally:
            process.kill()
