"""The platform's exchange interface over HTTP: asking, asking again, and knowing when to stop.

    GET {base_url}/tables/{table}?since=…&after=…&limit=…   Authorization: Bearer …

One request goes: stream the body (up to a size and a time) | answer.content | answer.page. An `AnswerError` there is
asked again after a pause: 0.5 s doubling to 8 s, shortened by chance by up to a half so that several daemons do not
knock together, or longer if Retry-After says so. The retry loop is our own because three things are needed together
that the retry libraries do not give: the pause and the clock are handed in (a test takes no time, a daemon that stops
interrupts the pause), one budget covers all requests of a round, and a page that looks fine is a failure too when it
is the wrong page.

The token is sent in the Authorization header and is hidden from everything else.
"""

import random
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from monitor.sources import START, Kind, Page, Position, SourceError, position_of
from monitor.sources.answer import Answer, AnswerError, Content, address_parts, content, page, shown_address

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
_SLOW_BODY = 3  # times the timeout: a body that trickles never lets a single read time out
_PROOFS, _PROOFS_WHEN_FAILING = 2, 4
_MOST_BYTES = 64 * 1024 * 1024

_ADVICE: dict[Kind, str] = {
    "unreachable": "请检查网络、base_url 以及对方服务是否在运行",
    "timeout": "如经常发生，请调大 timeout_seconds 或调小 page_size",
    "tls": "请检查对方证书是否过期，其签发机构是否已装入本机的信任库",
    "redirect": "请核对 base_url，并确认没有经过需要登录的网关",
    "rate_limited": "请调大轮询间隔，或与平台方商定频率",
    "http_4xx": "请核对 base_url 和 tables 中的表名",
    "http_5xx": "下一轮会再试；如持续，请联系平台方",
    "too_large": "请调小 page_size",
    "login": "下一轮会再试；如持续，请核对令牌，并确认没有经过需要登录的网关",
    "code": "下一轮会再试；如持续，请把以上代码告知平台方",
    "cut": "下一轮会再试；如持续，请检查网络或调小 page_size",
    "not_json": "请核对 base_url 是否为数据接口的地址",
    "shape": "请把以上情况告知平台方，并核对接口版本",
    "repeat": "下一轮会从同一位置再试；如持续，请联系平台方",
    "empty": "下一轮会从同一位置再试；如持续，请联系平台方",
    "budget": "下一轮会从已保存的位置继续；如经常发生，请调大 budget_seconds",
}


