"""A process that walks, and a parent that kills it at moments it did not choose and starts it again."""

import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from aiosmtpd.smtp import Envelope

from monitor.demo.catcher import Catcher
from tests.story.district import config_of, environment, folder_of, opened
from tests.story.moments import MovedClock
from tests.story.stand_in import StandIn, until
from tests.story.walker import steps_of, take

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 900.0
"""Seconds that one life may take at the most."""


class Arrived(NamedTuple):
    """A mail as the relay has it: whom it was for, and its bytes."""

    recipients: tuple[str, ...]
    raw: bytes


class Relay(Catcher):
    """A catcher that can end the sender at the worst moment: when it has the mail and has not said so yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._countdown = 0
        self._victim: subprocess.Popen[bytes] | None = None
        self._child: int | None = None

    def kill_at(self, victim: "subprocess.Popen[bytes] | None", mails: int) -> None:
        """Kills ``victim`` while it waits for the answer to its ``mails``-th mail from now on."""
        self._victim, self._countdown = victim, mails

    def kill_child_at(self, child: int | None, mails: int) -> None:
        """The same for a process that somebody else waits for, by its number."""
        self._child, self._countdown = child, mails

    def _keep(self, envelope: Envelope) -> None:
        super()._keep(envelope)
        self._countdown -= 1
        if self._countdown != 0:
            return
        if self._victim is not None:
            self._victim.kill()
            self._victim.wait()
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)

    @property
    def arrived(self) -> dict[str, list[Arrived]]:
        """Every mail by its Message-ID."""
        found: defaultdict[str, list[Arrived]] = defaultdict(list)
        for mail in self.mails:
            found[str(mail.message["Message-ID"])].append(Arrived(tuple(sorted(mail.recipients)), mail.raw))
        return dict(found)


@dataclass
class Story:
    """A walk of a child process over ``days``, and how many of its lives were ended."""

    place: Path
    stand_in: StandIn
    relay: Relay
    days: list[date]
    kills: int = 0
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = folder_of(self.place)

    @property
    def position(self) -> Path:
        """The file in which the child keeps how far it is."""
        return self.place / "position"

    @contextmanager
    def life(self) -> Iterator["subprocess.Popen[bytes]"]:
        """The child, started where the walk stands."""
        where = [str(self.folder), str(self.position), self.stand_in.control_url, *map(str, self.days)]
        outside = os.environ | environment(self.place, self.stand_in, self.relay.port)
        command = [sys.executable, "-m", "tests.story.walker", *where]
        with subprocess.Popen(command, cwd=ROOT, env=outside, stderr=subprocess.PIPE) as child:
            try:
                yield child
            finally:
                child.kill()

    def undisturbed(self) -> None:
        """The same walk in this process."""
        steps = steps_of(self.days)
        clock = MovedClock(steps[0].now)
        with opened(config_of(self.place, self.stand_in, self.relay.port), clock) as app:
            for step in steps:
                take(app, clock, self.stand_in.show, step)

    def to_the_end(self) -> None:
        """Walks on until the child ends by itself; any other end than a good one is an error."""
        with self.life() as child:
            _, said = child.communicate(timeout=LONGEST)
            assert child.returncode == 0, said.decode()

    def killed_as_it_begins(self) -> None:
        """Starts the walk and kills the child in its first step, which reads the platform."""
        with self.life():
            until(self.position.exists)
        self.kills += 1

    def killed_after(self, seconds: float) -> bool:
        """Walks on and kills the child after ``seconds``; False when it was done before."""
        with self.life() as child:
            try:
                _, said = child.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.kills += 1
                return True
            assert child.returncode == 0, said.decode()
            return False

    def killed_at_mail(self, number: int) -> bool:
        """Walks on and kills the child when the relay has its ``number``-th mail; False when it was done before."""
        with self.life() as child:
            self.relay.kill_at(child, number)
            _, said = child.communicate(timeout=LONGEST)
            self.relay.kill_at(None, 0)
            if child.returncode == -signal.SIGKILL:
                self.kills += 1
                return True
            assert child.returncode == 0, said.decode()
            return False

    def killed_at_random(self, chance: random.Random, most: int, longest: float) -> None:
        """Kills the child ``most`` times, by the clock or by its mails, and then lets it come to its end."""
        while self.kills < most:
            if chance.random() < 0.4:
                going = self.killed_at_mail(chance.randint(1, 5))
            else:
                going = self.killed_after(chance.uniform(0.4, longest))
            if not going:
                break
        self.to_the_end()
