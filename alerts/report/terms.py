"""How the files of a report are called, and how the platform's availability is told. Pure."""

import re
from collections.abc import Mapping
from typing import Any

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
FILES = {"week": "weekly", "month": "monthly", "quarter": "quarterly", "span": "report"}
"""Kind of the period → how the names of the report's files begin."""


def stem(payload: Mapping[str, Any]) -> str:
    """The ASCII name of the report's files without its end, such as weekly-2026-W47."""
    label = _UNFIT.sub("_", payload["period"]["label"]).strip("_")
    return f"{FILES[payload['period']['kind']]}-{label}"


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
