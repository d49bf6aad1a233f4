"""One answer of the exchange interface, read and judged; pure, so that saved answers can be tested.

    Answer (status, headers, body)
    | content   is it an answer of the interface at all?
    | page      is it the page that was asked for?

Each step raises `AnswerError` with the kind of failure. HTTP 200 proves nothing here: the platform's gateway can
answer 200 with a login page, with an error code in the body, with half a body, with the page before, or with no rows.
"""

import json
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import NamedTuple, NoReturn
from urllib.parse import SplitResult, urlsplit

from config.paging import Paging
from monitor.mapping import Mapper
from monitor.sources import Kind, Page, Position, position, position_of

_GB = {"gb2312", "gbk", "gb18030", "cp936"}


class AnswerError(Exception):
    """Why an answer is not to be believed.

    `said` holds words of the other side. They are kept out of the exception's own text because they may repeat what
    was sent, the token included; who shows them must hide it first. `retry_after` is in seconds.
    """

    def __init__(
        self, kind: Kind, what: str, *, said: str = "", permanent: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(what)
        self.kind: Kind = kind
        self.what = what
        self.said = said
        self.permanent = permanent
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case (or a mapping that does not care)."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Content(NamedTuple):
    """What a good answer says: its rows (mapped, and as given where that differs), whether more follow, and from where
    (None when that is unreadable), and how many rows there are altogether (None when it does not say)."""

    rows: tuple[dict[str, object], ...]
    more: bool
    next: Position | None
    given: tuple[dict[str, object], ...] = ()
    total: int | None = None


STANDARD = Paging()
AS_IT_IS = Mapper()


def content(answer: Answer, table: str, layout: Paging = STANDARD, mapper: Mapper = AS_IT_IS) -> Content:
    """The rows of an answer about ``table`` (its standard name), laid out as ``layout`` says and mapped.

    Raises `AnswerError` unless it is a complete, successful answer of the interface.
    """
    _check_status(answer, layout)
    document = _document(answer, layout)
    _check_code(document, layout)
    rows = at(document, layout.rows)
    if rows is MISSING:
        raise AnswerError("shape", f"回答中缺少 {layout.rows or '记录'}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError("shape", f"{layout.rows or '回答'} 不是由记录组成的数组")
    mapped = tuple(mapper.map(table, row) for row in rows)
    given: tuple[dict[str, object], ...] = ()
    if any(map(operator.ne, rows, mapped)):
        given = tuple(mapper.given(table, row) for row in rows)
        given = given if given != mapped else ()
    if layout.style == "page":
        return Content(mapped, False, None, given, _total(document, layout))
    following = at(document, layout.next)
    if following is MISSING:
        raise AnswerError("shape", f"回答中缺少 {layout.next}")
    if following is not None and not isinstance(following, dict):
        raise AnswerError("shape", f"{layout.next} 既不是 null 也不是游标")
    return Content(mapped, following is not None, _next(following, layout, mapper), given)


MISSING = object()
"""What stands where nothing stands; null is something."""


def at(document: object, place: str) -> object:
    """What stands at a dotted place of a JSON document; MISSING where there is none."""
    for key in place.split(".") if place else ():
        if not isinstance(document, dict) or key not in document:
            return MISSING
        document = document[key]
    return document


def _next(following: dict[str, object] | None, layout: Paging, mapper: Mapper) -> Position | None:
    if not following:
        return None
    return position(mapper.value("GXSJ", at(following, layout.next_since)), at(following, layout.next_after))


def _total(document: object, layout: Paging) -> int | None:
    if not layout.total:
        return None
    total = at(document, layout.total)
    if isinstance(total, str) and total.strip().isascii() and total.strip().isdigit():
        total = int(total.strip()[:15])
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise AnswerError("shape", f"回答中没有总行数 {layout.total}")
    return total


def page(table: str, start: Position, found: Content, *, promised: bool) -> Page:
    """The page of `table` after `start`, or `AnswerError` if the rows found cannot be that page.

    `promised` says that the page before announced this one, so that it cannot be empty. Rows without a usable
    position are handed on and move nothing. Rows that stand at one and the same position are let through.
    """
    end, placed = start, True
    for row in found.rows:
        place = position_of(row)
        placed = place is not None
        if place is None:
            continue
        if place <= start:
            raise AnswerError(
                "repeat", f"回答中有游标 {_show(start)} 处或之前的记录 {_show(place)}，像是重复了以前的一页"
            )
        if place < end:
            raise AnswerError("shape", f"记录没有按（GXSJ，LSH）排序：{_show(place)} 排在 {_show(end)} 之后")
        end = place
    if found.more:
        _check_next(start, end, found, placed=placed)
    elif promised and not found.rows:
        raise AnswerError("empty", f"上一页说还有后续记录，游标 {_show(start)} 之后却是空页")
    return Page(table, start, found.rows, end, last=not found.more, given=found.given)


def address_parts(url: str) -> SplitResult:
    """The parts of an address without user name and password; all empty when it is not an address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
    return parts._replace(netloc=parts.netloc.rpartition("@")[2])


def shown_address(url: str) -> str:
    """An address without the parts that may hold secrets."""
    return address_parts(url)._replace(query="", fragment="").geturl()


def _check_next(start: Position, end: Position, found: Content, *, placed: bool) -> None:
    """`next` must be the position of the last row; when that row has none, it only must not lie before the rows."""
    if found.next == start:
        raise AnswerError("repeat", f"下一页的游标仍是 {_show(start)}，没有前进")
    if not found.rows:
        raise AnswerError("empty", "这一页没有记录，却说还有下一页")
    if end == start:
        raise AnswerError("shape", f"整页 {len(found.rows)} 条记录都没有可用的 GXSJ 和 LSH，无法继续向后读")
    if placed and found.next != end:
        raise AnswerError("shape", f"下一页的游标与本页最后一条记录 {_show(end)} 不符")
    if found.next is not None and found.next < end:
        raise AnswerError("shape", f"下一页的游标在本页最后一条记录 {_show(end)} 之前")


def _show(place: Position) -> str:
    return f"（{place.since or '起点'}，{place.after}）"


def _check_status(answer: Answer, layout: Paging) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    said, retry_after = _said(answer, layout), _retry_after(answer)
    if status < 400:
        _refuse_redirect(answer)
    if status in (401, 403):
        raise AnswerError(
            "unauthorised", f"对方拒绝了令牌（HTTP {status}），令牌无效、已过期或没有权限", said=said, permanent=True
        )
    if status == 404:
        raise AnswerError("http_4xx", "对方没有这张表或这个地址（HTTP 404）", said=said, permanent=True)
    if status == 429:
        raise AnswerError("rate_limited", "对方说请求过于频繁（HTTP 429）", said=said, retry_after=retry_after)
    if status < 500:
        passing = status in (408, 425)
        raise AnswerError("http_4xx", f"对方不接受这个请求（HTTP {status}）", said=said, permanent=not passing)
    raise AnswerError("http_5xx", f"对方服务出错（HTTP {status}）", said=said, retry_after=retry_after)


def _refuse_redirect(answer: Answer) -> NoReturn:
    """A redirect is never followed: it leads to a login page, or it would carry the token to another host."""
    place = shown_address(answer.headers.get("location", ""))
    moved = answer.status in (301, 308)
    raise AnswerError(
        "redirect", f"对方要求转到别的地址（HTTP {answer.status}），没有跟随", said=place, permanent=moved
    )


def _document(answer: Answer, layout: Paging) -> object:
    """The body as a JSON object, or as an array where rows stand alone; everything else is named for what it is."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = answer.body.removeprefix(b"\xef\xbb\xbf").strip()
    if "html" in kind or body[:9].lower().startswith((b"<!doctype", b"<html")):
        raise AnswerError("login", "得到的是一个网页而不是数据，多半是登录页")
    if kind and "json" not in kind and kind != "text/plain":
        raise AnswerError("not_json", "回答的内容类型不是 JSON", said=kind)
    if not body:
        raise AnswerError("cut", "回答是空的")
    try:
        document = json.loads(_text(answer, body), parse_constant=str)
    except (ValueError, RecursionError):
        if body.startswith((b"{", b"[")):
            raise AnswerError("cut", f"回答不完整，收到 {len(answer.body)} 字节后中断") from None
        raise AnswerError("not_json", "回答不是 JSON") from None
    if not isinstance(document, dict) and layout.rows:
        raise AnswerError("shape", "回答不是一个 JSON 对象")
    return document


def _text(answer: Answer, body: bytes) -> str:
    """JSON is UTF-8; older gateways declare and send a Chinese national encoding."""
    charset = answer.headers.get("content-type", "").lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    return body.decode("gb18030" if charset in _GB else "utf-8")


def _check_code(document: object, layout: Paging) -> None:
    if not layout.code:
        return
    code = at(document, layout.code)
    if isinstance(code, bool):
        code = str(code).lower() if layout.success.lower() in ("true", "false") else MISSING
    if code is None or not isinstance(code, (int, str)) or not str(code).strip():
        raise AnswerError("shape", f"回答中没有结果代码 {layout.code}")
    told = _plain_code(code)
    if told == _plain_code(layout.success):
        return
    message = at(document, layout.message) if layout.message else ""
    said = message if isinstance(message, str) else ""
    if told in ("401", "403"):
        raise AnswerError("unauthorised", f"对方拒绝了令牌（结果代码 {told}）", said=said, permanent=True)
    number, words = (f"（结果代码 {told}）", said) if told.isdigit() else ("", f"{told} {said}".strip())
    raise AnswerError("code", f"对方报告失败{number}", said=words)


def _plain_code(code: object) -> str:
    """A code as text, short, a number without leading zeros."""
    text = str(code).strip()[:20]
    return str(int(text)) if text.isascii() and text.isdigit() else text


def _said(answer: Answer, layout: Paging) -> str:
    """The message in the body of a refusal, if it has one in the interface's own form."""
    try:
        message = at(json.loads(_text(answer, answer.body)), layout.message or "message")
    except (ValueError, RecursionError):
        return ""
    return message if isinstance(message, str) else ""


def _retry_after(answer: Answer) -> float | None:
    """Seconds to wait as told by Retry-After, in either of its forms.

    A date is measured from the answer's own Date, so that a difference between the two machines' clocks does not
    matter; without a Date it says nothing.
    """
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        then, sent = parsedate_to_datetime(value), parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (then - sent).total_seconds())
    except (ValueError, TypeError):
        return None
