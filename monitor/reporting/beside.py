"""What stands beside the items of a report, as it was by the end of the period: steps, answers, holds, polls."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Table, select

from alerts.hours import at, local
from alerts.notices import NOTICE
from alerts.outbox import MAIL
from alerts.report.entries import Asked, Entry, Flow, Held, Polled, Steps
from alerts.report.periods import Period
from alerts.tables import Answer, Hold
from config.policy import CLOCK_LABELS
from monitor.configured import Configured
from monitor.judge import Facts
from monitor.ledger.read import CHUNK, load
from monitor.ledger.store import parts, table_of
from monitor.ledger.tables import PollRound

ANSWER: Table = table_of(Answer)
HOLD: Table = table_of(Hold)
POLLS: Table = table_of(PollRound)
WENT = ("sent", "kept", "unknown")
EXPLANATION = "explanation"
LET_GO = "|dropped|"
"""In the key of a notice whose mail went without it."""
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Frame:
    """What a report looks at: up to ``end`` (UTC) in its period, by what was on record at ``known`` (UTC)."""

    period: Period
    end: datetime
    known: datetime
    configured: Configured

    @property
    def first(self) -> datetime:
        """The first moment of the period (UTC)."""
        return at(self.period.first, time())


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice that went out, and when (UTC)."""

    row: Any
    sent_at: datetime


def steps_of(connection: Connection, items: Sequence[str], frame: Frame) -> dict[str, Steps]:
    """What went out about each of ``items`` by the end of the period."""
    told = (one for chunk in parts(items, CHUNK) for one in _told(connection, frame, NOTICE.c.item.in_(chunk)))
    by_item: defaultdict[str, list[_Told]] = defaultdict(list)
    for one in told:
        by_item[one.row.item].append(one)
    return {item: _steps(sorted(listed, key=lambda one: one.sent_at)) for item, listed in by_item.items()}


def _steps(told: Sequence[_Told]) -> Steps:
    days = {
        level: tuple(dict.fromkeys(local(one.sent_at).date() for one in told if one.row.level == level))
        for level in ("yellow_card", "red_card")
    }
    return Steps(sum(1 for one in told if one.row.level == "reminder"), days["yellow_card"], days["red_card"])


def _told(connection: Connection, frame: Frame, *conditions: Any) -> Iterator[_Told]:
    """The notices that went out by the end of the period, each once, also where a moved due date made two of it."""
    columns = (NOTICE.c[name] for name in ("key", "item", "clock", "step", "level", "unit", "mail_key", "answer_by"))
    found = select(*columns).where(
        *conditions, NOTICE.c.passed_over.is_(False), NOTICE.c.mail_key.is_not(None), NOTICE.c.decided_at <= frame.end
    )
    rows = [row for row in connection.execute(found.order_by(NOTICE.c.decided_at, NOTICE.c.key)) if _is_step(row)]
    sent = _sent(connection, {row.mail_key for row in rows}, frame.end)
    met: set[tuple[str, ...]] = set()
    for row in rows:
        same = (row.item, row.clock, row.step, row.mail_key)
        if row.mail_key in sent and same not in met:
            met.add(same)
            yield _Told(row, sent[row.mail_key])


def _is_step(row: Any) -> bool:
    return (row.clock in CLOCK_LABELS or row.clock == "answer") and LET_GO not in row.key


def _sent(connection: Connection, keys: Collection[str], end: datetime) -> dict[str, datetime]:
    """When each mail went out, of those that did by ``end``. Asked by mail, as their payloads are read on the way."""
    found: dict[str, datetime] = {}
    for chunk in parts(sorted(keys), CHUNK):
        went = select(MAIL.c.key, MAIL.c.sent_at).where(
            MAIL.c.key.in_(chunk), MAIL.c.state.in_(WENT), MAIL.c.sent_at <= end
        )
        found.update((row.key, row.sent_at) for row in connection.execute(went))
    return found


