"""The daemon as a process, on the real clock: what it does, and how it ends when it is told to."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from alerts.hours import local
from monitor.demo.catcher import Catcher
from tests.story.district import config_of, environment, folder_of, mails, opened
from tests.story.moments import MovedClock, at
from tests.story.stand_in import LONG, StandIn, until

SOON = 10.0
"""Seconds within which the daemon must have ended."""
THEN = at("2022-06-30")
"""What the platform shows: its early rows are enough, and are soon read."""
ROUNDS = ("poll", "plan", "report", "overview", "deliver", "audit")


class HoldingRelay(Catcher):
    """A relay that keeps the answer to one of its mails until it is let go."""

    def __init__(self, folder: Path, hold_at: int) -> None:
        super().__init__(folder)
        self._hold_at = hold_at
        self.holding, self.go_on = threading.Event(), threading.Event()

    def _keep(self, envelope: Envelope) -> None:
        super()._keep(envelope)
        if len(self.mails) == self._hold_at:
            self.holding.set()
            self.go_on.wait(LONG)

    def __exit__(self, *error: Any) -> None:
        self.go_on.set()
        super().__exit__(*error)


class Daemon:
    """A daemon under way and the lines of its log."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._arriving: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._arriving.put(line)
        self._arriving.put(None)

    def until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Reads the log up to a line that is wanted."""
        while (line := self._arriving.get(timeout=LONG)) is not None:
            self.lines.append(json.loads(line))
            if is_wanted(self.lines[-1]):
                return self.lines[-1]
        raise AssertionError(f"the daemon has ended before: {self.lines}")

    def until_round(self, job: str) -> dict[str, Any]:
        """Reads the log up to the line of a round of ``job``."""
        return self.until(lambda line: line.get("job") == job and "good" in line)

    def told_to_stop(self) -> float:
        """Sends SIGTERM and waits for the end; returns the seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=LONG) == 0
        took = time.monotonic() - began
        self.read_out()
        return took

    def read_out(self) -> None:
        """Reads the rest of the log of a daemon that has ended."""
        self._reader.join(LONG)
        while (line := self._arriving.get(timeout=LONG)) is not None:
            self.lines.append(json.loads(line))


@pytest.fixture
def now() -> datetime:
    """The real moment, since the daemon takes no other."""
    return datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path, now: datetime) -> Path:
    """A configuration by which these days are worked and mails may leave at any hour."""
    days = [local(now + timedelta(days=number)).date() for number in (-1, 0, 1)]
    overlay: dict[int, str] = {}
    for day in days:
        overlay[day.year] = overlay.get(day.year, "") + f'[[work]]\ndate = {day}\nname = "值班"\n\n'
    return folder_of(tmp_path, overlay=overlay, hours=("00:00:00", "23:59:59.999999"))


@contextmanager
def daemon(folder: Path, stand_in: StandIn, relay: Catcher, **settings: object) -> Iterator[Daemon]:
    """The daemon as a process, its log as JSON."""
    settings = {"LOG__FORMAT": "json", **settings}
    outside = os.environ | environment(folder.parent, stand_in, relay.port, **settings)
    command = [str(Path(sys.executable).with_name("approval-monitor")), "--config", str(folder), "run"]
    with subprocess.Popen(command, env=outside, stderr=subprocess.PIPE, text=True) as process:
        found = Daemon(process)
        try:
            yield found
        finally:
            process.kill()
            process.wait()
            found._reader.join(LONG)


def outbox(folder: Path, stand_in: StandIn, now: datetime) -> list[Any]:
    """The outbox of a daemon that has ended."""
    with opened(config_of(folder.parent, stand_in), MovedClock(now)) as app:
        return mails(app)


def message_ids(relay: Catcher) -> Counter[str]:
    """The Message-IDs that have arrived, and how often."""
    return Counter(str(mail.message["Message-ID"]) for mail in relay.mails)


@pytest.mark.slow
def test_it_polls_plans_and_delivers_with_one_line_a_round_and_ends_when_told(
    tmp_path: Path, folder: Path, stand_in: StandIn, now: datetime
) -> None:
    stand_in.show(THEN)
    with Catcher(tmp_path / "mails") as relay, daemon(folder, stand_in, relay) as running:
        running.until_round(ROUNDS[-1])
        assert running.told_to_stop() < SOON
        arrived = message_ids(relay)
    told = [line["job"] for line in running.lines if "good" in line]
    assert told == list(ROUNDS)
    assert all(line["good"] for line in running.lines if "good" in line)
    assert running.lines[-1]["event"] == "守护进程已停止"
    queued = outbox(folder, stand_in, now)
    assert {mail.state for mail in queued} == {"sent"}
    assert arrived == Counter({mail.message_id: 1 for mail in queued})
    assert len(queued) > 10


@pytest.mark.slow
def test_told_to_stop_in_a_slow_poll_it_ends_soon_and_a_new_start_reads_on(
    tmp_path: Path, folder: Path, stand_in: StandIn, now: datetime
) -> None:
    stand_in.show(THEN, {"slow": 1})
    settings = {"SOURCES__CITY__TIMEOUT_SECONDS": 2, "SCHEDULE__POLL_MINUTES": 1}
    asked = stand_in.control()
    with Catcher(tmp_path / "mails") as relay:
        with daemon(folder, stand_in, relay, **settings) as running:
            running.until(lambda line: line["event"] == "守护进程已启动")
            until(lambda: stand_in.control() >= asked + 1)
            assert running.told_to_stop() < SOON
        assert "plan" not in {line.get("job") for line in running.lines if "good" in line}
        assert not relay.mails
        stand_in.show(THEN)
        with daemon(folder, stand_in, relay, **settings) as running:
            running.until_round("deliver")
            assert running.told_to_stop() < SOON
        assert message_ids(relay) == Counter({mail.message_id: 1 for mail in outbox(folder, stand_in, now)})
        assert len(relay.mails) > 10


@pytest.mark.slow
def test_told_to_stop_while_mails_leave_it_finishes_those_and_the_rest_go_after_a_new_start(
    tmp_path: Path, folder: Path, stand_in: StandIn, now: datetime
) -> None:
    stand_in.show(THEN)
    with HoldingRelay(tmp_path / "mails", hold_at=6) as relay:
        with daemon(folder, stand_in, relay) as running:
            assert relay.holding.wait(LONG)
            running.process.send_signal(signal.SIGTERM)
            running.until(lambda line: "收到停止信号" in line["event"])
            relay.go_on.set()
            assert running.told_to_stop() < SOON
        first = {mail.message_id: mail.state for mail in outbox(folder, stand_in, now)}
        sent = {message_id for message_id, state in first.items() if state == "sent"}
        assert set(first.values()) == {"sent", "pending"}
        assert message_ids(relay) == Counter(dict.fromkeys(sent, 1))
        with daemon(folder, stand_in, relay) as running:
            until(lambda: len(relay.mails) >= len(first))
            assert running.told_to_stop() < SOON
        assert message_ids(relay) == Counter(dict.fromkeys(first, 1))
        assert {mail.state for mail in outbox(folder, stand_in, now)} == {"sent"}
