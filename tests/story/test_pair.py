"""Two daemons on one ledger: every slot is run by one of them, every mail goes out once."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App, build
from monitor.demo.catcher import Catcher
from monitor.jobs.rounds import Outcome
from monitor.jobs.slots import run_slot
from tests.story.district import JOB_RUN, config_of, environment, folder_of, mails, opened, rows
from tests.story.moments import MovedClock, at
from tests.story.stand_in import StandIn

NOW = at("2022-05-31")
ROOT = Path(__file__).resolve().parents[2]


class Rival:
    """A process that runs slots of its own accord, and how to talk to it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def begin(self, job: str, slot: str) -> None:
        """Tells it to run a slot, without waiting."""
        assert self._process.stdin is not None
        print(job, slot, file=self._process.stdin, flush=True)

    def answer(self) -> Any:
        """The counts of the round it ran; None when the slot was not its own."""
        return json.loads(self.line())

    def line(self) -> str:
        """The next line it says."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def rival(folder: Path, outside: dict[str, str]) -> Iterator[Rival]:
    """A rival that is ready."""
    command = [sys.executable, "-m", "tests.story.rival", str(folder), NOW.isoformat()]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | outside, **pipes) as process:
        found = Rival(process)
        assert found.line() == "ready"
        yield found
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=30) == 0


def both(rivals: list[Rival], job: str, slots: list[str]) -> list[Any]:
    """What each of the two answers, told at the same time."""
    for one, slot in zip(rivals, slots, strict=True):
        one.begin(job, slot)
    return [one.answer() for one in rivals]


@pytest.mark.slow
def test_two_processes_share_the_slots_and_send_every_mail_once(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in.show(NOW)
    folder = folder_of(tmp_path)
    with Catcher(tmp_path / "mails") as catcher, ExitStack() as stack:
        outside = environment(tmp_path, stand_in, catcher.port)
        rivals = [stack.enter_context(rival(folder, outside)) for _ in range(2)]
        for job in ("poll", "plan", "report"):
            answers = both(rivals, job, ["one-slot", "one-slot"])
            assert sum(answer is not None for answer in answers) == 1, (job, answers)
        # A delivery by hand beside the daemon's has a slot of its own, so both deliver at once.
        delivered = both(rivals, "deliver", ["the-daemon", "by-hand"])
        arrived = Counter(str(mail.message["Message-ID"]) for mail in catcher.mails)
    with opened(config_of(tmp_path, stand_in), MovedClock(NOW)) as app:
        sent = {mail.message_id for mail in mails(app) if mail.state == "sent"}
        assert len(sent) == len(mails(app)) > 20
    assert arrived == Counter(dict.fromkeys(sent, 1))
    assert sum(answer["sent"] for answer in delivered) == len(sent)


def test_of_two_threads_that_want_a_slot_at_the_same_moment_one_gets_it(tmp_path: Path, stand_in: StandIn) -> None:
    config, slots = config_of(tmp_path, stand_in), [f"slot-{number}" for number in range(40)]
    done: list[str] = []
    together = threading.Barrier(2)

    def all_slots(app: App) -> int:
        def work(_: App) -> Outcome:
            done.append(slot)
            return Outcome("poll", True, "")

        won = 0
        for slot in slots:
            together.wait(timeout=20)
            won += run_slot(app, "poll", slot, work) is not None
        return won

    apps = [build(config, MovedClock(NOW)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        wins = sum(pool.map(all_slots, apps))
    assert wins == len(slots)
    assert sorted(done) == sorted(slots)
    assert {run.outcome for run in rows(apps[0], JOB_RUN)} == {"good"}
    for app in apps:
        app.engine.dispose()


def test_a_slot_whose_holder_was_told_to_stop_is_run_again_by_the_next(tmp_path: Path, stand_in: StandIn) -> None:
    def cut_short(app: App) -> Outcome:
        app.stop.set()
        return Outcome("poll", False, "")

    config, clock = config_of(tmp_path, stand_in), MovedClock(NOW)
    with opened(config, clock) as first, opened(config, clock) as second:
        assert run_slot(first, "poll", "one-slot", cut_short) is not None
        assert run_slot(second, "poll", "one-slot", lambda _: Outcome("poll", True, "")) is not None
        assert run_slot(second, "poll", "one-slot", cut_short) is None