def _explanations(connection: Connection, items: Sequence[str], frame: Frame) -> dict[str, list[Any]]:
    """What units explained about ``items`` by the end of the period, as far as it was on record, by item in order."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    if connection.execute(select(ANSWER.c.id).limit(1)).first() is None:
        return found
    for chunk in parts(items, CHUNK):
        given = select(ANSWER.c.item, ANSWER.c.unit, ANSWER.c.text, ANSWER.c.at).where(
            ANSWER.c.item.in_(chunk), ANSWER.c.kind == EXPLANATION,
            ANSWER.c.at <= frame.end, ANSWER.c.recorded_at <= frame.known,
        )  # fmt: skip
        for row in connection.execute(given.order_by(ANSWER.c.at, ANSWER.c.id)):
            found[row.item].append(row)
    return found


def reasons_of(connection: Connection, entries: Sequence[Entry], frame: Frame) -> dict[str, str]:
    """The latest explanation of its unit for each of these items that has one."""
    given = _explanations(connection, [entry.item for entry in entries], frame)
    own = ((entry.item, [row.text for row in given.get(entry.item, ()) if row.unit == entry.unit]) for entry in entries)
    return {item: texts[-1] for item, texts in own if texts}


def asked_of(connection: Connection, flows: Mapping[str, Flow], frame: Frame) -> tuple[Asked, ...]:
    """Every 督办 that asked for an answer by the end of the period, with the answer it got."""
    due = (NOTICE.c.answer_by.is_not(None), NOTICE.c.answer_by <= frame.period.last, NOTICE.c.level != "reminder")
    told = list(_told(connection, frame, *due))
    items = sorted({one.row.item for one in told})
    given = _explanations(connection, items, frame)
    facts = _facts(connection, items, frame)
    return tuple(_asked(one, given.get(one.row.item, []), facts, flows.get(one.row.item), frame) for one in told)


def _asked(told: _Told, given: Sequence[Any], facts: Mapping[str, Facts], flow: Flow | None, frame: Frame) -> Asked:
    row, known = told.row, facts.get(told.row.item)
    answers = [answer.at for answer in given if answer.unit == row.unit and answer.at >= told.sent_at]
    last = frame.period.last
    return Asked(
        unit=row.unit,
        item=row.item,
        matter=(known.matter_name or known.matter) if known else "",
        project=(known.project or "") if known else "",
        level=row.level,
        sent=local(told.sent_at).date(),
        answer_by=row.answer_by,
        answered=local(answers[0]).date() if answers else None,
        in_hand=flow is not None and flow.in_hand_on(last),
        days_late=frame.configured.standards.workdays.count(row.answer_by, last),
    )


def _facts(connection: Connection, items: Sequence[str], frame: Frame) -> dict[str, Facts]:
    return {row.facts.item: row.facts for row in load(connection, items, seen_by=frame.known)}


def held_of(connection: Connection, flows: Mapping[str, Flow], frame: Frame) -> tuple[Held, ...]:
    """The silences in force at the end of the period."""
    last = local(frame.end).date()
    standing = [
        row
        for row in connection.execute(select(HOLD).where(HOLD.c.until >= last, HOLD.c.at <= frame.end))
        if row.lifted_at is None or row.lifted_at > frame.end
    ]
    facts = _facts(connection, sorted({row.target for row in standing if row.scope == "item"}), frame)
    return tuple(_held(row, facts.get(row.target), flows.get(row.target), frame) for row in standing)


def _held(row: Any, facts: Facts | None, flow: Flow | None, frame: Frame) -> Held:
    if row.scope == "unit":
        name, unit = frame.configured.standards.known_name(row.target) or row.target, row.target
    else:
        name = (facts.project or facts.matter_name or facts.matter) if facts else ""
        unit = flow.unit if flow else None
    return Held(row.scope, row.target, name, unit, row.until, row.why, row.by)


def polled_of(connection: Connection, frame: Frame) -> tuple[Polled, ...]:
    """How each source could be read in the period."""
    return tuple(_polled(connection, source.name, frame) for source in frame.configured.sources)


def _polled(connection: Connection, source: str, frame: Frame) -> Polled:
    within = (POLLS.c.source == source, POLLS.c.started_at >= frame.first, POLLS.c.started_at <= frame.end)
    columns = select(POLLS.c.started_at, POLLS.c.outcome).where(POLLS.c.source == source)
    polls = list(connection.execute(columns.where(*within).order_by(POLLS.c.started_at)))
    good = [row.started_at for row in polls if row.outcome == "good"]
    earlier = columns.where(POLLS.c.outcome == "good", POLLS.c.started_at < frame.first)
    began = connection.scalar(earlier.order_by(POLLS.c.started_at.desc()).limit(1))
    edges = [*([frame.first] if began is not None else []), *good, frame.end]
    gaps = [(after - before).total_seconds() / HOUR for before, after in pairwise(edges)]
    longest = round(max(gaps), 1) if gaps and (good or began is not None) else None
    return Polled(source, len(polls), sum(1 for row in polls if row.outcome == "failed"), longest)
