"""One question to a database, asked until it is answered or the round is over.

Each question has a transaction of its own that can only read. A failure that may pass is asked again after a pause:
0.5 s doubling to 8 s, shortened by chance by up to a half so that several daemons do not knock together. The password
is hidden from everything but the connection. When it is refused, and its file holds another one meanwhile, that one is
taken.
"""

import random
import re
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.sources import SourceError
from monitor.sources.database_faults import FaultError, fault_of
from monitor.sources.database_session import open_engine, shown

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_TOLD = (SQLAlchemyError, ImportError, OSError, ValueError, ArithmeticError, RuntimeError, AttributeError, TypeError)
"""What databases, their drivers and dialects made for another version of SQLAlchemy are known to raise."""

Result = TypeVar("Result")


class Link:
    """A kept connection to one database; call `begin_round` at the start of every round.

    `requests` counts the questions of the round. Nothing is connected before the first question.
    """

    def __init__(
        self,
        *,
        name: str,
        url: str,
        password: str | None = None,
        renew: Callable[[], str | None] = lambda: None,
        timeout_seconds: float = 10.0,
        attempts: int = 5,
        budget_seconds: float = 120.0,
        wait: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.name, self.address, self.requests = name, shown(url), 0
        self._url, self._password, self._used, self._renew = url, password, {password or ""}, renew
        self._timeout, self._attempts, self._budget = timeout_seconds, max(1, attempts), budget_seconds
        self._wait, self._monotonic, self._chance = wait, monotonic, chance
        self._deadline: float | None = None
        self._engine: Engine | None = None

    def close(self) -> None:
        """Closes the kept connection; the next question opens another one."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def begin_round(self) -> None:
        """Starts the time budget of a round and counts `requests` from 0."""
        self.requests = 0
        self._deadline = self._monotonic() + self._budget

    def ask(self, table: str, question: Callable[[Connection], Result]) -> Result:
        """The answer to a question about a table, within the round's budget. Raises `SourceError`."""
        if self._deadline is None:
            self.begin_round()
        tried = 0
        while True:
            if self._left() <= 0:
                raise self.error(table, FaultError("budget", f"本轮 {self._budget:g} 秒的时间已用完"))
            tried += 1
            self.requests += 1
            try:
                with self._opened().connect() as connection:
                    return question(connection)
            except (FaultError, *_TOLD) as error:
                fault = fault_of(error, self._url.partition("://")[0])
                if fault.kind == "unauthorised" and self._renewed():
                    continue
                if fault.permanent or tried >= self._attempts:
                    raise self.error(table, fault, tried) from error
                self._pause(table, fault, tried)

    def error(self, table: str, fault: FaultError, tried: int = 0) -> SourceError:
        """The sentence of a failure: what happened, where, what to do."""
        said = self._hidden(fault.said)
        words = f"，原话“{said}”" if said else ""
        times = f"（已试 {tried} 次）" if tried > 1 else ""
        advice = self._whose_password() if fault.kind == "unauthorised" else fault.advice
        where = f"来源“{self.name}”的表 {table}，{self.address}"
        return SourceError(
            f"读取失败{times}：{fault.what}{words}。位置：{where}。处理：{advice}。",
            kind=fault.kind,
            permanent=fault.permanent,
        )

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = open_engine(self._url, self._password, self._timeout)
        return self._engine

    def _renewed(self) -> bool:
        """Takes the password that stands in its file by now; False when it is one that was refused already."""
        password = self._renew() or ""
        if not password or password in self._used:
            return False
        self._password = password
        self._used.add(password)
        self.close()
        return True

    def _pause(self, table: str, fault: FaultError, tried: int) -> None:
        """Waits before the next attempt, or raises `SourceError` if the round would be over by then."""
        seconds = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (tried - 1)) * (1 - self._chance() / 2)
        if seconds < self._left():
            self._wait(seconds)
            return
        what = f"本轮 {self._budget:g} 秒的时间不够再试，最后一次的问题是：{fault.what}"
        raise self.error(table, FaultError("budget", what, said=fault.said), tried) from fault

    def _left(self) -> float:
        """Seconds left of the round's budget."""
        return self._budget if self._deadline is None else self._deadline - self._monotonic()

    def _whose_password(self) -> str:
        variable = re.sub(r"[^A-Z0-9]", "_", self.name.upper())
        return (
            f"请核对 url 中的账号，并更新来源“{self.name}”的 password_file、"
            f"环境变量 APPROVAL_MONITOR_{variable}_PASSWORD 或 systemd 凭据 {self.name}_password；"
            "写在文件里的，改好后下一轮自动采用，不用重启"
        )

    def _hidden(self, said: str) -> str:
        """Words of the driver on one short line, with every password blotted out before they are shortened."""
        for secret in self._used - {""}:
            said = said.replace(secret, "＊＊＊").replace(quote(secret, safe=""), "＊＊＊")
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
        return line if len(line) <= 160 else line[:159] + "…"
