"""A district that is walked in lives of one step each, by children forked from a process that has all its imports.

A life costs what its step costs, so that a thousand of them can be ended. As a script it is the process that forks:
it reads a line of JSON for each life and answers with a line: the child's number, then how it ended.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from config.load import Config, load
from monitor.app import App, build
from monitor.demo.platform import SimulatedPlatform
from monitor.demo.server import PlatformServer
from monitor.jobs.slots import minute_slot, run_slot
from monitor.workdays import Workdays
from tests.faults.kills import Relay
from tests.story.district import folder_of, working_days
from tests.story.moments import MovedClock
from tests.story.walker import JOBS, Step, steps_of

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "simulated"
START = "2026-09-28"


@dataclass(frozen=True)
class Point:
    """A moment named by what the ledger is asked to do: the ``number``-th statement that begins like ``statement``.

    ``committed``: only when the transaction of that statement is over.
    """

    statement: str
    number: int = 1
    committed: bool = False


@dataclass
class District:
    """A walk over the simulated platform of the demonstration, and the relay its mails go to."""

    place: Path
    relay: Relay
    server: PlatformServer
    days: Sequence[date]
    letters: bool = False
    kills: Counter[str] = field(default_factory=Counter)
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = folder_of(self.place, letters=self.letters)

    @property
    def steps(self) -> list[Step]:
        """Every round of these days, in order."""
        return steps_of(self.days)

    @property
    def environment(self) -> dict[str, str]:
        """What points the configuration folder at the platform and at the relay."""
        told = {
            "DATA_DIR": self.place / "data", "SOURCES__CITY__BASE_URL": self.server.base_url,
            "DELIVERY__SENDER": "approval-monitor@huairou.test", "DELIVERY__ENABLED": "true",
            "DELIVERY__PORT": self.relay.port, "DELIVERY__TIMEOUT_SECONDS": 10,
        }  # fmt: skip
        named = {f"APPROVAL_MONITOR__{name}": str(value) for name, value in told.items()}
        return named | {"APPROVAL_MONITOR_CITY_TOKEN": TOKEN}

    @contextmanager
    def opened(self, now: datetime) -> Iterator[App]:
        """The app on this ledger."""
        app = build(load(self.folder, self.environment), MovedClock(now))
        try:
            yield app
        finally:
            app.engine.dispose()

    @contextmanager
    def forking(self) -> Iterator["Forking"]:
        """The process that children are forked from."""
        command = [sys.executable, "-m", "tests.faults.lives", str(self.folder)]
        with subprocess.Popen(
            command, cwd=ROOT, env=os.environ | self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        ) as process:  # fmt: skip
            try:
                yield Forking(process, self)
            finally:
                process.kill()

    def undisturbed(self) -> list[float]:
        """The whole walk, nobody ended. Returns how many seconds the work of each step took."""
        with self.forking() as lives:
            return [lives.whole(step) for step in self.steps]

    def ended_at_random(self, chance: random.Random, kills: int, seconds: Sequence[float]) -> None:
        """The walk with ``kills`` lives ended at random moments, spread over its steps; ``seconds`` each step takes.

        A moment is one of the clock's, or one of the relay's, when it has a mail and has not said so yet. A step that
        comes to its end in spite of that is not begun again.
        """
        with self.forking() as lives:
            for number, (step, longest) in enumerate(zip(self.steps, seconds, strict=True), 1):
                while self.kills.total() * len(seconds) < kills * number:
                    if not lives.ended(step, chance, longest):
                        break
                lives.whole(step)


@dataclass
class Forking:
    """The process that forks, asked life by life."""

    process: "subprocess.Popen[str]"
    district: District

    def whole(self, step: Step) -> float:
        """A life that is let through. Returns the seconds that its work took."""
        status, seconds = self._life(step)
        assert status == 0, step
        return seconds

    def ended(self, step: Step, chance: random.Random, longest: float) -> bool:
        """A life that is ended at a random moment, unless it is over before. Returns whether it was."""
        if step.job == "deliver" and chance.random() < 0.3:
            return self.ended_with_mail(step, chance.randint(1, 3))
        # Mostly early: what a life has done is done, and there is less left for the next.
        return self._count(step.job, self._life(step, seconds=longest * chance.random() ** 3))

    def ended_with_mail(self, step: Step, number: int) -> bool:
        """A life that is ended when the relay has its ``number``-th mail and has not said so yet."""
        return self._count("after DATA", self._life(step, mail=number))

    def ended_at(self, step: Step, point: Point) -> bool:
        """A life that is ended at a named moment."""
        return self._count(f"{step.job} {point}", self._life(step, point=point))

    def _count(self, where: str, ending: tuple[int, float]) -> bool:
        status, _ = ending
        assert status in (0, -signal.SIGALRM, -signal.SIGKILL), (where, status)
        self.district.kills[where] += status != 0
        return status != 0

    def _life(
        self, step: Step, *, seconds: float | None = None, point: Point | None = None, mail: int | None = None
    ) -> tuple[int, float]:
        """How a child's life ended (its exit code), and how many seconds it worked if it was let through."""
        assert self.process.stdin
        assert self.process.stdout
        self.district.server.now = step.now
        order = {"now": step.now.isoformat(), "job": step.job, "seconds": seconds, "waits": mail is not None}
        order |= {"point": [point.statement, point.number, point.committed] if point else None}
        self._say(order)
        child = int(self.process.stdout.readline())
        if mail is not None:
            self.district.relay.kill_child_at(child, mail)
            self._say({"go": True})
        status = json.loads(self.process.stdout.readline())
        self.district.relay.kill_child_at(None, 0)
        return status["code"], status["seconds"]

    def _say(self, order: Mapping[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()


@contextmanager
def districts(place: Path, days: int, names: Sequence[str], *, letters: bool = False) -> Iterator[list[District]]:
    """Districts alike, each with a ledger, a relay and a platform of its own, over the first ``days`` working days.

    With ``letters`` their 督办 carry formal letters.
    """
    workdays = Workdays()
    listed = working_days(START, days)
    with ExitStack() as stack:
        found = []
        for name in names:
            platform = SimulatedPlatform(7, listed[0], workdays)
            server = PlatformServer(platform, token=TOKEN, now=steps_of(listed)[0].now)
            stack.enter_context(server)
            relay = stack.enter_context(Relay(place / f"{name}-mails"))
            found.append(District(place / name, relay, server, listed, letters))
        yield found


def main(folder: str) -> None:
    """Forks a child for each order that comes in."""
    config = load(Path(folder))
    Workdays()
    for line in sys.stdin:
        order = json.loads(line)
        telling, told = os.pipe()
        child = os.fork()
        if child == 0:
            _live(config, order, told)
        os.close(told)
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        with os.fdopen(telling) as pipe:
            seconds = float(pipe.read() or 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status), "seconds": seconds}), flush=True)


