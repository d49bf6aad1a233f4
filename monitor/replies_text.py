"""Answers and holds in lines for a terminal of 80 columns. Pure."""

from collections.abc import Iterator
from typing import Any

from monitor.columns import wrapped
from monitor.recorded import minute

SCOPES = {"item": "办件", "unit": "单位"}
STATES = {"active": "有效", "ended": "已到期", "lifted": "已解除"}


def answer_words(one: dict[str, Any], *, named: bool = False) -> Iterator[str]:
    """An answer in full; ``named``: with the number of its item."""
    about = f"{one['item']}　" if named else ""
    who = one["by"] if one["by"] == one["unit_name"] else f"{one['unit_name']}（{one['by']}）"
    yield from wrapped(f"{minute(one['at'])}  {about}{one['kind_text']}　{who}　{one['via_text']}", 2, 20)
    for line in filter(None, map(str.strip, one["text"].splitlines())):
        yield from wrapped(line, 20, 20)
    for file in one["attachments"]:
        yield from wrapped(f"附件 {file.get('name', '')}", 20, 20)


def hold_words(one: dict[str, Any]) -> Iterator[str]:
    """A hold: over what, until when, by whom and why, and how it ended."""
    yield from wrapped(
        f"#{one['id']}  {SCOPES[one['scope']]} {one['target_text']}　至 {one['until']}　{STATES[one['state']]}", 2, 6
    )
    yield from wrapped(f"{one['by']}（{minute(one['at'])}）：{one['why']}", 6, 6)
    if one["lifted_at"]:
        yield from wrapped(f"{one['lifted_by']} 于 {minute(one['lifted_at'])} 解除：{one['lifted_why']}", 6, 6)
