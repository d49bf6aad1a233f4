"""Readable cases, digest payloads and report entries for the tests of what people see."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from alerts.case import Case
from alerts.digest import Line
from alerts.report.entries import Beside, DataState, Entry
from alerts.report.figures import Report, report
from alerts.report.periods import Period

STRINGS = Path(__file__).parents[3] / "shared" / "data" / "naughty_strings" / "blns.json"
OWN_STRINGS = (
    "换行\r\nBcc: x@example.org",
    "\x00\x1b[31m",
    "半个\ud800代理",
    "\u202e反向",
    "=HYPERLINK(1)",
    "{{ 7 * 7 }}",
    "水" * 5000,
)
MADE_AT = datetime(2026, 11, 23, 1, 5, tzinfo=UTC)
TODAY = date(2026, 11, 23)

OVERDUE = Case(
    item="HRM1-2760925",
    clock="promised",
    unit="110116SWJ",
    unit_name="区水务局",
    matter="生产建设项目水土保持方案审批",
    project="北房镇河道治理工程",
    project_code="2201-110116-04-01-466702",
    stage="审批",
    state="overdue",
    light="red",
    start=date(2026, 10, 21),
    due=date(2026, 11, 18),
    limit=20,
    unit_of_limit="working_day",
    used=23,
    remaining=-3,
    overdue_days=3,
    countdown=-3,
)
NEAR = replace(
    OVERDUE,
    item="HRM1-2760926",
    state="due_soon",
    light="yellow",
    due=date(2026, 11, 25),
    remaining=2,
    overdue_days=0,
    countdown=2,
)


def naughty_strings() -> list[str] | None:
    """The Big List of Naughty Strings and some of our own; None where the list is not there."""
    return [*json.loads(STRINGS.read_text("utf-8")), *OWN_STRINGS] if STRINGS.is_file() else None


def line(case: Case = OVERDUE, level: str = "yellow_card", why: str = "超过审批时限已满3个工作日") -> dict[str, Any]:
    """A line of a payload."""
    return Line(case, f"{case.item}|{case.clock}|{case.due}|step", "step", level, why).to_json()


def items(case: Case, number: int, level: str = "yellow_card") -> list[dict[str, Any]]:
    """Lines of ``number`` different items."""
    return [line(replace(case, item=f"{case.item}-{place}"), level) for place in range(number)]


def digest(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The payload of a digest mail."""
    payload = {
        "unit": "110116SWJ",
        "unit_name": "区水务局",
        "audience": "deputy_leader",
        "level": "yellow_card",
        "lines": list(lines),
        "made_at": MADE_AT.isoformat(),
        "data_as_of": "2026-11-23T01:00:00+00:00",
        "stale": False,
        "dropped": [],
        "more": 0,
    }
    return json.loads(json.dumps(payload | changes))


ON_TIME = Entry(
    item="HRM1-2760001",
    unit="U1",
    unit_name="区水务局",
    matter="生产建设项目水土保持方案审批",
    project="北房镇河道治理工程",
    project_code="2201-110116-04-01-466702",
    stage="审批",
    light="green",
    received=date(2026, 10, 8),
    accepted=date(2026, 10, 12),
    closed=None,
    on_time=None,
    due=date(2026, 12, 10),
    overdue_days=0,
    unit_of_limit="working_day",
    overdue=False,
    near=False,
    red_card=False,
    paused=False,
    provisional=False,
    no_limit=False,
    became_overdue=None,
    arrived=date(2026, 10, 8),
)
NAMES = {"U1": "区水务局", "U2": "区气象局", "U3": "市规划自然资源委怀柔分局"}
WEEK = Period.week(date(2026, 11, 18))


def late(number: int, unit: str | None = "U1", days: int = 3, **changes: Any) -> Entry:
    """An item overdue by ``days`` at the end of the week."""
    return replace(
        ON_TIME,
        item=f"HRM1-3{number:06d}",
        unit=unit,
        unit_name=NAMES.get(unit or "", "某部门"),
        light="deep_red" if days > 5 else "red",
        overdue=True,
        overdue_days=days,
        red_card=days > 5,
        due=date(2026, 11, 20) - timedelta(days=days),
        became_overdue=date(2026, 11, 21) - timedelta(days=days),
        **changes,
    )


def weekly(*entries: Entry, **changes: Any) -> Report:
    """The report of the week from 16 to 22 November 2026."""
    mails = {("U1", False): 4, ("U1", True): 3}
    data = DataState(**{"as_of": MADE_AT, "stale": False, **changes})
    return report(entries, WEEK, NAMES, data, MADE_AT, Beside(mails=mails))


class Page(HTMLParser):
    """What a page is made of: its tags with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.texts: list[str] = []
        self.rows: list[list[str]] = []
        self._in_cell = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        if tag == "tr":
            self.rows.append([])
            self._in_cell = False
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())
        if self._in_cell:
            self.rows[-1][-1] += data.strip()
