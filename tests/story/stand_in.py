"""The platform's stand-in as a process of its own, and the rows it serves, read without any interface."""

import functools
import gzip
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from alerts.hours import local

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SCRIPT = SHARED / "platform" / "serve.py"
DATA = SHARED / "data" / "platform"
TOKEN = "stand-in-secret"
LONG = 90.0
"""Seconds that anything may take on a machine that is busy."""

AT_ONCE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("serve", sys.argv[1])
serve = importlib.util.module_from_spec(spec)
spec.loader.exec_module(serve)
serve.Handler.disable_nagle_algorithm = True
del sys.argv[0]
serve.main()
"""
"""Runs the script as it is, but sends a body without waiting 40 ms for the acknowledgement of its headers: a walk of
weeks asks thousands of times."""


@dataclass
class StandIn:
    """A running stand-in: where it is, and its controls."""

    base_url: str
    token: str
    client: httpx.Client

    @property
    def control_url(self) -> str:
        """Where its clock and its faults are set."""
        return self.base_url.removesuffix("/exchange/v1") + "/control"

    def control(self, **settings: object) -> int:
        """Changes faults or the clock; gives the number of requests answered so far."""
        return int(self.client.post(self.control_url, json=settings).json()["requests"])

    def show(self, now: datetime, faults: Mapping[str, int] | None = None) -> None:
        """Sets its clock to ``now`` (aware) and its faults to these alone."""
        self.control(now=f"{local(now):%Y-%m-%d %H:%M:%S}", faults=dict(faults or {}))

    def keys(self, table: str, now: str) -> list[tuple[str, int]]:
        """The positions the data folder has for a table up to a moment, read without any interface."""
        found = sorted((row["GXSJ"], row["LSH"]) for row in raw_tables()[table])
        return [key for key in found if key[0] <= now]

    @property
    def tables(self) -> list[str]:
        """The tables it serves."""
        return sorted(raw_tables())


@functools.cache
def raw_tables() -> Mapping[str, list[dict[str, Any]]]:
    """Every row of the data folder, by table. Nobody may change them."""
    tables = {}
    for path in sorted(DATA.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            tables[path.name.removesuffix(".jsonl.gz")] = [json.loads(line) for line in lines]
    return tables


def until(is_so: Callable[[], bool]) -> None:
    """Looks again and again until it is so: what another process does, nobody here is told of."""
    deadline = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < deadline, "what was waited for did not come"
        threading.Event().wait(0.01)


def require() -> None:
    """Skips the test when the stand-in or its data are not there."""
    if not SCRIPT.exists() or not DATA.exists():
        pytest.skip("没有平台替身：仓库旁边缺少 shared/platform 或 shared/data/platform，本项测试跳过。")


@contextmanager
def running(*options: str) -> Iterator[StandIn]:
    """A fresh stand-in on a free port; its count of requests, on which its faults depend, starts from 0."""
    require()
    command = [sys.executable, "-c", AT_ONCE, str(SCRIPT), "--port", "0", "--token", TOKEN, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None, "the stand-in did not say where it listens"
            with httpx.Client(trust_env=False) as client:
                yield StandIn(found[0], TOKEN, client)
        finally:
            process.kill()
