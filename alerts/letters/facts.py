"""What a letter states, as plain JSON: gathered once when it is made, and kept with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from alerts.case import Case
from alerts.digest import CLOCK_NAMES, is_overdue
from alerts.wording import NOTHING, clean, long_date, overdue_by

STARTS = {
    "acceptance": "收件",
    "review": "受理",
    "promised": "受理",
    "statutory": "受理",
    "delivery": "决定",
    "answer": "督办",
}
"""What each clock runs from."""
CARDS = {"yellow_card": "黄牌", "red_card": "红牌"}
"""Levels of 督办, in short; every other notice is a 催办."""
LONGEST = {"matter": 80, "project": 100, "project_code": 60, "item": 60, "stage": 20}
NOT_OVERDUE = "今日到期"
MOST_EARLIER = 3
"""So many of the earlier notices are named, the newest; of the others there is a count."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A notice about an item that went out before: the local date, its level, the reference of its letter if any."""

    day: date
    level: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What is the same for every item of a letter.

    ``kind``: what it is called (督办函); ``addressee``: the unit's full name; ``day``: the local date of the letter;
    ``data_as_of``: ISO moment or None; ``answer_by``: local date or None where it asks for none.
    """

    kind: str
    level: str
    office: str
    unit: str
    unit_name: str
    addressee: str
    day: date
    data_as_of: str | None
    answer_by: date | None


def gathered(
    head: Letterhead, lines: Sequence[Mapping[str, Any]], earlier: Mapping[str, Sequence[Earlier]]
) -> dict[str, Any]:
    """The facts of a letter about ``lines`` (those of the mail, ``Line.to_json``), in their order.

    ``earlier``: item number → what was sent about it before.
    """
    return {
        "kind": head.kind,
        "level": head.level,
        "office": clean(head.office, 60),
        "unit": head.unit,
        "unit_name": clean(head.unit_name, 60),
        "addressee": clean(head.addressee, 60),
        "day": head.day.isoformat(),
        "data_as_of": head.data_as_of,
        "answer_by": head.answer_by.isoformat() if head.answer_by else None,
        "items": [_item(line, earlier.get(line["case"]["item"], ()), head.day) for line in lines],
    }


def keys_of(facts: Mapping[str, Any]) -> set[str]:
    """The keys of the notices that a letter is about."""
    return {item["key"] for item in facts["items"]}


def answer_by(lines: Sequence[Mapping[str, Any]]) -> date | None:
    """The local date by which the lines ask for an answer, the earliest if they differ; None when none asks."""
    dates = [date.fromisoformat(line["answer_by"]) for line in lines if line.get("answer_by")]
    return min(dates, default=None)


def _item(line: Mapping[str, Any], earlier: Sequence[Earlier], today: date) -> dict[str, Any]:
    case = Case.from_json(line["case"])
    late = is_overdue(case)
    return {
        "key": line["key"],
        **{name: clean(getattr(case, name), longest) for name, longest in LONGEST.items()},
        "clock": case.clock,
        "clock_name": CLOCK_NAMES[case.clock],
        "begun": f"{_begun(case)} {long_date(case.start)}" if case.start else NOTHING,
        "due": f"{'答复期限' if case.clock == 'answer' else '到期'} {_due(case)}",
        "overdue": late,
        "standing": overdue_by(case.overdue_days, case.unit_of_limit) if late else NOT_OVERDUE,
        "past_statutory": case.past_statutory or case.clock == "statutory",
        "statutory_due": long_date(case.statutory_due) if case.statutory_due and case.past_statutory else None,
        "earlier": _earlier(earlier, today),
        "note": clean(case.note, 120) if case.note else "",
    }


def _due(case: Case) -> str:
    return (long_date(case.due) if case.due else NOTHING) + ("（暂算）" if case.provisional else "")


def _begun(case: Case) -> str:
    """受理; 视为受理 for what is deemed accepted."""
    begun = STARTS.get(case.clock, "起算")
    return f"视为{begun}" if case.deemed and case.clock in ("promised", "statutory") else begun


def _earlier(earlier: Sequence[Earlier], today: date) -> list[str]:
    """11月16日 催办, newest last; with the reference where there was a letter, with the year where it is another."""
    ordered = sorted(earlier, key=lambda one: one.day)
    words = [_told(one, today) for one in ordered[-MOST_EARLIER:]]
    return words if len(ordered) <= MOST_EARLIER else [f"共 {len(ordered)} 次，最近：{words[0]}", *words[1:]]


def _told(one: Earlier, today: date) -> str:
    year = "" if one.day.year == today.year else f"{one.day.year}年"
    reference = f"（{one.reference}）" if one.reference else ""
    return f"{year}{one.day.month}月{one.day.day}日 {CARDS.get(one.level, '催办')}{reference}"
