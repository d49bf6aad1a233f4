"""The supervisor's day in figures: what went out, what came back, what is silenced, what waits for somebody. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from alerts.digest import LEVELS
from alerts.wording import clean

NOBODYS = "未匹配单位"


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that went out, or was kept as a file, or whose outcome is unknown.

    ``lines``: (item, level) of each line of a digest. ``sent_at``: UTC.
    """

    kind: str
    unit: str | None
    unit_name: str
    state: str
    subject: str
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StuckMail:
    """A mail that waits or was given up, since when (UTC), and why."""

    state: str
    kind: str
    unit_name: str
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer put on record: ``kind`` is receipt or explanation."""

    item: str
    unit: str | None
    unit_name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """An address that did not take a mail (``to``: whom it was for): refused at once, or bounced later."""

    address: str
    result: str
    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A hold that is in force: over an item or a unit (``target`` in words), up to and with ``until`` (local)."""

    target: str
    until: date
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Nobodys:
    """Open items of a unit that nobody here knows, as the platform names it."""

    name: str
    open: int


@dataclass(frozen=True, slots=True)
class Day:
    """All that the overview is made from: what happened in [since, until) and what stands at ``until`` (UTC).

    ``held_blind``: clocks whose escalation waits for fresh data. ``received``: messages that are no answer, by kind.
    ``letters``: references of the formal letters that were issued.
    """

    since: datetime
    until: datetime
    data_as_of: datetime | None
    stale: bool
    sent: Sequence[SentMail] = ()
    stuck: Sequence[StuckMail] = ()
    answers: Sequence[Answered] = ()
    refusals: Sequence[Refusal] = ()
    silences: Sequence[Silence] = ()
    nobodys: Sequence[Nobodys] = ()
    held_blind: int = 0
    received: Mapping[str, int] = field(default_factory=dict)
    letters: Sequence[str] = ()


def payload(day: Day) -> dict[str, Any]:
    """``day`` as JSON values: every figure that the mail shows."""
    return {
        "audience": "supervisor",
        "since": day.since.isoformat(),
        "until": day.until.isoformat(),
        "made_at": day.until.isoformat(),
        "data_as_of": day.data_as_of.isoformat() if day.data_as_of else None,
        "stale": day.stale,
        **_went_out(day),
        **_came_back(day),
        "silences": [
            {"target": one.target, "until": one.until.isoformat(), "why": clean(one.why, 120), "by": clean(one.by, 40)}
            for one in sorted(day.silences, key=lambda one: (one.until, one.target))
        ],
        "nobodys": [{"name": clean(one.name, 80), "open": one.open} for one in day.nobodys],
        "held_blind": day.held_blind,
    }


def _went_out(day: Day) -> dict[str, Any]:
    waiting = [mail.since.isoformat() for mail in day.stuck if mail.state != "failed"]
    return {
        "units": units(day),
        "others": dict(Counter(mail.kind for mail in day.sent if mail.kind != "digest")),
        "mails": len(day.sent),
        "kept": sum(mail.state == "kept" for mail in day.sent),
        "unknown": [
            {"unit": mail.unit_name, "kind": mail.kind, "subject": clean(mail.subject, 120)}
            for mail in day.sent
            if mail.state == "unknown"
        ],
        "waiting": {"count": len(waiting), "since": min(waiting, default=None)},
        "failed": [
            {"kind": mail.kind, "unit": mail.unit_name, "since": mail.since.isoformat(), "why": clean(mail.why, 160)}
            for mail in day.stuck
            if mail.state == "failed"
        ],
        "letters": list(day.letters),
    }


def _came_back(day: Day) -> dict[str, Any]:
    return {
        "answers": [
            {"item": clean(one.item, 60), "unit": one.unit_name, "kind": one.kind, "text": clean(one.text, 160)}
            for one in day.answers
        ],
        "refusals": [
            {"address": clean(one.address, 254), "result": one.result, "words": clean(one.words, 160), "to": one.to}
            for one in day.refusals
        ],
        "received": dict(day.received),
    }


def units(day: Day) -> list[dict[str, Any]]:
    """Per unit: mails, items by the gravest level they were told at, items answered; the busiest first."""
    digests = [mail for mail in day.sent if mail.kind == "digest"]
    names = {mail.unit: mail.unit_name for mail in digests} | {one.unit: one.unit_name for one in day.answers}
    found = []
    for unit, name in names.items():
        theirs = [mail for mail in digests if mail.unit == unit]
        levels = _levels(theirs)
        answered = {one.item for one in day.answers if one.unit == unit}
        row = {"name": name if unit else NOBODYS, "mails": len(theirs), **levels, "answers": len(answered)}
        found.append(row)
    return sorted(found, key=lambda row: (-row["red_card"], -row["yellow_card"], -row["reminder"], row["name"]))


def _levels(mails: Sequence[SentMail]) -> dict[str, int]:
    worst: dict[str, str] = {}
    for item, level in (line for mail in mails for line in mail.lines):
        worst[item] = max(worst.get(item, level), level, key=LEVELS.index)
    counted = Counter(worst.values())
    return {level: counted[level] for level in LEVELS}
