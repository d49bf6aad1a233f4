"""The warnings of a span, read from what went out, each with what became of it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, select

from alerts.answers import ANSWER
from alerts.case import Case
from alerts.digest import LEVELS
from alerts.holds import HoldNow, active
from alerts.hours import at, local
from alerts.letters.facts import keys_of
from alerts.letters.register import LETTER
from alerts.outbox import MAIL
from alerts.rules import ANSWER as ANSWER_CLOCK
from monitor.app import App
from monitor.clocks import Clock
from monitor.events import local_date
from monitor.judge import UNASSIGNED, Judged, judge
from monitor.ledger.read import load
from monitor.warnings_ledger.handling import Handling, Reply, Silence, Standing, Warned, handled

WENT = ("sent", "unknown", "kept")
USUAL_SPAN = timedelta(days=366)
"""How far back a ledger of warnings goes where nothing is said: a year and a day."""
CHUNK = 500
Line = tuple[Warned, Handling]


def warnings(
    app: App, *, since: date | None = None, unit: str | None = None, items: Collection[str] | None = None
) -> list[Line]:
    """Warnings sent on ``since`` (local date; None: a year ago) or later, the gravest level first, then the newest.

    ``unit``: only those to this unit; UNASSIGNED: those about items whose unit could not be told. ``items``: only
    those about these.
    """
    now = app.clock()
    today = local(now).date()
    wanted = None if unit == UNASSIGNED else unit
    with app.transactions.read() as connection:
        found = [
            one
            for one in sent_since(connection, at(since or today - USUAL_SPAN, time.min), now)
            if (unit is None or one.unit == wanted) and (items is None or one.item in items)
        ]
        numbers = sorted({one.item for one in found})
        replies, holds = _replies(connection, numbers), active(connection, today)
        rows = [row for row in load(connection, numbers) if row.valid]
    judged = {row.facts.item: judge(row.facts, row.versions, app.standards, now) for row in rows}
    lines = [
        (one, handled(one, _standing(judged.get(one.item), one), replies[one.item], _held(holds, one), today))
        for one in found
    ]
    return sorted(lines, key=lambda line: (-LEVELS.index(line[0].level), -line[0].at.timestamp(), line[0].item))


def sent_since(connection: Connection, first: datetime, until: datetime) -> list[Warned]:
    """What digests told from ``first`` to ``until`` (UTC), one warning a notice and round, whoever got it."""
    columns = select(MAIL.c.audience, MAIL.c.payload, MAIL.c.state, MAIL.c.sent_at, MAIL.c.created_at)
    went = (MAIL.c.kind == "digest", MAIL.c.state.in_(WENT), MAIL.c.sent_at >= first, MAIL.c.sent_at <= until)
    references = _references(connection, first)
    told: defaultdict[str, list[tuple[set[datetime], Warned]]] = defaultdict(list)
    for mail in connection.execute(columns.where(*went).order_by(MAIL.c.id)):
        # A mail can have taken in the lines of earlier rounds.
        rounds = {mail.created_at, *map(datetime.fromisoformat, mail.payload.get("rounds", ()))}
        for line in mail.payload["lines"]:
            made = references.get(line["key"], ())
            reference = next((reference for at_, reference in made if at_ >= min(rounds)), "")
            _tell(told[line["key"]], rounds, _warned(line, mail, reference))
    return [one for tellings in told.values() for _, one in tellings]


def _tell(tellings: list[tuple[set[datetime], Warned]], rounds: set[datetime], one: Warned) -> None:
    """Adds a warning to those of its key, or to the one of its round that another audience was told."""
    for place, (known, other) in enumerate(tellings):
        if known & rounds:
            tellings[place] = (known | rounds, _joined(other, one))
            return
    tellings.append((rounds, one))


def _warned(line: dict[str, Any], mail: Any, reference: str) -> Warned:
    case, asked = Case.from_json(line["case"]), line.get("answer_by")
    return Warned(
        key=line["key"],
        at=mail.sent_at,
        item=case.item,
        clock=case.clock,
        level=line["level"],
        unit=case.unit,
        unit_name=case.unit_name,
        matter=case.matter,
        project=case.project,
        why=line["why"],
        due=case.due,
        remaining=case.remaining,
        answer_by=date.fromisoformat(asked) if asked else None,
        to=(mail.audience,),
        sent=mail.state,
        reference=reference,
    )


def _joined(one: Warned, other: Warned) -> Warned:
    """The same warning in another mail of its round: sent to both, and sent if it was sent to anyone."""
    state = min(one.sent, other.sent, key=WENT.index)
    return replace(one, at=min(one.at, other.at), to=(*one.to, *other.to), sent=state)


def _references(connection: Connection, first: datetime) -> dict[str, list[tuple[datetime, str]]]:
    """Key of a notice → when letters about it were made and their references, the oldest first."""
    columns = select(LETTER.c.reference, LETTER.c.facts, LETTER.c.made_at).where(LETTER.c.made_at >= first)
    found: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in connection.execute(columns.order_by(LETTER.c.id)):
        for key in keys_of(row.facts):
            found[key].append((row.made_at, row.reference))
    return found


def _replies(connection: Connection, items: Sequence[str]) -> defaultdict[str, list[Reply]]:
    found: defaultdict[str, list[Reply]] = defaultdict(list)
    for start in range(0, len(items), CHUNK):
        wanted = select(ANSWER).where(ANSWER.c.item.in_(items[start : start + CHUNK]))
        for row in connection.execute(wanted):
            found[row.item].append(Reply(row.kind, row.unit, row.at, row.by, row.text))
    return found


def _held(holds: Sequence[HoldNow], warned: Warned) -> Silence | None:
    """The hold over the item or its unit that lasts longest."""
    over = [one for one in holds if (one.scope, one.target) in (("item", warned.item), ("unit", warned.unit))]
    longest = max(over, key=lambda one: one.until, default=None)
    return Silence(longest.at, longest.by, longest.until, longest.why) if longest else None


def _standing(judged: Judged | None, warned: Warned) -> Standing | None:
    """How the warned clock stands now. An answer is missing until it comes or what it was asked about has ended."""
    if judged is None:
        return None
    if warned.clock == ANSWER_CLOCK:
        ended = judged.closed_on
        if ended is not None and ended < local(warned.at).date():
            # Of an item that was closed by then it is the delivery that was urged.
            ended = _ended_on(judged.clocks.delivery, judged)
        return Standing(judged.unit, judged.unit_name, warned.due, ended, overdue=True)
    clocks = {clock.name: clock for clock in judged.clocks.all}
    clock = clocks[warned.clock]
    return Standing(
        judged.unit, judged.unit_name, clock.due, _ended_on(clock, judged), clock.paused, overdue=clock.overdue
    )


def _ended_on(clock: Clock, judged: Judged) -> date | None:
    return local_date(clock.end) if clock.end else judged.closed_on if clock.name != "delivery" else None
