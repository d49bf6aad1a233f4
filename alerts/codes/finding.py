"""How an item uses its project code, and what is wrong with it. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

NO_COUNTER = "未注明窗口"

PROBLEMS = {
    "missing": "没有填写",
    "zeros": "全是 0",
    "several": "一格多个代码",
    "prefix": "前有多余内容",
    "suffix": "后有多余内容",
    "full_width": "有全角字符",
    "hyphens": "连字符不对",
    "spaces": "有空格",
    "check_digit": "校验码不符",
    "shape": "位数或格式不对",
    "month": "月份不对",
    "year": "年份不对",
    "local_code": "不是国家统一的代码",
}
"""The words of ``check-code`` for what is wrong → what people read in a column."""

PLACEHOLDERS = frozenset({"missing", "zeros"})
"""Problems of a field in which no code was entered: left empty, a word for nothing, or zeros."""

STANDINGS = {"received": "未受理", "accepted": "已受理", "closed": "已办结"}
"""How far an item has come, the most urgent first: an item that is not accepted yet can still be stopped."""


@dataclass(frozen=True, slots=True)
class Coded:
    """An item that needs a project code, with the verdict on the one it carries.

    ``counter`` is the office that took it in; ``received`` the local date of that, or of the item's first event;
    ``problem`` one of PROBLEMS or None; ``reason`` says it in half a sentence, ``repaired`` is the right code where one
    repair is certain; ``standing`` one of STANDINGS; ``known`` False while the platform has given no project.
    """

    item: str
    unit: str | None
    unit_name: str
    counter: str
    received: date
    matter: str
    project: str
    given: str
    problem: str | None
    reason: str
    repaired: str | None
    standing: str
    known: bool = True

    @property
    def entered(self) -> bool:
        """Whether anything was entered that means to be a code."""
        return self.problem not in PLACEHOLDERS

    @property
    def right(self) -> bool:
        """Whether the code was verified."""
        return self.problem is None

    @property
    def key(self) -> str:
        """Under which the finding is remembered as told: another fault, or another wrong code, is another finding."""
        return finding_key(self.item, self.problem or "", self.given)

    def to_json(self) -> dict[str, Any]:
        """A dict of JSON values."""
        return asdict(self) | {"received": self.received.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Coded":
        """The inverse of ``to_json``."""
        return cls(**{**data, "received": date.fromisoformat(data["received"])})


PREFIX = "code|"
"""How the key of every finding begins."""


def finding_key(item: str, problem: str, given: str) -> str:
    """The key of a finding; built here and nowhere else."""
    return f"{PREFIX}{item}|{problem}|{sha256(given.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def urgent_first(one: Coded) -> tuple[int, str, date, str]:
    """Sort key: what can still be stopped, then by counter, the longest there first."""
    return (tuple(STANDINGS).index(one.standing), one.counter, one.received, one.item)


def line(one: Coded) -> dict[str, Any]:
    """A finding as a line of a mail's payload."""
    return {"key": one.key, "coded": one.to_json()}


Recheck = Callable[[Collection[str]], Mapping[str, Coded]]
"""Item numbers → how these items use their project codes now."""


def nothing_known(_items: Collection[str]) -> Mapping[str, Coded]:
    """A recheck that knows no item."""
    return {}


def as_they_are(kind: str, payload: Mapping[str, Any], recheck: Recheck) -> Mapping[str, Coded]:
    """How the items of a mail on project codes use them now; nothing of another mail, or of one that cannot be read,
    which making it will tell.
    """
    if kind != "codes":
        return {}
    try:
        items = {one["coded"]["item"] for one in (*payload["lines"], *payload["older"])}
    except (KeyError, TypeError):
        return {}
    return recheck(items)


def judged_again(
    payload: Mapping[str, Any], current: Mapping[str, Coded], state: Mapping[str, Any]
) -> tuple[Mapping[str, Any] | None, list[str]]:
    """The payload of a mail with its findings as they are now, and the keys of those that fell away.

    ``current``: item → how it uses its code now; ``state``: what else the payload says of now. None when no new finding
    is left: the older ones alone are no reason for a mail.
    """
    kept, dropped = _still(payload["lines"], current)
    older, _ = _still(payload["older"], current)
    if not kept:
        return None, dropped
    mended = [f"{item}：已更正或已无此问题" for item in _items(payload["lines"], dropped)]
    return {**payload, "lines": kept, "older": older, "dropped": mended, **state}, dropped


def _still(lines: list[Any], current: Mapping[str, Coded]) -> tuple[list[dict[str, Any]], list[str]]:
    kept: list[Coded] = []
    gone: list[str] = []
    for one in lines:
        now = current.get(one["coded"]["item"])
        if now is not None and now.problem is not None and now.key == one["key"]:
            kept.append(now)
        else:
            gone.append(one["key"])
    return [line(one) for one in sorted(kept, key=urgent_first)], gone


def _items(lines: list[Any], keys: list[str]) -> list[str]:
    return [one["coded"]["item"] for one in lines if one["key"] in keys]
