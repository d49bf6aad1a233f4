"""Readable items with project codes, right and wrong, for the tests of what is told of them."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from alerts.codes.finding import Coded, line

RIGHT = "2106-440100-04-01-237448"
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
"""The week that reports are about."""
NAMES = {"U1": "区水务局", "U2": "区气象局", "U3": "区交通局"}
NOBODY = ("unassigned", "未匹配单位")

GOOD = Coded(
    item="HRM1-1",
    unit="U1",
    unit_name="区水务局",
    counter="综合窗口一组",
    received=MONDAY,
    matter="水土保持方案审批",
    project="河道治理工程",
    given=RIGHT,
    problem=None,
    reason="项目代码正确，校验码相符",
    repaired=None,
    standing="received",
)
HYPHENS = replace(
    GOOD,
    given=RIGHT.replace("-", ""),
    problem="hyphens",
    reason="项目代码的连字符缺失或位置不对",
    repaired=RIGHT,
)
WRONG = replace(
    GOOD, given=RIGHT[:-1] + "9", problem="check_digit", reason=f"项目代码 {RIGHT[:-1]}9 的校验码不符，至少有一位录错"
)
EMPTY = replace(GOOD, given="", problem="missing", reason="没有填写项目代码")


def received(of: Coded, days: int, **changes: Any) -> Coded:
    """``of``, received ``days`` after the Monday of the week."""
    return replace(of, received=MONDAY + timedelta(days=days), **changes)


def many(of: Coded, number: int, **changes: Any) -> list[Coded]:
    """``number`` items like ``of``."""
    return [replace(of, item=f"{of.unit}-{of.problem}-{place:03d}", **changes) for place in range(number)]


def payload(*found: Coded, older: tuple[Coded, ...] = (), **changes: Any) -> dict[str, Any]:
    """The payload of a daily mail."""
    plain = {
        "audience": "counter",
        "lines": [line(one) for one in found],
        "older": [line(one) for one in older],
        "most": 50,
        "rest": 0,
        "made_at": "2026-11-23T01:05:00+00:00",
        "data_as_of": "2026-11-23T01:00:00+00:00",
        "stale": False,
        "dropped": [],
    }
    made: dict[str, Any] = json.loads(json.dumps(plain | changes))
    return made
