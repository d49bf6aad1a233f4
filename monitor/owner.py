"""Who holds a claim: a process, named so that its death can be told on the machine it ran on."""

import os
import socket
from functools import cache
from pathlib import Path


@cache
def this_process() -> str:
    """This process as host:pid:start, where start tells it from an earlier process with the same number."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_started(pid) or 0}"


def is_dead(owner: str) -> bool:
    """Whether ``owner`` is known to be gone. A process of another machine is never known to be; its lease runs out."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    started = owner.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit() or not started.isdigit() or int(started) == 0:
        return False
    return _started(int(rest)) != int(started)


def _started(pid: int) -> int | None:
    """The start time of a process in clock ticks since boot; None when there is no such process or no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return int(fields[19])
    except (OSError, ValueError, IndexError):
        return None