def _live(config: Config, order: Mapping[str, Any], told: int) -> None:
    if order["waits"]:
        sys.stdin.readline()
    now = datetime.fromisoformat(order["now"])
    app = build(config, MovedClock(now))
    if order["seconds"] is not None:
        # The alarm that nobody handles ends the process on the spot, whatever it is at.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(order["seconds"], 1e-6))
    if order["point"]:
        _end_at(app.engine, *order["point"])
    began = time.monotonic()
    outcome = run_slot(app, order["job"], minute_slot(now, 10), JOBS[order["job"]])
    os.write(told, str(time.monotonic() - began).encode())
    os._exit(0 if outcome is None or outcome.good else 1)


def _end_at(engine: Engine, statement: str, number: int, committed: bool) -> None:
    wanted, met = re.compile(statement, re.IGNORECASE | re.DOTALL), 0

    def asked(_connection: Any, _cursor: Any, text: str, _given: Any, _context: Any, _many: bool) -> None:
        nonlocal met
        met += wanted.match(text) is not None
        if met >= number and not committed:
            os.kill(os.getpid(), signal.SIGKILL)

    def over(_connection: Connection) -> None:
        # Called before the commit reaches the file: the next statement of all comes after it.
        if met >= number:
            event.listen(engine, "before_cursor_execute", lambda *_: os.kill(os.getpid(), signal.SIGKILL))

    event.listen(engine, "before_cursor_execute", asked)
    if committed:
        event.listen(engine, "commit", over)


if __name__ == "__main__":
    main(*sys.argv[1:])
