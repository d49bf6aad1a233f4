"""Digest mails judged again, rendered, built and sent to a relay in another process."""

import smtplib
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, best, per_second
from bench.ledgers import app_on, bare, configuration, ledger_of_lives
from bench.relay import Relay, relaying
from bench.sizes import Sizes
from bench.world import NOW, Lives, stored, workdays
from config.load import Config
from config.policy import Role
from config.settings import Delivery
from config.units import Unit, UnitDirectory
from monitor.jobs.rounds import deliver_round, plan_round
from monitor.judge import Standards

GROUP = "mails"
ITEMS_A_UNIT = 12
# Addresses of .example count as not yet filled in and keep mails from leaving; .test is reserved as well.
ROLES = (Role.HANDLER, Role.SECTION_HEAD, Role.DEPUTY_LEADER, Role.PRINCIPAL)


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """A delivery round over kept connections, beside bare smtplib that sends as many ready texts of the same size."""
    config = configuration(folder / "config", units=units_of(sizes.mails))
    standards = Standards(config.policy, config.units, config.matters, workdays())
    items, lives = sizes.mails * ITEMS_A_UNIT, Lives(seed=4, closed=0).many(997)
    ledger = ledger_of_lives(folder / "mails.db", items, lives, config, standards)
    with relaying() as relay:
        app = app_on(ledger, sending(config, relay))
        _make_all_due(ledger)
        plan_round(app)
        _keep_only(ledger, sizes.mails)
        seconds = best(lambda: deliver_round(app))
        mails, size = relay.taken()
        if mails != sizes.mails:
            raise RuntimeError(f"{mails} mails arrived instead of {sizes.mails}")
        limit = best(lambda: _bare(relay.port, mails, size // mails))
    words = f"smtplib, one kept connection, ready texts of {size // mails:,} bytes"
    rate = per_second(mails, seconds, "mails")
    return [Figure(GROUP, "digests judged again, built and sent", seconds, "s", limit, words, rate=rate)]


def units_of(count: int) -> UnitDirectory:
    return UnitDirectory(
        [
            Unit(
                id=f"U{number:05}",
                name=f"第{number}局",
                full_name=f"怀柔区第{number}局",
                contacts={role: (f"{role.value.replace('_', '-')}@u{number}.test",) for role in ROLES},
            )
            for number in range(count)
        ],
        {Role.SUPERVISOR: ("supervisor@office.test",), Role.OPERATOR: ("operator@office.test",)},
    )


def sending(config: Config, relay: Relay) -> Config:
    """``config`` with delivery through the relay."""
    delivery = Delivery(enabled=True, host="127.0.0.1", port=relay.port, sender="monitor@bench.test")
    settings = config.settings.model_copy(update={"delivery": delivery})
    return Config(config.directory_path, settings, config.policy, config.units, config.matters, config.overlay)


def _make_all_due(ledger: Path) -> None:
    with closing(bare(ledger)) as connection:
        connection.execute("UPDATE item SET next_at = ?", (stored(NOW),))


def _keep_only(ledger: Path, mails: int) -> None:
    """Leaves as many mails in the outbox as are to be measured."""
    with closing(bare(ledger)) as connection:
        connection.execute("DELETE FROM mail WHERE id NOT IN (SELECT id FROM mail ORDER BY id LIMIT ?)", (mails,))


def _bare(port: int, mails: int, size: int) -> None:
    line = "5" * 74 + "\r\n"
    text = "Subject: bench\r\n\r\n" + line * (size // len(line))
    with smtplib.SMTP("127.0.0.1", port) as client:
        for _ in range(mails):
            client.sendmail("monitor@bench.test", ["handler@u1.test"], text)