class HttpSource:
    """Reads tables of one platform over one kept connection; call `begin_round` at the start of every round.

    `tables` maps our names of tables to the source's where they differ. `attempts` is per page; `timeout_seconds` per
    network operation (a whole answer may take three times that); `budget_seconds` covers all pages and tables of a
    round. `wait`, `monotonic` and `chance` (0 up to 1) are handed in so that pauses can be shortened and tested.
    Credentials inside `base_url` are not used: a secret belongs into the token. Certificates are checked against the
    machine's own store, where an intranet's authority is installed.
    """

    def __init__(
        self,
        *,
        name: str,
        base_url: str,
        token: str | None = None,
        page_size: int = 500,
        timeout_seconds: float = 10.0,
        attempts: int = 5,
        budget_seconds: float = 120.0,
        tables: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        max_bytes: int = _MOST_BYTES,
    ) -> None:
        self.name = name
        self.requests = 0
        self._base_url, self._page_size, self._timeout = base_url, page_size, timeout_seconds
        self._attempts, self._budget, self._tables = max(1, attempts), budget_seconds, dict(tables or {})
        self._wait, self._monotonic, self._chance, self._max_bytes = wait, monotonic, chance, max_bytes
        self._token = (token or "").strip()
        self._sendable = self._token.isascii() and self._token.isprintable()
        self._deadline: float | None = None
        self._failing = False
        headers = {"Authorization": f"Bearer {self._token}"} if self._token and self._sendable else {}
        # The default trust store of httpx is a bundled list of public authorities; an intranet's own is not in it.
        verify = ssl.create_default_context() if transport is None else True
        self._client = httpx.Client(headers=headers, transport=transport, verify=verify, follow_redirects=False)

    def __repr__(self) -> str:
        return f"HttpSource(name={self.name!r}, base_url={shown_address(self._base_url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the kept connection; the source cannot be used afterwards."""
        self._client.close()

    def begin_round(self) -> None:
        """Starts the time budget of a round and counts `requests` from 0."""
        self.requests = 0
        self._failing = False
        self._deadline = self._monotonic() + self._budget

    def pages(self, table: str, start: Position = START) -> Iterator[Page]:
        """All pages of `table` strictly after `start`, in order; at least one, which is empty when there is nothing.

        Raises `SourceError` when a page could not be had; the pages yielded before it are good and can be stored.
        """
        current = self._confirmed(table, start)
        yield current
        while not current.last:
            current = self._ask(table, current.end, self._page_size, promised=True)
            yield current

    def one(self, table: str, start: Position) -> Page:
        """The first row strictly after `start`, or an empty page: reads a row again that was broken on its way.

        The row may have been updated meanwhile and have moved on: compare its LSH with the row that was wanted.
        Raises `SourceError`.
        """
        got = self._ask(table, start, 1)
        if not got.rows:
            got = self._ask(table, start, 1)
        if len(got.rows) <= 1:
            return got
        row = got.rows[0]
        return Page(table, start, (row,), position_of(row) or start, last=False)

    def _confirmed(self, table: str, start: Position) -> Page:
        """The first page, believed once requests in a row agree where it begins.

        A page later on is checked against the one before. The first has nothing to be checked against: a wrongly empty
        answer would look like "nothing new", and a page repeated from an earlier reading that lies further on would
        make the cursor leap over the rows between, for good. Two that agree are enough, four for an empty answer of a
        source that has failed in this round. But an answer that begins earlier than they do always wins: the others
        left rows out. Of those that agree, the longest is taken.
        """
        seen: list[Page] = []
        agreed, number = 0, 0
        for _ in range(max(_PROOFS_WHEN_FAILING, self._attempts)):
            got = self._ask(table, start, self._page_size)
            same = bool(seen) and _beginning(got) == _beginning(seen[-1])
            self._failing |= bool(seen) and not same
            agreed = agreed + 1 if same and self.requests == number + 1 else 1
            seen.append(got)
            number = self.requests
            needed = _PROOFS_WHEN_FAILING if self._failing and not got.rows else _PROOFS
            if agreed >= needed and _beginning(got) == min(map(_beginning, seen)):
                return max(seen[-agreed:], key=lambda candidate: len(candidate.rows))
        return min(seen, key=_beginning)

    def _ask(self, table: str, start: Position, limit: int, *, promised: bool = False) -> Page:
        """One page, asked for until it is good: `attempts` times, within the round's budget. Raises `SourceError`."""
        if self._deadline is None:
            self.begin_round()
        tried = 0
        while True:
            self._check_time(table)
            tried += 1
            try:
                return page(table, start, self._fetch(table, start, limit), promised=promised)
            except AnswerError as fault:
                self._failing = True
                if fault.permanent or tried == self._attempts:
                    raise self._error(table, fault, tried) from fault
                self._pause(table, fault, tried)

    def _pause(self, table: str, fault: AnswerError, tried: int) -> None:
        """Waits before the next attempt, or raises `SourceError` if the round would be over by then."""
        backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (tried - 1)) * (1 - self._chance() / 2)
        seconds = max(backoff, fault.retry_after or 0.0)
        if seconds < self._left():
            self._wait(seconds)
            return
        if fault.retry_after is not None and seconds == fault.retry_after:
            what = f"{fault.what}，要求等待 {seconds:.0f} 秒，超过本轮剩余的时间"
            raise self._error(table, AnswerError(fault.kind, what, said=fault.said), tried) from fault
        what = f"本轮 {self._budget:g} 秒的时间不够再试，最后一次的问题是：{fault.what}"
        raise self._error(table, AnswerError("budget", what, said=fault.said), tried) from fault

    def _check_time(self, table: str) -> None:
        if self._left() <= 0:
            raise self._error(table, AnswerError("budget", f"本轮 {self._budget:g} 秒的时间已用完"), 0)

    def _left(self) -> float:
        """Seconds left of the round's budget."""
        return self._budget if self._deadline is None else self._deadline - self._monotonic()

    def _fetch(self, table: str, start: Position, limit: int) -> Content:
        if not self._sendable:
            raise AnswerError(
                "unauthorised", "令牌中有不能放进请求头的字符（只能是英文字母、数字和符号）", permanent=True
            )
        self.requests += 1
        # A gateway's login page sets a session cookie; sending it back would tie later requests to that session.
        self._client.cookies.clear()
        query: dict[str, str | int] = {"since": start.since, "after": start.after, "limit": limit}
        timeout = max(0.001, min(self._timeout, self._left()))
        try:
            url = httpx.URL(self._url(table)).copy_merge_params(query)
            with self._client.stream("GET", url, timeout=timeout) as response:
                answer = Answer(response.status_code, response.headers, self._body(response))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _fault_of(error) from error
        return content(answer)

    def _body(self, response: httpx.Response) -> bytes:
        """The body, given up when it grows too large or trickles for too long."""
        until = self._monotonic() + min(self._timeout * _SLOW_BODY, self._left())
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._max_bytes:
                raise AnswerError("too_large", f"回答超过 {self._max_bytes / 2**20:g} MiB，已中止接收", permanent=True)
            if self._monotonic() > until:
                raise AnswerError("timeout", f"收到 {len(body)} 字节后仍未收完，已中止接收")
        return bytes(body)

    def _url(self, table: str) -> str:
        parts = address_parts(self._base_url)
        name = quote(self._tables.get(table, table), safe="")
        return parts._replace(path=f"{parts.path.rstrip('/')}/tables/{name}", fragment="").geturl()

    def _error(self, table: str, fault: AnswerError, tried: int) -> SourceError:
        advice = self._whose_token() if fault.kind == "unauthorised" else _ADVICE[fault.kind]
        said = self._hidden(fault.said)
        words = f"，原话“{said}”" if said else ""
        times = f"（已试 {tried} 次）" if tried > 1 else ""
        where = f"来源“{self.name}”的表 {table}，{shown_address(self._url(table))}"
        return SourceError(
            f"读取失败{times}：{fault.what}{words}。位置：{where}。处理：{advice}。",
            kind=fault.kind,
            permanent=fault.permanent,
        )

    def _whose_token(self) -> str:
        variable = re.sub(r"[^A-Z0-9]", "_", self.name.upper())
        return (
            f"请向平台方换取新令牌，并更新来源“{self.name}”的 token_file、"
            f"环境变量 APPROVAL_MONITOR_{variable}_TOKEN 或 systemd 凭据 {self.name}_token"
        )

    def _hidden(self, said: str) -> str:
        """Words of the other side on one short line, with the token blotted out before they are shortened."""
        if self._token:
            said = said.replace(self._token, "＊＊＊")
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
        return line if len(line) <= 120 else line[:119] + "…"


def _beginning(got: Page) -> tuple[bool, Position]:
    """Where a page begins; a page without any placed row comes after all others."""
    first = next((place for row in got.rows if (place := position_of(row))), None)
    return (first is None, first or START)


def _fault_of(error: httpx.HTTPError | httpx.InvalidURL) -> AnswerError:
    """The fault behind an exception of the HTTP library."""
    refused = _tls_error(error)
    if refused is not None:
        certificate = isinstance(refused, ssl.SSLCertVerificationError)
        what = "对方的证书未通过验证" if certificate else "无法建立加密连接"
        return AnswerError("tls", what, said=str(refused), permanent=certificate)
    if isinstance(error, httpx.TimeoutException):
        return AnswerError("timeout", "对方没有在规定时间内回答")
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return AnswerError("unreachable", "地址不合法", permanent=True)
    if isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError)):
        return AnswerError("cut", "回答在传输中断开或损坏", said=str(error))
    return AnswerError("unreachable", "连接不上对方", said=str(error))


def _tls_error(error: BaseException) -> ssl.SSLError | None:
    """The TLS failure in the chain of causes; httpx reports it as a failed connection."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause
