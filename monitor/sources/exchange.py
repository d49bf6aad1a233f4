"""One question to an exchange interface over HTTP, asked until the answer is good or the round is over.

One request goes: stream the body (up to a size and a time) | answer.content | the asker's own judgement. An
`AnswerError` there is asked again after a pause: 0.5 s doubling to 8 s, shortened by chance by up to a half so that
several daemons do not knock together, or longer if Retry-After says so. The retry loop is our own because three things
are needed together that the retry libraries do not give: the pause and the clock are handed in (a test takes no time, a
daemon that stops interrupts the pause), one budget covers all requests of a round, and a page that looks fine is a
failure too when it is the wrong page.

The token is sent in the Authorization header and is hidden from everything else. When it is refused, and its file holds
another one meanwhile, that one is taken.
"""

import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import quote

import httpx

from config.paging import Paging
from monitor.clock import wall_clock
from monitor.mapping import Mapper
from monitor.sources import SourceError
from monitor.sources.answer import (
    AS_IT_IS,
    STANDARD,
    Answer,
    AnswerError,
    Content,
    address_parts,
    content,
    shown_address,
)
from monitor.sources.faults import ADVICE, fault_of

Query = Mapping[str, str | int]
T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_SLOW_BODY = 3  # times the timeout: a body that trickles never lets a single read time out
_MOST_BYTES = 64 * 1024 * 1024


class Exchange:
    """A kept connection to one exchange interface; call `begin_round` at the start of every round.

    `requests` counts those of the round, `failing` says that one of them failed. `clock_ahead` is how far the other
    side's clock is ahead of ours by the Date of its last answer; None while that is not known.
    """

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        token: str | None = None,
        renew: Callable[[], str | None] = lambda: None,
        tables: Mapping[str, str] | None = None,
        paging: Paging = STANDARD,
        mapper: Mapper = AS_IT_IS,
        timeout_seconds: float = 10.0,
        attempts: int = 5,
        budget_seconds: float = 120.0,
        max_bytes: int = _MOST_BYTES,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.name, self.base_url, self.requests, self.failing = name, base_url, 0, False
        self.attempts = max(1, attempts)
        self.clock_ahead: timedelta | None = None
        self._renew, self._tables, self._paging, self._mapper = renew, dict(tables or {}), paging, mapper
        self._timeout, self._budget, self._max_bytes = timeout_seconds, budget_seconds, max_bytes
        self._wait, self._monotonic, self._chance, self._now = wait, monotonic, chance, now
        self._token, self._used = (token or "").strip(), {(token or "").strip()}
        self._deadline: float | None = None
        # The default trust store of httpx is a bundled list of public authorities; an intranet's own is not in it.
        verify = ssl.create_default_context() if transport is None else True
        self._client = httpx.Client(transport=transport, verify=verify, follow_redirects=False)

    def close(self) -> None:
        """Closes the kept connection; the exchange cannot be used afterwards."""
        self._client.close()

    def begin_round(self) -> None:
        """Starts the time budget of a round and counts `requests` from 0."""
        self.requests, self.failing = 0, False
        self._deadline = self._monotonic() + self._budget

    def ask(self, table: str, query: Query, judge: Callable[[Content], T]) -> T:
        """What `judge` makes of an answer, asked for until it is good: `attempts` times, within the round's budget.

        `judge` raises `AnswerError` when the answer is not the one that was asked for. Raises `SourceError`.
        """
        if self._deadline is None:
            self.begin_round()
        tried = 0
        while True:
            self._check_time(table)
            tried += 1
            try:
                return judge(self._fetch(table, query))
            except AnswerError as fault:
                self.failing = True
                if fault.kind == "unauthorised" and self._renewed():
                    continue
                if fault.permanent or tried >= self.attempts:
                    raise self.error(table, fault, tried) from fault
                self._pause(table, fault, tried)

    def error(self, table: str, fault: AnswerError, tried: int = 0) -> SourceError:
        """The sentence of a failure: what happened, where, what to do."""
        advice = self._whose_token() if fault.kind == "unauthorised" else ADVICE[fault.kind]
        said = self._hidden(fault.said)
        words = f"，原话“{said}”" if said else ""
        times = f"（已试 {tried} 次）" if tried > 1 else ""
        where = f"来源“{self.name}”的表 {table}，{shown_address(self._url(table))}"
        return SourceError(
            f"读取失败{times}：{fault.what}{words}。位置：{where}。处理：{advice}。",
            kind=fault.kind,
            permanent=fault.permanent,
            retry_after=fault.retry_after,
        )

    def _renewed(self) -> bool:
        """Takes the token that stands in its file by now; False when it is one that was refused already."""
        token = (self._renew() or "").strip()
        if not token or token in self._used:
            return False
        self._token = token
        self._used.add(token)
        return True

    def _pause(self, table: str, fault: AnswerError, tried: int) -> None:
        """Waits before the next attempt, or raises `SourceError` if the round would be over by then."""
        backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (tried - 1)) * (1 - self._chance() / 2)
        seconds = max(backoff, fault.retry_after or 0.0)
        if seconds < self._left():
            self._wait(seconds)
            return
        if fault.retry_after is not None and seconds == fault.retry_after:
            what = f"{fault.what}，要求等待 {seconds:.0f} 秒，超过本轮剩余的时间"
            told = AnswerError(fault.kind, what, said=fault.said, retry_after=seconds)
            raise self.error(table, told, tried) from fault
        what = f"本轮 {self._budget:g} 秒的时间不够再试，最后一次的问题是：{fault.what}"
        raise self.error(table, AnswerError("budget", what, said=fault.said), tried) from fault

    def _check_time(self, table: str) -> None:
        if self._left() <= 0:
            raise self.error(table, AnswerError("budget", f"本轮 {self._budget:g} 秒的时间已用完"))

    def _left(self) -> float:
        """Seconds left of the round's budget."""
        return self._budget if self._deadline is None else self._deadline - self._monotonic()

    def _fetch(self, table: str, query: Query) -> Content:
        headers = self._headers()
        self.requests += 1
        # A gateway's login page sets a session cookie; sending it back would tie later requests to that session.
        self._client.cookies.clear()
        timeout = max(0.001, min(self._timeout, self._left()))
        named = {self._paging.table: self._tables.get(table, table)} if self._paging.table else {}
        try:
            url = httpx.URL(self._url(table)).copy_merge_params({**self._paging.extra, **named, **query})
            with self._client.stream("GET", url, timeout=timeout, headers=headers) as response:
                self._look_at_the_clock(response.headers)
                answer = Answer(response.status_code, response.headers, self._body(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise fault_of(error) from error
        return content(answer, table, self._paging, self._mapper)

    def _headers(self) -> dict[str, str]:
        if not (self._token.isascii() and self._token.isprintable()):
            raise AnswerError(
                "unauthorised", "令牌中有不能放进请求头的字符（只能是英文字母、数字和符号）", permanent=True
            )
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _look_at_the_clock(self, headers: httpx.Headers) -> None:
        """Compares the answer's Date with our clock; a cache in between (Age) gives a date of the past."""
        try:
            sent = parsedate_to_datetime(headers["date"])
            if sent.tzinfo is not None and "age" not in headers:
                self.clock_ahead = sent - self._now()
        except (KeyError, ValueError, TypeError, OverflowError):
            return

    def _body(self, response: httpx.Response) -> bytes:
        """The body, given up when it is or grows too large, or trickles for too long."""
        until = self._monotonic() + min(self._timeout * _SLOW_BODY, self._left())
        announced = response.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced[:18]) > self._max_bytes:
            raise self._too_large()
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._max_bytes:
                raise self._too_large()
            if self._monotonic() > until:
                raise AnswerError("timeout", f"收到 {len(body)} 字节后仍未收完，已中止接收")
        return bytes(body)

    def _too_large(self) -> AnswerError:
        return AnswerError("too_large", f"回答超过 {self._max_bytes / 2**20:g} MiB，已中止接收", permanent=True)

    def _url(self, table: str) -> str:
        parts = address_parts(self.base_url)
        path = self._paging.path.replace("{table}", quote(self._tables.get(table, table), safe=""))
        return parts._replace(path=parts.path.rstrip("/") + path, fragment="").geturl()

    def _whose_token(self) -> str:
        variable = re.sub(r"[^A-Z0-9]", "_", self.name.upper())
        return (
            f"请向平台方换取新令牌，并更新来源“{self.name}”的 token_file、"
            f"环境变量 APPROVAL_MONITOR_{variable}_TOKEN 或 systemd 凭据 {self.name}_token；"
            "写在文件里的，改好后自动采用，不用重启（systemd 凭据须重启服务）"
        )

    def _hidden(self, said: str) -> str:
        """Words of the other side on one short line, with every token blotted out before they are shortened."""
        for token in self._used - {""}:
            said = said.replace(token, "＊＊＊")
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
        return line if len(line) <= 120 else line[:119] + "…"
