"""What the ledger and the ladder must say of the stand-in's rows, by the naive reference alone."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from alerts.hours import local
from tests import reference
from tests.reference import EVENTS, ITEMS, MATTERS, Entry, Row
from tests.story.stand_in import raw_tables

REMINDERS = (("promised-in-3", -3), ("promised-in-1", -1), ("promised-today", 0))
"""The default ladder of the promised clock up to the due date: step and working days relative to it."""
RED_AT, RED_EVERY, RED_MOST = 5, 5, 6
ACCEPTANCE = {"acceptance-in-1": -1, "acceptance-today": 0, "acceptance-deemed": 1}
ANSWER_WITHIN = {"yellow_card": 3, "red_card": 2}
"""Working days that a card gives for an answer."""
TOO_OLD = 60
"""Working days past due beyond which nothing is mailed about what was not told of before."""


def naive(now: datetime) -> datetime:
    """The local moment without a zone, as the reference wants it."""
    return local(now).replace(tzinfo=None)


@cache
def _by_item() -> tuple[Mapping[str, list[Row]], Mapping[str, list[Row]]]:
    items: defaultdict[str, list[Row]] = defaultdict(list)
    events: defaultdict[str, list[Row]] = defaultdict(list)
    for row in raw_tables()[ITEMS]:
        items[row["SPSXSLBM"]].append(row)
    for row in raw_tables()[EVENTS]:
        events[row["SPSXSLBM"]].append(row)
    return items, events


def ledger(now: datetime) -> dict[str, Entry]:
    """Every item at ``now`` (aware)."""
    return reference.ledger(raw_tables(), naive(now))


@cache
def may_change_after(start: datetime) -> frozenset[str]:
    """The items that are not closed for good at ``start``: open, not there yet, or with a row that comes later."""
    known, (item_rows, event_rows) = ledger(start), _by_item()
    moved = {
        item
        for item in item_rows
        if any(reference.moment(row["GXSJ"]) > naive(start) for row in (*item_rows[item], *event_rows[item]))
    }
    return frozenset(item for item in item_rows if item in moved or item not in known or not known[item]["closed"])


def entries(items: Collection[str], now: datetime) -> dict[str, Entry]:
    """These items at ``now`` (aware)."""
    item_rows, event_rows = _by_item()
    chosen: dict[str, list[Row]] = {
        ITEMS: [row for item in items for row in item_rows[item]],
        EVENTS: [row for item in items for row in event_rows[item]],
        MATTERS: [*raw_tables()[MATTERS]],
    }
    return reference.ledger(chosen, naive(now))


def promised_step(entry: Entry) -> tuple[str, int] | None:
    """The last step of the promised clock that the item has reached, and which repetition of it; None for none."""
    if entry["closed"] or entry["paused"] or entry["due"] is None:
        return None
    beyond, limit = -entry["remaining"], entry["limit"]
    if beyond >= RED_AT:
        return "promised-red", min((beyond - RED_AT) // RED_EVERY, RED_MOST)
    if beyond >= 1:
        return "promised-yellow", 0
    reached = [name for name, mark in REMINDERS if beyond >= mark and (mark == 0 or 2 * (limit + mark) >= limit)]
    return (reached[-1], 0) if reached else None


def keys_owed(known: Mapping[str, Entry], today: date, decided: Collection[str]) -> Iterator[str]:
    """The keys of the notices that must have been decided for these items at the latest, one an item and clock.

    ``decided``: those that were. What nobody was told of before it was long overdue is owed nothing.
    """
    for item, entry in known.items():
        step = promised_step(entry)
        if step is not None and (entry["overdue_days"] <= TOO_OLD or _any_of(item, "promised", decided)):
            name, repeat = step
            yield f"{item}|promised|{entry['due']}|{name}" + (f"#{repeat}" if repeat else "")
        if entry["deemed_accepted"]:
            due = date.fromisoformat(entry["acceptance_due"])
            if reference.counted(due, today, ()) <= TOO_OLD or _any_of(item, "acceptance", decided):
                yield f"{item}|acceptance|{entry['acceptance_due']}|acceptance-deemed"


def _any_of(item: str, clock: str, decided: Collection[str]) -> bool:
    return any(key.startswith(f"{item}|{clock}|") for key in decided)


Card = tuple[str, str, str, date]
"""A card that a unit was sent: the key of its notice, its level, the item, and the local date it was decided on."""


def answers_owed(known: Mapping[str, Entry], cards: Collection[Card], today: date) -> Iterator[str]:
    """The keys of the missing answers that must have been decided for these items, none having been answered.

    Of an item the last answer that is missing counts, if the card's clock still runs and is due when the card said.
    """
    last: dict[str, date] = {}
    for key, level, item, day in cards:
        entry, by = known.get(item), reference.due_date(day, ANSWER_WITHIN[level], ())
        if entry is not None and by is not None and by < today and _stands(key, entry):
            last[item] = max(last.get(item, by), by)
    for item, by in last.items():
        yield f"{item}|answer|{by}|answer-missing"


def _stands(key: str, entry: Entry) -> bool:
    _, clock, due, _ = key.split("|")
    if entry["closed"]:
        return False
    if clock == "acceptance":
        return bool(entry["deemed_accepted"] and entry["acceptance_due"] == due)
    return bool(clock == "promised" and entry["due"] == due and not entry["paused"])


def untrue_answer(case: Mapping[str, Any], entry: Entry, today: date) -> str | None:
    """What is wrong with a line about a missing answer."""
    start, due = date.fromisoformat(case["start"]), date.fromisoformat(case["due"])
    right = reference.due_date(start, case["limit"], ()) == due and case["limit"] in ANSWER_WITHIN.values()
    late = reference.counted(due, today, ()) if due < today else 0
    if not right or late < 1 or case["overdue_days"] != late:
        return f"an answer asked for on {start} by {due}, {case['overdue_days']} days late, not {late}"
    return None


def untrue(line: Mapping[str, Any], entry: Entry | None, today: date) -> str | None:
    """What is wrong with a line of a mail by the reference's ``entry`` of that moment; None when it is true."""
    case, step = {"provisional": False, "paused": False} | line["case"], line["step"]
    if entry is None or entry["closed"]:
        return "the item is closed or does not exist"
    if case["clock"] == "answer":
        return untrue_answer(case, entry, today)
    if case["clock"] == "acceptance":
        still = entry["accepted"] is None and case["due"] == entry["acceptance_due"]
        passed = entry["deemed_accepted"] is (step == "acceptance-deemed")
        return None if still and passed else f"the acceptance clock says {entry}"
    if case["clock"] == "promised":
        names = ("due", "limit", "used", "remaining", "overdue_days", "provisional", "paused")
        wrong = [f"{name} {case[name]}, not {entry[name]}" for name in names if case[name] != entry[name]]
        owed = promised_step(entry)
        if owed is None or owed[0] != step:
            wrong.append(f"{step}, not {owed}")
        return "; ".join(wrong) or None
    return f"no mail was expected on the clock {case['clock']}"
