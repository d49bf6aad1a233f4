"""One of two daemons on one ledger: told on standard input which slot of which job to run, it answers with the counts.

python -m tests.story.rival CONFIG NOW
"""

import json
import sys
from datetime import datetime

from config.load import load
from monitor.app import build
from monitor.jobs.slots import run_slot
from tests.story.moments import MovedClock
from tests.story.walker import JOBS


def main(folder: str, now: str) -> None:
    """Runs what it is told until its input ends. A line is "job slot", an answer the counts or null."""
    app = build(load(folder), MovedClock(datetime.fromisoformat(now)))
    print("ready", flush=True)
    for line in sys.stdin:
        job, slot = line.split()
        outcome = run_slot(app, job, slot, JOBS[job])
        print(json.dumps(dict(outcome.counts) if outcome else None), flush=True)
    app.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
