"""Handing prepared mails to a relay over four kept connections, beside Postfix's smtp-source doing the same.

Both talk to Postfix's smtp-sink. Where these two programs are not installed, a Python relay and smtplib stand in.
"""

import asyncio
import shutil
import smtplib
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.mailer import SmtpConnection
from alerts.mime import as_bytes, build
from alerts.render import Rendered
from bench.figures import Figure, best, per_second
from bench.relay import relaying
from bench.sizes import Sizes
from bench.world import NOW
from config.settings import Delivery

GROUP = "smtp"
SESSIONS = 4
SIZE = 20_480
WORTH = 4
"""At the most so many times as long as smtp-source: a quarter of its rate."""
SENDER, RECIPIENT = "monitor@bench.test", "handler@u1.test"


def measure(sizes: Sizes, folder: Path) -> list[Figure]:
    """The seconds for as many mails of 20 KB, ready to be handed over."""
    del folder
    count = sizes.prepared
    with _sink() as (port, by_postfix):
        limit = best(lambda: _source(port, count) if by_postfix else _smtplib(port, count), sizes.times)
        seconds = best(lambda: asyncio.run(_ours(port, count)), sizes.times)
    words = f"smtp-source, {SESSIONS} sessions" if by_postfix else "smtplib, one kept connection (no Postfix here)"
    return [
        Figure(
            GROUP, f"{count:,} prepared mails of 20 KB, {SESSIONS} connections", seconds, "s", limit, words,
            most_ratio=WORTH if by_postfix else None, rate=per_second(count, seconds, "mails"),
        )
    ]  # fmt: skip


@contextmanager
def _sink() -> Iterator[tuple[int, bool]]:
    folders = "/usr/sbin:/usr/bin"
    sink = shutil.which("smtp-sink") or shutil.which("smtp-sink", path=folders)
    if sink is None or (shutil.which("smtp-source") or shutil.which("smtp-source", path=folders)) is None:
        with relaying() as relay:
            yield relay.port, False
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sink, "-u", "root", f"127.0.0.1:{port}", "100"]) as process:
        try:
            _until_it_listens(port)
            yield port, True
        finally:
            process.terminate()


def _until_it_listens(port: int) -> None:
    for _ in range(100):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("smtp-sink does not listen")


def _source(port: int, count: int) -> None:
    source = shutil.which("smtp-source", path="/usr/sbin:/usr/bin") or "smtp-source"
    shape = ["-s", str(SESSIONS), "-m", str(count), "-l", str(SIZE), "-d", "-f", SENDER, "-t", RECIPIENT]
    subprocess.run([source, *shape, f"127.0.0.1:{port}"], check=True)


def _smtplib(port: int, count: int) -> None:
    text = b"Subject: bench\r\n\r\n" + (b"5" * 74 + b"\r\n") * (SIZE // 76)
    with smtplib.SMTP("127.0.0.1", port) as client:
        for _ in range(count):
            client.sendmail(SENDER, [RECIPIENT], text)


async def _ours(port: int, count: int) -> None:
    settings = Delivery(enabled=True, host="127.0.0.1", port=port, sender=SENDER)
    text = Rendered("bench", "5" * (SIZE * 3 // 8 - 500), "5" * (SIZE * 3 // 8 - 500))
    message = build(
        text, sender=SENDER, sender_name="", to=[RECIPIENT], message_id="<bench@bench.test>", date=NOW
    )  # fmt: skip
    content = as_bytes(message)
    left = iter(range(count))

    async def work() -> None:
        async with SmtpConnection(settings) as connection:
            for _ in left:
                await connection.hand_over(content, SENDER, [RECIPIENT])

    await asyncio.gather(*(work() for _ in range(SESSIONS)))
