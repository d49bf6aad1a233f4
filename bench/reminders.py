"""A hundred thousand items that a notice is owed for, to 16 units: planned, judged again, built and handed over.

Measured by the default configuration, with the whole list as a workbook and the formal letters; and without them, as
other programs do the same job.
"""

import json
import smtplib
import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import accumulate
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ingest import memory
from bench.ledgers import app_on, bare, configuration, copied, ledger_of_lives
from bench.mails import sending, units_of
from bench.relay import Relay, relaying
from bench.sizes import Sizes
from bench.world import NOW, TODAY, Life, Lives, stored, workdays
from config.load import Config
from monitor.app import App
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.judge import Facts, Standards, judge
from monitor.ledger.verdicts import COLUMNS

GROUP = "reminders"
SHAPES = 5_000
A_SECOND = 20_000
MOST_MEBIBYTES = 300
RECORD = ("notice", "decision", "change", "mail")
LINES = 50
"""How many lines of a mail the bare pass lists."""


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """From the plan to the last mail that the relay has taken, and the memory of the process at its largest."""
    config = configuration(folder / "config", units=units_of(16))
    standards = Standards(config.policy, config.units, config.matters, workdays())
    lives = owing(min(SHAPES, sizes.owed), standards)
    plain = ledger_of_lives(folder / "owed.db", sizes.owed, lives, config, standards)
    with closing(bare(plain)) as connection:
        connection.execute("UPDATE item SET next_at = ?", (stored(NOW),))
    with relaying() as relay:
        limit = best(lambda: _bare(copied(plain, "bare.db"), relay))
        found = []
        for name, chosen in (("mails alone", _without_files(config)), ("with workbooks and letters", config)):
            app = app_on(copied(plain, "run.db"), sending(chosen, relay))
            seconds = best(lambda app=app: _sent(app))
            app.engine.dispose()
            found += [
                Figure(
                    GROUP, f"{sizes.owed:,} items owed, {name}", seconds, "s", limit,
                    "sqlite3, prefix sums, one mail a unit, smtplib", most=sizes.owed / A_SECOND,
                    rate=per_second(sizes.owed, seconds, "items"),
                ),
                Figure(GROUP, f"memory of the process, {name}", memory("VmHWM"), "MiB", most=MOST_MEBIBYTES),
            ]  # fmt: skip
            if chosen is not config:
                floor, written = _record(plain.with_name("run.db"), copied(plain, "floor.db"))
                words = f"sqlite3 and json: {written}"
                found.append(Figure(GROUP, f"the same beside the record of it, {name}", seconds, "s", floor, words))
    return found


def _record(ran: Path, target: Path) -> tuple[float, str]:
    """Seconds to write into ``target`` what the round on ``ran`` has put on record, with nothing thought about it.

    The rows of its notices, decisions, changes and mails, the items as they were judged; a mail's lines made JSON when
    it is queued, read when it leaves, and made JSON again.
    """
    with closing(bare(ran)) as raw:
        rows = {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in RECORD}
        items = raw.execute(f"SELECT {', '.join(COLUMNS)}, item FROM item").fetchall()
        payloads = [json.loads(payload) for (payload,) in raw.execute("SELECT payload FROM mail")]
    update = f"UPDATE item SET {', '.join(f'{name} = ?' for name in COLUMNS)} WHERE item = ?"
    with closing(bare(target)) as raw:

        def work() -> None:
            for payload in payloads:
                json.dumps(json.loads(json.dumps(payload)))
            raw.execute("BEGIN IMMEDIATE")
            for name, found in rows.items():
                raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(found[0]))})", found)
            raw.executemany(update, items)
            raw.execute("COMMIT")

        seconds = best(work)
    return seconds, ", ".join(f"{len(found):,} {name}s" for name, found in rows.items()) + f", {len(items):,} items"


def owing(count: int, standards: Standards) -> list[Life]:
    """Lives of items that are near their due date or past it."""
    found, lives = [], Lives(seed=8, closed=0)
    while len(found) < count:
        life = lives.one()
        one = judge(Facts("", unit_code="", limit_days=life.limit), life.versions, standards, NOW)
        if one.light.value not in ("green", "grey"):
            found.append(life)
    return found


def _without_files(config: Config) -> Config:
    letters = config.policy.letters.model_copy(update={"enabled": False})
    policy = config.policy.model_copy(update={"attach_list": "never", "letters": letters})
    return Config(config.directory_path, config.settings, policy, config.units, config.matters, config.overlay)


def _sent(app: App) -> None:
    planned, delivered = plan_round(app), deliver_round(app)
    if not planned.counts["mails"] or delivered.counts["sent"] < planned.counts["mails"]:
        raise RuntimeError(f"not every mail was sent: {planned.sentence} {delivered.sentence}")


def _bare(ledger: Path, relay: Relay) -> None:
    """The same pass without any of the care: due dates by prefix sums, a notice an item, a mail a unit."""
    calendar = workdays()
    first = TODAY.toordinal() - 800
    worked = list(accumulate(calendar.is_workday(TODAY.fromordinal(day)) for day in range(first, first + 1600)))
    with closing(sqlite3.connect(ledger, isolation_level=None)) as raw, smtplib.SMTP("127.0.0.1", relay.port) as smtp:
        raw.execute("PRAGMA synchronous=FULL")
        accepted = dict(raw.execute("SELECT item, min(moment) FROM event WHERE code = 3 GROUP BY item"))
        lines: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for item, unit, limit in raw.execute("SELECT item, unit, limit_days FROM item"):
            if when := accepted.get(item):
                used = worked[TODAY.toordinal() - first] - worked[TODAY.fromisoformat(when[:10]).toordinal() - first]
                lines[unit].append((limit - used, item))
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("CREATE TABLE told (item PRIMARY KEY, unit)")
        raw.execute("CREATE TABLE sent (unit PRIMARY KEY, payload)")
        for unit, found in lines.items():
            found.sort()
            raw.executemany("INSERT INTO told VALUES (?, ?)", ((item, unit) for _, item in found))
            raw.execute("INSERT INTO sent VALUES (?, ?)", (unit, json.dumps(found)))
        raw.execute("COMMIT")
        for found in lines.values():
            text = "\r\n".join(f"{item} {left}" for left, item in found[:LINES])
            smtp.sendmail("monitor@bench.test", ["handler@u1.test"], f"Subject: {len(found)}\r\n\r\n{text}")
