"""How a report names its period, the one after it, and itself. Pure."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


class Terms(NamedTuple):
    """The words for a kind of period: this one, what follows it, the report on it, and its file name's beginning."""

    this: str
    following: str
    report: str
    file: str


TERMS = {
    "week": Terms("本周", "下周", "周报", "weekly"),
    "month": Terms("本月", "期后七日", "月报", "monthly"),
    "quarter": Terms("本季度", "期后七日", "季报", "quarterly"),
    "span": Terms("本期", "期后七日", "通报", "report"),
}


def terms(payload: Mapping[str, Any]) -> Terms:
    """The words of the report that ``payload`` holds."""
    return TERMS[payload["period"]["kind"]]


def stem(payload: Mapping[str, Any]) -> str:
    """The ASCII name of the report's files without its end, such as weekly-2026-W47."""
    label = _UNFIT.sub("_", payload["period"]["label"]).strip("_")
    return f"{terms(payload).file}-{label}"


def reached(payload: Mapping[str, Any]) -> list[tuple[str, int, str]]:
    """How the platform could be reached in the period: name, times it was asked, a sentence; each source, then all.

    Nothing of a report that does not know.
    """
    if (known := payload["availability"]) is None:
        return []
    told = []
    for source in known["sources"]:
        gap = source["longest_gap_hours"]
        longest = f"，最长 {gap:g} 小时没有取到数据" if gap else ""
        told.append(
            (source["name"], source["polls"], f"取数 {source['polls']} 次，失败 {source['failed']} 次{longest}。")
        )
    if len(told) != 1:
        told.append(("合计", known["polls"], f"取数 {known['polls']} 次，失败 {known['failed']} 次。"))
    return told
